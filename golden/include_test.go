package golden

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/compiler/hunk"
	"github.com/edgeplan/edgeplan/compiler/plan"
	change "github.com/edgeplan/edgeplan/emit/record"
	"github.com/edgeplan/edgeplan/emit/words"
)

// Zones of several files: what is made for them, by the programs that read it.

// zoneTree is the files of a zone by their names in the spec.
type zoneTree map[string][]byte

// eachTree calls f for each zone of several files, with the files before and after the
// change and after the rollback. The new ones are those of the package.
func eachTree(t *testing.T, f func(t *testing.T, dir string, zone plan.Zone, trees [3]zoneTree)) {
	zones := 0
	eachPlanned(t, func(t *testing.T, dir string, zone plan.Zone) {
		if len(zone.Included) == 0 {
			return
		}
		zones++
		spec, _, _ := strings.Cut(filepath.ToSlash(dir), "/")
		trees := [3]zoneTree{{}, {}, {}}
		for _, file := range zone.Files() {
			for i := range trees {
				trees[i][file.File] = read(t, specs, spec, file.File)
			}
		}
		for _, file := range words.TextFiles(zone) {
			fresh := read(t, filepath.Dir(dir), file.Zone)
			back, err := hunk.Apply(fresh, file.RollbackHunks)
			if err != nil {
				t.Fatal(err)
			}
			trees[1][file.File], trees[2][file.File] = fresh, back
		}
		f(t, dir, zone, trees)
	})
	if zones == 0 {
		t.Fatal("no golden plan has such a zone")
	}
}

// TestTreeDiffsApply: each file of a zone has a diff of its own, which patch and git take.
func TestTreeDiffsApply(t *testing.T) {
	eachTree(t, func(t *testing.T, dir string, zone plan.Zone, trees [3]zoneTree) {
		for _, file := range words.TextFiles(zone) {
			for i, name := range []string{file.Diff, file.RollbackDiff} {
				diff := read(t, filepath.Dir(dir), name)
				for _, program := range [][]string{{"patch", "--binary", "-p1"}, {"git", "apply", "-"}} {
					if got := apply(t, file.File, trees[i][file.File], diff, program[0], program[1:]...); !bytes.Equal(got, trees[i+1][file.File]) {
						t.Errorf("%s with %s makes\n%q\nwant\n%q", program[0], name, got, trees[i+1][file.File])
					}
				}
			}
		}
	})
}

// TestTreeNamedCompilezone: as BIND reads the files, only the planned records and the serial
// change, and the rollback takes them back.
func TestTreeNamedCompilezone(t *testing.T) {
	eachTree(t, func(t *testing.T, _ string, zone plan.Zone, trees [3]zoneTree) {
		var all [3][]record
		for i, tree := range trees {
			all[i] = tree.compile(t, zone)
		}
		gone, come := planned(zone)
		if !sameRecords(without(only(all[0], all[1]), "SOA"), gone) || !sameRecords(without(only(all[1], all[0]), "SOA"), come) {
			t.Errorf("it loses\n%v\nand gains\n%v\nplanned\n%v\n%v", only(all[0], all[1]), only(all[1], all[0]), gone, come)
		}
		if !sameRecords(without(all[0], "SOA"), without(all[2], "SOA")) {
			t.Errorf("there and back: it loses\n%v\nand gains\n%v", only(all[0], all[2]), only(all[2], all[0]))
		}
		for i, want := range []uint32{zone.OldSerial, zone.NewSerial, zone.RollbackSerial} {
			if serial, _ := serialOf(all[i]); serial != int64(want) {
				t.Errorf("zone %d has serial %d, the plan says %d", i, serial, want)
			}
		}
	})
}

// compile has BIND read the files in a folder, from which paths are counted.
func (tree zoneTree) compile(t *testing.T, zone plan.Zone) []record {
	t.Helper()
	dir := t.TempDir()
	for name, text := range tree {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		text = bytes.ReplaceAll(text, []byte("/etc/bind/"), nil) // what includes of the spec says
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(tool(t, "named-compilezone"), "-D", "-i", "local", "-k", "fail", "-n", "ignore", "-r", "ignore", "-o", "-", zone.Name, zone.File)
	cmd.Dir = dir
	var says strings.Builder
	cmd.Stderr = &says
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, says.String())
	}
	var records []record
	for line := range strings.Lines(string(out)) {
		r, err := parsed(line)
		if err != nil {
			t.Fatal(err)
		}
		records = append(records, r)
	}
	return records
}

// TestTreeRecordCommands: as they are in the record the commands change all files of the
// zone, or none if one of them is not the file of the plan, also one that stays.
func TestTreeRecordCommands(t *testing.T) {
	runs := 0
	eachTree(t, func(t *testing.T, dir string, zone plan.Zone, trees [3]zoneTree) {
		if zone.Delivery != "zone-file" {
			return
		}
		p := filepath.Dir(dir)
		change, rollback := shellCommands(t, read(t, p, "change.md"), zone.Name)
		files := words.AllFiles(zone)
		for i, commands := range []string{change, rollback} {
			for _, busyBox := range []bool{false, true} {
				if busyBox && slices.ContainsFunc(files, func(f words.TextFile) bool { return f.Changed() && openEnd(string(read(t, p, f.Diff))) }) {
					continue
				}
				for drifted := -1; drifted < len(files); drifted++ {
					server := t.TempDir()
					before, after := map[string]string{}, map[string]string{}
					var variables []string
					for n, file := range files {
						text := trees[i][file.File]
						if n == drifted {
							text = append(slices.Clone(text), "\nxmpp.contoso.com. 300 IN A 203.0.113.12\n"...)
						}
						before[file.Variable], after[file.Variable] = string(text), string(trees[i+1][file.File])
						path := filepath.Join(server, file.Variable)
						if err := os.WriteFile(path, text, 0o644); err != nil {
							t.Fatal(err)
						}
						variables = append(variables, file.Variable+"="+path)
					}
					ok, says := shell(t, commands, p, filepath.Join(server, "zone"), busyBox, variables...)
					runs++
					want := after
					if drifted >= 0 {
						want = before
					}
					got := map[string]string{}
					for _, file := range files {
						got[file.Variable] = string(read(t, server, file.Variable))
					}
					if ok != (drifted < 0) || !maps.Equal(got, want) {
						t.Errorf("%s: success %v: %s\n%q\nwant\n%q", fmt.Sprint(i, busyBox, drifted), ok, says, got, want)
					}
				}
			}
		}
	})
	t.Logf("%d runs", runs)
}

// TestTreeRecordPaths: the record names each file by its path in the $INCLUDE line, the
// PowerShell that stands for the commands looks at each file, and what is put in place comes
// whole or not at all.
func TestTreeRecordPaths(t *testing.T) {
	mapped := 0
	eachTree(t, func(t *testing.T, dir string, zone plan.Zone, _ [3]zoneTree) {
		page := string(read(t, filepath.Dir(dir), "change.md"))
		text := func(file words.TextFile) string {
			return change.Inline(words.OnServer(file.ZoneFile))
		}
		for _, file := range words.AllFiles(zone) {
			for _, path := range file.Paths {
				if mapped++; !strings.Contains(text(file), path) {
					t.Errorf("%s is not in %s", path, text(file))
				}
			}
			if zone.Delivery != "zone-file" {
				continue
			}
			for _, want := range []string{
				"\n- `" + file.Variable + "`: " + text(file),
				fmt.Sprintf("(Get-FileHash -LiteralPath $%s).Hash -eq '%s'", file.Variable, file.OldSHA256),
			} {
				if !strings.Contains(page, want) {
					t.Errorf("the record does not say %q", want)
				}
			}
		}
		if n := len(words.TextFiles(zone)); zone.Delivery == "zone-file" && (strings.Count(page, "\n- Without `patch`") != 1 || n > 1 && !strings.Contains(page, ", all of them or none. Otherwise")) {
			t.Error("the record does not say that all files are replaced or none")
		}
	})
	if mapped < 2 {
		t.Error("no golden has files with other paths on the server")
	}
}
