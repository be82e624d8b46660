package zonefile

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// bigZone is a zone of about n records in the mix of a large hoster.
func bigZone(n int) []byte {
	rng := rand.New(rand.NewPCG(9, uint64(n)))
	var b strings.Builder
	b.WriteString("$TTL 1h\n@\tIN\tSOA\tns1 hostmaster (\n\t\t7 ; serial\n\t\t1h 10m 1w 5m )\n\tIN\tNS\tns1\nns1\tIN\tA\t192.0.2.1\n")
	for i := 3; i < n; i++ {
		if i%100 == 0 {
			fmt.Fprintf(&b, "\n; block %d\n", i/100)
		}
		switch k := rng.IntN(100); {
		case k < 58:
			fmt.Fprintf(&b, "host%d\tIN\tA\t10.%d.%d.%d\n", i, i>>16&255, i>>8&255, i&255)
		case k < 68:
			fmt.Fprintf(&b, "\tIN\tAAAA\t2001:db8::%x\n", i)
		case k < 80:
			fmt.Fprintf(&b, "alias%d 600 IN CNAME host%d ; moved\n", i, rng.IntN(n))
		case k < 85:
			fmt.Fprintf(&b, "mail%d\tMX\t10 mx%d.example.net.\n", i, rng.IntN(9))
		case k < 93:
			fmt.Fprintf(&b, "txt%d\tTXT\t\"v=spf1 ip4:192.0.2.%d -all\"\n", i, i&255)
		default:
			fmt.Fprintf(&b, "_sip._tcp.s%d\tSRV\t0 5 5060 host%d\n", i, rng.IntN(n))
		}
	}
	return []byte(b.String())
}

// oddZone is a small valid zone with much of what makes editing hard. With standard
// it keeps to what every name server reads in the same way.
func oddZone(rng *rand.Rand, standard bool) string { return oddZoneOf(rng, standard, 25) }

// oddLength is the length of random zones: every 32nd has several blocks.
func oddLength(seed uint64) int {
	if seed%32 == 3 || seed%32 == 12 {
		return 6 * blockEntries
	}
	return 25
}

// oddZoneOf is an oddZone with fewer items than a number.
func oddZoneOf(rng *rand.Rand, standard bool, items int) string {
	g := oddGenerator{rng: rng, standard: standard, eol: pick(rng, "\n", "\r\n")}
	g.header()
	for range rng.IntN(items) {
		g.item()
	}
	text := strings.ReplaceAll(g.out.String(), "\n", g.eol)
	if rng.IntN(3) == 0 {
		text = strings.TrimSuffix(text, g.eol)
	}
	return text
}

func pick[T any](rng *rand.Rand, from ...T) T { return from[rng.IntN(len(from))] }

type oddGenerator struct {
	rng      *rand.Rand
	out      strings.Builder
	eol      string
	standard bool
	count    int
}

func (g *oddGenerator) header() {
	g.out.WriteString(pick(g.rng, "", "; a comment with ( and \"\n", "\n \t\n"))
	if g.standard || g.rng.IntN(2) == 0 {
		g.out.WriteString("$TTL " + pick(g.rng, "300", "1h") + "\n")
	}
	ttl := ""
	if !g.standard {
		ttl = pick(g.rng, "", "60 ")
	}
	g.out.WriteString("@ " + ttl + "IN SOA ns hm " + pick(g.rng, "7 1 2 3 300\n", "( 7 ; serial\n\t1 2\n 3 300 ) ; end\n"))
	g.out.WriteString(pick(g.rng, " NS ns\n", "@ NS ns.example.com.\n", "example.com. IN NS ns\n"))
	g.out.WriteString("ns A 192.0.2.53\n")
}

func (g *oddGenerator) item() {
	switch g.rng.IntN(14) {
	case 0:
		g.out.WriteString(pick(g.rng, "\n", "; note\n", "   ; (\n"))
	case 1:
		g.out.WriteString(pick(g.rng, "$ORIGIN sub.example.com.\n", "$ORIGIN example.com.\n", "$ORIGIN b.EXAMPLE.com.\n"))
	case 2:
		if !g.standard {
			g.out.WriteString(pick(g.rng, "$TTL 120\n", "$GENERATE 1-2 g$ A 192.0.2.$\n", "$INCLUDE other\n", "w [AGE:36] 60 A 192.0.2.99\n"))
		}
	default:
		g.record()
	}
}

// record writes a record whose data no other record has. In a standard zone all
// records of a set have one TTL.
func (g *oddGenerator) record() {
	g.count++
	owner := pick(g.rng, "", "", "", "a", "a.example.com.", "B", "b.Example.com.", `x\.y`, "_xmpp-server._tcp", "_xmpp-server._tcp.B.example.com.")
	gap := pick(g.rng, " ", "\t", "        ", "\t\t", " \t ")
	prefix := pick(g.rng, "", "IN ", "IN\t")
	if !g.standard {
		prefix = pick(g.rng, "", "", "600"+gap, "1h IN ", "IN 60 ", "[AGE:1]\t600\t")
	}
	typ, data := g.data()
	switch g.rng.IntN(5) {
	case 0:
		data = "( " + data + " )"
	case 1:
		data = "( ; open (\n\t" + strings.ReplaceAll(data, " ", "\n\t") + " ) ; \"done"
	case 2:
		data += " ; note"
	}
	fmt.Fprintf(&g.out, "%s%s%s%s%s%s\n", owner, gap, prefix, typ, pick(g.rng, " ", "\t", "   "), data)
}

func (g *oddGenerator) data() (typ, data string) {
	n := g.count
	switch g.rng.IntN(5) {
	case 0:
		return "AAAA", fmt.Sprintf("2001:DB8:0::%x", n)
	case 1:
		return "TXT", fmt.Sprintf(pick(g.rng, `"semi;colon\"%d"`, `plain\;%d "b"`, `"(" ")%d"`), n)
	case 2:
		return "SRV", fmt.Sprintf("%d 0 5269 %s", n, pick(g.rng, "edge", "Edge.example.com.", "@"))
	case 3:
		return "mx", fmt.Sprintf("%d %s", n, pick(g.rng, "mail", "mail.example.net."))
	}
	return "A", fmt.Sprintf("192.0.%d.%d", 2+n>>8, n&255)
}

// randomChanges wants random sets, most of them of owners that the zone has.
func randomChanges(rng *rand.Rand, z *Zone) []Change {
	var changes []Change
	used := make(map[string]bool)
	for range 1 + rng.IntN(4) {
		c := Change{Owner: pick(rng, "new.example.com.", "a.sub.example.com.", "example.com.", "_xmpp-server._tcp.example.com."), Type: pick(rng, "A", "SRV", "TXT", "AAAA")}
		if r := z.Records[rng.IntN(len(z.Records))]; rng.IntN(4) > 0 && r.Type != "SOA" {
			c.Owner, c.Type = r.Owner, r.Type
			set, _ := z.Set(c.Owner, c.Type)
			for _, data := range set.Data {
				if rng.IntN(3) == 0 {
					c.Data = append(c.Data, data)
				}
			}
		}
		if used[c.Owner+" "+c.Type] {
			continue
		}
		used[c.Owner+" "+c.Type] = true
		c.Data = append(c.Data, newData(rng, c.Type)...)
		c.TTL = pick[uint32](rng, 0, 0, 300, 900)
		changes = append(changes, c)
	}
	return changes
}

func newData(rng *rand.Rand, typ string) []string {
	var out []string
	for i := range rng.IntN(3) {
		switch typ {
		case "A":
			out = append(out, fmt.Sprintf("203.0.113.%d", 2*rng.IntN(100)+i))
		case "AAAA":
			out = append(out, fmt.Sprintf("2001:db8:1::%x", 2*rng.IntN(100)+i+1))
		case "SRV":
			out = append(out, fmt.Sprintf("%d 0 5269 %s", 1000+2*rng.IntN(9)+i, pick(rng, "edge.example.com.", "edge2.b.example.com.", "other.test.", "example.com.")))
		case "TXT":
			out = append(out, fmt.Sprintf(pick(rng, `"new %d"`, `new%d "b c"`), 2*rng.IntN(9)+i))
		}
	}
	return out
}
