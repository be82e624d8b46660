// Package planname has the rule for names of plans: each becomes the name of a folder on any
// system, among files that edgeplan writes itself.
package planname

import (
	"regexp"
	"strings"
)

// What a folder may be called on every system: no separators, no leading dot, no name of a
// Windows device.
var (
	folder  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}[A-Za-z0-9_-]$|^[A-Za-z0-9]$`)
	devices = regexp.MustCompile(`(?i)^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)`)
	// A folder of packages with one of these in it would pass for a package, or one of the packages for a kit.
	artifacts = regexp.MustCompile(
		`(?i)^(plan\.json|matrix\.json|matrix\.md|sha256sums|change\.md|change\.html|(failover|failback|prepare|media|next-hop|rollback)\.ps1|dns|.*\.rehearsal)$`)
)

// Is tells whether a name can be that of a plan.
func Is(name string) bool { return IsFolder(name) && !IsArtifact(name) }

// IsFolder tells whether a folder can have a name on every system.
func IsFolder(name string) bool { return folder.MatchString(name) && !devices.MatchString(name) }

// IsArtifact tells whether a name is one that edgeplan gives to something in a package, or to
// a kit.
func IsArtifact(name string) bool { return artifacts.MatchString(name) }

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
