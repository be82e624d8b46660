package compiler

import (
	"fmt"
	"testing"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/parser/topology"
	"github.com/edgeplan/edgeplan/parser/zonefile"
)

// TestSRVTargets: a target counts if its addresses stand in this file, whatever name the
// plan was made for; not an alias, a name of another zone, or one that has a set.
func TestSRVTargets(t *testing.T) {
	text := []byte("$TTL 300\n@ IN SOA ns hm 1 2 3 4 5\n@ IN NS ns\nfour IN A 192.0.2.1\nSix IN AAAA 2001:db8::1\nboth IN A 192.0.2.2\nboth IN AAAA 2001:db8::2\n" +
		"alias IN CNAME four\nx.sub IN A 192.0.2.3\nset IN A 192.0.2.4\nkept IN A 192.0.2.5\nbefore IN A 192.0.2.6\n")
	z := &zone{Zone: &topology.Zone{Source: zonefile.Gather(zonefile.File{Text: text}, nil)}, origin: "example.com."}
	sub := &zone{Zone: &topology.Zone{}, origin: "sub.example.com."}
	j := &job{model: &model{byOrigin: map[string]*zone{sub.origin: sub, z.origin: z}}}
	srvs := func(targets ...string) (out []string) {
		for i, target := range targets {
			out = append(out, fmt.Sprintf("%d 0 5269 %s", i, target))
		}
		return out
	}
	kept := &interest{names: map[string]bool{}}
	for _, name := range []string{"four", "six", "both", "alias", "none", "x.sub", "set", "kept", "before"} {
		kept.names[name+".example.com."] = true // as readAgain asks for all targets
	}
	err := z.read(kept)
	got := j.srvTargets(z, []plan.RecordSet{
		{Owner: "set.example.com.", Type: "A", Old: []string{"192.0.2.4"}, New: []string{"192.0.2.9"}},
		{Owner: "_a.example.com.", Type: "SRV", Old: srvs("before.example.com."),
			New: srvs("six.example.com.", "both.example.com.", "four.example.com.", "alias.example.com.", "none.example.com.", "x.sub.example.com.", "set.example.com.", "four.example.org.", ".")},
		{Owner: "_b.example.com.", Type: "SRV", Old: srvs("kept.example.com."), New: srvs("kept.example.com.")},
	})
	want := "[{before.example.com. [A]} {both.example.com. [A AAAA]} {four.example.com. [A]} {six.example.com. [AAAA]}]"
	if err != nil || fmt.Sprint(got) != want {
		t.Errorf("%v, %v, want %s", got, err, want)
	}
}
