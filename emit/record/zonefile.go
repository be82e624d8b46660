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
func (b *builder) zoneFile(zone plan.Zone) {
	name := words.FileBase(zone)
	files := words.TextFiles(zone)
	b.variables(words.AllFiles(zone))
	b.add(Listing{"sh", fileCommands(zone, false)})
	b.text(words.Own("The rollback:"))
	b.add(Listing{"sh", fileCommands(zone, true)})
	var items List
	item := func(parts ...words.Text) { items = append(items, words.Join("", parts...)) }
	// One renaming is all or nothing; of several the first may have been made.
	if len(files) == 1 {
		item(words.Own("Exit code 0: have the server load the zone. Any other: the file is as it was; do not load it."))
	} else {
		item(words.Own("Exit code 0: have the server load the zone. Any other: do not load it. The files are as they " +
			"were, unless `mv` itself failed: then run the lines with `mv` again, which have nothing to check any more."))
	}
	may := "if the edit may stay, leave out the line with `sha256sum`"
	// A record that was added in another file may be one more of a set of the plan, which the diff of this file
	// would not notice.
	if len(zone.Included) > 0 {
		may = "if the edit may stay and adds no record of the names above, leave out the line of that file with " +
			"`sha256sum`"
	}
	item(words.Own("`sha256sum` says FAILED: the file was edited since the export, or has the change already. Find out " +
		"what was edited. Then export the zone again, build the plan again and have it approved; " +
		"or, " + may + ": the diff is applied whole beside the edit, or refused."))
	items = append(items, withoutPatch(words.AllFiles(zone)))
	item(words.Own("Is the zone dynamic? BIND: "), words.Name("rndc zonestatus "+name),
		words.Own(" says `dynamic: yes`; Knot DNS: an acl of it has `action: update`. Then do not edit its file; send "),
		words.Name(delivery.Update(zone)), words.Own(" as its comments say. Or "), words.Name("rndc freeze "+name),
		words.Own(", build the plan again from the file that this writes, have it approved, apply that diff, and "),
		words.Name("rndc thaw "+name), words.Own("."))
	item(words.Own("Either the files or the updates, there and back: after an update the server rewrites its file, and "),
		words.Name(files[0].RollbackDiff), words.Own(" does not fit it."))
	// patch applies each hunk for itself: run alone, it may leave a file with half of the change.
	for _, file := range files {
		if n := len(file.Hunks); n > 1 {
			item(words.Name(file.Diff), words.Own(fmt.Sprintf(" has %d hunks, too far apart for one. Run alone, `patch` would "+
				"apply those that fit and leave the others; these commands do not.", n)))
		}
	}
	b.add(items)
}

// withoutPatch says how new files are put in place, all or none.
func withoutPatch(files []words.TextFile) words.Text {
	var same []string
	var places []words.Text
	for _, file := range files {
		same = append(same, fmt.Sprintf("(Get-FileHash -LiteralPath $%s).Hash -eq '%s'", file.Variable, file.OldSHA256))
		if file.Changed() {
			places = append(places, words.Join("", words.Own("put "), words.Name(file.Zone),
				words.Own(" in place of `$"+file.Variable+"`")))
		}
	}
	check, end := "each line with `sha256sum` says OK", ""
	// A variable for one file would be more to read than the file.
	if len(files) == 1 {
		check = "the line with `sha256sum` says OK"
		places[0] = words.Join("", words.Own("put "), words.Name(files[0].Zone), words.Own(" in place of the file"))
	}
	if len(places) > 1 {
		end = ", all of them or none"
	}
	return words.Join("", words.Own("Without `patch`: only if "+check+", or in PowerShell "),
		words.Name(strings.Join(same, " -and ")), words.Own(" says True, "), words.Join(" and ", places...),
		words.Own(end+". Otherwise edits since the export are lost."))
}

// variables says what the variables of the commands are to be.
func (b *builder) variables(files []words.TextFile) {
	if len(files) == 1 {
		b.text(words.Own("The change, in the folder of this record, with the variable `zone` set to the path of the file " +
			"on the server:"))
		return
	}
	b.text(words.Own("The change, in the folder of this record, with these variables set to the paths of the files on " +
		"the server:"))
	var items List
	for _, file := range files {
		stays := ""
		// Its variable is in the lines with sha256sum.
		if !file.Changed() {
			stays = "; it stays, and is only checked"
		}
		items = append(items, words.Join("", words.Name(file.Variable), words.Own(": "), words.OnServer(file.ZoneFile),
			words.Own(stays)))
	}
	b.add(items)
}
