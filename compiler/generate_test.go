package compiler_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/parser/diag"
)

// TestManyGenerates: lines that may make very many names of a plan are one finding within few
// comparisons; lines that begin with other letters are not compared.
func TestManyGenerates(t *testing.T) {
	var domains strings.Builder
	for i := range 110 {
		fmt.Fprintf(&domains, "sip_domain \"d%d.contoso.com\" {\n  xmpp = true\n}\n", i)
	}
	spec := dnsSpec{host: true, blocks: domains.String()}
	zone := func(owner string) string {
		text := dnsHead + dnsHost
		for i := range 4000 {
			text += fmt.Sprintf("$GENERATE 1-9 %s${%d,9} CNAME www\n", owner, i)
		}
		return text
	}
	plans, findings := spec.compile(t, zone("_xmpp-server._tcp.d"))
	if len(plans) > 0 || len(findings) == 0 || !slices.ContainsFunc(findings, func(f diag.Finding) bool { return f.Code == "EP1010" && f.File == "z" && f.Line == 4005 }) {
		t.Errorf("%d plans, %v", len(plans), findings)
	}
	if plans, findings := spec.compile(t, zone("x")); len(plans) != 1 {
		t.Errorf("%d plans, %v", len(plans), findings)
	}
}
