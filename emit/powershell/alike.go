package powershell

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/words"
)

// Sets of one zone, and small zones, that are alike but for a name stand as one entry: * is in place of the name,
// and Of lists the names. So a plan of a thousand SIP domains is reviewed as a list of them.

// smallest is how many sets a zone may have that stands in one entry with others.
const smallest = 4

// alike puts together those that have one key, where there are enough, in the order of the first of each; those
// that have none, "", stay alone.
func alike[T any](all []T, key func(T) string) [][]T {
	keys := make([]string, len(all))
	count := map[string]int{}
	for i, one := range all {
		keys[i] = key(one)
		count[keys[i]]++
	}
	var out [][]T
	at := map[string]int{} // where those of a key are
	for i, one := range all {
		if k := keys[i]; k == "" || count[k] < words.Fewest {
			out = append(out, []T{one})
		} else if j, there := at[k]; there {
			out[j] = append(out[j], one)
		} else {
			at[k] = len(out)
			out = append(out, []T{one})
		}
	}
	return out
}

// form is a set with * for a name: that of its domain, or of the set itself.
type form struct {
	of       plan.RecordSet
	name     string   // that * stands for, without the final dot
	set      string   // as words.SetName has it
	old, new []string // as the runtime has records
}

// formOf is a set as it is, with no name taken out of it.
func formOf(set plan.RecordSet) form {
	return form{of: set, set: words.SetName(set), old: shown(set.Old, set.OldTTL), new: shown(set.New, set.NewTTL)}
}

// without takes a name out of the set, and out of its data where that ends in it too. It is false where the set
// has another name, or something that could be taken for a part of the list.
func (f form) without(name string, data bool) (form, bool) {
	head, under := strings.CutSuffix(strings.TrimSuffix(f.of.Owner, "."), name)
	if !under || name == "" || head != "" && !strings.HasSuffix(head, ".") || strings.ContainsAny(f.of.Owner, " *") {
		return f, false
	}
	f.name, f.set = name, head+"* "+f.of.Type
	f.old, f.new = slices.Clone(f.old), slices.Clone(f.new)
	for _, list := range [][]string{f.old, f.new} {
		for i, one := range list {
			if strings.Contains(one, "*") {
				return f, false
			}
			if rest, ends := strings.CutSuffix(one, name); data && ends && (strings.HasSuffix(rest, ".") || strings.HasSuffix(rest, " ")) {
				list[i] = rest + "*"
			}
		}
	}
	return f, true
}

// key is the same for forms that are alike.
func (f form) key() string { return fmt.Sprintf("%q %t %q %q", f.set, f.of.Changed(), f.old, f.new) }

// forms are the sets of a zone that the script asks for, as entries: each alone, or with those that are alike.
// Data that many have in common stays; what ends in the name of each has * there.
func (b *builder) forms(zone plan.Zone) [][]form {
	var all []form
	count := map[string]int{}
	whole := map[string]form{} // with their data, by number
	for _, set := range zone.Records {
		// A rollback must not be kept from what it can undo by a record that the plan never touched.
		if b.back && !set.Changed() {
			continue
		}
		f := formOf(set)
		all = append(all, f)
		if same, ok := f.without(words.OwnName(set), false); ok {
			whole[set.Number] = same
			count[same.key()]++
		}
	}
	for i, f := range all {
		same, ok := whole[f.of.Number]
		if ok && count[same.key()] < words.Fewest {
			same, ok = f.without(words.OwnName(f.of), true)
		}
		if ok {
			all[i] = same
		}
	}
	groups := alike(all, func(f form) string {
		if f.name == "" {
			return ""
		}
		return f.key()
	})
	for _, group := range groups {
		if len(group) == 1 { // as it is
			group[0] = formOf(group[0].of)
		}
	}
	return groups
}

// set is a set, or several that are alike: what it is called, is and becomes.
func (b *builder) set(f form, head ...entry) hash {
	h := append(hash(head), entry{"Set", b.lit(f.set), false})
	old, new := b.list(f.old), b.list(f.new)
	switch {
	case !f.of.Changed():
		return append(h, entry{"Is", old, false})
	case b.back:
		old, new = new, old
	}
	return append(h, entry{"From", old, false}, entry{"To", new, false})
}

// records are the sets of a zone; on the way back those that the plan changed.
func (b *builder) records(zone plan.Zone) array {
	var out array
	for _, group := range b.forms(zone) {
		if len(group) == 1 {
			out = append(out, b.set(group[0], entry{"Id", b.lit(group[0].of.Number), false}))
			continue
		}
		b.alike = true
		var names []string
		for _, f := range group {
			names = append(names, f.of.Number+" "+f.name)
		}
		out = append(out, append(b.set(group[0]), entry{"Of", b.array(names), true}))
	}
	return out
}

// askedZone is a zone that a part asks for.
type askedZone struct {
	plan.Zone
	source plan.Source
	forms  []form // of its sets, with * for the zone's name, or nil
	after  []int  // by how much the number of each is higher than that of the zone
}

// key is the same for zones that are alike; "" where the zone stands alone.
func (b *builder) key(z askedZone) string {
	if len(z.forms) == 0 {
		return ""
	}
	_, _, compared := z.Serials(b.back)
	out := fmt.Sprintf("%q %q %t %t %q", z.Server, z.Computer, z.Edited(), compared, cites(b.plan, z.source))
	for i, f := range z.forms {
		out += fmt.Sprintf(" %d %s", z.after[i], f.key())
	}
	return out
}

// zones are those that a part asks for, as entries: each alone, or with those that are alike.
func (b *builder) zones(checks []plan.ZoneCheck) array {
	var all []askedZone
	for _, check := range checks {
		z := askedZone{Zone: b.zoneOf(check.Name), source: check.Source}
		z.forms, z.after = b.small(z.Zone)
		all = append(all, z)
	}
	var out array
	for _, group := range alike(all, b.key) {
		if len(group) == 1 {
			out = append(out, b.zone(group[0].Zone, group[0].source))
		} else {
			out = append(out, b.zonesOf(group))
		}
	}
	return out
}

// small are the sets of a zone with few of them, with * for its name; none where they cannot stand so.
func (b *builder) small(zone plan.Zone) (forms []form, after []int) {
	first, err := strconv.Atoi(strings.TrimPrefix(zone.Number, "P"))
	if err != nil || len(zone.Records) > smallest || strings.ContainsAny(zone.Name, " *") {
		return nil, nil
	}
	for _, set := range zone.Records {
		if b.back && !set.Changed() {
			continue
		}
		f, ok := formOf(set).without(words.FileBase(zone), true)
		number, err := strconv.Atoi(strings.TrimPrefix(set.Number, "P"))
		if !ok || err != nil || number <= first || zone.Number != factNumber(first) || set.Number != factNumber(number) {
			return nil, nil
		}
		forms, after = append(forms, f), append(after, number-first)
	}
	return forms, after
}

// factNumber is how the facts about zones and sets are numbered, as the runtime makes it again.
func factNumber(n int) string { return fmt.Sprintf("P%02d", n) }

// zonesOf is one entry for zones that are alike.
func (b *builder) zonesOf(all []askedZone) hash {
	b.alike = true
	var names []string
	for _, z := range all {
		name := z.Number + " " + words.FileBase(z.Zone)
		if from, to, compared := z.Serials(b.back); compared {
			name += " " + from.String() + " " + to.String()
		}
		names = append(names, name)
	}
	var sets []node
	for i, f := range all[0].forms {
		sets = append(sets, b.set(f, entry{"Plus", expr(strconv.Itoa(all[0].after[i])), false}))
	}
	h := append(hash{{"Server", b.lit(all[0].Server), false}}, b.zoneKeys(all[0].Zone, all[0].source, false)...)
	return append(h, entry{"Of", b.array(names), true}, entry{"Records", several(sets...), true})
}
