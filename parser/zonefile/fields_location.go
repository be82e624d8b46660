package zonefile

import (
	"strconv"
	"strings"
)

// The data of LOC records.

// readLocation reads RFC 1876: latitude, longitude, altitude, and up to three sizes.
func readLocation(f *fieldReader) {
	readCoordinate(f, 90, "N", "S")
	readCoordinate(f, 180, "E", "W")
	token := f.word("an altitude in metres")
	depth, below := strings.CutPrefix(string(token), "-")
	// RFC 1876, section 2: sent as centimetres above 100 km below the reference sphere, in 32 bits.
	most := uint64(42849672)
	if below {
		most = 100000
	}
	if f.ok() && !isMetres(depth, most) {
		f.wrong(token, "an altitude in metres")
	}
	for i := 0; i < 3 && f.more(); i++ {
		// RFC 1876, section 2: sent as one digit and a power of ten up to 9, in centimetres.
		if token := f.word("a size in metres"); !isMetres(string(token), 90000000) {
			f.wrong(token, "a size in metres")
		}
	}
}

// readCoordinate reads degrees, minutes and seconds up to a direction.
func readCoordinate(f *fieldReader, most uint64, positive, negative string) {
	what := "a coordinate such as 42 21 54.000 " + positive
	direction := func(token []byte) bool { return string(token) == positive || string(token) == negative }
	f.upTo(most)
	// At 90 and 180 degrees, minutes and seconds can only be 0.
	full := uint64(f.number) == most
	for n := 0; f.ok(); n++ {
		token := f.word(positive + " or " + negative)
		switch {
		// Minutes and seconds may be left out, as in 42 N.
		case !f.ok() || direction(token):
			return
		case n == 0:
			// Step back and read the minutes as a number.
			f.next--
			if f.upTo(59); full && f.number > 0 {
				f.wrong(token, what)
			}
		case n == 1 && isDecimal(string(token), 59, 3) && !(full && strings.Trim(string(token), "0.") != ""):
		default:
			f.wrong(token, what)
		}
	}
}

func isMetres(text string, most uint64) bool {
	return isDecimal(strings.TrimSuffix(text, "m"), most, 2)
}

// isDecimal reports a number with up to so many digits behind the dot.
func isDecimal(text string, most uint64, places int) bool {
	whole, behind, _ := strings.Cut(text, ".")
	if strings.Trim(whole+behind, "0123456789") != "" || len(behind) > places || whole+behind == "" {
		return false
	}
	// The zero is for sizes without digits before the dot, as .5m.
	n, err := strconv.ParseUint("0"+whole, 10, 64)
	return err == nil && n <= most
}
