package zonefile

import "strconv"

// Times in the data of records.

// isBigTTL reports a number of 32 bits that is no TTL.
func isBigTTL(token []byte) bool {
	n, err := strconv.ParseUint(string(token), 10, 32)
	return err == nil && n > maxTTL
}

// readSigTime reads YYYYMMDDHHMMSS, or seconds since 1970.
func readSigTime(f *fieldReader) {
	f.size += 4
	token := f.word("a time such as 20261123000000")
	if !f.ok() {
		return
	}
	// Up to ten characters are seconds since 1970 to BIND, more are a date.
	if len(token) <= 10 {
		f.next--
		f.upTo(1<<32 - 1)
	} else if !isStamp(token) {
		f.wrong(token, "a time such as 20261123000000")
	}
}

// isStamp reports a time as YYYYMMDDHHMMSS.
func isStamp(token []byte) bool {
	if len(token) != 14 {
		return false
	}
	for _, c := range token {
		if !isDigit(c) {
			return false
		}
	}
	part := func(from, to int) int { n, _ := strconv.Atoi(string(token[from:to])); return n }
	year, month, day := part(0, 4), part(4, 6), part(6, 8)
	// Second 60 is a leap second.
	if month < 1 || month > 12 || part(8, 10) > 23 || part(10, 12) > 59 || part(12, 14) > 60 {
		return false
	}
	days := [...]int{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[month-1]
	if month == 2 && year%4 == 0 && (year%100 != 0 || year%400 == 0) {
		days++
	}
	return day >= 1 && day <= days
}
