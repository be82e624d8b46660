package ticket

import (
	"cmp"
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/record"
	"github.com/edgeplan/edgeplan/emit/words"
)

// Ticket is a change and its tasks. Texts are in visible characters; see [words.Visible].
type Ticket struct {
	Plan      string // its name
	ID        string // of the plan
	Package   string // SHA-256 of its SHA256SUMS, in hex
	Number    string // of the ticket
	Summary   string
	Why       string // what the change is for
	Type      string // one of [plan.ChangeTypes]; empty where the spec does not say
	Risk      string // one of [plan.RiskRatings]; the same
	Requester string
	Approvers []string
	// Start and End are the window, as [plan.UTC] has times; empty where the plan does not say.
	Start, End string
	Tasks      []Task
	Back       []Task // of the rollback; only Stage, Host, Does and Typed
	Items      []Item
	Moments    []Moment

	record *record.Document
}

// Task is one stage on one computer.
type Task struct {
	Number      int // from 1, in the order of the plan
	Stage, Host string
	Does        string // in one sentence
	Typed       string
	Roles       plan.ChangeStage // who carries it out and tests it, and the minutes of the whole stage, as far as the spec says
	Test        bool             // the stage only compares and saves what is there
	After       []int            // tasks that have to be done before

	told record.Part
}

// Title is the stage and its computer.
func (t Task) Title() string { return t.Stage + " on " + t.Host }

// Item is a configuration item: something that the plan changes, checks or runs on, by its FQDN or other name. CI is its
// name as one, or Name where the spec does not say.
type Item struct{ Kind, Name, CI string }

// Kinds of [Item].
const (
	EdgePool       = "Edge pool"
	EdgeServer     = "Edge Server"
	FrontEndPool   = "Front End pool"
	FrontEndServer = "Front End Server"
	Management     = "management host"
	Zone           = "DNS zone"
	NameServer     = "DNS server"
)

// Moment is a known time that the change makes, besides its window: At, as [plan.UTC] has it. ID is the same in each ticket
// of a plan.
type Moment struct{ ID, At, Title, Text string }

// Of makes the ticket of a plan whose package has that checksum. It fails where a command of the plan cannot be written
// as one of PowerShell.
func Of(p *plan.Plan, sum string) (*Ticket, error) {
	document, err := record.Of(p, record.Facts{})
	if err != nil {
		return nil, err
	}
	parts, err := record.Parts(p)
	if err != nil {
		return nil, err
	}
	change := p.Change
	t := &Ticket{Plan: words.Visible(p.Name), ID: words.Visible(p.ID), Package: sum, Number: words.Visible(change.Ticket),
		Summary: words.Visible(cmp.Or(strings.Trim(change.Summary, " "), p.Texts.Title)), Why: words.Visible(p.Texts.Why), Type: change.Type, Risk: change.Risk, Requester: words.Visible(change.Requester),
		Approvers: visible(change.Approvers), Start: plan.UTC(change.WindowStart), End: plan.UTC(change.WindowEnd),
		Tasks: tasks(p, parts), Back: backward(p), Items: items(p), record: document}
	t.Moments = moments(p, t)
	return t, nil
}

func visible(texts []string) []string {
	out := make([]string, len(texts))
	for i, text := range texts {
		out[i] = words.Visible(text)
	}
	return out
}

// tasks are one for each part of a stage and computer on which that runs.
func tasks(p *plan.Plan, parts []record.Part) []Task {
	var out []Task
	done := map[string][]int{} // tasks by what a part can need: a stage, or one on one computer
	n := 0
	for _, stage := range p.Stages {
		first, roles := len(out), p.Change.OfStage(false, stage.Name)
		for _, part := range stage.Parts {
			for _, host := range part.Hosts {
				task := Task{Number: len(out) + 1, Stage: words.Visible(stage.Name), Host: words.Visible(words.Host(host)),
					Does: words.Visible(part.Does), Typed: words.Visible(parts[n].Typed.Lines[0]), Roles: roles,
					Test: reads(p, stage), told: parts[n]}
				for _, need := range part.Needs {
					task.After = append(task.After, done[need]...)
				}
				slices.Sort(task.After)
				task.After = slices.Compact(task.After)
				out = append(out, task)
				key := stage.Name + " on " + host
				done[key] = append(done[key], task.Number)
			}
			n++
		}
		for at := first; at < len(out); at++ {
			done[stage.Name] = append(done[stage.Name], at+1)
		}
	}
	return out
}

// reads tells whether a stage only compares and saves what is there.
func reads(p *plan.Plan, stage plan.Stage) bool {
	return !slices.ContainsFunc(words.Lines(p, false, stage), func(line words.Line) bool {
		step := line.Step
		return line.Risk != plan.Safe || step != nil && (step.Attest || step.Edit || step.Act != nil && step.Act.File == "")
	})
}

// backward are the tasks of the rollback.
func backward(p *plan.Plan) []Task {
	var out []Task
	for _, stage := range p.Rollback {
		for _, part := range stage.Parts {
			for _, host := range part.Hosts {
				out = append(out, Task{Number: len(out) + 1, Stage: words.Visible(stage.Name),
					Host: words.Visible(words.Host(host)), Does: words.Visible(part.Does),
					Typed: words.Visible(words.Run(words.RollbackScript, stage.Name))})
			}
		}
	}
	return out
}

// items are the configuration items of a plan, each once, in the order of their kinds. Those that only the spec knows, such
// as sites, are the last.
func items(p *plan.Plan) []Item {
	var out []Item
	seen, named := map[string]bool{}, map[plan.Item]string{}
	for _, item := range p.Items {
		named[key(item.Kind, item.Name)] = item.CI
	}
	// Label is what the spec calls it, of that kind there.
	add := func(kind, of, label, name string) {
		at := key(of, label)
		ci := cmp.Or(named[at], name)
		delete(named, at)
		// A pool of one server has the name of that.
		if name != "" && !seen[ci] {
			seen[ci] = true
			out = append(out, Item{kind, words.Visible(name), words.Visible(ci)})
		}
	}
	servers := func(kind string, names ...string) {
		for _, name := range names {
			add(kind, "server", name, name)
		}
	}
	frontEnds := func(names ...string) {
		for _, name := range names {
			add(FrontEndPool, "front_end_pool", name, name)
		}
	}
	// That of the plan first: it is what the change is about.
	pools := []plan.Pool{p.To, p.From}
	for _, pool := range pools {
		add(EdgePool, "edge_pool", pool.Name, pool.FQDN)
	}
	for _, pool := range pools {
		servers(EdgeServer, pool.Servers...)
	}
	if hop := p.NextHop; hop != nil {
		frontEnds(hop.To, hop.From)
	}
	if store := p.StoreFailover; store != nil {
		frontEnds(store.To, store.From)
	}
	for _, pool := range p.Media {
		frontEnds(pool.FQDN)
	}
	servers(Management, p.ManagementHost)
	servers(FrontEndServer, p.FrontEnds...)
	if p.StoreFailover != nil {
		servers(FrontEndServer, p.StoreFailover.Servers...)
	}
	for _, pool := range p.Media {
		servers(FrontEndServer, pool.Servers...)
	}
	for _, zone := range p.Zones {
		add(Zone, "dns_zone", zone.Name, words.FileBase(zone))
	}
	for _, zone := range p.Zones {
		servers(NameServer, cmp.Or(zone.Computer, zone.Server))
	}
	for _, item := range p.Items {
		if _, left := named[key(item.Kind, item.Name)]; left {
			add(words.ItemKind(item.Kind), item.Kind, item.Name, item.Name)
		}
	}
	return out
}

// key tells things apart as the spec does, but for the case and the final dot of names.
func key(kind, name string) plan.Item {
	return plan.Item{Kind: kind, Name: strings.ToLower(strings.TrimSuffix(name, "."))}
}

// itemOf is the configuration item of a computer.
func (t *Ticket) itemOf(host string) string {
	for _, item := range t.Items {
		if strings.EqualFold(item.Name, host) && item.Kind != EdgePool && item.Kind != FrontEndPool {
			return item.CI
		}
	}
	return host
}
