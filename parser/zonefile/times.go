package zonefile

// Times are the places of a zone file whose times servers read in different ways.
type Times struct {
	// Directive is the first $TTL with a sum that a record takes its TTL from, SOA the
	// first number of an SOA and Record the first TTL in a record that is one.
	Directive, SOA, Record Sum
	// NoTTL is the line of the first record but the SOA that states no TTL and has no $TTL
	// above it; 0 if there is none. NoTTLFile is its file as in [Record], and NoTTLSource says
	// what it takes here.
	NoTTL       int
	NoTTLFile   string
	NoTTLSource TTLSource

	current Sum // of the $TTL that is in force
}

// Sum is a time that is written with more than one unit, such as 1h30m. BIND, NSD and
// Knot DNS add the parts up, as this package does. PowerDNS 4.7.3 takes the first number
// with the last unit and says nothing; it refuses a record with such a TTL.
type Sum struct {
	Text     string
	Seconds  uint32 // as this package reads it
	PowerDNS uint32 // as PowerDNS 4.7.3 does
	Line     int    // 1-based; 0 if there is no sum
	File     string // as in [Record]
}

func (t *Times) note(z *Zone, e *Entry) {
	switch {
	case e.Kind == TTLEntry:
		t.current = sum(z, e.TTLSpan, e.Line)
	case e.Kind != RecordEntry:
	case e.Type == "SOA":
		// Fields 3 to 6 are refresh, retry, expire and minimum.
		for i := 3; i < min(7, len(e.Rdata)) && t.SOA.Line == 0; i++ {
			t.SOA = sum(z, e.Rdata[i], e.Line)
		}
	case e.TTLSource == TTLStated:
		// A TTL without a unit at its end is no sum, and most have none.
		if t.Record.Line == 0 && !isDigit(z.src[e.TTLSpan.End-1]) {
			t.Record = sum(z, e.TTLSpan, e.Line)
		}
	case e.TTLSource == TTLDirective:
		// Reported only once a record takes it, because an unused directive changes nothing.
		if t.Directive.Line == 0 {
			t.Directive = t.current
		}
	case t.NoTTL == 0:
		t.NoTTL, t.NoTTLFile, t.NoTTLSource = e.Line, z.fileAt(e.Start), e.TTLSource
	}
}

// sum reads a time; its line is 0 if the time has fewer than two units.
func sum(z *Zone, span Span, line int) Sum {
	token := span.Of(z.src)
	units, first := 0, 0
	for i, c := range token {
		if !isDigit(c) {
			if units++; units == 1 {
				first = i
			}
		}
	}
	seconds, ok := parseTTL(token)
	if units < 2 || !ok {
		return Sum{}
	}
	number, _ := parseTTL(token[:first])
	// PowerDNS takes the digits up to the first letter and the last letter as their unit.
	last := unitSeconds(token[len(token)-1])
	return Sum{
		Text: string(token), Seconds: seconds, PowerDNS: uint32(uint64(number) * last),
		Line: line, File: z.fileAt(span.Start),
	}
}
