package golden

import (
	"bytes"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/delivery"
	"github.com/edgeplan/edgeplan/emit/zonediff"
)

// What name servers make of the update files, sent by the clients for which they are.

// updated is a zone with update files, as these servers have it before and after.
type updated struct {
	plan.Zone
	text          []byte // of the zone before
	before, after []record
	update, back  string
}

var (
	// age is what only Windows DNS Server reads in a zone file.
	age = regexp.MustCompile(`\[AGE:\d+\]`)
	// Words that an update of the same shape has others of: in its owners and in its lines.
	ownerWord = regexp.MustCompile(`[0-9A-Za-z]+`)
	lineWord  = regexp.MustCompile(`[0-9a-z][0-9A-Za-z.:-]*`)
)

// eachUpdate calls f for each zone of a golden plan that has update files, and for those
// of [madeUp]; many specs make one and the same change, which is tried once.
func eachUpdate(t *testing.T, f func(t *testing.T, zone updated)) {
	zones, others, again := 0, 0, 0
	seen := map[string]bool{}
	eachChanged(t, plan.Zone.Changed, func(t *testing.T, dir string, zone plan.Zone) {
		if delivery.Update(zone) == "" || len(zone.Included) > 0 {
			others++
			return
		}
		old, after := inFile(t, dir, zone)
		u := updated{Zone: zone, text: age.ReplaceAll(old, nil)}
		u.update, u.back = string(read(t, dir, zone.Name+".nsupdate")), string(read(t, dir, zone.Name+".rollback.nsupdate"))
		if key := string(old) + orders(u.update); seen[key] {
			again++
			return
		} else {
			seen[key] = true
		}
		u.compile(t, age.ReplaceAll(after, nil))
		zones++
		f(t, u)
	})
	for name, u := range madeUp(t) {
		t.Run(name, func(t *testing.T) { f(t, u) })
		zones++
	}
	t.Logf("%d zones, %d more with the same change, %d without update files", zones, again, others)
}

// inFile are the file to which the change of a zone of a golden plan applies, and what it would be with the delivery zone-file.
func inFile(t *testing.T, dir string, zone plan.Zone) (old, after []byte) {
	t.Helper()
	if zone.ByFile() {
		return oldZone(t, dir, zone), read(t, dir, zone.Name+".zone")
	}
	spec, _, _ := strings.Cut(filepath.ToSlash(dir), "/")
	files := specFiles(t, spec)
	for file, content := range files {
		files[file] = &fstest.MapFile{Data: bytes.ReplaceAll(content.Data, []byte(`"nsupdate"`), []byte(`"zone-file"`))}
	}
	zone, _ = onlyPlan(t, files).Zone(zone.Name)
	return files[zone.File].Data, zone.Text.Bytes()
}

func (u *updated) compile(t *testing.T, after []byte) {
	t.Helper()
	for _, side := range []struct {
		text []byte
		to   *[]record
	}{{u.text, &u.before}, {after, &u.after}} {
		all, ok := compile(t, u.Name, side.text)
		if !ok {
			t.Fatal("named refuses the zone")
		}
		*side.to = without(all, "SOA")
	}
}

// orders are the lines of a script but for the comments.
func orders(script string) string {
	return regexp.MustCompile(`(?m)^;.*\n`).ReplaceAllString(script, "")
}

// madeUp are changes of TTLs, of TTLs and a record, and of a record beside one that stays.
func madeUp(t *testing.T) map[string]updated {
	sets := []plan.RecordSet{
		{Owner: "_xmpp-server._tcp.example.com.", Type: "SRV", OldTTL: 86400, NewTTL: 300, Old: []string{"10 0 5269 sip1.example.com.", "20 0 5269 sip2.example.com."}},
		{Owner: "xmpp.example.com.", Type: "A", OldTTL: 3600, NewTTL: 60, Old: []string{"192.0.2.1"}},
		{Owner: "xmpp.example.com.", Type: "AAAA", OldTTL: 60, NewTTL: 60, Old: []string{"2001:db8::1"}},
	}
	for i := range sets {
		sets[i].New = sets[i].Old
	}
	mixed, more := slices.Clone(sets), slices.Clone(sets)
	mixed[1].New = []string{"192.0.2.1", "192.0.2.2"}
	for i := range more {
		more[i].NewTTL = more[i].OldTTL
	}
	more[1].New = mixed[1].New
	out := map[string]updated{}
	for name, sets := range map[string][]plan.RecordSet{"TTLs": sets, "TTLs and a record": mixed, "a record more": more} {
		u := updated{Zone: plan.Zone{Name: "example.com", Server: "ns1.example.com", Records: sets, SOA: "ns1.example.com. hostmaster.example.com. 7 7200 900 1209600 300"}}
		const head = "$TTL 3600\n@ SOA ns1 hostmaster 7 7200 900 1209600 300\n@ NS ns1\nns1 A 192.0.2.53\nsip1 A 192.0.2.11\nsip2 A 192.0.2.12\n"
		text := [2]string{head, head}
		for _, set := range sets {
			for i, data := range [][]string{set.Old, set.New} {
				for _, d := range data {
					text[i] += fmt.Sprintf("%s %d %s %s\n", set.Owner, []uint32{set.OldTTL, set.NewTTL}[i], set.Type, d)
				}
			}
		}
		u.text = []byte(text[0])
		u.compile(t, []byte(text[1]))
		u.print(t)
		out[name] = u
	}
	return out
}

// print makes the update files anew, from the plan.
func (u *updated) print(t *testing.T) {
	t.Helper()
	var err, wrong error
	u.update, err = zonediff.Nsupdate("p", u.Zone)
	u.back, wrong = zonediff.NsupdateRollback("p", u.Zone)
	if err != nil || wrong != nil {
		t.Fatal(err, wrong)
	}
}

// way is an update or its rollback, with the records before and after it.
type way struct {
	script     string
	base, want []record
}

func (u *updated) ways() []way {
	return []way{{u.update, u.before, u.after}, {u.back, u.after, u.before}}
}

// onlyTTLs tells whether no value changes: then there is no prerequisite by which a server
// could tell the zone before from the one after.
func (u *updated) onlyTTLs() bool { return sameRecords(noTTL(u.before), noTTL(u.after)) }

// TestUpdates: on each server and with each client the update makes the new zone, once;
// the rollback restores the records, once; and then the update fits again. What changes
// TTLs only is taken a second time too, and does nothing.
func TestUpdates(t *testing.T) {
	for _, b := range brands {
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			taken, refused := 0, 0
			eachUpdate(t, func(t *testing.T, zone updated) {
				s := b.serve(t, zone.Name, zone.text)
				for _, s.client = range clients {
					takes := func(why, script string, want []record) {
						taken++
						s.takes(t, s.client.program+": "+why, script, want)
					}
					twice := func(why, script string, want []record) {
						if zone.onlyTTLs() {
							takes(why, script, want)
							return
						}
						refused++
						s.refuses(t, s.client.program+": "+why, script)
					}
					twice("the rollback before the update", zone.back, zone.before)
					takes("the update", zone.update, zone.after)
					twice("the update a second time", zone.update, zone.after)
					takes("the rollback", zone.back, zone.before)
					twice("the rollback a second time", zone.back, zone.before)
					if zone.SOAPrerequisite {
						refused++
						s.refuses(t, "the update on another serial", zone.update)
					}
					zone.SOAPrerequisite = false // the serial has moved
					zone.print(t)
					takes("the update after the rollback", zone.update, zone.after)
					takes("the rollback of that", zone.back, zone.before)
				}
			})
			t.Logf("%d updates taken, %d refused", taken, refused)
		})
	}
}

// TestLargeUpdate: an update that one UDP packet does not hold is taken from both clients.
func TestLargeUpdate(t *testing.T) {
	zone := updated{Zone: plan.Zone{Name: "example.com", Server: "ns1.example.com"}}
	text := "$TTL 3600\n@ SOA ns1 hostmaster 7 7200 900 1209600 300\n@ NS ns1\nns1 A 192.0.2.53\n"
	fresh := text
	for i := range 200 {
		set := plan.RecordSet{Owner: fmt.Sprintf("_xmpp-server._tcp.domain%d.example.com.", i), Type: "SRV", OldTTL: 300, NewTTL: 300, Old: []string{"10 0 5269 old.example.net."}, New: []string{"10 0 5269 new.example.net."}}
		zone.Records = append(zone.Records, set)
		text += fmt.Sprintf("%s 300 SRV %s\n", set.Owner, set.Old[0])
		fresh += fmt.Sprintf("%s 300 SRV %s\n", set.Owner, set.New[0])
	}
	zone.text = []byte(text)
	zone.compile(t, []byte(fresh))
	zone.print(t)
	for _, b := range brands {
		t.Run(b.name, func(t *testing.T) {
			s := b.serve(t, zone.Name, zone.text)
			for _, s.client = range clients {
				s.takes(t, s.client.program, zone.update, zone.after)
				s.refuses(t, s.client.program+" a second time", zone.update)
				s.takes(t, s.client.program+" back", zone.back, zone.before)
			}
		})
	}
}

// prerequisite is what one set must be like before an update.
type prerequisite struct {
	kind       string // yxrrset or nxrrset
	owner, typ string
	data       []string // none: any
	lines      []string
}

// prerequisites are those of a script, one for each set.
func prerequisites(t *testing.T, script string) []prerequisite {
	t.Helper()
	var out []prerequisite
	for line := range strings.Lines(script) {
		line = strings.TrimSuffix(line, "\n")
		f := strings.SplitN(line, " ", 6)
		if f[0] != "prereq" {
			continue
		}
		if len(f) < 5 || f[3] != "IN" {
			t.Fatalf("line %q", line)
		}
		p := prerequisite{kind: f[1], owner: f[2], typ: f[4]}
		i := slices.IndexFunc(out, func(o prerequisite) bool { return o.kind == p.kind && o.owner == p.owner && o.typ == p.typ })
		if i < 0 {
			i, out = len(out), append(out, p)
		}
		out[i].data = append(out[i].data, f[5:]...)
		out[i].lines = append(out[i].lines, line)
	}
	return out
}

// drift is a change of a zone that somebody made since the plan.
type drift struct{ gone, come []record }

// drifts are those after which the prerequisite does not hold.
func (p prerequisite) drifts(records []record) []drift {
	other := map[string]string{"A": "192.0.2.199", "AAAA": "2001:db8:ffff::199", "SRV": "99 9 5269 elsewhere.example.", "CNAME": "elsewhere.example."}[p.typ]
	all, add := []record{{owner: p.owner, typ: p.typ}}, []record{{p.owner, p.typ, other, 77}}
	switch {
	case p.kind == "nxrrset" && p.typ == "CNAME": // it cannot stand beside others
		return []drift{{slices.DeleteFunc(slices.Clone(records), func(r record) bool { return r.owner != p.owner }), add}}
	case p.kind == "nxrrset":
		return []drift{{nil, add}}
	case len(p.data) == 0:
		return []drift{{all, nil}}
	}
	out := []drift{{nil, add}, {all, nil}}
	for _, data := range p.data {
		out = append(out, drift{[]record{{p.owner, p.typ, data, 0}}, add})
	}
	return out
}

// alone is an update that has nothing but a prerequisite.
func (s *nameServer) alone(p prerequisite) string {
	return "server x\nzone " + s.zone + "\nclass IN\n" + strings.Join(p.lines, "\n") + "\nupdate add drift." + s.zone + " 77 IN TXT \"drift\"\nsend\n"
}

// shape is what a prerequisite and the lines of a script about its set are like, without the letters and numbers of names and data.
func (p prerequisite) shape(script string) string {
	var about strings.Builder
	for line := range strings.Lines(script) {
		if f := strings.Fields(line); len(f) > 2 && f[0] == "update" && f[2] == p.owner {
			about.WriteString(line)
		}
	}
	return ownerWord.ReplaceAllString(p.owner, "n") + " " + p.kind + " " + p.typ + " " +
		lineWord.ReplaceAllString(strings.Join(p.lines, "\n")+"\n"+about.String(), "n")
}

// TestUpdatePrerequisites: after a drift of any single set each server refuses both files,
// and BIND an update that has nothing but the prerequisite of that set. Three sets of each shape are tried.
func TestUpdatePrerequisites(t *testing.T) {
	for i, b := range brands {
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			sets, alike, drifts, refusals := 0, 0, 0, 0
			tried, shapes := map[string]bool{}, map[string]int{}
			eachUpdate(t, func(t *testing.T, zone updated) {
				zone.SOAPrerequisite = false // the drifts raise the serial; see TestUpdateSOA
				zone.print(t)
				s := b.serve(t, zone.Name, zone.text)
				for _, way := range zone.ways() {
					if tried[orders(way.script)] {
						continue
					}
					tried[orders(way.script)] = true
					s.change(t, way.base)
					for _, p := range prerequisites(t, way.script) {
						if shape := p.shape(way.script); shapes[shape] == 3 {
							alike++
							continue
						} else {
							shapes[shape]++
						}
						sets++
						for _, d := range p.drifts(way.base) {
							why := fmt.Sprintf("after %v", d)
							s.update(t, d.gone, d.come)
							s.client = clients[drifts%len(clients)]
							s.refuses(t, why, way.script)
							if i == 0 {
								s.refuses(t, why+", alone", s.alone(p))
								refusals++
							}
							drifts, refusals = drifts+1, refusals+1
							s.change(t, way.base)
						}
					}
					s.takes(t, "after all drifts", way.script, way.want)
				}
			})
			t.Logf("%d files, %d prerequisites of %d shapes and %d more that are like three of them, %d drifts, %d refusals", len(tried), sets, len(shapes), alike, drifts, refusals)
		})
	}
}

// TestUpdateTTLs: another TTL of a set is no drift to a server. A set that gains records has
// the planned one afterwards all the same; others keep the one that they have.
func TestUpdateTTLs(t *testing.T) {
	for _, b := range brands {
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			sets := 0
			eachUpdate(t, func(t *testing.T, zone updated) {
				s := b.serve(t, zone.Name, zone.text)
				zone.SOAPrerequisite = false
				zone.print(t)
				for _, way := range zone.ways() {
					for _, set := range zone.Records {
						base, want := withTTL(set, way.base), way.want
						if sameRecords(base, way.base) {
							continue // it is not there
						}
						sets++
						s.client = clients[sets%len(clients)]
						s.change(t, base)
						if gains := withTTL(set, only(way.want, way.base)); !slices.ContainsFunc(gains, func(r record) bool { return r.ttl == 77 }) {
							want = withTTL(set, way.want)
						}
						s.takes(t, fmt.Sprintf("%s %s with TTL 77", set.Owner, set.Type), way.script, want)
					}
					s.change(t, way.want)
				}
			})
			t.Logf("%d sets", sets)
		})
	}
}

// withTTL are the records with TTL 77 for those of a set.
func withTTL(set plan.RecordSet, records []record) []record {
	out := slices.Clone(records)
	for i, r := range out {
		if r.owner == set.Owner && r.typ == set.Type {
			out[i].ttl = 77
		}
	}
	return out
}

// TestUpdateSOA: with the SOA prerequisite any other update makes the server refuse this
// one; the rollback does not ask.
func TestUpdateSOA(t *testing.T) {
	zones := 0
	eachUpdate(t, func(t *testing.T, zone updated) {
		zones++
		zone.SOAPrerequisite = true
		zone.print(t)
		s := brands[0].serve(t, zone.Name, zone.text)
		s.takes(t, "the update of the untouched zone", zone.update, zone.after)
		s.takes(t, "the rollback", zone.back, zone.before)
		s.refuses(t, "an update after another one", zone.update)
		zone.SOAPrerequisite = false
		zone.print(t)
		s.takes(t, "without that prerequisite", zone.update, zone.after)
	})
	t.Logf("%d zones", zones)
}

// TestUpdateMailboxes: the SOA prerequisite holds whatever the mailbox in it is.
func TestUpdateMailboxes(t *testing.T) {
	const text = "$TTL 3600\n@ SOA ns1 %s.example.com. 7 7200 900 1209600 300\n@ NS ns1\nns1 A 192.0.2.53\nxmpp 300 A 192.0.2.%d\n"
	for _, b := range brands {
		t.Run(b.name, func(t *testing.T) {
			// as the zone file has it, in which Knot DNS wants more escapes than BIND, and as the plan has it
			for file, mailbox := range map[string]string{`first\.last`: `first\.last`, `host\+master`: "host+master",
				`o\'brien`: "o'brien", `a\;b`: `a\;b`, `a\"\(b\)`: `a\"\(b\)`, `\@a\$b\\`: `\@a\$b\\`, `a\/b\=c`: "a/b=c"} {
				zone := updated{Zone: plan.Zone{Name: "example.com", Server: "ns1.example.com", SOAPrerequisite: true,
					SOA:     "ns1.example.com. " + mailbox + ".example.com. 7 7200 900 1209600 300",
					Records: []plan.RecordSet{{Owner: "xmpp.example.com.", Type: "A", OldTTL: 300, NewTTL: 300, Old: []string{"192.0.2.1"}, New: []string{"192.0.2.2"}}}}}
				zone.text = fmt.Appendf(nil, text, file, 1)
				zone.compile(t, fmt.Appendf(nil, text, file, 2))
				zone.print(t)
				for _, client := range clients {
					s := b.start(t, zone.Name, string(zone.text)) // as it stands: Knot DNS does not load what BIND writes
					if s == nil {
						t.Fatalf("%s does not start", b.name)
					}
					s.client = client
					s.takes(t, client.program+": "+mailbox, zone.update, zone.after)
					s.takes(t, client.program+": "+mailbox+", the rollback", zone.back, zone.before)
					s.refuses(t, client.program+": "+mailbox+", on another serial", zone.update)
				}
			}
		})
	}
}
