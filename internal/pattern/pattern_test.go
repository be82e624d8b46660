package pattern

import "testing"

func TestRegexp(t *testing.T) {
	r := New(`a(b)`)
	if !r.MatchString("xab") || r.FindStringSubmatch("ab")[1] != "b" || r.ReplaceAllString("abab", "$1") != "bb" {
		t.Error("it is not that of package regexp")
	}
	if n, err := Check(); n != 1 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	defer func() { all = all[:1] }()
	New(`a(`)
	if _, err := Check(); err == nil {
		t.Error("a wrong one is not found")
	}
}
