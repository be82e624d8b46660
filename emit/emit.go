package emit

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/hunk"
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/delivery"
	"github.com/edgeplan/edgeplan/emit/page"
	"github.com/edgeplan/edgeplan/emit/powershell"
	"github.com/edgeplan/edgeplan/emit/record"
	"github.com/edgeplan/edgeplan/emit/words"
	"github.com/edgeplan/edgeplan/emit/zonediff"
	"github.com/edgeplan/edgeplan/internal/parallel"
)

// Names of artifacts that every plan has.
const (
	RecordName = "change.md"
	PageName   = "change.html"
	PlanName   = "plan.json"
	SumsName   = "SHA256SUMS"
	// AttributesName is for git, which reads it where the package is; see [Attributes].
	AttributesName = ".gitattributes"
)

// Attributes is the text of .gitattributes. In the folder of the package it comes before
// the file of that name of any folder above, and before core.autocrlf and core.eol, so a
// checkout and a commit leave every byte alone. The attributes are those that gitattributes(5)
// and git-apply(1) say change bytes: line ends, $Id$, filters such as LFS, encodings, the
// whitespace that a patch "fixes", and what git archive leaves out or fills in.
const Attributes = "# The bytes of this package are checked: git must not change them.\n" +
	"* -text -ident -filter !working-tree-encoding -whitespace -export-subst -export-ignore\n"

// Artifact is one file. Name is relative to the folder of the plan, with slashes.
type Artifact struct {
	Name string
	Text hunk.Text
}

// All makes every artifact of a plan that has just been compiled, sorted by name. It
// fails where a changed zone has no Text, as after reading plan.json, or another Text
// than the plan says.
func All(p *plan.Plan) ([]Artifact, error) {
	// A plan that was read has no texts, and a text that is not the planned one must not get into a package.
	if err := checkTexts(p); err != nil {
		return nil, err
	}
	all, sums, err := fromPlan(p)
	if err != nil {
		return nil, err
	}
	for _, zone := range p.Zones {
		for _, file := range words.TextFiles(zone) {
			all = append(all, Artifact{file.Zone, file.Text})
		}
	}
	sortByName(all)
	return withSums(all, sums), nil
}

// checkTexts wants the new text of each changed file, and the one that the plan says.
func checkTexts(p *plan.Plan) error {
	for _, zone := range p.Zones {
		for _, file := range words.TextFiles(zone) {
			if file.Text.IsNone() {
				return fmt.Errorf("zone %q: the plan does not hold the new text of %q", zone.Name, file.File)
			}
			if sum := file.Text.SHA256(); sum != file.NewSHA256 {
				return fmt.Errorf("zone %q: the new text of %q has SHA-256 %s, the plan says %s", zone.Name, file.File, sum, file.NewSHA256)
			}
		}
	}
	return nil
}

// FromPlan makes the artifacts that plan.json is enough for: all but the zone files
// and SHA256SUMS. They are the same bytes as those of All.
func FromPlan(p *plan.Plan) ([]Artifact, error) {
	all, _, err := fromPlan(p)
	return all, err
}

// fromPlan is FromPlan that also returns the sums that the record has, by the names of the files, so that
// no text is read twice for its sum.
func fromPlan(p *plan.Plan) (all []Artifact, sums map[string]string, err error) {
	// First, as every name below is made of these.
	if err := checkNames(p.Zones); err != nil {
		return nil, nil, err
	}
	var forward powershell.Script // whose lines the page shows
	all, err = makeAll(p, []maker{
		{words.ScriptFile(words.Script(p)), func(p *plan.Plan) (text hunk.Text, err error) {
			forward, err = powershell.Marked(p)
			return forward.Text, err
		}},
		back, {PlanName, encode},
	})
	if err != nil {
		return nil, nil, err
	}
	// The record has the sums of all other files, so its two forms are made last; SHA256SUMS then has their sums.
	facts := record.Facts{}
	for _, zone := range p.Zones {
		if !zone.Changed() {
			continue
		}
		files, err := zoneArtifacts(p, zone)
		if err != nil {
			return nil, nil, fmt.Errorf("zone %q: %w", zone.Name, err)
		}
		all = append(all, files...)
		for _, file := range words.TextFiles(zone) {
			// The sum of a new zone file is known without its text, so that verify works on a plan that was
			// read.
			facts.Files = append(facts.Files, record.File{Name: file.Zone, SHA256: file.NewSHA256})
		}
	}
	for _, a := range all {
		facts.Files = append(facts.Files, record.File{Name: a.Name, SHA256: a.Text.SHA256()})
	}
	slices.SortFunc(facts.Files, func(a, b record.File) int { return strings.Compare(a.Name, b.Name) })
	sums = make(map[string]string, len(facts.Files)+2)
	for _, file := range facts.Files {
		sums[file.Name] = file.SHA256
	}
	document, err := record.Of(p, facts)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", RecordName, err)
	}
	forms, err := makeAll(p, []maker{
		{PageName, func(p *plan.Plan) (hunk.Text, error) {
			return hunk.TextOf([]byte(page.HTML(p, document, forward))), nil
		}},
		{RecordName, func(*plan.Plan) (hunk.Text, error) {
			return hunk.TextOf([]byte(record.Markdown(document))), nil
		}},
	})
	all = append(append(all, forms...), Artifact{AttributesName, hunk.TextOf([]byte(Attributes))})
	sortByName(all)
	return all, sums, err
}

// maker makes the file of that name.
type maker struct {
	name string
	make func(*plan.Plan) (hunk.Text, error)
}

// back makes the script that goes back.
var back = maker{words.ScriptFile(words.RollbackScript), powershell.Rollback}

// scripts make the two scripts of a plan.
func scripts(p *plan.Plan) []maker {
	return []maker{{words.ScriptFile(words.Script(p)), powershell.Forward}, back}
}

func encode(p *plan.Plan) (hunk.Text, error) {
	text, err := plan.Encode(p)
	return hunk.TextOf(text), err
}

// makeAll makes files of a plan, as many at once as there are processors.
func makeAll(p *plan.Plan, files []maker) ([]Artifact, error) {
	all, errs := make([]Artifact, len(files)), make([]error, len(files))
	parallel.Each(len(files), func(i int) {
		all[i].Name = files[i].name
		if all[i].Text, errs[i] = files[i].make(p); errs[i] != nil {
			errs[i] = fmt.Errorf("%s: %w", files[i].name, errs[i])
		}
	})
	return all, cmp.Or(errs...)
}

func zoneArtifacts(p *plan.Plan, zone plan.Zone) ([]Artifact, error) {
	var all []Artifact
	// Diffs are of the files that change, each included one for itself: patch takes one file at a time in the
	// commands of the record.
	for _, file := range words.TextFiles(zone) {
		all = append(all, Artifact{file.Diff, hunk.TextOf([]byte(zonediff.Diff(file.ZoneFile)))},
			Artifact{file.RollbackDiff, hunk.TextOf([]byte(zonediff.RollbackDiff(file.ZoneFile)))})
	}
	for _, file := range delivery.Files(zone) {
		text, err := file.Make(p.Name, zone)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file.Name, err)
		}
		all = append(all, Artifact{file.Name, hunk.TextOf([]byte(text))})
	}
	return all, nil
}

// Sums is the text of SHA256SUMS for artifacts in their order, as `sha256sum -c` reads it.
func Sums(artifacts []Artifact) hunk.Text { return sumsOf(artifacts, nil) }

// sumsOf is Sums where those of some files are known, by their names.
func sumsOf(artifacts []Artifact, known map[string]string) hunk.Text {
	var b strings.Builder
	for _, a := range artifacts {
		sum := known[a.Name]
		if sum == "" {
			sum = a.Text.SHA256()
		}
		b.WriteString(sum + "  " + a.Name + "\n")
	}
	return hunk.TextOf([]byte(b.String()))
}

func sortByName(all []Artifact) {
	slices.SortFunc(all, func(a, b Artifact) int { return strings.Compare(a.Name, b.Name) })
}

// checkNames wants zone names that are file names on every system, no two that one file system
// takes for the same, and none whose files would be those of another zone.
func checkNames(zones []plan.Zone) error {
	seen := map[string]bool{}
	for _, zone := range zones {
		if !zone.Changed() {
			continue
		}
		// File systems of Windows and macOS do not tell upper case from lower case.
		name := strings.ToLower(words.FileBase(zone))
		if i := badFileByte(name); i >= 0 {
			return fmt.Errorf("zone %.300q cannot name a file: byte %d", zone.Name, i)
		}
		if end := delivery.Claims(name); end != "" {
			return fmt.Errorf("zone %q cannot name a file: it ends in %s", zone.Name, end)
		}
		if seen[name] {
			return errors.New("two zones are named " + name)
		}
		seen[name] = true
	}
	return nil
}

// badFileByte is the offset of the first byte that is not of a host name, or of an
// empty label, or -1.
func badFileByte(name string) int {
	start := true
	for i := range len(name) {
		c := name[i]
		switch {
		case c == '.' && !start:
			// A dot at the beginning or after another is an empty label; in a file name ".." would leave the
			// folder.
			start = true
			continue
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '_', c == '-' && !start:
		default:
			return i
		}
		start = false
	}
	// 253 characters are the longest name in DNS (RFC 1035 counts 255 octets with the lengths of the labels).
	if start || len(name) > 253 {
		return len(name)
	}
	return -1
}
