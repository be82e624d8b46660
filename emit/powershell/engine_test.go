package powershell

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf16"

	"github.com/edgeplan/edgeplan/emit/words"
)

// engine is the PowerShell of EDGEPLAN_PWSH, else the one on PATH, and its version.
var engine = sync.OnceValues(func() ([2]string, error) {
	path := os.Getenv("EDGEPLAN_PWSH")
	if path == "" {
		path = "pwsh"
	}
	path, err := exec.LookPath(path)
	if err != nil {
		return [2]string{}, err
	}
	out, err := exec.Command(path, "-NoProfile", "-NonInteractive", "-Command", "[string]$PSVersionTable.PSVersion").Output()
	return [2]string{path, strings.TrimSpace(string(out))}, err
})

// run has the engine run a script of testdata and decodes the JSON that it writes into
// the file that is its last argument. Without an engine the test is skipped.
func run(t *testing.T, into any, script string, args ...string) {
	t.Helper()
	found, err := engine()
	if err != nil {
		if os.Getenv("EDGEPLAN_PWSH_REQUIRED") != "" {
			t.Fatalf("no PowerShell engine, and EDGEPLAN_PWSH_REQUIRED is set: %v", err)
		}
		t.Skipf("SKIPPED: no PowerShell engine: %v; set EDGEPLAN_PWSH or put pwsh on PATH", err)
	}
	t.Logf("PowerShell %s at %s", found[1], found[0])
	home := t.TempDir()
	result := filepath.Join(home, "result.json")
	all := append([]string{"-NoProfile", "-NonInteractive", "-File", filepath.Join("testdata", script)}, append(args, result)...)
	cmd := exec.Command(found[0], all...)
	cmd.Env = append(os.Environ(), "HOME="+home, "POWERSHELL_TELEMETRY_OPTOUT=1", "POWERSHELL_UPDATECHECK=Off")
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
	Functions                              int
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
// the checks without an engine saw, and finds all help.
func TestEngineParses(t *testing.T) {
	scripts := goldens(t)
	var texts []string
	for _, s := range scripts {
		texts = append(texts, s.text)
	}
	for i, got := range parse(t, texts) {
		checkParsed(t, scripts[i], got)
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
	if got.Functions < 20 || len(got.NoHelp) > 0 {
		t.Errorf("%s: %d functions, no synopsis: %q", s.name, got.Functions, got.NoHelp)
	}
	title := words.Title(planOf(t, s)) + "."
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

// TestEngineHostile: names that try to break out add no command. The twin is the same
// spec with a harmless name.
func TestEngineHostile(t *testing.T) {
	spec, err := os.ReadFile(filepath.Join(specsDir, "hostile", "spec.edge.hcl"))
	name := hostileName.FindString(string(spec))
	if err != nil || name == "" {
		t.Fatalf("no hostile name, %v", err)
	}
	wild := both(t, compile(t, os.DirFS(filepath.Join(specsDir, "hostile")))[0])
	tame := both(t, compile(t, replaced(t, "hostile", name, "Site2"))[0])
	if strings.Contains(tame[0], "INJECTED") || !strings.Contains(wild[0], "INJECTED") {
		t.Fatal("the twins are not what they should be")
	}
	texts := append(wild[:], tame[:]...)
	for _, text := range hostileStrings(40) {
		pair := both(t, spoiled(text))
		texts = append(texts, pair[:]...)
	}
	got := parse(t, texts)
	plain := both(t, spoiled("Site2"))
	spoiledWant := parse(t, plain[:])
	for i := range got {
		want := got[2+i%2]
		if i >= 4 {
			want = spoiledWant[i%2]
		}
		if len(got[i].Errors) > 0 || !slices.Equal(got[i].Commands, want.Commands) || !slices.Equal(got[i].NoHelp, want.NoHelp) {
			t.Errorf("script %d: %q, the engine sees %q, not %q", i, got[i].Errors, got[i].Commands, want.Commands)
		}
	}
}

// TestEngineMutants proves that the engine would find a script that is broken.
func TestEngineMutants(t *testing.T) {
	s := golden(t, "seed/edgepool1-to-edgepool2/failover.ps1")
	texts := []string{s.text}
	for _, m := range mutants {
		texts = append(texts, m.apply(t, s.text))
	}
	hostile := golden(t, "hostile/edgepool1-to-edgepool2/failover.ps1")
	raw := "'" + strings.NewReplacer("' + [char]0x2019 + '", "\u2019", "' + [char]0x2018 + '", "\u2018").Replace(hostile.change()[1:])
	got := parse(t, append(texts, raw))
	if len(got[0].Errors) > 0 {
		t.Errorf("the script itself: %q", got[0].Errors)
	}
	for i, m := range mutants {
		t.Logf("%s: %q", m.name, got[i+1].Errors)
		if len(got[i+1].Errors) == 0 {
			t.Errorf("%s is not found", m.name)
		}
	}
	if last := got[len(got)-1]; len(last.Errors) == 0 && !slices.Contains(last.Commands, "Write-Output") {
		t.Error("a raw typographic quote is not found")
	}
}

// TestEngineQuote: the engine reads what Quote writes as constants and codes alone, and
// gets the same text.
func TestEngineQuote(t *testing.T) {
	list := hostileStrings(2500)
	for r := rune(1); r <= 0x3100; r += 3 {
		list = append(list, "'"+string(r)+"'")
	}
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
	if got.Count != len(list) || got.Count < 2000 {
		t.Errorf("%d texts of %d", got.Count, len(list))
	}
	for _, problem := range got.Bad {
		t.Error(problem)
	}
	t.Logf("%d texts", got.Count)
}
