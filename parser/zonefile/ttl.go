package zonefile

// maxTTL is the largest TTL of RFC 2181, section 8.
const maxTTL = 1<<31 - 1

// parseTTL reads seconds, or a sum of numbers with the units s, m, h, d and w such as
// 1h30m, which BIND, NSD and Knot take as well.
func parseTTL(token []byte) (uint32, bool) {
	var sum, number uint64
	digits, units := 0, 0
	for _, c := range token {
		if isDigit(c) {
			number = number*10 + uint64(c-'0')
			// With both factors bounded, the product fits into 64 bits.
			if digits++; number > maxTTL {
				return 0, false
			}
			continue
		}
		unit := unitSeconds(c)
		// 1h30m is fine, but neither h nor 1hm is.
		if digits == 0 || unit == 0 {
			return 0, false
		}
		sum += number * unit
		number, digits = 0, 0
		if units++; sum > maxTTL {
			return 0, false
		}
	}
	if (digits == 0) == (units == 0) { // nothing at all, or a number after the last unit
		return 0, false
	}
	return uint32(sum + number), true
}

func unitSeconds(c byte) uint64 {
	switch c {
	case 's', 'S':
		return 1
	case 'm', 'M':
		return 60
	case 'h', 'H':
		return 60 * 60
	case 'd', 'D':
		return 24 * 60 * 60
	case 'w', 'W':
		return 7 * 24 * 60 * 60
	}
	return 0
}
