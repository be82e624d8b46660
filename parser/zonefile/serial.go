package zonefile

import (
	"errors"
	"fmt"
)

// Greater reports whether serial a is greater than b in the arithmetic of RFC 1982,
// that is, whether a secondary that holds b takes a. Numbers exactly 2^31 apart are
// not comparable and give false.
func Greater(a, b uint32) bool { return a != b && a-b < 1<<31 }

// Increment is the serial after old, which is always [Greater]. It leaves out 0, which
// some servers take to mean that there is no serial.
func Increment(old uint32) uint32 {
	if old == 1<<32-1 {
		// 0 would be next in RFC 1982, and 1 is greater than the old serial as well.
		return 1
	}
	return old + 1
}

// Date is the first serial YYYYMMDDnn of the given day that is greater than old. When
// there is none, the result is old incremented and rolled is true: the serial does not
// show the day. That is so when old lies ahead of the day, when the day does not fit,
// and when nn is 99: its successor reads as 00 of the next number, 2026123199 as
// 2026123200. The result is always [Greater] than old and never 0.
//
// yyyymmdd is a number such as 20261205; whether there is such a day is not looked at.
func Date(old uint32, yyyymmdd int) (serial uint32, rolled bool) {
	// YYYYMMDD99 has to fit into 32 bits.
	if yyyymmdd < 1 || yyyymmdd > (1<<32-1)/100-1 {
		return Increment(old), true
	}
	first := uint32(yyyymmdd) * 100
	if Greater(first, old) {
		return first, false
	}
	// Where the old serial has this day already, the next number is still one of the day.
	next := Increment(old)
	return next, next/100 != uint32(yyyymmdd)
}

// Explicit is nil if wanted can follow old: if it is [Greater] and not 0. Otherwise the
// error says why not and which serials can.
func Explicit(old, wanted uint32) error {
	switch {
	case Greater(wanted, old) && wanted != 0:
		return nil
	case wanted == old:
		return fmt.Errorf("the zone has the serial %d already, so secondaries would not fetch it; %s",
			wanted, possible(old))
	case wanted == 0:
		return errors.New("the serial 0 means to some servers that there is none; " + possible(old))
	// RFC 1982, section 3.2: which one is greater is undefined, so secondaries may differ.
	case wanted-old == 1<<31:
		return fmt.Errorf("the serials %d and %d are 2147483648 apart, "+
			"and which of them is greater is not defined (RFC 1982); %s", wanted, old, possible(old))
	}
	return fmt.Errorf("the serial %d is lower than %d in the arithmetic of RFC 1982, "+
		"so secondaries would not fetch the zone; %s", wanted, old, possible(old))
}

// possible says which serials are greater than old.
func possible(old uint32) string {
	return fmt.Sprintf("possible are %d to %d%s", Increment(old), old+(1<<31-1), wraps(old))
}

func wraps(old uint32) string {
	// After the largest serial the range begins at 1 and does not wrap.
	if old+(1<<31-1) < old && old != 1<<32-1 {
		return ", by way of 4294967295 and 1"
	}
	return ""
}

// Policy is how a zone counts its serials.
type Policy string

// The policies, as a spec spells them.
const (
	Counter Policy = "increment" // each serial is the one before and 1
	ByDate  Policy = "date"      // YYYYMMDDnn
)

// PolicyOf guesses the policy from a serial: ByDate for a day of the calendar from
// 1990 to 2099 with two more digits, else Counter.
func PolicyOf(serial uint32) Policy {
	year, month, day := serial/1000000, serial/10000%100, serial/100%100
	if year >= 1990 && year <= 2099 && day >= 1 && day <= daysOf(month, year) {
		return ByDate
	}
	return Counter
}

// daysOf is how many days a month has; 0 when there is no such month. From 1990 to
// 2099 every fourth year is a leap year.
func daysOf(month, year uint32) uint32 {
	switch month {
	case 1, 3, 5, 7, 8, 10, 12:
		return 31
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 {
			return 29
		}
		return 28
	}
	return 0
}
