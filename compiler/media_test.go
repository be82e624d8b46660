package compiler

import (
	"slices"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/parser/diag"
)

// stageNames are the names of stages, as one text.
func stageNames(stages []plan.Stage) string {
	var out []string
	for _, stage := range stages {
		out = append(out, stage.Name)
	}
	return strings.Join(out, " ")
}

// mediaSteps are the steps of a plan that associate Front End pools, and the Edge pools that they end with.
func mediaSteps(stages []plan.Stage) map[string]string {
	out := map[string]string{}
	for _, s := range plan.AllSteps(stages) {
		if pool, ok := strings.CutPrefix(s.Effect.Var, "media/"); ok {
			out[pool] = s.Act.To[0]
		}
	}
	return out
}

// TestMedia: where stage Topology is, what it moves and where the rollback moves it, with each federation and reason.
func TestMedia(t *testing.T) {
	const fepool1 = "fepool1.corp.contoso.com"
	tests := map[string]struct {
		change        []string
		stages, back  string
		down          bool   // before the change there is no media
		cites, undoes string // the sources of the step and of what takes it back
	}{
		"documented":  {nil, "Preflight Topology Stop Route Dns Firewall Start Replicate Verify", "Start Topology Route Dns Replicate Verify", true, plan.MediaPage, plan.FailBackPage},
		"start-first": {[]string{`federation = "xmpp"`, "federation = \"xmpp\"\n  procedure  = \"start-first\""}, "Preflight Topology Start Route Dns Firewall Replicate Verify", "Topology Route Dns Replicate Verify", true, plan.MediaPage, plan.FailBackPage},
		"planned":     {[]string{`federation = "xmpp"`, "federation = \"xmpp\"\n  reason     = \"planned\"\n  route_sites = \"all-routed\""}, "Preflight Topology Stop Route Dns Firewall Start Replicate Verify StopOld", "StartOld Start Topology Route Dns Replicate Verify", false, plan.MediaPage, plan.FailBackPage},
		"fail-back":   {[]string{`federation = "xmpp"`, "federation = \"xmpp\"\n  reason     = \"failback\""}, "Start Preflight Topology Route Dns Firewall Replicate Verify StopOld", "StartOld Topology Route Dns Replicate Verify", false, plan.FailBackPage, plan.MediaPage},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			plans, diags := changedSpec(t, "media", test.change...)
			if len(plans) != 1 {
				t.Fatal(diags)
			}
			p := plans[0]
			if got := stageNames(p.Stages) + "; " + stageNames(p.Rollback); got != test.stages+"; "+test.back {
				t.Errorf("stages %s", got)
			}
			if got := mediaSteps(p.Stages)[fepool1]; got != "EdgeServer:"+p.To.FQDN {
				t.Errorf("the change ends with %q", got)
			}
			if got := mediaSteps(p.Rollback)[fepool1]; got != "EdgeServer:"+p.From.FQDN {
				t.Errorf("the rollback ends with %q", got)
			}
			for i, stages := range [][]plan.Stage{p.Stages, p.Rollback} {
				step := partOf(t, stages, plan.Publish).Steps[0]
				if want := []string{test.cites, test.undoes}[i]; step.Source.Procedure != want || step.Read.Name != "Get-MediaEdge" {
					t.Errorf("%s comes from %v, reads with %s", step.ID, step.Source, step.Read.Name)
				}
			}
			// Its servers have to know of it, though they are at the site of the pool that failed.
			for _, server := range []string{"fe1a.corp.contoso.com", "fe1b.corp.contoso.com"} {
				if !slices.Contains(plan.Replicas(p), server) {
					t.Errorf("%s is not waited for", server)
				}
			}
			first, last := p.Outage[0].Of("media"), p.Outage[len(p.Outage)-1].Of("media")
			if first.Up == test.down || !last.Up || last.Through != p.To.Name {
				t.Errorf("media is %v before the change and %v after it", first, last)
			}
			for _, r := range p.Outage {
				if !r.Of("media").Up && !test.down && r.After != plan.Stop && r.After != plan.Route && r.After != plan.DNS && r.After != plan.Firewall {
					t.Errorf("after %s media is down, and both pools are up", r.After)
				}
			}
		})
	}
}

// TestMediaNumbers: the facts about media and those about the store have numbers of their own.
func TestMediaNumbers(t *testing.T) {
	plans, diags := changedSpec(t, "central-management", "  fqdn               = \"fepool1.corp.contoso.com\"\n", "  fqdn               = \"fepool1.corp.contoso.com\"\n  edge_pool = edge_pool.EdgePool1\n",
		"  to         = edge_pool.EdgePool2\n", "  to         = edge_pool.EdgePool2\n  media = [front_end_pool.fepool1]\n")
	if len(plans) != 1 {
		t.Fatal(diags)
	}
	says := map[string]string{}
	for _, s := range plan.AllSteps(plans[0].Stages) {
		if strings.HasPrefix(s.ID, "P2") {
			says[s.ID] = s.Says
		}
	}
	if says["P24"] != "Edge pool of fepool1 for media" || says["P25"] != "backup pool of fepool1.corp.contoso.com" || !strings.HasPrefix(says["P26"], "back end of") {
		t.Errorf("numbers %v", says)
	}
}

// TestMediaFindings: which pools may be named, which are missed, and what follows from naming one.
func TestMediaFindings(t *testing.T) {
	const media, edge = "[front_end_pool.fepool1]", "  edge_pool = edge_pool.EdgePool1\n"
	const to = "  to         = edge_pool.EdgePool2\n"
	tests := map[string]struct {
		change []string
		code   diag.Code // of a finding that is there, or with lacks is not
		lacks  bool
		says   string
	}{
		"no edge_pool":     {[]string{edge, ""}, "EP2042", false, "fepool1 has no edge_pool"},
		"another pool":     {[]string{media, "[front_end_pool.fepool2]"}, "EP2042", false, "goes through EdgePool2"},
		"twice":            {[]string{media, "[front_end_pool.fepool1, front_end_pool.fepool1]"}, "EP1009", false, "twice"},
		"named":            {nil, "EP3039", true, ""},
		"not named":        {[]string{media, "[]"}, "EP3039", false, "fepool1. EdgePool1 is down"},
		"left out":         {[]string{"  media      = " + media + "\n", ""}, "EP3039", false, "associated with EdgePool2"},
		"planned":          {[]string{media, "[]", to, to + "  reason = \"planned\"\n"}, "EP3039", true, ""},
		"fail-back":        {[]string{media, "[]", to, to + "  reason = \"failback\"\n", "site.Site1\n  fqdn      = \"fepool1", "site.Site2\n  fqdn      = \"fepool1"}, "EP3039", false, ""},
		"fail-back, named": {[]string{to, to + "  reason = \"failback\"\n"}, "EP3039", true, ""},
		// A pool that is named is up, whatever else is at its site.
		"servers are waited for":     {[]string{to, to + "  route_sites = \"all-routed\"\n"}, "EP3029", true, ""},
		"servers that may be down":   {[]string{media, "[]", to, to + "  route_sites = \"all-routed\"\n"}, "EP3029", false, ""},
		"the management host is up":  {[]string{"management_host = \"fe2.", "management_host = \"fe1a."}, "EP2038", true, ""},
		"the management host is not": {[]string{"management_host = \"fe2.", "management_host = \"fe1a.", media, "[]"}, "EP2038", false, ""},
		"the store is up":            {[]string{edge, edge + "  central_management = true\n", "  central_management = true\n", ""}, "EP2015", true, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, diags := changedSpec(t, "media", test.change...)
			found := ""
			for _, d := range diags {
				if diag.Of(d) == test.code {
					found += d.Detail
				}
			}
			if (found == "") != test.lacks || !strings.Contains(found, test.says) {
				t.Errorf("%s: %q, want none %v, or %q", test.code, found, test.lacks, test.says)
			}
		})
	}
}

// TestMediaBack: the fail-back in a failover takes back what the failover moved.
func TestMediaBack(t *testing.T) {
	plans, diags := changedSpec(t, "media-failback")
	if len(plans) != 2 {
		t.Fatal(diags)
	}
	there, back := plans[0], plans[1]
	for pool, edge := range mediaSteps(there.Stages) {
		if edge != "EdgeServer:"+there.To.FQDN || mediaSteps(back.Stages)[pool] != "EdgeServer:"+there.From.FQDN {
			t.Errorf("%s goes to %s and back to %s", pool, edge, mediaSteps(back.Stages)[pool])
		}
	}
	if len(mediaSteps(back.Stages)) != 2 || !strings.Contains(strings.Join(back.Texts.Order, " "), "Step 5 is not in this plan") {
		t.Errorf("the fail-back moves %v, and says %q", mediaSteps(back.Stages), back.Texts.Order)
	}
}
