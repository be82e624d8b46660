package zonefile

import "strconv"

// Times in the data of records.

// time reads a time of an SOA record.
func (f *fieldReader) time() {
	token := f.word("a time")
	if !f.ok() {
		return
	}
	seconds, ok := parseTime(token)
	if !ok {
		f.wrong(token, "a time in seconds")
	}
	f.put(seconds, 32)
}

// parseTime reads a time of an SOA record. It has 32 bits, where a TTL has 31: BIND loads an expire of
// 4294967295.
func parseTime(token []byte) (seconds uint32, ok bool) {
	if seconds, ok = parseTTL(token); ok {
		return seconds, true
	}
	big, err := strconv.ParseUint(string(token), 10, 32)
	return uint32(big), err == nil
}

// readSigTime reads YYYYMMDDHHMMSS, or seconds since 1970.
func readSigTime(f *fieldReader) {
	// Up to ten characters are seconds since 1970 to BIND, more are a date.
	if f.more() && len(f.spans[f.next].Of(f.src)) <= 10 {
		f.uint(32)
		return
	}
	readStamp(f)
}

// readStamp reads YYYYMMDDHHMMSS.
func readStamp(f *fieldReader) {
	token := f.word("a time such as 20261123000000")
	if !f.ok() {
		return
	}
	seconds, ok := stamp(token)
	if !ok {
		f.wrong(token, "a time such as 20261123000000")
	}
	f.put(seconds, 32)
}

// leapDays counts those before a year, from one that is 400 years before the first.
func leapDays(year int) int {
	year += 399
	return year/4 - year/100 + year/400
}

// stamp is a time as YYYYMMDDHHMMSS, in seconds since 1970 of which 32 bits are sent (RFC 4034, section
// 3.1.5).
func stamp(token []byte) (seconds uint32, ok bool) {
	if len(token) != 14 {
		return 0, false
	}
	for _, c := range token {
		if !isDigit(c) {
			return 0, false
		}
	}
	part := func(from, to int) int { n, _ := strconv.Atoi(string(token[from:to])); return n }
	year, month, day := part(0, 4), part(4, 6), part(6, 8)
	// Second 60 is a leap second.
	if month < 1 || month > 12 || part(8, 10) > 23 || part(10, 12) > 59 || part(12, 14) > 60 {
		return 0, false
	}
	// The first days of the months and of the next year, from 0 on.
	firsts := [...]int{0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365}
	if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
		for i := range firsts[2:] {
			firsts[2+i]++
		}
	}
	days := firsts[month-1] + day - 1
	at := 365*(year-1970) + leapDays(year) - leapDays(1970) + days
	at = (at*24+part(8, 10))*60 + part(10, 12)
	return uint32(at*60 + part(12, 14)), day >= 1 && days < firsts[month]
}
