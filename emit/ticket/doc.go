// Package ticket makes of a plan what change management takes: a change with its tasks and configuration items, in the
// forms of ServiceNow, Jira, CSV and iCalendar.
//
// Input is a plan, and the checksum of its package. [Of] makes a [Ticket] of it; a form, one of [Forms], prints tickets:
// same tickets, same bytes. The sentences are those of the change record, from packages record and words; the package
// decides nothing and reads no files. Each string of the plan is made visible on one line, as in the record, so that
// none of them can end a line, a cell, a property or a string of a form; then it is escaped as the form needs. What the plan
// does not say, such as a risk as a number, is left out and not made up.
//
// The forms follow what is public of their readers:
//
//   - ServiceNow, tables change_request, change_task and task_ci: "Table API", "Import Set API" and "Change Management
//     API" in https://github.com/ServiceNow/ServiceNowDocs, folder markdown/api-reference/rest-apis. Times there are
//     "2026-12-05 22:00:00" in GMT, unless sysparm_input_display_value=true is given.
//   - Jira, bodies of POST /rest/api/3/issue and /rest/api/3/issue/bulk:
//     https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/ and, for descriptions, the Atlassian
//     Document Format, https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/.
//   - CSV: RFC 4180, and https://owasp.org/www-community/attacks/CSV_Injection.
//   - iCalendar: RFC 5545.
package ticket
