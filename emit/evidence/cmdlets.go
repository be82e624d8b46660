package evidence

import (
	"regexp"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
)

var (
	// quoted is a literal of PowerShell, in which every kind of single quote is doubled.
	quoted     = regexp.MustCompile(`'(?:[^'\x{2018}-\x{201B}]|['\x{2018}-\x{201B}]{2})*'`)
	cmdletName = regexp.MustCompile(`(?:^|[\s|;&(){}=,\\])([A-Za-z]\w*-[A-Za-z]\w*)`)
)

// planCmdlets are the names of all cmdlets that a plan calls, in lower case, of the one
// that writes a backup of what a call returns, and of the functions of the scripts that
// are called in their stead.
func planCmdlets(p *plan.Plan) map[string]bool {
	out := map[string]bool{}
	for _, stages := range [][]plan.Stage{p.Stages, p.Rollback} {
		for _, stage := range stages {
			for _, step := range stage.Steps {
				for _, name := range stepCmdlets(p, step) {
					out[strings.ToLower(name)] = true
				}
			}
		}
	}
	return out
}

func stepCmdlets(p *plan.Plan, step plan.Step) []string {
	switch s := step.(type) {
	case *plan.EditRecords:
		if zone, _ := p.Zone(s.Zone); zone.Dnscmd() {
			return []string{"Invoke-Dnscmd"}
		}
		return []string{"Add-DnsServerResourceRecord", "Select-DnsRecord", "Remove-DnsServerResourceRecord", "Set-DnsRecordTtl"}
	case *plan.Backup:
		if s.Export {
			return []string{s.Call.Name, "Export-Clixml"}
		}
		return []string{s.Call.Name}
	case *plan.StopServices:
		return []string{s.Call.Name}
	case *plan.StartServices:
		return []string{s.Call.Name}
	case *plan.StopXMPP:
		return []string{s.Call.Name}
	case *plan.StartXMPP:
		return []string{s.Call.Name}
	case *plan.Replicate:
		return []string{s.Call.Name, s.Read.Name}
	case *plan.SendMessage:
		return []string{s.Call.Name}
	case *plan.SetRoute:
		var out []string
		for _, form := range s.Forms {
			out = append(out, form.Call.Name)
		}
		return out
	}
	return nil // it changes nothing
}

// cmdlets are the names in a command, without what stands in quotes.
func cmdlets(command string) []string {
	var out []string
	for _, m := range cmdletName.FindAllStringSubmatch(quoted.ReplaceAllString(command, "''"), -1) {
		out = addTo(out, strings.ToLower(m[1]))
	}
	return out
}
