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

// Uses lists the Cs cmdlets that a step runs, in their order.
func Uses(step plan.Step) []Use {
	switch s := step.(type) {
	case *plan.CheckFacts:
		return []Use{{Call: s.Read}}
	case *plan.CheckRoutedSites:
		return []Use{{Call: s.Read}}
	case *plan.Backup:
		return []Use{{Call: s.Call}}
	case *plan.StopServices:
		return []Use{{Call: s.Call}}
	case *plan.CheckServer:
		uses := []Use{{Call: s.Certificates}}
		if s.Local != nil {
			uses = append(uses, Use{Call: *s.Local})
		}
		return uses
	case *plan.StartServices:
		return []Use{{Call: s.Call}}
	case *plan.StopXMPP:
		return []Use{{Call: s.Call, When: "for each XMPP service that runs"}}
	case *plan.StartXMPP:
		return []Use{{Call: s.Call, When: "for each XMPP service that does not run"}}
	case *plan.Replicate:
		return []Use{{Call: s.Call}, {Call: s.Read}}
	case *plan.SendMessage:
		return []Use{{Call: s.Call, When: "only if -XmppReceiver is given"}}
	case *plan.SetRoute:
		return routeUses(s)
	}
	return nil
}

func routeUses(s *plan.SetRoute) []Use {
	var uses []Use
	if s.Manual {
		return nil // the forms say what stands there before and after; nothing is run
	}
	for _, form := range s.Forms {
		use := Use{Call: form.Call}
		if len(s.Forms) > 1 {
			use.When = "where the server has -" + form.Parameter
		}
		if len(uses) > 0 {
			use.When = "else, " + use.When
		}
		uses = append(uses, use)
	}
	return uses
}

// Act says what a step does, in one line.
func Act(p *plan.Plan, step plan.Step) string {
	switch s := step.(type) {
	case *plan.CheckRight:
		return "warns unless the user is in " + s.Group
	case *plan.CheckFacts:
		return "reads and compares: " + s.Says
	case *plan.CheckReplicas:
		return "checks that the replicas are up to date to which stage Replicate brings the new route"
	case *plan.CheckRoutedSites:
		return "warns when other sites are routed to " + s.PoolName
	case *plan.Backup:
		return "saves to a file beside the script, " + s.File
	case *plan.Rehearse:
		return "reads what later steps will change, and runs them with -WhatIf (" + list(s.Steps) + ")"
	case *plan.CheckServer:
		return "looks, before anything is stopped, at what the services of this server find when they start: certificates and the local copy of the configuration"
	case *plan.StopServices:
		return fmt.Sprintf("stops all %s services of this server", brand(s.Product))
	case *plan.SetRoute:
		return setRoute(s)
	case *plan.ChangeRecords:
		if zone, ok := p.Zone(s.Zone); s.Edited || ok && !zone.Changed() {
			return fmt.Sprintf("checks the records of zone %s at its server", trimDot(s.Zone))
		}
		return fmt.Sprintf("the DNS owner changes zone %s; the script shows the records and checks them", trimDot(s.Zone))
	case *plan.CheckRecords:
		if s.Host == p.ManagementHost {
			return fmt.Sprintf("asks the server of zone %s for its records, their TTLs and the serial, and compares them with the plan", trimDot(s.Zone))
		}
		return fmt.Sprintf("compares zone %s on this DNS server, its records and their TTLs, with the plan", trimDot(s.Zone))
	case *plan.EditRecords:
		zone, _ := p.Zone(s.Zone)
		return "on this DNS server, in zone " + trimDot(s.Zone) + ": " + Edits(zone.Edits(IsBack(s)), IsBack(s))
	case *plan.ConfirmPort:
		return fmt.Sprintf("a person confirms with -Attest that TCP %d is open to %s", s.Port, Addresses(p, s))
	case *plan.StartServices:
		return fmt.Sprintf("starts all %s services of this server", brand(s.Product))
	case *plan.StopXMPP:
		return "stops the XMPP service of this server, found by XMPP in its display name (P18: there is one): the streams that partners still have open end"
	case *plan.StartXMPP:
		return "starts the XMPP service of this server, found by XMPP in its display name (P18: there is one)"
	case *plan.Replicate:
		return "pushes the configuration to " + s.Replica
	case *plan.CheckState:
		return "checks that what these stages set still stands: " + list(s.Stages)
	case *plan.CheckListener:
		return fmt.Sprintf("looks whether something listens on TCP %d of this server; connects to nothing", s.Port)
	case *plan.ProbePort:
		return fmt.Sprintf("connects to TCP %d of %s", s.Port, list(s.Targets))
	case *plan.SendMessage:
		return "sends a test message to the XMPP user named with -XmppReceiver"
	}
	return step.Info().Says
}

// checkServer says what has to be so before the services of a server stop.
func checkServer(p *plan.Plan, s *plan.CheckServer) string {
	until := "now"
	if s.GoodUntil != "" {
		until += " and until " + p.Change.WindowEnd // the same moment, in the time zone of the spec
	}
	out := "P12 no subordinate CA is among the trusted roots (KB 2795828); P13 a certificate is used for AccessEdgeExternal; P14 each certificate in use is in the store My, has its private key and is valid " + until
	if s.Local != nil {
		out += "; P15 the local copy of the configuration has the XMPP partners " + list(p.Partners)
	}
	return out
}

// hasToRun is the rule of Get-ServiceDown in the scripts.
func hasToRun(p *plan.Plan) string {
	out := "services that are not disabled are Running"
	if hasStage(p.Stages, plan.Stop) {
		out = "services that ran before stage Stop are Running, or all that are not disabled where none was noted"
	}
	return out + "; one of XMPP is among them"
}

// Addresses are the public addresses of a step, and who translates them.
func Addresses(p *plan.Plan, step *plan.ConfirmPort) string {
	out := list(step.Addresses)
	if p.To.NAT {
		out += ", which NAT translates to the Edge Servers"
	}
	return out
}

// Edits says what single changes of records do, in their order.
func Edits(edits []plan.RecordEdit, back bool) string {
	come, gone := "new", "old"
	if back {
		come, gone = gone, come
	}
	acts := map[string]bool{}
	for _, e := range edits {
		acts[e.Act] = true
	}
	var parts []string
	if acts[plan.SetTTL] {
		parts = append(parts, "gives records their "+come+" TTL")
	}
	if acts[plan.Add] {
		parts = append(parts, "adds the "+come+" records")
	}
	if acts[plan.Remove] {
		parts = append(parts, "removes the "+gone+" ones")
	}
	return strings.Join(parts, ", then ")
}

// asked says what the answers of the server of a zone have to be before anything is
// changed, with the numbers of the facts. On the way back only what the plan changed is
// looked at.
func asked(zone plan.Zone, back bool) string {
	changed := numbers(zone, plan.RecordSet.Changed)
	stays := numbers(zone, func(set plan.RecordSet) bool { return !set.Changed() && !back })
	var out []string
	if len(changed) > 0 {
		out = append(out, "as before the change or as after it are "+list(changed))
	}
	if len(stays) > 0 {
		out = append(out, "as planned are "+list(stays))
	}
	serial := "P.. the server has the zone"
	if _, _, compared := zone.Serials(back); compared {
		serial = "P.. the serial goes with the records"
	}
	return strings.Join(append(out, strings.Replace(serial, "P..", zone.Number, 1)), "; ")
}

// LookBack says that the rollback asks DNS before it sets anything, and how it goes on
// where nobody answers. It is empty where the rollback does not.
func LookBack(p *plan.Plan) string {
	var out []string
	for _, stage := range p.Rollback {
		for _, step := range stage.Steps {
			if look, ok := step.(*plan.CheckRecords); ok {
				zone, _ := p.Zone(look.Zone)
				out = append(out, zone.Number)
			}
		}
	}
	if len(out) == 0 {
		return ""
	}
	return "Stage Route asks DNS before it sets anything; stage Start does not. If no server answers, -Waive " + strings.Join(out, ",") + " goes on without DNS, on record."
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

// IsBack tells whether a step is one of the rollback.
func IsBack(step plan.Step) bool { return strings.HasPrefix(step.Info().ID, "rollback/") }

func setRoute(s *plan.SetRoute) string {
	if s.Manual || len(s.Forms) == 0 {
		return fmt.Sprintf("a person takes the XMPP federation route of site %s away; no cmdlet is documented for that", s.Site)
	}
	return fmt.Sprintf("sets the XMPP federation route of site %s to %s", s.Site, s.Forms[0].To)
}

// routeEnds names the old or the new value of a route; it has two spellings where the
// forms differ.
func routeEnds(s *plan.SetRoute, old bool) string {
	var names []string
	for _, form := range s.Forms {
		name := form.To
		if old {
			name = form.From
		}
		if name == "" {
			name = "(no route)"
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return strings.Join(names, " or ")
}

// Expect says what is so after a step has passed.
func Expect(p *plan.Plan, step plan.Step) string {
	switch s := step.(type) {
	case *plan.CheckRight:
		return "the user is in " + s.Group + "; otherwise a warning"
	case *plan.CheckFacts:
		return facts(s.Facts)
	case *plan.CheckReplicas:
		return s.Number + ": UpToDate is True for " + list(s.Replicas)
	case *plan.CheckRoutedSites:
		return fmt.Sprintf("no site but %s is routed to %s; otherwise a warning", list(s.Sites), s.PoolFQDN)
	case *plan.Backup:
		return "a complete file whose name ends in ." + s.File
	case *plan.Rehearse:
		return "the present values are the planned ones and no command with -WhatIf fails; nothing is changed"
	case *plan.CheckServer:
		return checkServer(p, s)
	case *plan.StopServices:
		return "no service is left that is not Stopped"
	case *plan.SetRoute:
		return routeResult(s)
	case *plan.CheckRecords:
		zone, _ := p.Zone(s.Zone)
		if s.Host == p.ManagementHost {
			return asked(zone, IsBack(s))
		}
		return "the zone is a primary one; as before the change or as after it are " + list(numbers(zone, plan.RecordSet.Changed))
	case *plan.EditRecords:
		if IsBack(s) {
			return "zone " + trimDot(s.Zone) + " has the records from before the change, with their TTLs"
		}
		return "zone " + trimDot(s.Zone) + " has the planned records, with their TTLs"
	case *plan.ChangeRecords:
		if IsBack(s) {
			return "the server of zone " + trimDot(s.Zone) + " answers with the records from before the change"
		}
		return "the server of zone " + trimDot(s.Zone) + " answers with the planned records"
	case *plan.ConfirmPort:
		return "who confirmed it, and under which ticket, is in the evidence log"
	case *plan.StartServices:
		return hasToRun(p)
	case *plan.StopXMPP:
		return "no XMPP service of this server runs; its other services do"
	case *plan.StartXMPP:
		return "the XMPP service of this server runs"
	case *plan.Replicate:
		return "UpToDate is True for " + s.Replica
	case *plan.CheckState:
		return "all values are still as set"
	case *plan.CheckListener:
		return fmt.Sprintf("something listens on TCP %d, at another address than the loopback", s.Port)
	case *plan.ProbePort:
		return fmt.Sprintf("TCP %d is open at each", s.Port)
	case *plan.SendMessage:
		return "Result is Success"
	}
	return step.Info().Says
}

func routeResult(s *plan.SetRoute) string {
	if s.Manual || len(s.Forms) == 0 {
		return fmt.Sprintf("Get-CsSite shows no XMPP federation route for site %s", s.Site)
	}
	return fmt.Sprintf("Get-CsSite shows %s for site %s (was %s)", routeEnds(s, false), s.Site, routeEnds(s, true))
}

func facts(all []plan.Fact) string {
	var out []string
	for _, f := range all {
		how := map[string]string{plan.Is: "is", plan.Has: "has", plan.Like: "is like", plan.InPool: "is"}[f.Match]
		if how == "" {
			how = f.Match
		}
		property := strings.ReplaceAll(f.Property, ",", " or ")
		text := strings.TrimSpace(fmt.Sprintf("%s %s: %s %s %s", f.Number, f.Says, property, how, list(f.Want)))
		if f.Match == plan.InPool {
			text += " or computers of it"
		}
		if f.WarnOthers {
			text = fmt.Sprintf("%s %s: each is there, %s; a warning for others that are there", f.Number, f.Says, list(f.Want))
			if len(f.Want) == 0 {
				text = fmt.Sprintf("%s %s: the plan names none; a warning for those that are there", f.Number, f.Says)
			}
		}
		out = append(out, text)
	}
	return strings.Join(out, "; ")
}

// Source is the number of the step in the page that it comes from, short: "2", "3a of
// fail-back", "edgeplan".
func Source(source plan.Source) string {
	switch {
	case source.Procedure == plan.FailOverPage && source.Step != "":
		return source.Step
	case source.Procedure == plan.FailBackPage && source.Step != "":
		return source.Step + " of fail-back"
	case source.Step != "":
		return source.Procedure + ", " + source.Step
	}
	return source.Procedure
}

// Line is one step of a stage with all hosts where it is run in the same words.
type Line struct {
	Hosts  []string
	Step   plan.Step // the first of them
	Act    string
	Expect string
	Source string
	Uses   []Use
}

// Lines lists the steps of a stage in their order; steps that differ in nothing but
// the host are one line.
func Lines(p *plan.Plan, stage plan.Stage) []Line {
	var lines []Line
	at := map[string]int{}
	for _, step := range stage.Steps {
		line := Line{Step: step, Act: Act(p, step), Expect: Expect(p, step), Source: Source(step.Info().Source), Uses: Uses(step)}
		key := fmt.Sprintf("%q %q %q %q", line.Act, line.Expect, line.Source, fmt.Sprint(line.Uses))
		i, seen := at[key]
		if !seen {
			i = len(lines)
			at[key] = i
			lines = append(lines, line)
		}
		if host := step.Info().Host; !slices.Contains(lines[i].Hosts, host) {
			lines[i].Hosts = append(lines[i].Hosts, host)
		}
	}
	return lines
}
