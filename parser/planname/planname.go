// Package planname has the rule for names of plans: each becomes the name of a folder on any
// system, among files that edgeplan writes itself.
package planname

import (
	"slices"
	"strings"
	"unicode"
)

// Names of Windows devices, with any extension, or none.
var devices = []string{"con", "prn", "aux", "nul"}

// A folder of packages with one of these in it would pass for a package, or one of the packages for a kit.
var artifacts = []string{
	"plan.json", "matrix.json", "matrix.md", "sha256sums", "change.md", "change.html", "dns",
	"failover.ps1", "failback.ps1", "prepare.ps1", "media.ps1", "next-hop.ps1", "rollback.ps1",
}

const (
	maxName = 64
	kit     = ".rehearsal"
)

// Is tells whether a name can be that of a plan.
func Is(name string) bool { return IsFolder(name) && !IsArtifact(name) }

// IsFolder tells whether a folder can have a name on every system: letters, digits, "_", "-" and ".", with no
// separators, no dot at either end, and no name of a Windows device.
func IsFolder(name string) bool {
	if name == "" || len(name) > maxName || !isAlphanumeric(name[0]) || name[len(name)-1] == '.' {
		return false
	}
	for i := range len(name) {
		if c := name[i]; !isAlphanumeric(c) && c != '_' && c != '.' && c != '-' {
			return false
		}
	}
	return !isDevice(name)
}

func isAlphanumeric(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

func isDevice(name string) bool {
	base, _, _ := strings.Cut(strings.ToLower(name), ".")
	if slices.Contains(devices, base) {
		return true
	}
	return len(base) == 4 && (base[:3] == "com" || base[:3] == "lpt") && base[3] >= '0' && base[3] <= '9'
}

// IsArtifact tells whether a name is one that edgeplan gives to something in a package, or to
// a kit, in any letter case that a file system may take for the same.
func IsArtifact(name string) bool {
	// EqualFold knows letters beyond ASCII that are k and s to some systems; lower has them as those.
	lower := strings.Map(func(r rune) rune {
		for r > unicode.MaxASCII && unicode.SimpleFold(r) < r {
			r = unicode.SimpleFold(r)
		}
		return unicode.ToLower(r)
	}, name)
	return slices.Contains(artifacts, lower) || strings.HasSuffix(lower, kit)
}

// Near is the name of a folder that is like another name, "" if there is none.
func Near(name string) string {
	parts := strings.FieldsFunc(name, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '.')
	})
	// A folder must not begin with a dot or end with one: Windows drops it there.
	if near := strings.Trim(strings.Join(parts, "-"), "._-"); IsFolder(near) {
		return near
	}
	return ""
}
