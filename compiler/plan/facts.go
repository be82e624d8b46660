package plan

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/cmdlet"
	"github.com/edgeplan/edgeplan/parser/dnsname"
)

// FactGroup is one read of stage Preflight and the facts that compare what it gives.
type FactGroup struct {
	ID, Says string
	Source   Source
	Read     cmdlet.Call
	Pool     *cmdlet.Call // gives the computers of a pool, for facts that are InPool
	Facts    []Fact
}

// FactGroups are the reads of stage Preflight, all from the plan: Compile makes the steps
// of them, and Decode compares steps with them. The facts for which IsOpen holds have no
// Want: only the spec knows it.
func FactGroups(plan *Plan) []FactGroup {
	call := func(name string, params ...cmdlet.Param) cmdlet.Call { return cmdlet.Call{Name: name, Params: params} }
	groups := []FactGroup{
		storeFacts(plan),
		{"p03-pool", "target pool is deployed", FailOverStep("1"), call("Get-CsPool", cmdlet.Arg("Identity", plan.To.FQDN)), nil, []Fact{
			{Number: "P03", Says: "its servers", Property: "Computers", Match: Is, Want: plan.To.Servers}}},
		{"p04-service", "Edge service of the target pool", FailOverStep("1"),
			call("Get-CsService", cmdlet.Switch("EdgeServer"), cmdlet.Arg("PoolFqdn", plan.To.FQDN)), nil, []Fact{
				{Number: "P04", Says: "service", Property: "Identity", Match: Is, Want: []string{"EdgeServer:" + plan.To.FQDN}},
				{Number: "P05", Says: "its site", Property: "SiteId", Match: Is, Want: []string{"Site:" + plan.To.Site}},
				{Number: "P06", Says: "its XMPP port", Property: "XmppListeningPort", Match: Is, Want: []string{strconv.Itoa(XMPPPort)}},
				{Number: "P07", Says: "next hop", Property: "Registrar", Match: Is},
				// The pages name 23456 and 5098 as the default, so only what the spec states is compared.
				{Number: "P19", Says: "its port for Front End Servers", Property: "XmppInternalPort", Match: Is}}},
		{"p08-domains", "SIP domains", FailOverStep("5"), call("Get-CsSipDomain"), nil, []Fact{
			{Number: "P08", Says: "domains", Property: "Name", Match: Has, Want: plan.Domains}}},
		{"p09-federation", "federation is allowed", Ours, call("Get-CsAccessEdgeConfiguration"), nil, []Fact{
			{Number: "P09", Says: "federation allowed", Property: "AllowFederatedUsers", Match: Is, Want: []string{"True"}}}},
	}
	// The reference of New-CsXmppAllowedPartner says that Identity is the primary domain of
	// a partner and that it may have others, AdditionalDomains. Servers of products that
	// have no XMPP federation do not have the cmdlet.
	if partners := "Get-CsXmppAllowedPartner"; cmdlet.Has(plan.Product, partners, "LocalStore") {
		groups = append(groups, FactGroup{"p10-partners", "allowed XMPP partners", Ours, call(partners), nil, []Fact{
			{Number: "P10", Says: "XMPP partners", Property: "Identity,AdditionalDomains", Match: Has, Want: plan.Partners, WarnOthers: true}}})
	}
	return groups
}

// storeFacts are about the Central Management store, without which no route can be set.
// Microsoft says that both properties have to point to the pool of the store, and not
// whether they hold its name or that of one of its computers. Where the spec does not name
// the pool they only must not be empty, which means that the store is not available.
func storeFacts(plan *Plan) FactGroup {
	read := cmdlet.Call{Name: "Get-CsManagementStoreReplicationStatus", Params: []cmdlet.Param{cmdlet.Switch("CentralManagementStoreStatus")}}
	group := FactGroup{"p01-store", "Central Management store", Ours, read, nil, []Fact{
		{Number: "P01", Says: "store master", Property: "ActiveMasterFqdn", Match: Like, Want: []string{"*?.?*"}},
		{Number: "P02", Says: "transfer agents", Property: "ActiveFileTransferAgents", Match: Like, Want: []string{"*?.?*"}}}}
	if plan.CentralManagement == "" {
		return group
	}
	group.Pool = &cmdlet.Call{Name: "Get-CsPool"}
	for i := range group.Facts {
		group.Facts[i].Match, group.Facts[i].Want = InPool, []string{plan.CentralManagement}
	}
	return group
}

// IsOpen tells whether the value that a fact wants is nowhere else in the plan. It is one,
// and the fact is left out where the spec does not say it.
func IsOpen(number string) bool { return number == "P07" || number == "P19" }

// checkFacts wants each fact of Compile once, read and compared as Compile does.
func checkFacts(plan *Plan, steps Steps) error {
	groups, seen := map[string]FactGroup{}, map[string]bool{}
	var numbers []string
	for _, g := range FactGroups(plan) {
		for _, fact := range g.Facts {
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
		if !seen[number] && !IsOpen(number) {
			return fmt.Errorf("the fact %s is missing", number)
		}
	}
	return nil
}

// check wants a fact of a step to be one of the group, and the calls of the step those of
// the group.
func (g FactGroup) check(plan *Plan, s *CheckFacts, fact Fact) error {
	want := g.Facts[slices.IndexFunc(g.Facts, func(f Fact) bool { return f.Number == fact.Number })]
	if fact.Property != want.Property || fact.Match != want.Match || fact.WarnOthers != want.WarnOthers ||
		IsOpen(fact.Number) && len(fact.Want) != 1 || !IsOpen(fact.Number) && !slices.Equal(fact.Want, want.Want) {
		return fmt.Errorf("step %s: %s does not compare %s as this plan has to", s.ID, fact.Number, want.Property)
	}
	if IsOpen(fact.Number) {
		if err := checkOpen(fact); err != nil {
			return err
		}
	}
	if (s.Pool == nil) != (g.Pool == nil) {
		return fmt.Errorf("step %s: the computers of the pool of the Central Management store are read where the plan names it, and only there", s.ID)
	}
	if s.Pool != nil {
		if err := checkCall(s, s.Product, plan.Product, *s.Pool, *g.Pool); err != nil {
			return err
		}
	}
	return checkCall(s, s.Product, plan.Product, s.Read, g.Read)
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
