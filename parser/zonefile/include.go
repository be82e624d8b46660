package zonefile

import "slices"

// bound sets where the segment at hand ends.
func (s *Scanner) bound() {
	switch {
	case s.source == nil || s.source.segments == nil:
		s.limit, s.whole = len(s.src), true
	// While an edit is checked, only a part of the text is in the window.
	case s.window != nil:
		s.limit, s.whole = s.window.end(s.segment)
	default:
		s.limit, s.whole = s.source.segments[s.segment].End, true
	}
}

// depth is how many $INCLUDE lines lead to the place of the scan.
func (s *Scanner) depth() int {
	if s.source == nil || s.source.segments == nil {
		return 0
	}
	return s.source.segments[s.segment].depth
}

// next goes to the start of the next segment.
func (s *Scanner) next() {
	s.segment++
	// A line end that belongs to no segment is between two of them.
	s.pos = s.limit + 1
	// The origin may change with the file, and with it what the cached token means.
	s.cached = nil
	s.bound()
}

// enter goes from an $INCLUDE line into its file, if that is read at this place.
func (s *Scanner) enter(e *Entry) bool {
	// The $INCLUDE line of a file that is read is the last of its segment.
	if s.pos < s.limit || s.source == nil ||
		s.segment+1 >= len(s.source.segments) || s.source.segments[s.segment+1].depth <= s.depth() {
		return true
	}
	if !s.whole {
		return false // the window has to grow
	}
	inner := s.origin
	if len(e.Rdata) > 1 {
		var err error
		if inner, err = newDomain(e.Rdata[1].Of(s.src), s.origin); err != nil {
			return s.fail(e.Rdata[1].Start, "%v", err)
		}
	}
	// As in BIND, owner and origin are restored behind the file, and the TTL is not
	// (TestIncludeRules).
	s.up = &frame{origin: s.origin, owner: slices.Clone(s.lastOwner), line: s.line, up: s.up}
	s.next()
	s.origin, s.line = inner, 1
	return true
}

// leave goes from the end of an included file back to the line behind its $INCLUDE. It
// reports false where there is no such file, or not all of it in the window.
func (s *Scanner) leave() bool {
	f := s.up
	if f == nil || !s.whole {
		return false
	}
	s.next()
	s.origin, s.lastOwner, s.line, s.up = f.origin, append(s.lastOwner[:0], f.owner...), f.line, f.up
	return true
}

// returnTo goes on to where no more than depth $INCLUDE lines lead, right behind the file
// or files that it leaves. The text must have been read without an error.
func (s *Scanner) returnTo(depth int) {
	var e Entry
	var inside state
	for s.depth() > depth {
		s.save(&inside)
		// Read to the end: what follows may take the TTL of the last record in the file.
		if !s.Next(&e) || s.depth() <= depth {
			break
		}
	}
	if inside.line == 0 {
		return // it was there
	}
	// The entry just read was the first behind the files, so go back to before it and leave them
	// one by one.
	for s.restore(&inside); s.depth() > depth; s.leave() {
		s.pos = s.limit
	}
}
