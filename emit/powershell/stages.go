package powershell

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/cmdlet"
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/words"
)

// builder turns stages of a plan into the data that the runtime reads. The vocabulary
// of keys is that of the runtime. It decides nothing: what a stage does is in the plan.
type builder struct {
	plan  *plan.Plan
	back  bool
	names names
	alike bool // several zones or sets stand as one entry
	err   error
}

func (b *builder) lit(s string) node { return expr(b.names.literal(s)) }

// several is an array of hashes, or the one there is: the runtime takes both.
func several(hashes ...node) node {
	if len(hashes) == 1 {
		return hashes[0]
	}
	return array(hashes)
}

// list is one literal, or an array of several or none.
func (b *builder) list(values []string) node {
	if len(values) == 1 {
		return b.lit(values[0])
	}
	return b.array(values)
}

func (b *builder) array(values []string) node {
	out := array{}
	for _, v := range values {
		out = append(out, b.lit(v))
	}
	return out
}

const yes = expr("$true")

// keys collects the entries of a hash, those that are there.
type keys struct {
	b   *builder
	out hash
}

func (k *keys) add(key string, value node, fresh bool) {
	k.out = append(k.out, entry{key, value, fresh})
}

func (k *keys) text(key, value string) {
	if value != "" {
		k.add(key, k.b.lit(value), false)
	}
}

// line is text that begins a line.
func (k *keys) line(key, value string) {
	if value != "" {
		k.add(key, k.b.lit(value), true)
	}
}

func (k *keys) list(key string, values []string) {
	if len(values) > 0 {
		k.add(key, k.b.list(values), false)
	}
}

func (k *keys) flag(key string, set bool) {
	if set {
		k.add(key, yes, false)
	}
}

func (k *keys) number(key string, n uint64, there bool) {
	if there {
		k.add(key, expr(strconv.FormatUint(n, 10)), false)
	}
}

func (k *keys) hashes(key string, all array) {
	if len(all) > 0 {
		k.add(key, several(all...), true)
	}
}

// own is the part of a pipeline that runs a function of the runtime, or a Cs cmdlet that the product
// has: no other name gets into a script. No preference variable reaches a module's functions, so
// -ErrorAction, and where they exist -WhatIf and -Confirm, are said at every call of a cmdlet.
func (b *builder) own(product cmdlet.Product, call cmdlet.Call, rehearse bool) command {
	if !plan.IsFunction(call.Name) {
		if _, err := cmdlet.New(product, call.Name, call.Params...); err != nil && b.err == nil {
			b.err = err
		}
	}
	out := command{{name: call.Name}}
	for _, p := range call.Params {
		w := word{name: "-" + p.Name}
		// A switch with a value has to be -Name:$value; no call of a plan needs that.
		if p.Switch && p.Variable {
			b.err = cmp.Or(b.err, fmt.Errorf("%s -%s is a switch and has a value", call.Name, p.Name))
		}
		switch _, notNumber := strconv.Atoi(p.Value); {
		case p.Switch:
		case p.Variable:
			w.value = "$" + p.Value
		case plan.IsFunction(call.Name) && notNumber == nil: // a port reads better without quotes
			w.value = p.Value
		default:
			w.value = b.names.literal(p.Value)
		}
		out = append(out, w)
	}
	if plan.IsFunction(call.Name) {
		return out
	}
	out = append(out, word{name: "-ErrorAction Stop"})
	switch {
	case call.ShouldProcess && rehearse: // true for the stage that looks at this one before
		out = append(out, word{name: "-WhatIf:$Rehearse -Confirm:$false"})
	case call.ShouldProcess: // the script has asked; the preference variables of the shell shall not ask again
		out = append(out, word{name: "-WhatIf:$false -Confirm:$false"})
	}
	return out
}

// entries make $Stages: one for each part of a stage.
func (b *builder) entries(stages []plan.Stage) []hash {
	var out []hash
	for _, stage := range stages {
		for _, part := range stage.Parts {
			out = append(out, b.entry(stage, part))
		}
	}
	return out
}

func (b *builder) entry(stage plan.Stage, part plan.Part) hash {
	k := &keys{b: b}
	// What no plan says is refused and not left out: the script would look complete without it.
	rehearse := b.plan.LookedAt(b.back, stage.Name)
	if err := sound(stage.Name, part, rehearse); err != nil {
		b.err = cmp.Or(b.err, err)
		return nil
	}
	gates := b.plan.Gates(b.back, stage.Name, part)
	k.text("Name", stage.Name)
	k.add("Hosts", b.array(part.Hosts), false)
	// Only where it differs: in most deployments all servers have one product, which $Plan names.
	if own := part.Product.Module(); own != b.plan.Product.Module() {
		k.text("Module", own)
	}
	k.list("After", gates.After)
	k.list("Unseen", gates.Sheet)
	k.list("MustBeStopped", gates.Stopped)
	k.flag("Elevated", part.Elevated)
	k.text("Receipt", gates.Receipt)
	k.text("NotAfter", part.NotAfter)
	k.list("LooksAt", part.LooksAt)
	k.number("PrintsReceipt", uint64(part.Receipt), part.Prints)
	k.number("OldAnswers", uint64(part.OldAnswers), part.OldAnswers > 0)
	k.line("Does", part.Does)
	k.hashes("Facts", b.facts(part))
	var steps array
	for _, s := range part.Steps {
		switch {
		case s.Attest:
			steps = append(steps, b.named(s).out)
		case s.Act != nil && s.Act.Click != nil:
			steps = append(steps, b.click(part.Product, s))
		case s.Act != nil && len(s.Act.Variants) > 0:
			for _, v := range s.Act.Variants {
				steps = append(steps, b.variant(part.Product, s, v, rehearse))
			}
		case s.Act != nil:
			steps = append(steps, b.step(part.Product, s, rehearse))
		// One step for each record, so that a stage that stopped half way goes on with the next one.
		case s.Edit:
			zone := b.zoneOf(s.Zone)
			for _, e := range zone.Edits(b.back) {
				steps = append(steps, b.edit(s, zone, e))
			}
		}
	}
	k.hashes("Steps", steps)
	k.hashes("Zones", b.zones(part.Zones))
	return k.out
}

// sound refuses what no plan says, so that all that one says is in the script.
func sound(stage string, part plan.Part, rehearse bool) error {
	known := slices.Contains(cmdlet.Products(), part.Product)
	if stage == "" || strings.Trim(stage, letters) != "" || len(part.Hosts) == 0 || !known {
		return fmt.Errorf("there is no stage %q, or it runs nowhere, or on %q", stage, part.Product)
	}
	ways := []string{plan.SeenInState, plan.SeenReceipt, plan.SeenPort, plan.SeenOnSheet}
	if (len(part.Needs) > 0 || part.Seen != "") && !slices.Contains(ways, part.Seen) {
		return fmt.Errorf("stage %s: there is no way %q to see what it needs", stage, part.Seen)
	}
	for _, s := range part.Steps {
		switch act := s.Act; {
		case act != nil && act.Click != nil:
			if err := clickable(s, rehearse); err != nil {
				return err
			}
		case s.Read == nil && (s.Check != nil || act != nil && len(act.Variants) > 0):
			return fmt.Errorf("step %s compares nothing", s.ID)
		// A stage that is looked at before it runs has its values compared with those that they come from, and its
		// commands run with -WhatIf: a step that has neither would stop the look half way, or be run for real.
		case rehearse && (s.Attest || s.Edit || act != nil && len(act.Variants) == 0 && !moves(act)):
			return fmt.Errorf("step %s cannot be looked at before it runs", s.ID)
		case act != nil && act.From != "" && (s.Read == nil || !moves(act)):
			return fmt.Errorf("step %s goes from a value to another, and does not read it or has no command for it", s.ID)
		case s.Edit && s.Zone == "":
			return fmt.Errorf("step %s edits no zone", s.ID)
		case act != nil && act.Export && act.File == "":
			return fmt.Errorf("step %s exports to no file", s.ID)
		}
	}
	return nil
}

// moves tells whether an act replaces one value by another, by a command that can be rehearsed.
func moves(act *plan.Act) bool {
	return act.From != "" && len(act.To) == 1 && act.Set != nil && act.Set.ShouldProcess && !act.Export
}

// clickable wants of what a person does a value that is read, or the reason why there is none: a
// word alone does not do where it can be read.
func clickable(s *plan.Step, rehearse bool) error {
	c := s.Act.Click
	switch {
	case s.Act.From != "" && (s.Read == nil || len(s.Act.To) != 1):
		return fmt.Errorf("step %s goes from a value to another, and reads none", s.ID)
	case s.Act.Set != nil || s.Act.File != "" || s.Act.Export || len(s.Act.Variants) > 0 || s.Act.FirstRun || s.Edit:
		return fmt.Errorf("step %s is done by hand and by a command", s.ID)
	// A topology that Topology Builder has published is in the store, but a publication may still run.
	case (s.Read != nil) != (s.Act.Wait > 0):
		return fmt.Errorf("step %s does not say how long its value is read, or has none to be read", s.ID)
	case c.Tool == "" || c.Do == "":
		return fmt.Errorf("step %s does not say what is done by hand", s.ID)
	case (s.Read == nil) != (c.Unread != ""):
		return fmt.Errorf("step %s reads a value, or says why there is none, and not both", s.ID)
	case rehearse && s.Read == nil:
		return fmt.Errorf("step %s cannot be looked at before it runs", s.ID)
	}
	return nil
}

// click is what a person does in a program. Where no cmdlet shows it there is no value.
func (b *builder) click(product cmdlet.Product, s *plan.Step) hash {
	k := b.changes(s)
	if s.Act.From != "" {
		k.add("From", b.lit(s.Act.From), true)
	}
	if s.Read != nil {
		k.add("To", b.list(s.Act.To), false)
		k.add("Read", block{b.own(product, *s.Read, false)}, false)
	}
	k.line("Manual", words.ByHand(s.Act.Click))
	k.line("Unread", s.Act.Click.Unread)
	return k.out
}

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// named begins the hash of a step.
func (b *builder) named(s *plan.Step) *keys {
	k := &keys{b: b}
	k.text("Id", s.ID)
	k.text("Says", s.Says)
	k.text("Cites", cites(b.plan, s.Source))
	return k
}

// cites is the step of a page, "" for what is edgeplan's own.
func cites(p *plan.Plan, source plan.Source) string {
	if source == plan.Ours {
		return ""
	}
	return cmp.Or(words.Source(p, source), "no page")
}

// facts are what is compared before anything is changed. A fact without Read is about what the
// one above has read.
func (b *builder) facts(part plan.Part) array {
	var out array
	var before *plan.Step
	for _, s := range part.Steps {
		switch {
		case s.Zone != "":
			out = append(out, b.recordFacts(s)...)
			before = nil // these have read something else
		case s.Check != nil:
			// Once: a cmdlet of the store takes seconds, and two answers might not be of the same moment.
			again := before != nil && sameCall(before.Read, s.Read) && before.When == s.When
			out = append(out, b.fact(part.Product, s, again))
			before = s
		}
	}
	return out
}

func sameCall(a, b *cmdlet.Call) bool { return a.Name == b.Name && slices.Equal(a.Params, b.Params) }

func (b *builder) fact(product cmdlet.Product, s *plan.Step, again bool) hash {
	k := b.named(s)
	k.text("When", s.When)
	k.text("Property", s.Property)
	key := map[string]string{plan.Is: "Is", plan.Has: "Has", plan.Only: "Only", plan.Like: "Like"}[s.Check.Match]
	if key == "" && b.err == nil {
		b.err = fmt.Errorf("step %s: there is no way %q to compare", s.ID, s.Check.Match)
	}
	switch {
	case s.Check.Warn && s.Check.Others:
		b.err = cmp.Or(b.err, fmt.Errorf("step %s warns of everything and of the others", s.ID))
	case s.Check.Others:
		k.text("Warn", "Others")
	case s.Check.Warn:
		k.text("Warn", "All")
	}
	k.add(key, b.list(s.Check.Want), false)
	if !again {
		k.add("Read", block{b.own(product, *s.Read, false)}, false)
	}
	return k.out
}

// changes begins the hash of a step that changes something.
func (b *builder) changes(s *plan.Step) *keys {
	k := b.named(s)
	k.text("Property", s.Property)
	k.text("File", s.Act.File)
	k.flag("FirstRun", s.Act.FirstRun)
	k.flag("Rehearse", s.Act.Rehearse)
	k.text("IfNot", s.Act.IfNot)
	k.number("WaitSeconds", uint64(s.Act.Wait), s.Act.Wait > 0)
	return k
}

// step is one that has one way to change something.
func (b *builder) step(product cmdlet.Product, s *plan.Step, rehearse bool) hash {
	k, act := b.changes(s), s.Act
	if act.From != "" {
		k.add("From", b.lit(act.From), true)
	}
	k.add("To", b.list(act.To), false)
	if s.Read != nil { // of a backup the runtime reads whether the file is there
		k.add("Read", block{b.own(product, *s.Read, false)}, false)
	}
	if act.Set != nil {
		set := block{b.own(product, *act.Set, rehearse || act.Rehearse)}
		if act.Export {
			set = append(set, bare("Export-Clixml -LiteralPath $File -Depth 4 -WhatIf:$false -Confirm:$false"))
		}
		k.add("Set", set, true)
	}
	return k.out
}

// variant is one of several ways; the first one whose parameter the product has is run.
func (b *builder) variant(product cmdlet.Product, s *plan.Step, v plan.Variant, rehearse bool) hash {
	k := b.changes(s)
	k.text("When", "Set-CsSite -"+v.Parameter)
	k.add("From", b.lit(v.From), true)
	k.add("To", b.lit(v.To), false)
	k.add("Read", block{b.own(product, *s.Read, false)}, false)
	k.line("Manual", v.Manual)
	if v.Set != nil {
		k.add("Set", block{b.own(plan.RouteProduct(product, *v.Set), *v.Set, rehearse)}, true)
	}
	return k.out
}

func bare(text string) command { return command{{name: text}} }

// zoneOf is a zone of the plan.
func (b *builder) zoneOf(name string) plan.Zone {
	zone, ok := b.plan.Zone(name)
	if !ok && b.err == nil {
		b.err = fmt.Errorf("the plan has no zone %q", name)
	}
	return zone
}
