package procedure

import (
	"fmt"
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/cmdlet"
	"github.com/edgeplan/edgeplan/compiler/plan"
)

// The association of Front End pools with an Edge pool for media: the page "Changing the Edge pool associated
// with a Front End pool", whose steps are clicks in Topology Builder, and step 4 of the page about failing back.

// mediaPage is a step of the page about the association.
func mediaPage(step string) plan.Source { return plan.Source{Procedure: plan.MediaPage, Step: step} }

// mediaEdge reads which Edge pool the media of a Front End pool goes through.
func (b *builder) mediaEdge(pool plan.MediaPool) *cmdlet.Call {
	return b.function(b.plan.Product, "Get-MediaEdge", cmdlet.Arg("Of", pool.FQDN))
}

// associated are facts about the pools before the change: each is associated with the Edge pool of before or, where
// the stage is run again, with that of after it.
func (b *builder) associated() plan.Steps {
	var out plan.Steps
	p := b.plan
	for _, pool := range p.Media {
		s := step(b.freeNumber(), "Edge pool of "+pool.Name+" for media", plan.Safe, pool.Origin, ours)
		out = append(out, compares(s, b.mediaEdge(pool), "", plan.Only, "EdgeServer:"+pool.From, "EdgeServer:"+p.To.FQDN))
	}
	return out
}

// associate has a person associate a Front End pool with an Edge pool. The page ends with OK, without which nothing is
// published.
func (b *builder) associate(id string, pool plan.MediaPool, edge string, source plan.Source) *plan.Step {
	p := b.plan
	s := step(id+pool.FQDN, "Edge pool of "+pool.Name+" for media", plan.Disruptive, pool.Origin, source)
	s.Read = b.mediaEdge(pool)
	acts(s, plan.Act{To: []string{"EdgeServer:" + edge}, Wait: 60, IfNot: "; was it published?", Click: &plan.Click{
		Tool: p.Product.Brand() + " Server Topology Builder",
		Path: b.inTree(pool.Site, p.Product, "Front End pools", pool.FQDN, "Edit Properties", "Associations"),
		Do:   `under "Associate Edge Pool (for media components)" select ` + edge + ` and click OK; ` + publishLast,
	}}, fmt.Sprintf("a person associates the media of %s with %s", pool.FQDN, edge),
		fmt.Sprintf("Get-CsService shows services of %s as dependents of %s alone", pool.FQDN, edge))
	s.Effect = plan.Effect{Var: "media/" + pool.FQDN, Value: edge, AsksDNS: true}
	return s
}

// publishLast is what is clicked once in stage Topology.
const publishLast = `after the last change of this stage Action > Topology > Publish`

// associations are the clicks of the change, or of its rollback, by a step of a page.
func (b *builder) associations(back bool, source plan.Source) plan.Steps {
	var out plan.Steps
	for _, pool := range b.plan.Media {
		id, edge := "topology/media/", b.plan.To.FQDN
		if back {
			id, edge = rollback+id, pool.From
		}
		out = append(out, b.associate(id, pool, edge, source))
	}
	return out
}

// mediaSource is the step of the page that a failover, or its rollback, does that by.
func (f *failover) mediaSource(back bool) plan.Source {
	if f.backs != back {
		return failBack("4")
	}
	return mediaPage(mediaSteps)
}

// mediaSteps are all steps of the page about the association.
const mediaSteps = "1 to 4"

// mediaNames are the Front End pools whose media moves, as in a sentence.
func (b *builder) mediaNames() string {
	var names []string
	for _, pool := range b.plan.Media {
		names = append(names, pool.Name)
	}
	return plan.List(names)
}

// mediaModel adds to a model through which Edge pool the media of each pool goes.
func (b *builder) mediaModel(m *plan.Model) {
	p := b.plan
	for _, pool := range p.Media {
		m.First["media/"+pool.FQDN] = pool.From
	}
	if len(p.Media) > 0 {
		m.Aim = append(m.Aim, plan.Cond{Var: "media/" + plan.OnHost, Value: p.To.FQDN,
			Else: "the media of %s does not go through " + p.To.Name})
	}
}

// mediaService is what users of these pools notice: nil where no media moves. Running is what the Edge pool needs
// to serve them.
func (b *builder) mediaService(running []plan.Cond) []plan.Served {
	p := b.plan
	if len(p.Media) == 0 {
		return nil
	}
	moved := plan.Cond{Var: "media/" + plan.OnHost, Value: p.To.FQDN}
	ways := []plan.Way{{When: []plan.Cond{moved, {Var: "replica/" + plan.OnHost, Value: plan.Routes}}, Through: p.To.Name,
		Up: running}}
	// Of the Front End Servers some may know of it then and others not; both pools are up.
	if p.LeftIsUp() {
		ways = append(ways, plan.Way{When: []plan.Cond{moved}, Up: running})
	}
	stays := plan.Way{Through: p.Media[0].FromPool, Down: !p.LeftIsUp()}
	for _, pool := range p.Media {
		stays.When = append(stays.When, plan.Cond{Var: "media/" + pool.FQDN, Value: pool.From})
		if pool.FromPool != stays.Through {
			stays.Through = "" // of several pools none is named
		}
	}
	return []plan.Served{{Name: "media", Title: "media outside for users of " + b.mediaNames(), Ways: append(ways, stays)}}
}

// mediaOrder says where the clicks about media come from.
func (f *failover) mediaOrder() []string {
	if len(f.plan.Media) == 0 {
		return nil
	}
	page := fmt.Sprintf("the page %q", plan.MediaPage)
	if f.backs {
		page = fmt.Sprintf("step 4 of the page, and %s", page)
	}
	order := f.mediaGoes(page)
	if f.sip { // whose sentences say it
		return []string{order}
	}
	return []string{order, publishFirst}
}

// mediaGoes says where media goes, and by which page.
func (b *builder) mediaGoes(page string) string {
	return fmt.Sprintf("In stage Topology the media of %s goes to %s: %s. That page ends with OK and does "+
		"not say that the topology is published, without which nothing changes.", b.mediaNames(), b.plan.To.Name, page)
}

// mediaUnknown is what a plan cannot know of media.
func (b *builder) mediaUnknown() []string {
	p := b.plan
	if len(p.Media) == 0 {
		return nil
	}
	var unnamed []string
	for _, pool := range p.Media {
		if len(pool.Servers) == 0 {
			unnamed = append(unnamed, pool.Name)
		}
	}
	out := []string{
		"Which Edge pool the media of a Front End pool goes through is read from DependentServiceList of Get-CsService " +
			"-EdgeServer, where Microsoft's page \"Viewing status of global settings for a forest\" shows the Registrar, " +
			"ConferencingServer and MediationServer of a pool. That these are the pools that are associated is taken from " +
			"that: no page says so.",
		"No page says whether Setup, or a restart of services on the Front End Servers, is needed once another Edge pool " +
			"is associated. The script does neither. If media fails after stage Verify, raise a separate change for these.",
		fmt.Sprintf("Whether the firewall lets the Front End Servers of %s reach the Edge Servers of %s is not tested. "+
			"Microsoft's page \"Edge Server disaster recovery\" wants it for every pool; media needs TCP 443, 5062 and 8057, and "+
			"UDP 3478.", b.mediaNames(), p.To.Name),
		"A stand-alone Mediation pool has an Edge pool of its own in Topology Builder, which this plan leaves as it is.",
	}
	if len(unnamed) > 0 {
		out = append(out, fmt.Sprintf("The spec does not name the Front End Servers of %s, so no stage waits until they know "+
			"of the other Edge pool.", plan.List(unnamed)))
	}
	return out
}

// mediaFails is what to do where a fact about media fails, before anything is changed.
func (b *builder) mediaFails(facts plan.Steps) []string {
	if len(facts) == 0 {
		return nil
	}
	return []string{fmt.Sprintf("FAIL %s: Get-CsService shows another Edge pool for media than the spec has, or none, and stage "+
		"Topology reads the same. Correct edge_pool of that Front End pool, or take the pool out of the plan, and make a new one; or "+
		"waive the fact here, and in stage Topology the step by its name: then the word of who clicks is all that there is.",
		strings.Join(facts.IDs(), ", "))}
}

// mediaChange is that page alone, without a failover. Checks, backup, replication and verification are edgeplan's own.
var mediaChange = procedure{kind: plan.KindMedia, form: plan.Form{Media: true, Reasons: insideReasons}, stages: func(b *builder) {
	p := b.plan
	b.mediaModel(b.insideModel())
	p.Services = b.mediaService(nil)
	c := &change{builder: b, facts: b.associated(),
		stage: func(bool) string { return plan.Publish },
		does: func(back bool) string {
			if back {
				return "Undoes Topology. " + b.published("back to where it went before", true)
			}
			return b.published("to "+p.To.FQDN, false)
		},
		steps: func(back bool) plan.Steps { return b.associations(back, mediaPage(mediaSteps)) }}
	c.stages()
	b.ifFails(plan.Publish, b.topologyFails(plan.Publish))
	p.Texts = b.mediaTexts()
}}

// mediaTexts are the sentences about such a plan.
func (b *builder) mediaTexts() plan.Texts {
	p := b.plan
	var left []string
	for _, pool := range p.Media {
		if !slices.Contains(left, pool.FromPool) {
			left = append(left, pool.FromPool)
		}
	}
	why := fmt.Sprintf("Disaster: the media of users of %s goes through %s, which is down: they have no audio, video and "+
		"conferencing with users outside. The association does not fail over by itself; it is changed to %s.", b.mediaNames(),
		plan.List(left), p.To.Name)
	unknown := fmt.Sprintf("Whether %s is really down is not checked, and media does not go back by itself when it returns: that "+
		"is a change of its own.", plan.List(left))
	if p.LeftIsUp() {
		why = fmt.Sprintf("Planned change: the media of users of %s is to go through %s instead of %s, which is not assumed to be "+
			"down.", b.mediaNames(), p.To.Name, plan.List(left))
		unknown = fmt.Sprintf("What becomes of calls and conferences that go through %s at that moment is on no page.", plan.List(left))
	}
	return plan.Texts{
		Script: plan.MediaScript,
		Title:  "Associate the media of " + b.mediaNames() + " with " + p.To.Name,
		Page:   plan.MediaPage,
		Why:    why,
		Order: []string{b.mediaGoes(fmt.Sprintf("the page %q", plan.MediaPage)) + " Checks, backup, replication and verification are " +
			"edgeplan's own practice. No federation moves: routes and DNS stay as they are, and nothing is stopped.", publishFirst},
		Unknown: append(b.mediaUnknown(), unknown, unknownTopology),
	}
}
