package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/edgeplan/edgeplan/parser/diag"
)

type noInput struct{}

func (noInput) Read([]byte) (int, error) { return 0, errors.New("the disk is gone") }

// failing are command lines that cannot do what they should, by what goes wrong, with the
// code that a form for machines gives it.
func failing(t *testing.T) map[string]struct {
	code diag.Code
	args []string
} {
	t.Helper()
	dir := buildSpec(t, "seed")
	out := filepath.Dir(dir)
	damaged := buildSpec(t, "seed")
	writeFile(t, filepath.Join(damaged, "change.md"), []byte("edited\n"))
	writeFile(t, filepath.Join(damaged, "evil\tname"), nil)
	text := filepath.Join(t.TempDir(), "text")
	writeFile(t, text, []byte("text\n"))
	broken := filepath.Join(t.TempDir(), "broken.edge.hcl")
	writeFile(t, broken, []byte("site \"x {\n"))
	const seed = "../../specs/seed"
	type row = struct {
		code diag.Code
		args []string
	}
	// An engine that knows its version and nothing else.
	t.Setenv("PATH", t.TempDir())
	dumb := filepath.Join(os.Getenv("PATH"), "pwsh")
	engineRow := row{codeNotHeld, []string{"rehearse", "--run", "-o", filepath.Join(t.TempDir(), "out"), "../../specs/seed"}}
	if runtime.GOOS == "windows" {
		engineRow.code = codeNoEngine // such a script is no program there
	} else if err := os.WriteFile(dumb, []byte("#!/bin/sh\ncase \"$*\" in *edgeplan-engine*) echo 'edgeplan-engine 7.4.6 Core .';; *) exit 3;; esac\n"), 0o777); err != nil {
		t.Fatal(err)
	}
	return map[string]row{
		"unknown command":        {codeUsage, []string{"chekc", seed}},
		"flag before":            {codeUsage, []string{"-o", "x", "build"}},
		"unknown flag":           {codeUsage, []string{"check", "--colour=never", seed}},
		"flag without value":     {codeUsage, []string{"check", seed, "--color"}},
		"bad value":              {codeUsage, []string{"plan", "--format", "yaml", seed}},
		"no -o":                  {codeUsage, []string{"build", seed}},
		"too many":               {codeUsage, []string{"version", "x"}},
		"unknown code":           {codeUsage, []string{"explain", "EP0000"}},
		"unknown block":          {codeUsage, []string{"schema", "resource"}},
		"unknown topic":          {codeUsage, []string{"help", "bild"}},
		"unknown failover":       {codeUsage, []string{"plan", "--failover", "x\x1b", seed}},
		"folder without spec":    {codeUsage, []string{"check", t.TempDir()}},
		"no such folder":         {codeUnreadable, []string{"check", "nowhere"}},
		"no such spec":           {codeUnreadable, []string{"check", "nowhere.edge.hcl"}},
		"standard input":         {codeUnreadable, []string{"check", "-"}},
		"unreadable zone":        {codeUnreadable, []string{"check", "../../specs/bad-ep1011-unreadable"}},
		"broken spec":            {"EP1001", []string{"check", broken}},
		"broken spec, fmt":       {"EP1001", []string{"fmt", "-l", broken}},
		"nothing to plan":        {codeNoFailover, []string{"build", "-o", out, "../../specs/bad-ep1018-no-failover"}},
		"output is a file":       {codeNoResult, []string{"build", "-o", text, seed}},
		"cannot be written":      {codeNoResult, []string{"build", "-o", "/proc/nowhere", seed}},
		"verify: no folder":      {codeUnreadable, []string{"verify", "nowhere"}},
		"verify: no package":     {codeNotAPlan, []string{"verify", t.TempDir()}},
		"verify: damaged":        {codeDamaged, []string{"verify", damaged}},
		"show: not a plan":       {codeNotAPlan, []string{"show", text}},
		"evidence: not a log":    {codeNotAPlan, []string{"evidence", dir, text}},
		"evidence: no such log":  {codeUnreadable, []string{"evidence", dir, "nowhere"}},
		"diff: not a folder":     {codeUnreadable, []string{"diff", seed, text}},
		"left in a package":      {codeFolder, []string{"build", "--force", "-o", filepath.Dir(damaged), seed}},
		"engine that ends":       engineRow,
		"no engine":              {codeNoEngine, []string{"rehearse", "--run", "-o", out, seed}},
		"result cannot be shown": {codeNoResult, []string{"explain"}},
	}
}

// TestErrorForms: whatever goes wrong, standard error is a document of the form that was
// asked for, and says what with a code, wherever the flag is.
func TestErrorForms(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile("../../parser/diag/testdata/sarif-schema-2.1.0.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, row := range failing(t) {
		if _, err := os.Stat("/proc"); err != nil && name == "cannot be written" {
			continue
		}
		for _, form := range forms[1:] {
			for i, args := range [][]string{append(slices.Clone(row.args), "--diagnostics="+form), {}} {
				if i == 1 {
					args = append(slices.Insert(slices.Clone(row.args), 1, "--diagnostics", form), "--")
				}
				var stdout io.Writer = new(bytes.Buffer)
				if name == "result cannot be shown" {
					stdout = brokenPipe{}
				}
				path := os.Getenv("PATH")
				if name == "no engine" {
					t.Setenv("PATH", "")
				}
				var stderr bytes.Buffer
				code := run(args, noInput{}, stdout, &stderr, func(string) string { return "" })
				t.Setenv("PATH", path)
				if code == exitDone && row.code != codeFolder {
					t.Errorf("%s: %q ends with exit code 0", name, args)
				}
				said := saidIn(t, schema, form, stderr.Bytes())
				if !slices.Contains(said, string(row.code)) || strings.ContainsAny(stderr.String(), "\x1b\x00") {
					t.Errorf("%s: %q says %q, not %s:\n%.300q", name, args, said, row.code, stderr.String())
				}
			}
		}
	}
}

// saidIn are the codes in a document of findings.
func saidIn(t *testing.T, schema *jsonschema.Schema, form string, text []byte) (codes []string) {
	t.Helper()
	var doc struct {
		Findings []diag.Finding
		Runs     []struct {
			Results     []struct{ RuleID string }
			Invocations []struct {
				Notifications []struct{ Descriptor struct{ ID string } } `json:"toolExecutionNotifications"`
			}
		}
	}
	if form == "github" {
		for line := range strings.Lines(string(text)) {
			_, title, ok := strings.Cut(line, "title=")
			if !ok || !strings.HasPrefix(line, "::error ") && !strings.HasPrefix(line, "::warning ") {
				t.Errorf("no annotation: %q", line)
				continue
			}
			codes = append(codes, title[:6])
		}
		return codes
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Errorf("%s: %v\n%s", form, err, text)
		return nil
	}
	for _, f := range doc.Findings {
		codes = append(codes, string(f.Code))
	}
	if form == "sarif" {
		value, _ := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err := schema.Validate(value); err != nil {
			t.Errorf("%v\n%s", err, text)
		}
		for _, r := range doc.Runs[0].Results {
			codes = append(codes, r.RuleID)
		}
		for _, n := range doc.Runs[0].Invocations[0].Notifications {
			codes = append(codes, n.Descriptor.ID)
		}
	}
	return codes
}

// TestEveryProgramRule: each code that no spec can show is one of those above.
func TestEveryProgramRule(t *testing.T) {
	shown := map[diag.Code]bool{}
	for _, row := range failing(t) {
		shown[row.code] = true
	}
	for _, rule := range diag.Rules() {
		if rule.Program && !shown[rule.Code] {
			t.Errorf("nothing shows %s", rule.Code)
		}
	}
}

// TestNothingToSay: a form is a whole document also where all is well.
func TestNothingToSay(t *testing.T) {
	for _, args := range [][]string{{"version"}, {"help"}, {"explain", "EP1001"}, {"verify", buildSpec(t, "seed")}} {
		_, stderr := edgeplan(t, exitDone, append(args, "--diagnostics", "json")...)
		if !json.Valid([]byte(stderr)) || !strings.Contains(stderr, `"findings": [],`) {
			t.Errorf("%q: %s", args, stderr)
		}
	}
}

// TestCrash: a mistake of edgeplan is said in the form that was asked for.
func TestCrash(t *testing.T) {
	for _, form := range forms {
		var stderr bytes.Buffer
		if code := crash(&stderr, []string{"build", "--diagnostics", form}, "oh\x1b", []byte("stack")); code != exitFailed {
			t.Errorf("exit code %d", code)
		}
		if !strings.Contains(stderr.String(), "internal error: oh") || strings.Contains(stderr.String(), "\x1b") || (form == "json" || form == "sarif") != json.Valid(stderr.Bytes()) {
			t.Errorf("%s: %q", form, stderr.String())
		}
	}
}

// TestScreen: what would act on a terminal is escaped, however the text is cut, and goes
// into a file as it is.
func TestScreen(t *testing.T) {
	const text = "a\x1b[2J\tä\u202eb\u00a0\r\nc\rd\xff\x9be\x00\xe2\x82"
	const want = `a\u{1B}[2J` + "\tä" + `\u{202E}b\u{A0}` + "\r\nc" + `\u{D}d\x{FF}\x{9B}e\u{0}\x{E2}\x{82}`
	for size := 1; size < len(text); size++ {
		var out, file bytes.Buffer
		s, plain := &screen{w: &out, terminal: true}, &screen{w: &file}
		for at := 0; at < len(text); at += size {
			part := []byte(text[at:min(at+size, len(text))])
			for _, w := range []io.Writer{s, plain} {
				if n, err := w.Write(part); n != len(part) || err != nil {
					t.Fatal(n, err)
				}
			}
		}
		if err := errors.Join(s.end(), plain.end()); err != nil || out.String() != want || file.String() != text {
			t.Fatalf("cut after %d: %v\n%q\n%q", size, err, out.String(), file.String())
		}
	}
	if isTerminal(new(bytes.Buffer)) || isTerminal(os.NewFile(^uintptr(0), "x")) {
		t.Error("these are no terminals")
	}
}
