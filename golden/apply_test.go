package golden

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/compiler/hunk"
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/procedure"
	"github.com/edgeplan/edgeplan/emit/delivery"
	"github.com/edgeplan/edgeplan/internal/loud"
)

// tool skips a test loudly where a program is missing, or is another than on Linux; with
// EDGEPLAN_TOOLS_REQUIRED, which .ci/run sets, that is a failure.
func tool(t *testing.T, name string) string {
	t.Helper()
	loud.Runs(t)
	path, err := exec.LookPath(name)
	if err != nil {
		path, err = exec.LookPath("/usr/sbin/" + name) // where servers are, which the PATH of a user may lack
	}
	if err == nil && (runtime.GOOS == "windows" || name == "patch" && !isGNU(path)) {
		err = errors.New("not the program that it is on Linux")
	}
	if err != nil {
		loud.Lacking(t, name, err)
	}
	return path
}

// isGNU tells a GNU program from one of BSD or Apple.
func isGNU(path string) bool {
	out, _ := exec.Command(path, "--version").Output()
	return bytes.HasPrefix(out, []byte("GNU "))
}

// eachZone calls f for each zone that a golden plan changes in its file, with the old one. Zones of
// several files have tests of their own.
func eachZone(t *testing.T, f func(t *testing.T, dir string, zone plan.Zone, old []byte)) {
	eachPlanned(t, func(t *testing.T, dir string, zone plan.Zone) {
		if len(zone.Included) > 0 {
			t.Skip("the zone has several files")
		}
		f(t, dir, zone, oldZone(t, dir, zone))
	})
}

// oldZone is the file of a zone to which the change of a plan applies.
func oldZone(t *testing.T, dir string, zone plan.Zone) []byte {
	t.Helper()
	return oldFile(t, dir, zone.File, "dns/"+zone.Name+".zone", zone.OldSHA256)
}

// oldFile is a file to which the change of a plan applies: that of the spec or, where the plan begins with what
// another of the same spec leaves, the new one in the package of that.
func oldFile(t *testing.T, dir, file, fresh, sum string) []byte {
	t.Helper()
	spec, _, _ := strings.Cut(filepath.ToSlash(dir), "/")
	others, _ := filepath.Glob(filepath.Join(spec, "*", filepath.FromSlash(fresh)))
	for _, path := range append([]string{filepath.Join(specs, spec, file)}, others...) {
		if old := read(t, path); fmt.Sprintf("%x", sha256.Sum256(old)) == sum {
			return old
		}
	}
	t.Fatalf("no file %s has the SHA-256 %s", file, sum)
	return nil
}

// eachPlanned calls f for each zone that a golden plan changes in its files.
func eachPlanned(t *testing.T, f func(t *testing.T, dir string, zone plan.Zone)) {
	eachChanged(t, plan.Zone.ByFile, f)
}

// eachChanged calls f for each zone of a golden plan that is of the kind.
func eachChanged(t *testing.T, kind func(plan.Zone) bool, f func(t *testing.T, dir string, zone plan.Zone)) {
	plans, err := filepath.Glob("*/*/plan.json")
	if err != nil || len(plans) == 0 {
		t.Fatal("no golden plans")
	}
	for _, path := range plans {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		p, err := procedure.Decode(data)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		dir := filepath.Dir(path)
		spec := filepath.Dir(dir)
		for _, zone := range p.Zones {
			if !kind(zone) {
				continue
			}
			t.Run(spec+"/"+zone.Name, func(t *testing.T) {
				f(t, filepath.Join(dir, "dns"), zone)
			})
		}
	}
}

func read(t *testing.T, parts ...string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(parts...))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// apply runs a program in a fresh folder that holds the zone file, with a diff as its
// input, and returns the zone file after it.
func apply(t *testing.T, file string, text, diff []byte, name string, args ...string) []byte {
	t.Helper()
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, file)), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, file), text, 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(tool(t, name), args...)
	cmd.Dir, cmd.Stdin = dir, bytes.NewReader(diff)
	cmd.Env = append(os.Environ(), "GIT_CEILING_DIRECTORIES="+filepath.Dir(dir))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return read(t, dir, file)
}

// patch and git take each zone diff: forwards it gives exactly the new zone file,
// backwards the old bytes.
func TestZoneDiffsApply(t *testing.T) {
	eachZone(t, func(t *testing.T, dir string, zone plan.Zone, old []byte) {
		diff, fresh := read(t, dir, zone.Name+".diff"), read(t, dir, zone.Name+".zone")
		if got := apply(t, zone.File, old, diff, "patch", "--binary", "-p1"); !bytes.Equal(got, fresh) {
			t.Errorf("patch makes\n%q\nwant\n%q", got, fresh)
		}
		if got := apply(t, zone.File, fresh, diff, "patch", "--binary", "-p1", "-R"); !bytes.Equal(got, old) {
			t.Errorf("patch -R makes\n%q\nwant\n%q", got, old)
		}
		if got := apply(t, zone.File, fresh, diff, "patch", "--binary", "-p1", "--batch"); !bytes.Equal(got, old) {
			t.Errorf("a second time patch --batch, of which docs/dns.md warns, makes\n%q", got)
		}
		if got := apply(t, zone.File, old, diff, "git", "apply", "-"); !bytes.Equal(got, fresh) {
			t.Errorf("git apply makes\n%q\nwant\n%q", got, fresh)
		}
		if got := apply(t, zone.File, fresh, diff, "git", "apply", "-R", "-"); !bytes.Equal(got, old) {
			t.Errorf("git apply -R makes\n%q\nwant\n%q", got, old)
		}
	})
}

// The rollback diff fits the new zone file and raises the serial once more; patch and git
// make the same of it, forwards and backwards.
func TestRollbackDiffsApply(t *testing.T) {
	eachZone(t, func(t *testing.T, dir string, zone plan.Zone, old []byte) {
		diff, fresh := read(t, dir, zone.Name+".rollback.diff"), read(t, dir, zone.Name+".zone")
		got := apply(t, zone.File, fresh, diff, "patch", "--binary", "-p1")
		if want, err := hunk.Apply(fresh, zone.RollbackHunks); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%v, patch makes\n%q\nwant\n%q", err, got, want)
		}
		if with := apply(t, zone.File, fresh, diff, "git", "apply", "-"); !bytes.Equal(with, got) {
			t.Errorf("git apply makes\n%q\npatch makes\n%q", with, got)
		}
		if back := apply(t, zone.File, got, diff, "patch", "--binary", "-p1", "-R"); !bytes.Equal(back, fresh) {
			t.Errorf("patch -R makes\n%q\nwant\n%q", back, fresh)
		}
		if back := apply(t, zone.File, got, diff, "git", "apply", "-R", "-"); !bytes.Equal(back, fresh) {
			t.Errorf("git apply -R makes\n%q\nwant\n%q", back, fresh)
		}
		want := bytes.Count(old, []byte("\n"))
		if n := bytes.Count(got, []byte("\n")); n < want || n > want+1 { // a last line may have gained its end
			t.Errorf("%d lines after the rollback, %d before the change", n, want)
		}
		if zone.RollbackSerial == zone.OldSerial || zone.RollbackSerial == zone.NewSerial {
			t.Errorf("serial %d after %d and %d", zone.RollbackSerial, zone.OldSerial, zone.NewSerial)
		}
	})
}

// BIND's own nsupdate reads every script; show in place of send keeps it offline.
func TestNsupdateSyntax(t *testing.T) {
	eachZone(t, func(t *testing.T, dir string, zone plan.Zone, _ []byte) {
		for _, name := range []string{zone.Name + ".nsupdate", zone.Name + ".rollback.nsupdate"} {
			if delivery.Update(zone) == "" {
				continue
			}
			text := string(read(t, dir, name))
			text = strings.Replace(text, "server "+zone.Server, "server 127.0.0.1", 1)
			text = strings.Replace(text, "\nsend\n", "\nshow\n", 1)
			cmd := exec.Command(tool(t, "nsupdate"))
			cmd.Stdin = strings.NewReader(text)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%s: %v\n%s", name, err, out)
			}
		}
	})
}
