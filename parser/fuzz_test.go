package parser

import (
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/edgeplan/edgeplan/parser/diag"
	"github.com/edgeplan/edgeplan/parser/internal/cputime"
)

// Any bytes end in a Spec or in findings that can be shown.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"", head, head + twoPools, zoneSpec(`"a.zone"`), doubling("[local.%[2]s]"), nestedLocals(3),
		"dynamic \"site\" {\n  for_each = [1]\n  labels = [site.key]\n  content {}\n}\n",
		"locals {\n  a = <<-E\n  %{ for x in [1] ~}\n ${x}\n %{ endfor }\n  E\n}\n",
		"locals {\n  a = cidrhost(\"::/0\", -1)\n  b = format(\"%5d\", local.a)\n}\n",
		"\ufeffsite \"\xff\" {}", "a = ((((", "}}}}", "site = site[*].a",
	} {
		f.Add([]byte(seed))
	}
	specs, _ := filepath.Glob("../specs/*/*" + Suffix)
	for _, name := range specs {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		spec, sources, diags := Parse(zoneFS, []File{{Name: "a.edge.hcl", Text: text}})
		if spec == nil || spec.Digest == "" || sources["a.edge.hcl"] == nil && len(text) > 0 {
			t.Fatalf("spec %+v", spec)
		}
		for _, d := range diags {
			if _, known := diag.Lookup(diag.Of(d)); !known || d.Subject == nil || d.Detail == "" {
				t.Errorf("code %q, subject %v, detail %q", diag.Of(d), d.Subject, d.Detail)
			}
		}
		if spec.Topology == nil && !diags.HasErrors() {
			t.Error("no topology and no finding")
		}
		render(t, diag.Findings(diags, sources))
	})
}

// Any expression ends soon, in a value or in findings.
func FuzzExpression(f *testing.F) {
	for _, test := range hostile() {
		if len(test.expr) < 1000 {
			f.Add([]byte(test.expr))
		}
	}
	// This took more than 5 s with the counters of the fuzzer, and 0.1 s without them.
	f.Add([]byte("[for x in range(1024) : [for x in range(1024) : kange(1024) == range(10242)]]"))
	for name := range functions() {
		f.Add([]byte(name + `(local.list...)`))
		f.Add([]byte("[for x in local.list : " + name + `(x, local.text, 3)]`))
	}
	const before = head + `
site "s" {}
locals {
  list = [for x in range(64) : range(64)]
  text = join("", [for x in range(512) : "aA1e9."])
  map  = { for x in range(64) : "k${x}" => { a = [x, "1e600000000"], b = null } }
}
xmpp_federation {
  host = `
	f.Fuzz(func(t *testing.T, expr []byte) {
		if len(expr) > 4096 {
			t.Skip("longer than what one second is meant for")
		}
		start := cputime.Used()
		_, sources, diags := parseText(before + string(expr) + "\n}\n")
		if took := cputime.Used() - start; took > 5*time.Second*slowness {
			t.Errorf("took %s", took)
		}
		render(t, diag.Findings(diags, sources))
	})
}

func render(t *testing.T, findings []diag.Finding) {
	t.Helper()
	for name, write := range map[string]func(io.Writer, []diag.Finding) error{
		"text":   func(w io.Writer, fs []diag.Finding) error { return diag.WriteText(w, fs, true) },
		"json":   diag.WriteJSON,
		"sarif":  func(w io.Writer, fs []diag.Finding) error { return diag.WriteSARIF(w, fs, diag.Run{}) },
		"github": diag.WriteGitHub,
	} {
		if err := write(io.Discard, findings); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
