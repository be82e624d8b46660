package ticket

// Form is a way to print tickets.
type Form struct {
	Name  string
	Print func([]*Ticket) ([]byte, error)
}

// Forms are all of them.
func Forms() []Form {
	return []Form{{"servicenow", ServiceNow}, {"jira", Jira}, {"csv", CSV}, {"ics", Calendar}}
}
