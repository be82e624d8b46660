package parser_test

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing/fstest"

	"github.com/edgeplan/edgeplan/parser"
)

// class is a kind of input that is as dense as the limits let it be.
type class struct {
	name string
	zone bool // the size is that of zone files
	// steep: below what is free for every spec, however small, it grows faster than the input.
	steep bool
	// padded: the same for fmt, below the blanks that may align lines in every spec.
	padded bool
	// broken: fmt ends with the findings that check has too.
	broken bool
	make   func(size int) input
	work   func(input) int // what is measured
}

// input is a spec and its zone files.
type input struct {
	files []parser.File
	fsys  fstest.MapFS
}

// spec makes a class from what comes before many units, and behind them.
func spec(name, head, tail string, unit func(i int) string) class {
	return class{name: name, make: func(size int) input { return input{files: oneFile(filled(size, head, tail, unit))} }}
}

func oneFile(text string) []parser.File {
	return []parser.File{{Name: "a.edge.hcl", Text: []byte(text)}}
}

// filled has as many units as the limits read, and a long comment where that is not the size.
func filled(size int, head, tail string, unit func(i int) string) string {
	left := parser.MaxTokens(size)
	if tail != "" || !strings.HasSuffix(unit(0), "\n") || strings.HasPrefix(unit(0), "dynamic") || strings.HasPrefix(unit(0), "locals") {
		left = min(left, parser.MaxBlockTokens)
	}
	left -= parser.TokensOf(head + tail)
	var out strings.Builder
	out.WriteString(head)
	each := unit(99_999) // a long one; that it is a bit dearer does no harm
	// In a block a line end counts as a whole one, between blocks as a half.
	tokens := float64(parser.TokensOf(head+strings.Repeat(each, 100)+tail)-parser.TokensOf(head+tail)) / 100
	for i := 0; out.Len()+len(tail)+len(each) < size && float64(i+1)*tokens < float64(left); i++ {
		out.WriteString(unit(i))
	}
	out.WriteString(tail)
	if rest := size - out.Len(); rest > 2 && strings.HasSuffix(out.String(), "\n") {
		out.WriteString("#" + strings.Repeat("x", rest-2) + "\n")
	}
	return out.String()
}

// broken makes a class that is no HCL.
func broken(name, head, tail string, unit func(i int) string) class {
	c := spec(name, head, tail, unit)
	c.broken = true
	return c
}

// same is a unit that does not change.
func same(text string) func(int) string { return func(int) string { return text } }

// numbered is a unit with a number in it, once or more.
func numbered(format string) func(int) string {
	return func(i int) string { return strings.ReplaceAll(format, "$n", fmt.Sprint(i)) }
}

// zone makes a class of a zone file, beside a whole spec.
func zone(name, head, tail string, unit func(i int) string) class {
	return class{name: "zone: " + name, zone: true, make: func(size int) input {
		return planned(zoneText(size, head, tail, unit), "")
	}}
}

func zoneText(size int, head, tail string, unit func(i int) string) string {
	var out strings.Builder
	out.WriteString(read("../specs/seed/contoso.com.zone") + head)
	for i := 0; out.Len()+len(tail) < size; i++ {
		out.WriteString(unit(i))
	}
	out.WriteString(tail)
	return out.String()
}

// planned is the spec seed with a zone file, and more text.
func planned(zone, more string) input {
	return input{
		files: oneFile(read("../specs/seed/contoso.edge.hcl") + more),
		fsys:  fstest.MapFS{"contoso.com.zone": {Data: []byte(zone)}},
	}
}

func read(name string) string {
	text, err := os.ReadFile(name)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// whole makes a class of units beside the spec seed.
func whole(name string, unit func(i int) string) class {
	return class{name: name, make: func(size int) input {
		in := planned(read("../specs/seed/contoso.com.zone"), "")
		in.files = oneFile(filled(size, string(in.files[0].Text), "", unit))
		return in
	}}
}

const include = "$INCLUDE inner.zone\n"

// classes are those that check reads, of them those that fmt formats, and of these some of which fmt -d shows each line.
var classes = slices.Concat(measuring(checked, "", check), measuring(checked, "fmt: ", format), measuring(checked, "fmt -d: ", compare))

func measuring(classes []class, prefix string, work func(input) int) []class {
	var out []class
	for _, c := range classes {
		c.work = work
		if prefix != "" {
			if c.zone || c.broken {
				continue
			}
			c.name, c.steep = prefix+c.name, c.padded
		}
		if make := c.make; prefix == "fmt -d: " {
			if !slices.Contains([]string{"line ends", "comments, one a line", "Edge pools with servers", "nested blocks", "attributes in locals", "many files"}, strings.TrimPrefix(c.name, prefix)) {
				continue
			}
			c.make = func(size int) input { return indented(make(size)) }
		}
		out = append(out, c)
	}
	return out
}

// indented is an input with a blank too many in each line.
func indented(in input) input {
	for i := range in.files {
		in.files[i].Text = bytes.TrimSuffix(bytes.ReplaceAll(append([]byte("\n"), in.files[i].Text...), []byte("\n"), []byte("\n ")), []byte(" "))[1:]
	}
	return in
}

var checked = []class{
	spec("line ends", "", "", same("\n")),
	spec("comments, one a line", "", "", same("# a\n")),
	spec("comments between slashes", "", "", same("/* a */")),
	whole("SIP domains of a plan", numbered("sip_domain \"d$n.example\" {}\n")),
	whole("SIP domains without line ends inside", numbered("sip_domain \"d$n.example\" {\n  xmpp = true\n}\n")),
	whole("Edge pools with servers", numbered("edge_pool \"p$n\" {\n  site = site.Site1\n  fqdn = \"p$n.contoso.com\"\n  access_edge_fqdn = \"a$n.contoso.com\"\n  next_hop = \"fepool1.corp.contoso.com\"\n  xmpp {}\n  server \"s$n.contoso.com\" {\n    public_ipv4 = \"192.0.2.1\"\n  }\n}\n")),
	whole("Front End pools", numbered("front_end_pool \"f$n\" {\n  site = site.Site1\n  fqdn = \"f$n.corp.contoso.com\"\n  edge_pool = edge_pool.EdgePool1\n}\n")),
	spec("a list of strings", "xmpp_federation {\n  partners = [", "]\n}\n", numbered("\"d$n.example\", ")),
	spec("a list of numbers", "locals {\n  x = [", "]\n}\n", same("1,")),
	spec("one long string", "locals {\n  x = \"", "\"\n}\n", same("abcdefgh")),
	spec("one long label", "site \"", "\" {}\n", same("abcdefgh")),
	spec("attributes in locals", "locals {\n", "}\n", numbered("a$n = 1\n")),
	spec("attributes of no block", "", "", numbered("a$n = 1\n")),
	spec("sites", "", "", numbered("site \"s$n\" {}\n")),
	spec("unknown blocks", "", "", same("a {}\n")),
	spec("equal blocks", "", "", same("site \"s\" {}\n")),
	spec("unknown references", "", "", numbered("site \"s$n\" {\n  federation_route = edge_pool.p$n\n}\n")),
	spec("nested blocks", "", "", same(strings.Repeat("a {\n", parser.MaxOpen)+strings.Repeat("}\n", parser.MaxOpen))),
	spec("nested brackets", "locals {\n", "}\n", numbered("a$n = "+strings.Repeat("[", parser.MaxOpen-1)+strings.Repeat("]", parser.MaxOpen-1)+"\n")),
	spec("objects", "locals {\n", "}\n", numbered("a$n = { b = 1, c = 2 }\n")),
	spec("operators", "locals {\n", "}\n", numbered("a$n = 1"+strings.Repeat("+1", 900)+"\n")),
	spec("heredocs", "locals {\n", "}\n", numbered("a$n = <<E\nx\nE\n")),
	spec("heredocs of many lines", "locals {\n", "}\n", numbered("a$n = <<-E\n"+strings.Repeat("x\n", 1000)+"E\n")),
	spec("heredocs with markers", "locals {\n", "}\n", numbered("a$n = <<-E\n%{ if true }\nx\n%{ endif }\nE\n")),
	spec("templates", "locals {\n", "}\n", numbered("a$n = \"x${1}y\"\n")),
	spec("locals that name each other", "locals {\na0 = 1\n", "}\n", func(i int) string { return fmt.Sprintf("a%d = local.a%d\n", i+1, i) }),
	spec("for expressions", "locals {\n", "}\n", numbered("a$n = [for i in [1, 2] : i]\n")),
	spec("dynamic blocks with large lists", "", "", numbered("dynamic \"site\" {\n  for_each = range(1000)\n  labels = [\"s${site.value}x$n\"]\n  content {}\n}\n")),
	spec("dynamic blocks among others", "", "", func(i int) string {
		return fmt.Sprintf("dynamic \"site\" {\n  for_each = [1]\n  labels = [\"s%d\"]\n  content {}\n}\n", i) + strings.Repeat(fmt.Sprintf("sip_domain \"d%d.example\" {}\n", i), 1)
	}),
	spec("blocks locals", "", "", numbered("locals {\n  a$n = [1+2+3, \"${4}\"]\n}\n")),
	spec("functions whose results grow", "locals {\n", "}\n", numbered("a$n = join(\"\", [for i in range(1000) : \"abcdefghij\"])\n")),
	{name: "comments beside a long line", padded: true, make: longLine},
	broken("brackets that are not closed", "", "", same("site \"a\" {\n")),
	broken("a list that is not closed", "locals {\n  x = [", "", same("1,")),
	broken("a quote that is not closed", "locals {\n", "", numbered("a$n = \"b\nc = 1\n")),
	broken("a heredoc that is not closed", "locals {\n  a = <<E\n", "", same("x\n")),
	broken("a comment that is not closed", "/* ", "", same("a ")),
	broken("lines that are no arguments", "", "", same("a b c\n")),
	broken("arguments without values", "", "", numbered("a$n =\n")),
	broken("a mistake behind right blocks", "", "site \"x\" {\n", numbered("site \"s$n\" {}\n")),
	broken("quotation marks of Word", "", "", same("site “a” {}\n")),
	{name: "many files", make: manyFiles},

	zone("comments", "", "", same("; a\n")),
	zone("blank lines", "", "", same("\n")),
	zone("addresses", "", "", numbered("h$n A 192.0.2.1\n")),
	zone("short records of one name", "", "", same(" A 192.0.2.1\n")),
	zone("long TXT records", "", "", numbered("t$n TXT"+strings.Repeat(" \""+strings.Repeat("a", 250)+"\"", 10)+"\n")),
	zone("one record in parentheses", "t TXT (\n", ")\n", same("a\n")),
	zone("parentheses that are not closed", "t TXT (\n", "", same("a\n")),
	zone("$GENERATE lines", "", "", numbered("$GENERATE 1-9 g$-$n A 192.0.2.1\n")),
	zone("$ORIGIN lines", "", "", numbered("$ORIGIN o$n.contoso.com.\na A 192.0.2.1\n")),
	zone("one RRset of the plan", "", "", func(i int) string { return fmt.Sprintf("xmpp A 10.%d.%d.%d\n", i>>16&255, i>>8&255, i&255) }),
	zone("SRV sets of partners", "", "", numbered("_sipfederationtls._tcp.d$n SRV 0 0 5061 sip\n")),
	zone("aliases in two rows", "", "", func(i int) string { return fmt.Sprintf("c%d CNAME www\n", i%5000) }),
	zone("wildcards", "", "", numbered("*.w$n A 192.0.2.1\n")),
	zone("name servers", "", "", numbered("@ NS n$n\n")),
	zone("unknown types", "", "", numbered("u$n TYPE65280 \\# 1 00\n")),
	zone("records that are wrong", "", "", numbered("b$n A x\n")),
	{name: "zone: a chain of $INCLUDE lines", zone: true, make: includeChain},
	{name: "zone: one file included often", zone: true, make: includeOften},
	{name: "zone: SIP domains beside $GENERATE lines", zone: true, make: generatesAndDomains},
	{name: "zone: SIP domains that $GENERATE lines may make", zone: true, steep: true, make: generatedDomains},
	{name: "zone: many small zones", zone: true, make: manyZones},
	{name: "zone: many zones with a long $GENERATE line", zone: true, make: manyGenerates},
	zone("$GENERATE lines of many records", "", "", numbered("$GENERATE 0-65535 g$n-$ A 192.0.2.1\n")),
	{name: "plans of many SIP domains", steep: true, make: func(size int) input { return manyPlans(size, 300) }},
	{name: "plans with a finding for each SIP domain", steep: true, make: func(size int) input { return manyPlans(size, 86_400) }},
}

// longLine has lines that would be aligned with one that is half of the text.
func longLine(size int) input {
	return input{files: oneFile(filled(size, "locals {\n  a = \""+strings.Repeat("x", size/2)+"\" # x\n", "}\n", numbered("  a$n = 1 # x\n")))}
}

func manyFiles(size int) input {
	var in input
	for i := 0; i*110 < size; i++ {
		in.files = append(in.files, parser.File{Name: fmt.Sprintf("f%d.edge.hcl", i), Text: []byte(fmt.Sprintf("site \"s%d\" {}\n#", i) + strings.Repeat("x", 90) + "\n")})
	}
	return in
}

func includeChain(size int) input {
	in := planned(read("../specs/seed/contoso.com.zone")+"$INCLUDE i0.zone\n", "")
	for i := range 60 {
		text := strings.Repeat("a A 192.0.2.1\n", size/60/14)
		if i < 59 {
			text += fmt.Sprintf("$INCLUDE i%d.zone\n", i+1)
		}
		in.fsys[fmt.Sprintf("i%d.zone", i)] = &fstest.MapFile{Data: []byte(text)}
	}
	return in
}

func includeOften(size int) input {
	lines := min(9_000, size/len(include)/2)
	in := planned(read("../specs/seed/contoso.com.zone")+strings.Repeat(include, lines), "")
	in.fsys["inner.zone"] = &fstest.MapFile{Data: []byte(strings.Repeat("a A 192.0.2.1\n", max(1, size/2/lines/14)))}
	return in
}

func generatesAndDomains(size int) input {
	var lines, domains strings.Builder
	for i := 0; i < 4096 && lines.Len() < size/2; i++ {
		fmt.Fprintf(&lines, "$GENERATE 1-9 g%d-$ A 192.0.2.1\n", i)
	}
	for i := 0; domains.Len() < size/2; i++ {
		fmt.Fprintf(&domains, "sip_domain \"d%d.contoso.com\" {\n  xmpp = true\n}\n", i)
	}
	return planned(read("../specs/seed/contoso.com.zone")+lines.String(), domains.String())
}

func generatedDomains(size int) input {
	var lines, domains strings.Builder
	for i := 0; i < 4096 && lines.Len() < size/2; i++ {
		fmt.Fprintf(&lines, "$GENERATE 1-9 ${%d,0,N} CNAME sip\n", i)
		fmt.Fprintf(&lines, "$GENERATE 1-9 _xmpp-server._tcp.d${%d,9} CNAME sip\n", i)
	}
	for i := 0; domains.Len() < size/2; i++ {
		fmt.Fprintf(&domains, "sip_domain \"d%d.contoso.com\" {\n  xmpp = true\n}\n", i)
	}
	return planned(read("../specs/seed/contoso.com.zone")+lines.String(), domains.String())
}

func manyGenerates(size int) input {
	in := planned(read("../specs/seed/contoso.com.zone"), "")
	var blocks strings.Builder
	const text = "@ SOA a b 1 2 3 4 5\n@ NS ns1.contoso.net.\n$GENERATE 0-65535 g$ A 192.0.2.1\n"
	for i := 0; i < 9_000 && blocks.Len()+i*len(text) < size; i++ {
		name := fmt.Sprintf("z%d.zone", i)
		fmt.Fprintf(&blocks, "dns_zone \"z%d.example\" {\n  file = %q\n  server = \"ns1.contoso.net\"\n}\n", i, name)
		in.fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	in.files[0].Text = append(in.files[0].Text, blocks.String()...)
	return in
}

// manyPlans has as many plans as go with the SIP domains of a size, whose records have a TTL.
func manyPlans(size, ttl int) input {
	seed := read("../specs/seed/contoso.edge.hcl")
	head, plan, _ := strings.Cut(seed, "failover \"edgepool1")
	var more, records strings.Builder
	n := 0
	for ; more.Len()+records.Len() < size/2; n++ {
		fmt.Fprintf(&more, "sip_domain \"d%d.contoso.com\" {\n  xmpp = true\n}\n", n)
		fmt.Fprintf(&records, "_xmpp-server._tcp.d%d %d SRV 0 0 5269 xmpp\n", n, ttl)
	}
	for i := 0; i < 1000 && (i+1)*(i+n+12) < parser.MaxPlanned(len(head)+more.Len()) && len(head)+more.Len()+records.Len() < size; i++ {
		fmt.Fprintf(&more, "failover \"p%d%s", i, plan)
	}
	in := planned(read("../specs/seed/contoso.com.zone")+records.String(), "")
	in.files = oneFile(head + more.String())
	return in
}

func manyZones(size int) input {
	in := planned(read("../specs/seed/contoso.com.zone"), "")
	var blocks strings.Builder
	text := strings.Replace(read("../specs/seed/contoso.com.zone"), "$ORIGIN contoso.com.\n", "", 1)
	for i := 0; i < 9_000 && blocks.Len()+i*len(text) < size; i++ {
		name := fmt.Sprintf("z%d.zone", i)
		fmt.Fprintf(&blocks, "dns_zone \"z%d.example\" {\n  file = %q\n  server = \"ns1.contoso.net\"\n}\nsip_domain \"z%d.example\" {\n  xmpp = true\n}\n", i, name, i)
		in.fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	in.files[0].Text = append(in.files[0].Text, blocks.String()...)
	return in
}
