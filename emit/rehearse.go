package emit

import (
	"regexp"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/hunk"
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/delivery"
	"github.com/edgeplan/edgeplan/emit/rehearsal"
	"github.com/edgeplan/edgeplan/emit/words"
	"github.com/edgeplan/edgeplan/internal/pattern"
)

// scriptName is what a script of a plan may be named.
var scriptName = alternatives(append(plan.Scripts(), plan.RollbackScript))

// kitFile is what a file of a kit may be named, whatever its plan and its servers.
var kitFile = pattern.New(
	`^(` + scriptName + `|rehearse)\.ps1$|^rehearsal\.json$|^(LyncSim|Cmdlets\.[A-Za-z0-9-]+)\.psm1$|^` +
		SumsName + `$`)

// Names of the report of a rehearsal, in the folder of its kit: its text, and the page that follows from it.
const (
	ReportName     = words.ReportName
	ReportPageName = words.ReportPageName
)

// IsReportFile tells whether a file of that name in the folder of a kit is one of a report.
func IsReportFile(name string) bool { return name == ReportName || name == ReportPageName }

// IsKitFile tells whether [Rehearsal] makes files of that name.
func IsKitFile(name string) bool { return kitFile.MatchString(name) }

// packageFile is what a file of a package may be named, whatever its plan and its zones.
var packageFile = pattern.New(`^(` + scriptName + `)\.ps1$|^(change\.md|change\.html|plan\.json|matrix\.json|matrix\.md|\.gitattributes|` +
	SumsName + `)$|` +
	`^dns/[^/]+(` + alternatives(delivery.Extensions()) + `)$`)

func alternatives(texts []string) string {
	var out []string
	for _, text := range texts {
		out = append(out, regexp.QuoteMeta(text))
	}
	return strings.Join(out, "|")
}

// scriptFile is a script of a plan.
var scriptFile = pattern.New(`^(` + scriptName + `)\.ps1$`)

// IsScript tells whether a file of that name is a script of a plan.
func IsScript(name string) bool { return scriptFile.MatchString(name) }

// IsPackageFile tells whether [All] makes files of that name.
func IsPackageFile(name string) bool { return packageFile.MatchString(name) }

// Rehearsal makes the kit with which the scripts of a plan are rehearsed, sorted by
// name: the scripts themselves, byte for byte as in the package, the simulation, and
// SHA256SUMS. The plan has to come from the compiler.
func Rehearsal(p *plan.Plan) ([]Artifact, error) {
	all, err := makeAll(p, scripts(p))
	if err != nil {
		return nil, err
	}
	var known []rehearsal.Script
	for _, script := range all {
		// rehearse.ps1 runs no script with another sum, so that what is rehearsed is what will run.
		known = append(known, rehearsal.Script{Name: script.Name, SHA256: script.Text.SHA256()})
	}
	files, err := rehearsal.Kit(p, p.Product, known)
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		all = append(all, Artifact{file.Name, hunk.TextOf(file.Data)})
	}
	sortByName(all)
	all = append(all, Artifact{SumsName, Sums(all)})
	sortByName(all)
	return all, nil
}
