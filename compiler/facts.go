package compiler

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/cmdlet"
	"github.com/edgeplan/edgeplan/parser/dnsname"
)

// factGroup is one read of stage Preflight and the facts that compare what it gives.
type factGroup struct {
	id, says string
	source   Source
	read     cmdlet.Call
	pool     *cmdlet.Call // gives the computers of a pool, for facts that are InPool
	facts    []Fact
}

// factGroups are the reads of stage Preflight, all from the plan: Compile makes the steps
// of them, and Decode compares steps with them. The facts for which isOpen holds have no
// Want: only the spec knows it.
func factGroups(plan *Plan) []factGroup {
	call := func(name string, params ...cmdlet.Param) cmdlet.Call { return cmdlet.Call{Name: name, Params: params} }
	groups := []factGroup{
		storeFacts(plan),
		{"p03-pool", "target pool is deployed", page("1"), call("Get-CsPool", cmdlet.Arg("Identity", plan.To.FQDN)), nil, []Fact{
			{Number: "P03", Says: "its servers", Property: "Computers", Match: Is, Want: plan.To.Servers}}},
		{"p04-service", "Edge service of the target pool", page("1"),
			call("Get-CsService", cmdlet.Switch("EdgeServer"), cmdlet.Arg("PoolFqdn", plan.To.FQDN)), nil, []Fact{
				{Number: "P04", Says: "service", Property: "Identity", Match: Is, Want: []string{"EdgeServer:" + plan.To.FQDN}},
				{Number: "P05", Says: "its site", Property: "SiteId", Match: Is, Want: []string{"Site:" + plan.To.Site}},
				{Number: "P06", Says: "its XMPP port", Property: "XmppListeningPort", Match: Is, Want: []string{strconv.Itoa(xmppPort)}},
				{Number: "P07", Says: "next hop", Property: "Registrar", Match: Is},
				// The pages name 23456 and 5098 as the default, so only what the spec states is compared.
				{Number: "P19", Says: "its port for Front End Servers", Property: "XmppInternalPort", Match: Is}}},
		{"p08-domains", "SIP domains", page("5"), call("Get-CsSipDomain"), nil, []Fact{
			{Number: "P08", Says: "domains", Property: "Name", Match: Has, Want: plan.Domains}}},
		{"p09-federation", "federation is allowed", ours, call("Get-CsAccessEdgeConfiguration"), nil, []Fact{
			{Number: "P09", Says: "federation allowed", Property: "AllowFederatedUsers", Match: Is, Want: []string{"True"}}}},
	}
	// The reference of New-CsXmppAllowedPartner says that Identity is the primary domain of
	// a partner and that it may have others, AdditionalDomains. Servers of products that
	// have no XMPP federation do not have the cmdlet.
	if partners := "Get-CsXmppAllowedPartner"; cmdlet.Has(plan.Product, partners, "LocalStore") {
		groups = append(groups, factGroup{"p10-partners", "allowed XMPP partners", ours, call(partners), nil, []Fact{
			{Number: "P10", Says: "XMPP partners", Property: "Identity,AdditionalDomains", Match: Has, Want: plan.Partners, WarnOthers: true}}})
	}
	return groups
}

// storeFacts are about the Central Management store, without which no route can be set.
// Microsoft says that both properties have to point to the pool of the store, and not
// whether they hold its name or that of one of its computers. Where the spec does not name
// the pool they only must not be empty, which means that the store is not available.
func storeFacts(plan *Plan) factGroup {
	read := cmdlet.Call{Name: "Get-CsManagementStoreReplicationStatus", Params: []cmdlet.Param{cmdlet.Switch("CentralManagementStoreStatus")}}
	group := factGroup{"p01-store", "Central Management store", ours, read, nil, []Fact{
		{Number: "P01", Says: "store master", Property: "ActiveMasterFqdn", Match: Like, Want: []string{"*?.?*"}},
		{Number: "P02", Says: "transfer agents", Property: "ActiveFileTransferAgents", Match: Like, Want: []string{"*?.?*"}}}}
	if plan.CentralManagement == "" {
		return group
	}
	group.pool = &cmdlet.Call{Name: "Get-CsPool"}
	for i := range group.facts {
		group.facts[i].Match, group.facts[i].Want = InPool, []string{plan.CentralManagement}
	}
	return group
}

// isOpen tells whether the value that a fact wants is nowhere else in the plan. It is one,
// and the fact is left out where the spec does not say it.
func isOpen(number string) bool { return number == "P07" || number == "P19" }

// facts makes the steps that read and compare.
func (l *lowering) facts() []*CheckFacts {
	open := map[string]string{}
	if l.to.NextHop.Set {
		open["P07"] = "Registrar:" + l.to.NextHop.V
	}
	if xmpp := l.to.XMPP; xmpp != nil && xmpp.InternalPort.Set {
		open["P19"] = strconv.Itoa(xmpp.InternalPort.V)
	}
	var out []*CheckFacts
	for _, g := range factGroups(l.plan) {
		step := &CheckFacts{StepInfo: l.info("preflight/"+g.id, l.plan.ManagementHost, g.says, Safe, l.f.Range, g.source), Product: l.plan.Product}
		step.Read = l.manage(g.read.Name, g.read.Params...)
		if g.pool != nil {
			pool := l.manage(g.pool.Name, g.pool.Params...)
			step.Pool = &pool
		}
		for _, fact := range g.facts {
			value, known := open[fact.Number]
			if isOpen(fact.Number) && !known {
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

// checkFacts wants each fact of Compile once, read and compared as Compile does.
func checkFacts(plan *Plan, steps Steps) error {
	groups, seen := map[string]factGroup{}, map[string]bool{}
	var numbers []string
	for _, g := range factGroups(plan) {
		for _, fact := range g.facts {
			groups[fact.Number] = g
			numbers = append(numbers, fact.Number)
		}
	}
	for _, step := range steps {
		s, ok := step.(*CheckFacts)
		if !ok {
			continue
		}
		if len(s.Facts) == 0 {
			return fmt.Errorf("step %s compares nothing", s.ID)
		}
		for _, fact := range s.Facts {
			if seen[fact.Number] {
				return fmt.Errorf("the fact %s is in the plan twice", fact.Number)
			}
			seen[fact.Number] = true
			g, known := groups[fact.Number]
			if !known {
				return fmt.Errorf("step %s: there is no fact %q of the topology", s.ID, fact.Number)
			}
			if err := g.check(plan, s, fact); err != nil {
				return err
			}
		}
	}
	for _, number := range numbers {
		if !seen[number] && !isOpen(number) {
			return fmt.Errorf("the fact %s is missing", number)
		}
	}
	return nil
}

// check wants a fact of a step to be one of the group, and the calls of the step those of
// the group.
func (g factGroup) check(plan *Plan, s *CheckFacts, fact Fact) error {
	want := g.facts[slices.IndexFunc(g.facts, func(f Fact) bool { return f.Number == fact.Number })]
	if fact.Property != want.Property || fact.Match != want.Match || fact.WarnOthers != want.WarnOthers ||
		isOpen(fact.Number) && len(fact.Want) != 1 || !isOpen(fact.Number) && !slices.Equal(fact.Want, want.Want) {
		return fmt.Errorf("step %s: %s does not compare %s as this plan has to", s.ID, fact.Number, want.Property)
	}
	if isOpen(fact.Number) {
		if err := checkOpen(fact); err != nil {
			return err
		}
	}
	if (s.Pool == nil) != (g.pool == nil) {
		return fmt.Errorf("step %s: the computers of the pool of the Central Management store are read where the plan names it, and only there", s.ID)
	}
	if s.Pool != nil {
		if err := checkCall(s, s.Product, plan.Product, *s.Pool, *g.pool); err != nil {
			return err
		}
	}
	return checkCall(s, s.Product, plan.Product, s.Read, g.read)
}

// checkOpen wants the FQDN of a pool, or a port.
func checkOpen(fact Fact) error {
	pool, ok := strings.CutPrefix(fact.Want[0], "Registrar:")
	port, err := strconv.ParseUint(fact.Want[0], 10, 16)
	if fact.Number == "P07" && (!ok || dnsname.WrongHost(pool) != "") || fact.Number == "P19" && (err != nil || port == 0) {
		return fmt.Errorf("%s: there is no %s %q", fact.Number, fact.Property, fact.Want[0])
	}
	return nil
}
