package evidence

import (
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/internal/pattern"
)

var (
	// quoted is a literal of PowerShell, in which every kind of single quote is doubled.
	quoted     = pattern.New(`'(?:[^'\x{2018}-\x{201B}]|['\x{2018}-\x{201B}]{2})*'`)
	cmdletName = pattern.New(`(?:^|[\s|;&(){}=,\\])([A-Za-z]\w*-[A-Za-z]\w*)`)
)

// planCmdlets are the names of all cmdlets that the steps of a plan run to change something,
// in lower case, by the ID of the step; of the one that writes a backup of what a call returns,
// and of the functions of the scripts that are called in their stead.
func planCmdlets(p *plan.Plan) map[string][]string {
	out := map[string][]string{}
	for _, step := range slices.Concat(plan.AllSteps(p.Stages), plan.AllSteps(p.Rollback)) {
		for _, name := range stepCmdlets(p, step) {
			out[step.ID] = append(out[step.ID], strings.ToLower(name))
		}
	}
	return out
}

func stepCmdlets(p *plan.Plan, step *plan.Step) []string {
	// The plan says which records change; which cmdlets do that is a matter of the script, by what the server
	// has.
	if step.Edit {
		if zone, _ := p.Zone(step.Zone); zone.Dnscmd() {
			return []string{"Invoke-Dnscmd", "Set-DnsRecordTtl"}
		}
		return []string{"Add-DnsServerResourceRecord", "Select-DnsRecord", "Remove-DnsServerResourceRecord",
			"Set-DnsRecordTtl"}
	}
	var out []string
	for _, call := range step.Sets() {
		out = append(out, call.Name)
	}
	if step.Act != nil && step.Act.Export {
		out = append(out, "Export-Clixml")
	}
	return out
}

// cmdlets are the names in a command, without what is in quotes.
func cmdlets(command string) []string {
	var out []string
	// A name in quotes is a value: a site may be called Stop-Everything.
	for _, m := range cmdletName.FindAllStringSubmatch(quoted.ReplaceAllString(command, "''"), -1) {
		out = addTo(out, strings.ToLower(m[1]))
	}
	return out
}
