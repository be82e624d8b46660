package record

import (
	"fmt"

	"github.com/edgeplan/edgeplan/compiler"
	"github.com/edgeplan/edgeplan/emit/words"
)

// fileCommands are the lines of a POSIX shell that apply the diff of a zone, or its
// rollback diff, to the file of the zone on its server. They are run in the folder of the
// plan; $zone is the path of that file. It is replaced, by a renaming, only if it has the
// SHA-256 of the plan and the whole diff was applied to a copy; otherwise it stays as it
// is and the exit code is not 0. They name the file, so that it does not matter where it
// lies, and need no option that the patch of BusyBox does not have.
func fileCommands(zone compiler.Zone, back bool) []string {
	f := words.Files(zone)
	diff, sum := f.Diff, zone.OldSHA256
	if back {
		diff, sum = f.RollbackDiff, zone.NewSHA256
	}
	diff, sum = words.Visible(diff), words.Visible(sum)
	return []string{
		fmt.Sprintf(`echo "%s  $zone" | sha256sum -c &&`, sum),
		fmt.Sprintf(`patch --dry-run --forward "$zone" %s &&`, diff),
		`cp -p "$zone" "$zone.new" &&`,
		fmt.Sprintf(`patch --forward "$zone.new" %s &&`, diff),
		`mv "$zone.new" "$zone"`,
	}
}

// checkSums is a command of PowerShell 4.0 and later, run in the folder of the plan, that
// names the files whose sum is not the one in SHA256SUMS, and those that are missing.
const checkSums = `Get-Content SHA256SUMS | ForEach-Object { $sum, $name = $_ -split '  ', 2; if ((Get-FileHash -LiteralPath $name -ErrorAction SilentlyContinue).Hash -ne $sum) { "FAILED: $name" } }`

// zoneFile says how a file is changed: the two diffs are of use nowhere else.
func (p *printer) zoneFile(zone compiler.Zone) {
	f, name := words.Files(zone), words.FileBase(zone)
	p.text("The change, in the folder of this record, with the variable `zone` set to the path of the file on the server:")
	p.b.WriteString("\n" + block("sh", fileCommands(zone, false)))
	p.text("The rollback:")
	p.b.WriteString("\n" + block("sh", fileCommands(zone, true)))
	p.gap()
	p.item("Exit code 0: have the server load the zone. Any other: the file is as it was; do not load it.")
	p.item("`sha256sum` says FAILED: the file was edited since the export, or has the change already. Find out what was edited. Then export the zone, build and approve anew; " +
		"or, if the edit may stay, leave out the line with `sha256sum`: the diff is applied whole beside the edit, or refused.")
	p.item("Without `patch`: only if the line with `sha256sum` says OK, or in PowerShell " + Code(fmt.Sprintf("(Get-FileHash -LiteralPath $zone).Hash -eq '%s'", zone.OldSHA256)) +
		" says True, put " + Code(f.Zone) + " in place of the file. Otherwise edits since the export are lost.")
	p.item("Is the zone dynamic? BIND: " + Code("rndc zonestatus "+name) + " says `dynamic: yes`; Knot DNS: an acl of it has `action: update`. Then do not edit its file; send " + Code(f.Nsupdate) +
		" as its comments say. Or " + Code("rndc freeze "+name) + ", build and approve anew from the file that this writes, apply that diff, and " + Code("rndc thaw "+name) + ".")
	p.item("Either the files or the updates, there and back: after an update the server writes its file anew, and " + Code(f.RollbackDiff) + " does not fit it.")
	if n := len(zone.Hunks); n > 1 {
		p.item(fmt.Sprintf("The diff has %d hunks, too far apart for one. Run alone, `patch` would apply those that fit and leave the others; these commands do not.", n))
	}
}
