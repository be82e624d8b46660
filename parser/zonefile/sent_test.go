package zonefile

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestSent: the data of a record has the octets that BIND makes of it, for random data of every type,
// in its own form and in that of RFC 3597.
func TestSent(t *testing.T) {
	if !needCheckzone(t) {
		t.Skip("SKIPPED: named-compilezone is not installed")
	}
	each, seed := 20, uint64(1)
	if os.Getenv("EDGEPLAN_ZONES") == "all" {
		each, seed = 300, rand.Uint64()
	}
	rng := rand.New(rand.NewPCG(seed, 5))
	rows := corpusRows(t, "good.data")
	for _, typ := range slices.Sorted(maps.Keys(rules)) {
		r := ruleOf(typ)
		if r.refused != "" {
			continue
		}
		for range each {
			rows = append(rows, typ+" "+randomData(rng, typ, r))
		}
	}
	origin, err := parseDomain("Example.com")
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	var want [][]byte
	for _, row := range rows {
		sent, msg := sentOf(t, row, origin)
		if msg != "" {
			t.Errorf("%q is refused: %s", row, msg)
			continue
		}
		typ, _, _ := strings.Cut(row, " ")
		if len(sent) > 0 || typ == "TXT" { // data of no octets is that of no type but APL
			generic := fmt.Sprintf(`%s \# %d %x`, typ, len(sent), sent)
			again, msg := sentOf(t, generic, origin)
			// A key of a private algorithm has a name in it, of which BIND knows nothing in its own form.
			if msg != "" && rrchecked(t, generic) != nil {
				t.Errorf("%q is refused: %s", generic, msg)
			} else if msg == "" {
				texts, want = append(texts, generic), append(want, again)
			}
		}
		texts, want = append(texts, row), append(want, sent)
	}
	for i, got := range bindOctets(t, texts) {
		if !bytes.Equal(got, want[i]) {
			t.Errorf("%q is\n\t%x to edgeplan and\n\t%x to BIND", texts[i], want[i], got)
		}
	}
	t.Logf("%d records, seed %d", len(texts), seed)
}

// sentOf is the data of a record as sent, or what is wrong with it.
func sentOf(t *testing.T, row string, origin *domain) ([]byte, string) {
	t.Helper()
	s, err := NewScanner([]byte(" "+row), "")
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := s.logicalLine(); !ok {
		t.Fatal(s.Err())
	}
	f := fieldReader{src: s.src, spans: s.tokens[1:], typ: typeName(s.tokens[0].Of(s.src)), names: nameReader{origin: origin}}
	r := &unknownRule
	if known := ruleOf(f.typ); known != nil {
		r = known
	}
	r.check(&f)
	return f.sent, f.msg
}

// bindOctets is what BIND makes of records.
func bindOctets(t *testing.T, rows []string) [][]byte {
	t.Helper()
	dir := t.TempDir()
	var zone strings.Builder
	zone.WriteString("$TTL 300\n$ORIGIN Example.com.\n@ SOA ns.example.net. hostmaster 1 900 600 86400 3600\n@ NS ns.example.net.\n")
	out := make([][]byte, len(rows))
	for i, row := range rows {
		if strings.HasPrefix(row, "SOA ") { // of which a zone has one
			out[i] = rrchecked(t, row)
			continue
		}
		owner := fmt.Sprintf("r%d", i)
		if strings.HasPrefix(row, "NSEC3 ") {
			owner = fmt.Sprintf("%032d", i)
		}
		fmt.Fprintf(&zone, "%s %s\n", owner, row)
	}
	if err := os.WriteFile(filepath.Join(dir, "zone"), []byte(zone.String()), 0o666); err != nil {
		t.Fatal(err)
	}
	raw := filepath.Join(dir, "raw")
	command := exec.Command("named-compilezone", "-i", "none", "-k", "ignore", "-F", "raw", "-o", raw, "example.com", "zone")
	command.Dir = dir
	says, err := command.CombinedOutput()
	if err != nil {
		lines := strings.Split(zone.String(), "\n")
		for _, at := range refusedLine.FindAllStringSubmatch(string(says), -1) {
			if n, _ := strconv.Atoi(at[1]); !warning.MatchString(at[0]) {
				t.Errorf("%q: BIND says %s", lines[n-1], at[0])
			}
		}
		t.FailNow()
	}
	data, err := os.ReadFile(raw)
	if err != nil {
		t.Fatal(err)
	}
	// lib/dns/masterdump.c of BIND: a head of 24 octets, and then sets, each with its length.
	for data = data[24:]; len(data) > 0; {
		size := binary.BigEndian.Uint32(data)
		set := data[4:size]
		data = data[size:]
		name := 16 + int(binary.BigEndian.Uint16(set[14:]))
		label := string(set[17 : 17+set[16]])
		n, err := strconv.Atoi(strings.TrimPrefix(label, "r"))
		if strings.EqualFold(label, "example") {
			continue
		}
		if err != nil {
			t.Fatalf("a record of %q", set[16:name])
		}
		out[n] = set[name+2 : name+2+int(binary.BigEndian.Uint16(set[name:]))]
	}
	return out
}

// rrchecked is what BIND makes of one record, nil if it refuses it.
func rrchecked(t *testing.T, row string) []byte {
	t.Helper()
	command := exec.Command("named-rrchecker", "-o", "Example.com.", "-u")
	command.Stdin = strings.NewReader("IN " + row + "\n")
	says, err := command.Output()
	if err != nil {
		return nil
	}
	words := strings.Fields(string(says))
	data, err := hex.DecodeString(words[len(words)-1])
	if err != nil {
		t.Fatalf("%q: named-rrchecker says %q", row, says)
	}
	return data
}

// randomData is right data of a type.
func randomData(rng *rand.Rand, typ string, r *rule) string {
	var words []string
	add := func(forms string) {
		for _, form := range forms {
			words = append(words, randomField(rng, byte(form)))
		}
	}
	number := func(below int) string { return strconv.Itoa(rng.IntN(below)) }
	bytesOf := func(n int) []byte {
		out := make([]byte, n)
		for i := range out {
			out[i] = byte(rng.Uint32())
		}
		return out
	}
	hexOf := func(n int) string { return fmt.Sprintf(pick(rng, "%x", "%X"), bytesOf(n)) }
	gateway := func(kind int) {
		words = append(words, []string{".", randomField(rng, '4'), randomField(rng, '6'), randomField(rng, 'n')}[kind])
	}
	stamp := func() string {
		return fmt.Sprintf("%04d%02d%02d%02d%02d%02d", 1+rng.IntN(9998), 1+rng.IntN(12), 1+rng.IntN(28), rng.IntN(24),
			rng.IntN(60), rng.IntN(61))
	}
	key := func(flags ...string) {
		words = append(words, pick(rng, flags...), pick(rng, "3", "DNSSEC", "255"), randomField(rng, 'a'))
		add("b")
	}
	if r.rest == nil || typ != "DS" && typ != "CDS" && typ != "TA" && typ != "DLV" {
		add(r.form)
	}
	switch typ {
	case "A6":
		prefix := rng.IntN(129)
		words = append(words, strconv.Itoa(prefix))
		if prefix < 128 {
			add("6")
		}
		if prefix > 0 {
			add("n")
		}
	case "AMTRELAY":
		kind := rng.IntN(4)
		words = append(words, number(256), number(2), strconv.Itoa(kind))
		gateway(kind)
	case "APL":
		for range rng.IntN(4) {
			not := pick(rng, "", "!")
			words = append(words, pick(rng, not+"1:"+randomField(rng, '4')+"/"+number(33), not+"02:"+randomField(rng, '6')+"/"+number(129)))
		}
	case "ATMA":
		words = append(words, pick(rng, "+"+number(1<<30)+"."+number(99), hexOf(1+rng.IntN(20))))
	case "CAA":
		words = append(words, pick(rng, "issue", "Iodef", "x9"), randomField(rng, 's'))
	case "CERT":
		words = append(words, pick(rng, "PKIX", "oid", number(1<<16)), number(1<<16), randomField(rng, 'a'))
		add("b")
	case "DNSKEY", "CDNSKEY", "KEY":
		key("256", "257", "ZONE|KSK", "0x101", number(0x4000), "0"+number(0x4000))
	case "RKEY":
		key("0")
	case "KEYDATA":
		words = append(words, stamp(), stamp(), stamp())
		key("256", "257")
	case "DOA":
		words = append(words, pick(rng, "-", randomField(rng, 'b')))
	case "DS", "CDS", "DLV", "TA":
		n := rng.IntN(4)
		words = append(words, number(1<<16), randomField(rng, 'a'), [...]string{"SHA-1", "2", "sha-384", "77"}[n], hexOf([...]int{20, 32, 48, 1 + rng.IntN(30)}[n]))
	case "DSYNC":
		words = append(words, pick(rng, "CDS", "CSYNC", number(1<<16)), pick(rng, "NOTIFY", number(256)), number(1<<16), randomField(rng, 'h'))
	case "EUI48", "EUI64":
		n := map[string]int{"EUI48": 6, "EUI64": 8}[typ]
		var pairs []string
		for range n {
			pairs = append(pairs, hexOf(1))
		}
		words = append(words, strings.Join(pairs, "-"))
	case "HIP":
		words = append(words, hexOf(rng.IntN(30)+1), base64.StdEncoding.EncodeToString(bytesOf(1+rng.IntN(300))))
		for range rng.IntN(3) {
			add("n")
		}
	case "IPSECKEY":
		kind := rng.IntN(4)
		words = append(words, strconv.Itoa(kind), number(256))
		gateway(kind)
		add("b")
	case "ISDN":
		if rng.IntN(2) == 0 {
			add("s")
		}
	case "L64", "NID":
		words = append(words, fmt.Sprintf("%x:%04x:%X:%x", rng.IntN(1<<16), rng.IntN(1<<16), rng.IntN(1<<16), rng.IntN(1<<8)))
	case "LOC":
		coordinate := func(most int, directions ...string) {
			words = append(words, number(most))
			if rng.IntN(2) == 0 {
				words = append(words, number(60))
				if rng.IntN(2) == 0 {
					words = append(words, number(60)+pick(rng, "", ".5", ".25", ".999", ".001"))
				}
			}
			words = append(words, pick(rng, directions...))
		}
		coordinate(90, "N", "S")
		coordinate(180, "E", "W")
		words = append(words, pick(rng, "-"+number(100_000)+".99", number(42_849_672)+".9m", number(100)+"m", "0", "-0.01"))
		for range rng.IntN(4) {
			words = append(words, pick(rng, number(90_000_000), number(100)+".99m", "0."+number(100), "0.0"+number(10), "10000m", "9.99"))
		}
	case "NAPTR":
		words = append(words, pick(rng, `""`, `"!^(a)*$!b\\1!i"`, `"/x\\.y/z/"`), randomField(rng, 'n'))
	case "NSAP":
		words = append(words, "0x"+hexOf(1+rng.IntN(20)))
	case "NSEC3":
		words = append(words, pick(rng, "1", "SHA-1"), number(256), number(1<<16), pick(rng, "-", hexOf(1+rng.IntN(40))),
			strings.Repeat(pick(rng, "0", "v", "A", "7q1g"), 32)[:32])
		add("M")
	case "NSEC3PARAM":
		words = append(words, pick(rng, "1", "SHA-1"), number(256), number(1<<16), pick(rng, "-", hexOf(1+rng.IntN(255))))
	case "NXT":
		for range rng.IntN(5) {
			words = append(words, pick(rng, "A", "SIG", "nxt", number(127), "TYPE"+number(127)))
		}
		words = slices.DeleteFunc(words, func(w string) bool { return w == "0" || w == "TYPE0" })
	case "RRSIG", "SIG":
		words = append(words, pick(rng, "A", "SRV", number(1<<16), "TYPE"+number(1<<16)), randomField(rng, 'a'), "9"+number(9), randomField(rng, 'u'))
		for range 2 {
			words = append(words, pick(rng, stamp(), stamp()))
			if typ == "RRSIG" && rng.IntN(2) == 0 {
				words[len(words)-1] = number(1 << 32)
			}
		}
		add("2nb")
	case "SSHFP":
		n := rng.IntN(3)
		words[len(words)-1] = [...]string{"1", "2", "88"}[n]
		words = append(words, hexOf([...]int{20, 32, 1 + rng.IntN(40)}[n]))
	case "SVCB", "HTTPS":
		words[0] = number(1 << 16)
		add("h")
		words = append(words, randomParameters(rng)...)
	case "URI":
		words = append(words, pick(rng, `""`, `"ftp://\000\"x"`, `"`+strings.Repeat("u", rng.IntN(2000))+`"`))
	case "WKS":
		words = append(words, pick(rng, "TCP", "udp", number(256)))
		for range rng.IntN(5) {
			words = append(words, pick(rng, number(1<<16), "+"+number(99)))
		}
	case "X25":
		words = append(words, pick(rng, "1234", `"00000"`, "987654321098765432109876543210"))
	case "ZONEMD":
		n := rng.IntN(3)
		words[len(words)-1] = [...]string{"1", "2", "240"}[n]
		words = append(words, hexOf([...]int{48, 64, 12 + rng.IntN(40)}[n]))
	}
	return strings.Join(words, pick(rng, " ", "\t", "  "))
}

func randomField(rng *rand.Rand, kind byte) string {
	label := func() string { return pick(rng, "a", "B-c", "x1", strings.Repeat("l", 63), "Zz") }
	digits := func(bits int) string {
		return pick(rng, "", "0", "00") + strconv.FormatUint(rng.Uint64()>>(64-bits), 10)
	}
	some := func(most int) []byte {
		out := make([]byte, 1+rng.IntN(most))
		for i := range out {
			out[i] = byte(rng.Uint32())
		}
		return out
	}
	switch kind {
	case fieldName, fieldHost, fieldMailbox:
		name := pick(rng, ".", "@", label(), label()+"."+label(), label()+".Example.NET.", label()+"."+label()+".")
		if kind == fieldName {
			name = pick(rng, name, `a\.b`, `\065\000x.`, `_tcp.`+label(), `\;\"\\`)
		}
		return name
	case fieldUint8:
		return digits(8)
	case fieldUint16:
		return digits(16)
	case fieldUint32:
		return digits(32)
	case fieldTime:
		return pick(rng, digits(32), "1h30m", "2W", "1d1s")
	case fieldIPv4:
		return fmt.Sprintf("%d.%d.%d.%d", rng.IntN(256), rng.IntN(2), rng.IntN(256), rng.IntN(2)*rng.IntN(256))
	case fieldIPv6:
		return pick(rng, "::", "2001:DB8::", "::ffff:192.0.2.1", fmt.Sprintf("%x:0:%x::%x", rng.IntN(1<<16), rng.IntN(1<<16), rng.IntN(1<<16)),
			"1:2:3:4:5:6:7:8")
	case fieldText:
		return pick(rng, "a", `""`, `"a b;c"`, `\000\255\"`, `"`+strings.Repeat("t", rng.IntN(256))+`"`, `"\\\065\x"`, `(a)`[1:2])
	case fieldTexts:
		out := randomField(rng, fieldText)
		for range rng.IntN(4) {
			out += " " + randomField(rng, fieldText)
		}
		return out
	case fieldBase64, fieldAnyB64:
		text := base64.StdEncoding.EncodeToString(some(60))
		at := rng.IntN(len(text))
		return pick(rng, text, text[:at]+" "+text[at:])
	case fieldHex:
		text := hex.EncodeToString(some(40))
		at := rng.IntN(len(text))
		return pick(rng, text, strings.ToUpper(text), text[:at]+" "+text[at:])
	case fieldAlg:
		return pick(rng, "8", "RSASHA256", "ed25519", "PrivateOID", digits(8))
	case fieldType:
		return pick(rng, "A", "SRV")
	case fieldSigTime:
		return "20260101000000"
	}
	var types []string // a bitmap
	for range 1 + rng.IntN(6) {
		types = append(types, pick(rng, "A", "mx", "RRSIG", "CAA", "DLV", fmt.Sprintf("TYPE%d", 1+rng.IntN(65534))))
	}
	return strings.Join(types, " ")
}

// randomParameters are parameters of SVCB in any order.
func randomParameters(rng *rand.Rand) []string {
	all := []string{
		pick(rng, "alpn=h2", `alpn="h2,h3-19"`, `alpn="f\\\\oo\\,bar,h2"`, `key1=\002h2`, `alpn=a\044b`),
		fmt.Sprintf("port=%d", rng.IntN(1<<16)),
		pick(rng, "ipv4hint=192.0.2.1", `ipv4hint="192.0.2.1,192.0.2.2"`),
		pick(rng, "ech=AEP+DQA/", `ech="AAA="`, "ech=AA=="),
		pick(rng, "ipv6hint=2001:db8::1,::", `ipv6hint="::ffff:192.0.2.1"`),
		pick(rng, "dohpath=/q{?dns}", `dohpath="/q%20{?a*,dns,b:12}"`, "dohpath=/{dns}{+x_y}", "dohpath=/a{/b}{dns:3}"),
		fmt.Sprintf("key%d=%s", 100+rng.IntN(60000), pick(rng, "x", `"a\000b"`, `""`)),
		"key99",
	}
	rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	all = all[:rng.IntN(len(all)+1)]
	if slices.ContainsFunc(all, func(p string) bool { return strings.HasPrefix(p, "port") }) && rng.IntN(2) == 0 {
		all = append(all, pick(rng, "mandatory=port", `key0=\000\003`))
	}
	return all
}
