package compiler

import (
	"strconv"

	"github.com/edgeplan/edgeplan/compiler/plan"
)

// facts makes the steps that read and compare.
func (l *builder) facts() []*plan.CheckFacts {
	open := map[string]string{}
	if l.to.NextHop.Set {
		open["P07"] = "Registrar:" + l.to.NextHop.V
	}
	if xmpp := l.to.XMPP; xmpp != nil && xmpp.InternalPort.Set {
		open["P19"] = strconv.Itoa(xmpp.InternalPort.V)
	}
	var out []*plan.CheckFacts
	for _, g := range plan.FactGroups(l.plan) {
		step := &plan.CheckFacts{StepInfo: l.info("preflight/"+g.ID, l.plan.ManagementHost, g.Says, plan.Safe, l.f.Range, g.Source), Product: l.plan.Product}
		step.Read = l.manage(g.Read.Name, g.Read.Params...)
		if g.Pool != nil {
			pool := l.manage(g.Pool.Name, g.Pool.Params...)
			step.Pool = &pool
		}
		for _, fact := range g.Facts {
			value, known := open[fact.Number]
			if plan.IsOpen(fact.Number) && !known {
				continue
			}
			if known {
				fact.Want = []string{value}
			}
			step.Facts = append(step.Facts, fact)
		}
		out = append(out, step)
	}
	return out
}
