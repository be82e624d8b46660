package ticket

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/procedure"
	"github.com/edgeplan/edgeplan/emit/record"
	"github.com/edgeplan/edgeplan/emit/words"
	"github.com/edgeplan/edgeplan/emit/words/sample"
	"github.com/edgeplan/edgeplan/internal/loud"
)

const sum = "5905edc38b79ecaa7958c1d4027f910bbd5d7973520a00d1aa6c4504d4b07d88"

func of(t *testing.T, p *plan.Plan) *Ticket {
	t.Helper()
	out, err := Of(p, sum)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func printed(t *testing.T, print func([]*Ticket) ([]byte, error), tickets ...*Ticket) []byte {
	t.Helper()
	text, err := print(tickets)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestTasks: a task for each stage and host of the plan, each after those that it needs.
func TestTasks(t *testing.T) {
	p := sample.Plan()
	got := of(t, p)
	n := 0
	for _, stage := range p.Stages {
		for _, part := range stage.Parts {
			for _, host := range part.Hosts {
				task := got.Tasks[n]
				n++
				if task.Number != n || task.Stage != stage.Name || task.Host != words.Host(host) || task.Does != part.Does ||
					!strings.HasPrefix(task.Typed, words.Run(words.Script(p), stage.Name)) {
					t.Errorf("task %d is %+v", n, task)
				}
				for _, need := range part.Needs {
					name, only, one := strings.Cut(need, " on ")
					for _, before := range got.Tasks {
						if before.Stage == name && (!one || before.Host == only) && !slices.Contains(task.After, before.Number) {
							t.Errorf("task %d does not come after %d, although it needs %s", n, before.Number, need)
						}
					}
				}
				if slices.ContainsFunc(task.After, func(before int) bool { return before >= n }) {
					t.Errorf("task %d comes after %d", n, task.After)
				}
			}
		}
	}
	if n != len(got.Tasks) || !got.Tasks[0].Test || got.Tasks[1].Test || !got.Tasks[n-1].Test {
		t.Errorf("%d of %d tasks", n, len(got.Tasks))
	}
	var stops []int
	for _, task := range got.Tasks {
		if task.Stage == plan.Stop {
			stops = append(stops, task.Number)
		}
	}
	if len(stops) != 2 || !slices.Equal(got.Tasks[stops[1]].After, stops) {
		t.Errorf("stops are %d, and what is next comes after %d", stops, got.Tasks[stops[1]].After)
	}
	p.Items = append(p.Items, plan.Item{Kind: "site", Name: "Site2", CI: "CI-SITE-02"}, plan.Item{Kind: "dns_zone", Name: "Contoso.com.", CI: "CI-DNS"})
	got = of(t, p)
	if !reflect.DeepEqual(got.Items, []Item{{EdgePool, "edgepool2.contoso.com", "CI-EDGE-02"}, {EdgePool, "edgepool1.contoso.com", "edgepool1.contoso.com"},
		{EdgeServer, "edge2a.contoso.com", "CI-SRV-0003"}, {EdgeServer, "edge2b.contoso.com", "edge2b.contoso.com"}, {EdgeServer, "edge1a.contoso.com", "edge1a.contoso.com"},
		{Management, "fe2.corp.contoso.com", "fe2.corp.contoso.com"}, {Zone, "contoso.com", "CI-DNS"}, {NameServer, "192.0.2.53", "192.0.2.53"}, {"site", "Site2", "CI-SITE-02"}}) {
		t.Errorf("items %q", got.Items)
	}
	for _, task := range got.Tasks {
		if item := got.changeTask(task).CmdbCI; task.Host == "edge2a.contoso.com" && item != "CI-SRV-0003" || task.Host == "edge2b.contoso.com" && item != task.Host {
			t.Errorf("item of %s is %s", task.Host, item)
		}
	}
}

// TestSaid: what a spec says of the change is in the fields for it, and what it does not say is in none.
func TestSaid(t *testing.T) {
	p := sample.Plan()
	var sn serviceNow
	strictly(t, printed(t, ServiceNow, of(t, p)), &sn)
	if change := sn.ChangeRequest[0]; change.Type != "normal" || change.Risk != "3" || !strings.Contains(change.RiskImpactAnalysis, "\nImpact: Users outside.\n") ||
		!strings.Contains(change.RiskImpactAnalysis, "Risk: medium: Remote access is down for a while.") || !strings.Contains(change.TestPlan, "\nAcceptance criteria:\n- ") ||
		!strings.Contains(change.ImplementationPlan, "\nHow long it takes:\n") || !strings.Contains(change.Description, "\nCommunication plan:\n") ||
		!strings.Contains(change.BackoutPlan, "To end within the window it has to begin by 2026-12-05T23:50:00Z.") || !strings.Contains(change.Description, "- Edge pool: edgepool2.contoso.com (CI-EDGE-02)\n") {
		t.Errorf("%+v", change)
	}
	rows, err := csv.NewReader(bytes.NewReader(printed(t, CSV, of(t, p)))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := slices.Index(rows[0], "implementers")
	for i, task := range of(t, p).Tasks {
		if want := map[string][]string{plan.Stop: {"UC operations, on call", "Service desk", "10"}, plan.Route: {"Head of UC", "Ann Example\nBen Example", "5"}}[task.Stage]; want != nil &&
			!slices.Equal(rows[i+1][at:at+3], want) || !strings.HasPrefix(sn.ChangeTask[i].Description, "Carried out by ") {
			t.Errorf("%s: %q, %s", task.Stage, rows[i+1][at:at+3], sn.ChangeTask[i].Description)
		}
	}
	got := map[string]string{}
	for _, e := range events(t, printed(t, Calendar, of(t, p))) {
		_, id, _ := strings.Cut(strings.TrimSuffix(e["UID"], "@edgeplan"), "-")
		got[id] = e["DTSTART"] + " " + e["SUMMARY"]
	}
	if want := map[string]string{"window": "20261205T220000Z CHG0042317: Move XMPP federation to EdgePool2", "back": "20261205T230000Z CHG0042317: last moment for the old records to be back",
		"rollback": "20261205T235000Z CHG0042317: last moment to begin the rollback", "earliest-1": "20261206T010000Z CHG0042317: not before: shutdown of EdgePool1",
		"message-1": "20261203T220000Z CHG0042317: message to Service desk; Partners"}; !reflect.DeepEqual(got, want) {
		t.Errorf("events %q", got)
	}
	p.Change = plan.Change{Ticket: "CHG1", Type: "drill"}
	p.Items, p.Schedule = nil, nil
	text := string(printed(t, ServiceNow, of(t, p)))
	for _, name := range []string{`"type"`, `"risk"`, `"start_date"`, `"end_date"`, `"requested_by"`, "Carried out", "Duration"} {
		if strings.Contains(text, name) {
			t.Errorf("%s is in %s", name, text)
		}
	}
}

// TestFit: a text that is too long ends with a whole line and says where the rest is.
func TestFit(t *testing.T) {
	long := slices.Repeat([]string{strings.Repeat("é", 99)}, 400)
	got := fit(long)
	if n := utf8.RuneCountInString(got); n > maxText || n < maxText-200 || !strings.HasSuffix(got, "é\n"+rest) {
		t.Errorf("%d characters", n)
	}
	if got := short(strings.Repeat("é", 200), 160); utf8.RuneCountInString(got) != 160 || !strings.HasSuffix(got, "é...") {
		t.Errorf("got %q", got)
	}
	if got := fit([]string{"a", "b"}) + short("é", 160); got != "a\nbé" {
		t.Errorf("got %q", got)
	}
}

// TestWindows: what a calendar has of windows that lack an end, a start or both.
func TestWindows(t *testing.T) {
	for _, test := range []struct{ start, end, want string }{
		{"2026-12-05T22:00:00+01:00", "2026-12-06T00:00:00Z", "DTSTART:20261205T210000Z DTEND:20261206T000000Z"},
		{"2026-12-05T22:00:00Z", "", "DTSTART:20261205T220000Z"},
		{"", "2026-12-06T00:00:00Z", "DTSTART:20261206T000000Z"},
		{"2026-12-06T00:00:00Z", "2026-12-06T00:00:00Z", "DTSTART:20261206T000000Z"},
	} {
		p := sample.Plan()
		p.Change.WindowStart, p.Change.WindowEnd, p.Earliest = test.start, test.end, nil
		text := string(printed(t, Calendar, of(t, p)))
		first, _, _ := strings.Cut(text, "END:VEVENT")
		if got := strings.Join(regexp.MustCompile(`DT(?:START|END):\S+`).FindAllString(first, -1), " "); got != test.want {
			t.Errorf("%+v: %s", test, got)
		}
	}
	p := sample.Plan()
	p.Change.WindowStart, p.Change.WindowEnd = "", ""
	if text, err := Calendar([]*Ticket{of(t, sample.Plan()), of(t, p)}); text != nil || err == nil || !strings.Contains(err.Error(), "no change window") {
		t.Errorf("%s, %v", text, err)
	}
}

// TestSame: the same plan gives the same bytes, and another plan other events.
func TestSame(t *testing.T) {
	for _, form := range Forms() {
		if !bytes.Equal(printed(t, form.Print, of(t, sample.Plan())), printed(t, form.Print, of(t, sample.Plan()))) {
			t.Errorf("%s: twice the same plan, not the same bytes", form.Name)
		}
	}
	other := sample.Plan()
	other.ID = "sha256:00000000000000000000000000000000"
	ids := map[string]bool{}
	for _, e := range append(events(t, printed(t, Calendar, of(t, sample.Plan()))), events(t, printed(t, Calendar, of(t, other)))...) {
		ids[e["UID"]] = true
	}
	if len(ids) != 10 {
		t.Errorf("UIDs %v", ids)
	}
}

// named is a small ticket with a text in the place of each of its strings.
func named(s string) *Ticket {
	v := words.Visible(s)
	told := record.Part{About: record.Paragraph(words.Free(s)), Typed: record.Listing{Language: "powershell", Lines: []string{v}},
		Steps:   record.Table{Head: make([]words.Text, 3), Rows: [][]words.Text{{words.Name(s), words.Free(s), words.Free(s)}}},
		IfFails: record.Paragraph(words.Free(s))}
	return &Ticket{Plan: v, ID: v, Package: v, Number: v, Summary: v, Why: v, Requester: v, Approvers: []string{v, v}, Start: "2026-12-05T22:00:00Z",
		End: "2026-12-05T23:00:00Z", Tasks: []Task{{Number: 1, Stage: v, Host: v, Does: v, Typed: v, told: told}},
		Back: []Task{{Number: 1, Stage: v, Host: v, Does: v, Typed: v}}, Items: []Item{{EdgePool, v, v}},
		Moments: []Moment{{ID: "back", Title: v, Text: v, At: "2026-12-05T23:30:00Z"}},
		record: &record.Document{Title: words.Free(s), Sections: []record.Section{{ID: "summary", Level: 2, Title: words.Own("In short"),
			Blocks: []record.Block{record.Paragraph(words.Free(s)), record.List{words.Name(s)}}}}}}
}

// hostile are the texts of the samples, each once, that are not all blank: 17,000 or more.
func hostile(t *testing.T) []string {
	t.Helper()
	all := append(sample.Texts(), "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "'=1", "\uFF1D1", "=cmd|' /C calc'!A0", `=HYPERLINK("http://e.example","x")`,
		"END:VEVENT\r\nBEGIN:VEVENT", "\r\nATTACH:http://e.example", `\nEND:VCALENDAR`, "</script><script>alert(1)</script>", `"}],"x":[{"`, "a;b,c:d", "\u202Egnp.exe", "\u2028\u2029",
		strings.Repeat("é", 200), strings.Repeat("\U0001F600", 90), "[code]<b>x</b>[/code]", "{panel}x{panel}", "[~admin]", "!x.png!")
	for s := range sample.NotUTF8() {
		all = append(all, s)
	}
	if len(all) < 10_000 {
		t.Fatalf("only %d texts", len(all))
	}
	return all
}

var escapes = regexp.MustCompile(`\\([ux])\{([0-9A-F]+)\}`)

// back gives the text that was made visible.
func back(s string) string {
	return escapes.ReplaceAllStringFunc(s, func(found string) string {
		m := escapes.FindStringSubmatch(found)
		code, _ := strconv.ParseInt(m[2], 16, 32)
		if m[1] == "x" {
			return string([]byte{byte(code)})
		}
		return string(rune(code))
	})
}

// risky is where a cell begins with a formula for any of the separators that spreadsheets have.
var risky = regexp.MustCompile("(^|[;|\t\r\n][ \"]*)[=+@\uFF1D\uFF0B\uFF0D\uFF20-]")

// TestGuard: what is put before formulas is taken off again, and nothing else.
func TestGuard(t *testing.T) {
	const signs = "=-'; \"\tx\n"
	for n := range len(signs) * len(signs) * len(signs) * len(signs) * len(signs) {
		var cell []byte
		for ; n > 0; n /= len(signs) {
			cell = append(cell, signs[n%len(signs)])
		}
		got := guarded(string(cell))
		if Unguarded(got) != string(cell) || risky.MatchString(got) {
			t.Fatalf("%q is guarded as %q, which is %q", cell, got, Unguarded(got))
		}
	}
}

// TestHostileCSV: each name is one cell of one row, no cell is a formula, and the name can be got back.
func TestHostileCSV(t *testing.T) {
	all := hostile(t)
	var tickets []*Ticket
	for _, s := range all {
		tickets = append(tickets, named(s))
	}
	text := printed(t, CSV, tickets...)
	if n := bytes.Count(text, []byte("\r")); n != len(all)+1 || n != bytes.Count(text, []byte("\r\n")) {
		t.Errorf("%d line ends, want %d", n, len(all)+1)
	}
	found, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil || len(found) != len(all)+1 {
		t.Fatalf("%d rows, %v", len(found), err)
	}
	for i, row := range found[1:] {
		for k, cell := range row {
			if cell != "" && strings.ContainsAny(cell[:1], "\t\r\n") || risky.MatchString(cell) {
				t.Errorf("%q: cell %s is %q", all[i], columns[k].name, cell)
			}
			switch columns[k].name {
			case "plan", "plan_id", "ticket", "summary", "requester", "stage", "host", "does", "type", "if_fails":
				if got := back(Unguarded(cell)); got != all[i] {
					t.Fatalf("%q: cell %s is %q, which is %q", all[i], columns[k].name, cell, got)
				}
			}
		}
	}
	var second [][]string
	python(t, "csv", "import csv,json,sys,io\ncsv.field_size_limit(1<<30)\n"+
		"print(json.dumps(list(csv.reader(io.StringIO(sys.stdin.buffer.read().decode(), newline=''), strict=True))))", text, &second)
	if !reflect.DeepEqual(found, second) {
		t.Error("Python reads other cells")
	}
}

var pairs = regexp.MustCompile(`\\(.)`)

// events reads a calendar by the rules of RFC 5545 alone.
func events(t *testing.T, text []byte) []map[string]string {
	t.Helper()
	if !utf8.Valid(text) {
		t.Fatal("a character is cut")
	}
	for _, line := range strings.Split(string(text), "\r\n") {
		if len(line) > 75 || strings.ContainsAny(line, "\r\n\t\x00") || !utf8.ValidString(line) {
			t.Fatalf("line %q", line)
		}
	}
	unfolded := strings.ReplaceAll(string(text), "\r\n ", "")
	var out []map[string]string
	for _, line := range strings.Split(strings.TrimSuffix(unfolded, "\r\n"), "\r\n") {
		name, value, ok := strings.Cut(line, ":")
		switch {
		case !ok:
			t.Fatalf("line %q", line)
		case line == "BEGIN:VEVENT":
			out = append(out, map[string]string{})
		case len(out) > 0 && line != "END:VEVENT" && line != "END:VCALENDAR":
			if _, twice := out[len(out)-1][name]; twice {
				t.Fatalf("%s is there twice", name)
			}
			out[len(out)-1][name] = pairs.ReplaceAllStringFunc(value, func(pair string) string {
				if pair == `\n` {
					return "\n"
				}
				return pair[1:]
			})
		}
	}
	return out
}

// TestHostileICS: each name is a value of its event and adds no line, and the name can be got back.
func TestHostileICS(t *testing.T) {
	all := hostile(t)
	var some []*Ticket
	var texts []string
	for i, s := range all {
		one := named(s)
		text := printed(t, Calendar, one)
		got := events(t, text)
		if len(got) != 2 || bytes.Count(text, []byte("\r\nBEGIN:")) != 2 {
			t.Fatalf("%q: %d events\n%s", s, len(got), text)
		}
		v := words.Visible(s)
		if e := got[0]; e["SUMMARY"] != v+": "+v || back(v) != s || e["UID"] != strings.TrimPrefix(v, "sha256:")+"-window@edgeplan" ||
			!strings.HasPrefix(e["DESCRIPTION"], v+"\n- "+v+"\nPackage: ") || e["DTSTART"] != "20261205T220000Z" || e["DTEND"] != "20261205T230000Z" || len(e) != 6 {
			t.Fatalf("%q: %q", s, got)
		}
		// The other reader takes a minute for all of them.
		if i%12 == 0 || i > len(all)-60 {
			some, texts = append(some, one), append(texts, v)
		}
	}
	var second []map[string]string
	// Not icalendar of Debian 12, which takes \\n for an end of line.
	python(t, "vobject", `import sys, json, vobject
c = vobject.readOne(sys.stdin.buffer.read().decode())
print(json.dumps([{x.name: (x.value if isinstance(x.value, str) else x.value.isoformat()) for x in e.getChildren()} for e in c.vevent_list]))`,
		printed(t, Calendar, some...), &second)
	if len(second) != 2*len(texts) {
		t.Fatalf("%d events for %d tickets", len(second), len(texts))
	}
	for i, v := range texts {
		if e := second[2*i]; e["SUMMARY"] != v+": "+v || !strings.HasPrefix(e["DESCRIPTION"], v+"\n- "+v+"\n") || e["DTEND"] != "2026-12-05T23:00:00+00:00" {
			t.Fatalf("%q: vobject reads %q", v, e)
		}
	}
	t.Logf("%d names, %d of them read by vobject", len(all), len(texts))
}

// TestHostileJSON: each name is a string of the JSON forms and adds no key and no element, and the name can be got back; each
// description is an Atlassian document.
func TestHostileJSON(t *testing.T) {
	all := hostile(t)
	var tickets []*Ticket
	for _, s := range all {
		tickets = append(tickets, named(s))
	}
	var sn serviceNow
	strictly(t, printed(t, ServiceNow, tickets...), &sn)
	var j jira
	text := printed(t, Jira, tickets...)
	strictly(t, text, &j)
	if bytes.ContainsAny(text, "<>&\u2028\u2029") {
		t.Error("the document is not safe in a page")
	}
	if n := len(all); len(sn.ChangeRequest) != n || len(sn.ChangeTask) != n || len(sn.TaskCI) != n || len(j.Changes) != n {
		t.Fatalf("%d names, but %d changes, %d tasks, %d items, %d issues", n, len(sn.ChangeRequest), len(sn.ChangeTask), len(sn.TaskCI), len(j.Changes))
	}
	for i, s := range all {
		v, change, task := words.Visible(s), sn.ChangeRequest[i], sn.ChangeTask[i]
		if back(change.Number) != s || change.Justification != v || change.RequestedBy != v || change.CmdbCI != v || change.ShortDescription != short(v, maxShort) ||
			change.StartDate != "2026-12-05 22:00:00" || !strings.HasPrefix(change.Description, v+"\n- "+v+"\nPackage: ") ||
			task.ChangeRequest != v || task.CmdbCI != v || !strings.HasPrefix(task.Description, v+"\n\n    "+v+"\n\n"+v+" | ") || sn.TaskCI[i] != (taskCI{v, v}) {
			t.Fatalf("%q: %+v, %+v", s, change, task)
		}
		issue, sub := j.Changes[i].Issue.Fields, j.Changes[i].Subtasks[0].IssueUpdates[0].Fields
		if s != "" && (issue.Summary != short(v, maxSummary) || issue.DueDate != "2026-12-05" || issue.Description.Content[0].Content[0].Text != v ||
			sub.Summary != short("1. "+v+" on "+v, maxSummary) || sub.Description.Content[1].Content[0].Text != v || len(j.Changes[i].Subtasks[0].IssueUpdates) != 1) {
			t.Fatalf("%q: %+v, %+v", s, issue, sub)
		}
	}
	valid := adfSchema(t)
	for i := 0; i < len(tickets); i += 150 {
		checkADF(t, valid, printed(t, Jira, tickets[i]))
	}
}

// strictly reads JSON that has no other keys than those of a type.
func strictly(t *testing.T, text []byte, into any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
}

// adfSchema is the schema of the Atlassian Document Format that Atlassian publishes, nil where it is not at hand.
func adfSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	file, ok := loud.Module(t, "@atlaskit/adf-schema/dist/json-schema/v1/full.json")
	if !ok {
		loud.Note(t, "no schema of the Atlassian Document Format: %s", loud.NoModules)
		return nil
	}
	schema, err := jsonschema.NewCompiler().Compile(file)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// checkADF wants each description of a document to be valid, if a schema is given, and of a size that Jira takes, and returns their number.
func checkADF(t *testing.T, valid *jsonschema.Schema, text []byte) int {
	t.Helper()
	var j jira
	strictly(t, text, &j)
	n := 0
	for _, change := range j.Changes {
		issues := []jiraIssue{change.Issue}
		for _, bulk := range change.Subtasks {
			if len(bulk.IssueUpdates) > maxBulk {
				t.Errorf("%d issues in one request", len(bulk.IssueUpdates))
			}
			issues = append(issues, bulk.IssueUpdates...)
		}
		for _, issue := range issues {
			n++
			one, err := json.Marshal(issue.Fields.Description)
			if err != nil || utf8.RuneCount(one) > maxText || issue.Fields.Summary == "" || utf8.RuneCountInString(issue.Fields.Summary) > maxSummary {
				t.Errorf("%s: %v, %d characters", issue.Fields.Summary, err, utf8.RuneCount(one))
			}
			if valid == nil {
				continue
			}
			read, err := jsonschema.UnmarshalJSON(bytes.NewReader(one))
			if err == nil {
				err = valid.Validate(read)
			}
			if err != nil {
				t.Errorf("%s: %v", issue.Fields.Summary, err)
			}
		}
	}
	return n
}

// TestGoldens: each form prints the plans of all goldens, and no text is too long; descriptions for Jira are valid, of
// each ninth plan.
func TestGoldens(t *testing.T) {
	valid := adfSchema(t)
	paths, err := filepath.Glob("../../golden/*/*/plan.json")
	if err != nil || len(paths) < 20 {
		t.Fatal(len(paths), err)
	}
	issues := 0
	for i, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		p, err := procedure.Decode(text)
		if err != nil {
			t.Fatal(path, err)
		}
		one := of(t, p)
		var sn serviceNow
		strictly(t, printed(t, ServiceNow, one), &sn)
		change := sn.ChangeRequest[0]
		for name, text := range map[string]string{"number": change.Number, "short_description": change.ShortDescription, "description": change.Description,
			"justification": change.Justification, "implementation_plan": change.ImplementationPlan, "risk_impact_analysis": change.RiskImpactAnalysis,
			"backout_plan": change.BackoutPlan, "test_plan": change.TestPlan, "cmdb_ci": change.CmdbCI} {
			if strings.TrimSpace(text) == "" || utf8.RuneCountInString(text) > maxText {
				t.Errorf("%s: %s has %d characters", path, name, utf8.RuneCountInString(text))
			}
		}
		for _, task := range sn.ChangeTask {
			stage, _, _ := strings.Cut(task.ShortDescription, " on ")
			checks := stage == plan.Preflight || stage == plan.Verify
			// Of one that the script of a DNS server has changed there is nothing left but to check.
			if stage != plan.DNS && task.Type == "testing" != checks {
				t.Errorf("%s: task %s, %s, is %s", path, task.Order, task.ShortDescription, task.Type)
			}
		}
		// The schema has dozens of alternatives for each node: a second a plan.
		schema := valid
		if i%9 != 0 {
			schema = nil
		}
		issues += checkADF(t, schema, printed(t, Jira, one))
		if _, err := csv.NewReader(bytes.NewReader(printed(t, CSV, one))).ReadAll(); err != nil {
			t.Error(path, err)
		}
		if one.Start != "" {
			events(t, printed(t, Calendar, one))
		}
	}
	t.Logf("%d plans, %d issues", len(paths), issues)
}

// TestManyTasks: requests to Jira have no more issues than it takes, and descriptions that are too long say so.
func TestManyTasks(t *testing.T) {
	one := named("x")
	one.Tasks = slices.Repeat(one.Tasks, 2*maxBulk+1)
	one.Tasks[0].told.Steps.Rows = slices.Repeat([][]words.Text{{words.Name("x"), words.Free(strings.Repeat("é", 90)), words.Free("x")}}, 1000)
	one.Tasks[0].told.IfFails = nil
	one.record.Sections[0].Blocks = []record.Block{record.List(slices.Repeat([]words.Text{words.Free("<x>")}, 5000)), record.Paragraph(words.Free("end"))}
	text := printed(t, Jira, one)
	if n := checkADF(t, adfSchema(t), text); n != 2*maxBulk+2 || strings.Count(string(text), rest) != 2 || bytes.Contains(text, []byte(`"end"`)) {
		t.Errorf("%d issues, %d are cut", n, strings.Count(string(text), rest))
	}
	var j jira
	strictly(t, text, &j)
	if len(j.Changes[0].Subtasks) != 3 {
		t.Errorf("%d requests", len(j.Changes[0].Subtasks))
	}
}

// TestHostilePlan: the forms of whole plans with hostile names have as many rows and events as one with plain names.
func TestHostilePlan(t *testing.T) {
	shape := func(s string) (int, int) {
		p := sample.Hostile(s)
		p.Change.WindowStart, p.Change.WindowEnd = "2026-12-05T22:00:00Z", "2026-12-06T00:00:00Z"
		one, err := Of(p, sum)
		if err != nil {
			return -1, -1 // no such string can be in a command
		}
		rows, err := csv.NewReader(bytes.NewReader(printed(t, CSV, one))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		checkADF(t, nil, printed(t, Jira, one))
		return len(rows), len(events(t, printed(t, Calendar, one)))
	}
	wantRows, wantEvents := shape("x")
	n := 0
	for i, s := range hostile(t) {
		if i%50 != 0 || strings.TrimSpace(s) == "" {
			continue
		}
		rows, events := shape(s)
		if rows != -1 && (rows != wantRows || events != wantEvents) {
			t.Errorf("%q: %d rows, %d events; want %d, %d", s, rows, events, wantRows, wantEvents)
		}
		n++
	}
	t.Logf("%d plans", n)
}

// python runs a script that needs a module, and reads the JSON that it prints.
func python(t *testing.T, module, script string, in []byte, into any) {
	t.Helper()
	loud.Runs(t)
	// The packages of the system are those of its own Python.
	for _, name := range []string{"/usr/bin/python3", "python3"} {
		if exec.Command(name, "-c", "import "+module).Run() != nil {
			continue
		}
		cmd := exec.Command(name, "-c", script)
		cmd.Stdin = bytes.NewReader(in)
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s: %v", module, err)
		}
		if err := json.Unmarshal(out, into); err != nil {
			t.Fatal(err)
		}
		return
	}
	loud.Lacking(t, "python3-"+module, exec.ErrNotFound)
}
