package planname

import "testing"

func TestNames(t *testing.T) {
	for name, want := range map[string]struct {
		is   bool
		near string
	}{
		"failover-2": {true, "failover-2"}, "A": {true, "A"}, "": {false, ""}, ".a": {false, "a"}, "a.": {false, "a"}, "a b/c": {false, "a-b-c"},
		"NUL": {false, ""}, "nul.txt": {false, ""}, "ü": {false, ""}, "Plan.json": {false, "Plan.json"}, "dns": {false, "dns"}, "x.rehearsal": {false, "x.rehearsal"},
	} {
		if Is(name) != want.is || Near(name) != want.near {
			t.Errorf("%q: %v, near %q; want %v, %q", name, Is(name), Near(name), want.is, want.near)
		}
	}
}
