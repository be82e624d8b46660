package compiler

import (
	"slices"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/parser"
	"github.com/edgeplan/edgeplan/parser/topology"
)

// changeOf is what a block change says, with all stages that it names.
func changeOf(c *parser.Change) plan.Change {
	out := plan.Change{
		Ticket: c.Ticket.V, Summary: c.Summary.V, WindowStart: c.WindowStart.V, WindowEnd: c.WindowEnd.V,
		Requester: c.Requester.V, Approvers: c.Approvers.V,
		Type: c.Type.V, Risk: c.Risk.V, RiskReason: c.RiskReason.V, Impact: c.Impact.V,
		Implementers: c.Implementers.V, Testers: c.Testers.V, Acceptance: c.Acceptance.V,
	}
	for _, stage := range c.Stages {
		out.Stages = append(out.Stages, changeStage(stage))
	}
	for _, stage := range c.Rollback {
		out.RollbackStages = append(out.RollbackStages, changeStage(stage))
	}
	for _, m := range c.Messages {
		out.Communication = append(out.Communication, plan.Message{To: m.To.V, When: m.When.V, Hours: m.Hours.V, Text: m.Text.V})
	}
	return out
}

func changeStage(s *parser.ChangeStage) plan.ChangeStage {
	return plan.ChangeStage{Name: s.Name.V, Minutes: s.Minutes.V, Implementers: s.Implementers.V, Testers: s.Testers.V}
}

// paperwork adds to a plan that has its stages what follows from those for the record.
func paperwork(p *plan.Plan, t *topology.Topology) {
	p.Change.Stages = stagesOf(p.Stages, p.Change.Stages)
	p.Change.RollbackStages = stagesOf(p.Rollback, p.Change.RollbackStages)
	p.Items, p.Schedule = itemsOf(p, t), plan.ScheduleOf(p)
}

// stagesOf are those of which something is said and that a plan has, in its order and its spelling. PowerShell does not
// tell case in the name of a stage either.
func stagesOf(has []plan.Stage, said []plan.ChangeStage) []plan.ChangeStage {
	var out []plan.ChangeStage
	for _, stage := range has {
		for _, one := range said {
			if plan.SameStage(one.Name, stage.Name) {
				one.Name = stage.Name
				out = append(out, one)
			}
		}
	}
	return out
}

// itemsOf are the configuration items of what a plan touches.
func itemsOf(p *plan.Plan, t *topology.Topology) []plan.Item {
	var out []plan.Item
	touches := p.Touches()
	note := func(kind, name string, ci topology.Value[string]) {
		if ci.Set && touches(kind, name) {
			out = append(out, plan.Item{Kind: kind, Name: name, CI: ci.V})
		}
	}
	for _, site := range t.Sites {
		note("site", site.Name, site.CI)
	}
	for _, pool := range t.EdgePools {
		note("edge_pool", pool.Name, pool.CI)
		for _, server := range pool.Servers {
			note("server", server.FQDN.V, server.CI)
		}
	}
	for _, pool := range t.FrontEndPools {
		note("front_end_pool", pool.FQDN.V, pool.CI)
		for _, server := range pool.Servers {
			note("server", server.FQDN.V, server.CI)
		}
	}
	for _, zone := range t.Zones {
		note("dns_zone", zone.Name.V, zone.CI)
	}
	slices.SortFunc(out, plan.CompareItems)
	return out
}
