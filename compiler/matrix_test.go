package compiler_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/edgeplan/edgeplan/compiler"
	"github.com/edgeplan/edgeplan/compiler/hunk"
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/parser"
	"github.com/edgeplan/edgeplan/parser/diag"
)

// matrixSpec are the files of specs/matrix with some texts exchanged, given in pairs.
func matrixSpec(t *testing.T, changes ...string) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	for _, name := range []string{"spec.edge.hcl", "contoso.com.zone"} {
		text, err := os.ReadFile("../specs/matrix/" + name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: text}
	}
	for i := 0; i < len(changes); i += 2 {
		found := false
		for _, file := range files {
			found = found || bytes.Contains(file.Data, []byte(changes[i]))
			file.Data = bytes.ReplaceAll(file.Data, []byte(changes[i]), []byte(changes[i+1]))
		}
		if !found {
			t.Fatalf("there is no %q", changes[i])
		}
	}
	return files
}

// compileAll compiles a spec, of which the findings are shown by their codes.
func compileAll(t *testing.T, files fstest.MapFS) (compiler.Result, map[diag.Code][]string) {
	t.Helper()
	spec, sources, diags := parser.Load(files, []string{"spec.edge.hcl"})
	var result compiler.Result
	if !diags.HasErrors() {
		result = compiler.CompileAll(spec)
		diags = result.Open
	}
	found := map[diag.Code][]string{}
	for _, f := range diag.Findings(diags, sources) {
		found[f.Code] = append(found[f.Code], f.Detail)
	}
	return result, found
}

// verdicts are the pairs of a matrix, as "from to: codes".
func verdicts(m *plan.Matrix) []string {
	var out []string
	for _, pair := range m.Pairs {
		verdict := "never"
		if pair.Plan != "" {
			verdict = "yes"
		} else if len(pair.Findings) > 0 {
			verdict = m.Findings[pair.Findings[0]].Code
		}
		out = append(out, fmt.Sprintf("%s>%s %s", pair.From[len(pair.From)-1:], pair.To[len(pair.To)-1:], verdict))
	}
	return out
}

// TestMatrix: a pair that is refused stops no other, and the matrix says of each why.
func TestMatrix(t *testing.T) {
	const nextHop, store = "  next_hop         = \"fepool2.corp.contoso.com\"\n", "  central_management = true\n"
	for name, test := range map[string]struct {
		changes []string
		want    string
		ready   string // the pools for whose failure none is ready
		codes   string // of open findings
	}{
		"as it is":     {nil, "1>2 yes 1>3 yes 2>1 yes 2>3 EP2016 3>1 EP2015 3>2 EP2015", "EdgePool3", "EP3035 EP3036 EP3043"},
		"all possible": {[]string{nextHop, "", store, ""}, "1>2 yes 1>3 yes 2>1 yes 2>3 yes 3>1 yes 3>2 yes", "", ""},
		"one that none can reach": {[]string{nextHop, "", store, "", "sip3          300 IN A   198.51.100.31", "",
			"xmpp.contoso.com\"\n  partners", "xmpp.contoso.com\"\n  partners", "  host     = \"xmpp.contoso.com\"\n", "",
			"SRV 0 0 5269 xmpp", "SRV 0 0 5269 sip1"},
			"1>2 yes 1>3 EP2009 2>1 yes 2>3 EP2009 3>1 never 3>2 never", "", "EP3035"},
		"no pool is ready": {[]string{"site             = site.Site3", "site             = site.Site2",
			"  site               = site.Site3\n", "  site               = site.Site1\n", nextHop, "", "accept \"EP3037\"", "accept \"EP3010\""},
			"1>2 EP2015 1>3 EP2015 2>1 never 2>3 never 3>1 never 3>2 never", "EdgePool1", "EP3035 EP3036"},
		"accepted for all": {[]string{"  accept \"EP3001\"", "  accept \"EP2015\" {\n    reason = \"It has a mirror at Site1.\"\n  }\n\n  accept \"EP3001\""},
			"1>2 yes 1>3 yes 2>1 yes 2>3 EP2016 3>1 yes 3>2 yes", "", "EP3035 EP3043"},
		"an accept too many": {[]string{"  accept \"EP3001\"", "  accept \"EP3002\" {\n    reason = \"x\"\n  }\n\n  accept \"EP3001\""},
			"1>2 yes 1>3 yes 2>1 yes 2>3 EP2016 3>1 EP2015 3>2 EP2015", "EdgePool3", "EP1016 EP3035 EP3036 EP3043"},
		"accepted refusals": {[]string{"  accept \"EP3001\"", "  accept \"EP3035\" {\n    reason = \"x\"\n  }\n\n  accept \"EP3036\" {\n    reason = \"x\"\n  }\n\n  accept \"EP3001\""},
			"1>2 yes 1>3 yes 2>1 yes 2>3 EP2016 3>1 EP2015 3>2 EP2015", "EdgePool3", "EP3043"},
	} {
		t.Run(name, func(t *testing.T) {
			result, found := compileAll(t, matrixSpec(t, test.changes...))
			if len(result.Matrices) != 1 {
				t.Fatal(found)
			}
			m := result.Matrices[0]
			if got := strings.Join(verdicts(m), " "); got != test.want {
				t.Errorf("got  %s\nwant %s\n%v", got, test.want, found)
			}
			var ready, codes []string
			for _, f := range m.Failures() {
				if len(f.Ready) == 0 && !f.Never {
					ready = append(ready, f.Pool)
				}
			}
			for code := range found {
				codes = append(codes, string(code))
			}
			slices.Sort(codes)
			if strings.Join(ready, " ") != test.ready || strings.Join(codes, " ") != test.codes {
				t.Errorf("none is ready for %v, found %v", ready, found)
			}
			if n := strings.Count(test.want, "yes"); len(result.Plans) != n {
				t.Errorf("%d plans, want %d", len(result.Plans), n)
			}
			text, err := plan.EncodeMatrix(m)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := plan.DecodeMatrix(text); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestMatrixMistakes: what is wrong with the block itself is an error, once.
func TestMatrixMistakes(t *testing.T) {
	for name, test := range map[string]struct {
		changes []string
		code    diag.Code
	}{
		"no routes":          {[]string{"  xmpp_federation_route = edge_pool.EdgePool1\n", ""}, "EP1017"},
		"wrong window":       {[]string{"2026-12-05T22:00:00Z", "2026-12-07T22:00:00Z"}, "EP1009"},
		"not to accept":      {[]string{"EP3001", "EP2001"}, "EP1015"},
		"no such finding":    {[]string{"EP3001", "EP9999"}, "EP1015"},
		"a long name":        {[]string{"matrix \"contoso\"", "matrix \"" + strings.Repeat("m", 60) + "\""}, "EP1009"},
		"a label of signs":   {[]string{"edge_pool \"EdgePool2\"", "edge_pool \"§\"", "edge_pool.EdgePool2", "edge_pool[\"§\"]"}, "EP1009"},
		"two of one name":    {[]string{"edge_pool \"EdgePool2\"", "edge_pool \"Edge/3\"", "edge_pool.EdgePool2", "edge_pool[\"Edge/3\"]", "edge_pool \"EdgePool3\"", "edge_pool \"edge-3\"", "edge_pool.EdgePool3", "edge_pool[\"edge-3\"]"}, "EP1007"},
		"no federation":      {[]string{"xmpp_federation {\n  host     = \"xmpp.contoso.com\"\n  partners = [\"jabber.example.org\"]\n}", ""}, "EP1009"},
		"name of a failover": {[]string{"matrix \"contoso\"", "prepare \"contoso-EdgePool1-to-EdgePool2\" {\n  change {\n    ticket  = \"T\"\n    summary = \"S\"\n  }\n}\n\nmatrix \"contoso\""}, "EP1007"},
	} {
		t.Run(name, func(t *testing.T) {
			result, found := compileAll(t, matrixSpec(t, test.changes...))
			if len(found[test.code]) != 1 {
				t.Errorf("%s is found %d times: %v", test.code, len(found[test.code]), found)
			}
			_ = result
		})
	}
}

// TestMatrixIsFailovers: what a matrix plans for the failure of the pool of today is what failover
// blocks with the same arguments plan.
func TestMatrixIsFailovers(t *testing.T) {
	files := matrixSpec(t)
	result, _ := compileAll(t, files)
	text := string(files["spec.edge.hcl"].Data)
	at := strings.Index(text, "matrix \"contoso\"")
	for _, to := range []string{"EdgePool2", "EdgePool3"} {
		block := strings.Replace(text[at:], "matrix \"contoso\" {", fmt.Sprintf("failover \"contoso-EdgePool1-to-%s\" {\n  from = edge_pool.EdgePool1\n  to = edge_pool.%s", to, to), 1)
		files["spec.edge.hcl"] = &fstest.MapFile{Data: []byte(text[:at] + block)}
		alone, found := compileAll(t, files)
		if len(alone.Plans) != 1 {
			t.Fatal(found)
		}
		i := slices.IndexFunc(result.Plans, func(p *plan.Plan) bool { return p.Name == alone.Plans[0].Name })
		if i < 0 {
			t.Fatalf("the matrix has no plan %s", alone.Plans[0].Name)
		}
		if got, want := bare(t, result.Plans[i]), bare(t, alone.Plans[0]); got != want {
			t.Errorf("the matrix has\n%s\nthe failover is\n%s", got, want)
		}
	}
}

// bare is a plan without what tells the block that asked for it.
func bare(t *testing.T, p *plan.Plan) string {
	t.Helper()
	one := *p
	one.ID, one.SpecDigest, one.Findings = "", "", nil
	data, err := json.Marshal(one)
	if err != nil {
		t.Fatal(err)
	}
	return ofSpec.ReplaceAllString(string(data), "")
}

// TestMatrixChain: a plan of a pool that holds no route today begins with the routes, records, serials
// and files that the failover before it leaves, with each delivery.
func TestMatrixChain(t *testing.T) {
	for _, delivery := range []string{"zone-file", "nsupdate", "route53"} {
		for _, host := range []bool{true, false} {
			changes := []string{"  server = \"ns1.contoso.net\"", "  server = \"ns1.contoso.net\"\n  delivery = \"" + delivery + "\"",
				"  next_hop         = \"fepool2.corp.contoso.com\"\n", "", "  central_management = true\n", ""}
			if !host {
				changes = append(changes, "  host     = \"xmpp.contoso.com\"\n", "", "SRV 0 0 5269 xmpp", "SRV 0 0 5269 sip1")
			}
			result, found := compileAll(t, matrixSpec(t, changes...))
			if len(result.Plans) != 6 {
				t.Fatal(delivery, host, found)
			}
			plans := map[string]*plan.Plan{}
			for _, p := range result.Plans {
				plans[p.Name] = p
			}
			for _, pair := range result.Matrices[0].Pairs {
				if pair.After != "" {
					checkAfter(t, plans[pair.Plan], plans[pair.After])
				}
			}
		}
	}
}

var (
	ofFailover = regexp.MustCompile(`failover "[^"]*" \{`)
	itsPools   = regexp.MustCompile(`\n  (from|to) +=.*`)
	store      = regexp.MustCompile(`\n  central_management += true`)
)

// TestMatrixFederations: SIP federation, and both together, are a matrix as XMPP federation is; the flag of
// Topology Builder is where the failover before has put it.
func TestMatrixFederations(t *testing.T) {
	for _, name := range []string{"sip", "both"} {
		files := fstest.MapFS{}
		paths, _ := filepath.Glob("../specs/" + name + "/*")
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			base := filepath.Base(path)
			if strings.HasSuffix(base, parser.Suffix) {
				base = "spec.edge.hcl"
				text = ofFailover.ReplaceAll(text, []byte(`matrix "m" {`))
				text = store.ReplaceAll(itsPools.ReplaceAll(text, nil), nil)
			}
			files[base] = &fstest.MapFile{Data: text}
		}
		result, found := compileAll(t, files)
		if len(result.Plans) != 2 {
			t.Fatalf("%s: %v", name, found)
		}
		first, second := result.Plans[0], result.Plans[1]
		checkAfter(t, second, first)
		for _, p := range result.Plans {
			for _, pool := range p.Topology.EdgePools {
				if pool.SIPFederation != (pool.Name == p.From.Name) {
					t.Errorf("%s: SIP federation is enabled on %s: %v", p.Name, pool.Name, pool.SIPFederation)
				}
			}
		}
		if len(second.Zones) == 0 || len(second.Routes) == 0 {
			t.Errorf("%s: %s has no zone or route", name, second.Name)
		}
	}
}

func checkAfter(t *testing.T, p, before *plan.Plan) {
	t.Helper()
	for _, route := range p.Routes {
		moved := slices.ContainsFunc(before.Routes, func(r plan.SiteRoute) bool { return r.Site == route.Site })
		if moved && route.From != before.To.FQDN {
			t.Errorf("%s: %s leaves %s, and %s led it to %s", p.Name, route.Site, route.From, before.Name, before.To.FQDN)
		}
	}
	for _, zone := range p.Zones {
		old, _ := before.Zone(zone.Name)
		if zone.OldSHA256 != old.NewSHA256 || zone.OldSerial != old.NewSerial {
			t.Errorf("%s: zone %s begins with %s, %d; %s ends with %s, %d", p.Name, zone.Name, zone.OldSHA256, zone.OldSerial,
				before.Name, old.NewSHA256, old.NewSerial)
		}
		if zone.ByFile() {
			if text, err := hunk.Apply(old.Text.Bytes(), zone.Hunks); err != nil || !bytes.Equal(text, zone.Text.Bytes()) {
				t.Errorf("%s: the diff of %s does not apply after %s: %v", p.Name, zone.Name, before.Name, err)
			}
		}
		for _, set := range zone.Records {
			i := slices.IndexFunc(old.Records, func(s plan.RecordSet) bool { return s.Owner == set.Owner && s.Type == set.Type })
			if i < 0 || !plan.SameSet(old.Records[i].New, set.Old) {
				t.Errorf("%s: %s %s begins with %v", p.Name, set.Owner, set.Type, set.Old)
			}
		}
	}
}

// largeMatrix is a spec of n pools with a large zone that no plan changes.
func largeMatrix(n, records int) fstest.MapFS {
	var spec, zone, other strings.Builder
	spec.WriteString("topology \"t\" {\n  product = \"sfb-server-2015\"\n  management_host = \"fe1.corp.contoso.com\"\n}\n")
	const head = "$TTL 300\n@ IN SOA ns1.contoso.net. h.contoso.com. 1 7200 900 1209600 300\n@ IN NS ns1.contoso.net.\n"
	zone.WriteString(head)
	other.WriteString(head + "_xmpp-server._tcp IN SRV 0 0 5269 xmpp.contoso.com.\n")
	for i := range n {
		fmt.Fprintf(&spec, "site \"Site%d\" {\n  xmpp_federation_route = edge_pool.Pool0\n}\n", i)
		fmt.Fprintf(&spec, "edge_pool \"Pool%d\" {\n  site = site.Site%d\n  fqdn = \"pool%d.contoso.com\"\n"+
			"  access_edge_fqdn = \"sip%d.contoso.com\"\n  xmpp {}\n  server \"edge%d.contoso.com\" {\n"+
			"    public_ipv4 = \"198.51.100.%d\"\n  }\n}\n", i, i, i, i, i, i+1)
		fmt.Fprintf(&zone, "sip%d IN A 198.51.100.%d\n", i, i+1)
	}
	zone.WriteString("xmpp IN A 198.51.100.1\n_xmpp-server._tcp IN SRV 0 0 5269 xmpp\n")
	for i := range records {
		fmt.Fprintf(&other, "host%d IN A 203.0.113.%d\n", i, i%256)
	}
	for _, name := range []string{"contoso.com", "fabrikam.com"} {
		fmt.Fprintf(&spec, "sip_domain \"%s\" {\n  xmpp = true\n}\ndns_zone \"%s\" {\n  file = \"%s.zone\"\n  server = \"ns1.contoso.net\"\n}\n", name, name, name)
	}
	spec.WriteString("xmpp_federation {\n  host = \"xmpp.contoso.com\"\n}\nmatrix \"m\" {\n  federation = \"xmpp\"\n" +
		"  route_sites = \"all-routed\"\n  change {\n    ticket = \"T\"\n    summary = \"S\"\n  }\n}\n")
	return fstest.MapFS{
		"spec.edge.hcl":     {Data: []byte(spec.String())},
		"contoso.com.zone":  {Data: []byte(zone.String())},
		"fabrikam.com.zone": {Data: []byte(other.String())},
	}
}

// TestMatrixReads: a zone that no plan changes is read once, however many pairs there are: what a
// larger one allocates does not grow with the pairs.
func TestMatrixReads(t *testing.T) {
	allocated := func(pools, records int) uint64 {
		files := largeMatrix(pools, records)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		result, found := compileAll(t, files)
		runtime.ReadMemStats(&after)
		if len(result.Plans) != pools*(pools-1) {
			t.Fatal(found)
		}
		return after.TotalAlloc - before.TotalAlloc
	}
	const records = 50_000
	few := int64(allocated(2, records)) - int64(allocated(2, 1))
	many := int64(allocated(7, records)) - int64(allocated(7, 1))
	if few <= 0 || many > 3*few {
		t.Errorf("%d records cost %d bytes with 2 plans and %d with 42", records, few, many)
	}
}

// TestMatrixBesideOthers: the plans of other blocks, and those of their ways back, count in the limit on pairs.
func TestMatrixBesideOthers(t *testing.T) {
	for failovers, want := range map[int]bool{495: false, 496: true} {
		spec, sources, diags := parser.Load(matrixSpec(t), []string{"spec.edge.hcl"})
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		for i := range failovers { // without a target, so that they take no time
			f := &parser.Failover{Failback: &parser.Failback{}}
			f.Name.V, f.Range = fmt.Sprintf("p%d", i), spec.Matrices[0].Range
			spec.Failovers = append(spec.Failovers, f)
		}
		said := false
		for _, f := range diag.Findings(compiler.CompileAll(spec).Open, sources) {
			said = said || strings.HasPrefix(f.Detail, fmt.Sprintf("With this matrix there are some 9 pairs of Edge pools, %d plans of other blocks", 2*failovers))
		}
		if said != want {
			t.Errorf("%d failovers with their ways back, and 9 pairs: too many: %v", failovers, said)
		}
	}
}
