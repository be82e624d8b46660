package zonediff

import (
	"fmt"
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/words"
)

// Diff is the change of one file of a zone. It fits `patch -p1` in the folder from which
// the name of the file is counted. It is empty for a file that does not change.
func Diff(file plan.ZoneFile) string {
	return Unified("a/"+file.File, "b/"+file.File, file.Hunks)
}

// RollbackDiff turns the new file into one with the old records and a serial that secondary
// servers accept.
func RollbackDiff(file plan.ZoneFile) string {
	return Unified("a/"+file.File, "b/"+file.File, file.RollbackHunks)
}

// Nsupdate is the change of a zone as a script for BIND nsupdate: one message, whose
// prerequisites are all records of the plan's sets as they are before the change, and the
// SOA record if the plan says so. An error names the value that is no plain token of the
// script, and the byte in it. planName is for the comment at the head.
func Nsupdate(planName string, zone plan.Zone) (string, error) {
	return updateScript(zone, "Change of zone "+words.FileBase(zone)+", plan "+planName+".", zone.Records)
}

// NsupdateRollback is the same with old and new exchanged. It never depends on the SOA
// record: the update has raised the serial to a value that the plan cannot know.
func NsupdateRollback(planName string, zone plan.Zone) (string, error) {
	// the zone is a copy, so the caller's keeps its prerequisite
	zone.SOAPrerequisite = false
	return updateScript(zone, "Rollback of zone "+words.FileBase(zone)+", plan "+planName+".", exchanged(zone.Records))
}

// exchanged are sets with old and new exchanged.
func exchanged(sets []plan.RecordSet) []plan.RecordSet {
	back := slices.Clone(sets)
	for i, set := range back {
		back[i].Old, back[i].New = set.New, set.Old
		// the rollback restores TTLs too
		back[i].OldTTL, back[i].NewTTL = set.NewTTL, set.OldTTL
	}
	return back
}

func updateScript(zone plan.Zone, title string, sets []plan.RecordSet) (string, error) {
	p := &updatePrinter{}
	// Given, so that nsupdate needs no SOA query to find the server and the zone.
	p.line("server", p.quote(serverToken, zone.Server))
	name := p.zone(zone)
	p.line("zone", name)
	p.line("class", "IN")
	if zone.SOAPrerequisite {
		p.line("prereq yxrrset", name, "IN SOA", p.quote(soaToken, zone.SOA))
	}
	p.prerequisites(sets)
	p.targets(zone.SRVTargets, sets)
	// In one message the order is free of gaps, as it is applied whole (RFC 2136); and
	// a record whose TTL changes has to be deleted before it is added.
	for _, op := range []byte{'-', '+'} {
		for _, set := range sets {
			p.updates(set, op)
		}
	}
	p.line("send")
	if p.err != nil {
		return "", p.err
	}
	// a printer of its own: comments may hold any text, and no error of theirs matters
	head := &updatePrinter{}
	head.head(title, sets)
	return head.b.String() + p.b.String(), nil
}

// updatePrinter keeps the first error; what is printed after it is not used.
type updatePrinter struct {
	b strings.Builder
	checker
}

func (p *updatePrinter) line(words ...string) {
	p.b.WriteString(strings.Join(words, " ") + "\n")
}

func (p *updatePrinter) comment(text string) { p.line(";", words.Visible(text)) }

func (p *updatePrinter) head(title string, sets []plan.RecordSet) {
	p.comment(title + " Written by edgeplan.")
	p.comment("Run: nsupdate FILE (with -k KEYFILE or -g, as the server wants), or knsupdate -v FILE, which has no -g.")
	p.comment("The message is applied whole or not at all. NXRRSET or YXRRSET: a prereq line does not hold. The zone")
	p.comment("is not as the plan saw it, or was changed by this file before, and stays as it is. REFUSED, NOTIMP or")
	p.comment("no answer says nothing about the records.")
	if onlyTTLs(sets) {
		p.comment("Only TTLs change, and prereq lines do not look at these: sent twice, this file does nothing the")
		p.comment("second time.")
	}
	p.comment("The server raises the serial of the zone itself.")
	for _, op := range []byte{'-', '+'} {
		for _, set := range sets {
			for _, r := range words.Records(set) {
				if r.Op == op {
					p.comment(r.String())
				}
			}
		}
	}
}

// onlyTTLs tells whether no value changes.
func onlyTTLs(sets []plan.RecordSet) bool {
	return !slices.ContainsFunc(sets, func(set plan.RecordSet) bool {
		// of equal length, so with nothing added nothing is removed
		added := func(data string) bool { return !slices.Contains(set.Old, data) }
		return len(set.Old) != len(set.New) || slices.ContainsFunc(set.New, added)
	})
}

// prerequisites wants every set complete and by value, also those that stay. Of a name
// with addresses a plan has both kinds, or there is none of the other kind. Beside none of
// them there may be a CNAME.
func (p *updatePrinter) prerequisites(sets []plan.RecordSet) {
	var owners []string
	types := map[string][]string{}
	for _, set := range sets {
		owner, typ := p.owner(set)
		if len(set.Old) == 0 {
			// a set that is new must not have come into being since the export
			p.line("prereq nxrrset", owner, "IN", typ)
		}
		for _, data := range set.Old {
			// RFC 2136, 2.4.2: these lines are compared as one whole set, so one record more fails
			p.line("prereq yxrrset", owner, "IN", typ, p.data(set.Type, data))
		}
		if !slices.Contains(owners, owner) {
			owners = append(owners, owner)
		}
		types[owner] = append(types[owner], typ)
	}
	for _, owner := range owners {
		// Addresses of the other kind that came since would go on leading partners elsewhere.
		four, six := slices.Contains(types[owner], "A"), slices.Contains(types[owner], "AAAA")
		switch {
		case four && !six:
			p.line("prereq nxrrset", owner, "IN AAAA")
		case six && !four:
			p.line("prereq nxrrset", owner, "IN A")
		}
		p.line("prereq nxrrset", owner, "IN CNAME")
	}
}

// targets wants an address and no CNAME at each name to which an SRV record will point.
func (p *updatePrinter) targets(targets []plan.SRVTarget, sets []plan.RecordSet) {
	for _, target := range targets {
		named := func(data string) bool { return strings.HasSuffix(data, " "+target.Name) }
		used := slices.ContainsFunc(sets, func(set plan.RecordSet) bool {
			return set.Type == "SRV" && slices.ContainsFunc(set.New, named)
		})
		name := p.quote(nameToken, target.Name)
		// quoted before: a name that cannot be is an error even where it is not printed
		if !used {
			continue
		}
		for _, typ := range target.Types {
			// by type alone: what address the host has is not for this plan to say
			p.line("prereq yxrrset", name, "IN", p.quote(typeToken, typ))
		}
		p.line("prereq nxrrset", name, "IN CNAME")
	}
}

// updates prints the lines of one kind. Where the TTL changes all records of the set are
// deleted and added: RFC 2136, 3.4.2.2, would have an added record that is there replace the old
// one, TTL and all, but Knot DNS 3.2 leaves it as it is.
func (p *updatePrinter) updates(set plan.RecordSet, op byte) {
	owner, typ := p.owner(set)
	for _, r := range words.Records(set) {
		data := p.data(set.Type, r.Data)
		switch {
		case r.Op != op:
		case op == '+':
			p.line("update add", owner, fmt.Sprint(r.TTL), "IN", typ, data)
		default:
			p.line("update delete", owner, "IN", typ, data)
		}
	}
}
