package zonefile

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Change is what one record set is to be.
type Change struct {
	// Owner is an absolute name with its final dot; Type is a record type.
	Owner, Type string
	// TTL in seconds is what the whole set gets, as RFC 2181, section 5.2, wants one
	// TTL per set. With 0 records keep theirs, and new ones take the TTL of the
	// set, or the zone's default if the set is new.
	TTL uint32
	// Data is the complete wanted set in the form of [Record].Data; names are absolute.
	// Without any the set is removed.
	Data []string
}

// LineEdit replaces whole lines of a zone file.
type LineEdit struct {
	// Line is the 1-based number of the first line of Old. With an empty Old, New is
	// inserted before that line; one more than the number of lines means the end.
	Line int
	// Old are the lines that are removed and New those that are added, verbatim with their
	// terminators.
	Old, New []string
}

// Edit plans the edits of the zone's text that lead to the wanted record sets and set
// the serial of the SOA; the old serial leaves it alone. Sets that are not named in
// changes stay, whether [Read] kept them or not. The edits are in order of lines and
// do not overlap; there are none when nothing changes.
//
// A record that is not wanted is rewritten to one that is missing where possible, and only the
// tokens that differ change. What is left is deleted, or inserted behind the last
// record of the set, the owner or the type, in the style of that record and with its
// TTL written out. Where a deleted record gave its owner or its TTL to the next one,
// they move there.
//
// The result is read again before Edit returns: if it would differ from the planned
// change in any record, or if the change cannot be made, there is an error that names
// the record or the set, and no edits.
//
// A zone of several files needs [Zone.EditFiles].
func (z *Zone) Edit(changes []Change, serial uint32) ([]LineEdit, error) {
	if len(z.Files) > 1 {
		return nil, errors.New("the zone has several files")
	}
	edits, err := z.EditFiles(changes, serial)
	if err != nil {
		return nil, err
	}
	return edits[0], nil
}

// EditFiles is Edit with the edits of each of z.Files. A record is edited in the file that
// holds it, and new ones are added to the file of the record behind which they are placed, or else
// to the end of the zone's own. A file that is included more than once cannot be edited.
func (z *Zone) EditFiles(changes []Change, serial uint32) ([][]LineEdit, error) {
	p, splices, err := z.plan(changes, serial)
	if err != nil {
		return nil, err
	}
	files, err := z.source.split(splices)
	if err != nil {
		return nil, err
	}
	// After split, which refuses a file that is edited in two places of the text: verify needs
	// splices that do not overlap.
	if err := p.verify(splices); err != nil {
		return nil, err
	}
	out := make([][]LineEdit, len(files))
	for file, own := range files {
		out[file] = lineEdits(z.Files[file].Text, own)
	}
	return out, nil
}

// plan is Edit without the check of the result.
func (z *Zone) plan(changes []Change, serial uint32) (*plan, []splice, error) {
	p, err := newPlan(z, changes)
	if err != nil {
		return nil, nil, err
	}
	if err := p.locate(); err != nil {
		return nil, nil, err
	}
	for _, t := range p.targets {
		p.decide(t)
	}
	p.setSerial(serial)
	if err := p.settle(); err != nil {
		return nil, nil, err
	}
	// Last, because where a new record fits depends on which records are deleted.
	in := inserter{plan: p, draft: &p.draft}
	for _, t := range p.targets {
		in.insert(t)
	}
	return p, in.sorted(), nil
}

// plan is an edit in the making.
type plan struct {
	zone    *Zone
	src     []byte
	targets []*target
	owners  map[string]*ownerPlace
	types   map[string]*mark
	soa     *located
	last    mark     // the last record
	end     state    // after the last line
	again   *located // what at has read last,
	againAt int      // and where

	draft draft
}

// target is a wanted set and the records that are there.
type target struct {
	owner, typ string
	ttl        uint32     // 0 = keep
	wanted     [][]string // canonical fields of each record
	found      []*located
	missing    [][]string // what is to be inserted
}

// ownerPlace is where the records are of an owner that a change is about.
type ownerPlace struct {
	last    mark
	targets []*target
}

// mark is where a record begins.
type mark struct {
	at  int
	set bool
}

// located is a record of the text together with the state of the scan around it.
type located struct {
	Entry
	fields        []string // canonical rdata
	before, after state
	prev          *located // the record just before, if that is located as well
	gone          bool     // to be deleted
	ttl           uint32   // the TTL to be
}

func newPlan(z *Zone, changes []Change) (*plan, error) {
	p := &plan{
		zone: z, src: z.src, draft: newDraft(z.src),
		owners: make(map[string]*ownerPlace), types: make(map[string]*mark),
	}
	var data seen
	for _, c := range changes {
		t, err := newTarget(c, &data)
		if err != nil {
			return nil, fmt.Errorf("%s %s: %w", c.Owner, c.Type, err)
		}
		place := p.owners[t.owner]
		if place == nil {
			place = new(ownerPlace)
			p.owners[t.owner] = place
		}
		// With two changes of one set it is not known which one counts.
		if place.target(t.typ) != nil {
			return nil, fmt.Errorf("%s %s: the set is changed twice", c.Owner, c.Type)
		}
		if err := z.checkGenerated(t); err != nil {
			return nil, err
		}
		place.targets = append(place.targets, t)
		if p.types[t.typ] == nil {
			p.types[t.typ] = new(mark)
		}
		p.targets = append(p.targets, t)
	}
	return p, nil
}

// checkGenerated refuses a set of which a directive makes records: those are not in the
// file, so they cannot be edited one by one.
func (z *Zone) checkGenerated(t *target) error {
	if lines, _ := z.Makers(t.owner, t.typ); len(lines) > 0 {
		d := z.Directives[lines[0]]
		return fmt.Errorf("%s: this $GENERATE makes %s records of %s; write them out, so that single ones can change",
			lineName(d.File, d.Line), t.typ, t.owner)
	}
	return nil
}

func (o *ownerPlace) target(typ string) *target {
	for _, t := range o.targets {
		if t.typ == typ {
			return t
		}
	}
	return nil
}

// seen is data whose canonical fields are known: nearly all of thousands of new sets have the same.
type seen struct {
	typ, data string
	fields    []string
}

func (k *seen) canonical(typ, data string) ([]string, error) {
	if k.fields != nil && k.typ == typ && k.data == data {
		return k.fields, nil
	}
	fields, err := canonicalData(typ, data)
	if err == nil {
		*k = seen{typ, data, slices.Clip(fields)}
	}
	return fields, err
}

func newTarget(c Change, data *seen) (*target, error) {
	// Checked here because parseDomain adds a missing dot.
	if !isAbsolute([]byte(c.Owner)) {
		return nil, errors.New("the owner must be absolute, with a dot at its end")
	}
	owner, err := parseDomain(c.Owner)
	if err != nil {
		return nil, err
	}
	t := &target{owner: string(owner.text), typ: typeName([]byte(c.Type)), ttl: c.TTL}
	switch {
	case t.typ == "":
		return nil, errors.New("this is not a record type")
	case isClass([]byte(c.Type)):
		return nil, errors.New("this is a class, not a record type")
	case t.typ == "SOA":
		return nil, errors.New("of an SOA only the serial can be edited")
	case t.ttl > maxTTL:
		return nil, fmt.Errorf("the TTL %d is over 2147483647", t.ttl)
	}
	for _, text := range c.Data {
		fields, err := data.canonical(t.typ, text)
		if err != nil {
			return nil, err
		}
		// RFC 2181, section 5: a set has each record once.
		if !containsFields(t.wanted, fields) {
			t.wanted = append(t.wanted, fields)
		}
	}
	return t, nil
}

func containsFields(all [][]string, fields []string) bool {
	return slices.ContainsFunc(all, func(f []string) bool { return slices.Equal(f, fields) })
}

// decide settles what becomes of each record of a set.
func (p *plan) decide(t *target) {
	var going []*located
	present := make(map[string]bool)
	wanted := make(map[string]bool)
	for _, fields := range t.wanted {
		wanted[strings.Join(fields, " ")] = true
	}
	for _, l := range t.found {
		// Compared in canonical form, so that a record which is only spelled differently is not
		// touched.
		data := strings.Join(l.fields, " ")
		present[data] = true
		if wanted[data] {
			p.retime(t, l)
		} else {
			going = append(going, l)
		}
	}
	for _, fields := range t.wanted {
		if !present[strings.Join(fields, " ")] {
			t.missing = append(t.missing, fields)
		}
	}
	p.pair(t, going)
}

// retime gives a record that stays the wanted TTL.
func (p *plan) retime(t *target, l *located) {
	if t.ttl != 0 && t.ttl != l.TTL {
		p.draft.expect(l, l.fields, t.ttl)
		p.draft.setTTL(l, t.ttl)
	}
}

// pair rewrites records that are not wanted to missing ones, those first that have most fields in
// common, and deletes the rest.
func (p *plan) pair(t *target, going []*located) {
	rewritten := make([]bool, len(going))
	taken := make([]bool, len(t.missing))
	for _, c := range likeness(going, t.missing) {
		if rewritten[c.going] || taken[c.missing] {
			continue
		}
		l, fields := going[c.going], t.missing[c.missing]
		if !p.draft.rewrite(l, fields) {
			continue
		}
		rewritten[c.going], taken[c.missing] = true, true
		ttl := l.TTL
		if t.ttl != 0 {
			ttl = t.ttl
		}
		p.draft.expect(l, fields, ttl)
		p.draft.setTTL(l, ttl)
	}
	for i, l := range going {
		if !rewritten[i] {
			p.draft.remove(l)
		}
	}
	left := t.missing[:0:0]
	for i, fields := range t.missing {
		if !taken[i] {
			left = append(left, fields)
		}
	}
	t.missing = left
}

// maxPairs bounds how many pairs of records are compared for their likeness.
const maxPairs = 1 << 20

type couple struct{ going, missing, common int }

// likeness lists the pairs of a record that is not wanted and a missing one, the most alike
// first and otherwise in order. In very large sets it pairs them in order.
func likeness(going []*located, missing [][]string) []couple {
	var all []couple
	// Comparing all pairs takes quadratic time and memory. Where a whole large set is replaced, its
	// order is as good.
	if len(going)*len(missing) > maxPairs {
		for i := range min(len(going), len(missing)) {
			all = append(all, couple{going: i, missing: i})
		}
		return all
	}
	for i, l := range going {
		for j, fields := range missing {
			all = append(all, couple{i, j, common(l.fields, fields)})
		}
	}
	// Stable, so the same input gives the same edits.
	slices.SortStableFunc(all, func(a, b couple) int { return b.common - a.common })
	return all
}

// common counts the fields that are equal. Lists of unlike length have none.
func common(a, b []string) int {
	n := 0
	for i := range a {
		if len(a) == len(b) && a[i] == b[i] {
			n++
		}
	}
	return n
}

// setSerial rewrites the serial in the SOA.
func (p *plan) setSerial(serial uint32) {
	text := strconv.FormatUint(uint64(serial), 10)
	// A serial written as 07 is not rewritten to 7.
	if p.soa.fields[2] == text {
		return
	}
	fields := slices.Clone(p.soa.fields)
	fields[2] = text
	p.draft.expect(p.soa, fields, p.soa.TTL)
	p.draft.replace(p.soa.Rdata[2], text)
}
