package words

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
)

// Record is one line of a record list. Op is '-', '+' or ' ' as in a diff.
type Record struct {
	Op    byte
	Owner string
	TTL   uint32 // seconds
	Type  string
	Data  string
}

// String is the record as a zone file has it, after its Op and a blank.
func (r Record) String() string {
	return fmt.Sprintf("%c %s %d IN %s %s", r.Op, r.Owner, r.TTL, r.Type, r.Data)
}

// Visible is the same as one safe line of plain text: [Visible] without a change of the
// blank that is the sign of a record that stays.
func (r Record) Visible() string {
	// The blank of a record that stays would be shown as \u{20} at the start of the line.
	return string(rune(r.Op)) + " " + Visible(r.String()[2:])
}

// Records lists what happens to the records of a set: those that go, those that come,
// those that stay. Where the TTL changes, all go and come.
func Records(set plan.RecordSet) []Record {
	var gone, come, stay []Record
	// Zone files and servers have one TTL for a set: with another TTL every record is another one.
	again := set.TTLChanged()
	for _, data := range set.Old {
		if again || !slices.Contains(set.New, data) {
			gone = append(gone, Record{'-', set.Owner, set.OldTTL, set.Type, data})
		}
	}
	for _, data := range set.New {
		if again || !slices.Contains(set.Old, data) {
			come = append(come, Record{'+', set.Owner, set.NewTTL, set.Type, data})
		} else {
			// With the old TTL, which is the new one too.
			stay = append(stay, Record{' ', set.Owner, set.OldTTL, set.Type, data})
		}
	}
	return append(append(gone, come...), stay...)
}

// StaleCaches says which caches the waits are not true of.
const StaleCaches = "These times are of caches that keep to the TTL. A resolver that is set to serve stale answers " +
	"(Unbound serve-expired, dnsmasq use-stale-cache, BIND stale-answer-enable) may give them for longer."

// Earliest says when something that comes later may begin.
func Earliest(e plan.Earliest) string {
	after := fmt.Sprintf("%s after all name servers of %s have the new records", plan.Seconds(e.Seconds), trimDot(e.Zone))
	// A window without an end has no latest moment to count from.
	if e.At != "" {
		after += ", " + e.At + " if they have them at the end of the window"
	}
	return upper(e.What) + ": not before " + after + "."
}

// FileBase is the name of a zone without the final dot, as in the names of its files.
func FileBase(zone plan.Zone) string { return trimDot(zone.Name) }

// SetName is the name of a set for people: its owner without the final dot, and its type.
func SetName(set plan.RecordSet) string { return trimDot(set.Owner) + " " + set.Type }

func trimDot(name string) string { return strings.TrimSuffix(name, ".") }

// TextFile is a file of a zone with the names of what is made for it if the plan changes it.
// Variable names its path on the server in the commands of the change record.
type TextFile struct {
	plan.ZoneFile
	Diff, RollbackDiff, Zone string
	Variable                 string
}

// TextFiles lists the files of a zone that are changed, in the order of AllFiles.
func TextFiles(zone plan.Zone) []TextFile {
	// AllFiles makes a new slice, so nothing of the plan is deleted.
	return slices.DeleteFunc(AllFiles(zone), func(f TextFile) bool { return !f.Changed() })
}

// TextEnds are the ends of the names of what is made of a file that is changed.
var TextEnds = struct{ Diff, RollbackDiff, Zone string }{".diff", ".rollback.diff", ".zone"}

// IncludeEnd comes before these, with a number, in the names of what is made of a file that the
// zone file includes.
const IncludeEnd = ".include-"

// AllFiles lists the files of a zone that is changed in its files, its own first. Those that
// it includes are numbered as in the plan.
func AllFiles(zone plan.Zone) []TextFile {
	if !zone.ByFile() {
		return nil
	}
	var out []TextFile
	for i, file := range zone.Files() {
		base, variable := "dns/"+FileBase(zone), "zone"
		// Numbered by the place in the plan: paths may hold what no file name can.
		if i > 0 {
			base += IncludeEnd + strconv.Itoa(i)
			variable = fmt.Sprintf("include%d", i)
		}
		out = append(out, TextFile{file, base + TextEnds.Diff, base + TextEnds.RollbackDiff, base + TextEnds.Zone,
			variable})
	}
	return out
}

// OnServer names a file of a zone to whoever looks for it on the server: by the paths in
// $INCLUDE lines, and then by that in the spec's folder if that is another one.
func OnServer(file plan.ZoneFile) Text {
	// The path in the $INCLUDE line is the one that the administrator of the server knows.
	if len(file.Paths) == 0 {
		return Name(file.File)
	}
	var paths []Text
	for _, path := range file.Paths {
		paths = append(paths, Name(path))
	}
	return Join("", Join(" or ", paths...), Own(" (in the folder of the spec "), Name(file.File), Own(")"))
}
