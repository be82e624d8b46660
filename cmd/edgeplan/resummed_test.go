package main

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// resum gives files of a package other texts, and computes their sums in SHA256SUMS again.
func resum(t *testing.T, dir string, texts map[string][]byte) {
	t.Helper()
	sums := filepath.Join(dir, "SHA256SUMS")
	listed, err := parseSums(readTestFile(t, sums))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range texts {
		writeFile(t, filepath.Join(dir, filepath.FromSlash(name)), text)
		listed = slices.DeleteFunc(listed, func(s checksum) bool { return s.name == name })
		listed = append(listed, checksum{name, sumOf(text)})
	}
	slices.SortFunc(listed, func(a, b checksum) int { return strings.Compare(a.name, b.name) })
	writeFile(t, sums, formatSums(listed))
}

// TestBuildResummed: an artifact that was edited is not overwritten, though its sum was
// computed again, by a build of the same spec or of another.
func TestBuildResummed(t *testing.T) {
	good := buildSpec(t, "seed")
	for _, name := range []string{"failover.ps1", "change.md", "dns/contoso.com.zone"} {
		dir := filepath.Join(t.TempDir(), filepath.Base(good))
		edgeplan(t, exitDone, "build", "-o", filepath.Dir(dir), "../../specs/seed")
		resum(t, dir, map[string][]byte{name: append(readTestFile(t, filepath.Join(good, name)), "# by hand\r\n"...)})
		before := packageFiles(t, dir)
		for _, spec := range []string{"seed", "three-domains"} {
			wantLine(t, exitFailed, name+" (not as edgeplan wrote it", "build", "-o", filepath.Dir(dir), "../../specs/"+spec)
			sameFiles(t, packageFiles(t, dir), before)
		}
	}
}

// TestStaleSigned: a signed script of a failover that is gone stays, though its sum was computed again.
func TestStaleSigned(t *testing.T) {
	dir := buildSpec(t, "seed")
	script := filepath.Join(dir, "rollback.ps1")
	signed := signedCopy(readTestFile(t, script))
	resum(t, dir, map[string][]byte{"rollback.ps1": signed})
	wantLine(t, exitDone, "rollback.ps1: left there: ", "build", "-o", filepath.Dir(dir), "../../specs/prepare")
	if !bytes.Equal(readTestFile(t, script), signed) {
		t.Error("the signature is gone")
	}
}

// TestOtherVersion: a file of a package of another version, which this one does not write, is
// named as such; verify says what to do with it.
func TestOtherVersion(t *testing.T) {
	dir := buildSpec(t, "seed")
	plan := bytes.Replace(readTestFile(t, filepath.Join(dir, "plan.json")), []byte(`"format_version"`), []byte(`"field_of_old": 1, "format_version"`), 1)
	resum(t, dir, map[string][]byte{"plan.json": plan, "old.txt": []byte("old\n")})
	wantLine(t, exitDone, "old.txt: left there: SHA256SUMS says that another version of edgeplan wrote it", "build", "-o", filepath.Dir(dir), "../../specs/seed")
	wantLine(t, exitNo, "remove the extra files yourself", "verify", dir)
	remove(t, filepath.Join(dir, "old.txt"))
	edgeplan(t, exitDone, "verify", dir)
}
