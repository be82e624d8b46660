package zonediff

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/miekg/dns"

	"github.com/edgeplan/edgeplan/compiler/hunk"
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/words/sample"
	"github.com/edgeplan/edgeplan/parser/zonefile"
)

// place is where a text can be in a zone of a plan.
type place struct {
	name string
	put  func(*plan.Zone, string)
}

// places are those that come into an nsupdate script, besides the comments.
var places = []place{
	{"owner", func(z *plan.Zone, s string) { z.Records[0].Owner = s }},
	{"owner with a dot", func(z *plan.Zone, s string) { z.Records[0].Owner = s + ".contoso.com." }},
	{"type", func(z *plan.Zone, s string) { z.Records[0].Type = s }},
	{"address", func(z *plan.Zone, s string) { z.Records[0].New[0] = s }},
	{"end of an address", func(z *plan.Zone, s string) { z.Records[0].New[0] += s }},
	{"old address", func(z *plan.Zone, s string) { z.Records[0].Old[0] = s }},
	{"service", func(z *plan.Zone, s string) { z.Records[1].New[0] = s }},
	{"target", func(z *plan.Zone, s string) { z.Records[1].New[0] = "10 0 5269 " + s }},
	{"end of a target", func(z *plan.Zone, s string) { z.Records[1].New[0] += s }},
	{"server", func(z *plan.Zone, s string) { z.Server = s }},
	{"zone", func(z *plan.Zone, s string) { z.Name = s }},
	{"SOA", func(z *plan.Zone, s string) { z.SOAPrerequisite, z.SOA = true, s }},
	{"mailbox", func(z *plan.Zone, s string) {
		z.SOAPrerequisite, z.SOA = true, "ns1.contoso.net. "+s+" 7 3600 600 86400 300"
	}},
	{"SRV target", func(z *plan.Zone, s string) { z.SRVTargets = []plan.SRVTarget{{Name: s, Types: []string{"A"}}} }},
	{"type of an SRV target", func(z *plan.Zone, s string) {
		z.SRVTargets = []plan.SRVTarget{{Name: "xmpp.contoso.com.", Types: []string{s}}}
	}},
}

// TestNsupdateMany puts the hostile texts wherever a plan has a text: the script is
// refused, or has the lines of the plain one. All of them are fit for its comments.
func TestNsupdateMany(t *testing.T) {
	texts, base := sample.Texts(), sample.Plan().Zones[0]
	refused := 0
	for _, s := range texts {
		checkUpdate(t, "plan ID", base, s)
		for _, place := range places {
			zone := copied(base)
			place.put(&zone, s)
			refused += checkUpdate(t, place.name, zone, "p")
		}
	}
	for s := range sample.NotUTF8() {
		for _, place := range places {
			zone := sample.Plan().Zones[0]
			if place.put(&zone, s); checkUpdate(t, place.name, zone, s) == 0 {
				t.Errorf("%s %q is not refused", place.name, s)
			}
		}
	}
	if len(texts) < 10_000 || refused < len(texts)*8 {
		t.Errorf("%d texts, %d refused", len(texts), refused)
	}
	t.Logf("%d texts in %d places, %d refused", len(texts), len(places), refused)
}

// copied is a zone whose sets can be changed.
func copied(zone plan.Zone) plan.Zone {
	zone.Records = slices.Clone(zone.Records)
	for i, set := range zone.Records {
		zone.Records[i].Old, zone.Records[i].New = slices.Clone(set.Old), slices.Clone(set.New)
	}
	return zone
}

func FuzzNsupdate(f *testing.F) {
	f.Add("xmpp.contoso.com.", "10 0 5269 a.", "ns1.contoso.net", "plan")
	f.Add("x\nsend", "10 0 5269 a.\nsend", "::1", "\nsend\n")
	for i, s := range sample.Texts() {
		if i%500 == 0 {
			f.Add(s, "10 0 5269 "+s, s, s)
			f.Add("a.", "10 0 5269 a.", "a", s)
		}
	}
	f.Fuzz(func(t *testing.T, owner, data, server, plan string) {
		zone := sample.Plan().Zones[0]
		zone.Records[1].Owner, zone.Records[1].New[0], zone.Server, zone.File = owner, data, server, plan
		if owner != zone.Records[0].Owner { // two sets of one owner share a line
			checkUpdate(t, "all", zone, plan)
		}
	})
}

// plain are the directives of the sample zone and of its rollback.
var plain = sync.OnceValue(func() (out [2][]string) {
	for i, print := range []func(string, plan.Zone) (string, error){Nsupdate, NsupdateRollback} {
		script, err := print("p", sample.Plan().Zones[0])
		if err != nil {
			panic(err)
		}
		out[i], _ = directives(script)
	}
	return out
})

var refusal = regexp.MustCompile(`cannot be in a DNS file: byte \d+ is wrong`)

// checkUpdate is 1 for a script that is refused, and then the error has an offset. Else
// the script has the directives of the plain one, word for word but for the values.
func checkUpdate(t *testing.T, place string, zone plan.Zone, p string) (refused int) {
	t.Helper()
	for i, print := range []func(string, plan.Zone) (string, error){Nsupdate, NsupdateRollback} {
		got, err := print(p, zone)
		if err != nil {
			if got != "" || !refusal.MatchString(err.Error()) {
				t.Errorf("%s, plan %q: %q, %v", place, p, got, err)
			}
			refused = 1
			continue
		}
		lines, problems := directives(got)
		for _, problem := range problems {
			t.Errorf("%s, plan %q: %s", place, p, problem)
		}
		if !slices.Equal(lines, plain()[i]) {
			t.Errorf("%s, plan %q, direction %d: the script is\n%s", place, p, i, got)
		}
	}
	return refused
}

// directives are the lines of a script, as nsupdate cuts them, without the values. What
// update adds has to be a record to a DNS library too.
func directives(script string) (out, problems []string) {
	if at := strings.IndexFunc(script, func(r rune) bool { return r != '\n' && r < ' ' || r == 0x7F }); at >= 0 {
		problems = append(problems, fmt.Sprintf("byte %d is a control character: %q", at, script))
	}
	for line := range strings.Lines(script) {
		if strings.HasPrefix(line, ";") {
			out = append(out, ";")
			continue
		}
		code, _, comment := strings.Cut(strings.TrimSuffix(line, "\n"), ";")
		words := strings.Fields(code)
		if comment || len(words) == 0 || strings.ContainsAny(code, "\"\\$()@") {
			problems = append(problems, fmt.Sprintf("line %q", line))
			continue
		}
		kind := words[0]
		if len(words) > 1 && (kind == "update" || kind == "prereq") {
			kind += " " + words[1]
		}
		if kind == "update add" {
			if _, err := dns.NewRR(strings.Join(words[2:], " ")); err != nil {
				problems = append(problems, fmt.Sprintf("line %q: %v", line, err))
			}
		}
		out = append(out, fmt.Sprint(kind, " ", len(words)))
	}
	return out, problems
}

// TestZoneTextMany wants hostile texts as owners and data of a zone file: they are
// refused, or written so that a DNS library reads just those records.
func TestZoneTextMany(t *testing.T) {
	texts, taken := sample.Texts(), 0
	for _, s := range texts {
		for _, change := range []zonefile.Change{
			{Owner: s, Type: "A", TTL: 300, Data: []string{"192.0.2.9"}},
			{Owner: s + ".contoso.com.", Type: "A", TTL: 300, Data: []string{"192.0.2.9"}},
			{Owner: "xmpp.contoso.com.", Type: "A", Data: []string{s}},
			{Owner: "new.contoso.com.", Type: "SRV", TTL: 300, Data: []string{"10 0 5269 " + s}},
			{Owner: "new.contoso.com.", Type: "SRV", TTL: 300, Data: []string{"10 0 5269 " + s + "."}},
			{Owner: "new.contoso.com.", Type: "TXT", TTL: 300, Data: []string{s}},
			{Owner: "new.contoso.com.", Type: "TXT", TTL: 300, Data: []string{`"` + s + `"`}},
		} {
			taken += checkZoneText(t, change)
		}
	}
	if taken < len(texts)/10 {
		t.Errorf("only %d are taken", taken)
	}
	t.Logf("%d texts, %d records are taken", len(texts), taken)
}

// checkZoneText is 1 for a change that is made.
func checkZoneText(t *testing.T, change zonefile.Change) int {
	t.Helper()
	old := []byte(sample.OldZone)
	zone, err := zonefile.Read(old, "contoso.com.", nil)
	if err != nil {
		t.Fatal(err)
	}
	edits, err := zone.Edit([]zonefile.Change{change}, 8)
	if err != nil {
		return 0
	}
	var lines []hunk.Edit
	for _, e := range edits {
		lines = append(lines, hunk.Edit{Line: e.Line, Old: e.Old, New: e.New})
	}
	hunks, err := hunk.FromEdits(old, lines, 3)
	if err != nil {
		t.Fatal(err)
	}
	text, err := hunk.Apply(old, hunks)
	if err != nil {
		t.Fatal(err)
	}
	want := len(zone.Records)
	if change.Owner != "xmpp.contoso.com." {
		want++
	}
	again, err := zonefile.Read(text, "contoso.com.", nil)
	if err != nil || len(again.Records) != want || len(again.Directives) > 0 {
		t.Errorf("%+v: %v, the zone becomes\n%s", change, err, text)
	}
	parser := dns.NewZoneParser(strings.NewReader(string(text)), "contoso.com.", "")
	count := 0
	for _, more := parser.Next(); more; _, more = parser.Next() {
		count++
	}
	generic := strings.HasPrefix(change.Data[0], `\#`) // RFC 3597: not looked into
	if !generic && (parser.Err() != nil || count != want) {
		t.Errorf("%+v: a DNS library reads %d of %d records, %v:\n%q", change, count, want, parser.Err(), text)
	}
	return 1
}
