package zonefile

import (
	"bytes"
	"strings"
)

// interpret gives the tokens of a logical line their meaning.
func (s *Scanner) interpret(e *Entry) bool {
	first := s.tokens[0].Of(s.src)
	// The first character of the line decides, even if a parenthesis follows before the token.
	if lead := s.src[e.Start]; lead == ' ' || lead == '\t' {
		if len(s.lastOwner) == 0 {
			return s.fail(s.tokens[0].Start, "the first record has no owner name; the line begins with a blank")
		}
		return s.record(e, s.tokens)
	}
	if first[0] == '$' {
		return s.directive(e, string(first))
	}
	if !s.owner(e) {
		return false
	}
	return s.record(e, s.tokens[1:])
}

// owner reads the owner name. Most records repeat the token of the one before.
func (s *Scanner) owner(e *Entry) bool {
	e.OwnerSpan = s.tokens[0]
	token := e.OwnerSpan.Of(s.src)
	// The same token means the same name until the origin changes, which empties the cache.
	if s.cached != nil && bytes.Equal(s.cached, token) {
		return true
	}
	// This overwrites the owner before, as entries are only valid until the next one.
	name, wire, marks := appendPlainName(s.lastOwner[:0], token, s.origin)
	if wire == 0 {
		var err error
		if name, _, err = appendOddName(s.lastOwner[:0], token, s.origin); err != nil {
			return s.fail(e.OwnerSpan.Start, "%v", err)
		}
		// Its characters were not classified, so checks of host names must read the name itself.
		marks = oddMark
	}
	s.lastOwner, s.cached, s.marks = name, token, marks
	return true
}

func (s *Scanner) directive(e *Entry, name string) bool {
	e.Rdata = s.tokens[1:]
	at := s.tokens[0].Start
	switch strings.ToUpper(name) {
	case "$ORIGIN":
		e.Kind = OriginEntry
		return s.setOrigin(e)
	case "$TTL":
		e.Kind = TTLEntry
		return s.setTTL(e)
	case "$INCLUDE":
		e.Kind = IncludeEntry
		if len(e.Rdata) == 0 {
			return s.fail(at, "$INCLUDE needs a file name")
		}
		if len(e.Rdata) > 2 {
			return s.fail(e.Rdata[2].Start, "$INCLUDE takes a file name and an origin")
		}
	case "$GENERATE":
		e.Kind = GenerateEntry
		if len(e.Rdata) < 4 {
			return s.fail(at, "$GENERATE needs a range, an owner, a type and data")
		}
	default:
		return s.fail(at, "%q is not a directive; $ORIGIN, $TTL, $INCLUDE and $GENERATE are", name)
	}
	return true
}

func (s *Scanner) setOrigin(e *Entry) bool {
	if len(e.Rdata) != 1 {
		return s.fail(s.tokens[0].Start, "$ORIGIN needs one name")
	}
	// Relative to the origin before, as in BIND; Knot DNS, NSD and PowerDNS refuse a name without a
	// final dot here.
	origin, err := newDomain(e.Rdata[0].Of(s.src), s.origin)
	if err != nil {
		return s.fail(e.Rdata[0].Start, "%v", err)
	}
	s.origin = origin
	s.cached = nil
	return true
}

func (s *Scanner) setTTL(e *Entry) bool {
	if len(e.Rdata) != 1 {
		return s.fail(s.tokens[0].Start, "$TTL needs one value")
	}
	value, ok := parseTTL(e.Rdata[0].Of(s.src))
	if !ok {
		return s.fail(e.Rdata[0].Start, "%q is not a TTL", e.Rdata[0].Of(s.src))
	}
	e.TTL, e.TTLSpan = value, e.Rdata[0]
	s.ttl = ttlState{value: value, source: TTLDirective, known: true}
	return true
}

// record reads what comes after the owner: TTL and class in either order, the type
// and its data.
func (s *Scanner) record(e *Entry, tokens []Span) bool {
	// A record without an owner has that of the record before it, which lastOwner still is.
	e.Owner = s.lastOwner
	// RFC 1035, section 5.1: TTL and class may be in either order before the type.
	n, ok := s.prefix(e, tokens)
	if !ok {
		return false
	}
	if n == len(tokens) {
		return s.fail(s.tokens[len(s.tokens)-1].Start, "the record has no type")
	}
	e.TypeSpan = tokens[n]
	if e.kind = s.types.of(e.TypeSpan.Of(s.src)); e.kind == nil {
		return s.fail(e.TypeSpan.Start, "%q is not a record type", e.TypeSpan.Of(s.src))
	}
	e.Type = e.kind.name
	e.Rdata = tokens[n+1:]
	if e.ClassSpan.Empty() {
		e.Class = s.class
	}
	return s.settleTTL(e)
}

// prefix reads TTL, class and age, and returns how many tokens they are.
func (s *Scanner) prefix(e *Entry, tokens []Span) (int, bool) {
	for i, span := range tokens {
		token := span.Of(s.src)
		switch {
		// No type begins with a digit. A second number is left to be refused as a type.
		case isDigit(token[0]) && e.TTLSpan.Empty():
			value, ok := parseTTL(token)
			if !ok {
				return 0, s.fail(span.Start, "%q is not a TTL", token)
			}
			e.TTL, e.TTLSpan = value, span
		case e.ClassSpan.Empty() && isClass(token):
			// RFC 1035, section 5.2: all records of a zone have one class.
			if s.class = upperClass(token); s.class != "IN" && s.class != "CLASS1" {
				return 0, s.fail(span.Start, "a record of class %s in a zone of class IN: "+
					"DNS servers refuse the whole file; remove the line, or correct its class", s.class)
			}
			e.Class, e.ClassSpan = s.class, span
		case isAge(token):
			e.Aged = true
		default:
			return i, true
		}
	}
	return len(tokens), true
}

func isClass(token []byte) bool {
	if len(token) == 2 {
		a, b := token[0]|0x20, token[1]|0x20
		return a == 'i' && b == 'n' || a == 'c' && (b == 'h' || b == 's') || a == 'h' && b == 's'
	}
	return len(token) > 5 && bytes.EqualFold(token[:5], []byte("CLASS")) && isDigit(token[5])
}

func upperClass(token []byte) string {
	// The usual spellings need no new string.
	if string(token) == "IN" || string(token) == "in" {
		return "IN"
	}
	return strings.ToUpper(string(token))
}

// isAge reports [AGE:n] and [Aging:n], the scavenging times of Windows DNS.
func isAge(token []byte) bool {
	if len(token) < 6 || token[0] != '[' || token[len(token)-1] != ']' {
		return false
	}
	word, _, found := bytes.Cut(token[1:], []byte(":"))
	return found && (bytes.EqualFold(word, []byte("AGE")) || bytes.EqualFold(word, []byte("AGING")))
}

// settleTTL works out the TTL of a record and what records after it inherit: a $TTL
// above, else the minimum of an SOA that states no TTL, else the last TTL stated.
func (s *Scanner) settleTTL(e *Entry) bool {
	stated := !e.TTLSpan.Empty()
	// RFC 2308, section 4: $TTL is the default. Only without one does BIND take the TTL stated
	// last.
	fixed := s.ttl.known && s.ttl.source != TTLPrevious
	// Before RFC 2308 the SOA minimum was the default TTL. It still is to Windows DNS Server, and
	// to BIND if the SOA record states no TTL.
	if e.Type == "SOA" && s.ttl.source != TTLDirective && (s.minimum || !stated) {
		if len(e.Rdata) != 7 {
			var tokens []string
			for _, field := range e.Rdata {
				tokens = append(tokens, string(field.Of(s.src)))
			}
			bad := countError("SOA", 7, tokens)
			at := e.TypeSpan.Start
			if bad.index > 0 {
				at = e.Rdata[bad.index].Start
			}
			return s.fail(at, "%s", bad.msg)
		}
		value, ok := parseTTL(e.Rdata[6].Of(s.src))
		if !ok {
			return s.fail(e.Rdata[6].Start, "%q is not a TTL", e.Rdata[6].Of(s.src))
		}
		s.ttl = ttlState{value: value, source: TTLSOAMinimum, known: true}
	} else if stated && !fixed {
		s.ttl = ttlState{value: e.TTL, source: TTLPrevious, known: true}
	}
	if stated {
		return true
	}
	if !s.ttl.known {
		return s.fail(e.TypeSpan.Start,
			"the record has no TTL, and there is neither a $TTL nor an SOA record before it")
	}
	e.TTL, e.TTLSource = s.ttl.value, s.ttl.source
	return true
}
