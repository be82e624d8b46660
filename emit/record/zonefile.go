package record

import (
	"fmt"
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/delivery"
	"github.com/edgeplan/edgeplan/emit/words"
)

// fileCommands are the lines of a POSIX shell that apply the diffs of a zone, or its
// rollback diffs, to the files of the zone on its server. They are run in the folder of the
// plan; $zone is the path of the zone file and $include1 that of the first file that it
// includes, or of links to them, which patch refuses. They are replaced, by renamings, only
// if each file of the zone has the SHA-256 of the plan, also one that stays, which could have
// got a record of a set, and each whole diff was applied to a copy; otherwise they stay as
// they are and the exit code is not 0. They name the files, so that it does not matter where these lie, and need no
// option that the patch of BusyBox does not have: so what GNU patch saves of a file that
// was edited beside the change is removed by a line of its own.
func fileCommands(zone plan.Zone, back bool) []string {
	var links, sums, tries, copies, patches, strays, moves []string
	for _, f := range words.AllFiles(zone) {
		diff, sum, name := f.Diff, f.OldSHA256, "$"+f.Variable
		if back {
			diff, sum = f.RollbackDiff, f.NewSHA256
		}
		// No zone has such a name in a package; the record is safe to paste whatever the plan says.
		diff, sum = words.Visible(diff), words.Visible(sum)
		sums = append(sums, fmt.Sprintf(`echo "%s  %s" | sha256sum -c`, sum, name))
		// Its sum alone is checked.
		if !f.Changed() {
			continue
		}
		// patch refuses symbolic links, and mv would replace the link itself.
		links = append(links, fmt.Sprintf(`%s=$(readlink -f "%s")`, f.Variable, name))
		// Without a dry run first a diff that fails in its second hunk would leave rejects beside the copy.
		tries = append(tries, fmt.Sprintf(`patch --dry-run --forward "%s" %s`, name, diff))
		// In the same folder, so that mv is a renaming: a name server never reads half a file.
		copies = append(copies, fmt.Sprintf(`cp -p "%s" "%s.new"`, name, name))
		patches = append(patches, fmt.Sprintf(`patch --forward "%s.new" %s`, name, diff))
		// GNU patch keeps the original where a hunk was found at other lines.
		strays = append(strays, fmt.Sprintf(`rm -f "%s.new.orig"`, name))
		moves = append(moves, fmt.Sprintf(`mv "%s.new" "%s"`, name, name))
	}
	all := slices.Concat(links, sums, tries, copies, patches, strays, moves)
	// One list joined by &&: pasted line by line, too, the shell waits for the end of it.
	for i := range all[:max(len(all)-1, 0)] {
		all[i] += " &&"
	}
	return all
}

// checkSums is a command of PowerShell 4.0 and later, run in the folder of the plan, that
// names the files whose sum is not the one in SHA256SUMS, and those that are missing.
const checkSums = `Get-Content SHA256SUMS | ForEach-Object { $sum, $name = $_ -split '  ', 2; ` +
	`if ((Get-FileHash -LiteralPath $name -ErrorAction SilentlyContinue).Hash -ne $sum) { "FAILED: $name" } }`

// zoneFile says how files are changed: the diffs are of use nowhere else.
func (p *printer) zoneFile(zone plan.Zone) {
	name := words.FileBase(zone)
	files := words.TextFiles(zone)
	p.variables(words.AllFiles(zone))
	p.b.WriteString("\n" + block("sh", fileCommands(zone, false)))
	p.text("The rollback:")
	p.b.WriteString("\n" + block("sh", fileCommands(zone, true)))
	p.gap()
	// One renaming is all or nothing; of several the first may have been made.
	if len(files) == 1 {
		p.item("Exit code 0: have the server load the zone. Any other: the file is as it was; do not load it.")
	} else {
		p.item("Exit code 0: have the server load the zone. Any other: do not load it. The files are as they were, " +
			"unless `mv` itself failed: then run the lines with `mv` again, which have nothing to check any more.")
	}
	may := "if the edit may stay, leave out the line with `sha256sum`"
	// A record that was added in another file may be one more of a set of the plan, which the diff of this file
	// would not notice.
	if len(zone.Included) > 0 {
		may = "if the edit may stay and adds no record of the names above, leave out the line of that file with " +
			"`sha256sum`"
	}
	p.item("`sha256sum` says FAILED: the file was edited since the export, or has the change already. Find out what " +
		"was edited. Then export the zone again, build the plan again and have it approved; " +
		"or, " + may + ": the diff is applied whole beside the edit, or refused.")
	p.withoutPatch(words.AllFiles(zone))
	p.item("Is the zone dynamic? BIND: " + Code("rndc zonestatus "+name) +
		" says `dynamic: yes`; Knot DNS: an acl of it has `action: update`. Then do not edit its file; send " +
		Code(delivery.Update(zone)) +
		" as its comments say. Or " + Code("rndc freeze "+name) + ", build the plan again from the file that " +
		"this writes, have it approved, apply that diff, and " + Code("rndc thaw "+name) + ".")
	p.item("Either the files or the updates, there and back: after an update the server rewrites its file, and " +
		Code(files[0].RollbackDiff) + " does not fit it.")
	// patch applies each hunk for itself: run alone, it may leave a file with half of the change.
	for _, file := range files {
		if n := len(file.Hunks); n > 1 {
			p.item(fmt.Sprintf("%s has %d hunks, too far apart for one. Run alone, `patch` would apply those that fit "+
				"and leave the others; these commands do not.", Code(file.Diff), n))
		}
	}
}

// withoutPatch says how new files are put in place, all or none.
func (p *printer) withoutPatch(files []words.TextFile) {
	var same, places []string
	for _, file := range files {
		same = append(same, fmt.Sprintf("(Get-FileHash -LiteralPath $%s).Hash -eq '%s'", file.Variable, file.OldSHA256))
		if file.Changed() {
			places = append(places, "put "+Code(file.Zone)+" in place of `$"+file.Variable+"`")
		}
	}
	check, end := "the line with `sha256sum` says OK", ""
	// A variable for one file would be more to read than the file.
	if len(files) == 1 {
		places[0] = "put " + Code(files[0].Zone) + " in place of the file"
	} else {
		check = "each line with `sha256sum` says OK"
	}
	if len(places) > 1 {
		end = ", all of them or none"
	}
	p.item("Without `patch`: only if " + check + ", or in PowerShell " + Code(strings.Join(same, " -and ")) +
		" says True, " + strings.Join(places, " and ") + end + ". Otherwise edits since the export are lost.")
}

// variables says what the variables of the commands are to be.
func (p *printer) variables(files []words.TextFile) {
	if len(files) == 1 {
		p.text("The change, in the folder of this record, with the variable `zone` set to the path of the file on " +
			"the server:")
		return
	}
	p.text("The change, in the folder of this record, with these variables set to the paths of the files on the " +
		"server:")
	p.gap()
	for _, file := range files {
		stays := ""
		// Its variable is in the lines with sha256sum.
		if !file.Changed() {
			stays = "; it stays, and is only checked"
		}
		p.item(Code(file.Variable) + ": " + words.OnServer(file.ZoneFile, Code) + stays)
	}
}
