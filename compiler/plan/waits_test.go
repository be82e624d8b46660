package plan

import "testing"

// TestUTC: times of RFC 3339 are those of UTC to the second, or none.
func TestUTC(t *testing.T) {
	for in, want := range map[string]string{
		"2026-12-05T22:00:00Z": "2026-12-05T22:00:00Z", "2026-12-05T22:00:00.9+01:00": "2026-12-05T21:00:00Z",
		"": "", "tomorrow": "", "9999-12-31T23:59:59-14:00": "", "0001-01-01T00:00:00+14:00": "",
	} {
		if got := UTC(in); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
}
