package main

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"github.com/edgeplan/edgeplan/compiler"
	"github.com/edgeplan/edgeplan/compiler/hunk"
	"github.com/edgeplan/edgeplan/emit"
	"github.com/edgeplan/edgeplan/emit/powershell"
	"github.com/edgeplan/edgeplan/emit/words"
)

// checkContent holds every file against plan.json or, if there is no sound plan, at
// least against SHA256SUMS.
func (in *inspection) checkContent() error {
	sums, haveSums, err := in.read(emit.SumsName)
	if err != nil {
		return err
	}
	listed, badSums := parseSums(sums)
	if haveSums && badSums != nil {
		in.problem(emit.SumsName, "%v", badSums)
	}
	plan, artifacts, err := in.checkPlan()
	switch {
	case err != nil:
		return err
	case plan == nil:
		return in.checkSums(listed)
	}
	in.planID = plan.ID
	var want []checksum
	for _, a := range artifacts {
		if a.Name == emit.AttributesName && in.hasNoAttributes(listed) {
			continue
		}
		if err := in.checkArtifact(a); err != nil {
			return err
		}
		want = append(want, checksum{a.Name, a.Text.SHA256()})
	}
	for _, zone := range plan.Zones {
		for _, file := range words.TextFiles(zone) {
			if err := in.checkZone(file); err != nil {
				return err
			}
			want = append(want, checksum{file.Zone, file.NewSHA256})
		}
	}
	if haveSums && badSums == nil {
		in.compareSums(sums, listed, want)
	}
	return nil
}

// hasNoAttributes tells whether the package was made before there was .gitattributes: it
// is neither there nor listed.
func (in *inspection) hasNoAttributes(listed []checksum) bool {
	_, exists := in.disk.entries[emit.AttributesName]
	return !exists && !slices.ContainsFunc(listed, func(s checksum) bool { return s.name == emit.AttributesName })
}

// checkPlan reads plan.json and renders what it determines. The plan is nil if there
// is something wrong with it, which has been said.
func (in *inspection) checkPlan() (*compiler.Plan, []emit.Artifact, error) {
	text, ok, err := in.read(emit.PlanName)
	if err != nil || !ok {
		return nil, nil, err
	}
	plan, err := compiler.Decode(text)
	if err != nil {
		in.problem(emit.PlanName, "%v", err)
		return nil, nil, nil
	}
	artifacts, err := emit.FromPlan(plan)
	if err != nil {
		in.problem(emit.PlanName, "it cannot be rendered: %v", err)
		return nil, nil, nil
	}
	return plan, artifacts, nil
}

// checkArtifact compares a file with what plan.json makes. plan.json is one of them:
// read and written again it must be the same bytes.
func (in *inspection) checkArtifact(a emit.Artifact) error {
	data, ok, err := in.read(a.Name)
	if err != nil || !ok {
		return err
	}
	if bytes.Equal(data, a.Text.Bytes()) {
		return nil
	}
	if strings.HasSuffix(a.Name, ".ps1") {
		approved, signed, err := powershell.Unsigned(data)
		if err != nil {
			in.problem(a.Name, "%v", err)
			return nil
		}
		if signed && bytes.Equal(approved, a.Text.Bytes()) {
			in.notes = append(in.notes, remark{a.Name, "signed; the text before the signature is the approved text"})
			return nil
		}
		data = approved
	}
	in.problem(a.Name, "%s", difference(data, a.Text.Bytes()))
	return nil
}

// checkZone checks a new zone file, of which the plan has only the changes, and that
// they lead back to the old one.
func (in *inspection) checkZone(zone words.TextFile) error {
	name := zone.Zone
	text, ok, err := in.read(name)
	if err != nil || !ok {
		return err
	}
	if sumOf(text) != zone.NewSHA256 {
		in.problem(name, "it is not the zone file that plan.json has the SHA-256 of")
		return nil
	}
	old, err := hunk.Apply(text, hunk.Reverse(zone.Hunks))
	switch {
	case err != nil:
		in.problem(name, "the changes in plan.json do not fit it: %v", err)
		return nil
	case sumOf(old) != zone.OldSHA256:
		in.problem(name, "without the changes in plan.json it is not the old zone file")
		return nil
	}
	if _, err := hunk.Apply(text, zone.RollbackHunks); err != nil {
		in.problem(name, "the rollback in plan.json does not fit it: %v", err)
	}
	return nil
}

// compareSums holds SHA256SUMS against the sums of what plan.json makes.
func (in *inspection) compareSums(text []byte, listed, want []checksum) {
	slices.SortFunc(want, func(a, b checksum) int { return strings.Compare(a.name, b.name) })
	if bytes.Equal(text, formatSums(want)) {
		return
	}
	sums := map[string]string{}
	for _, s := range listed {
		sums[s.name] = s.sum
	}
	for _, w := range want {
		switch sum, ok := sums[w.name]; {
		case !ok:
			in.problem(emit.SumsName, "%s is not listed", w.name)
		case sum != w.sum:
			in.problem(emit.SumsName, "the sum of %s is not that of the file that plan.json makes", w.name)
		}
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
		if s.name == emit.PlanName {
			continue // something has been said of it
		}
		data, ok, err := in.read(s.name)
		if err != nil {
			return err
		}
		if ok && sumOf(data) != s.sum {
			in.problem(s.name, "its SHA-256 is not the one in SHA256SUMS")
		}
	}
	return nil
}

// difference says where a file first differs from what it should be.
func difference(got, want []byte) string {
	crlf, lf := []byte("\r\n"), []byte("\n")
	if bytes.Equal(bytes.ReplaceAll(got, crlf, lf), bytes.ReplaceAll(want, crlf, lf)) {
		return "its line ends (CRLF or LF) are not those that plan.json makes"
	}
	at := 0
	for at < len(got) && at < len(want) && got[at] == want[at] {
		at++
	}
	return "it is not what plan.json makes, from line " + strconv.Itoa(1+bytes.Count(want[:at], lf))
}
