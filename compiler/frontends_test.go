package compiler

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/parser"
	"github.com/edgeplan/edgeplan/parser/diag"
)

// edited compiles the files of a spec with other texts, given as old and new in turn; each old text
// has to be there.
func edited(t *testing.T, name string, pairs ...string) ([]*plan.Plan, []diag.Finding) {
	t.Helper()
	files := fstest.MapFS{}
	var specs []string
	entries, err := os.ReadDir("../specs/" + name)
	if err != nil {
		t.Fatal(err)
	}
	all := ""
	for _, entry := range entries {
		data, err := os.ReadFile("../specs/" + name + "/" + entry.Name())
		if err != nil {
			t.Fatal(err)
		}
		text := string(data)
		if strings.HasSuffix(entry.Name(), parser.Suffix) {
			all += text
			text = strings.NewReplacer(pairs...).Replace(text)
			specs = append(specs, entry.Name())
		}
		files[entry.Name()] = &fstest.MapFile{Data: []byte(text)}
	}
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(all, pairs[i]) {
			t.Fatalf("specs/%s has no %q", name, pairs[i])
		}
	}
	spec, sources, diags := parser.Load(files, specs)
	var plans []*plan.Plan
	if !diags.HasErrors() {
		plans, diags = Compile(spec)
	}
	return plans, diag.Findings(diags, sources)
}

// only are the texts of the findings with one of some codes, in all lines.
func only(found []diag.Finding, codes ...string) []string {
	var out []string
	for _, f := range found {
		if slices.Contains(codes, string(f.Code)) {
			out = append(out, fmt.Sprintf("%s %s", f.Code, f.Detail))
		}
	}
	return out
}

// TestFrontEnds: who has to know the new route are the Front End Servers of the sites whose route
// changes, the management host once, and none where the pool that failed was.
func TestFrontEnds(t *testing.T) {
	const reason = "  route_sites = \"all-routed\"\n"
	for _, test := range []struct {
		name  string
		pairs []string
		want  string
		lost  bool
	}{
		{"disaster", []string{reason, reason}, "fe2b.corp.contoso.com fe3.corp.contoso.com", true},
		{"planned", []string{reason, reason + "reason = \"planned\"\n"}, "fe1a.corp.contoso.com fe1b.corp.contoso.com fe2b.corp.contoso.com fe3.corp.contoso.com", false},
		{"the target's site alone", []string{reason, ""}, "fe2b.corp.contoso.com", false},
		// then the site runs
		{"both pools at one site", []string{"site             = site.Site1", "site = site.Site2"}, "fe1a.corp.contoso.com fe1b.corp.contoso.com fe2b.corp.contoso.com fe3.corp.contoso.com", false},
		{"no server is named", []string{"  server \"fe2.corp.contoso.com\" {}\n  server \"fe2b.corp.contoso.com\" {}\n", "", reason, ""}, "", false},
		{"the management host in other case", []string{`server "fe2.corp.contoso.com"`, `server "FE2.corp.contoso.com"`, reason, ""}, "fe2b.corp.contoso.com", false},
	} {
		plans, found := edited(t, "all-routed", test.pairs...)
		if len(plans) != 1 {
			t.Errorf("%s: %d plans, %v", test.name, len(plans), found)
			continue
		}
		p := plans[0]
		if got := strings.Join(p.FrontEnds, " "); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
		if got := only(found, "EP3029"); (len(got) == 1) != test.lost {
			t.Errorf("%s: not waited for: %q", test.name, got)
		}
		want := append(append([]string{"edge2.contoso.com"}, p.FrontEnds...), p.ManagementHost)
		for _, back := range []bool{false, true} {
			var got []string
			for _, step := range plan.AllSteps(p.StagesOf(back)) {
				if _, replica, ok := strings.Cut(step.ID, "replicate/"); ok {
					got = append(got, replica)
				}
			}
			if !plan.SameSet(got, want) || len(got) != len(want) {
				t.Errorf("%s, back %v: %q are waited for, want %q", test.name, back, got, want)
			}
		}
		if got := stepOf(p, "P11").Check.Want; !plan.SameSet(got, want) || len(got) != len(want) {
			t.Errorf("%s: Preflight looks at %q, want %q", test.name, got, want)
		}
	}
}

// TestFailedSite: what else the plan needs of the site of a pool that failed is a finding, which can
// be accepted.
func TestFailedSite(t *testing.T) {
	const zone, host, to = "  server = \"ns1.contoso.net\"\n", `management_host = "fe2.corp.contoso.com"`, "  route_sites = \"all-routed\"\n"
	const here = zone + "  site = site.Site1\n"
	const change = "  change {\n"
	accepts := func(code string) []string {
		return []string{change, "accept \"" + code + "\" {\nreason = \"it is up\"\n}\n" + change}
	}
	at2 := zone + "  site = site.Site2\n"
	for _, test := range []struct {
		name, spec string
		pairs      []string
		want       string // a part of the finding, also where two zones have it
		plans      int
	}{
		{"name server", "all-routed", []string{zone, here}, "The server of zone contoso.com, ns1.contoso.net, is at Site1, the site of the failed pool. Its records are asked", 0},
		{"name server, accepted", "all-routed", append([]string{zone, here}, accepts("EP2037")...), "", 1},
		{"name server, planned", "all-routed", []string{zone, here, to, to + "reason = \"planned\"\n"}, "", 1},
		{"name server elsewhere", "all-routed", []string{zone, at2}, "", 1},
		{"both pools at one site", "all-routed", []string{zone, here, "site             = site.Site1", "site = site.Site2"}, "", 1},
		{"a zone of which the plan asks nothing", "all-routed", []string{"dns_zone \"contoso.com\" {\n", "dns_zone \"b.contoso.com\" {\nsite = site.Site1\nfile = \"contoso.com.zone\"\nserver = \"192.0.2.7\"\n}\ndns_zone \"contoso.com\" {\n"}, "", 1},
		{"Windows DNS server", "windows-dns", []string{"  delivery         = \"windows-dns\"\n  computer         = \"ns1.contoso.net\"\n", "delivery = \"windows-dns\"\ncomputer = \"dc1.contoso.net\"\nsite = site.Site1\n"},
			"dc1.contoso.net, is at Site1, the site of the failed pool. Stage DnsServer changes its records there.", 0},
		{"Amazon's server", "route53", []string{"  delivery = \"route53\"\n", "delivery = \"route53\"\nsite = site.Site2\n"}, "site says where the server of the zone is", 0},
		{"management host", "all-routed", []string{host, `management_host = "FE1B.corp.contoso.com"`}, "FE1B.corp.contoso.com is a server of fepool1 and is at Site1", 0},
		{"management host, accepted", "all-routed", append([]string{host, `management_host = "fe1a.corp.contoso.com"`}, accepts("EP2038")...), "", 1},
		{"management host of a pool that names no server", "route53", []string{host, `management_host = "fe1.corp.contoso.com"`, "sip_domain \"contoso", "front_end_pool \"old\" {\nsite = site.Site1\nfqdn = \"fe1.corp.contoso.com\"\n}\nsip_domain \"contoso"}, "fe1.corp.contoso.com is a server of old and is at Site1", 0},
		{"what is not waited for", "bad-ep3029-servers", []string{"server \"fe1b.corp", "server \"fe2.corp", change, accepts("EP2038")[1]}, "know the new one: fe1a.corp.contoso.com. If", 1},
		{"management host elsewhere", "all-routed", []string{host, `management_host = "fe4.corp.contoso.com"`}, "", 1},
		{"management host of no pool", "all-routed", []string{host, `management_host = "admin.corp.contoso.com"`}, "", 1},
	} {
		plans, found := edited(t, test.spec, test.pairs...)
		got := only(found, "EP2020", "EP2037", "EP2038", "EP1016")
		if test.spec == "bad-ep3029-servers" {
			got = append(got, only(found, "EP3029")...)
		}
		if len(plans) != test.plans || (len(got) > 0) != (test.want != "") ||
			slices.ContainsFunc(got, func(text string) bool { return !strings.Contains(text, test.want) }) {
			t.Errorf("%s: %d plans, found %q, want %q\n%v", test.name, len(plans), got, test.want, found)
		}
	}
}

// TestFrontEndNames: a Front End Server is no other computer and no pool, and its system is looked
// at where it has to know the route.
func TestFrontEndNames(t *testing.T) {
	const server = `server "fe2b.corp.contoso.com" {}`
	for _, test := range []struct{ name, old, new, want string }{
		{"one of another pool", server, `server "FE3.corp.contoso.com" {}`, "fe3.corp.contoso.com is given twice: as a Front End Server of fepool2 and as a Front End Server of fe3."},
		{"an Edge Server", server, `server "edge1.contoso.com" {}`, "as an Edge Server of EdgePool1 and as a Front End Server of fepool2"},
		{"an Edge pool", server, `server "edgepool1.contoso.com" {}`, "edgepool1.contoso.com is a name of Edge pool EdgePool1"},
		{"an Access Edge", server, `server "sip2.contoso.com" {}`, "sip2.contoso.com is a name of Edge pool EdgePool2"},
		{"another Front End pool", server, `server "fepool4.corp.contoso.com" {}`, "fepool4.corp.contoso.com is the FQDN of Front End pool fepool4"},
		{"its own pool", server, `server "fepool2.corp.contoso.com" {}`, "fepool2.corp.contoso.com is one of the 2 servers of the pool"},
		{"Unicode", server, `server "fé.corp.contoso.com" {}`, "not in ASCII"},
		{"no name", server, `server "fe 2b" {}`, "EP2017"},
		{"twice", server, `server "FE2.corp.contoso.com" {}`, "EP1007"},
		{"two stores", "  fqdn = \"fepool4.corp.contoso.com\"\n", "  fqdn = \"fepool4.corp.contoso.com\"\n  central_management = true\n", "fepool2 has central_management = true already"},
		{"two pools of one name", `"fepool4.corp.contoso.com"`, `"FEPool2.corp.contoso.com"`, "FEPool2.corp.contoso.com is already a name of pool fepool2"},
		{"an Edge pool of that name", `"fepool4.corp.contoso.com"`, `"edgepool2.contoso.com"`, "edgepool2.contoso.com is already a name of pool EdgePool2"},
		{"system", server, "server \"fe2b.corp.contoso.com\" {\noperating_system = \"windows-server-2019\"\n}", "fe2b.corp.contoso.com runs windows-server-2019, on which Microsoft does not support lync-server-2013"},
		{"system, not waited for", `server "fe4.corp.contoso.com" {}`, "server \"fe4.corp.contoso.com\" {\noperating_system = \"windows-server-2019\"\n}", ""},
	} {
		_, found := edited(t, "all-routed", test.old, test.new)
		got := only(found, "EP1007", "EP2007", "EP2017", "EP2020", "EP3026")
		if (len(got) == 1) != (test.want != "") || len(got) > 1 || test.want != "" && !strings.Contains(got[0], test.want) {
			t.Errorf("%s: %q, want %q\n%v", test.name, got, test.want, found)
		}
	}
}
