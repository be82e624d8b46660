package plan

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/edgeplan/edgeplan/compiler/cmdlet"
)

// Risk is how much a step disturbs users.
type Risk string

// Safe steps change nothing that users see; disruptive ones do; destructive ones
// take away something that no step of the rollback can bring back.
const (
	Safe        Risk = "safe"
	Disruptive  Risk = "disruptive"
	Destructive Risk = "destructive"
)

// Procedures that steps come from.
const (
	FailOverPage = "Failing over the Edge pool used for XMPP federation"
	FailBackPage = "Failing back the Edge pool used for Lync Server federation or XMPP federation"
	// SIPFailOverPage is about SIP federation, which Microsoft calls Lync Server federation there.
	SIPFailOverPage = "Failing over the Edge pool used for Lync Server federation"
	// SIPRoutesPage has what that page lacks: the route of each site, and DNS.
	SIPRoutesPage = "Configure federation routes and media traffic"
	// MediaPage has the association of a Front End pool with an Edge pool.
	MediaPage = "Changing the Edge pool associated with a Front End pool"
	// PoolPage has the failover of the Central Management store.
	PoolPage    = "Failing over a pool"
	OwnPractice = "edgeplan"
)

// Origin is the place in the spec that asked for a step.
type Origin struct {
	File string `json:"file"`
	Line int    `json:"line"`
}

// OriginOf is a place in the spec.
func OriginOf(rng hcl.Range) Origin { return Origin{File: rng.Filename, Line: rng.Start.Line} }

// Source is the page and the number of the step in it that a step implements.
type Source struct {
	Procedure string `json:"procedure"`
	Step      string `json:"step,omitempty"`
}

// Ours is the source of a step that is on no page of Microsoft's: edgeplan adds it.
var Ours = Source{Procedure: OwnPractice}

// Step is one thing that a part of a stage does on each of its hosts. It reads a value and says
// what that has to be (Check), or changes it until it is (Act); or it is about a Zone on its
// Windows DNS server, or what a person attests. Of these it has one.
type Step struct {
	// ID is the same in plan, script, log, report and record: stage, then what the step is
	// about, such as route/Site2; or the number of the fact that it compares, such as P03,
	// by which an operator can waive it. A step of the rollback that takes another one back
	// has "rollback/" and the ID of that.
	ID     string `json:"id"`
	Says   string `json:"says"` // what the step is about, in a few words
	Risk   Risk   `json:"risk"`
	Origin Origin `json:"origin"`
	Source Source `json:"source"`
	// When is the parameter of the script without which the step is left out.
	When string `json:"when,omitempty"`
	// Read gives the value: that of Property, if there is one, of each object, else the
	// objects. Where Property names several, separated by commas, the values of all count.
	Read     *cmdlet.Call `json:"read,omitempty"`
	Property string       `json:"property,omitempty"`
	Check    *Check       `json:"check,omitempty"`
	Act      *Act         `json:"act,omitempty"`
	// Zone is a zone on the Windows DNS server where the step runs. Its records are compared
	// with those from before and after the change and, with Edit, changed: [Zone.Edits].
	Zone string `json:"zone,omitempty"`
	Edit bool   `json:"edit,omitempty"`
	// Attest has a person confirm what Says says, and the script note who did.
	Attest bool `json:"attest,omitempty"`

	// Does and Expect are what an Act does, and what is so after it, as parts of sentences; what other
	// steps do follows from the rest. Effect is what the step does in the model of the plan. These are
	// not part of plan.json: the steps of a plan that is read are those that its procedure makes.
	Does   string `json:"-"`
	Expect string `json:"-"`
	// NoUndo is why no step of the rollback takes back what this one changes, as a sentence.
	NoUndo string `json:"-"`
	Effect Effect `json:"-"`
}

// Ways to compare a value, which may have several parts, with what is wanted.
const (
	Is   = "is"   // these and no others
	Has  = "has"  // these, among others
	Only = "only" // no others
	Like = "like" // one that matches the wildcard pattern
)

// Check is what the value of a step has to be before anything is changed.
type Check struct {
	Match string   `json:"match"`
	Want  []string `json:"want"`
	// Others puts on record what else there is. Only with Has.
	Others bool `json:"others,omitempty"`
	// Warn puts on record that it is otherwise, and goes on.
	Warn bool `json:"warn,omitempty"`
}

// Act has the value of a step become To: Set is run where it is not, and if it has the variable
// Value, for each part of the value, in that. The file beside the script that a backup writes is a
// value too: True, once it is there. Where nothing is to be left, the state file keeps the value
// before Set under the ID: the services that ran, for the stage that starts them.
type Act struct {
	// From is what the value has to be before, or else nothing is changed; stage Preflight notes it in the state
	// file, and in the rollback To has to be that. Empty: it may be anything.
	From string       `json:"from,omitempty"`
	To   []string     `json:"to,omitempty"` // none: nothing is left
	Set  *cmdlet.Call `json:"set,omitempty"`
	// File is what Set writes, beside the script: itself, or with Export what it gives, as
	// CliXml.
	File   string `json:"file,omitempty"`
	Export bool   `json:"export,omitempty"`
	// FirstRun has Set run once, although the value may be To.
	FirstRun bool `json:"first_run,omitempty"`
	// Wait is the longest time in seconds until the value is To; 0 for the script's own.
	Wait int `json:"wait,omitempty"`
	// Rehearse has Set run with -WhatIf just before.
	Rehearse bool `json:"rehearse,omitempty"`
	// IfNot is what is said where it does not become To.
	IfNot string `json:"if_not,omitempty"`
	// Variants are the ways to set a route; the first whose parameter the server has is used.
	Variants []Variant `json:"variants,omitempty"`
	// Click is what a person does in place of Set. Where the step has Read, the script reads the value
	// before, when nothing is asked if it is To, and again after the person has confirmed it.
	Click *Click `json:"click,omitempty"`
}

// Click is what a person does in a program, where no cmdlet is documented to do it.
type Click struct {
	Tool string   `json:"tool"` // the program, such as Topology Builder
	Path []string `json:"path"` // its menus, nodes and pages, in their order
	Do   string   `json:"do"`   // what is done there
	// Unread is why no cmdlet shows whether it was done: the person's word is all that there is. It is
	// empty where the step reads a value.
	Unread string `json:"unread,omitempty"`
}

// Variant is a way to set a federation route of a site on servers whose Set-CsSite has
// the parameter. From and To are what Get-CsSite shows, without "EdgeServer:"; From is empty
// where no route is set. Stage Preflight notes the value in the state file, and in the rollback To
// has to be that. Without Set, Manual says what a person does.
type Variant struct {
	Parameter string       `json:"parameter"`
	From      string       `json:"from"`
	To        string       `json:"to"`
	Set       *cmdlet.Call `json:"set,omitempty"`
	Manual    string       `json:"manual,omitempty"`
}

// Effect is what a step does in the [Model] of a plan: Var gets Value. Before, Wants have to be so
// or, with WantsAim, all that the plan is for; From, where it is not nil, are the values that the
// step replaces. AsksDNS is that the server of each zone has to be asked before: from here on users
// notice.
type Effect struct {
	Var, Value string
	From       []string
	Wants      []Cond
	WantsAim   bool
	AsksDNS    bool
}

// The parameters of Set-CsSite that set a route: that for XMPP of the cmdlet reference, and as the
// page of the procedure prints it; and that for SIP.
const (
	RouteParameter    = "XmppFederationRoute"
	LiteralParameter  = "XmppExternalFederationRoute"
	SIPRouteParameter = "FederationRoute"
)

// RouteProduct tells which product has a call of Set-CsSite on servers of a product: as the page
// prints it none has it that is in the references.
func RouteProduct(product cmdlet.Product, call cmdlet.Call) cmdlet.Product {
	for _, p := range call.Params {
		// The table has it as a product of its own, so that no real product gets a parameter that no reference
		// has.
		if p.Name == LiteralParameter {
			return cmdlet.LiteralProcedure
		}
	}
	return product
}

// Steps is a list of steps.
type Steps []*Step

// Has tells whether one of them is such a step.
func (s Steps) Has(such func(*Step) bool) bool { return slices.ContainsFunc(s, such) }

// Unundone are the steps of a plan that change something and that no step of the rollback takes back.
func (p *Plan) Unundone() Steps {
	var out Steps
	undone := map[string]bool{}
	for _, step := range AllSteps(p.Rollback) {
		// A step of the rollback has the ID of the one that it takes back.
		if of, ok := strings.CutPrefix(step.ID, "rollback/"); ok {
			undone[of] = true
		}
	}
	for _, step := range AllSteps(p.Stages) {
		if step.Risk != Safe && !undone[step.ID] {
			out = append(out, step)
		}
	}
	return out
}

// IDs are the IDs of the steps, in their order.
func (s Steps) IDs() []string {
	var out []string
	for _, step := range s {
		out = append(out, step.ID)
	}
	return out
}

// Sets are the cmdlets that a step runs to change something, in their order.
func (s *Step) Sets() []cmdlet.Call {
	var out []cmdlet.Call
	if s.Act == nil {
		return nil
	}
	if s.Act.Set != nil {
		out = append(out, *s.Act.Set)
	}
	// Only one of them runs, but which is known on the server alone.
	for _, v := range s.Act.Variants {
		if v.Set != nil {
			out = append(out, *v.Set)
		}
	}
	return out
}

// ByHand tells whether a person does the step, because no cmdlet is documented to do it.
func (s *Step) ByHand() bool {
	return s.Act != nil && (s.Act.Click != nil ||
		slices.ContainsFunc(s.Act.Variants, func(v Variant) bool { return v.Manual != "" }))
}

// Reads are the cmdlets of the product that a step runs to read its value.
func (s *Step) Reads() []cmdlet.Call {
	if s.Read == nil {
		return nil
	}
	// The function itself is in the fixed runtime; what evidence logs and the record name are the cmdlets.
	if cmdlets, ok := functions[s.Read.Name]; ok {
		given := func(name string) int {
			return slices.IndexFunc(s.Read.Params, func(p cmdlet.Param) bool { return p.Name == name })
		}
		switch s.Read.Name {
		case "Get-BackupPool":
			cmdlets = slices.Clone(cmdlets)
			cmdlets[0].Params = append([]cmdlet.Param{cmdlet.Arg("PoolFqdn", s.Read.Params[given("Of")].Value)},
				cmdlets[0].Params...)
		case "Get-StoreStatus":
			// The computers of the pool are given then, and not read.
			if given("Computers") >= 0 {
				cmdlets = cmdlets[:1]
			}
		}
		return cmdlets
	}
	return []cmdlet.Call{*s.Read}
}

// EachValue is the variable in which an act's Set gets one part of the value at a time.
const EachValue = "Value"

// Each tells whether Set is run for each part of the value.
func (a *Act) Each() bool {
	isValue := func(p cmdlet.Param) bool { return p.Variable && p.Value == EachValue }
	return a.Set != nil && slices.ContainsFunc(a.Set.Params, isValue)
}

// functions are those of the fixed runtime that a step may read with, and the cmdlets of the
// product that they call.
var functions = map[string][]cmdlet.Call{
	"Test-ChangePort":      nil,
	"Get-SubordinateCa":    nil,
	"Get-CertificateFault": {{Name: "Get-CsCertificate"}},
	"Get-CurrentReplica":   {{Name: "Get-CsManagementStoreReplicationStatus"}},
	"Get-ChangeRight":      nil,
	"Get-ChangeListener":   nil,
	"Get-RoutedSite":       {{Name: "Get-CsSite"}},
	"Get-SiteRoute":        {{Name: "Get-CsSite"}},
	"Get-StoreStatus": {{Name: "Get-CsManagementStoreReplicationStatus",
		Params: []cmdlet.Param{cmdlet.Switch("CentralManagementStoreStatus")}}, {Name: "Get-CsPool"}},
	"Get-MediaEdge":   {{Name: "Get-CsService", Params: []cmdlet.Param{cmdlet.Switch("EdgeServer")}}},
	"Get-BackupPool":  {{Name: "Get-CsPoolBackupRelationship", Params: []cmdlet.Param{cmdlet.Switch("LocalStore")}}},
	"Get-ServiceUp":   {allServices},
	"Get-ServiceDown": {allServices},
	"Get-XmppService": {allServices},
}

var allServices = cmdlet.Call{Name: "Get-CsWindowsService",
	Params: []cmdlet.Param{cmdlet.Switch("ExcludeActivityLevel")}}

// IsFunction tells whether a call is one of a function of the fixed runtime.
func IsFunction(name string) bool { _, ok := functions[name]; return ok }
