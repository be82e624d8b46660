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
