package planname

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
)

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

// TestPatterns: what is a name is what regular expressions say that are the rule, whatever line ends are in it.
func TestPatterns(t *testing.T) {
	folder := regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}[A-Za-z0-9_-]$|^[A-Za-z0-9]$`)
	devices := regexp.MustCompile(`(?i)^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)`)
	artifacts := regexp.MustCompile(
		`(?is)^(plan\.json|matrix\.json|matrix\.md|sha256sums|change\.md|change\.html|(failover|failback|prepare|media|next-hop|rollback)\.ps1|dns|.*\.rehearsal)$`)
	pieces := []string{"a", "Z", "0", "_", "-", ".", "con", "NUL", "com1", "LPT", "9", "plan", ".json", "failover", ".ps1", "dnſ", "DNS", "\u212a", "K", "ſha256ſumS", "sha256sums",
		".rehearsal", ".Rehearſal", "ü", "/", "\n", " ", "ß", "ẞ", "next-hop", "com٣", strings.Repeat("x", 31), strings.Repeat("y", 32), ""}
	rng := rand.New(rand.NewPCG(1, 1))
	for range 200_000 {
		name := ""
		for range 1 + rng.IntN(4) {
			name += pieces[rng.IntN(len(pieces))]
		}
		if got, want := IsFolder(name), folder.MatchString(name) && !devices.MatchString(name); got != want {
			t.Fatalf("IsFolder(%q) is %v", name, got)
		}
		if got, want := IsArtifact(name), artifacts.MatchString(name); got != want {
			t.Fatalf("IsArtifact(%q) is %v", name, got)
		}
	}
}
