package zonefile

import (
	"strconv"
	"strings"
)

// The data of LOC records.

// readLocation reads RFC 1876: latitude, longitude, altitude, and up to three sizes.
func readLocation(f *fieldReader) {
	latitude := readCoordinate(f, 90, "N", "S")
	longitude := readCoordinate(f, 180, "E", "W")
	token := f.word("an altitude in metres")
	depth, below := strings.CutPrefix(string(token), "-")
	// RFC 1876, section 2: sent as centimetres above 100 km below the reference sphere, in 32 bits.
	const base = 100_000_00
	most := uint64(1<<32 - 1 - base)
	if below {
		most = base
	}
	cm, ok := centimetres(depth)
	if f.ok() && (!ok || cm > most) {
		f.wrong(token, "an altitude in metres")
	}
	altitude := base + uint32(cm)
	if below {
		altitude = base - uint32(cm)
	}
	sizes := [3]byte{0x12, 0x16, 0x13} // 1 m, 10 km and 10 m
	for i := 0; i < 3 && f.more(); i++ {
		token := f.word("a size in metres")
		cm, ok := centimetres(string(token))
		if !ok || cm/100 > 90_000_000 {
			f.wrong(token, "a size in metres")
		}
		// RFC 1876, section 2: sent as one digit and a power of ten up to 9, in centimetres. BIND
		// drops the other digits.
		sizes[i] = 0
		for ; cm > 9; cm /= 10 {
			sizes[i]++
		}
		sizes[i] |= byte(cm) << 4
	}
	f.sent = append(append(f.sent, 0), sizes[:]...)
	for _, n := range []uint32{latitude, longitude, altitude} {
		f.put(n, 32)
	}
}

// readCoordinate reads degrees, minutes and seconds up to a direction. The result is in thousandths
// of a second, with the equator and the meridian in the middle of 32 bits.
func readCoordinate(f *fieldReader, most uint64, positive, negative string) uint32 {
	what := "a coordinate such as 42 21 54.000 " + positive
	f.upTo(most)
	angle := f.number * 3600_000
	// At 90 and 180 degrees, minutes and seconds can only be 0.
	full := uint64(f.number) == most
	for n := 0; f.ok(); n++ {
		token := f.word(positive + " or " + negative)
		switch {
		// Minutes and seconds may be left out, as in 42 N.
		case string(token) == positive:
			return 1<<31 + angle
		case string(token) == negative:
			return 1<<31 - angle
		case !f.ok():
		case n == 0:
			// Step back and read the minutes as a number.
			f.next--
			if f.upTo(59); full && f.number > 0 {
				f.wrong(token, what)
			}
			angle += f.number * 60_000
		default:
			seconds, ok := scaled(string(token), 3) // thousandths
			if n > 1 || !ok || seconds >= 60_000 || full && seconds > 0 {
				f.wrong(token, what)
			}
			angle += uint32(seconds)
		}
	}
	return 0
}

func centimetres(text string) (cm uint64, ok bool) { return scaled(strings.TrimSuffix(text, "m"), 2) }

// scaled reads a number with up to so many digits behind the dot, as a whole number with all of
// them.
func scaled(text string, places int) (n uint64, ok bool) {
	whole, behind, _ := strings.Cut(text, ".")
	whole = withoutSign(whole)
	if strings.Trim(whole+behind, "0123456789") != "" || len(behind) > places || whole+behind == "" {
		return 0, false
	}
	n, err := strconv.ParseUint(whole+behind+strings.Repeat("0", places-len(behind)), 10, 64)
	return n, err == nil
}
