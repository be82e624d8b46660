package golden

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/edgeplan/edgeplan/compiler"
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit"
	"github.com/edgeplan/edgeplan/parser"
	"github.com/edgeplan/edgeplan/parser/topology"
)

// specFiles reads the folder of a spec.
func specFiles(t *testing.T, name string) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	root := os.DirFS(filepath.Join(specs, name))
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(root, name)
		files[name] = &fstest.MapFile{Data: text}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// onlyPlan compiles a spec with one plan.
func onlyPlan(t *testing.T, files fstest.MapFS) *plan.Plan {
	t.Helper()
	var names []string
	for name := range files {
		if strings.HasSuffix(name, parser.Suffix) {
			names = append(names, name)
		}
	}
	spec, _, diags := parser.Load(files, names)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	plans, diags := compiler.Compile(spec)
	if len(plans) != 1 {
		t.Fatal(diags)
	}
	return plans[0]
}

// TestUnusedRecords: a comment and a record in a zone file that no plan uses change nothing
// in a plan, unless it is the files of that zone that are changed.
func TestUnusedRecords(t *testing.T) {
	seen := map[string]bool{}
	for _, name := range []string{"seed", "include", "ipv6", "prepare", "route53", "windows-dns", "windows-dns-2008", "windows-dns-prepare"} {
		old := onlyPlan(t, specFiles(t, name))
		for _, zone := range old.Zones {
			files := specFiles(t, name)
			text := slices.Concat([]byte("; somebody was here\n"), bytes.TrimRight(files[zone.File].Data, "\r\n"), []byte("\nunused-by-the-plan 300 IN A 192.0.2.99\n"))
			files[zone.File] = &fstest.MapFile{Data: text}
			plan := onlyPlan(t, files)
			if (plan.ID == old.ID) == zone.ByFile() {
				t.Errorf("%s: an unused record in %s, delivery %s, changed: %v", name, zone.Name, zone.Delivery, zone.Changed())
			}
			if zone.Changed() {
				seen[zone.Delivery] = true
			}
		}
	}
	if len(seen) != len(topology.Deliveries()) {
		t.Errorf("only these deliveries were tried: %v", seen)
	}
}

// TestOtherTicket: another ticket is another plan, in the files that name it and no others:
// what the owner of the DNS gets stays byte for byte.
func TestOtherTicket(t *testing.T) {
	for _, name := range []string{"seed", "route53", "windows-dns", "prepare"} {
		files := specFiles(t, name)
		old := onlyPlan(t, files)
		for file, content := range files {
			files[file] = &fstest.MapFile{Data: bytes.ReplaceAll(content.Data, []byte(old.Change.Ticket), []byte("CHG9999999"))}
		}
		plan := onlyPlan(t, files)
		if plan.ID == old.ID {
			t.Errorf("%s: another ticket, the same ID", name)
		}
		before, err := emit.All(old)
		if err != nil {
			t.Fatal(err)
		}
		after, err := emit.All(plan)
		if err != nil {
			t.Fatal(err)
		}
		for i, a := range after {
			if strings.HasPrefix(a.Name, "dns/") && !bytes.Equal(a.Text.Bytes(), before[i].Text.Bytes()) {
				t.Errorf("%s: %s is another one", name, a.Name)
			}
		}
	}
}
