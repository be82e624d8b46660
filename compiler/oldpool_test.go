package compiler

import (
	"slices"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/compiler/plan"
)

func planned(t *testing.T) *plan.Plan {
	t.Helper()
	return planOf(t, "planned", "federation.edge.hcl", "topology.edge.hcl")
}

// The plan ends XMPP at a pool that is up and to which no site stays routed, last of all.
func TestStopOld(t *testing.T) {
	for _, test := range []struct {
		name string
		plan *plan.Plan
		want bool
	}{
		{"planned, all sites", planned(t), true},
		{"disaster", seed(t), false},
		{"planned, another site stays", planOf(t, "hardware", "spec.edge.hcl"), false},
		{"services first", seedWith(t, "  to         = edge_pool.EdgePool2", "  to = edge_pool.EdgePool2\n  reason = \"planned\"\n  procedure = \"start-first\"\n  route_sites = \"all-routed\""), true},
	} {
		last, first := test.plan.Stages[len(test.plan.Stages)-1], test.plan.Rollback[0]
		if (last.Name == plan.StopOld) != test.want || (first.Name == plan.StartOld) != test.want || plan.HasStage(test.plan.Stages, plan.StopOld) != test.want {
			t.Errorf("%s: the last stage is %s, that of the rollback begins with %s", test.name, last.Name, first.Name)
		}
		if test.want && (!plan.SameSet(last.Hosts(), test.plan.From.Servers) || !plan.SameSet(first.Hosts(), test.plan.From.Servers)) {
			t.Errorf("%s: hosts %q and %q", test.name, last.Hosts(), first.Hosts())
		}
	}
	p := planned(t)
	if e := p.Earliest; len(e) != 2 || !strings.HasPrefix(e[0].What, "stage StopOld") {
		t.Errorf("what has to wait: %+v", e)
	}
	if r := p.Outage[len(p.Outage)-1]; r.After != plan.StopOld || len(r.Services) != 3 || slices.ContainsFunc(r.Services, func(s plan.Reached) bool { return !s.Up }) {
		t.Errorf("after StopOld: %+v", r)
	}
}

func TestStopOldProof(t *testing.T) {
	for _, test := range []struct {
		name  string
		spoil func(p *plan.Plan)
		want  string
	}{
		{"before Verify", func(p *plan.Plan) { swap(p.Stages, len(p.Stages)-1, len(p.Stages)-2) }, "runs before"},
		{"before the records", func(p *plan.Plan) {
			free(p.Stages)
			last := len(p.Stages) - 1
			p.Stages = append([]plan.Stage{p.Stages[0], p.Stages[last]}, p.Stages[1:last]...)
		}, "stop-old/xmpp on edge1a.contoso.com while Site1 is not routed"},
		{"not on all servers", func(p *plan.Plan) {
			part := &p.Stages[len(p.Stages)-1].Parts[0]
			part.Hosts = part.Hosts[1:]
		}, "XMPP still runs on"},
		{"never started again", func(p *plan.Plan) { p.Rollback = p.Rollback[1:] }, "does not restore"},
		{"a server of the target", func(p *plan.Plan) { p.Stages[len(p.Stages)-1].Parts[0].Hosts = p.To.Servers[:1] }, "which is not there"},
	} {
		of := planned(t)
		test.spoil(of)
		if err := plan.Prove(of); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
	}
}
