package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/compiler/procedure"
)

// rename gives a folder another name.
func rename(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}

// wantLine runs the program and wants a text in what it prints.
func wantLine(t *testing.T, code int, text string, args ...string) {
	t.Helper()
	out, errs := edgeplan(t, code, args...)
	if !strings.Contains(out+errs, text) {
		t.Errorf("edgeplan %s: want %q in:\n%s%s", strings.Join(args, " "), text, out, errs)
	}
}

// TestVerifyFolder: two packages that were exchanged are not what their folders say, and one
// that was renamed to carry it is known by the ID that was approved.
func TestVerifyFolder(t *testing.T) {
	failover, prepare := buildSpec(t, "seed"), t.TempDir()
	edgeplan(t, exitDone, "build", "-o", prepare, "../../specs/prepare")
	both := t.TempDir()
	rename(t, failover, filepath.Join(both, "short-ttl"))
	rename(t, filepath.Join(prepare, "short-ttl"), filepath.Join(both, "edgepool1-to-edgepool2"))
	wantLine(t, exitNo, `short-ttl: the folder is named "short-ttl", but this is the package of "edgepool1-to-edgepool2"`, "verify", both)
	wantLine(t, exitNo, `edgepool1-to-edgepool2: the folder is named "edgepool1-to-edgepool2", but this is the package of "short-ttl"`, "verify", both)
	rename(t, filepath.Join(both, "edgepool1-to-edgepool2"), filepath.Join(prepare, "short-ttl"))

	carried := filepath.Join(both, "CHG0042317")
	rename(t, filepath.Join(both, "short-ttl"), carried)
	wantLine(t, exitNo, "with --id", "verify", carried)
	text, err := os.ReadFile(filepath.Join(carried, "plan.json"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := procedure.Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	wantLine(t, exitDone, ": OK (plan "+p.ID+")", "verify", "--id", p.ID, carried)
	wantLine(t, exitNo, "its plan is "+p.ID+", not sha256:", "verify", "--id", "sha256:"+strings.Repeat("0", 32), carried)
	wantLine(t, exitFailed, "--id takes an ID", "verify", "--id", p.ID[:20], carried)
	rename(t, filepath.Join(prepare, "short-ttl"), filepath.Join(both, "short-ttl"))
	wantLine(t, exitFailed, "--id is of one package", "verify", "--id", p.ID, both)

	// Case does not count, and neither does how the folder is reached.
	upper := filepath.Join(both, "EdgePool1-to-EdgePool2")
	rename(t, carried, upper)
	edgeplan(t, exitDone, "verify", both)
	t.Chdir(upper)
	edgeplan(t, exitDone, "verify", ".")
	if link := filepath.Join(prepare, "link"); os.Symlink(upper, link) == nil {
		edgeplan(t, exitDone, "verify", link)
	}
}

// TestNamesOfArtifacts: no failover is named like something in a package, or like a kit.
func TestNamesOfArtifacts(t *testing.T) {
	spec := t.TempDir()
	for name, text := range packageFiles(t, "../../specs/seed") {
		writeFile(t, filepath.Join(spec, name), text)
	}
	file := filepath.Join(spec, "contoso.edge.hcl")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	tried := map[string]bool{}
	for _, dir := range []string{buildSpec(t, "seed"), "../../golden/prepare/short-ttl"} {
		for name := range packageFiles(t, dir) {
			name, _, _ = strings.Cut(name, "/")
			tried[name], tried[strings.ToUpper(name)] = true, true
		}
	}
	tried["edgepool1-to-edgepool2.rehearsal"] = true
	for name := range tried {
		if strings.HasPrefix(name, ".") {
			continue // as no name may
		}
		writeFile(t, file, []byte(strings.Replace(string(text), `failover "edgepool1-to-edgepool2"`, `failover "`+name+`"`, 1)))
		wantLine(t, exitNo, "EP1009", "check", spec)
	}
	if len(tried) < 12 {
		t.Errorf("only %d names were tried", len(tried))
	}
}
