package delivery

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/emit/words"
	"github.com/edgeplan/edgeplan/internal/pattern"
)

// ends are the ends of the names of all files that a zone may have, whatever its delivery.
func ends() []string {
	out := []string{common.end, words.TextEnds.Diff, words.TextEnds.RollbackDiff, words.TextEnds.Zone}
	for _, d := range deliveries {
		for _, f := range d.files {
			out = append(out, f.end)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Extensions are the last parts of the names of all files that a zone may have, with their dots.
func Extensions() []string {
	var out []string
	for _, end := range ends() {
		out = append(out, path.Ext(end))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// numbered is the end of the names of what is made of included files.
var numbered = pattern.New(regexp.QuoteMeta(words.IncludeEnd) + "[0-9]+$")

// Claims says which end of the name of a zone, in lower case and without the final dot, would make
// files of the zone those of another: contoso.com.rollback has contoso.com.rollback.nsupdate, and
// so has contoso.com. It is empty where the name has no such end.
func Claims(name string) string {
	if numbered.MatchString(name) {
		return words.IncludeEnd + " and a number"
	}
	all := ends()
	for _, long := range all {
		for _, short := range all {
			// contoso.com.rollback with .nsupdate is contoso.com with .rollback.nsupdate: what the long end has
			// before the short one must not end a name.
			if between, ok := strings.CutSuffix(long, short); ok && between != "" && strings.HasSuffix(name, between) {
				return between
			}
		}
	}
	return ""
}
