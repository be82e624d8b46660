package words

import (
	"fmt"
	"slices"
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
	return string(rune(r.Op)) + " " + Visible(r.String()[2:])
}

// Records lists what happens to the records of a set: those that go, those that come,
// those that stay. Where the TTL changes, all go and come.
func Records(set plan.RecordSet) []Record {
	var gone, come, stay []Record
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
			stay = append(stay, Record{' ', set.Owner, set.OldTTL, set.Type, data})
		}
	}
	return append(append(gone, come...), stay...)
}

// StaleCaches says which caches the waits are not true of.
const StaleCaches = "These times are of caches that keep to the TTL. A resolver that is set to serve stale answers (Unbound serve-expired, dnsmasq use-stale-cache, BIND stale-answer-enable) may give them for longer."

// OldAnswers says how long resolvers may give the old answers of a zone.
func OldAnswers(zone plan.Zone) []string {
	w := zone.Wait
	var out []string
	if w.Old > 0 {
		out = append(out, fmt.Sprintf("Resolvers may give the old records for up to %s after the last name server of the zone has the new ones: the longest old TTL.", Seconds(w.Old)))
	}
	if w.Negative > 0 {
		out = append(out, fmt.Sprintf("Some records are new. Resolvers that asked before may remember for up to %s that there was none: the negative TTL of the zone.", Seconds(w.Negative)))
	}
	switch {
	case !zone.Changed():
	case zone.Delivery == "route53":
		out = append(out, fmt.Sprintf("Once Route 53 says INSYNC, no cache that keeps to the TTL has an old answer after %s.", Seconds(w.Caches())))
	default:
		out = append(out, fmt.Sprintf("A secondary server that no NOTIFY reaches gets the new zone up to %s later: the refresh time of the SOA record and one retry, at least the 300 s and 500 s that BIND waits. After %s in all no cache that keeps to the TTL has an old answer.", Seconds(w.Secondary), Seconds(w.Everywhere())))
	}
	return out
}

// Earliest says when something that comes later may begin.
func Earliest(e plan.Earliest) string {
	after := fmt.Sprintf("%s after all name servers of %s have the new records", Seconds(e.Seconds), trimDot(e.Zone))
	if e.At != "" {
		after += ", " + e.At + " if they have them at the end of the window"
	}
	return upper(e.What) + ": not before " + after + "."
}

// Seconds prints a number of seconds, and in larger units where that is even.
func Seconds(n uint32) string {
	for _, unit := range []struct {
		size uint32
		name string
	}{{86400, "d"}, {3600, "h"}, {60, "min"}} {
		if n > 0 && n%unit.size == 0 {
			return fmt.Sprintf("%d s (%d %s)", n, n/unit.size, unit.name)
		}
	}
	return fmt.Sprintf("%d s", n)
}

// FileBase is the name of a zone without the final dot, as in the names of its files.
func FileBase(zone plan.Zone) string { return trimDot(zone.Name) }

// SetName is the name of a set for people: its owner without the final dot, and its type.
func SetName(set plan.RecordSet) string { return trimDot(set.Owner) + " " + set.Type }

func trimDot(name string) string { return strings.TrimSuffix(name, ".") }

// ZoneFiles are the names of the files of one zone in the plan's folder. Those that the
// delivery of the zone has no use for are empty.
type ZoneFiles struct {
	Changes                    string
	Nsupdate, RollbackNsupdate string // not with route53 and windows-dns
	Route53, RollbackRoute53   string // with route53 only
}

// Files names the files of a zone.
func Files(zone plan.Zone) ZoneFiles {
	base := "dns/" + FileBase(zone)
	f := ZoneFiles{Changes: base + ".json"}
	switch zone.Delivery {
	case "route53":
		f.Route53, f.RollbackRoute53 = base+".route53.json", base+".rollback.route53.json"
	case "windows-dns":
	default:
		f.Nsupdate, f.RollbackNsupdate = base+".nsupdate", base+".rollback.nsupdate"
	}
	return f
}

// TextFile is a file of a zone with the names of what is made for it if the plan changes it.
// Variable names its path on the server in the commands of the change record.
type TextFile struct {
	plan.ZoneFile
	Diff, RollbackDiff, Zone string
	Variable                 string
}

// TextFiles lists the files of a zone that are changed, in the order of AllFiles.
func TextFiles(zone plan.Zone) []TextFile {
	return slices.DeleteFunc(AllFiles(zone), func(f TextFile) bool { return !f.Changed() })
}

// AllFiles lists the files of a zone that is changed in its files, its own first. Those that
// it includes are numbered as in the plan.
func AllFiles(zone plan.Zone) []TextFile {
	if !zone.ByFile() {
		return nil
	}
	var out []TextFile
	for i, file := range zone.Files() {
		base, variable := "dns/"+FileBase(zone), "zone"
		if i > 0 {
			base += fmt.Sprintf(".include-%d", i)
			variable = fmt.Sprintf("include%d", i)
		}
		out = append(out, TextFile{file, base + ".diff", base + ".rollback.diff", base + ".zone", variable})
	}
	return out
}

// names joins the names that a function takes from the files of a zone.
func names(files []TextFile, name func(TextFile) string) string {
	var out []string
	for _, file := range files {
		out = append(out, name(file))
	}
	return strings.Join(out, " and ")
}

// OnServer names a file of a zone to whoever looks for it on the server: by the paths in
// $INCLUDE lines, and then by that in the spec's folder if that is another one.
func OnServer(file plan.ZoneFile, quote func(string) string) string {
	if len(file.Paths) == 0 {
		return quote(file.File)
	}
	var paths []string
	for _, path := range file.Paths {
		paths = append(paths, quote(path))
	}
	return strings.Join(paths, " or ") + " (in the folder of the spec " + quote(file.File) + ")"
}

func plain(s string) string { return s }

// Apply says how the DNS owner makes the change, and how it is undone.
func Apply(zone plan.Zone) (forward, back string) {
	f := Files(zone)
	switch zone.Delivery {
	case "nsupdate":
		soa := ""
		if zone.SOAPrerequisite {
			soa = fmt.Sprintf(", while the zone still has serial %d", zone.OldSerial)
		}
		return fmt.Sprintf("Send %s to %s with nsupdate or knsupdate. It is applied whole or not at all, and only on the records shown as old, whatever their TTLs%s: NXRRSET or YXRRSET means that the zone has others, and nothing was changed. The server raises the serial itself, and writes its file anew: do not edit that.", f.Nsupdate, zone.Server, soa),
			fmt.Sprintf("Send %s likewise.", f.RollbackNsupdate)
	case "route53":
		const command = "aws route53 change-resource-record-sets --hosted-zone-id ID --change-batch file://%s"
		return fmt.Sprintf("In this folder run "+command+" with the ID of the hosted zone %s. The batch is applied whole or not at all: it deletes each old set with the values and the TTL that are shown as old, and fails if the hosted zone has others; a set that is only new must not be there yet. Route 53 has no serial to raise and ignores the SOA record of the zone file. aws route53 get-change tells when all servers have it: INSYNC.", f.Route53, FileBase(zone)),
			fmt.Sprintf("Run "+command+".", f.RollbackRoute53)
	case "windows-dns":
		tool := "the cmdlets of the module DnsServer"
		if zone.Dnscmd() {
			tool = "dnscmd and WMI"
		}
		return fmt.Sprintf("Stage DnsServer of the script, run on %s itself, changes the records with %s. New ones are read back before an old one goes. The server raises the serial itself.", zone.Computer, tool),
			fmt.Sprintf("Run stage DnsServer of rollback.ps1 on %s.", zone.Computer)
	}
	files, where := TextFiles(zone), "the file of the zone on its server"
	diffs := names(files, func(f TextFile) string { return f.Diff })
	back = names(files, func(f TextFile) string { return f.RollbackDiff })
	if len(zone.Included) > 0 {
		where = "the files of the zone on its server: " + names(files, func(f TextFile) string { return OnServer(f.ZoneFile, plain) }) + ", all or none"
	}
	sets := "It sets"
	if len(files) > 1 {
		sets = "They set"
	}
	return fmt.Sprintf("Apply %s to %s, with the commands of the change record; then have the server load the zone.", diffs, where),
		fmt.Sprintf("Apply %s likewise. %s serial %d, higher than the new one. Never put the old file back and never reverse %s: the serial would go down, and secondary servers would keep the new records.", back, sets, zone.RollbackSerial, diffs)
}
