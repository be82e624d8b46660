package parser

import (
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/edgeplan/edgeplan/parser/topology"
)

// Spec is all that the files of one folder say, with files in name order.
type Spec struct {
	Topology  *topology.Topology // nil if its block is missing; that is a finding
	Failovers []*Failover
	Prepares  []*Prepare
	Matrices  []*Matrix
	Media     []*Media
	NextHops  []*NextHop

	// Digest is "sha256:" and the hash of the spec files with their names, without zone files.
	Digest string
}

// Asked is a block that asks for a plan, or for those of a matrix: its type and its name.
type Asked struct{ Type, Name string }

// Asked are the blocks of the spec that ask for a plan, of one type after the other.
func (s *Spec) Asked() []Asked {
	var out []Asked
	for _, f := range s.Failovers {
		if !f.Unasked {
			out = append(out, Asked{"failover", f.Name.V})
		}
		if f.Failback != nil {
			out = append(out, Asked{"failback", f.FailbackName()})
		}
	}
	for _, p := range s.Prepares {
		out = append(out, Asked{"prepare", p.Name.V})
	}
	for _, m := range s.Matrices {
		out = append(out, Asked{"matrix", m.Name.V})
	}
	for _, m := range s.Media {
		out = append(out, Asked{"media", m.Name.V})
	}
	for _, h := range s.NextHops {
		out = append(out, Asked{"next_hop", h.Name.V})
	}
	return out
}

// Ask drops the blocks that ask for a plan whose name is not wanted.
func (s *Spec) Ask(wanted func(name string) bool) {
	s.Failovers = slices.DeleteFunc(s.Failovers, func(f *Failover) bool {
		if f.Failback != nil && !wanted(f.FailbackName()) {
			f.Failback = nil
		}
		f.Unasked = !wanted(f.Name.V)
		return f.Unasked && f.Failback == nil
	})
	s.Prepares = slices.DeleteFunc(s.Prepares, func(p *Prepare) bool { return !wanted(p.Name.V) })
	s.Matrices = slices.DeleteFunc(s.Matrices, func(m *Matrix) bool { return !wanted(m.Name.V) })
	s.Media = slices.DeleteFunc(s.Media, func(m *Media) bool { return !wanted(m.Name.V) })
	s.NextHops = slices.DeleteFunc(s.NextHops, func(h *NextHop) bool { return !wanted(h.Name.V) })
}

// Failover asks for one plan.
type Failover struct {
	Name       topology.Value[string] // the label, and the name of the output folder
	Federation topology.Value[string]
	From       topology.Value[string]
	To         topology.Value[string]
	Reason     topology.Value[string]
	Procedure  topology.Value[string]
	RouteSites topology.Value[string]
	NextHop    topology.Value[string] // the label of a Front End pool
	// Media are the Front End pools, by their labels, whose media moves too.
	Media topology.Value[[]topology.Value[string]]
	// Store is the failover of the Central Management store that goes before; nil where none is asked for.
	Store    *StoreFailover
	Change   *Change // nil if the block is missing; that is a finding
	Accepts  []*Accept
	Failback *Failback // nil if none is asked for
	Range    hcl.Range
	// Unasked is that the failover is there for its fail-back alone, which no spec says.
	Unasked bool
}

// StoreFailover asks for the Central Management store to be failed over to another Front End pool: To
// is its label, the others are its back end, as Topology Builder shows it. A mirror is optional.
type StoreFailover struct {
	To                           topology.Value[string]
	SQLServer, SQLInstance       topology.Value[string]
	MirrorServer, MirrorInstance topology.Value[string]
	Range                        hcl.Range
}

// Failback asks for the plan of the way back of the failover that holds it.
type Failback struct {
	Change  *Change // nil if the block is missing; that is a finding
	Accepts []*Accept
	Range   hcl.Range
}

// FailbackName is the name of the plan of the fail-back.
func (f *Failover) FailbackName() string { return f.Name.V + "-failback" }

// Prepare asks for a plan that makes DNS ready for a later failover: shorter TTLs, and
// SRV records of every pool.
type Prepare struct {
	Name    topology.Value[string] // the label, and the name of the output folder
	TTL     topology.Value[int]    // seconds that no record of the plan will be above
	Change  *Change                // nil if the block is missing; that is a finding
	Accepts []*Accept
	Range   hcl.Range
}

// Matrix asks for a failover for each pair of Edge pools of which one could fail and the other take
// over.
type Matrix struct {
	Name       topology.Value[string] // the label, the name of the folder of the index, and how the names of its plans begin
	Federation topology.Value[string]
	Reason     topology.Value[string]
	Procedure  topology.Value[string]
	RouteSites topology.Value[string]
	Change     *Change // nil if the block is missing; that is a finding
	Accepts    []*Accept
	Range      hcl.Range
	// Only are the names of the plans that are wanted, which no spec says; nil: all of them, and the
	// index.
	Only []string
}

// Media asks for a plan that associates Front End pools with another Edge pool for media.
type Media struct {
	Name topology.Value[string] // the label, and the name of the output folder
	// FrontEndPools are the labels of those whose media moves, and To that of the Edge pool.
	FrontEndPools topology.Value[[]topology.Value[string]]
	To            topology.Value[string]
	Reason        topology.Value[string] // disaster: the Edge pools of today are down; or planned
	Change        *Change                // nil if the block is missing; that is a finding
	Accepts       []*Accept
	Range         hcl.Range
}

// NextHop asks for a plan that gives an Edge pool another next hop.
type NextHop struct {
	Name     topology.Value[string] // the label, and the name of the output folder
	EdgePool topology.Value[string] // the label of the Edge pool, and To that of the Front End pool
	To       topology.Value[string]
	Reason   topology.Value[string] // disaster: the next hop of today is down; or planned
	// Store is the failover of the Central Management store that goes before; nil where none is asked for.
	Store   *StoreFailover
	Change  *Change // nil if the block is missing; that is a finding
	Accepts []*Accept
	Range   hcl.Range
}

// Change is what the change board wants to know. Times are RFC 3339. All but the ticket and the summary may be
// left out: of a word that is not Set the value means nothing.
type Change struct {
	Ticket      topology.Value[string]
	Summary     topology.Value[string]
	WindowStart topology.Value[string]
	WindowEnd   topology.Value[string]
	Requester   topology.Value[string]
	Approvers   topology.Value[[]string]

	Type       topology.Value[string] // standard, normal, emergency or drill
	Risk       topology.Value[string] // low, medium or high
	RiskReason topology.Value[string]
	Impact     topology.Value[string]
	// Implementers and Testers are roles; those of a stage take the place of those of the change.
	Implementers topology.Value[[]string]
	Testers      topology.Value[[]string]
	Acceptance   topology.Value[[]string] // criteria
	Stages       []*ChangeStage
	Rollback     []*ChangeStage
	Messages     []*Message
	Range        hcl.Range
}

// ChangeStage is what is said of one stage of a change, or of its rollback. There may be no such stage.
type ChangeStage struct {
	Name         topology.Value[string] // the label
	Minutes      topology.Value[int]    // not Set: it is not known how long the stage takes
	Implementers topology.Value[[]string]
	Testers      topology.Value[[]string]
}

// Message is who is told what, and when: before, after or rollback. Hours, if Set, are those before the window begins,
// or after it ends.
type Message struct {
	To    topology.Value[[]string]
	When  topology.Value[string]
	Hours topology.Value[int]
	Text  topology.Value[string]
}

// Accept is a finding that a person takes responsibility for.
type Accept struct {
	Code   topology.Value[string] // the label
	Reason topology.Value[string]
}
