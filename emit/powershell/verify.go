package powershell

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/edgeplan/edgeplan/compiler/plan"
)

// verify has an entry for the management host, one for the Edge Servers, and one for all
// other computers.
func (b *builder) verify(stage plan.Stage) []hash {
	var out []hash
	edges := plan.Stage{Name: stage.Name}
	for _, own := range byHost(stage) {
		switch host := own.Hosts[0]; {
		case host == b.plan.ManagementHost && b.back:
			out = append(out, b.open(own, entry{"StillTrue", b.earlier(), false}, b.does("Checks the route and DNS.")))
		case host == b.plan.ManagementHost:
			out = append(out, b.verifyHere(own))
		case host == plan.AnyHost:
			out = append(out, b.verifyPort(own, "Step 6 from outside: what a federated partner sees."))
		default: // all have the same steps
			edges.Hosts, edges.Steps = append(edges.Hosts, host), own.Steps
		}
	}
	if len(edges.Hosts) > 0 {
		out = append([]hash{b.verifyEdge(edges)}, out...)
	}
	return out
}

// earlier are the stages whose result Verify looks at again.
func (b *builder) earlier() node { return b.array(b.present(plan.Route, plan.DNS)) }

func (b *builder) present(names ...string) []string {
	return slices.DeleteFunc(names, func(name string) bool { return !plan.HasStage(b.plan.StagesOf(b.back), name) })
}

func (b *builder) verifyHere(stage plan.Stage) hash {
	if b.plan.Kind == plan.KindPrepare {
		return b.open(stage, entry{"StillTrue", b.earlier(), false}, b.does("Checks that stage Dns is done, and DNS."))
	}
	h := b.open(stage, entry{"StillTrue", b.earlier(), false},
		b.does("Checks that all stages are done, the route, DNS, and that the Edge Servers answer."))
	if len(b.present(plan.StopOld)) > 0 {
		_, seconds := b.plan.OldAnswers()
		if !slices.ContainsFunc(b.plan.Zones, plan.Zone.Changed) {
			seconds = 86400 // others change the records, with TTLs that nobody here knows
		}
		h = append(h, entry{"PrintsReceipt", expr(strconv.FormatUint(uint64(seconds), 10)), false})
	}
	for _, step := range stage.Steps {
		switch s := step.(type) {
		case *plan.ProbePort:
			h = append(h, b.probe("7", s))
		case *plan.SendMessage:
			expect := hash{{"Id", b.lit("V2"), false}, {"Says", b.lit("Test-CsXmppIM"), false}, {"Property", b.lit("Result"), false}, {"Is", b.lit("Success"), false}}
			h = append(h, entry{"Facts", hash{{"When", b.lit("XmppReceiver"), false},
				{"Read", block{with(b.run(s.Call, false), "Receiver", "$XmppReceiver")}, true}, {"Expect", expect, true}}, true})
		}
	}
	return h
}

func (b *builder) probe(id string, s *plan.ProbePort) entry {
	return entry{"Open", hash{{"Id", b.lit(id), false}, {"At", b.list(s.Targets), false}, {"Port", expr(strconv.Itoa(s.Port)), false}}, true}
}

// verifyEdge looks at the Edge Servers from where they are. They connect to no public
// address: without hairpin NAT their own would never answer them.
func (b *builder) verifyEdge(stage plan.Stage) hash {
	h := b.openVerify(stage, "Step 6 from inside: the XMPP proxy listens. Its public address is probed from outside only.")
	var facts array
	for _, step := range stage.Steps {
		s, ok := step.(*plan.CheckListener)
		if !ok {
			b.err = fmt.Errorf("step %s cannot run on %s", step.Info().ID, step.Info().Host)
			continue
		}
		port := strconv.Itoa(s.Port)
		facts = append(facts, hash{{"Read", block{bare("Get-ChangeListener -Port " + port)}, false},
			{"Expect", hash{{"Id", b.lit("6"), false}, {"Says", b.lit("listener of the XMPP proxy"), false}, {"Like", b.lit("*:" + port), false}}, true}})
	}
	return append(h, entry{"Facts", several(facts...), true})
}

func (b *builder) openVerify(stage plan.Stage, does string) hash {
	h := b.open(stage)
	if len(b.present(plan.DNS)) > 0 {
		h = append(h, entry{"StillTrue", b.lit(plan.DNS), false})
	}
	return append(h, b.does(does))
}

func (b *builder) verifyPort(stage plan.Stage, does string) hash {
	h := b.openVerify(stage, does)
	for _, step := range stage.Steps {
		probe, ok := step.(*plan.ProbePort)
		if !ok {
			b.err = fmt.Errorf("step %s cannot run on %s", step.Info().ID, step.Info().Host)
			continue
		}
		h = append(h, b.probe("6", probe))
	}
	return h
}
