package main

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// signedCopy appends a signature block to a script, as Set-AuthenticodeSignature does.
func signedCopy(plain []byte) []byte {
	return append(append([]byte{}, plain...), "\r\n# SIG # Begin signature block\r\n# MIIFuQYJKoZIhvcNAQcCoIIFqjCCBaYCAQExDzANBglghkgBZQMEAgEFADB5Bgor\r\n# AAAA\r\n# SIG # End signature block\r\n"...)
}

// TestBuildSigned: a signed script whose text is right stays, also with --force; one with
// another text is refused, and nothing at all is written then.
func TestBuildSigned(t *testing.T) {
	dir := buildSpec(t, "seed")
	out := filepath.Dir(dir)
	script := filepath.Join(dir, "failover.ps1")
	signed := signedCopy(readTestFile(t, script))
	writeFile(t, script, signed)
	for _, args := range [][]string{{"build", "-o", out, "../../specs/seed"}, {"build", "--force", "-o", out, "../../specs/seed"}} {
		stdout, _ := edgeplan(t, exitDone, args...)
		if !strings.Contains(stdout, "/failover.ps1: left as it is: signed; the text before the signature is what build writes\n") {
			t.Errorf("%s", stdout)
		}
		if !bytes.Equal(readTestFile(t, script), signed) {
			t.Fatal("the signature is gone")
		}
	}
	edgeplan(t, exitDone, "verify", dir)
	if stdout, _ := edgeplan(t, exitDone, "diff", "../../specs/seed", out); stdout != "" {
		t.Errorf("diff: %s", stdout)
	}

	before := packageFiles(t, dir)
	_, stderr := edgeplan(t, exitFailed, "build", "-o", out, "../../specs/three-domains")
	if !strings.Contains(stderr, "nothing was written, to keep 1 of the files there: edgepool1-to-edgepool2/failover.ps1 (signed, and the text before the signature is not what would be written). Copy") {
		t.Errorf("%s", stderr)
	}
	sameFiles(t, packageFiles(t, dir), before)
	_, stderr = edgeplan(t, exitDone, "build", "--force", "-o", out, "../../specs/three-domains")
	if !strings.Contains(stderr, "failover.ps1: overwritten because of --force; it was signed") {
		t.Errorf("%s", stderr)
	}
	edgeplan(t, exitDone, "verify", dir)
}

func sameFiles(t *testing.T, got, want map[string][]byte) {
	t.Helper()
	if !maps.EqualFunc(got, want, bytes.Equal) {
		t.Errorf("files changed: %v, before %v", slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
	}
}

// TestBuildEdited: whichever artifact was edited, nothing is written without --force, and
// the one line that says so names it and the way out.
func TestBuildEdited(t *testing.T) {
	dir := buildSpec(t, "seed")
	for name, good := range packageFiles(t, dir) {
		path := filepath.Join(dir, filepath.FromSlash(name))
		writeFile(t, path, append([]byte("# by hand\n"), good...))
		if name != "rollback.ps1" { // it would be written, but for the other one
			remove(t, filepath.Join(dir, "rollback.ps1"))
		}
		before := packageFiles(t, dir)
		_, stderr := edgeplan(t, exitFailed, "build", "--color", "never", "-o", filepath.Dir(dir), "../../specs/seed")
		last := strings.Split(strings.TrimSpace(stderr), "\n")
		if line := last[len(last)-1]; !strings.Contains(line, "edgepool1-to-edgepool2/"+name+" (not as edgeplan wrote it)") || !strings.HasSuffix(line, "with --force, which overwrites them") {
			t.Errorf("%s: %s", name, line)
		}
		sameFiles(t, packageFiles(t, dir), before)
		edgeplan(t, exitDone, "build", "--force", "-o", filepath.Dir(dir), "../../specs/seed")
		edgeplan(t, exitDone, "verify", dir)
	}
}

// TestBuildEditedMany: the line names ten files and counts the rest.
func TestBuildEditedMany(t *testing.T) {
	dir := buildSpec(t, "three-domains")
	n := 0
	for name := range packageFiles(t, dir) {
		if name != "SHA256SUMS" {
			writeFile(t, filepath.Join(dir, filepath.FromSlash(name)), []byte("mine\n"))
			n++
		}
	}
	_, stderr := edgeplan(t, exitFailed, "build", "-o", filepath.Dir(dir), "../../specs/three-domains")
	if strings.Count(stderr, "not as edgeplan wrote it") != 10 || !strings.Contains(stderr, ", and "+strconv.Itoa(n-10)+" more. Copy") {
		t.Errorf("%d files: %s", n, stderr)
	}
}

// TestBuildKeepsOthers: what plan.json in the folder does not name stays, also if SHA256SUMS
// lists it with the right sum; in a package that goes, in one that stays, and in a kit.
func TestBuildKeepsOthers(t *testing.T) {
	notes := []byte("notes of the board\n")
	list := func(t *testing.T, dir string) {
		t.Helper()
		for _, name := range []string{"notes.txt", "dns/contoso.org.zone"} {
			if err := os.MkdirAll(filepath.Join(dir, "dns"), 0o777); err != nil {
				t.Fatal(err)
			}
			writeFile(t, filepath.Join(dir, name), notes)
			sums := filepath.Join(dir, "SHA256SUMS")
			listed, err := parseSums(readTestFile(t, sums))
			if err != nil {
				t.Fatal(err)
			}
			listed = append(listed, checksum{name, sumOf(notes)})
			slices.SortFunc(listed, func(a, b checksum) int { return strings.Compare(a.name, b.name) })
			writeFile(t, sums, formatSums(listed))
		}
	}
	check := func(t *testing.T, dir, stderr string) {
		t.Helper()
		for _, name := range []string{"notes.txt", "dns/contoso.org.zone"} {
			if !bytes.Equal(readTestFile(t, filepath.Join(dir, name)), notes) {
				t.Errorf("%s was changed", name)
			}
			why := "edgeplan did not write it"
			if name != "notes.txt" && !strings.HasSuffix(dir, ".rehearsal") {
				why = "its name is like those of packages, so another version of edgeplan may have written it"
			}
			if !strings.Contains(stderr, name+": left there: "+why+"\n") {
				t.Errorf("%s is not named: %s", name, stderr)
			}
		}
	}
	for name, c := range map[string]struct{ command, first, next, folder string }{
		"same":  {"build", "seed", "seed", "edgepool1-to-edgepool2"},
		"other": {"build", "seed", "three-domains", "edgepool1-to-edgepool2"},
		"gone":  {"build", "seed", "prepare", "edgepool1-to-edgepool2"},
		"kit":   {"rehearse", "hardware", "seed", "edgepool1-to-edgepool2.rehearsal"},
	} {
		t.Run(name, func(t *testing.T) {
			out := t.TempDir()
			edgeplan(t, exitDone, c.command, "-o", out, "../../specs/"+c.first)
			dir := filepath.Join(out, c.folder)
			list(t, dir)
			_, stderr := edgeplan(t, exitDone, c.command, "-o", out, "../../specs/"+c.next)
			check(t, dir, stderr)
		})
	}
	// A plan.json of a stranger says nothing, so nothing of that folder goes.
	out := t.TempDir()
	edgeplan(t, exitDone, "build", "-o", out, "../../specs/seed")
	dir := filepath.Join(out, "edgepool1-to-edgepool2")
	plan := filepath.Join(dir, "plan.json")
	writeFile(t, plan, bytes.Replace(readTestFile(t, plan), []byte("CHG0042317"), []byte("CHG0042318"), 1))
	before := packageFiles(t, dir)
	edgeplan(t, exitDone, "build", "-o", out, "../../specs/prepare")
	sameFiles(t, packageFiles(t, dir), before)
}

// TestBuildAfterUpgrade: files of another edgeplan, which SHA256SUMS there names with their
// sums, are replaced without --force.
func TestBuildAfterUpgrade(t *testing.T) {
	dir := buildSpec(t, "seed")
	sums := filepath.Join(dir, "SHA256SUMS")
	listed, err := parseSums(readTestFile(t, sums))
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range listed {
		path := filepath.Join(dir, filepath.FromSlash(s.name))
		old := bytes.Replace(readTestFile(t, path), []byte("contoso"), []byte("CONTOSO"), 1)
		writeFile(t, path, old)
		listed[i].sum = sumOf(old)
	}
	writeFile(t, sums, formatSums(listed))
	edgeplan(t, exitDone, "build", "-o", filepath.Dir(dir), "../../specs/seed")
	edgeplan(t, exitDone, "verify", dir)
}

// TestBuildOtherVersion: packages of an edgeplan whose plan.json this one does not read. What
// it wrote and this one does not write stays and is named, with the way out, by this build and by
// later ones; no file of another origin is removed, whatever SHA256SUMS says.
func TestBuildOtherVersion(t *testing.T) {
	for name, c := range map[string]struct {
		change       func(plan []byte) []byte
		version, bad string
	}{
		"other form": {func(b []byte) []byte {
			return bytes.Replace(b, []byte(`"format_version": 3`), []byte(`"format_version": 7`), 1)
		}, "another version of edgeplan (its plan.json has format version 7, those of this one have 3)", "the plan has format version 7; this edgeplan reads version 3"},
		"other fields": {func(b []byte) []byte {
			return bytes.Replace(b, []byte(`"reason":`), []byte(`"old_field": 1,
  "reason":`), 1)
		}, "another version of edgeplan", "this is not a plan"},
	} {
		t.Run(name, func(t *testing.T) {
			out := t.TempDir()
			edgeplan(t, exitDone, "build", "-o", out, "../../specs/three-domains")
			dir := filepath.Join(out, "edgepool1-to-edgepool2")
			plan := filepath.Join(dir, "plan.json")
			writeFile(t, plan, c.change(readTestFile(t, plan)))
			writeFile(t, filepath.Join(dir, "dns", "old.txt"), []byte("of a version that wrote it\n"))
			listAll(t, dir)
			stale := filepath.Join(out, "stale")
			if err := os.CopyFS(stale, os.DirFS(dir)); err != nil {
				t.Fatal(err)
			}
			stdout, _ := edgeplan(t, exitNo, "verify", dir)
			if !strings.Contains(stdout, c.bad) || !strings.Contains(stdout, "edgepool1-to-edgepool2: each file is as SHA256SUMS there says: either another version of edgeplan built the package") {
				t.Errorf("%s", stdout)
			}
			before := packageFiles(t, stale)

			for i, why := range []string{"SHA256SUMS says that " + c.version + " wrote it", "its name is like those of packages, so another version of edgeplan may have written it"} {
				_, stderr := edgeplan(t, exitDone, "build", "-o", out, "../../specs/seed")
				for _, want := range []string{
					"/dns/fabrikam.com.diff: left there: " + why + "\n",
					"/edgepool1-to-edgepool2: files that are left and that another version of edgeplan may have written: " + strconv.Itoa(7-i) + ". If they are not needed, remove them or move them away: verify reports them as extra\n",
					"/stale: left there: " + c.version + " built this package, of which there is no plan any more. If it is not needed, remove it or move it away: verify reports it as damaged\n",
				} {
					if !strings.Contains(stderr, want) {
						t.Errorf("build %d: want %q in:\n%s", i+1, want, stderr)
					}
				}
				sameFiles(t, packageFiles(t, stale), before)
			}
			for name, text := range before { // a way out that works
				if strings.HasPrefix(name, "dns/fabrikam") || name == "dns/old.txt" {
					if !bytes.Equal(readTestFile(t, filepath.Join(dir, name)), text) {
						t.Errorf("%s was changed", name)
					}
					remove(t, filepath.Join(dir, name))
				}
			}
			if err := os.RemoveAll(stale); err != nil {
				t.Fatal(err)
			}
			edgeplan(t, exitDone, "verify", out)
		})
	}
}

// TestBuildKeepsSigned: a signed script of a package that is to go stays and is named, whether
// SHA256SUMS there has the sum of its text or, computed again, that of the signed file; also where
// another version made the package, so that only SHA256SUMS can say what edgeplan wrote.
func TestBuildKeepsSigned(t *testing.T) {
	for name, c := range map[string]struct{ other, listed bool }{
		"signed": {}, "listed": {listed: true}, "other version": {other: true}, "other version, listed": {true, true},
	} {
		t.Run(name, func(t *testing.T) {
			dir := buildSpec(t, "seed")
			if c.other {
				for name, text := range packageFiles(t, dir) {
					if strings.HasSuffix(name, ".ps1") || name == "change.md" {
						writeFile(t, filepath.Join(dir, name), bytes.Replace(text, []byte("contoso"), []byte("CONTOSO"), 1))
					}
				}
				listAll(t, dir)
			}
			script := filepath.Join(dir, "failover.ps1")
			signed := signedCopy(readTestFile(t, script))
			writeFile(t, script, signed)
			if c.listed {
				listAll(t, dir)
			}
			_, stderr := edgeplan(t, exitDone, "build", "-o", filepath.Dir(dir), "../../specs/prepare")
			if !strings.Contains(stderr, "/failover.ps1: left there: it is no longer part of the plan, but it was signed or edited\n") {
				t.Errorf("%s", stderr)
			}
			if left := packageFiles(t, dir); len(left) != 1 || !bytes.Equal(left["failover.ps1"], signed) {
				t.Errorf("left: %v", slices.Sorted(maps.Keys(left)))
			}
		})
	}
}

// listAll computes SHA256SUMS of a package again.
func listAll(t *testing.T, dir string) {
	t.Helper()
	var listed []checksum
	files := packageFiles(t, dir)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if name != "SHA256SUMS" {
			listed = append(listed, checksum{name, sumOf(files[name])})
		}
	}
	writeFile(t, filepath.Join(dir, "SHA256SUMS"), formatSums(listed))
}

// TestBuildRenamed: the copy of a package under another name is of no other version, and
// stays without a word.
func TestBuildRenamed(t *testing.T) {
	dir := buildSpec(t, "seed")
	if err := os.CopyFS(dir+"-of-Friday", os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	if _, stderr := edgeplan(t, exitDone, "build", "-o", filepath.Dir(dir), "../../specs/seed"); strings.Contains(stderr, "Friday") {
		t.Errorf("%s", stderr)
	}
	sameFiles(t, packageFiles(t, dir+"-of-Friday"), packageFiles(t, dir))
}

// TestNoChangeNoWrite: where nothing is to do the folder may be read-only, and there is no
// lock at any time.
func TestNoChangeNoWrite(t *testing.T) {
	dir := buildSpec(t, "seed")
	out := filepath.Dir(dir)
	if err := os.Chmod(out, 0o500); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(out, 0o700)
	edgeplan(t, exitDone, "build", "-o", out, "../../specs/seed")
	if entries, _ := os.ReadDir(out); len(entries) != 1 {
		t.Errorf("%v", entries)
	}
}
