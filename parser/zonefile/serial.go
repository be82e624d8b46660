package zonefile

// Greater reports whether serial a is greater than b in the arithmetic of RFC 1982,
// that is, whether a secondary that holds b takes a. Numbers exactly 2^31 apart are
// not comparable and give false.
func Greater(a, b uint32) bool { return a != b && a-b < 1<<31 }

// Increment is the serial after old. It leaves out 0, which some servers take to mean
// that there is no serial.
func Increment(old uint32) uint32 {
	if old == 1<<32-1 {
		return 1
	}
	return old + 1
}

// Date is the first serial YYYYMMDDnn of the given day that is greater than old. When
// there is none because old lies ahead of that day or the day does not fit, the
// result is old incremented and rolled is true: the serial does not show the day.
//
// yyyymmdd is a number such as 20261205.
func Date(old uint32, yyyymmdd int) (serial uint32, rolled bool) {
	if yyyymmdd < 1 || yyyymmdd > (1<<32-1)/100-1 {
		return Increment(old), true
	}
	first := uint32(yyyymmdd) * 100
	if Greater(first, old) {
		return first, false
	}
	next := Increment(old)
	return next, next/100 != uint32(yyyymmdd)
}

// IsDate reports whether a serial reads as YYYYMMDDnn with a day of the years 1990 to
// 2099. Whoever keeps a zone with such a serial most likely wants it to stay one.
func IsDate(serial uint32) bool {
	year, month, day := serial/1000000, serial/10000%100, serial/100%100
	if year < 1990 || year > 2099 || month < 1 || month > 12 || day < 1 {
		return false
	}
	days := [...]uint32{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[month-1]
	if month == 2 && year%4 == 0 { // 2000 was a leap year, 2100 is out of range
		days = 29
	}
	return day <= days
}
