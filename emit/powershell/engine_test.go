package powershell

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/edgeplan/edgeplan/emit/powershell/pwsh"
	"github.com/edgeplan/edgeplan/emit/words/sample"
)

// run has the engine run a script of testdata and decodes the JSON that it writes into
// the file that is its last argument. Without an engine the test is skipped.
func run(t *testing.T, into any, script string, args ...string) {
	t.Helper()
	engine := pwsh.Find(t)
	home := t.TempDir()
	result := filepath.Join(home, "result.json")
	args = append([]string{"-File", filepath.Join("testdata", script)}, append(args, result)...)
	cmd := engine.Command(home, args...)
	if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
		t.Fatalf("%s: %v\n%s", script, err, out)
	}
	data, err := os.ReadFile(result)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatalf("%s: %v\n%s", script, err, data)
	}
}

// write makes a file in a folder.
func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// parsed is what the engine says about one script.
type parsed struct {
	Path, Synopsis                         string
	Errors, Commands, Nodes, Types, NoHelp []string
	Params, Requires                       []string
	Functions, Comments, Statements        int
}

// same tells whether two scripts differ in nothing but values: in commands, comments,
// statements, parameters and what #Requires asks for.
func (p parsed) same(q parsed) bool {
	return slices.Equal(p.Commands, q.Commands) && slices.Equal(p.Params, q.Params) && slices.Equal(p.Requires, q.Requires) &&
		p.Comments == q.Comments && p.Statements == q.Statements && len(p.Errors) == 0
}

// parse has the engine parse texts, in one process.
func parse(t *testing.T, texts []string) []parsed {
	t.Helper()
	dir := t.TempDir()
	var paths []string
	for i, text := range texts {
		paths = append(paths, write(t, dir, fmt.Sprintf("%d.ps1", i), text))
	}
	var out []parsed
	run(t, &out, "parse.ps1", write(t, dir, "list", strings.Join(paths, "\n")))
	if len(out) != len(texts) {
		t.Fatalf("%d results of %d", len(out), len(texts))
	}
	return out
}

// nodes are the kinds of syntax that the change consists of.
var nodes = strings.Fields(`ArrayExpressionAst ArrayLiteralAst AssignmentStatementAst BinaryExpressionAst CommandAst CommandExpressionAst
	CommandParameterAst ConstantExpressionAst ConvertExpressionAst HashtableAst MemberExpressionAst NamedBlockAst ParenExpressionAst PipelineAst
	ScriptBlockAst ScriptBlockExpressionAst StatementBlockAst StringConstantExpressionAst TypeConstraintAst VariableExpressionAst`)

// TestEngineParses: the engine takes every golden script, sees in it the commands that
// the checks without an engine saw, and finds all help. Names that try to break out add
// no command. A script that was broken is found.
func TestEngineParses(t *testing.T) {
	var texts []string
	var checks []func(parsed)
	add := func(text string, check func(parsed)) {
		texts, checks = append(texts, text), append(checks, check)
	}
	for i, s := range goldens(t) {
		add(s.text, func(got parsed) {
			checkParsed(t, s, got)
			if i == 0 && (got.Functions < 20 || len(got.NoHelp) > 0) {
				t.Errorf("the runtime has %d functions, no synopsis: %q", got.Functions, got.NoHelp)
			}
		})
	}
	addTwins(t, add)
	addMutants(t, add)
	for i, got := range parse(t, texts) {
		checks[i](got)
	}
}

func checkParsed(t *testing.T, s sampleScript, got parsed) {
	t.Helper()
	if len(got.Errors) > 0 {
		t.Errorf("%s: %q", s.name, got.Errors)
	}
	want, err := read(s.statements())
	if err != nil {
		t.Errorf("%s: %v", s.name, err)
	}
	var commands []string
	for _, c := range want.calls {
		commands = append(commands, c.name)
	}
	if !slices.Equal(sorted(got.Commands), sorted(commands)) {
		t.Errorf("%s: the engine sees %q, not %q", s.name, sorted(got.Commands), sorted(commands))
	}
	for _, node := range got.Nodes {
		if !slices.Contains(nodes, node) {
			t.Errorf("%s: the change holds a %s", s.name, node)
		}
	}
	for _, name := range got.Types {
		if name != "char" && name != "string" {
			t.Errorf("%s: a cast to %s", s.name, name)
		}
	}
	title := planOf(t, s).Texts.Title + "."
	if s.back {
		title = "Roll back: " + title
	}
	if got.Synopsis != title {
		t.Errorf("%s: the synopsis is %q, not %q", s.name, got.Synopsis, title)
	}
}

func sorted(list []string) []string { return slices.Sorted(slices.Values(list)) }

// hostileName is the site of specs/hostile.
var hostileName = regexp.MustCompile(`Site 2 [^"]*\\u202e`)

// addTwins adds scripts with hostile names, each after its twin with a harmless one.
func addTwins(t *testing.T, add func(string, func(parsed))) {
	spec, err := os.ReadFile(filepath.Join(specsDir, "hostile", "spec.edge.hcl"))
	name := hostileName.FindString(string(spec))
	if err != nil || name == "" {
		t.Fatalf("no hostile name, %v", err)
	}
	tame := both(t, compile(t, replaced(t, "hostile", name, "Site2"))[0])
	wild := both(t, compile(t, os.DirFS(filepath.Join(specsDir, "hostile")))[0])
	if strings.Contains(tame[0], "INJECTED") || !strings.Contains(wild[0], "INJECTED") {
		t.Fatal("the twins are not what they should be")
	}
	harmless := both(t, spoiledBy(numbered()))
	groups := [2][]string{{harmless[0]}, {harmless[1]}}
	next, done := taken(sample.Texts())
	for done() < len(sample.Texts()) {
		for i, text := range both(t, spoiledBy(next)) {
			groups[i] = append(groups[i], text)
		}
	}
	for i := range 2 {
		addSame(t, add, []string{tame[i], wild[i]})
		addSame(t, add, groups[i])
	}
	t.Logf("%d hostile texts in %d scripts", done(), len(groups[0])+len(groups[1]))
}

// addSame adds scripts that all have the commands of the first.
func addSame(t *testing.T, add func(string, func(parsed)), group []string) {
	var first parsed
	for i, text := range group {
		add(text, func(got parsed) {
			if i == 0 {
				first = got
			}
			if len(got.Commands) == 0 || len(got.Requires) != 1 || !got.same(first) {
				t.Errorf("the engine sees %+v, not %+v:\n%s", got, first, statements(text))
			}
		})
	}
}

// addMutants adds broken scripts: each must be found.
func addMutants(t *testing.T, add func(string, func(parsed))) {
	s := golden(t, "seed/edgepool1-to-edgepool2/failover.ps1")
	for _, m := range mutants {
		add(m.apply(t, s.text), func(got parsed) {
			if len(got.Errors) == 0 {
				t.Errorf("the engine does not find the mutant %s", m.name)
			}
		})
	}
	hostile := golden(t, "hostile/edgepool1-to-edgepool2/failover.ps1")
	raw := strings.NewReplacer("' + [char]0x2019 + '", "\u2019", "' + [char]0x2018 + '", "\u2018").Replace(hostile.text)
	add(raw, func(got parsed) {
		if !slices.Contains(got.Commands, "Write-Output") {
			t.Errorf("raw typographic quotes: %q, the engine sees %q", got.Errors, got.Commands)
		}
	})
}

// TestEngineQuote: the engine reads what Quote writes as constants and codes alone, and
// gets the same text.
func TestEngineQuote(t *testing.T) {
	list := sample.Texts()
	var in strings.Builder
	for _, s := range list {
		quoted, err := Quote(s)
		if err != nil {
			t.Fatal(err)
		}
		in.WriteString("x")
		for _, unit := range utf16.Encode([]rune(s)) {
			fmt.Fprintf(&in, "%04X", unit)
		}
		in.WriteString(" " + quoted + "\n")
	}
	var got struct {
		Count int
		Bad   []string
	}
	run(t, &got, "quote.ps1", write(t, t.TempDir(), "in", in.String()))
	if got.Count != len(list) || got.Count < 10_000 {
		t.Errorf("%d texts of %d", got.Count, len(list))
	}
	for _, problem := range got.Bad {
		t.Error(problem)
	}
	t.Logf("%d texts", got.Count)
}

// sheet is what a script printed without a stage.
type sheet struct {
	Path  string
	Exit  int
	Lines []string
}

// TestEngineSheet: without a stage a script prints the run sheet, ends with 0, and
// leaves nothing behind.
func TestEngineSheet(t *testing.T) {
	type printed struct {
		name, title, id, text string
	}
	var want []printed
	for _, s := range goldens(t) {
		plan := planOf(t, s)
		want = append(want, printed{s.name, plan.Texts.Title, plan.ID, s.text})
	}
	long := "EdgePool-of-the-second-data-centre-of-the-northern-region-1"
	plan := compile(t, replaced(t, "seed", "EdgePool1", long))[0]
	for _, text := range both(t, plan) {
		want = append(want, printed{"long title", plan.Texts.Title, plan.ID, text})
	}
	var paths []string
	for _, w := range want {
		paths = append(paths, write(t, t.TempDir(), "script.ps1", w.text))
	}
	var got []sheet
	run(t, &got, "sheet.ps1", write(t, t.TempDir(), "list", strings.Join(paths, "\n")))
	for i, w := range want {
		checkSheet(t, w.name, got[i], w.text, w.title+"  plan "+w.id+"  this host: fe2.corp.contoso.com")
	}
}

func checkSheet(t *testing.T, name string, got sheet, text, head string) {
	t.Helper()
	if got.Exit != 0 || len(got.Lines) == 0 || strings.TrimPrefix(got.Lines[0], "Roll back: ") != head {
		t.Errorf("%s: exit code %d, %.300q", name, got.Exit, got.Lines)
	}
	files, err := os.ReadDir(filepath.Dir(got.Path))
	if err != nil || len(files) != 1 {
		t.Errorf("%s: left behind: %v, %v", name, files, err)
	}
	change, _, _ := strings.Cut(text, RuntimeMarker)
	want, err := read(statements(change))
	if err != nil {
		t.Error(err)
	}
	sheet := strings.Join(got.Lines, "\n") + "\n"
	for _, stage := range want.vars["$Stages"].([]any) {
		h := stage.(keyed)
		if line := fmt.Sprintf("           %s\n", h.values["Does"]); !strings.Contains(sheet, line) {
			t.Errorf("%s: the sheet lacks %q", name, line)
		}
	}
	visit(want.vars["$Stages"], func(key string, block []call) {
		if key == "Set" && !strings.Contains(sheet, "           > "+block[0].name+" ") {
			t.Errorf("%s: the sheet lacks %s", name, block[0].name)
		}
	})
}

// service is one line of Get-CsWindowsService.
type service struct{ Name, DisplayName, Status string }

// TestEngineServiceDown runs the runtime's Get-ServiceDown: a service that ran before
// stage Stop and is not listed any more counts as down.
func TestEngineServiceDown(t *testing.T) {
	up, down := "Running", "Stopped"
	access := service{"RTCSRV", "Front-End", up}
	proxy := service{"RTCXMPPGWPROXY", "Lync Server XMPP Translating Gateway Proxy", up}
	stopped := func(s service) service { s.Status = down; return s }
	clear := service{"RTCCLSAGT", "Centralized Logging", down}
	type names = []string
	cases := []struct {
		Name, Noted string
		Listed      []service
		down        []string
		Off, Waive  []string
		said        []string
	}{
		{Name: "all up", Noted: "RTCSRV,RTCXMPPGWPROXY", Listed: []service{access, proxy}, down: nil},
		{Name: "vanished", Noted: "RTCGONE,RTCSRV", Listed: []service{access, proxy}, down: []string{"RTCGONE"}},
		{Name: "vanished alone", Noted: "RTCGONE", Listed: []service{}, down: []string{"RTCGONE", "XMPP"}},
		{Name: "vanished proxy", Noted: "RTCSRV,RTCXMPPGWPROXY", Listed: []service{access}, down: []string{"RTCXMPPGWPROXY", "XMPP"}},
		{Name: "stopped", Noted: "RTCSRV", Listed: []service{stopped(access), proxy}, down: []string{"RTCSRV"}},
		{Name: "starting", Noted: "RTCSRV", Listed: []service{{"RTCSRV", "x", "StartPending"}, proxy}, down: []string{"RTCSRV"}},
		{Name: "did not run before", Noted: "RTCXMPPGWPROXY", Listed: []service{stopped(access), proxy}, down: nil},
		{Name: "XMPP did not run before", Noted: "RTCSRV", Listed: []service{access, stopped(proxy)}, down: []string{"RTCXMPPGWPROXY"}},
		{Name: "none noted", Noted: "", Listed: []service{stopped(access), stopped(proxy)}, down: []string{"RTCSRV", "RTCXMPPGWPROXY"}},
		{Name: "none noted, all up", Noted: "", Listed: []service{access, proxy}, down: nil},
		{Name: "none noted, disabled", Listed: []service{access, proxy, clear}, Off: names{"RTCCLSAGT"}, said: names{"NOTE disabled, not waited for: RTCCLSAGT"}},
		{Name: "none noted, disabled but up", Listed: []service{access, proxy}, Off: names{"RTCSRV"}},
		{Name: "noted and disabled", Noted: "RTCSRV", Listed: []service{stopped(access), proxy}, Off: names{"RTCSRV"}, down: names{"RTCSRV"}},
		{Name: "XMPP disabled", Listed: []service{access, stopped(proxy)}, Off: names{"RTCXMPPGWPROXY"}, down: names{"RTCXMPPGWPROXY"},
			said: names{"NOTE disabled, not waited for: RTCXMPPGWPROXY"}},
		{Name: "no XMPP", Listed: []service{access}, down: names{"XMPP"}},
		{Name: "waived", Noted: "RTCSRV", Listed: []service{stopped(access), stopped(proxy)}, Waive: names{"P02", "RTCSRV"}, down: names{"RTCXMPPGWPROXY"},
			said: names{"WAIVED service RTCSRV does not run"}},
		{Name: "waived, up", Listed: []service{access, proxy}, Waive: names{"RTCSRV"}},
		{Name: "no XMPP, waived", Listed: []service{access}, Waive: names{"XMPP"}, said: names{"WAIVED service XMPP does not run"}},
	}
	text := regexp.MustCompile(`(?s)function Get-ServiceDown\([^)]*\) \{\r\n.*?\r\n\}\r\n`).FindString(Runtime().Text)
	if text == "" {
		t.Fatal("the runtime has no Get-ServiceDown")
	}
	dir := t.TempDir()
	list, err := json.Marshal(cases)
	if err != nil {
		t.Fatal(err)
	}
	var got []struct {
		Name       string
		Down, Said []string
	}
	run(t, &got, "down.ps1", write(t, dir, "function", text), write(t, dir, "cases", string(list)))
	if len(got) != len(cases) {
		t.Fatalf("%d results of %d", len(got), len(cases))
	}
	for i, c := range cases {
		if !slices.Equal(got[i].Down, c.down) || !slices.Equal(got[i].Said, c.said) {
			t.Errorf("%s: down are %q, not %q; it says %q, not %q", c.Name, got[i].Down, c.down, got[i].Said, c.said)
		}
	}
}
