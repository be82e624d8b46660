package words

import (
	"fmt"
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/cmdlet"
	"github.com/edgeplan/edgeplan/compiler/plan"
)

// Use is a call that a step makes. When says under which condition; it is empty for a
// call that is always made.
type Use struct {
	Call cmdlet.Call
	When string
}

// Line is what a stage does on the hosts of a part: one of its steps, steps that read once, or
// something else that it compares or waits for.
type Line struct {
	Hosts  []string
	Step   *plan.Step // nil for what is no step; the first of several
	Back   bool       // of the rollback
	Act    string
	Expect string
	Source string // as [Source] gives it
	Risk   plan.Risk
	Uses   []Use
}

// lines collects those of a part.
type lines struct {
	plan  *plan.Plan
	back  bool
	stage string
	part  plan.Part
	out   []Line
}

// Lines lists what a stage of the change, or of its rollback, does, in the order in which the
// script does it.
func Lines(p *plan.Plan, back bool, stage plan.Stage) []Line {
	var out []Line
	for _, part := range stage.Parts {
		l := &lines{plan: p, back: back, stage: stage.Name, part: part}
		// All that is compared comes before the first change, whatever its order.
		l.looks()
		l.steps()
		for _, check := range part.Zones {
			l.zone(check)
		}
		out = append(out, l.out...)
	}
	return out
}

// add adds a line that is no step.
func (l *lines) add(risk plan.Risk, source plan.Source, act, expect string) {
	l.out = append(l.out,
		Line{Hosts: l.part.Hosts, Back: l.back, Act: act, Expect: expect, Source: Source(l.plan, source), Risk: risk})
}

// looks are about the stages that the part looks at: what comes later first.
func (l *lines) looks() {
	var rehearsed, again []string
	for _, name := range l.part.LooksAt {
		if !l.plan.Ahead(l.back, l.stage, name) {
			again = append(again, name)
			continue
		}
		for _, check := range zonesOf(l.plan, l.back, name) {
			zone, _ := l.plan.Zone(check.Name)
			l.add(plan.Safe, plan.Ours, fmt.Sprintf("asks the server of zone %s for its records, their TTLs and the "+
				"serial, and compares them with the plan", trimDot(check.Name)), asked(zone, l.back))
		}
		if l.acts(name) {
			rehearsed = append(rehearsed, name)
		}
	}
	if len(rehearsed) > 0 {
		l.add(plan.Safe, plan.Ours, "reads what stage "+plan.List(rehearsed)+" will change, and runs its commands with "+
			"-WhatIf", "the present values are the planned ones and no command with -WhatIf fails; nothing is changed")
	}
	if len(again) > 0 {
		l.add(plan.Safe, plan.Ours, "checks that what these stages set is still so: "+plan.List(again),
			"all values are still as set")
	}
}

// acts tells whether a stage has steps that change something.
func (l *lines) acts(stage string) bool {
	return slices.ContainsFunc(plan.Parts(l.plan.StagesOf(l.back), stage), func(part plan.Part) bool {
		return slices.ContainsFunc(part.Steps, func(s *plan.Step) bool { return s.Act != nil })
	})
}

// zonesOf are those of a stage.
func zonesOf(p *plan.Plan, back bool, stage string) []plan.ZoneCheck {
	for _, part := range plan.Parts(p.StagesOf(back), stage) {
		// Only one part of a stage asks for zones: that of the management host.
		if len(part.Zones) > 0 {
			return part.Zones
		}
	}
	return nil
}

// steps are those of the part; neighbours that read once are one line.
func (l *lines) steps() {
	for i, s := range l.part.Steps {
		line := Line{Hosts: l.part.Hosts, Step: s, Back: l.back, Source: Source(l.plan, s.Source), Risk: s.Risk,
			Act: act(l.plan, l.back, s), Expect: expect(l.plan, l.back, s), Uses: uses(s)}
		// Several facts of one Get-Cs cmdlet are one call in the script too.
		if before := i - 1; before >= 0 && sameRead(l.part.Steps[before], s) {
			last := &l.out[len(l.out)-1]
			last.Act, last.Expect = last.Act+", "+s.Says, last.Expect+"; "+line.Expect
			continue
		}
		l.out = append(l.out, line)
	}
}

// sameRead tells whether two steps compare what is read once.
func sameRead(a, b *plan.Step) bool {
	// Another source is another line, although the call is the same: the column cites one step of the page.
	return a.Check != nil && b.Check != nil && a.When == b.When && a.Source == b.Source && a.Read.Name == b.Read.Name &&
		slices.Equal(a.Read.Params, b.Read.Params)
}

// zone is the line of a zone whose records are asked for.
func (l *lines) zone(check plan.ZoneCheck) {
	name := check.Name
	zone, _ := l.plan.Zone(name)
	act, risk := fmt.Sprintf("the DNS owner changes zone %s; the script shows the records and checks them",
		trimDot(name)), plan.Disruptive
	// Nothing is left to do for the owner: stage DnsServer did it, or it is only checked.
	if zone.Edited() || !zone.Changed() {
		act, risk = fmt.Sprintf("checks the records of zone %s at its server", trimDot(name)), plan.Safe
	}
	l.add(risk, check.Source, act, "the server of zone "+trimDot(name)+" answers with "+records(l.back))
}

// records names those that a zone gets.
func records(back bool) string {
	if back {
		return "the records from before the change"
	}
	return "the planned records"
}

func uses(s *plan.Step) []Use {
	var out []Use
	when := ""
	switch {
	case s.When != "":
		when = "only if -" + s.When + " is given"
	case s.Act != nil && s.Act.Each():
		// One command a service, of which the plan does not know the names.
		when = "for each of the " + s.Says
	}
	// What a person clicks is no cmdlet, and the one that reads it back is not what is to be done.
	if s.Act != nil && s.Act.Click != nil {
		return nil
	}
	if s.Act != nil && len(s.Act.Variants) > 0 {
		return routeUses(s.Act.Variants)
	}
	for _, call := range s.Sets() {
		out = append(out, Use{call, when})
	}
	// A read by a function of the runtime is no cmdlet to type.
	if s.Check != nil || s.Read != nil && !plan.IsFunction(s.Read.Name) {
		for _, call := range s.Reads() {
			out = append(out, Use{call, when})
		}
	}
	return out
}

// routeUses are none where a person clears the route: what is there before and after is all
// that the script reads.
func routeUses(variants []plan.Variant) []Use {
	var out []Use
	for _, v := range variants {
		if v.Set == nil {
			continue
		}
		use := Use{Call: *v.Set, When: "where the server has -" + v.Parameter}
		// In the order of the plan: the parameter of the reference before that of the page.
		if len(out) > 0 {
			use.When = "else, " + use.When
		}
		out = append(out, use)
	}
	return out
}

// act says what a step does, in one line.
func act(p *plan.Plan, back bool, s *plan.Step) string {
	switch {
	case isPort(s):
		return "connects to the " + s.Says
	case s.Check != nil:
		verb := "reads and compares: "
		if s.Check.Warn {
			verb = "reads and compares, and only warns: "
		}
		return verb + s.Says
	case s.Attest:
		return "a person confirms with -Attest: " + s.Says
	case s.Edit:
		// Before s.Zone, which such a step has as well.
		zone, _ := p.Zone(s.Zone)
		return "on this DNS server, in zone " + trimDot(s.Zone) + ": " + plan.SayEdits(zone.Edits(back), back)
	case s.Zone != "":
		return fmt.Sprintf("compares zone %s on this DNS server, its records and their TTLs, with the plan",
			trimDot(s.Zone))
	case s.Act.File != "":
		return "saves to a file beside the script, " + s.Act.File
	case s.Act.Click != nil:
		return s.Does + " (" + ByHand(s.Act.Click) + ")"
	}
	return s.Does
}

// expect says what is so after a step has passed.
func expect(p *plan.Plan, back bool, s *plan.Step) string {
	switch {
	case isPort(s):
		return "the port is open"
	case s.Check != nil:
		return fact(s)
	case s.Attest:
		return "who confirmed it, and under which ticket, is in the evidence log"
	case s.Edit:
		return "zone " + trimDot(s.Zone) + " has " + records(back) + ", with their TTLs"
	case s.Zone != "":
		zone, _ := p.Zone(s.Zone)
		return "the zone is a primary one; as before the change or as after it are " +
			plan.List(numbers(zone, plan.RecordSet.Changed))
	case s.Act.File != "":
		return "a complete file whose name ends in ." + s.Act.File
	case s.Act.Click != nil && s.Read == nil:
		return s.Expect + "; who did it is in the evidence log, on word alone: " + s.Act.Click.Unread
	}
	return s.Expect
}

// ByHand says where a person does what: the program, its pages, what is done there.
func ByHand(c *plan.Click) string {
	return c.Tool + ": " + strings.Join(append(slices.Clone(c.Path), c.Do), " > ")
}

// isPort tells whether a step connects to a port.
func isPort(s *plan.Step) bool { return s.Check != nil && s.Read.Name == "Test-ChangePort" }

// asked says what the answers of the server of a zone have to be before anything is
// changed, with the numbers of the facts. On the way back only what the plan changed is
// looked at.
func asked(zone plan.Zone, back bool) string {
	changed := numbers(zone, plan.RecordSet.Changed)
	// Sets that stay are facts of the change; the rollback does not touch them and does not ask.
	stays := numbers(zone, func(set plan.RecordSet) bool { return !set.Changed() && !back })
	var out []string
	if len(changed) > 0 {
		out = append(out, "as before the change or as after it are "+plan.List(changed))
	}
	if len(stays) > 0 {
		out = append(out, "as planned are "+plan.List(stays))
	}
	serial := "P.. the server has the zone"
	// Route 53 has no serial that would say anything.
	if _, _, compared := zone.Serials(back); compared {
		serial = "P.. the serial goes with the records"
	}
	return strings.Join(append(out, strings.Replace(serial, "P..", zone.Number, 1)), "; ")
}

// LookBack says that the rollback asks DNS before it sets anything, and how it goes on
// where no server answers. It is empty where the rollback does not.
func LookBack(p *plan.Plan) string {
	var asks string
	var before, facts []string
	for _, stage := range p.Rollback {
		var own []string
		for _, part := range stage.Parts {
			for _, name := range part.LooksAt {
				// What came before the stage is compared with what was set, which no server has to be asked for.
				if !p.Ahead(true, stage.Name, name) {
					continue
				}
				for _, of := range zonesOf(p, true, name) {
					zone, _ := p.Zone(of.Name)
					own = append(own, zone.Number)
				}
			}
		}
		// The first one counts: what it has asked, later ones may rely on.
		if len(own) > 0 {
			asks, facts = stage.Name, own
			break
		}
		before = append(before, stage.Name)
	}
	// No zone changes: the rollback has nothing to ask for.
	if asks == "" {
		return ""
	}
	out := "Stage " + asks + " asks DNS before it sets anything"
	switch len(before) {
	case 0:
	case 1:
		out += "; stage " + before[0] + " does not"
	default:
		out += "; stages " + plan.List(before) + " do not"
	}
	return out + ". If no server answers, -Waive " + strings.Join(facts, ",") + " goes on without DNS, on record."
}

// numbers are the sets of a zone of one sort, with the numbers of the facts about them.
func numbers(zone plan.Zone, of func(plan.RecordSet) bool) []string {
	var out []string
	for _, set := range zone.Records {
		if of(set) {
			out = append(out, set.Number+" "+SetName(set))
		}
	}
	return out
}

// fact says what a value has to be, with its number if it has one.
func fact(s *plan.Step) string {
	check, number := s.Check, ""
	// Numbers such as P03 can be waived; other IDs are paths and cannot.
	if !strings.Contains(s.ID, "/") {
		number = s.ID + " "
	}
	if check.Others {
		if len(check.Want) == 0 {
			return number + s.Says + ": the plan names none; a warning for those that are there"
		}
		return fmt.Sprintf("%s%s: each is there, %s; a warning for others that are there", number, s.Says,
			plan.List(check.Want))
	}
	how := map[string]string{plan.Is: "is", plan.Has: "has", plan.Only: "is only", plan.Like: "is like"}[check.Match]
	if check.Match == plan.Is && len(check.Want) == 0 {
		return number + s.Says + ": none" + means(s.Read)
	}
	want := plan.List(check.Want)
	if want == "" {
		want = "none"
	}
	property := strings.ReplaceAll(s.Property, ",", " or ")
	if property == "" {
		property = "the value"
	}
	out := fmt.Sprintf("%s%s: %s %s %s", number, s.Says, property, how, want)
	// One value, of before the change or of after it.
	if s.Read.Name == "Get-MediaEdge" {
		out = fmt.Sprintf("%s%s: %s", number, s.Says, strings.Join(check.Want, " or "))
	}
	// A service that does not have the port shows none, and that is as it should be.
	if check.Match == plan.Only && strings.HasSuffix(property, "Port") {
		out = fmt.Sprintf("%s%s: %s is %s or no port", number, s.Says, property, want)
	}
	// The page does not say whether the store shows its pool or one of the computers.
	if s.Read.Name == "Get-StoreStatus" {
		out += " or computers of it"
	}
	if check.Warn {
		out += "; otherwise a warning"
	}
	return out
}

// means says what there is none of.
func means(read *cmdlet.Call) string {
	switch read.Name {
	case "Get-SubordinateCa":
		return " (with one the services may not start: KB 2795828)"
	case "Get-CertificateFault":
		until := ""
		if len(read.Params) > 0 {
			until = " and until " + read.Params[0].Value
		}
		return " (each in use is in the store My, has its private key and is valid now" + until + ")"
	}
	return ""
}

// Source is the number of the step in the page that it comes from, short: "2", "3a of
// fail-back", "edgeplan". Of a page that is neither the plan's own nor one of the two about XMPP
// federation, its name comes first.
func Source(p *plan.Plan, source plan.Source) string {
	switch {
	case source.Step == "":
		return source.Procedure
	case source.Procedure == p.Texts.Page:
		return source.Step
	case source.Procedure == plan.FailBackPage:
		return source.Step + " of fail-back"
	case source.Procedure == plan.FailOverPage:
		return source.Step + " of fail-over"
	}
	return source.Procedure + ", " + source.Step
}
