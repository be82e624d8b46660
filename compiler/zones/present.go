package zones

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/report"
	"github.com/edgeplan/edgeplan/parser/diag"
	"github.com/edgeplan/edgeplan/parser/dnsname"
	"github.com/edgeplan/edgeplan/parser/zonefile"
)

// meant returns the name of the plan for which a record of another name was probably
// meant, "" if there is none: one whose owner lost its final dot or has an odd character,
// or one whose name was taken for a type because something is before it on the line.
func (k *keep) meant(z *zone, owner []byte, typ string) string {
	if !understood(typ) {
		// the name was read as a type, so the owner that the record has says nothing
		if name := k.labelled(z, typ); name != "" {
			return name
		}
	}
	own := owner // without the origin
	if z.holds(owner) {
		own = owner[:len(owner)-len(z.origin)]
	}
	// a cheap test, because this is asked of each record of a file of millions
	if len(own) > len(z.origin) && bytes.Contains(own, []byte(z.origin)) {
		for _, name := range z.shorter(string(owner)) {
			if has(k, name) {
				return name
			}
		}
	}
	// only names with addresses are host names: those of services have underscores
	host := typ == "A" || typ == "AAAA"
	if typ == "SRV" {
		if name := k.sameLetters(owner); name != "" {
			return name
		}
	}
	for i, c := range own {
		if odd[c] && oddAt(owner, i, host) {
			return k.likeness(string(owner), host)
		}
	}
	return ""
}

// odd are the octets that a name in canonical form may not have everywhere.
var odd = func() (table [256]bool) {
	for c := range table {
		table[c] = !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '.')
	}
	return table
}()

// oddAt tells whether an odd octet has no place in a name: no host has underscores, and
// none a hyphen at the end of a label; an asterisk is a label by itself.
func oddAt(name []byte, i int, host bool) bool {
	first := i == 0 || name[i-1] == '.'
	last := i+1 == len(name) || name[i+1] == '.'
	switch name[i] {
	case '_':
		return host
	case '-':
		return host && (first || last)
	case '*':
		return !first || !last
	}
	return true
}

// likeness is the name of the plan that an owner becomes without its odd characters, or
// without what is between them and the nearest dots.
func (k *keep) likeness(owner string, host bool) string {
	raw := dnsname.Unescaped(owner)
	// IDNA maps fullwidth letters to plain ones and drops what has no width.
	if name, err := dnsname.ToASCII(raw); err == nil && has(k, name) && !strings.Contains(name, "xn--") {
		return name
	}
	plain := strings.Map(func(c rune) rune {
		if c < utf8.RuneSelf && (!odd[c] || c == '-' || c == '_' && !host) {
			return c
		}
		return ' '
	}, raw)
	if host {
		labels := strings.Split(plain, ".")
		for i, label := range labels {
			labels[i] = strings.Trim(label, "-")
		}
		plain = strings.Join(labels, ".")
	}
	// What was typed may be all but the odd characters (xm*pp); or before the first and after
	// the label of the last (a no-break space before the TTL); or behind the last (//xmpp).
	last := strings.LastIndex(plain, " ")
	head, _, _ := strings.Cut(plain, " ")
	_, tail, _ := strings.Cut(plain[last+1:], ".")
	for _, name := range []string{strings.ReplaceAll(plain, " ", ""), head + "." + tail, plain[last+1:]} {
		if has(k, name) {
			return name
		}
	}
	return ""
}

// checkPresent reports records at the names of a plan that are not understood, and
// records that were probably meant for them. What it does not report can be counted on:
// the sets of the plan are all that there is.
func checkPresent(c *Changes, z *zone, names map[string]bool) {
	told := map[string]bool{} // once for each name
	tell := func(code diag.Code, name string, r *zonefile.Record, format string, args ...any) {
		if key := string(code) + name; !told[key] {
			told[key] = true
			c.report.Add(code, z.line(r), format, args...)
		}
	}
	unknown := false
	for i := range z.file.Records {
		r := &z.file.Records[i]
		owner := strings.TrimSuffix(r.Owner, ".")
		meant := strings.TrimSuffix(c.zones.keep.meant(z, []byte(r.Owner), r.Type), ".")
		switch {
		case names[r.Owner] && slices.Contains(madeByServer, r.Type):
			tell(report.NotUnderstood, owner, r,
				"From this record of type %s the server works out what %s answers with, so the plan cannot tell what "+
					"is there, and what it adds would be beside that. Replace it by records of A, AAAA or SRV with "+
					"what they are to be.",
				r.Type, owner)
		// a server may answer addresses by such a type, which the plan would not see
		case names[r.Owner] && !understood(r.Type):
			tell(report.NotUnderstood, owner, r,
				"This line is read as a record of type %s at %s, a type that edgeplan does not know.%s The plan "+
					"cannot tell what the name answers with. Correct the line, or replace it by records of A, AAAA or "+
					"SRV.",
				r.Type, owner, nearType(r.Type))
		case names[r.Owner] || !names[meant+"."]:
			// every server takes a type by its number (RFC 3597)
			known := understood(r.Type) || slices.Contains(madeByServer, r.Type) || strings.HasPrefix(r.Type, "TYPE")
			// once: it is about other names, and one shows what to look for
			if !unknown && !known {
				unknown = true
				c.report.Add(report.UnknownType, z.line(r),
					"This line is read as a record of type %s at %s.%s BIND, NSD and Knot DNS refuse a file with a "+
						"type that they do not know. If something else was meant, correct it; maybe a blank is where "+
						"none should be.",
					r.Type, owner, nearType(r.Type))
			}
		default:
			tell(report.Meant, meant, r, "%s", c.zones.keep.meantText(r, owner, meant))
		}
	}
}

// meantText says how the owner of a record is read, in place of the name for which it was meant.
func (k *keep) meantText(r *zonefile.Record, owner, meant string) string {
	switch {
	case !understood(r.Type):
		return fmt.Sprintf("This line is read as a record of type %s at %s, because a blank or another word is before "+
			"the name. If it was meant for %s, correct it; the plan does not count it.", r.Type, owner, meant)
	case r.Type == "SRV" && k.sameLetters([]byte(r.Owner)) != "":
		return fmt.Sprintf("The owner of this record is read as %s, which is not %s: an underscore, a hyphen or a dot "+
			"is missing, too many or in the place of another. Correct it; the plan does not count the record, and "+
			"would make one beside it.", owner, meant)
	// the name that was meant has the origin behind it
	case strings.HasPrefix(owner, meant+"."):
		return fmt.Sprintf("The owner of this record is read as %s: it lacks its final dot, so that the origin is "+
			"added. If %s was meant, write the dot; the plan does not count it.", owner, meant)
	}
	return fmt.Sprintf("The owner of this record is read as %s, which is not %s: it has a character that such a name "+
		"cannot have. Correct it, or make the line a comment with a semicolon; the plan does not count it.",
		owner, meant)
}

// nearType asks whether another word was meant than one that is no type.
func nearType(typ string) string {
	// IN too: a slip in the class makes it a type, as in "xmpp 300 INN A"
	near := diag.Suggest(typ, []string{"A", "AAAA", "CNAME", "IN", "MX", "NS", "SRV", "TXT"})
	if near == "" {
		return ""
	}
	return " Did you mean " + near + "?"
}

// namesOf are the owners of the sets of a plan in a zone, and the targets that are there.
func namesOf(sets []plan.RecordSet, targets []*target) map[string]bool {
	names := map[string]bool{}
	for _, set := range sets {
		names[set.Owner] = true
	}
	for _, t := range targets {
		names[t.name] = true
	}
	return names
}
