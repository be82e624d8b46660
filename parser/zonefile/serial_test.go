package zonefile

import (
	"math/rand/v2"
	"strings"
	"testing"
)

func TestSerials(t *testing.T) {
	const day = 20261205
	tests := []struct {
		old, increment, date uint32
		rolled               bool
		policy               Policy
	}{
		{0, 1, 2026120500, false, Counter},
		{1, 2, 2026120500, false, Counter},
		{2026112299, 2026112300, 2026120500, false, ByDate},
		{2026120500, 2026120501, 2026120501, false, ByDate},
		{2026120598, 2026120599, 2026120599, false, ByDate},
		{2026120599, 2026120600, 2026120600, true, ByDate},
		{2026123199, 2026123200, 2026123200, true, ByDate},
		{2026123200, 2026123201, 2026123201, true, Counter},
		{2147483647, 2147483648, 2147483648, true, Counter},
		{2147483648, 2147483649, 2147483649, true, Counter},
		{4000000000, 4000000001, 4000000001, true, Counter},
		{4294967295, 1, 2026120500, false, Counter},
	}
	for _, tt := range tests {
		date, rolled := Date(tt.old, day)
		if got := Increment(tt.old); got != tt.increment || date != tt.date || rolled != tt.rolled || PolicyOf(tt.old) != tt.policy {
			t.Errorf("%d: increment %d, date %d %v, policy %s; want %+v", tt.old, got, date, rolled, PolicyOf(tt.old), tt)
		}
	}
	for _, bad := range []int{-1, 0, 42949672, 1 << 40} {
		if got, rolled := Date(7, bad); got != 8 || !rolled {
			t.Errorf("day %d gives %d %v", bad, got, rolled)
		}
	}
	if Greater(1<<31, 0) || Greater(0, 1<<31) || Greater(5, 5) || !Greater(0, 4294967295) {
		t.Error("comparison is not that of RFC 1982")
	}
}

func TestPolicyOf(t *testing.T) {
	for serial, want := range map[uint32]Policy{
		1989123199: Counter, 1990010100: ByDate, 1990010099: Counter, 2099123199: ByDate, 2100010100: Counter,
		2026133100: Counter, 2026010000: Counter, 2026000100: Counter, 2026022900: Counter, 2028022900: ByDate,
		2026043100: Counter, 2026043099: ByDate, 1764547200: Counter, 20261205: Counter,
	} {
		if got := PolicyOf(serial); got != want {
			t.Errorf("%d is %s, want %s", serial, got, want)
		}
	}
}

func TestExplicit(t *testing.T) {
	tests := []struct {
		old, wanted uint32
		want        string // of the error
	}{
		{0, 1, ""},
		{0, 0, "has the serial 0 already"},
		{0, 2147483647, ""},
		{0, 2147483648, "not defined"},
		{0, 4294967295, "lower than 0"},
		{1, 0, "means to some servers that there is none; possible are 2 to 2147483648"},
		{1, 2147483648, ""},
		{1, 2147483649, "2147483648 apart"},
		{2026112299, 2026112300, ""},
		{2026112299, 2026112298, "lower than 2026112299 in the arithmetic of RFC 1982"},
		{2026112299, 4173595947, "2147483648 apart"},
		{2147483647, 4294967294, ""},
		{2147483648, 0, "means to some servers"},
		{4000000000, 2026112300, "lower than 4000000000"},
		{4000000000, 1852516351, ""},
		{4000000000, 1852516352, "possible are 4000000001 to 1852516351, by way of 4294967295 and 1"},
		{4294967295, 0, "means to some servers that there is none; possible are 1 to 2147483646"},
		{4294967295, 1, ""},
	}
	for _, tt := range tests {
		err := Explicit(tt.old, tt.wanted)
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%d after %d: %v, want %q", tt.wanted, tt.old, err, tt.want)
		}
	}
}

// TestSerialProperty goes round the ring: every policy gives a serial that secondaries
// take, never 0, and Explicit takes just what Greater does.
func TestSerialProperty(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 6))
	near := func() uint32 {
		return pick[uint32](rng, 0, 1<<31, 1<<32-1, 1990010100, 2026112299, 2099123199, rng.Uint32()) + uint32(rng.IntN(7)) - 3
	}
	for range 1_000_000 {
		a, b, day := near(), near(), pick(rng, 20261205, int(near()/100), rng.IntN(1<<26))
		date, rolled := Date(a, day)
		for _, next := range []uint32{Increment(a), date} {
			if next == 0 || !Greater(next, a) || Greater(a, next) || Explicit(a, next) != nil {
				t.Fatalf("after %d comes %d (day %d)", a, next, day)
			}
		}
		if !rolled && date/100 != uint32(day) || rolled && date != Increment(a) {
			t.Fatalf("after %d on %d comes %d, rolled %v", a, day, date, rolled)
		}
		if !rolled && date%100 != 0 && date != Increment(a) {
			t.Fatalf("after %d on %d comes %d, which leaves serials out", a, day, date)
		}
		if Greater(a, b) && Greater(b, a) || a != b && a-b != 1<<31 && Greater(a, b) == Greater(b, a) {
			t.Fatalf("%d and %d are not in one order", a, b)
		}
		if (Explicit(a, b) == nil) != (Greater(b, a) && b != 0) {
			t.Fatalf("%d after %d: %v", b, a, Explicit(a, b))
		}
	}
}
