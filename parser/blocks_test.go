package parser

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/hashicorp/hcl/v2"

	"github.com/edgeplan/edgeplan/parser/diag"
	"github.com/edgeplan/edgeplan/parser/topology"
	"github.com/edgeplan/edgeplan/parser/zonefile"
)

var withoutRanges = cmp.Options{cmpopts.IgnoreTypes(hcl.Range{}), cmpopts.IgnoreUnexported(zonefile.Source{}, topology.Topology{})}

func set[T any](v T) topology.Value[T]       { return topology.Value[T]{V: v, Set: true} }
func otherwise[T any](v T) topology.Value[T] { return topology.Value[T]{V: v} }

// TestAsked: what lists the plans of a spec has each type of block that asks for one, and so each that
// is written later.
func TestAsked(t *testing.T) {
	text := ""
	for _, block := range planBlocks {
		text += block + " \"the-" + block + "\" {\nfederation = \"xmpp\"\n}\n"
	}
	spec, _, _ := Parse(fstest.MapFS{}, []File{{Name: "a.edge.hcl", Text: []byte(text)}})
	var got []string
	for _, asked := range spec.Asked() {
		if got = append(got, asked.Type); asked.Name != "the-"+asked.Type {
			t.Errorf("%+v", asked)
		}
	}
	if !slices.Equal(got, planBlocks) {
		t.Errorf("%q ask for plans, %q are listed", planBlocks, got)
	}
	for _, block := range planBlocks {
		spec, _, _ := Parse(fstest.MapFS{}, []File{{Name: "a.edge.hcl", Text: []byte(text)}})
		spec.Ask(func(name string) bool { return name == "the-"+block })
		if left := spec.Asked(); len(left) != 1 || left[0].Type != block {
			t.Errorf("of %s alone is left %+v", block, left)
		}
	}
}

func TestBlocks(t *testing.T) {
	const product = "lync-server-2013"
	pool := func(more topology.EdgePool) *Spec {
		more.Name, more.FQDN, more.AccessEdgeFQDN = "p", set("p.x"), set("sip.x")
		if more.LoadBalancing.V == "" {
			more.LoadBalancing = otherwise("dns")
		}
		return &Spec{Topology: &topology.Topology{EdgePools: []*topology.EdgePool{&more}}}
	}
	inPool := func(text string) string {
		return "edge_pool \"p\" {\n  fqdn = \"p.x\"\n  access_edge_fqdn = \"sip.x\"\n" + text + "\n}\n"
	}
	pools := inPool("") + "site \"s\" {}\nfront_end_pool \"f\" {\nsite = site.s\nfqdn = \"f.x\"\n}\n"
	both := func(spec *Spec) *Spec {
		spec.Topology = pool(topology.EdgePool{}).Topology
		spec.Topology.Sites = []*topology.Site{{Name: "s"}}
		spec.Topology.FrontEndPools = []*topology.FrontEndPool{{Name: "f", Site: set("s"), FQDN: set("f.x")}}
		return spec
	}
	tests := []struct {
		name, text string
		want       *Spec
	}{
		{"site", `site "s" {}`, &Spec{Topology: &topology.Topology{Sites: []*topology.Site{{Name: "s"}}}}},
		{"edge_pool", inPool(""), pool(topology.EdgePool{})},
		{"edge_pool values", inPool("next_hop = \"n\"\nload_balancing = \"hardware\"\nvirtual_ipv4 = \"192.0.2.1\"\nproduct = \"sfb-server-se\""),
			pool(topology.EdgePool{NextHop: set("n"), LoadBalancing: set("hardware"), VirtualIPv4: set("192.0.2.1"), Product: set("sfb-server-se")})},
		{"edge_pool null", inPool("site = null\nnext_hop = null\nload_balancing = null\nvirtual_ipv4 = null\nproduct = null"), pool(topology.EdgePool{})},
		{"xmpp", inPool("xmpp {}"), pool(topology.EdgePool{XMPP: &topology.PoolXMPP{ListeningPort: otherwise(5269), InternalPort: otherwise(23456)}})},
		{"xmpp ports", inPool("xmpp {\nlistening_port = 1\ninternal_port = \"65535\"\n}"), pool(topology.EdgePool{XMPP: &topology.PoolXMPP{ListeningPort: set(1), InternalPort: set(65535)}})},
		{"xmpp null", inPool("xmpp {\nlistening_port = null\n}"), pool(topology.EdgePool{XMPP: &topology.PoolXMPP{ListeningPort: otherwise(5269), InternalPort: otherwise(23456)}})},
		{"certificate", inPool("certificate {}"), pool(topology.EdgePool{Certificate: &topology.Certificate{}})},
		{"certificate values", inPool("certificate {\nsubject_alternative_names = [\"a\", \"b\"]\nnot_after = \"2027-06-30\"\n}"),
			pool(topology.EdgePool{Certificate: &topology.Certificate{SubjectAlternativeNames: set([]string{"a", "b"}), NotAfter: set("2027-06-30")}})},
		{"certificate no names", inPool("certificate {\nsubject_alternative_names = []\n}"), pool(topology.EdgePool{Certificate: &topology.Certificate{SubjectAlternativeNames: set([]string{})}})},
		{"server", inPool("server \"e1\" {}\nserver \"e2\" {\npublic_ipv4 = \"192.0.2.1\"\npublic_ipv6 = \"2001:db8::1\"\noperating_system = \"windows-server-2019\"\n}"),
			pool(topology.EdgePool{Servers: []*topology.Server{
				{FQDN: set("e1"), OperatingSystem: otherwise("windows-server-2012-r2")},
				{FQDN: set("e2"), PublicIPv4: set("192.0.2.1"), PublicIPv6: set("2001:db8::1"), OperatingSystem: set("windows-server-2019")},
			}})},
		{"front_end_pool", "site \"s\" {}\nfront_end_pool \"f\" {\nsite = site.s\nfqdn = \"f.x\"\ncentral_management = true\n}",
			&Spec{Topology: &topology.Topology{Sites: []*topology.Site{{Name: "s"}}, FrontEndPools: []*topology.FrontEndPool{{Name: "f", Site: set("s"), FQDN: set("f.x"), CentralManagement: set(true)}}}}},
		{"sip_domain", "sip_domain \"a\" {}\nsip_domain \"b\" {\nxmpp = \"true\"\n}",
			&Spec{Topology: &topology.Topology{SIPDomains: []*topology.SIPDomain{{Name: set("a")}, {Name: set("b"), XMPP: set(true)}}}}},
		{"xmpp_federation", "xmpp_federation {\nhost = \"h\"\npartners = toset([\"q\", \"p\"])\n}",
			&Spec{Topology: &topology.Topology{XMPP: &topology.XMPPFederation{Host: set("h"), Partners: set([]string{"p", "q"})}}}},
		{"edge_pool federated", inPool("sip_federation = true"), pool(topology.EdgePool{SIPFederation: set(true)})},
		{"sip_domain host", "sip_domain \"a\" {\nfederation_host = \"h\"\n}",
			&Spec{Topology: &topology.Topology{SIPDomains: []*topology.SIPDomain{{Name: set("a"), FederationHost: set("h")}}}}},
		{"sip_federation", "sip_federation {\npartners = [\"q\", \"p\"]\n}",
			&Spec{Topology: &topology.Topology{SIP: &topology.SIPFederation{Partners: set([]string{"q", "p"})}}}},
		{"xmpp_federation empty", "xmpp_federation {}", &Spec{Topology: &topology.Topology{XMPP: &topology.XMPPFederation{}}}},
		{"dns_zone", "dns_zone \"z\" {\nfile = \"a.zone\"\nserver = \"ns\"\n}",
			&Spec{Topology: &topology.Topology{Zones: []*topology.Zone{{Name: set("z"), File: set("a.zone"), Source: zonefile.Gather(zonefile.File{Name: "a.zone", Text: []byte("zone text")}, nil), Server: set("ns"), Serial: otherwise("auto"), Delivery: otherwise("zone-file"), OperatingSystem: otherwise("windows-server-2012-r2")}}}}},
		{"dns_zone values", "dns_zone \"z\" {\nfile = \"a.zone\"\nserver = \"ns\"\nserial = 4294967295\ndelivery = \"nsupdate\"\nsoa_prerequisite = true\ncomputer = \"dns\"\noperating_system = \"windows-server-2008-r2\"\n}",
			&Spec{Topology: &topology.Topology{Zones: []*topology.Zone{{Name: set("z"), File: set("a.zone"), Source: zonefile.Gather(zonefile.File{Name: "a.zone", Text: []byte("zone text")}, nil), Server: set("ns"), Serial: set("4294967295"), Delivery: set("nsupdate"), SOAPrerequisite: set(true), Computer: set("dns"), OperatingSystem: set("windows-server-2008-r2")}}}}},
		{"prepare", "prepare \"p\" {\nttl = 60\nchange {\nticket = \"T\"\nsummary = \"S\"\n}\n}",
			&Spec{Prepares: []*Prepare{{Name: set("p"), TTL: set(60), Change: &Change{Ticket: set("T"), Summary: set("S")}}}}},
		{"change", "prepare \"p\" {\nchange {\nticket = \"T\"\nsummary = \"S\"\ntype = \"drill\"\nrisk = \"high\"\nrisk_reason = \"R\"\nimpact = \"I\"\n" +
			"implementers = [\"A\"]\ntesters = [\"B\"]\nacceptance = [\"C\", \"D\"]\nstage \"Dns\" {\nminutes = 5\nimplementers = [\"E\"]\ntesters = []\n}\n" +
			"rollback_stage \"Dns\" {}\nmessage {\nto = [\"F\"]\nwhen = \"before\"\nhours = 48\ntext = <<-END\n  one\n  two\n  END\n}\n" +
			"dynamic \"message\" {\nfor_each = [\"after\", \"rollback\"]\ncontent {\nto = [\"G\"]\nwhen = message.value\ntext = \"t\"\n}\n}\n}\n}",
			&Spec{Prepares: []*Prepare{{Name: set("p"), TTL: otherwise(300), Change: &Change{Ticket: set("T"), Summary: set("S"),
				Type: set("drill"), Risk: set("high"), RiskReason: set("R"), Impact: set("I"), Implementers: set([]string{"A"}), Testers: set([]string{"B"}),
				Acceptance: set([]string{"C", "D"}), Stages: []*ChangeStage{{Name: set("Dns"), Minutes: set(5), Implementers: set([]string{"E"}), Testers: set([]string{})}},
				Rollback: []*ChangeStage{{Name: set("Dns")}}, Messages: []*Message{
					{To: set([]string{"F"}), When: set("before"), Hours: set(48), Text: set("one\ntwo\n")},
					{To: set([]string{"G"}), When: set("after"), Text: set("t")}, {To: set([]string{"G"}), When: set("rollback"), Text: set("t")}}}}}}},
		{"media", pools + "media \"m\" {\nfront_end_pools = [front_end_pool.f]\nto = edge_pool.p\nchange {\nticket = \"T\"\nsummary = \"S\"\n}\n}",
			both(&Spec{Media: []*Media{{Name: set("m"), FrontEndPools: set([]topology.Value[string]{set("f")}), To: set("p"), Reason: otherwise("disaster"),
				Change: &Change{Ticket: set("T"), Summary: set("S")}}}})},
		{"next_hop", pools + "next_hop \"h\" {\nedge_pool = edge_pool.p\nto = front_end_pool.f\nreason = \"planned\"\nchange {\nticket = \"T\"\nsummary = \"S\"\n}\n}",
			both(&Spec{NextHops: []*NextHop{{Name: set("h"), EdgePool: set("p"), To: set("f"), Reason: set("planned"), Change: &Change{Ticket: set("T"), Summary: set("S")}}}})},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.want.Topology == nil {
				test.want.Topology = &topology.Topology{}
			}
			test.want.Topology.Name, test.want.Topology.Product, test.want.Topology.ManagementHost = "t", set(product), set("fe.example.com")
			got := mustParse(t, test.text)
			if diff := cmp.Diff(test.want, got, withoutRanges, cmpopts.IgnoreFields(Spec{}, "Digest")); diff != "" {
				t.Errorf("minus is wanted, plus is got:\n%s", diff)
			}
		})
	}
}

const twoPools = `
edge_pool "a" {
  fqdn             = "a.x"
  access_edge_fqdn = "sip1.x"
}
edge_pool "b" {
  fqdn             = "b.x"
  access_edge_fqdn = "sip2.x"
}
`

func TestFailoverBlock(t *testing.T) {
	change := "change {\n ticket = \"T\"\n summary = \"S\"\n}\n"
	short := Failover{
		Name: set("f"), Federation: set("xmpp"), To: set("b"), Reason: otherwise("disaster"), Procedure: otherwise("documented"),
		RouteSites: otherwise("target"), Change: &Change{Ticket: set("T"), Summary: set("S")},
	}
	full := Failover{
		Name: set("f"), Federation: set("sip"), From: set("a"), To: set("b"), Reason: set("planned"), Procedure: set("start-first"),
		RouteSites: set("all-routed"), Accepts: []*Accept{{Code: set("EP2003"), Reason: set("ok")}},
		Change: &Change{Ticket: set("T"), Summary: set("S"), WindowStart: set("w1"), WindowEnd: set("w2"), Requester: set("r"), Approvers: set([]string{"CAB"})},
	}
	tests := []struct {
		name, text string
		want       Failover
	}{
		{"short", "federation = \"xmpp\"\nto = edge_pool.b\n" + change, short},
		{"null", "federation = \"xmpp\"\nto = edge_pool.b\nfrom = null\nreason = null\nprocedure = null\nroute_sites = null\n" + change, short},
		{"full", "federation = \"sip\"\nfrom = edge_pool.a\nto = edge_pool.b\nreason = \"planned\"\nprocedure = \"start-first\"\nroute_sites = \"all-routed\"\n" +
			"change {\n ticket = \"T\"\n summary = \"S\"\n window_start = \"w1\"\n window_end = \"w2\"\n requester = \"r\"\n approvers = [\"CAB\"]\n}\n" +
			"accept \"EP2003\" {\n reason = \"ok\"\n}\n", full},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			spec := mustParse(t, twoPools+"failover \"f\" {\n"+test.text+"}\n")
			if diff := cmp.Diff(&test.want, spec.Failovers[0], withoutRanges); diff != "" {
				t.Errorf("minus is wanted, plus is got:\n%s", diff)
			}
		})
	}
}

func TestRanges(t *testing.T) {
	text := head + "xmpp_federation {\n  host     = \"h\"\n}\nedge_pool \"p\" {\n  fqdn             = \"f\"\n  access_edge_fqdn = \"a\"\n  next_hop = null\n}\n"
	spec, _, diags := parseText(text)
	if len(diags) > 0 {
		t.Fatal(shown(diags))
	}
	pool := spec.Topology.EdgePools[0]
	tests := []struct {
		name string
		rng  hcl.Range
		want string
	}{
		{"value", spec.Topology.XMPP.Host.Range, `"h"`},
		{"block", spec.Topology.XMPP.Range, "xmpp_federation"},
		{"left out", spec.Topology.XMPP.Partners.Range, "xmpp_federation"},
		{"labelled block", pool.Range, `edge_pool "p"`},
		{"default", pool.LoadBalancing.Range, `edge_pool "p"`},
		{"null", pool.NextHop.Range, "null"},
	}
	for _, test := range tests {
		if got := text[test.rng.Start.Byte:test.rng.End.Byte]; got != test.want {
			t.Errorf("%s: the range holds %q, not %q", test.name, got, test.want)
		}
		if line := 1 + strings.Count(text[:test.rng.Start.Byte], "\n"); test.rng.Start.Line != line || test.rng.Filename != "a.edge.hcl" {
			t.Errorf("%s: %s, want line %d", test.name, test.rng, line)
		}
	}
}

// blockOf is the block of a type.
func blockOf(kind string) Block {
	return Schema()[slices.IndexFunc(Schema(), func(b Block) bool { return b.Type == kind })]
}

// TestSchemaIsRead: each argument of the table is read from its block, so that a wrong value for
// it is a finding, and nothing else is asked of the table.
func TestSchemaIsRead(t *testing.T) {
	wrong := map[Kind]string{Flag: `"x"`, Port: "0", Seconds: "0", Minutes: "0", Hours: "0", Texts: `"x"`, Paths: `"x"`, Reference: `"x"`, References: `"x"`, Word: `"x"`, Serial: `"x"`}
	for _, b := range Schema() {
		for _, a := range b.Arguments {
			value := wrong[a.Kind]
			if value == "" {
				value = "{}"
			}
			text := form(b.Type) + "\n" + a.Name + " = " + value + "\n}\n"
			for in := b.In; len(in) > 0; in = blockOf(in[0]).In {
				text = form(in[0]) + "\n" + text + "}\n"
			}
			_, _, diags := parseText(text)
			found := slices.ContainsFunc(diags, func(d *hcl.Diagnostic) bool {
				return d.Subject != nil && strings.Contains(text[d.Subject.Start.Byte:], value) && slices.Contains([]diag.Code{codeWrongType, codeUnknownWord, codeMalformed}, diag.Of(d))
			})
			if !found {
				t.Errorf("%s.%s = %s is no finding: parser/blocks.go does not read it. Found: %v", b.Type, a.Name, value, shown(diags))
			}
			if a.Required && a.Example == "" {
				t.Errorf("%s.%s has no example", b.Type, a.Name)
			}
			if len(a.Words) > 0 && a.Default != nil && a.Default != a.Words[0] {
				t.Errorf("%s.%s: the first word is no default", b.Type, a.Name)
			}
		}
	}
}

// TestFailbacksCount: the plan of the way back counts in the limit on plans, also of a block that a dynamic one
// makes.
func TestFailbacksCount(t *testing.T) {
	const dynamic = "dynamic \"failback\" {\nfor_each = [1]\ncontent {}\n}\n"
	written := func(inside string) string {
		var out strings.Builder
		for i := range 110 {
			fmt.Fprintf(&out, "failover \"p%d\" {\n%s}\n", i, inside)
		}
		return out.String()
	}
	made := func(inside string) string {
		var list []string
		for i := range 110 {
			list = append(list, fmt.Sprintf("\"p%d\"", i))
		}
		return "dynamic \"failover\" {\nfor_each = [" + strings.Join(list, ", ") + "]\nlabels = [failover.value]\ncontent {\n" + inside + "}\n}\n"
	}
	for text, want := range map[string]bool{
		written(""): false, written("failback {}\n"): true, written(dynamic): true,
		made(""): false, made("failback {}\n"): true, made(dynamic): true,
		made(strings.Replace(dynamic, "[1]", "[]", 1)): false,
	} {
		_, _, diags := Parse(fstest.MapFS{}, []File{{Name: "a.edge.hcl", Text: []byte(text)}})
		said := slices.ContainsFunc(diags, func(d *hcl.Diagnostic) bool {
			return diag.Of(d) == codeTooDeep && strings.HasPrefix(d.Detail, "The spec has 220 plans and 110 blocks.")
		})
		if said != want {
			t.Errorf("%.200q: too many plans: %v\n%v", text, said, diags)
		}
	}
}
