package words

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/edgeplan/edgeplan/compiler/plan"
)

// RollbackScript is the script that goes back, as a person types it.
const RollbackScript = `.\` + plan.RollbackScript + ".ps1"

// Script is the script that makes the change, as a person types it.
func Script(p *plan.Plan) string {
	// That of a preparation has another name, so that it is not taken for that of the failover beside it.
	return `.\` + p.Texts.Script + ".ps1"
}

// ScriptFile is the file of a script that a person types.
func ScriptFile(script string) string { return strings.TrimPrefix(script, `.\`) }

// Run is the command that a person types for a stage.
func Run(script, stage string) string { return script + " -Stage " + stage }

// upper is a text with its first letter in upper case.
func upper(s string) string {
	// The first letter may be more than one byte long.
	_, size := utf8.DecodeRuneInString(s)
	return strings.ToUpper(s[:size]) + s[size:]
}

// Needs says what has to be so on the computers where the stages run.
func Needs(p *plan.Plan) []string {
	script, _ := p.ChangedBy()
	var out []string
	// Elsewhere the script needs no more rights than a user has.
	elevated := func(part plan.Part) bool { return part.Elevated }
	if slices.ContainsFunc(p.Stages, func(s plan.Stage) bool { return slices.ContainsFunc(s.Parts, elevated) }) {
		out = append(out, "Windows PowerShell 3.0 or later is needed on each host, and an elevated shell where a "+
			"stage stops or starts services or changes records.")
	}
	out = append(out,
		"Copy the scripts to a disk of the server. What came by browser, mail or share is refused under the execution "+
			"policy RemoteSigned until Unblock-File was run on it; under AllSigned it must be signed, see edgeplan "+
			"verify; where AppLocker or App Control sets the language mode, by a publisher whom the policy trusts.",
		"Run them as files in a console on the server. Invoke-Command -FilePath and a pasted script are refused. A "+
			"task or a shell with -NonInteractive cannot ask: pass -Force.",
		"What the shell and its profile have set (preferences, default parameters, aliases, functions) is set aside "+
			"and named in the log; what cannot be set aside is refused: start powershell.exe -NoProfile.")
	if !script {
		return out
	}
	old := slices.ContainsFunc(p.Zones, func(z plan.Zone) bool { return z.Edited() && z.Dnscmd() })
	dns := "On the DNS server its user must be one who may change the zone."
	if old {
		dns += " Windows Server 2008 R2 comes with Windows PowerShell 2.0: install Windows Management Framework 3.0 " +
			"or later there before the change."
	}
	return append(out, dns+" What begins with Select-Dns, Set-Dns or Invoke-Dnscmd is a function of the script, in "+
		"its fixed runtime.")
}
