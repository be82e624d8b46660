package plan

import (
	"strconv"

	"github.com/edgeplan/edgeplan/parser/zonefile"
)

// Serial is a serial that a zone may have: this one, or with Later also a later one, as
// RFC 1982 counts.
type Serial struct {
	Number uint32
	Later  bool
}

// String is the number, with a plus sign where a later one will do.
func (s Serial) String() string {
	text := strconv.FormatUint(uint64(s.Number), 10)
	if s.Later {
		text += "+"
	}
	return text
}

// Serials are the serial with which the records are right that a change, or its
// rollback, comes from, and the one with which those are right that it leads to.
// compared is false where the serial says nothing: of a zone that is only checked, and
// with the delivery route53, whose servers never raise it.
//
// Before the change it is that of the zone file, from which the diff and an update that
// asks for the SOA record are made; an update that does not, and a Windows DNS server,
// take a later one too. Records from after the change need a later one, or secondary
// servers would never ask for them. On the way back any that is not earlier will do: the
// zone may have been edited since, or the change was never made.
func (z Zone) Serials(back bool) (from, to Serial, compared bool) {
	before := Serial{z.OldSerial, back || z.TakesLaterSerial()}
	// Not NewSerial: the server may count up itself, and the owner may have chosen another higher one.
	after := Serial{zonefile.Increment(z.OldSerial), true}
	compared = z.Changed() && z.HasSecondaries()
	if back {
		return after, before, compared
	}
	return before, after, compared
}
