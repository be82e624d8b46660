package zonefile

// legacy is what a record that leaves out its owner or its TTL takes from those before it.
type legacy struct {
	owner    string
	ttl      uint32
	ttlKnown bool
	up       *bequest
}

// bequest is an owner that comes back at the end of an included file.
type bequest struct {
	owner string
	up    *bequest
}

func bequests(f *frame) *bequest {
	if f == nil {
		return nil
	}
	return &bequest{owner: string(f.owner), up: bequests(f.up)}
}

// legacyOf is what the record behind a state of the scan inherits, if it is in that segment.
func (src *Source) legacyOf(before *state, segment int) legacy {
	l := legacy{
		owner: string(before.lastOwner), ttl: before.ttl.value, ttlKnown: before.ttl.known,
		up: bequests(before.up),
	}
	l.cross(src.segments, before.segment, segment)
	return l
}

// cross goes from one segment to a later one.
func (l *legacy) cross(segments []segment, from, to int) {
	for n := from + 1; n <= to; n++ {
		// Deeper is into a file, otherwise out of one (see [frame]).
		if segments[n].depth > segments[n-1].depth {
			l.up = &bequest{owner: l.owner, up: l.up}
		} else {
			l.owner, l.up = l.up.owner, l.up.up
		}
	}
}

// walk reads on in the old text behind a place at which it changes, and keeps what records
// there inherit in the new one.
type walk struct {
	scan *Scanner
	Entry
	in legacy
}

// next reads an entry. It is false at the end of the text, and where all that follows
// inherits what it does in the old text.
func (w *walk) next() bool {
	if w.settled() {
		return false
	}
	from := w.scan.segment
	if !w.scan.Next(&w.Entry) {
		return false
	}
	if from != w.scan.segment {
		w.in.cross(w.scan.source.segments, from, w.scan.segment)
	}
	return true
}

func (w *walk) settled() bool {
	// From an equal state on, both texts are read alike. The state includes the owners that the
	// ends of files restore.
	if string(w.scan.lastOwner) != w.in.owner || w.otherTTL() {
		return false
	}
	b := w.in.up
	for f := w.scan.up; f != nil; f, b = f.up, b.up {
		if string(f.owner) != b.owner {
			return false
		}
	}
	return true
}

// otherTTL reports that a record without a TTL would have another one in the new text.
func (w *walk) otherTTL() bool {
	old := w.scan.ttl
	// Under a $TTL or an SOA minimum no record takes the TTL of another.
	return old.source == TTLPrevious && !(w.in.ttlKnown && w.in.ttl == old.value)
}

// takesOwner reports that the entry inherits another owner than in the old text, or that
// this cannot be known.
func (w *walk) takesOwner() bool {
	switch w.Kind {
	case RecordEntry:
		return w.InheritsOwner() && string(w.Owner) != w.in.owner
	// A file that is not read may begin with a record that inherits, so it counts as one that does.
	case IncludeEntry:
		return w.scan.source.whyUnread(&w.Entry) != nil && string(w.scan.lastOwner) != w.in.owner
	}
	return false
}

// takesTTL is takesOwner for the TTL.
func (w *walk) takesTTL() bool {
	switch w.Kind {
	case RecordEntry:
		return w.TTLSource == TTLPrevious && !(w.in.ttlKnown && w.in.ttl == w.TTL)
	case IncludeEntry:
		return w.scan.source.whyUnread(&w.Entry) != nil && w.otherTTL()
	case GenerateEntry:
		return w.otherTTL()
	}
	return false
}

// pass notes what the entry gives to those behind it. It does not take another owner or TTL
// than in the old text, or is given those that it has.
func (w *walk) pass() {
	if w.Kind == RecordEntry {
		w.in.owner = string(w.Owner)
	}
	if w.Kind == RecordEntry || w.Kind == TTLEntry {
		w.in.ttl, w.in.ttlKnown = w.scan.ttl.value, w.scan.ttl.known
	}
}
