package plan

import "github.com/edgeplan/edgeplan/compiler/cmdlet"

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
	OwnPractice  = "edgeplan"
)

// StepInfo is what all steps have.
type StepInfo struct {
	// ID is an address such as route/Site2: stage, then what the step is about.
	ID   string `json:"id"`
	Host string `json:"host"` // where the step runs, or AnyHost
	Says string `json:"says"` // what the step is about, in a few words
	Risk Risk   `json:"risk"`
	// Needs are IDs of steps that come first.
	Needs []string `json:"needs,omitempty"`
	// Undo are IDs of the steps of the rollback that take this one back. Without any,
	// NoUndo is the reason.
	Undo   []string `json:"undo,omitempty"`
	NoUndo string   `json:"no_undo,omitempty"`
	Origin Origin   `json:"origin"`
	Source Source   `json:"source"`
}

// Info returns the part that all steps have.
func (s *StepInfo) Info() *StepInfo { return s }

// Origin is the place in the spec that asked for a step.
type Origin struct {
	File string `json:"file"`
	Line int    `json:"line"`
}

// Source is the page and the number of the step in it that a step implements.
type Source struct {
	Procedure string `json:"procedure"`
	Step      string `json:"step,omitempty"`
}

// Step is one of the types below that have a StepInfo.
type Step interface {
	Info() *StepInfo
	Kind() string
	calls() []binding
}

// binding is a call and the product that has to have it.
type binding struct {
	product cmdlet.Product
	call    *cmdlet.Call
}

// CheckRight warns when the user is not in a group that later steps need.
type CheckRight struct {
	StepInfo
	Group string `json:"group"`
}

// CheckFacts reads once and compares properties of what it got. Pool gives the pools and
// their computers, where facts are InPool.
type CheckFacts struct {
	StepInfo
	Product cmdlet.Product `json:"product"`
	Read    cmdlet.Call    `json:"read"`
	Pool    *cmdlet.Call   `json:"pool,omitempty"`
	Facts   []Fact         `json:"facts"`
}

// Ways to compare a property, which may have several values, with Want.
const (
	Is     = "is"      // these and no others
	Has    = "has"     // these, among others
	Like   = "like"    // one value that matches the wildcard pattern
	InPool = "in-pool" // this pool or computers of it, at least one
)

// Fact is one property and what it has to be. Where Property names several, separated by
// commas, the values of all of them count. A number P.. can be waived by an operator, on
// record.
type Fact struct {
	Number   string   `json:"number"`
	Says     string   `json:"says"`
	Property string   `json:"property"`
	Match    string   `json:"match"`
	Want     []string `json:"want"`
	// WarnOthers puts on record what else there is. Only with Has.
	WarnOthers bool `json:"warn_others,omitempty"`
}

// CheckRoutedSites warns when another site than Sites is routed to the pool.
type CheckRoutedSites struct {
	StepInfo
	Product  cmdlet.Product `json:"product"`
	Read     cmdlet.Call    `json:"read"`
	PoolName string         `json:"pool"`
	PoolFQDN string         `json:"pool_fqdn"`
	Sites    []string       `json:"sites"`
}

// CheckReplicas wants each replica of stage Replicate to be up to date before anything is
// changed: one that is not would not get the new route either.
type CheckReplicas struct {
	StepInfo
	Number   string   `json:"number"` // P11
	Replicas []string `json:"replicas"`
}

// Backup writes what a call returns, or writes itself, to a file beside the script.
type Backup struct {
	StepInfo
	Product cmdlet.Product `json:"product"`
	Call    cmdlet.Call    `json:"call"`
	File    string         `json:"file"`
	Export  bool           `json:"export"` // the call returns objects, to be exported as CliXml
}

// Rehearse reads the values that the named steps will change and runs their calls
// with -WhatIf.
type Rehearse struct {
	StepInfo
	Steps []string `json:"steps"`
}

// StopServices stops all services of the Edge Server where it runs.
type StopServices struct {
	StepInfo
	Product cmdlet.Product `json:"product"`
	Call    cmdlet.Call    `json:"call"`
}

// CheckServer looks on an Edge Server at what its services find when they start again:
// certificates, and the local copy of the configuration. Nothing is stopped before it.
type CheckServer struct {
	StepInfo
	Product      cmdlet.Product `json:"product"`
	Certificates cmdlet.Call    `json:"certificates"`
	// GoodUntil is the moment, RFC 3339 in UTC, at which all certificates in use still have
	// to be valid; empty for the moment of the check.
	GoodUntil string `json:"good_until,omitempty"`
	// Local reads the local copy; it has to have the allowed partners of the plan. It is
	// left out where the plan names none.
	Local *cmdlet.Call `json:"local,omitempty"`
}

// SetRoute changes the XMPP federation route of one site. The first of Forms whose
// parameter the server has is used. Without Forms, Manual says what a person does.
type SetRoute struct {
	StepInfo
	Site   string      `json:"site"`
	Forms  []RouteForm `json:"forms"`
	Manual bool        `json:"manual,omitempty"` // back to no route: no cmdlet is documented for it
}

// RouteForm is the call for servers that have its parameter. From and To are what
// Get-CsSite shows, without "EdgeServer:"; From is empty where no route is set.
type RouteForm struct {
	Product   cmdlet.Product `json:"product"`
	Parameter string         `json:"parameter"`
	Call      cmdlet.Call    `json:"call"`
	From      string         `json:"from"`
	To        string         `json:"to"`
}

// ChangeRecords has the DNS owner change a zone, then checks it. The records stand in
// the plan's zone of that name. Where a step EditRecords has changed it, it only checks.
type ChangeRecords struct {
	StepInfo
	Zone   string `json:"zone"`
	Edited bool   `json:"edited,omitempty"`
}

// CheckRecords compares the records of a zone, with their TTLs, with those from before or
// after the change: on its Windows DNS server itself, or on the management host by asking
// the server of the zone, then its serial too.
type CheckRecords struct {
	StepInfo
	Zone string `json:"zone"`
}

// EditRecords changes the records of a zone on the Windows DNS server itself, with the
// tool of the zone: [Zone.Edits].
type EditRecords struct {
	StepInfo
	Zone string `json:"zone"`
}

// ConfirmPort takes a person's word that a port is open in the firewall.
type ConfirmPort struct {
	StepInfo
	Port      int      `json:"port"`
	Addresses []string `json:"addresses"`
}

// StartServices starts all services of the Edge Server where it runs.
type StartServices struct {
	StepInfo
	Product cmdlet.Product `json:"product"`
	Call    cmdlet.Call    `json:"call"`
}

// StopXMPP stops the XMPP services of the Edge Server where it runs, one of the pool that is
// left, found by their display name: Name of
// Call stands for that of each. The streams that partners have open end with it.
type StopXMPP struct {
	StepInfo
	Product cmdlet.Product `json:"product"`
	Call    cmdlet.Call    `json:"call"`
}

// StartXMPP starts the XMPP services that StopXMPP stopped.
type StartXMPP struct {
	StepInfo
	Product cmdlet.Product `json:"product"`
	Call    cmdlet.Call    `json:"call"`
}

// Replicate pushes the configuration to one replica and waits until it is there.
type Replicate struct {
	StepInfo
	Product cmdlet.Product `json:"product"`
	Replica string         `json:"replica"`
	Read    cmdlet.Call    `json:"read"`
	Call    cmdlet.Call    `json:"call"`
}

// CheckState checks that what earlier stages set is still so.
type CheckState struct {
	StepInfo
	Stages []string `json:"stages"`
}

// CheckListener looks whether something listens on a TCP port of the Edge Server where it
// runs, at another address than the loopback. It connects to nothing.
type CheckListener struct {
	StepInfo
	Port int `json:"port"`
}

// ProbePort connects to a TCP port of each target. It never runs on an Edge Server.
type ProbePort struct {
	StepInfo
	Port    int      `json:"port"`
	Targets []string `json:"targets"`
}

// SendMessage sends a test message to an XMPP user whom the operator names.
type SendMessage struct {
	StepInfo
	Product cmdlet.Product `json:"product"`
	Call    cmdlet.Call    `json:"call"`
}

func (*CheckRight) Kind() string       { return "check-right" }
func (*CheckFacts) Kind() string       { return "check-facts" }
func (*CheckRoutedSites) Kind() string { return "check-routed-sites" }
func (*CheckReplicas) Kind() string    { return "check-replicas" }
func (*Backup) Kind() string           { return "backup" }
func (*Rehearse) Kind() string         { return "rehearse" }
func (*CheckServer) Kind() string      { return "check-server" }
func (*StopServices) Kind() string     { return "stop-services" }
func (*SetRoute) Kind() string         { return "set-route" }
func (*ChangeRecords) Kind() string    { return "change-records" }
func (*CheckRecords) Kind() string     { return "check-records" }
func (*EditRecords) Kind() string      { return "edit-records" }
func (*ConfirmPort) Kind() string      { return "confirm-port" }
func (*StartServices) Kind() string    { return "start-services" }
func (*StopXMPP) Kind() string         { return "stop-xmpp" }
func (*StartXMPP) Kind() string        { return "start-xmpp" }
func (*Replicate) Kind() string        { return "replicate" }
func (*CheckState) Kind() string       { return "check-state" }
func (*CheckListener) Kind() string    { return "check-listener" }
func (*ProbePort) Kind() string        { return "probe-port" }
func (*SendMessage) Kind() string      { return "send-message" }

func (*CheckRight) calls() []binding { return nil }
func (s *CheckFacts) calls() []binding {
	if s.Pool == nil {
		return []binding{{s.Product, &s.Read}}
	}
	return []binding{{s.Product, &s.Read}, {s.Product, s.Pool}}
}

func (s *CheckRoutedSites) calls() []binding { return []binding{{s.Product, &s.Read}} }
func (*CheckReplicas) calls() []binding      { return nil }
func (s *Backup) calls() []binding           { return []binding{{s.Product, &s.Call}} }
func (*Rehearse) calls() []binding           { return nil }
func (s *StopServices) calls() []binding     { return []binding{{s.Product, &s.Call}} }
func (*ChangeRecords) calls() []binding      { return nil }
func (*CheckRecords) calls() []binding       { return nil }
func (*EditRecords) calls() []binding        { return nil }
func (*ConfirmPort) calls() []binding        { return nil }
func (s *StartServices) calls() []binding    { return []binding{{s.Product, &s.Call}} }
func (s *StopXMPP) calls() []binding         { return []binding{{s.Product, &s.Call}} }
func (s *StartXMPP) calls() []binding        { return []binding{{s.Product, &s.Call}} }
func (s *Replicate) calls() []binding        { return []binding{{s.Product, &s.Read}, {s.Product, &s.Call}} }
func (*CheckState) calls() []binding         { return nil }
func (*CheckListener) calls() []binding      { return nil }
func (*ProbePort) calls() []binding          { return nil }
func (s *SendMessage) calls() []binding      { return []binding{{s.Product, &s.Call}} }

func (s *SetRoute) calls() []binding {
	var out []binding
	for i := range s.Forms {
		out = append(out, binding{s.Forms[i].Product, &s.Forms[i].Call})
	}
	return out
}

func (s *CheckServer) calls() []binding {
	out := []binding{{s.Product, &s.Certificates}}
	if s.Local != nil {
		out = append(out, binding{s.Product, s.Local})
	}
	return out
}

// stepKinds makes an empty step of each kind, for reading plan.json.
var stepKinds = []func() Step{
	func() Step { return new(CheckRight) }, func() Step { return new(CheckFacts) },
	func() Step { return new(CheckRoutedSites) }, func() Step { return new(CheckReplicas) }, func() Step { return new(Backup) },
	func() Step { return new(Rehearse) }, func() Step { return new(StopServices) },
	func() Step { return new(SetRoute) }, func() Step { return new(ChangeRecords) },
	func() Step { return new(ConfirmPort) }, func() Step { return new(StartServices) },
	func() Step { return new(StopXMPP) }, func() Step { return new(StartXMPP) },
	func() Step { return new(CheckRecords) }, func() Step { return new(EditRecords) },
	func() Step { return new(Replicate) }, func() Step { return new(CheckState) },
	func() Step { return new(CheckServer) }, func() Step { return new(CheckListener) }, func() Step { return new(ProbePort) }, func() Step { return new(SendMessage) },
}
