package plan

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/edgeplan/edgeplan/parser/dnsname"
)

// Change is what the spec says for the change record. Times are RFC 3339 as given; what is not said is empty.
type Change struct {
	Ticket      string   `json:"ticket"`
	Summary     string   `json:"summary"`
	WindowStart string   `json:"window_start,omitempty"`
	WindowEnd   string   `json:"window_end,omitempty"`
	Requester   string   `json:"requester,omitempty"`
	Approvers   []string `json:"approvers,omitempty"`

	Type       string `json:"type,omitempty"` // one of [ChangeTypes]
	Risk       string `json:"risk,omitempty"` // one of [RiskRatings]
	RiskReason string `json:"risk_reason,omitempty"`
	Impact     string `json:"impact,omitempty"` // on whom
	// Implementers and Testers are roles, of all stages of which Stages and RollbackStages do not say otherwise.
	Implementers []string `json:"implementers,omitempty"`
	Testers      []string `json:"testers,omitempty"`
	// Stages are those of the plan of which the spec says something, in their order, and RollbackStages those of the
	// rollback. In a matrix they are those that the spec has, in its order, as its plans differ in their stages.
	Stages         []ChangeStage `json:"stages,omitempty"`
	RollbackStages []ChangeStage `json:"rollback_stages,omitempty"`
	Communication  []Message     `json:"communication,omitempty"`
	Acceptance     []string      `json:"acceptance,omitempty"` // criteria
}

// ChangeStage is what the spec says of a stage: how long it takes, 0 where that is not said, and who carries it out
// and tests it, empty where the change says that.
type ChangeStage struct {
	Name         string   `json:"name"`
	Minutes      int      `json:"minutes,omitempty"`
	Implementers []string `json:"implementers,omitempty"`
	Testers      []string `json:"testers,omitempty"`
}

// Message is who is told what, and when: one of [MessageTimes]. Hours is how long before the window, or after it; 0
// where that is not said. Text may have several lines.
type Message struct {
	To    []string `json:"to"`
	When  string   `json:"when"`
	Hours int      `json:"hours,omitempty"`
	Text  string   `json:"text"`
}

// Times of a message.
const (
	BeforeChange  = "before"
	AfterChange   = "after"
	AfterRollback = "rollback"
)

// ChangeTypes, RiskRatings and MessageTimes are the words of the language for these.
func ChangeTypes() []string  { return []string{"standard", "normal", "emergency", "drill"} }
func RiskRatings() []string  { return []string{"low", "medium", "high"} }
func MessageTimes() []string { return []string{BeforeChange, AfterChange, AfterRollback} }

// Item is the configuration item of a thing that the plan is about. Kind is one of [ItemKinds], and Name is how the
// spec names the thing: a site, an Edge pool or a zone by its label, all else by its FQDN.
type Item struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
	CI   string `json:"ci"`
}

// ItemKinds are the kinds of things that have a configuration item, in the order of plans.
func ItemKinds() []string {
	return []string{"site", "edge_pool", "front_end_pool", "server", "dns_zone"}
}

// CompareItems gives the order of configuration items: by kind, then by name.
func CompareItems(a, b Item) int {
	kinds := ItemKinds()
	if d := slices.Index(kinds, a.Kind) - slices.Index(kinds, b.Kind); d != 0 {
		return d
	}
	return dnsname.Compare(a.Name, b.Name)
}

// Touches is the test of whether a plan, which has its stages, changes a thing, is carried out on it, or leaves it or leads
// to it.
func (p *Plan) Touches() func(kind, name string) bool {
	type thing struct{ kind, name string }
	touched := map[thing]bool{}
	note := func(kind string, names ...string) {
		for _, name := range names {
			touched[thing{kind, strings.ToLower(name)}] = true
		}
	}
	for _, route := range p.Routes {
		note("site", route.Site)
	}
	note("edge_pool", p.From.Name, p.To.Name)
	for _, pool := range p.Media {
		note("front_end_pool", pool.FQDN)
	}
	if p.NextHop != nil {
		note("front_end_pool", p.NextHop.From, p.NextHop.To)
	}
	if p.StoreFailover != nil {
		note("front_end_pool", p.StoreFailover.From, p.StoreFailover.To)
	}
	note("server", slices.Concat(p.From.Servers, p.To.Servers)...)
	for _, stage := range slices.Concat(p.Stages, p.Rollback) {
		note("server", stage.Hosts()...)
	}
	for _, zone := range p.Zones {
		if zone.Changed() {
			note("dns_zone", zone.Name)
		}
	}
	return func(kind, name string) bool { return name != "" && touched[thing{kind, strings.ToLower(name)}] }
}

// SameStage tells whether two names are those of one stage. Labels of a spec are compared in the same way, so that no two of
// them are the same stage; strings.EqualFold takes more letters for the same, such as U+017F for an s.
func SameStage(a, b string) bool {
	lower := strings.ToLower(a)
	return lower == strings.ToLower(b)
}

// OfStage is what is said of a stage of the change, or of its rollback: who carries it out and tests it is that of the
// change where nothing else is said.
func (c Change) OfStage(back bool, name string) ChangeStage {
	stages := c.Stages
	if back {
		stages = c.RollbackStages
	}
	out := ChangeStage{Name: name}
	for _, stage := range stages {
		if stage.Name == name {
			out = stage
		}
	}
	// An empty list is not in plan.json, so it says no more than none.
	if len(out.Implementers) == 0 {
		out.Implementers = c.Implementers
	}
	if len(out.Testers) == 0 {
		out.Testers = c.Testers
	}
	return out
}

// At is when a message is sent, in RFC 3339; ok is false where that is not known.
func (m Message) At(c Change) (at string, ok bool) {
	from, hours := c.WindowStart, -m.Hours
	if m.When == AfterChange {
		from, hours = c.WindowEnd, m.Hours
	}
	if m.Hours > 0 {
		at = moved(from, time.Duration(hours)*time.Hour)
	}
	return at, at != ""
}

// moved is a time of RFC 3339 some time later or, below 0, earlier; empty for what is no time, and for one in a year that
// such a time cannot have.
func moved(rfc3339 string, by time.Duration) string {
	at, err := time.Parse(time.RFC3339, rfc3339)
	if at = at.Add(by); err != nil || at.Year() < 0 || at.Year() > 9999 {
		return ""
	}
	return at.Format(time.RFC3339)
}

// checkSaid wants of what the spec says for the record what it could have said.
func checkSaid(c Change) error {
	switch {
	case c.Type != "" && !slices.Contains(ChangeTypes(), c.Type):
		return fmt.Errorf("type: there is no %q", c.Type)
	case c.Risk != "" && !slices.Contains(RiskRatings(), c.Risk):
		return fmt.Errorf("risk: there is no %q", c.Risk)
	case c.Risk == "" && c.RiskReason != "":
		return fmt.Errorf("there is a reason for a risk that is not rated")
	}
	for _, m := range c.Communication {
		if len(m.To) == 0 || !slices.Contains(MessageTimes(), m.When) || m.Hours < 0 || m.Hours > MostHours ||
			m.When == AfterRollback && m.Hours > 0 || strings.TrimSpace(m.Text) == "" {
			return fmt.Errorf("there is a message to nobody, without a text or at no known time")
		}
	}
	return nil
}

// MostMinutes is the longest that a stage may take, and MostHours the longest time between a message and the window.
const (
	MostMinutes = 7 * 24 * 60
	MostHours   = 60 * 24
)

// checkNamed wants of what is said of stages and of configuration items that the plan has them, each once and in
// order. The stages have to be those of the plan.
func checkNamed(p *Plan) error {
	for _, way := range []struct {
		said []ChangeStage
		of   []Stage
	}{{p.Change.Stages, p.Stages}, {p.Change.RollbackStages, p.Rollback}} {
		next := 0
		for _, one := range way.said {
			at := slices.IndexFunc(way.of, func(s Stage) bool { return s.Name == one.Name })
			if at < next || one.Minutes < 0 || one.Minutes > MostMinutes {
				return fmt.Errorf("stage %q is not there, is there twice or out of order, or takes %d minutes", one.Name, one.Minutes)
			}
			next = at + 1
		}
	}
	touches := p.Touches()
	for i, item := range p.Items {
		if !touches(item.Kind, item.Name) || strings.TrimSpace(item.CI) == "" ||
			i > 0 && CompareItems(p.Items[i-1], item) >= 0 {
			return fmt.Errorf("the configuration item %q is of nothing in the plan, has no name or is out of order", item.CI)
		}
	}
	return nil
}
