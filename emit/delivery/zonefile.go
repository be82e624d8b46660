package delivery

import (
	"fmt"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/words"
)

var zoneFile = delivery{
	word:    plan.DeliveryZoneFile,
	files:   updates,
	apply:   applyDiffs,
	settled: secondaries,
	serial: func(zone plan.Zone, back bool) uint32 {
		if back {
			return zone.RollbackSerial
		}
		return zone.NewSerial
	},
}

func applyDiffs(zone plan.Zone) (forward, back string) {
	files, where := words.TextFiles(zone), "the file of the zone on its server"
	diffs := names(files, func(f words.TextFile) string { return f.Diff })
	back = names(files, func(f words.TextFile) string { return f.RollbackDiff })
	// A record may be in any of these files, and a half of them would be another zone.
	if len(zone.Included) > 0 {
		where = "the files of the zone on its server: " + names(files,
			func(f words.TextFile) string { return words.OnServer(f.ZoneFile).String() }) + ", all or none"
	}
	sets := "It sets"
	if len(files) > 1 {
		sets = "They set"
	}
	// Undoing a diff with patch -R is what people try first; the serial is why it does not work.
	return fmt.Sprintf("Apply %s to %s, with the commands of the change record; then have the server load the zone.",
			diffs, where),
		fmt.Sprintf("Apply %s likewise. %s serial %d, higher than the new one. Never put the old file back and never "+
			"reverse %s: the serial would go down, and secondary servers would keep the new records.", back, sets,
			zone.RollbackSerial, diffs)
}

// names joins the names that a function takes from the files of a zone.
func names(files []words.TextFile, name func(words.TextFile) string) string {
	var out []string
	for _, file := range files {
		out = append(out, name(file))
	}
	return strings.Join(out, " and ")
}
