package docs

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclwrite"

	"github.com/edgeplan/edgeplan/compiler"
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/parser"
	"github.com/edgeplan/edgeplan/parser/diag"
)

const languagePage = "docs/language.md"

// TestSpecs: each whole spec of the pages compiles without errors or unused accepts and
// makes a plan; all HCL is laid out as `edgeplan fmt` does it.
func TestSpecs(t *testing.T) {
	whole := 0
	for _, page := range pages {
		files := fstest.MapFS{}
		for _, f := range fences(t, page) {
			if f.lang == "zone" {
				files["contoso.com.zone"] = &fstest.MapFile{Data: []byte(f.text)}
			}
		}
		for _, f := range fences(t, page) {
			if f.lang != "hcl" {
				continue
			}
			if nice := string(hclwrite.Format([]byte(f.text))); nice != f.text {
				t.Errorf("%s:%d: not laid out as edgeplan fmt does it", page, f.line)
			}
			if strings.Contains(f.text, "topology \"") {
				whole++
				compile(t, fmt.Sprintf("%s:%d", page, f.line), files, f.text)
			}
		}
	}
	if whole == 0 {
		t.Error("no page shows a whole spec")
	}
}

func compile(t *testing.T, where string, files fstest.MapFS, text string) {
	t.Helper()
	spec, _, diags := parser.Parse(files, []parser.File{{Name: "page.edge.hcl", Text: []byte(text)}})
	var plans []*plan.Plan
	if !diags.HasErrors() {
		plans, diags = compiler.Compile(spec)
	}
	for _, d := range diags {
		if code := diag.Of(d); d.Severity == hcl.DiagError || code == "EP1016" {
			t.Errorf("%s: line %d: %s %s: %s", where, d.Subject.Start.Line, code, d.Summary, d.Detail)
		}
	}
	if len(plans) != len(spec.Asked()) || len(plans) == 0 {
		t.Errorf("%s: %d plans", where, len(plans))
	}
}

// block is what the page says of one type of block.
type block struct {
	name   string
	intro  string
	args   [][]string // name, value, meaning
	labels bool
}

// blocks are the parts below the heading Blocks.
func blocks(t *testing.T) []block {
	t.Helper()
	_, rest, _ := strings.Cut(read(t, languagePage), "\n## Blocks\n")
	rest, _, _ = strings.Cut(rest, "\n## ")
	var out []block
	for _, part := range strings.Split(rest, "\n### ")[1:] {
		name, body, _ := strings.Cut(part, "\n")
		b := block{name: name}
		intro, table, ok := strings.Cut(body, "\n| argument |")
		b.intro = intro
		b.labels = strings.Contains(intro, "`"+name+` "`)
		if ok {
			b.args = tableRows(table)
		}
		for _, cells := range b.args {
			cells[0] = strings.Trim(cells[0], "`")
		}
		out = append(out, b)
	}
	if len(out) < 10 {
		t.Fatalf("%s has only %d blocks", languagePage, len(out))
	}
	return out
}

// probe is a spec that holds the block with these arguments, inside its parent.
func (b block) probe(args string) string {
	head := b.name
	if b.labels {
		head += ` "x"`
	}
	text := head + " {\n" + args + "}\n"
	if strings.Contains(b.intro, "In a `change`") {
		text = "failover \"x\" {\nchange {\n" + text + "}\n}\n"
	}
	for _, parent := range []string{"edge_pool", "failover"} {
		if strings.Contains(b.intro, "In an `"+parent+"`") || strings.Contains(b.intro, "In a `"+parent+"`") {
			return parent + " \"x\" {\n" + text + "}\n"
		}
	}
	return text
}

func parse(text string) hcl.Diagnostics {
	_, _, diags := parser.Parse(fstest.MapFS{}, []parser.File{{Name: "probe.edge.hcl", Text: []byte(text)}})
	return diags
}

var firstName = regexp.MustCompile(`^(\w+) needs a value`)

// TestArguments parses each block with all its arguments set to null: the parser knows
// them all, and misses a value for exactly the required ones.
func TestArguments(t *testing.T) {
	for _, b := range blocks(t) {
		if b.name == "locals" {
			continue
		}
		var args strings.Builder
		var want, got []string
		for _, cells := range b.args {
			args.WriteString(cells[0] + " = null\n")
			if strings.HasPrefix(cells[1], "required") {
				want = append(want, cells[0])
			}
		}
		for _, d := range parse(b.probe(args.String())) {
			switch code := diag.Of(d); code {
			case "EP1001", "EP1002", "EP1003":
				t.Errorf("%s, %s: %s: %s", languagePage, b.name, code, d.Detail)
			case "EP1004":
				if m := firstName.FindStringSubmatch(d.Detail); m != nil {
					got = append(got, m[1])
				}
			}
		}
		sameSet(t, languagePage+", required in "+b.name, want, got)
	}
}

var wordList = regexp.MustCompile("`\"([^\"]+)\"`")

// TestWords: an argument that takes words takes exactly those of the page; the first is
// the default unless the argument is required.
func TestWords(t *testing.T) {
	for _, b := range blocks(t) {
		for _, cells := range b.args {
			var want []string
			for _, m := range wordList.FindAllStringSubmatch(cells[1], -1) {
				want = append(want, m[1])
			}
			var got []string
			for _, d := range parse(b.probe(cells[0] + " = \"no such word\"\n")) {
				if diag.Of(d) == "EP1008" {
					_, list, _ := strings.Cut(d.Detail, "is not one of ")
					list, _, _ = strings.Cut(list, ". ")
					for _, m := range regexp.MustCompile(`"([^"]+)"`).FindAllStringSubmatch(list, -1) {
						got = append(got, m[1])
					}
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s, %s.%s has the words %v, the parser %v", languagePage, b.name, cells[0], want, got)
			}
			if strings.Contains(cells[1], "(default)") && !strings.Contains(cells[1], "`\""+want[0]+"\"` (default)") {
				t.Errorf("%s, %s.%s: the default is %s", languagePage, b.name, cells[0], want[0])
			}
		}
	}
}

// typeProbes are values of the wrong type for what the page calls a value.
var typeProbes = map[string]struct{ value, code string }{
	"string":           {"{}", "EP1005"},
	"host name":        {"{}", "EP1005"},
	"path":             {"{}", "EP1005"},
	"map of paths":     {`"x"`, "EP1005"},
	"IPv4 address":     {"{}", "EP1005"},
	"IPv6 address":     {"{}", "EP1005"},
	"date":             {"{}", "EP1005"},
	"time":             {"{}", "EP1005"},
	"list of strings":  {`"x"`, "EP1005"},
	"true or false":    {`"x"`, "EP1005"},
	"TCP port":         {"65536", "EP1009"},
	"reference to a":   {`"x"`, "EP1005"},
	"reference to an":  {`"x"`, "EP1005"},
	"list of referenc": {`["x"]`, "EP1005"},
	"one of":           {`"x"`, "EP1008"},
	"host name or add": {"{}", "EP1005"},
	"seconds, 30 to":   {"29", "EP1009"},
	"minutes, 1 to":    {"0", "EP1009"},
	"hours, 1 to":      {"0", "EP1009"},
}

func TestTypes(t *testing.T) {
	for _, b := range blocks(t) {
		for _, cells := range b.args {
			value := strings.TrimPrefix(cells[1], "required, ")
			known := false
			for prefix, probe := range typeProbes {
				if !strings.HasPrefix(value, prefix) {
					continue
				}
				known = true
				if !found(parse(b.probe(cells[0]+" = "+probe.value+"\n")), probe.code) {
					t.Errorf("%s, %s.%s is %s, but takes %s", languagePage, b.name, cells[0], value, probe.value)
				}
			}
			if !known {
				t.Errorf("%s, %s.%s: what is %q?", languagePage, b.name, cells[0], value)
			}
			checkReference(t, b, cells[0], value)
		}
	}
}

// checkReference gives an argument the kind of reference that the page names.
func checkReference(t *testing.T, b block, name, value string) {
	t.Helper()
	m := regexp.MustCompile("^(list of references|reference) to an? `(\\w+)`$").FindStringSubmatch(value)
	if m == nil {
		return
	}
	one := m[2] + ".y"
	if m[1] != "reference" {
		one = "[" + one + "]"
	}
	text := b.probe(name + " = " + one + "\n")
	if diags := parse(text + m[2] + " \"y\" {}\n"); found(diags, "EP1005") || found(diags, "EP1006") {
		t.Errorf("%s, %s.%s does not take %s", languagePage, b.name, name, one)
	}
}

func found(diags hcl.Diagnostics, code string) bool {
	return slices.ContainsFunc(diags, func(d *hcl.Diagnostic) bool { return string(diag.Of(d)) == code })
}

// TestNothingIsMissing: each block of the parser has its place in the page and each part is of a
// block, and the parts are there to which findings send their readers.
func TestNothingIsMissing(t *testing.T) {
	var documented, known []string
	for _, b := range blocks(t) {
		documented = append(documented, b.name)
	}
	for _, b := range parser.Schema() {
		known = append(known, b.Type)
	}
	sameSet(t, languagePage+", blocks", documented, known)
	have := anchors(t, languagePage)
	for _, part := range []string{"files", "blocks", "references", "functions", "limits", "accept", "failover", "dns_zone"} {
		if !slices.Contains(have, part) {
			t.Errorf("%s has no part %q, to which findings send their readers", languagePage, part)
		}
	}
}

// TestPorts: the defaults of the ports are those of the parser.
func TestPorts(t *testing.T) {
	spec, _, _ := parser.Parse(fstest.MapFS{}, []parser.File{{Name: "probe.edge.hcl", Text: []byte("topology \"t\" {}\nedge_pool \"x\" {\n  xmpp {}\n}\n")}})
	xmpp := spec.Topology.EdgePools[0].XMPP
	for name, port := range map[string]int{"listening_port": xmpp.ListeningPort.V, "internal_port": xmpp.InternalPort.V} {
		if row := fmt.Sprintf("| `%s` | TCP port, default %d |", name, port); !strings.Contains(read(t, languagePage), row) {
			t.Errorf("%s does not say %s", languagePage, row)
		}
	}
}

func TestKindsOfReference(t *testing.T) {
	_, list, _ := strings.Cut(read(t, languagePage), "What can be\nreferred to: ")
	list, _, _ = strings.Cut(list, ".")
	kinds := regexp.MustCompile(`kinds = \[\]string\{(.*)\}`).FindStringSubmatch(read(t, "parser/eval.go"))[1]
	var want []string
	for _, kind := range strings.Split(kinds, ", ") {
		want = append(want, strings.Trim(kind, `"`))
	}
	sameSet(t, languagePage+", references", codeWords(list), want)
}

func TestFunctions(t *testing.T) {
	_, rest, _ := strings.Cut(read(t, languagePage), "\n## Functions\n")
	_, rest, _ = strings.Cut(rest, "\n- ")
	rest, _, _ = strings.Cut(rest, "\n## ")
	got := codeWords(rest)
	var want []string
	for _, m := range regexp.MustCompile(`"(\w+)": +(?:stdlib\.|boundedFormat|cidrHost)`).FindAllStringSubmatch(read(t, "parser/functions.go"), -1) {
		want = append(want, m[1])
	}
	sameSet(t, languagePage+", functions", got, want)
	for _, name := range got {
		if found(parse("locals {\n  x = "+name+"()\n}\n"), "EP1006") {
			t.Errorf("%s: there is no function %s", languagePage, name)
		}
	}
	host := "locals {\n  x = cidrhost(\"198.51.100.0/24\", -1) == \"198.51.100.255\" ? \"site\" : 1/0\n}\n"
	if diags := parse(host); found(diags, "EP1005") {
		t.Errorf("cidrhost: %v", diags)
	}
}

func TestLimits(t *testing.T) {
	var source string
	for _, name := range []string{"parser/limits.go", "parser/load.go", "parser/depth.go", "parser/reader.go", "parser/functions.go", "parser/work.go", "parser/cost.go", "cmd/edgeplan/source.go", "compiler/report/report.go", "compiler/zones/generate.go", "compiler/plan/matrix.go", "compiler/matrix.go"} {
		source += read(t, name)
	}
	for row, want := range map[string]string{
		"16 MiB in 10,000 files |":                     `maxSpecBytes *= 16 << 20(?s:.*)maxSpecFiles *= 10_000`,
		"| 40,000, and 240,000 for each":               `freeTokens *= 40_000(?s:.*)tokensPerMiB *= 240_000`,
		"`dynamic` together | 80,000: a list of":       `maxBlockTokens = 80_000`,
		"once for each | 1 GiB |":                      `maxZoneBytes *= 1 << 30`,
		"| blocks `dns_zone` | 10,000 |":               `maxZones *= 10_000`,
		"all blocks 20,000, and 40,000 for each MiB |": `freePlanned *= 20_000(?s:.*)plannedPerMiB *= 40_000`,
		"`media` and `next_hop` | 1,000;":              `maxPlans *= 1_000`,
		"blocks `matrix` and plans of other blocks, together | 1,000; the number of pairs times that of sites, pools, SIP domains and zones 60,000 |": `MaxPairs *= 1000(?s:.*)maxPairs *= plan.MaxPairs(?s:.*)maxWork *= 60_000`,
		"begin like theirs | 400,000 |":       `maxAsked *= 400_000`,
		"| findings of all plans | 100,000 |": `maxFindings *= 100_000`,
		"at one place | 64 |":                 `maxOpen *= 64\b`,
		"bracket in one expression | 1000 |":  `maxChain *= 1000\b`,
		"| digits of a number | 1000 |":       `maxDigits *= 1000\b`,
		"| exponent of a number | 999 |":      `maxExponent *= 999\b`,
		"together in one string | 1024 |":     `maxPieces *= 1024\b`,
		"regular expression | 1000 |":         `maxPattern *= 1000\b`,
		"| 10 MiB, and 12 times":              `maxValueBytes *= 10 << 20(?s:.*)bytesPerByte *= 12\b`,
		"| width in `format` | 999 |":         `a width above 999 is not supported`,
	} {
		if !strings.Contains(read(t, languagePage), row) || !regexp.MustCompile(want).MatchString(source) {
			t.Errorf("%s and the source differ: %s, %s", languagePage, row, want)
		}
	}
}
