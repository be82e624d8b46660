package plan

import (
	"fmt"
	"slices"
	"strings"
)

// Texts are the sentences about a plan that are facts of its procedure, besides those of its
// stages and steps: the procedure gives them with the stages, and who prints a plan prints them and
// decides nothing. Names from the plan are in them as they are, hostile or not. They are not part of
// plan.json.
type Texts struct {
	// Script is the name of the script that makes the change, one of [Scripts].
	Script string
	Title  string // of the change, without a full stop
	// Page is the page whose steps are named by their number alone.
	Page string
	Why  string // what the change is for
	// Order says which order of stages the plan follows and where it comes from, and what else the
	// plan does of several ways; one paragraph each. Empty of a plan that moves nothing.
	Order []string
	// Unknown is what the plan cannot know, as statements that a reader can act on.
	Unknown []string
	// Told are those outside the organization whom the change concerns.
	Told []Told
	// Notes say what the table of what is reachable does not.
	Notes []Note
	// Params are the parameters of the script, besides those that all have.
	Params []Param
}

// Told are people whom the change concerns, such as XMPP partners, and a text to send to them.
type Told struct {
	Title  string   // what they are, in the plural
	Names  []string // those that the spec names
	How    string   // what is known of them, and what to do
	Letter Letter
}

// Letter is a text to send. Besides what is here it has the window, the ticket and the addresses of
// both pools.
type Letter struct {
	Subject string
	What    string      // what is changed, as a sentence
	Port    string      // such as "TCP 5269, as before"
	Sets    []RecordSet // that they look up
	Points  []Note      // what they do, and when
}

// Note is a statement, and the commands that it speaks of, if any.
type Note struct {
	// Service has the statement begin with the stage after which the service of that name is up through
	// the pool Through; where it never is there is no such note.
	Service, Through string
	Text             string
	Commands         []Command
}

// Command is a command for people elsewhere, in a shell of Unix. For is whose it is, where it is not the one that the
// text ends with. With Each it is to be run for each of these, its last argument, which are host names.
type Command struct {
	For, Text string
	Each      []string
}

// fewCommands are written out; more are a loop of the shell. There may be 100,000 SIP domains.
const fewCommands = 3

// Each are the single commands of a note.
func (n Note) Each(yield func(Command) bool) {
	for _, c := range n.Commands {
		if len(c.Each) > fewCommands {
			c = Command{For: c.For, Text: "for name in " + strings.Join(c.Each, " ") + "; do " + c.Text + "$name; done"}
		}
		if c.Each == nil && !yield(c) {
			return
		}
		for _, end := range c.Each {
			if !yield(Command{For: c.For, Text: c.Text + end}) {
				return
			}
		}
	}
}

// Param is a parameter of the script, a text: the one that [Step.When] names.
type Param struct{ Name, Says string }

// Advice is what to do if a stage of the change does not end with exit code 0.
type Advice struct {
	Says []string
	// Back is the stage of the rollback that takes this one back, or EveryStage, and How goes on with the
	// sentence about it. Nothing is said of a stage that the rollback does not have.
	Back, How string
}

// EveryStage as the way back is the whole rollback.
const EveryStage = "*"

// Scripts that make a change, and the one that goes back: their names without the ending.
const (
	FailoverScript = "failover"
	FailbackScript = "failback"
	PrepareScript  = "prepare"
	MediaScript    = "media"
	NextHopScript  = "next-hop"
	RollbackScript = "rollback"
)

// Scripts are the names of all scripts that make a change.
func Scripts() []string {
	return []string{FailoverScript, FailbackScript, PrepareScript, MediaScript, NextHopScript}
}

// untold is the first sentence that the procedure of a plan has left out, as an error. Nothing takes
// its place: a sentence of another procedure would be wrong.
func untold(p *Plan) error {
	t := p.Texts
	missing := func(what string) error { return fmt.Errorf("its procedure does not say %s", what) }
	switch {
	case !slices.Contains(Scripts(), t.Script):
		return missing("what the script is called")
	case t.Title == "":
		return missing("what the change is called")
	case t.Why == "":
		return missing("what the change is for")
	case len(t.Unknown) == 0:
		return missing("what it cannot know")
	}
	for _, told := range t.Told {
		l := told.Letter
		if told.Title == "" || told.How == "" || l.Subject == "" || l.What == "" || l.Port == "" {
			return missing("what " + told.Title + " are told")
		}
	}
	for _, note := range t.Notes {
		named := func(s Served) bool { return s.Name == note.Service }
		if note.Text == "" || note.Service != "" && !slices.ContainsFunc(p.Services, named) {
			return missing("what is up where a note speaks of " + note.Service)
		}
	}
	for _, stage := range p.Stages {
		if len(stage.IfFails.Says) == 0 {
			return missing("what to do if stage " + stage.Name + " fails")
		}
	}
	for _, s := range p.Unundone() {
		if s.NoUndo == "" {
			return missing("why no step of the rollback takes back step " + s.ID)
		}
	}
	for _, s := range slices.Concat(AllSteps(p.Stages), AllSteps(p.Rollback)) {
		takes := func(param Param) bool { return param.Name == s.When }
		switch {
		case s.When != "" && !slices.ContainsFunc(t.Params, takes):
			return missing("what the parameter " + s.When + " is")
		// A file of a backup has one sentence for all procedures.
		case s.Act != nil && s.Act.File == "" && (s.Does == "" || s.Expect == ""):
			return missing("what step " + s.ID + " does, or what is so after it")
		}
	}
	return nil
}

// Seconds prints a number of seconds, and in larger units where that is even.
func Seconds(n uint32) string {
	for _, unit := range []struct {
		size uint32
		name string
	}{{86400, "d"}, {3600, "h"}, {60, "min"}} {
		// Only even numbers: "1 h" for 3601 s would be a second too early.
		if n > 0 && n%unit.size == 0 {
			return fmt.Sprintf("%d s (%d %s)", n, n/unit.size, unit.name)
		}
	}
	return fmt.Sprintf("%d s", n)
}

// Length prints a number of seconds as people say it, such as 1 h 30 min.
func Length(n uint32) string {
	var out []string
	for _, unit := range []struct {
		size uint32
		name string
	}{{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}} {
		if count := n / unit.size; count > 0 {
			out = append(out, fmt.Sprintf("%d %s", count, unit.name))
		}
		n %= unit.size
	}
	if len(out) == 0 {
		return "0 s"
	}
	return strings.Join(out, " ")
}

// List joins names as a sentence does: a, b and c.
func List(names []string) string {
	// None is the empty text, for a sentence that leaves it out.
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// ChangedBy tells whether the script changes zones itself, in stage DnsServer, and whether owners do.
func (p *Plan) ChangedBy() (script, owner bool) {
	for _, zone := range p.Zones {
		script = script || zone.Edited()
		// Some zones may be on a Windows DNS server and others not.
		owner = owner || zone.Changed() && !zone.Edited()
	}
	return script, owner
}
