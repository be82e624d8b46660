package powershell

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/compiler/cmdlet"
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/procedure"
	"github.com/edgeplan/edgeplan/emit/words/sample"
)

// TestSameBytes: a plan gives the same scripts when they are made again, and after it
// has been written and read.
func TestSameBytes(t *testing.T) {
	for _, spec := range goodSpecs(t) {
		for _, p := range compile(t, os.DirFS(filepath.Join(specsDir, spec))) {
			first := both(t, p)
			if both(t, p) != first {
				t.Errorf("%s: twice the same plan, not the same bytes", spec)
			}
			data, err := plan.Encode(p)
			if err != nil {
				t.Fatal(err)
			}
			again, err := procedure.Decode(data)
			if err != nil {
				t.Fatal(err)
			}
			if both(t, again) != first {
				t.Errorf("%s: after plan.json, not the same bytes", spec)
			}
		}
	}
}

// goodSpecs are the specs that have scripts.
func goodSpecs(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob(goldenDir + "/*/*/plan.json")
	if err != nil || len(paths) < 10 {
		t.Fatalf("%d plans, %v", len(paths), err)
	}
	var out []string
	for _, path := range paths {
		out = append(out, filepath.Base(filepath.Dir(filepath.Dir(path))))
	}
	return out
}

// TestSpoiled puts hostile text wherever a plan has a free one: the script stays in
// the subset, and its commands stay the same.
func TestSpoiled(t *testing.T) {
	plain := commands(t, spoiled("Site2"))
	texts := hostileStrings(200)
	for _, text := range append(texts, strings.Repeat("long ", 60), strings.Repeat("'", 101), "# Signature block") {
		if got := commands(t, spoiled(text)); got != plain {
			t.Errorf("%q: the commands are %s, not %s", text, got, plain)
		}
	}
}

// TestTitle: a title that is long or not ASCII is set before $Plan takes it.
func TestTitle(t *testing.T) {
	for _, name := range []string{"EdgePool1", "Cr\u00e8che", "EdgePool-of-the-second-data-centre-of-the-northern-region-1"} {
		plan := sample.Plan()
		plan.From.Name, plan.To.Name = name, name
		for i, text := range both(t, plan) {
			change, _, _ := strings.Cut(text, RuntimeMarker)
			got, err := read(statements(change))
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			title := got.vars["$Plan"].(keyed).values["Title"]
			if want := []string{"", "Roll back: "}[i] + plan.Texts.Title; title != want {
				t.Errorf("the title is %q, not %q", title, want)
			}
		}
	}
}

// commands are the commands of both scripts of a plan, checked on the way.
func commands(t *testing.T, p *plan.Plan) string {
	t.Helper()
	var names []string
	for _, text := range both(t, p) {
		change, _, _ := strings.Cut(text, RuntimeMarker)
		for _, problem := range append(bytesProblems(text), changeProblems(change, cmdlet.Products())...) {
			if !strings.HasSuffix(problem, " characters") { // a long name may not fit
				t.Errorf("%s: %s", p.From.Name, problem)
			}
		}
		got, _ := read(statements(change))
		for _, c := range got.calls {
			names = append(names, c.name)
		}
	}
	return strings.Join(names, " ")
}

// TestSwitches: Set changes something, or with $Rehearse nothing, and Read does not.
func TestSwitches(t *testing.T) {
	for _, s := range goldens(t) {
		got, err := read(s.statements())
		if err != nil {
			t.Fatal(err)
		}
		sets := 0
		visit(got.vars["$Stages"], func(key string, block []call) {
			for _, c := range block {
				checkSwitch(t, s.name, key, c)
			}
			sets += b2i(key == "Set")
		})
		if sets == 0 && planOf(t, s).Kind == plan.KindFailover {
			t.Errorf("%s sets nothing", s.name)
		}
	}
}

func visit(v any, f func(string, []call)) {
	switch v := v.(type) {
	case []any:
		for _, one := range v {
			visit(one, f)
		}
	case keyed:
		for _, key := range v.keys {
			if block, ok := v.values[key].([]call); ok {
				f(key, block)
			}
			visit(v.values[key], f)
		}
	}
}

func checkSwitch(t *testing.T, name, key string, c call) {
	value, ok := c.get("WhatIf")
	rehearsed := slices.Contains([]string{"Set-CsSite", "Set-CsEdgeServer", "Invoke-CsManagementServerFailover"}, c.name)
	off := value == token{text: "$false"} || value == token{text: "$Rehearse"} && rehearsed && !strings.HasSuffix(name, "/rollback.ps1")
	switch verb, _, _ := strings.Cut(c.name, "-"); {
	case key == "Set" && ok && !off:
		t.Errorf("%s: %s of %s has -WhatIf %v", name, key, c.name, value)
	case key == "Read" && verb != "Get" && verb != "Where" && verb != "Test":
		t.Errorf("%s: Read runs %s", name, c.name)
	}
}

func TestRefuses(t *testing.T) {
	for name, edit := range map[string]func(*plan.Plan){
		"no stages": func(p *plan.Plan) { p.Stages, p.Rollback = nil, nil },
		"a look at what no rehearsal can run": func(p *plan.Plan) {
			for _, stages := range [][]plan.Stage{p.Stages, p.Rollback} {
				stages[0].Parts[0].LooksAt = []string{plan.Replicated}
			}
		},
		"a value to be replaced by none": func(p *plan.Plan) {
			for _, s := range slices.Concat(plan.AllSteps(p.Stages), plan.AllSteps(p.Rollback)) {
				if s.Act != nil && s.Act.Set != nil && s.Read != nil && len(s.Act.To) == 0 {
					s.Act.From = "x"
				}
			}
		},
		"unknown stage": func(p *plan.Plan) { p.Stages[0].Name, p.Rollback[0].Name = "x'", "x'" },
		"not UTF-8": func(p *plan.Plan) {
			p.Texts.Title, p.Stages[0].Parts[0].Does, p.Rollback[0].Parts[0].Does = "a\xff", "a\xff", "a\xff"
		},
		"no such zone": func(p *plan.Plan) { p.Zones = nil },
		"no such cmdlet": func(p *plan.Plan) {
			for _, stages := range [][]plan.Stage{p.Stages, p.Rollback} {
				for i := range stages {
					stages[i].Parts[0].Product = "nt4"
				}
			}
		},
	} {
		of := sample.Plan()
		edit(of)
		if got, err := Forward(of); err == nil || !got.IsNone() {
			t.Errorf("%s: failover.ps1 is made, %v", name, err)
		}
		if got, err := Rollback(of); err == nil || !got.IsNone() {
			t.Errorf("%s: rollback.ps1 is made, %v", name, err)
		}
	}
}

// mutant is a script that was broken on purpose, and what shows it.
type mutant struct{ name, old, new string }

// mutants change the part that people review. Each must be found, by the checks here
// and by the engine.
var mutants = []mutant{
	{"open quote", "Name = 'Stop'", "Name = 'Stop"},
	{"quote in a text", "'XMPP service'", "'XMPP' service'"},
	{"open brace", "Stop-CsWindowsService -ErrorAction Stop -WhatIf:$false -Confirm:$false }", "Stop-CsWindowsService -ErrorAction Stop -WhatIf:$false -Confirm:$false"},
	{"key twice", "Name = 'Stop'; Hosts", "Name = 'Stop'; name = 'Stop'; Hosts"},
	{"drive in a text", "Name = 'Stop'", "Name = \"$Stop: x\""},
	{"signature", "# Steps: where", "# SIG # Begin signature block\r\n# Steps: where"},
	{"end of help", ".DESCRIPTION", "#> x"},
	{"empty pipe", "Get-CsSite -ErrorAction Stop |", "Get-CsSite -ErrorAction Stop | |"},
	{"no comma", "[string]$Attest = '',", "[string]$Attest = ''"},
}

func (m mutant) apply(t testing.TB, text string) string {
	t.Helper()
	if !strings.Contains(text, m.old) {
		t.Fatalf("mutant %s: nothing to replace", m.name)
	}
	return strings.Replace(text, m.old, m.new, 1)
}

// TestMutants proves that the checks of this package bite.
func TestMutants(t *testing.T) {
	s := golden(t, "seed/edgepool1-to-edgepool2/failover.ps1")
	own := []mutant{
		{"nearly a signature", "# Steps: where", "# Signature block\r\n# Steps: where"},
		{"second version", "# Steps: where", "#requires -Version 3.0\r\n# Steps: where"},
		{"used before it is set", "$Plan = @{ Id = '", "$Plan = @{ Extra = $Name1; Id = '"},
		{"other cmdlet", "Stop-CsWindowsService -E", "Stop-Computer -E"},
		{"other parameter", "Get-CsPool -Identity", "Get-CsPool -Name"},
		{"no ErrorAction", "Get-CsSipDomain -ErrorAction Stop", "Get-CsSipDomain"},
		{"other ErrorAction", "Get-CsSipDomain -ErrorAction Stop", "Get-CsSipDomain -ErrorAction Continue"},
		{"no WhatIf", "Stop -WhatIf:$false -Confirm:$false", "Stop -Confirm:$false"},
		{"no Confirm", "Stop -WhatIf:$false -Confirm:$false", "Stop -WhatIf:$false"},
		{"Confirm on", "-WhatIf:$false -Confirm:$false", "-WhatIf:$false -Confirm:$true"},
		{"WhatIf on", "Stop-CsWindowsService -ErrorAction Stop -WhatIf:$false", "Stop-CsWindowsService -ErrorAction Stop -WhatIf:$true"},
		{"backtick", "Get-CsSipDomain ", "Get-CsSipDomain `\r\n "},
		{"own comment", "# Steps: where", "# Edge\r\n# Steps: where"},
		{"typographic quote", "Name = 'Stop'", "Name = 'St\u2019op'"},
		{"tab", "Name = 'Stop'; ", "Name = 'Stop';\t"},
		{"blank at the end", "$Stages = @(", "$Stages = @( "},
		{"bare LF", "$Stages = @(\r\n", "$Stages = @(\n"},
		{"assigned twice", "$Stages = @(", "$Plan = 'x'\r\n$Stages = @("},
		{"subexpression", "Name = 'Stop'", "Name = $(Get-Date)"},
		{"call of a method", "Name = 'Stop'", "Name = 'Stop'.Trim()"},
		{"two commands", "Get-CsSipDomain -ErrorAction Stop", "Get-CsSipDomain -ErrorAction Stop; Get-CsSipDomain -ErrorAction Stop"},
		{"long line", "# Steps: where", "# " + strings.Repeat("x", 119) + "\r\n# Steps: where"},
	}
	for _, m := range append(own, mutants...) {
		text := m.apply(t, s.text)
		change, _, _ := strings.Cut(text, RuntimeMarker)
		if len(bytesProblems(text))+len(changeProblems(change, cmdlet.Products())) == 0 {
			t.Errorf("%s is not found", m.name)
		}
	}
}
