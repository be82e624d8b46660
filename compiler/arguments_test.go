package compiler_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"

	"github.com/edgeplan/edgeplan/compiler"
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/parser"
	"github.com/edgeplan/edgeplan/parser/diag"
)

// otherValues are values for each argument of the language that mean something else than
// what the specs have, as expressions. One of them has to make a difference somewhere.
var otherValues = map[string][]string{
	"topology.product":                      {`"sfb-server-2015"`},
	"topology.management_host":              {`"other.corp.example"`},
	"site.xmpp_federation_route":            {`edge_pool.EdgePool2`},
	"site.federation_route":                 {`edge_pool.EdgePool2`},
	"edge_pool.site":                        {`site.Site1`, `site.Site2`},
	"edge_pool.fqdn":                        {`"other.contoso.com"`},
	"edge_pool.access_edge_fqdn":            {`"other.contoso.com"`},
	"edge_pool.next_hop":                    {`"other.corp.example"`},
	"edge_pool.load_balancing":              {`"hardware"`, `"dns"`},
	"edge_pool.virtual_ipv4":                {`"198.51.100.77"`},
	"edge_pool.nat":                         {`true`, `false`},
	"edge_pool.product":                     {`"sfb-server-2015"`, `"lync-server-2013"`},
	"xmpp.listening_port":                   {`5270`},
	"xmpp.internal_port":                    {`23457`},
	"certificate.subject_alternative_names": {`["other.contoso.com"]`},
	"certificate.not_after":                 {`"2026-01-01"`},
	"server.public_ipv4":                    {`"198.51.100.77"`},
	"server.public_ipv6":                    {`"2001:db8::77"`},
	"server.operating_system":               {`"windows-server-2008-r2"`, `"windows-server-2016"`},
	"front_end_pool.site":                   {`site.Site1`, `site.Site2`},
	"front_end_pool.fqdn":                   {`"other.corp.example"`},
	"front_end_pool.edge_pool":              {`edge_pool.EdgePool1`, `edge_pool.EdgePool2`},
	"front_end_pool.central_management":     {`true`, `false`},
	"edge_pool.sip_federation":              {`true`, `false`},
	"sip_domain.xmpp":                       {`false`},
	"sip_domain.federation_host":            {`"other.contoso.com"`},
	"sip_federation.partners":               {`["other.example"]`},
	"xmpp_federation.host":                  {`"other.contoso.com"`},
	"xmpp_federation.partners":              {`["other.example"]`},
	"dns_zone.file":                         {`"spec.edge.hcl"`},
	"dns_zone.includes":                     {`{}`},
	"dns_zone.server":                       {`"192.0.2.99"`},
	"dns_zone.site":                         {`site.Site1`},
	"dns_zone.serial":                       {`"4000000000"`},
	"dns_zone.delivery":                     {`"nsupdate"`, `"zone-file"`},
	"dns_zone.soa_prerequisite":             {`true`, `false`},
	"dns_zone.computer":                     {`"other"`},
	"dns_zone.operating_system":             {`"windows-server-2008-r2"`, `"windows-server-2019"`},
	"failover.federation":                   {`"sip"`},
	"failover.from":                         {`edge_pool.EdgePool2`},
	"failover.to":                           {`edge_pool.EdgePool1`},
	"failover.reason":                       {`"planned"`, `"disaster"`},
	"failover.procedure":                    {`"start-first"`, `"documented"`},
	"failover.route_sites":                  {`"all-routed"`, `"target"`},
	"failover.next_hop":                     {`front_end_pool.fepool1`},
	"failover.media":                        {`[front_end_pool.fepool1]`},
	"prepare.ttl":                           {`77`},
	"media.front_end_pools":                 {`[front_end_pool.fepool1]`, `[front_end_pool.fepool3]`},
	"media.to":                              {`edge_pool.EdgePool1`},
	"media.reason":                          {`"planned"`},
	"next_hop.edge_pool":                    {`edge_pool.EdgePool1`},
	"next_hop.to":                           {`front_end_pool.fepool1`, `front_end_pool.fepool2`},
	"next_hop.reason":                       {`"planned"`, `"disaster"`},
	"matrix.federation":                     {`"sip"`},
	"matrix.reason":                         {`"planned"`},
	"matrix.procedure":                      {`"start-first"`},
	"matrix.route_sites":                    {`"target"`},
	"accept.reason":                         {`"another reason"`},
	"change.ticket":                         {`"OTHER"`},
	"change.summary":                        {`"other"`},
	"change.window_start":                   {`"2026-12-05T22:30:00Z"`},
	"change.window_end":                     {`"2026-12-06T00:30:00Z"`},
	"change.requester":                      {`"other"`},
	"change.approvers":                      {`["other"]`},
	"change.type":                           {`"drill"`},
	"change.risk":                           {`"high"`},
	"change.risk_reason":                    {`"other"`},
	"change.impact":                         {`"other"`},
	"change.implementers":                   {`["other"]`},
	"change.testers":                        {`["other"]`},
	"change.acceptance":                     {`["other"]`},
	"stage.minutes":                         {`77`},
	"stage.implementers":                    {`["other"]`},
	"stage.testers":                         {`["other"]`},
	"rollback_stage.minutes":                {`77`},
	"rollback_stage.implementers":           {`["other"]`},
	"rollback_stage.testers":                {`["other"]`},
	"message.to":                            {`["other"]`},
	"message.when":                          {`"after"`},
	"message.hours":                         {`77`},
	"message.text":                          {`"other"`},
	"site.ci":                               {`"other"`},
	"edge_pool.ci":                          {`"other"`},
	"server.ci":                             {`"other"`},
	"front_end_pool.ci":                     {`"other"`},
	"dns_zone.ci":                           {`"other"`},

	"central_management_failover.to":                  {`front_end_pool.fepool1`},
	"central_management_failover.sql_server":          {`"other.corp.example"`},
	"central_management_failover.sql_instance":        {`"OTHER"`},
	"central_management_failover.mirror_sql_server":   {`"other.corp.example"`},
	"central_management_failover.mirror_sql_instance": {`"OTHER"`},
}

// noLanguage are findings about a text that is no longer in the language.
var noLanguage = regexp.MustCompile(`(?m)^EP10(0[1-689]|1[0-2]|23) `)

// outcome is what a spec leads to: plans and findings, but for what only tells one spec
// from another. The record and the scripts are made of the plan alone.
func outcome(t *testing.T, files fs.FS, text string) string {
	t.Helper()
	spec, sources, diags := parser.Parse(files, []parser.File{{Name: "spec.edge.hcl", Text: []byte(text)}})
	var plans []*plan.Plan
	if !diags.HasErrors() {
		plans, diags = compiler.Compile(spec)
	}
	var b strings.Builder
	for _, f := range diag.Findings(diags, sources) {
		fmt.Fprintf(&b, "%s %s\n", f.Code, f.Detail)
	}
	for _, p := range plans {
		b.WriteString(substance(t, p))
	}
	return ofSpec.ReplaceAllString(b.String(), "")
}

// substance is a plan but for what tells one text of a spec from another.
func substance(t *testing.T, p *plan.Plan) string {
	t.Helper()
	bare := *p
	bare.ID, bare.SpecDigest = "", ""
	bare.Findings = slices.SortedFunc(slices.Values(bare.Findings), func(a, b plan.Finding) int { // by line otherwise
		return strings.Compare(a.Code+a.Detail, b.Code+b.Detail)
	})
	data, err := json.Marshal(bare)
	if err != nil {
		t.Fatal(err)
	}
	return ofSpec.ReplaceAllString(string(data), "")
}

// ofSpec are lines of a spec.
var ofSpec = regexp.MustCompile(`"line":\d+|\.edge\.hcl:\d+`)

// argumentsOf has the arguments of the language, by block.
func argumentsOf() []string {
	var out []string
	for _, block := range parser.Schema() {
		for _, argument := range block.Arguments {
			out = append(out, block.Type+"."+argument.Name)
		}
	}
	return out
}

// TestEveryArgumentCounts changes each argument of the language in each spec. Somewhere a
// finding or the plan has to change with it: an argument that nothing looks at is a
// promise that is not kept.
func TestEveryArgumentCounts(t *testing.T) {
	arguments := argumentsOf()
	if known := slices.Sorted(maps.Keys(otherValues)); !slices.Equal(slices.Sorted(slices.Values(arguments)), known) {
		t.Fatalf("the schemas have the arguments\n%v\nand this test knows\n%v", slices.Sorted(slices.Values(arguments)), known)
	}
	counts := map[string]string{} // the spec in which an argument makes a difference
	paths, _ := filepath.Glob("../specs/*/*.edge.hcl")
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files := os.DirFS(filepath.Dir(path))
		before := outcome(t, files, string(text))
		if noLanguage.MatchString(before) {
			continue
		}
		for _, argument := range arguments {
			if counts[argument] == "" && makesDifference(t, files, text, argument, before) {
				counts[argument] = path
			}
		}
	}
	for _, argument := range arguments {
		if counts[argument] == "" {
			t.Errorf("%s: no finding and no plan changes with it", argument)
		}
	}
}

func makesDifference(t *testing.T, files fs.FS, text []byte, argument, before string) bool {
	t.Helper()
	kind, name, _ := strings.Cut(argument, ".")
	for _, value := range otherValues[argument] {
		for n := 0; ; n++ {
			file, diags := hclwrite.ParseConfig(text, "spec.edge.hcl", hcl.InitialPos)
			if diags.HasErrors() {
				t.Fatal(diags)
			}
			blocks := blocksOf(file.Body(), kind)
			if n >= len(blocks) {
				break
			}
			if len(blocks[n].Attributes())+len(blocks[n].Blocks()) == 0 {
				blocks[n].AppendNewline() // for a block on one line
			}
			expr, diags := hclsyntax.LexExpression([]byte(value), "", hcl.InitialPos)
			if diags.HasErrors() {
				t.Fatal(diags)
			}
			var tokens hclwrite.Tokens
			for _, token := range expr {
				if token.Type != hclsyntax.TokenEOF {
					tokens = append(tokens, &hclwrite.Token{Type: token.Type, Bytes: token.Bytes})
				}
			}
			blocks[n].SetAttributeRaw(name, tokens)
			if after := outcome(t, files, string(file.Bytes())); after != before && !noLanguage.MatchString(after) {
				return true
			}
		}
	}
	return false
}

// blocksOf lists the bodies of all blocks of a type, at any depth.
func blocksOf(body *hclwrite.Body, kind string) []*hclwrite.Body {
	var out []*hclwrite.Body
	for _, block := range body.Blocks() {
		if block.Type() == kind {
			out = append(out, block.Body())
		}
		out = append(out, blocksOf(block.Body(), kind)...)
	}
	return out
}
