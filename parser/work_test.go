package parser

import (
	"fmt"
	"hash/crc32"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/edgeplan/edgeplan/parser/diag"
	"github.com/edgeplan/edgeplan/parser/internal/cputime"
)

// What one small spec may take. The time is that of the processors.
const (
	maxTime   = 2 * time.Second * slowness
	maxMemory = 300 << 20
)

// nested is an expression inside n others.
func nested(n int, left, inner, right string) string {
	return strings.Repeat(left, n) + inner + strings.Repeat(right, n)
}

// loops is n for expressions over 1024 numbers inside each other.
func loops(n int, inner string) string { return nested(n, "[for x in range(1024) : ", inner, "]") }

// long is a string of 1024 to the power of n characters.
func long(n int) string {
	s := `"` + strings.Repeat("x", 1024) + `"`
	return nested(n-1, `replace(`+s+`, "x", `, s, ")")
}

// sameHash is a list of 2^n strings with one CRC-32, as [cty.Value.Hash] takes it: to
// change a character changes it by the same bits whatever the others are, so changes
// that cancel each other out can be combined at will.
func sameHash(n int) string {
	base := []byte(strings.Repeat("a", 32+n))
	sum := func(s []byte) uint32 { return crc32.ChecksumIEEE(fmt.Appendf(nil, "%q", s)) }
	type change struct {
		bits uint32
		at   uint64 // which characters
	}
	var basis [32]change
	var free []uint64
	for i := range base {
		s := slices.Clone(base)
		s[i] ^= 1
		c := change{sum(s) ^ sum(base), 1 << i}
		for bit := range basis {
			if c.bits>>bit&1 == 0 {
				continue
			}
			if basis[bit].at == 0 {
				basis[bit] = c
				break
			}
			c = change{c.bits ^ basis[bit].bits, c.at ^ basis[bit].at}
		}
		if c.bits == 0 {
			free = append(free, c.at)
		}
	}
	var out []string
	for choice := range 1 << n {
		s := slices.Clone(base)
		for i, at := range free[:n] {
			for j := range s {
				s[j] ^= byte(choice >> i & 1 & int(at>>j&1))
			}
		}
		out = append(out, string(s))
	}
	return `["` + strings.Join(out, `","`) + `"]`
}

type hostileCase struct {
	name, expr string
	code       diag.Code
}

// hostile are expressions that took minutes, or all memory, or would if nothing was
// counted. An empty code stands for a value.
func hostile() []hostileCase {
	return []hostileCase{
		{"text as a number", `"${-"1e600000000"}"`, "EP1010"},
		{"text as a tiny number", `"${-"1e-600000000"}"`, "EP1010"},
		{"text with a binary exponent", `-"1p600000000"`, "EP1010"},
		{"text in brackets", `-(("1e600000000"))`, "EP1010"},
		{"text in a template", `-"${"1e600"}000000"`, "EP1010"},
		{"text from a local", `{for k, v in {a = "1e600000000"} : k => -v}`, "EP1010"},
		{"text of many digits", `-join("", [for i in range(1024) : "` + strings.Repeat("1", 1000) + `"])`, "EP1010"},
		{"many digits and no number", `-"` + strings.Repeat("1", 1000000) + `x"`, "EP1010"},
		{"infinity", `"inf" - "Inf"`, "EP1010"},
		{"modulo", `"1e600000000" % 3`, "EP1010"},
		{"modulo of a small one", `3 % "1e-600000000"`, "EP1010"},
		{"comparison", `"1e600000000" > "1e600000001"`, "EP1010"},
		{"index", `["a"]["1e600000000"]`, "EP1010"},
		{"index of digits", `["a"]["` + strings.Repeat("0", 1000000) + `"]`, "EP1010"},
		{"index of a local", `{for k in ["1e600000000"] : "k" => [1][k]}`, "EP1010"},
		{"product", `1e999 * 1e999 * 1e999 * 1e999 * 1e999 * 1e999`, "EP1010"},
		{"quotient", `1e-999 / 1e999 / 1e999 / 1e999 / 1e999 / 1e999`, "EP1010"},
		{"squares", `[for a in [1e999] : [for b in [a * a] : [for c in [b * b] : c * c]]]`, "EP1010"},
		{"modulo of numbers", `1e999 % 1e-999`, ""},
		{"floor of text", `floor("1e600000000")`, "EP1010"},
		{"ceil of text", `ceil("1e600000000")`, "EP1010"},
		{"abs of text", `abs("1e600000000")`, "EP1010"},
		{"max of text", `max(1, "1e600000000")`, "EP1010"},
		{"max of a list of text", `max(["1", "1e600000000"]...)`, "EP1010"},
		{"substr of text", `substr("abc", 0, "1e600000000")`, "EP1010"},
		{"element of text", `element(["a"], "1e600000000")`, "EP1010"},
		{"slice of text", `slice(["a"], "0", "1e600000000")`, "EP1010"},
		{"chunks of text", `chunklist(["a"], "1e600000000")`, "EP1010"},
		{"cidrhost of text", `cidrhost("192.0.2.0/24", "1e600000000")`, "EP1010"},
		{"tonumber", `tostring(tonumber("1e600000000"))`, "EP1010"},
		{"tonumber of digits", `tonumber("` + strings.Repeat("7", 1000000) + `")`, "EP1010"},
		{"lookup with a number", `lookup(tomap({a = 1}), "b", "1e600000000")`, "EP1010"},
		{"lookup with digits", `lookup(tomap({a = 1}), "b", "` + strings.Repeat("7", 1000000) + `")`, "EP1010"},
		{"format of text as a number", `format("%d", "1e600000000")`, "EP1010"},
		{"format of text as a float", `format("%.2f", "1e600000000")`, "EP1010"},
		{"string of per cents", `"` + strings.Repeat("%x", 100000) + `"`, "EP1010"},
		{"string of dollars", `"` + strings.Repeat("$x", 100000) + `"`, "EP1010"},
		{"heredoc of many lines", "<<E\n" + strings.Repeat("x\n", 100000) + "E\n", "EP1010"},
		{"format in wide columns", `format(replace(` + long(2) + `, "x", "%999d"), [for i in range(1024) : 1]...)`, "EP1010"},
		{"format of one argument", `format(replace(` + long(2) + `, "x", "%[1]s"), ` + long(2) + `)`, "EP1010"},
		{"format of nulls in wide columns", `format(replace(` + long(2) + `, "x", "%999v"), null)`, "EP1010"},
		{"formats in loops", loops(2, `format("%999d", x)`), "EP1010"},
		{"parseint", `parseint(` + long(2) + `, 36)`, "EP1010"},
		{"parseint below the limit", `parseint("` + strings.Repeat("z", 1000) + `", 62)`, ""},
		{"range without an end", `range(1e300)`, "EP1005"},
		{"range of small steps", `range(0, 1, 1e-300)`, "EP1005"},
		{"range of text", `range("1e600000000")`, "EP1010"},
		{"two loops", loops(2, "x"), "EP1010"},
		{"two loops of a literal", loops(2, "1"), "EP1010"},
		{"three loops", loops(3, "x"), "EP1010"},
		{"a hundred loops", loops(100, "x"), "EP1010"},
		{"loops that keep nothing", nested(maxOpen-5, "[for x in range(1024) : ", "x", " if x < 0]"), ""},
		{"loops in conditions", nested(3, "[for x in range(1024) : x if length(", "[1]", ") == 7]"), "EP1010"},
		{"loops of objects", nested(3, "{for x in range(1024) : x => ", "x", "}"), "EP1010"},
		{"loops of one key", loops(1, `{for y in range(1024) : "a" => y}`), "EP1010"},
		{"groups", nested(3, `{for x in range(1024) : "a" => `, "x", "...}"), "EP1010"},
		{"templates with loops", `"` + nested(8, "%{ for x in range(1024) }", "x", "%{ endfor }") + `"`, "EP1010"},
		{"string of a mebibyte in loops", loops(1, long(2)), "EP1010"},
		{"string of a gibibyte", long(3), "EP1010"},
		{"replace nothing", `[for s in [` + long(1) + `] : replace(s, "", replace(s, "x", s))]`, "EP1010"},
		{"replace nested", nested(6, `replace("`+strings.Repeat("x", 100)+`", "x", `, `"y"`, ")"), "EP1010"},
		{"join with a long separator", `join(` + long(1) + `, split("", ` + long(2) + `))`, "EP1010"},
		{"split", `split("", ` + long(2) + `)`, "EP1010"},
		{"trim", `trim(replace(` + long(2) + `, "x", "ö"), replace(` + long(2) + `, "x", "ü"))`, "EP1010"},
		{"strlen", `strlen(` + long(2) + `)`, ""},
		{"substr", `substr(` + long(2) + `, 1000000, 1)`, ""},
		{"regex of repeats", `regex("` + strings.Repeat(".{999}", 160) + `", ` + long(2) + `)`, "EP1010"},
		{"regex of repeated repeats", `regex("((((a{9}){9}){9})?){9}` + strings.Repeat("x*", 100) + `", ` + long(2) + `)`, "EP1005"},
		{"regexall", `regexall("(?:x*y)|x", ` + long(2) + `)`, "EP1010"},
		{"regexall of each place", `regexall("", ` + long(2) + `)`, "EP1010"},
		{"long pattern", `regex("` + strings.Repeat("a", 100000) + `", "a")`, "EP1010"},
		{"distinct", `distinct(split("", ` + long(1) + `))`, ""},
		{"distinct of many", `distinct(flatten([for i in range(100) : [for j in range(1024) : "${i}-${j}"]]))`, "EP1010"},
		{"list of unlike things", `tolist([` + strings.Repeat("[],{},", 10000) + `])`, "EP1010"},
		{"ranges that are too long", `[for i in range(1024) : contains(range(5024), u000)]`, "EP1010"},
		{"list of numbers", `tolist([` + strings.Repeat("1,", 40000) + `])`, "EP1010"},
		{"choice of lists", `true ? [` + strings.Repeat("1,", 40000) + `] : []`, "EP1010"},
		{"list of unlike objects", `tolist([for i in range(1024) : {"k${i % 7}" = range(i % 9 + 1)}])`, "EP1010"},
		{"set parameter of unlike things", `setunion([` + strings.Repeat("[],{},", 10000) + `], [])`, "EP1010"},
		{"choice of unlike things", `true ? [` + strings.Repeat("[],{},", 10000) + `] : [1]`, "EP1010"},
		{"coalesce of unlike things", `coalesce([` + strings.Repeat("[],{},", 10000) + `], [1])`, "EP1010"},
		{"concat of many", `concat([for i in range(1024) : tolist([for j in range(1024) : i])]...)`, "EP1010"},
		{"strings of one hash", `toset(` + sameHash(14) + `)`, "EP1010"},
		{"comparison of long lists", loops(2, `range(1024) == range(1024)`), "EP1010"},
		{"contains", `[for i in range(1024) : contains(range(1024), 5000)]`, "EP1010"},
		{"splats", `[for i in range(1024) : range(1024)][*][*][*]`, "EP1010"},
		{"flatten of nests", `flatten([for i in range(1024) : ` + nested(maxOpen-5, "[", "i", "]") + `])`, "EP1010"},
		{"merge of many", `merge([for i in range(1024) : {for j in range(1024) : "${i}${j}" => j}]...)`, "EP1010"},
		{"zipmap in loops", loops(1, `zipmap([for i in range(1024) : "${i}"], range(1024))`), "EP1010"},
		{"values and keys", loops(1, `keys({for i in range(1024) : i => i})`), "EP1010"},
		{"sets in loops", loops(1, `toset(range(1024))`), "EP1010"},
		{"one finding in a loop", loops(1, `site["${x}"]`), "EP1006"},
		{"duplicate keys", `{for x in range(1024) : "${x % 512}" => x}`, "EP1005"},
		{"nest at the limit", nested(maxOpen-1, "[", "", "]"), ""},
		{"choices in each other", nested(maxOpen-5, "true ? [", "1", "] : [1, 2]"), "EP1005"},
	}
}

func TestHostileExpressions(t *testing.T) {
	for _, test := range hostile() {
		t.Run(test.name, func(t *testing.T) {
			diags := watched(t, head+"site \"s\" {}\nlocals {\n  a = "+test.expr+"\n}\n")
			var codes []diag.Code
			for _, d := range diags {
				codes = append(codes, diag.Of(d))
			}
			if test.code == "" && len(codes) > 0 || test.code != "" && (len(codes) != 1 || codes[0] != test.code) {
				t.Errorf("want %q, got %d: %.2000s", test.code, len(codes), fmt.Sprint(shown(diags)))
			}
		})
	}
}

// Nothing in this table of what people write comes near the limits.
func TestSaneExpressions(t *testing.T) {
	domains := func(n int) string {
		var out strings.Builder
		for i := range n {
			fmt.Fprintf(&out, "    \"domain%d.example.com\",\n", i)
		}
		return "locals {\n  domains = [\n" + out.String() + "  ]\n}\n"
	}
	text := domains(1000) + `
locals {
  set     = toset(distinct(concat(local.domains, ["a.example.com"])))
  both    = true ? local.domains : []
  sorted  = sort(tolist(local.domains))
  names   = [for d in local.domains : format("%s-%03d", upper(d), length(regexall("[0-9]+", d)))]
  lookups = { for d in local.domains : d => replace(d, ".example.com", "") if !contains(["b"], d) }
  commit  = upper("12e4567890")
  ticket  = { "12e4567890" = "x" }
}
xmpp_federation {
  host     = local.domains[1]
  partners = local.domains
}
dynamic "sip_domain" {
  for_each = local.set
  labels   = [sip_domain.value]
  content {
    xmpp = local.lookups[local.domains[7]] == "domain7"
  }
}
`
	spec, _, diags := parseText(head + text)
	noDiff(t, shown(diags), []string(nil))
	if len(spec.Topology.SIPDomains) != 1001 || !spec.Topology.SIPDomains[0].XMPP.V {
		t.Errorf("%d domains", len(spec.Topology.SIPDomains))
	}
}

// Locals of null, or of empty lists, whose types double.
const doublingTypes = `locals {
  a0 = slice(tolist([["x", 1]]), 0, 0)
%s}
`

func TestHostileSpecs(t *testing.T) {
	lines := func(n int, line string) string {
		var out strings.Builder
		for i := range n {
			fmt.Fprintf(&out, line, i+1, i, i)
		}
		return out.String()
	}
	tests := []struct {
		name, text string
		code       diag.Code
	}{
		{"types of empty lists", fmt.Sprintf(doublingTypes, lines(100, "  a%d = slice(tolist([[local.a%d, local.a%d]]), 0, 0)\n")), "EP1010"},
		{"types of nulls", fmt.Sprintf(doublingTypes, lines(100, "  a%d = false ? [local.a%d, local.a%d] : null\n")), "EP1010"},
		{"unlike things of an unknown type", "locals {\n  a = 1 / 0\n  b = tolist(local.a ? [" + strings.Repeat("[],{},", 10000) + "] : [" + strings.Repeat("[],{},", 10000) + "])\n}\n", ""},
		{"unlike things beside an unknown", "locals {\n  a = 1 / 0\n  b = tolist([local.a, " + strings.Repeat("[],{},", 10000) + "])\n}\n", ""},
		{"port", pool("xmpp {\nlistening_port = \"1e600000000\"\n}"), "EP1010"},
		{"port of digits", pool("xmpp {\nlistening_port = \"" + strings.Repeat("7", 1000000) + "\"\n}"), "EP1010"},
		{"text of a number", "xmpp_federation {\nhost = -\"1e600000000\"\n}\n", "EP1010"},
		{"one long list in many blocks", "locals {\n  a = range(1024)\n}\n" + dynamicSites("local.a", `"${site.value}${length([for x in local.a : local.a])}"`), "EP1010"},
		{"blocks in blocks", "dynamic \"edge_pool\" {\nfor_each = range(1024)\nlabels = [edge_pool.value]\ncontent {\nfqdn = \"x\"\naccess_edge_fqdn = \"x\"\n" +
			"dynamic \"server\" {\nfor_each = range(1024)\nlabels = [server.value]\ncontent {}\n}\n}\n}\n", "EP1010"},
		{"blocks of a large list", dynamicSites("flatten([for x in range(200) : [for y in range(200) : 200 * x + y]])", "site.value"), "EP1010"},
		{"many choices", "locals {\n  l = range(1024)\n" + lines(2000, "  a%d = true ? local.l : [%d, %d]\n") + "}\n", "EP1010"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			diags := watched(t, head+test.text)
			if test.code == "" { // any findings will do
				if len(diags) == 0 {
					t.Error("no finding")
				}
				return
			}
			wantFinding(t, diags, test.code, "")
		})
	}
}

// Many findings take no longer than their number.
func TestManyFindings(t *testing.T) {
	for _, line := range []string{
		"dynamic \"site\" {}\n",
		"locals {\n  x%d = local.z\n}\n",
		"site \"site of number %d\" {\n  federation_route = edge_pool.x\n}\nedge_pool \"pool of number %[1]d\" {\n}\n",
		"site \"%d\" {\n  federation_route = nowhere\n}\n",
	} {
		var text strings.Builder
		for i := range 8000 {
			if strings.Contains(line, "%") {
				fmt.Fprintf(&text, line, i)
			} else {
				text.WriteString(line)
			}
		}
		diags := watched(t, head+text.String())
		if n, _ := diag.Count(diag.Findings(diags, nil)); n < 8000 || len(diags) > 4000 {
			t.Errorf("%q: %d findings, of which %d are kept", line, n, len(diags))
		}
	}
}

func dynamicSites(each, label string) string {
	return "dynamic \"site\" {\nfor_each = " + each + "\nlabels = [" + label + "]\ncontent {}\n}\n"
}

// watched parses a text and fails when that takes too long or too much memory. What
// hangs goes on in the background: nothing can end it.
func watched(t *testing.T, text string) hcl.Diagnostics {
	t.Helper()
	start := cputime.Used()
	done := make(chan hcl.Diagnostics, 1)
	runtime.GC()
	base := heap()
	go func() {
		_, _, diags := parseText(text)
		done <- diags
	}()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case diags := <-done:
			if took := cputime.Used() - start; took > maxTime {
				t.Errorf("took %s", took)
			}
			return diags
		case <-tick.C:
		}
		if used := heap() - base; used > maxMemory {
			t.Fatalf("uses %d MiB after %s", used>>20, cputime.Used()-start)
		}
		if cputime.Used()-start > 10*maxTime {
			t.Fatal("does not end")
		}
	}
}

func heap() int64 {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}

// TestRangeOfHugeNumbers: what is no number as a float64 does not spoil the budget.
func TestRangeOfHugeNumbers(t *testing.T) {
	_, _, diags := parseText(head + "locals {\n  x = [for i in range(1024) : [for j in range(1024) : range(1e999, 1e999)]]\n}\n")
	wantFinding(t, diags, codeTooDeep, "make more than 10 MiB of values")
}
