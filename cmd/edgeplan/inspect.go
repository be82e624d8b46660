package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/hunk"
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/procedure"
	"github.com/edgeplan/edgeplan/emit"
	"github.com/edgeplan/edgeplan/emit/powershell"
	"github.com/edgeplan/edgeplan/emit/words"
)

// checkContent compares every file with what plan.json makes or, if there is no sound plan,
// at least with SHA256SUMS.
func (in *inspection) checkContent() error {
	sums, haveSums, err := in.read(emit.SumsName, maxSums)
	if err != nil {
		return err
	}
	listed, badSums := parseSums(sums)
	if haveSums && badSums != nil {
		// Where only its line ends were changed, what it lists can still be compared.
		listed, _ = parseSums(plainLines(sums))
	}
	zones, artifacts, err := in.readHead()
	switch {
	case err != nil:
		return err
	case in.id == "":
		// Without a plan nothing says what SHA256SUMS should list, so its form is all that is checked.
		in.checkForm(sums, listed, badSums, haveSums)
		return in.checkSums(listed)
	}
	var want []checksum
	for _, a := range artifacts {
		// Old packages stay valid: their approval does not end with a new version.
		if a.Name == emit.AttributesName && in.hasNoAttributes(listed) {
			continue
		}
		if err := in.checkArtifact(a); err != nil {
			return err
		}
		want = append(want, checksum{a.Name, a.Text.SHA256()})
	}
	for _, zone := range zones {
		for _, file := range words.TextFiles(zone) {
			if err := in.checkZone(file); err != nil {
				return err
			}
			// The plan has the sum of a new zone file, not its text.
			want = append(want, checksum{file.Zone, file.NewSHA256})
		}
	}
	if haveSums {
		in.compareSums(sums, listed, want, badSums)
	}
	return nil
}

// hasNoAttributes tells whether the package was made before there was .gitattributes: it
// is neither there nor listed.
func (in *inspection) hasNoAttributes(listed []checksum) bool {
	_, exists := in.disk.entries[emit.AttributesName]
	return !exists && !slices.ContainsFunc(listed, func(s checksum) bool { return s.name == emit.AttributesName })
}

// readHead reads plan.json or matrix.json and renders what it determines; zones are those of a plan.
// There is no ID if something is wrong with it, which has been said.
func (in *inspection) readHead() (zones []plan.Zone, artifacts []emit.Artifact, err error) {
	text, ok, err := in.read(in.head(), maxPlan)
	if err != nil || !ok {
		return nil, nil, err
	}
	text, _ = unmarked(text) // which is said when it is compared
	if in.what == "matrix" {
		m, err := plan.DecodeMatrix(text)
		if err == nil {
			artifacts, err = emit.Index(m)
		}
		if err != nil {
			in.problem(in.head(), "%v", err)
			return nil, nil, nil
		}
		in.id, in.name, in.matrix = m.ID, m.Name, m
		return nil, artifacts, nil
	}
	p, artifacts, err := determined(text)
	if err != nil {
		in.problem(in.head(), "%v", err)
		return nil, nil, nil
	}
	in.id, in.name, in.plan, in.scripts = p.ID, p.Name, p, scriptSums(artifacts)
	return p.Zones, artifacts, nil
}

// determined makes what a plan.json determines; both are nil if it is not sound.
func determined(text []byte) (*plan.Plan, []emit.Artifact, error) {
	p, err := procedure.Decode(text)
	if err != nil {
		return nil, nil, err
	}
	artifacts, err := emit.FromPlan(p)
	if err != nil {
		return nil, nil, fmt.Errorf("it cannot be rendered: %w", err)
	}
	return p, artifacts, nil
}

// checkArtifact compares a file with what plan.json makes. plan.json is one of them:
// read and written again it must be the same bytes. A file that is too long is not read.
func (in *inspection) checkArtifact(a emit.Artifact) error {
	size, ok, err := in.regular(a.Name)
	if err != nil || !ok {
		return err
	}
	if same, _, err := in.disk.has(a); err != nil || same {
		return err
	}
	script := strings.HasSuffix(a.Name, ".ps1")
	limit := maxChanged(a.Text.Len())
	if script {
		limit += maxSignature
	}
	if size > limit {
		in.problem(a.Name, "it is not what %s makes: it has %d bytes, and should have %d", in.head(), size, a.Text.Len())
		return nil
	}
	text, ok, err := in.read(a.Name, limit)
	if err != nil || !ok {
		return err
	}
	want := a.Text.Bytes()
	plain, form := unmarked(text)
	// powershell.Unsigned finds the signature by its bytes in ASCII.
	if script && form != toUTF16 && form != toUTF32 {
		approved, signed, err := powershell.Unsigned(text)
		switch {
		case err != nil:
			in.problem(a.Name, "%v", err)
			return nil
		case signed && bytes.Equal(approved, want):
			in.notes = append(in.notes, remark{a.Name, "signed; the text before the signature is the approved text"})
			return nil
		}
		plain, form = unmarked(approved)
	}
	if script { // where its line ends were changed, Unsigned has not found the signature
		plain = beforeSignature(plain)
	}
	// Line ends are said as that, and not as the first line that differs, which is line 1.
	if what := formChanges(plain, form, want); what != nil {
		in.onlyLines(a.Name, what)
		return nil
	}
	in.problem(a.Name, "it is not what %s makes, %s", in.head(), difference(text, want))
	return nil
}

// beforeSignature cuts off a signature block whose line ends were changed, which is none
// any more.
func beforeSignature(script []byte) []byte {
	if i := bytes.Index(script, []byte("\n# SIG # Begin signature block")); i >= 0 {
		return script[:i]
	}
	return script
}

// checkZone checks a new zone file, of which the plan has only the changes, and that
// they lead back to the old one. The file is read piece by piece, as it may be large.
func (in *inspection) checkZone(zone words.TextFile) error {
	name := zone.Zone
	if _, ok, err := in.regular(name); err != nil || !ok {
		return err
	}
	right, err := in.checkSum(name, zone.NewSHA256, "it is not the zone file that plan.json has the SHA-256 of")
	if err != nil || !right {
		return err
	}
	// The sum of the plan proves the new file. That its changes lead to the old one is another
	// question: the rollback starts from them.
	old := sha256.New()
	readErr, err := in.stream(name, old, hunk.Reverse(zone.Hunks))
	switch {
	case readErr != nil:
		return readErr
	case err != nil:
		in.problem(name, "the changes in plan.json do not fit it: %v", err)
		return nil
	case fmt.Sprintf("%x", old.Sum(nil)) != zone.OldSHA256:
		in.problem(name, "without the changes in plan.json it is not the old zone file")
		return nil
	}
	// The rollback has hunks of its own, since it raises the serial once more.
	readErr, err = in.stream(name, io.Discard, zone.RollbackHunks)
	if err != nil {
		in.problem(name, "the rollback in plan.json does not fit it: %v", err)
	}
	return readErr
}

// stream writes a file with hunks applied. What keeps it from being read is the first error,
// hunks that do not fit are the second.
func (in *inspection) stream(name string, w io.Writer, hunks []hunk.Hunk) (readErr, err error) {
	file, err := in.disk.open(name, maxArtifact)
	if err != nil {
		return err, nil
	}
	defer file.Close()
	return nil, hunk.Stream(w, file, hunks)
}

// checkSum compares a file with a sum, and says what was done to it if that is all that is
// known of it.
func (in *inspection) checkSum(name, want, problem string) (right bool, err error) {
	if sum, err := in.disk.sum(name); err != nil || sum == want {
		return err == nil, err
	}
	// Only after the sum did not fit: this reads the file again and hashes it four times.
	others, err := in.disk.variants(name)
	if err != nil {
		return false, err
	}
	for _, other := range others {
		if other.sum == want {
			in.onlyLines(name, other.what)
			return false, nil
		}
	}
	in.problem(name, "%s", problem)
	return false, nil
}

// checkForm says what is wrong with the form of SHA256SUMS.
func (in *inspection) checkForm(text []byte, listed []checksum, bad error, have bool) {
	if !have || bad == nil {
		return
	}
	if what := lineChanges(text, formatSums(listed)); what != nil {
		in.onlyLines(emit.SumsName, what)
		return
	}
	in.problem(emit.SumsName, "%v", bad)
}

// onlyLines is the problem of a file whose words are right.
func (in *inspection) onlyLines(name string, what []string) {
	in.lines++
	in.problem(name,
		"not its words but its line ends or encoding were changed, as git, editors and mail programs do: %s",
		strings.Join(what, ", "))
}

// compareSums compares SHA256SUMS with the sums of what plan.json makes.
func (in *inspection) compareSums(text []byte, listed, want []checksum, bad error) {
	slices.SortFunc(want, func(a, b checksum) int { return strings.Compare(a.name, b.name) })
	right := formatSums(want)
	if bytes.Equal(text, right) {
		return
	}
	if what := lineChanges(text, right); what != nil {
		in.onlyLines(emit.SumsName, what)
		return
	}
	if bad != nil {
		in.problem(emit.SumsName, "%v", bad)
		return
	}
	// Its form is right, so what differs is a name or a sum.
	sums := map[string]string{}
	for _, s := range listed {
		sums[s.name] = s.sum
	}
	for _, w := range want {
		switch sum, ok := sums[w.name]; {
		case !ok:
			in.problem(emit.SumsName, "%s is not listed", w.name)
		case sum != w.sum:
			in.problem(emit.SumsName, "the sum of %s is not that of the file that %s makes", w.name, in.head())
		}
		// What is left at the end is listed and not wanted.
		delete(sums, w.name)
	}
	for _, s := range listed {
		if _, left := sums[s.name]; left {
			in.problem(emit.SumsName, "%s is listed but is not part of the plan", s.name)
		}
	}
}

// checkSums compares files with SHA256SUMS.
func (in *inspection) checkSums(listed []checksum) error {
	for _, s := range listed {
		if s.name == in.head() {
			continue // something has been said of it
		}
		_, ok, err := in.regular(s.name)
		if err == nil && ok {
			_, err = in.checkSum(s.name, s.sum, "its SHA-256 is not the one in SHA256SUMS")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// hasListed tells whether SHA256SUMS lists all files that are there, each with its sum. What
// is too long for an artifact is not read.
func (in *inspection) hasListed() bool {
	text, _, err := in.disk.read(emit.SumsName, maxSums)
	if err != nil {
		return false
	}
	listed, err := parseSums(text)
	if err != nil {
		return false
	}
	sums := map[string]string{emit.SumsName: sumOf(text)}
	for _, s := range listed {
		sums[s.name] = s.sum
	}
	for name, kind := range in.disk.entries {
		if kind.IsDir() {
			continue
		}
		size, err := in.disk.size(name)
		if sums[name] == "" || !kind.IsRegular() || err != nil || size > maxPlan && !strings.HasSuffix(name, ".zone") {
			return false
		}
		if sum, err := in.disk.sum(name); err != nil || sum != sums[name] {
			return false
		}
		delete(sums, name)
	}
	return len(sums) == 0
}

// difference says where a file first differs from what it should be.
func difference(got, want []byte) string {
	at := 0
	for at < len(got) && at < len(want) && got[at] == want[at] {
		at++
	}
	// Up to there both are equal, so the number is that of either.
	return "from line " + strconv.Itoa(1+bytes.Count(want[:at], []byte("\n")))
}
