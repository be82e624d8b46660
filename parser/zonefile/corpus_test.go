package zonefile

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/edgeplan/edgeplan/internal/loud"
)

// The corpus: zones that BIND loads, and zones that it refuses. What edgeplan says of each
// has to be the same.

// corpusHead is before the records of testdata/good.data and testdata/bad.data, each of
// which makes a zone of its own with it.
const corpusHead = "$TTL 300\n@ IN SOA ns hostmaster 1 900 600 86400 3600\n\tNS ns\nns\tA 192.0.2.53\n"

func TestCorpusData(t *testing.T) {
	dir, bind := t.TempDir(), needCheckzone(t)
	for _, file := range []string{"good.data", "bad.data"} {
		rows := corpusRows(t, file)
		if bind {
			compareRows(t, dir, rows)
		}
		for i, row := range rows {
			zone := corpusHead + fmt.Sprintf("t%d\t%s\n", i, row)
			if _, ok := verdict(zone, "example.com"); ok != (file == "good.data") {
				t.Errorf("%s: %q: edgeplan takes it: %v", file, row, ok)
			}
			if !bind || os.Getenv("EDGEPLAN_ZONES") != "all" {
				continue
			}
			if out, ok := checkzone(t, dir, "example.com", zone); ok != (file == "good.data") {
				t.Errorf("%s: %q: named-checkzone takes it: %v\n%s", file, row, ok, out)
			}
		}
		t.Logf("%s: %d zones", file, len(rows))
	}
}

// corpusZone is a zone of testdata/zones.txt and what is to be said of it.
type corpusZone struct {
	name, text             string
	checkzone, named, ours bool // loads it
}

func corpusZones(t testing.TB) []corpusZone {
	t.Helper()
	text, err := os.ReadFile("testdata/zones.txt")
	if err != nil {
		t.Fatal(err)
	}
	var out []corpusZone
	_, rest, _ := strings.Cut(strings.TrimSuffix(string(text), "\n"), "\n== ")
	for item := range strings.SplitSeq(rest, "\n== ") {
		head, zone, _ := strings.Cut(item+"\n", "\n")
		verdicts, name, _ := strings.Cut(head, ": ")
		bad := func(who string, otherwise bool) bool {
			return strings.Contains(verdicts, who+" bad") || otherwise && !strings.Contains(verdicts, who+" good")
		}
		refused := strings.HasPrefix(verdicts, "bad")
		out = append(out, corpusZone{name, written(zone), !refused, !bad("named", refused), !bad("edgeplan", refused)})
	}
	return out
}

// bitmaps are NSEC3 records of one name, each with a bitmap of 256 windows of 34 octets.
func bitmaps() string {
	var types, out strings.Builder
	for window := range 256 {
		fmt.Fprintf(&types, " TYPE%d", window<<8|255)
	}
	for i := range 8 {
		fmt.Fprintf(&out, "t53mhq2lki4ukt2i4h9qb7ao3tbnr5vd NSEC3 1 1 %d aabbccdd 35mthgpgcu1qg68fab165klnsnk3dpvl%s\n", i, &types)
	}
	return out.String()
}

// TestCorpusZones checks what makes a zone good or bad beside the data of one record.
func TestCorpusZones(t *testing.T) {
	dir, bind := t.TempDir(), needCheckzone(t)
	good := 0
	zones := corpusZones(t)
	for _, z := range zones {
		if why, ok := verdict(z.text, "example.com"); ok != z.ours {
			t.Errorf("%s: edgeplan takes it: %v, %s", z.name, ok, why)
		}
		if z.checkzone {
			good++
		}
		if !bind {
			continue
		}
		if out, ok := checkzone(t, dir, "example.com", z.text); ok != z.checkzone {
			t.Errorf("%s: named-checkzone takes it: %v\n%s", z.name, ok, out)
		}
	}
	t.Logf("%d zones, %d of them good to named-checkzone", len(zones), good)
}

// TestCorpusNamed starts a server without any option about zones, with each zone in a view of
// its own. It listens nowhere.
func TestCorpusNamed(t *testing.T) {
	named, dir, zones := namedProgram(t), t.TempDir(), corpusZones(t)
	if all := len(zones); os.Getenv("EDGEPLAN_ZONES") != "all" {
		n := 0
		zones = slices.DeleteFunc(zones, func(z corpusZone) bool { n++; return n%6 > 0 && z.named == z.checkzone })
		loud.Note(t, "named reads %d of %d zones; make zones has it read all", len(zones), all)
	}
	var texts []string
	for _, z := range zones {
		texts = append(texts, z.text)
	}
	for i, loaded := range namedLoads(t, named, dir, texts) {
		if z := zones[i]; loaded != z.named {
			t.Errorf("%s: named loads it: %v", z.name, loaded)
		}
	}
}

// namedProgram is the path of named.
func namedProgram(t testing.TB) string {
	t.Helper()
	const named = "/usr/sbin/named" // which a user's path may lack
	if _, err := os.Stat(named); err == nil {
		return named
	}
	return loud.Tool(t, "named")
}

// namedLoads tells which of these zones of example.com a server loads that has no option about zones. Files
// that they include are in dir.
func namedLoads(t testing.TB, named, dir string, zones []string) []bool {
	t.Helper()
	config := fmt.Sprintf("options { directory %q; listen-on { none; }; listen-on-v6 { none; }; pid-file none; session-keyfile none; dnssec-validation no; };\ncontrols { };\n", dir)
	for i, z := range zones {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprint(i)), []byte(z), 0o666); err != nil {
			t.Fatal(err)
		}
		config += fmt.Sprintf("view v%d { recursion no; empty-zones-enable no; zone example.com { type primary; file \"%d\"; }; };\n", i, i)
	}
	if err := os.WriteFile(filepath.Join(dir, "conf"), []byte(config), 0o666); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	server := exec.CommandContext(ctx, named, "-g", "-n", "1", "-c", filepath.Join(dir, "conf"))
	says, err := server.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	loaded := map[string]bool{}
	var log []string
	for lines := bufio.NewScanner(says); lines.Scan(); {
		log = append(log, lines.Text())
		if m := loadedIn.FindStringSubmatch(lines.Text()); m != nil {
			loaded[m[1]] = true
		}
		if strings.HasSuffix(lines.Text(), "all zones loaded") {
			cancel()
		}
	}
	_ = server.Wait()
	if len(loaded) == 0 {
		t.Fatalf("named loads nothing:\n%s", strings.Join(log[max(0, len(log)-20):], "\n"))
	}
	out := make([]bool, len(zones))
	for i := range zones {
		out[i] = loaded[fmt.Sprint(i)]
	}
	return out
}

var loadedIn = regexp.MustCompile(`zone example\.com/IN/v(\d+): loaded serial`)

var letters = regexp.MustCompile(`\{\d{1,3}\}`)

// written is a zone of testdata/zones.txt as it is in a file.
func written(zone string) string {
	zone = letters.ReplaceAllStringFunc(zone, func(s string) string {
		n, _ := strconv.Atoi(strings.Trim(s, "{}"))
		return strings.Repeat("a", n)
	})
	zone = strings.ReplaceAll(zone, "{head}", corpusHead)
	zone = strings.ReplaceAll(zone, "{cut}\n", "")
	for mark, n := range map[string]int{"{set}\n": maxSet + 1, "{fifty}\n": 50, "{ten}\n": 10} {
		var set strings.Builder
		for i := range n {
			fmt.Fprintf(&set, "w A 10.0.%d.%d\n", n, i)
		}
		zone = strings.ReplaceAll(zone, mark, set.String())
	}
	zone = strings.ReplaceAll(zone, "{same100}\n", strings.Repeat("w A 10.0.0.1\n", maxSet))
	zone = strings.ReplaceAll(zone, "{types100}\n", rows("w TYPE%d \\# 1 00", 65280, 65279+maxTypes))
	zone = strings.ReplaceAll(zone, "{deep}", strings.TrimSuffix(strings.Repeat("a.", 121), "."))
	zone = strings.ReplaceAll(zone, "{nul}", "\x00")
	zone = strings.ReplaceAll(zone, "{texts}", strings.Repeat(strings.Repeat("a", 254)+" ", 256)) // 65280 octets
	zone = strings.ReplaceAll(zone, "{items}", strings.Repeat("1:192.0.2.1/32 ", 8188))
	zone = strings.ReplaceAll(zone, "{hip}", strings.Repeat("rendezvous-server ", 1500))
	zone = strings.ReplaceAll(zone, "{nsec3}", bitmaps())
	for mark, change := range map[string]func(string) string{
		"{crlf}":  func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") },
		"{cr}":    func(s string) string { return strings.ReplaceAll(s, "\n", "\r") },
		"{bom}":   func(s string) string { return "\xef\xbb\xbf" + s },
		"{utf16}": func(s string) string { return "\xff\xfe" + strings.Join(strings.Split(s, ""), "\x00") + "\x00" },
	} {
		if rest, ok := strings.CutPrefix(zone, mark); ok {
			zone = change(rest)
		}
	}
	return zone
}

// corpusRows reads a file of records without owners.
func corpusRows(t testing.TB, name string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	var rows []string
	for row := range strings.Lines(string(text)) {
		if row = strings.TrimSuffix(row, "\n"); !strings.HasPrefix(row, ";") {
			rows = append(rows, row)
		}
	}
	return rows
}

// verdict tells whether edgeplan takes a zone, and why not.
func verdict(zone, origin string) (why string, ok bool) {
	z, err := inPartsToo(func() (*Zone, error) { return Gather(File{Text: []byte(zone)}, nowhere).Inspect(origin, nil) })
	switch {
	case err != nil:
		return err.Error(), false
	case len(z.Defects) > 0:
		return fmt.Sprintf("%d defects: %+v", z.DefectCount, z.Defects), false
	case !hasNS(z):
		return "no NS record", false // what package compiler says
	case slices.ContainsFunc(z.Directives, func(d Directive) bool { return d.Unread != nil }):
		return "a file is not read", false // the same
	}
	soas := 0
	for _, r := range z.Records {
		if ruleOf(r.Type) == nil && !strings.HasPrefix(r.Type, "TYPE") {
			return "unknown type", false // the same
		}
		if r.Type == "SOA" {
			soas++
		}
	}
	return "not one SOA record, or a byte order mark", soas == 1 && !strings.HasPrefix(zone, string(utf8Mark))
}

// hasNS reports an NS record of the zone itself, as package compiler looks for one.
func hasNS(z *Zone) bool {
	return slices.ContainsFunc(z.Records, func(r Record) bool { return r.Type == "NS" && r.Owner == z.Origin }) ||
		slices.ContainsFunc(z.Directives, func(d Directive) bool { return d.Makes(z.Origin, "NS") })
}

func nowhere(string) (File, error) { return File{}, os.ErrNotExist }

// needCheckzone tells whether BIND is at hand.
func needCheckzone(t testing.TB) bool {
	t.Helper()
	if _, err := exec.LookPath("named-checkzone"); err == nil {
		return true
	}
	if os.Getenv("EDGEPLAN_TOOLS_REQUIRED") != "" {
		t.Fatal("named-checkzone is not installed, and EDGEPLAN_TOOLS_REQUIRED is set")
	}
	loud.Note(t, "named-checkzone is not installed (Debian: bind9-utils), so only edgeplan reads the corpus")
	return false
}

// checkzone runs named-checkzone with what named checks of a primary zone by default: names
// as well, but without asking other servers for theirs.
func checkzone(t testing.TB, dir, origin, zone string) (output string, ok bool) {
	t.Helper()
	file := filepath.Join(dir, "zone")
	if err := os.WriteFile(file, []byte(zone), 0o666); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("named-checkzone", "-i", "local", "-k", "fail", "-w", dir, origin, "zone").CombinedOutput()
	return string(out), err == nil
}

var refusedLine = regexp.MustCompile(`(?m)^(?:dns_\w+: )?zone:(\d+): .*`)

// warning is what BIND says of records that it loads.
var warning = regexp.MustCompile("signature has expired|old style DNSSEC|TTL set to prior|out-of-zone")

// compareRows has named-checkzone read records in one zone, and compares line by line.
func compareRows(t testing.TB, dir string, rows []string) (refused int) {
	t.Helper()
	zone := corpusHead
	first := 1 + strings.Count(zone, "\n")
	says := map[int]string{}
	for i, row := range rows {
		if strings.ContainsAny(row, "()") || strings.HasSuffix(row, `\`) {
			// After an error BIND looks for the end of the line with no eye for quotes, and a backslash may
			// take the line end in.
			if out, ok := checkzone(t, dir, "example.com", corpusHead+"t\t"+row+"\n"); !ok {
				says[i] = out
			}
			row = "A 192.0.2.1"
		}
		zone += fmt.Sprintf("t%d\t%s\n", i, row)
	}
	out, _ := checkzone(t, dir, "example.com", zone)
	for _, match := range refusedLine.FindAllStringSubmatch(out, -1) {
		n, _ := strconv.Atoi(match[1])
		if !warning.MatchString(match[0]) {
			says[n-first] += match[0] + "\n"
		}
	}
	for i, row := range rows {
		why, ok := verdict(corpusHead+fmt.Sprintf("t%d\t%s\n", i, row), "example.com")
		bind := says[i] == ""
		if bind != ok { // an odd line may have taken others in
			_, bind = checkzone(t, dir, "example.com", corpusHead+"t\t"+row+"\n")
		}
		if bind != ok && !known(row) && !(ok && strings.HasPrefix(row, "NAPTR ")) { // an expression is not read
			t.Errorf("%q:\n\tnamed-checkzone takes it: %v: %s\tedgeplan takes it: %v: %s", row, bind, says[i], ok, why)
		}
		if !ok {
			refused++
		}
	}
	return refused
}

// known tells that a record is one of which docs/dns.md says that the two differ.
func known(row string) bool {
	typ, data, _ := strings.Cut(row, " ")
	switch typ {
	case "WKS", "EUI48", "EUI64":
		return true
	case "KEY", "DNSKEY", "CDNSKEY", "RKEY", "KEYDATA":
		return keyWord.MatchString(data) // flags cut off
	}
	return false
}

// keyWord finds flags of a key in words.
var keyWord = regexp.MustCompile(`^(?:\d{14} ){0,3}[A-Za-z]`)

// TestCorpusMutants changes records of the corpus at random and compares what BIND and
// edgeplan say of them.
func TestCorpusMutants(t *testing.T) {
	if !needCheckzone(t) {
		t.Skip("SKIPPED: named-checkzone is not installed")
	}
	count, seed := 3000, uint64(1)
	if n, err := strconv.Atoi(os.Getenv("EDGEPLAN_ZONES_MUTANTS")); err == nil {
		count, seed = n, rand.Uint64()
	}
	rows := slices.Concat(corpusRows(t, "good.data"), corpusRows(t, "bad.data"))
	rng := rand.New(rand.NewPCG(seed, 9))
	mutants := make([]string, count)
	for i := range mutants {
		mutants[i] = mutate(rng, rows)
	}
	refused := compareRows(t, t.TempDir(), mutants)
	t.Logf("%d records, %d of them refused, seed %d", count, refused, seed)
}

// mutate changes a record a little. Parentheses, which join lines, are left out.
func mutate(rng *rand.Rand, rows []string) string {
	typ, data, _ := strings.Cut(rows[rng.IntN(len(rows))], " ")
	words := strings.Fields(data)
	for range 1 + rng.IntN(2) {
		if len(words) == 0 {
			break
		}
		i := rng.IntN(len(words))
		_, other, _ := strings.Cut(rows[rng.IntN(len(rows))], " ")
		others := strings.Fields(other + " 0")
		word := words[i]
		at := rng.IntN(len(word) + 1)
		switch rng.IntN(8) {
		case 0:
			words = slices.Delete(words, i, i+1)
		case 1:
			words = slices.Insert(words, i, others[rng.IntN(len(others))])
		case 2:
			words[i] = others[rng.IntN(len(others))]
		case 3:
			words[i] = word[:at]
		case 4:
			words[i] = word[:at] + string("09afAFzZ.-_:/=,!*+@#$%&'~|^<>?{}[]\\\""[rng.IntN(36)]) + word[at:]
		case 5:
			words[i] = word[:at] + []string{"65535", "65536", "256", "4294967296", "-1", "a..b", ".", "@", "\\#", "\\0", "\\300", "\"\"", "0x10", "1h"}[rng.IntN(14)]
		case 6:
			words[i] += word
		case 7:
			typ, _, _ = strings.Cut(rows[rng.IntN(len(rows))], " ")
		}
	}
	row := typ + " " + strings.Join(words, " ")
	return strings.Map(func(r rune) rune {
		if r == '(' || r == ')' || r == '\n' {
			return '!'
		}
		return r
	}, row)
}

// TestLongALPN: a length of 255 is no end of a list without end.
func TestLongALPN(t *testing.T) {
	for n, want := range map[int]bool{255: true, 254: false, 256: false} {
		zone := corpusHead + "t SVCB 1 . key1=\"\\255" + strings.Repeat("a", n) + "\"\n"
		if why, ok := verdict(zone, "example.com"); ok != want {
			t.Errorf("%d octets: %v, %s", n, ok, why)
		}
	}
}
