package partners

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// row is one or two rows of the table in docs/partners.md: a situation, and what each
// program does in it.
type row struct {
	ids  string // of the table; of two the second is ejabberd's
	who  string // the letters of the partners that are asked: U, N, S Prosody, E ejabberd
	last bool   // after all others, because it disturbs them or needs what they leave
	// records are those of the domain, as expand has them, with %w for the letter; subs
	// are further domains below it, "name:records".
	records string
	subs    []string
	run     func(l *lab, t *testing.T, p *partner, domain string)
	// together runs once for all partners, in place of run.
	together func(l *lab, t *testing.T, all []*partner)
}

// id is the row of the table for a partner.
func (r row) id(who string) string {
	ids := strings.Fields(r.ids)
	if who == "E" {
		return ids[len(ids)-1]
	}
	return ids[0]
}

// domain is the domain of a partner's row, relative to rows.example.
func (r row) domain(who string) string { return strings.ToLower(r.id(who) + "-" + who) }

// zone are the records of a partner's row.
func (r row) zone(who string) string {
	if r.run == nil {
		return ""
	}
	text := expand(r.records, r.domain(who))
	for _, sub := range r.subs {
		name, records, _ := strings.Cut(sub, ":")
		text += expand(records, name+"."+r.domain(who))
	}
	return strings.ReplaceAll(text, "%w", strings.ToLower(who))
}

// expand makes the records of a domain of such as "srv 10 closed; direct 20 new 5271": SRV
// and SRV of direct TLS with priority, target, maybe port and weight; "a ADDRESS" of the
// domain; "ns SERVER" for what is below _tcp.
func expand(records, domain string) string {
	var out strings.Builder
	for _, record := range strings.Split(records, ";") {
		f := strings.Fields(record)
		if len(f) == 0 {
			continue
		}
		port := "5269"
		if len(f) > 3 {
			port = f[3]
		}
		weight := "0"
		if len(f) > 4 {
			weight = f[4]
		}
		switch f[0] {
		case "srv":
			fmt.Fprintf(&out, "_xmpp-server._tcp.%s SRV %s %s %s %s\n", domain, f[1], weight, port, f[2])
		case "direct":
			fmt.Fprintf(&out, "_xmpps-server._tcp.%s SRV %s %s %s %s\n", domain, f[1], weight, port, f[2])
		case "a":
			fmt.Fprintf(&out, "%s A %s\n", domain, f[1])
		case "ns":
			fmt.Fprintf(&out, "_tcp.%s NS %s\n", domain, f[1])
		default:
			panic("no record: " + record)
		}
	}
	return out.String()
}

// host is a domain of the far side.
type host struct {
	name, cert string
	names      []string // in the certificate; none for the self-signed one of the lab
}

// farHosts are the domains that the rows look for, but for those at sinks only: each costs
// Prosody a tenth of a second at its start.
func farHosts(rows []row) []host {
	hosts := []host{{name: "contoso.com"}, {name: "fabrikam.example"}, {name: "late.example"}, {name: "move.example"}, {name: "pool.test"}}
	for _, r := range rows {
		for _, letter := range r.who {
			domain := r.domain(string(letter)) + ".rows.example"
			hosts = append(hosts, host{name: domain})
			for _, sub := range r.subs {
				name, records, _ := strings.Cut(sub, ":")
				h := host{name: name + "." + domain}
				switch {
				case strings.Contains(records, "sink") || strings.Contains(records, "seen"):
					continue
				case name == "bare":
					h.cert, h.names = name, []string{h.name}
				case name == "wild":
					h.cert, h.names = name, []string{"xmpp." + h.name, "*." + h.name}
				}
				hosts = append(hosts, h)
			}
		}
	}
	return hosts
}

// runRows runs all rows, and those that are last one by one after the others.
func runRows(t *testing.T) {
	l := newLab(t, rows)
	begin := time.Now()
	t.Run("rows", func(t *testing.T) {
		for _, r := range rows {
			if r.last {
				continue
			}
			if r.together != nil {
				t.Run(strings.ReplaceAll(r.ids, " ", "-"), func(t *testing.T) {
					t.Parallel()
					r.together(l, t, l.of(r.who))
				})
				continue
			}
			for _, p := range l.of(r.who) {
				t.Run(r.id(p.letter)+p.letter, func(t *testing.T) {
					t.Parallel()
					r.run(l, t, p, r.domain(p.letter)+".rows.example")
				})
			}
		}
	})
	t.Run("last", func(t *testing.T) {
		for _, r := range rows {
			for _, p := range l.of(r.who) {
				if r.last {
					t.Run(r.id(p.letter)+p.letter, func(t *testing.T) { r.run(l, t, p, r.domain(p.letter)+".rows.example") })
				}
			}
		}
	})
	t.Logf("all rows in %.0f s", time.Since(begin).Seconds())
}

func (l *lab) of(who string) []*partner {
	var out []*partner
	for _, letter := range who {
		out = append(out, l.partners[string(letter)])
	}
	return out
}

// Times in seconds. "At once" is well below the shortest timer, which is 10 s of ejabberd.
const atOnce = 9.0

// wantPool checks that a pool has answered, and when.
func wantPool(t *testing.T, a answer, pool string, from, to float64) {
	t.Helper()
	t.Log(a)
	if s := a.after.Seconds(); a.pool != pool || s < from || s > to {
		t.Errorf("%v, not %s after %.0f to %.0f s", a, pool, from, to)
	}
}

// wantError checks that a message has come back, and when.
func wantError(t *testing.T, a answer, from, to float64) {
	t.Helper()
	t.Log(a)
	if s := a.after.Seconds(); a.pool != "" || a.err == "no answer" || s < from || s > to {
		t.Errorf("%v, not an error after %.0f to %.0f s", a, from, to)
	}
}

// between is the row of a domain that answers from the new pool within a time, in seconds.
func between(from, to float64) func(*lab, *testing.T, *partner, string) {
	return func(_ *lab, t *testing.T, p *partner, domain string) {
		wantPool(t, p.ask(domain, 120*time.Second), "new", from, to)
	}
}

// many are the names of subdomains with equal records.
func many(n int, name, records string) []string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprintf("%s%d:%s", name, i, records))
	}
	return out
}

// firsts asks many domains at once and counts at which address each was asked for first.
func firsts(l *lab, t *testing.T, p *partner, domain, name string, n int) map[string]int {
	t.Helper()
	for i := range n {
		p.send(fmt.Sprintf("%s%d.%s", name, i, domain))
	}
	count := map[string]int{}
	for i := range n {
		where, _ := l.sinks.first(fmt.Sprintf("%s%d.%s", name, i, domain), 60*time.Second)
		count[where]++
	}
	t.Logf("%s: %v", name, count)
	return count
}

const asked = 40 // domains of each kind where chance is looked at

// chance is true for a number of forty that an even chance gives but once in 100,000 times.
func chance(n int) bool { return n >= 7 && n <= asked-7 }

// rows are what the suite repeats.
var rows = slices.Concat(targetRows, choiceRows, timeRows, lastRows)
