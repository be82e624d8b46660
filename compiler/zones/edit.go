package zones

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/hunk"
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/report"
	"github.com/edgeplan/edgeplan/internal/parallel"
	"github.com/edgeplan/edgeplan/parser/dnsname"
	"github.com/edgeplan/edgeplan/parser/zonefile"
)

// Plan edits the zone files. Zones and sets are in the order of their names.
func (c *Changes) Plan() []plan.Zone {
	out := []plan.Zone{}
	for _, z := range c.zones.all {
		list := c.sets[z]
		if len(list) == 0 {
			continue
		}
		slices.SortFunc(list, func(a, b plan.RecordSet) int {
			// the addresses of step 4 come before the SRV records of step 5, as change.md has them
			if a.Step != b.Step {
				return strings.Compare(a.Step, b.Step)
			}
			return strings.Compare(a.Owner+" "+a.Type, b.Owner+" "+b.Type)
		})
		planned, err := c.planZone(z, list)
		// a serial that cannot be had is a mistake at its argument; all else is in the zone file
		if wrong := (*serialError)(nil); errors.As(err, &wrong) {
			c.report.Add(report.BadSerial, z.Serial.Range, "%s.", wrong.why)
			continue
		}
		if err != nil {
			c.report.Add(report.NoEdit, z.File.Range,
				"The zone file %q cannot be edited safely: %s.", z.File.V, strings.TrimSuffix(err.Error(), "."))
			continue
		}
		out = append(out, planned)
	}
	slices.SortFunc(out, func(a, b plan.Zone) int { return dnsname.Compare(a.Name, b.Name) })
	number(out)
	return out
}

// number gives numbers to the facts about zones and their sets. Those below P20 are of
// facts about the topology and the servers.
func number(zones []plan.Zone) {
	n := plan.FirstZoneFact
	next := func() string {
		n++
		return "P" + strconv.Itoa(n-1)
	}
	for i := range zones {
		zones[i].Number = next()
		for k := range zones[i].Records {
			zones[i].Records[k].Number = next()
		}
	}
}

func (c *Changes) planZone(z *zone, sets []plan.RecordSet) (plan.Zone, error) {
	// there is one: whole refuses a zone without
	old, _ := z.file.Serial()
	planned := plan.Zone{
		Name: strings.ToLower(z.Name.V), File: z.File.V, Server: z.Server.V, Delivery: z.Delivery.V, Records: sets,
		OldSerial: old, NewSerial: old, RollbackSerial: old,
		SOAPrerequisite: z.SOAPrerequisite.V, Origin: plan.OriginOf(z.Range),
	}
	if z.Delivery.V == plan.DeliveryWindowsDNS {
		planned.Computer, planned.OperatingSystem = strings.ToLower(z.ComputerName().V), z.OperatingSystem.V
	}
	soa, _ := z.file.Set(z.origin, "SOA")
	planned.SOA = strings.Join(soa.Data, " ")
	// Sets that are only checked leave the serial alone: secondary servers have nothing to fetch.
	if !slices.ContainsFunc(sets, plan.RecordSet.Changed) {
		return planned, nil
	}
	planned.Wait = plan.Waits(sets, soa)
	planned.SRVTargets = c.srvTargets(z, sets)
	var err error
	if planned.NewSerial, err = c.nextSerial(z, old); err != nil {
		return planned, err
	}
	// The way back raises the serial again, as secondary servers take no lower one (RFC 1982).
	planned.RollbackSerial = c.laterSerial(z, planned.NewSerial)
	// With other deliveries no text of the file is in the plan, so that a record which the plan
	// does not use does not change its ID.
	if !planned.ByFile() {
		return planned, nil
	}
	files := unchanged(z.Source.Files)
	if err := edit(z.file, files, sets, planned.NewSerial); err != nil {
		return planned, err
	}
	if err := rollback(z.file, files, planned.RollbackSerial); err != nil {
		return planned, err
	}
	sum(files, z.Source.Files)
	setFiles(&planned, files)
	return planned, nil
}

// setFiles takes the files of a zone, its own first.
func setFiles(z *plan.Zone, files []plan.ZoneFile) {
	own := files[0]
	z.OldSHA256, z.NewSHA256, z.Text = own.OldSHA256, own.NewSHA256, own.Text
	z.Hunks, z.RollbackHunks = own.Hunks, own.RollbackHunks
	z.Included = append(z.Included[:0], files[1:]...)
}

// sum takes the SHA-256 of the old and the new text of each file. Of a large zone these are a good part of
// the work, so they are made at once.
func sum(files []plan.ZoneFile, old []zonefile.File) {
	parallel.Each(2*len(files), func(i int) {
		if f := &files[i/2]; i%2 == 0 {
			f.OldSHA256 = hunk.TextOf(old[i/2].Text).SHA256()
		} else {
			f.NewSHA256 = f.Text.SHA256()
		}
	})
}

// unchanged are the files of a zone without a change, and without their sums.
func unchanged(files []zonefile.File) []plan.ZoneFile {
	var out []plan.ZoneFile
	for _, file := range files {
		out = append(out, plan.ZoneFile{
			File: file.Name, Paths: pathsOf(file),
			Hunks: []hunk.Hunk{}, RollbackHunks: []hunk.Hunk{}, Text: hunk.TextOf(file.Text),
		})
	}
	return out
}

// pathsOf are the paths of $INCLUDE lines, which may be any bytes, as plan.json has them.
func pathsOf(file zonefile.File) []string {
	var out []string
	other := false
	for _, path := range file.Paths {
		out = append(out, strings.ToValidUTF8(path, "\uFFFD"))
		// nearly always the path is the name, which the plan has already
		other = other || path != file.Name
	}
	if !other {
		return nil
	}
	return out
}

// srvTargets are the names with addresses in the zone file to which the SRV records of
// changed sets point, but for those that have a set of their own in the plan. All
// records of such names are kept when the file is read; see readAgain.
func (c *Changes) srvTargets(z *zone, sets []plan.RecordSet) []plan.SRVTarget {
	wanted := map[string]bool{}
	for _, set := range sets {
		if set.Type != "SRV" || !set.Changed() {
			continue
		}
		// the old ones too: the rollback leads partners back to them
		for _, data := range slices.Concat(set.Old, set.New) {
			if s, ok := dnsname.ParseSRV(data); ok && c.zones.zoneOf(s.Target) == z {
				wanted[s.Target] = true
			}
		}
	}
	for _, set := range sets {
		if set.Type != "SRV" {
			// a set of the plan is a prerequisite by its values, which says more than its type
			delete(wanted, set.Owner)
		}
	}
	var out []plan.SRVTarget
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		target := plan.SRVTarget{Name: name}
		for _, typ := range []string{"A", "AAAA"} {
			if z.has(name, typ) {
				target.Types = append(target.Types, typ)
			}
		}
		if len(target.Types) > 0 {
			out = append(out, target)
		}
	}
	return out
}

// edit makes hunks in each file that turn each set into its new one.
func edit(file *zonefile.Zone, files []plan.ZoneFile, sets []plan.RecordSet, serial uint32) error {
	var changes []zonefile.Change
	for _, set := range sets {
		if !set.Changed() {
			continue
		}
		change := zonefile.Change{Owner: set.Owner, Type: set.Type, Data: set.New}
		if len(set.Old) == 0 || set.TTLChanged() {
			change.TTL = set.NewTTL
		}
		changes = append(changes, change)
	}
	edits, err := file.EditFiles(changes, serial)
	if err != nil {
		return err
	}
	for i := range files {
		if err := editFile(&files[i], file.Files[i].Text, edits[i]); err != nil {
			return err
		}
	}
	return nil
}

// editFile makes the hunks and the new text of one file.
func editFile(f *plan.ZoneFile, text []byte, edits []zonefile.LineEdit) error {
	if len(edits) == 0 {
		return nil
	}
	var lines []hunk.Edit
	for _, e := range edits {
		lines = append(lines, hunk.Edit(e))
	}
	// three lines of context, as diff -u has
	hunks, err := hunk.FromEdits(text, lines, 3)
	if err != nil {
		return err
	}
	f.Hunks = hunk.Join(text, hunks, joinedLines, joinedBytes)
	// parts of the old text: a copy of a zone of a million records would double the memory
	f.Text, err = hunk.Pieces(text, f.Hunks)
	return err
}

// Hunks are joined up to this many lines and bytes between them, so that no program
// applies a part of them. What is shown of a diff on a review site has such a size; a
// million lines would be four files of that size for three lines that change.
const (
	joinedLines = 10_000
	joinedBytes = 512 << 10
)

// rollback makes, out of the hunks of a change, those that take it back but for the
// serial, which goes up once more. As the reversed hunks restore the old text byte by
// byte, only its line with the serial differs, and the edit of that is checked as any.
func rollback(file *zonefile.Zone, files []plan.ZoneFile, serial uint32) error {
	edits, err := file.EditFiles(nil, serial)
	if err != nil {
		return err
	}
	for i := range files {
		// The edit of the serial is known against the old text, and the reversed hunks insert just
		// that text: so it can be made in their lines.
		back := hunk.Reverse(files[i].Hunks)
		for _, e := range edits[i] {
			if err := hunk.Amend(back, hunk.Edit(e)); err != nil {
				return err
			}
		}
		files[i].RollbackHunks = back
	}
	return nil
}

// serialError says why the serial that is asked for cannot be had.
type serialError struct{ why string }

func (e *serialError) Error() string { return e.why }

// nextSerial is the serial of the new zone, by the policy of the zone. The date is that
// of the change window: edgeplan reads no clock.
func (c *Changes) nextSerial(z *zone, old uint32) (uint32, error) {
	switch policy := z.Serial.V; policy {
	case "date":
		if _, ok := c.windowDay(); !ok {
			return 0, &serialError{`serial = "date" takes the date from window_start, which is not given`}
		}
	// laterSerial knows what these mean
	case "auto", "increment":
	default:
		wanted, err := strconv.ParseUint(policy, 10, 32)
		if err == nil {
			err = zonefile.Explicit(old, uint32(wanted))
		}
		if err != nil {
			return 0, &serialError{sentence(err.Error())}
		}
		return uint32(wanted), nil
	}
	return c.laterSerial(z, old), nil
}

// laterSerial raises a serial: to the day of the change where the policy is date, or is
// auto and the serial is a date already; else by one.
func (c *Changes) laterSerial(z *zone, old uint32) uint32 {
	day, ok := c.windowDay()
	// auto keeps the kind of the serial: a counter or a Unix time that became a date would
	// jump ahead, and a serial does not go back (RFC 1982)
	if !ok || z.Serial.V != "date" && !(z.Serial.V == "auto" && zonefile.PolicyOf(old) == zonefile.ByDate) {
		return zonefile.Increment(old)
	}
	// where the serial is past that day already it goes up by one
	serial, _ := zonefile.Date(old, day)
	return serial
}

// sentence makes the text of an error one.
func sentence(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

// windowDay is the day on which the change window starts, as YYYYMMDD in UTC.
func (c *Changes) windowDay() (day int, ok bool) { return plan.DayOf(c.day) }
