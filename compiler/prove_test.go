package compiler

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/compiler/cmdlet"
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/parser"
)

// seed returns the plan of the procedure's own example.
func seed(t *testing.T) *plan.Plan {
	t.Helper()
	return planOf(t, "seed", "contoso.edge.hcl")
}

func planOf(t *testing.T, name string, files ...string) *plan.Plan {
	t.Helper()
	spec, _, diags := parser.Load(os.DirFS("../specs/"+name), files)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	plans, diags := Compile(spec)
	if len(plans) != 1 || diags.HasErrors() {
		t.Fatalf("%d plans, %v", len(plans), diags)
	}
	return plans[0]
}

func stageOf(t *testing.T, stages []plan.Stage, name string) *plan.Stage {
	t.Helper()
	for i := range stages {
		if stages[i].Name == name {
			return &stages[i]
		}
	}
	t.Fatalf("no stage %s", name)
	return nil
}

func swap(stages []plan.Stage, a, b int) { stages[a], stages[b] = stages[b], stages[a] }

// unasked takes the look at DNS out of a stage.
func unasked(t *testing.T, stages []plan.Stage, name string) {
	stage := stageOf(t, stages, name)
	stage.Steps = slices.DeleteFunc(stage.Steps, func(s plan.Step) bool { return s.Kind() == "check-records" })
	for _, s := range plan.AllSteps(stages) {
		s.Info().Needs = nil
	}
}

// prove is of use only if it fails on plans that are wrong.
func TestProveFindsMistakes(t *testing.T) {
	tests := []struct {
		name  string
		spoil func(t *testing.T, p *plan.Plan)
		want  string
	}{
		{"start before route", func(t *testing.T, p *plan.Plan) { swap(p.Stages, 2, 5) }, "runs before"},
		{"route before stop", func(t *testing.T, p *plan.Plan) { swap(p.Stages, 1, 2) }, "runs before"},
		{"route while a server runs", func(t *testing.T, p *plan.Plan) {
			stageOf(t, p.Stages, plan.Route).Steps[0].Info().Needs = nil
			swap(p.Stages, 1, 2)
		}, "still runs"},
		{"services stay stopped", func(t *testing.T, p *plan.Plan) { stageOf(t, p.Stages, plan.Start).Steps = nil }, "runs before"},
		{"replication to a stopped replica", func(t *testing.T, p *plan.Plan) {
			stageOf(t, p.Stages, plan.Start).Steps = nil
			for _, s := range stageOf(t, p.Stages, plan.Replicated).Steps {
				s.Info().Needs = nil
			}
		}, "stopped replica"},
		{"records forgotten", func(t *testing.T, p *plan.Plan) {
			stageOf(t, p.Stages, plan.DNS).Steps = nil
			for _, s := range plan.AllSteps(p.Stages) {
				s.Info().Needs = nil
			}
		}, "is not changed"},
		{"wrong address", func(t *testing.T, p *plan.Plan) { p.Zones[0].Records[0].New = []string{"192.0.2.1"} }, "leads to"},
		{"SRV to the old pool", func(t *testing.T, p *plan.Plan) {
			last := &p.Zones[0].Records[len(p.Zones[0].Records)-1]
			last.New = []string{"0 0 5269 sip1.contoso.com."}
		}, "does not lead to"},
		{"route to another pool", func(t *testing.T, p *plan.Plan) {
			stageOf(t, p.Stages, plan.Route).Steps[0].(*plan.SetRoute).Forms[0].To = "other.contoso.com"
		}, "finds the route"},
		{"rollback forgets the route", func(t *testing.T, p *plan.Plan) {
			route := stageOf(t, p.Rollback, plan.Route)
			route.Steps = slices.DeleteFunc(route.Steps, func(s plan.Step) bool { return s.Kind() == "set-route" })
			for _, s := range plan.AllSteps(p.Rollback) {
				s.Info().Needs = nil
			}
		}, "does not restore"},
		{"DNS is not asked", func(t *testing.T, p *plan.Plan) { unasked(t, p.Stages, plan.Preflight) }, "step stop/EdgeServer2.contoso.com runs before the server of zone contoso.com was asked"},
		{"DNS is not asked on the way back", func(t *testing.T, p *plan.Plan) { unasked(t, p.Rollback, plan.Route) }, "step rollback/route/Site2 runs before the server of zone contoso.com was asked"},
		{"rollback forgets the services", func(t *testing.T, p *plan.Plan) {
			stageOf(t, p.Rollback, plan.Start).Steps = nil
			for _, s := range plan.AllSteps(p.Rollback) {
				s.Info().Needs = nil
			}
		}, "stopped replica"},
		{"rollback forgets the records", func(t *testing.T, p *plan.Plan) {
			stageOf(t, p.Rollback, plan.DNS).Steps = nil
			for _, s := range plan.AllSteps(p.Rollback) {
				s.Info().Needs = nil
			}
		}, "does not restore"},
		{"nobody confirms the port", func(t *testing.T, p *plan.Plan) {
			stageOf(t, p.Stages, plan.Firewall).Steps = nil
			for _, s := range plan.AllSteps(p.Stages) {
				s.Info().Needs = nil
			}
		}, "nobody has confirmed"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			of := seed(t)
			test.spoil(t, of)
			if err := plan.Prove(of); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("prove says %v, want %q", err, test.want)
			}
		})
	}
}

func TestEveryStepHasUndoOrReason(t *testing.T) {
	for _, p := range []*plan.Plan{seed(t), planOf(t, "all-routed", "spec.edge.hcl"), planOf(t, "start-first", "spec.edge.hcl")} {
		back := map[string]bool{}
		for _, step := range plan.AllSteps(p.Rollback) {
			back[step.Info().ID] = true
		}
		seen := map[string]bool{}
		for _, step := range append(plan.AllSteps(p.Stages), plan.AllSteps(p.Rollback)...) {
			info := step.Info()
			if seen[info.ID] {
				t.Errorf("two steps %s", info.ID)
			}
			seen[info.ID] = true
			if (len(info.Undo) == 0) == (info.NoUndo == "") {
				t.Errorf("%s: undo %v, reason %q", info.ID, info.Undo, info.NoUndo)
			}
			for _, id := range info.Undo {
				if !back[id] {
					t.Errorf("%s is undone by %s, which is not there", info.ID, id)
				}
			}
			if info.Source.Procedure == "" || info.Origin.File == "" || info.Origin.Line == 0 || info.Host == "" || info.Says == "" || info.Risk == "" {
				t.Errorf("%s is not complete: %+v", info.ID, *info)
			}
		}
	}
}

func TestOutage(t *testing.T) {
	var got []string
	for _, r := range seed(t).Outage {
		state := r.After
		for _, s := range []plan.Service{r.XMPP, r.RemoteAccess} {
			if s.Up {
				state += " " + s.Through
			} else {
				state += " -"
			}
		}
		got = append(got, state)
	}
	want := []string{" - EdgePool2", "Preflight - EdgePool2", "Stop - -", "Route - -", "Dns - -", "Firewall - -", "Start - EdgePool2", "Replicate EdgePool2 EdgePool2", "Verify EdgePool2 EdgePool2"}
	if !plan.SameSet(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestDecodeRefuses(t *testing.T) {
	text, err := plan.Encode(seed(t))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, old, new, want string }{
		{"other version", `"format_version": 1`, `"format_version": 2`, "format version 2"},
		{"unknown field", `"spec_digest"`, `"spec_digits"`, "spec_digits"},
		{"unknown kind", `"kind": "stop-services"`, `"kind": "stop-computer"`, `no kind of step "stop-computer"`},
		{"another cmdlet", `"cmdlet": "Stop-CsWindowsService"`, `"cmdlet": "Stop-Computer"`, "no cmdlet Stop-Computer"},
		{"another parameter", `"name": "XmppFederationRoute"`, `"name": "FederationRoutes"`, "no parameter -FederationRoutes"},
		{"another host", `"host": "fe2.corp.contoso.com"`, `"host": "fe3.corp.contoso.com"`, "has been edited"},
		{"another address", `"198.51.100.21"`, `"198.51.100.22"`, "has been edited"},
		{"no JSON", `{`, `<`, "not a plan"},
	}
	for _, test := range tests {
		spoilt := strings.Replace(string(text), test.old, test.new, 1)
		if spoilt == string(text) {
			t.Errorf("%s: %q is not in the plan", test.name, test.old)
		}
		if _, err := plan.Decode([]byte(spoilt)); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
	}
	if _, err := plan.Decode(append(text, '{')); err == nil {
		t.Error("text after the plan is taken")
	}
	for _, name := range []string{"", ".", "..", "../../evil", `..\evil`, "/etc", "C:", "a/b", "nul", "COM1.txt", "plan.json", "x.rehearsal", "dot.", "a b", "ä", "\x1b[2J", strings.Repeat("n", 65)} {
		p := seed(t)
		p.Name = name
		p.ID = plan.Identify(p)
		text, _ := plan.Encode(p)
		if _, err := plan.Decode(text); err == nil || !strings.Contains(err.Error(), "cannot be the name of a plan") {
			t.Errorf("a plan named %q: %v", name, err)
		}
	}
}

// sound is an included file that does not change.
func sound(name string) plan.ZoneFile {
	sum := strings.Repeat("0a", 32)
	return plan.ZoneFile{File: name, OldSHA256: sum, NewSHA256: sum}
}

// A plan whose ID fits but whose parts do not is refused before anything is emitted.
func TestDecodeRefusesShape(t *testing.T) {
	tests := []struct {
		name  string
		spoil func(t *testing.T, p *plan.Plan)
		want  string
	}{
		{"no stages", func(_ *testing.T, p *plan.Plan) { p.Stages = nil }, "no stages"},
		{"no rollback", func(_ *testing.T, p *plan.Plan) { p.Rollback = nil }, "no stages"},
		{"unknown stage", func(_ *testing.T, p *plan.Plan) { p.Stages[0].Name = "Prefight" }, "Prefight"},
		{"stage without steps", func(_ *testing.T, p *plan.Plan) { p.Stages[1].Steps = nil }, "no steps"},
		{"step in another stage", func(_ *testing.T, p *plan.Plan) {
			p.Stages[0].Steps, p.Stages[0].Hosts = p.Stages[1].Steps, p.Stages[1].Hosts
		}, "does not belong"},
		{"stage twice", func(_ *testing.T, p *plan.Plan) { p.Stages = append(p.Stages, p.Stages[0]) }, "twice"},
		{"route without a form", func(t *testing.T, p *plan.Plan) {
			stageOf(t, p.Stages, plan.Route).Steps[0].(*plan.SetRoute).Forms = nil
		}, "no forms"},
		{"zone that is not there", func(t *testing.T, p *plan.Plan) { p.Zones = []plan.Zone{} }, "no zone"},
		{"host that is not listed", func(t *testing.T, p *plan.Plan) { stageOf(t, p.Stages, plan.Stop).Hosts = []string{"x"} }, "hosts"},
		{"a partner without a name", func(_ *testing.T, p *plan.Plan) { p.Partners = []string{""} }, "partners"},
		{"a partner twice", func(_ *testing.T, p *plan.Plan) { p.Partners = []string{"a.example", "A.example"} }, "twice"},
		{"domains out of order", func(_ *testing.T, p *plan.Plan) { p.Domains = []string{"b.example", "a.example"} }, "order"},
		{"another comparison", func(_ *testing.T, p *plan.Plan) { factsOf(p, "P10").Match = "not" }, "P10 does not compare"},
		{"others with an exact list", func(_ *testing.T, p *plan.Plan) { factsOf(p, "P10").Match = plan.Is }, "P10 does not compare"},
		{"an included file twice", func(_ *testing.T, p *plan.Plan) { p.Zones[0].Included = []plan.ZoneFile{sound("a"), sound("a")} }, "there twice"},
		{"the zone file included", func(_ *testing.T, p *plan.Plan) { p.Zones[0].Included = []plan.ZoneFile{sound(p.Zones[0].File)} }, "there twice"},
		{"a file elsewhere", func(_ *testing.T, p *plan.Plan) { p.Zones[0].Included = []plan.ZoneFile{sound("../a")} }, "cannot be an included file"},
		{"a file with an empty path", func(_ *testing.T, p *plan.Plan) {
			p.Zones[0].Included = []plan.ZoneFile{{File: "a", Paths: []string{""}}}
		}, "an empty path"},
		{"a file without a sum", func(_ *testing.T, p *plan.Plan) { p.Zones[0].Included = []plan.ZoneFile{{File: "a"}} }, "no SHA-256"},
		{"a file without a way back", func(_ *testing.T, p *plan.Plan) {
			file := sound("a")
			file.Hunks = p.Zones[0].Hunks
			p.Zones[0].Included = []plan.ZoneFile{file}
		}, "only in part"},
		{"a partner that is a command", func(_ *testing.T, p *plan.Plan) { p.Partners = []string{"contoso.com; curl http://x | sh"} }, "partners"},
		{"a domain that is a command", func(_ *testing.T, p *plan.Plan) { p.Domains = []string{"contoso.com; curl http://x | sh"} }, "domains"},
		{"a zone that is a command", func(_ *testing.T, p *plan.Plan) { p.Zones[0].Name = "$(reboot).com" }, "no name of a zone"},
		{"a server that is a command", func(_ *testing.T, p *plan.Plan) { p.Zones[0].Server = "192.0.2.53; reboot" }, "no server"},
		{"a management host that is a command", func(_ *testing.T, p *plan.Plan) { p.ManagementHost = "fe2.contoso.com; reboot" }, "no host name"},
		{"an XMPP host that is a command", func(_ *testing.T, p *plan.Plan) { p.XMPPHost = "xmpp.contoso.com; reboot" }, "no host name"},
		{"an Edge Server that is a command", func(_ *testing.T, p *plan.Plan) { p.To.Servers[0] = "$(reboot).contoso.com" }, "no host name"},
		{"an address that is a command", func(_ *testing.T, p *plan.Plan) { p.From.IPv4 = []string{"203.0.113.1; reboot"} }, "no address"},
		{"a zone file elsewhere", func(_ *testing.T, p *plan.Plan) { p.Zones[0].File = "../../etc/passwd" }, "cannot be the zone file"},
		{"a zone file of the root", func(_ *testing.T, p *plan.Plan) { p.Zones[0].File = "/etc/passwd" }, "cannot be the zone file"},
		{"another reason", func(_ *testing.T, p *plan.Plan) { p.Reason = "whim" }, "reason"},
		{"another procedure", func(_ *testing.T, p *plan.Plan) { p.Procedure = "" }, "procedure"},
		{"other sites", func(_ *testing.T, p *plan.Plan) { p.RouteSites = "some" }, "route_sites"},
		{"another delivery", func(_ *testing.T, p *plan.Plan) { p.Zones[0].Delivery = "post" }, "no delivery"},
		{"a checksum that is a command", func(_ *testing.T, p *plan.Plan) { p.Zones[0].OldSHA256 = "$(reboot)" }, "no SHA-256"},
		{"no checksum after the change", func(_ *testing.T, p *plan.Plan) { p.Zones[0].NewSHA256 = "" }, "no SHA-256"},
		{"a file that does not change", func(_ *testing.T, p *plan.Plan) { p.Zones[0].Hunks = nil }, "without its files"},
		{"a serial that stays", func(_ *testing.T, p *plan.Plan) { p.Zones[0].NewSerial = p.Zones[0].OldSerial }, "do not rise"},
		{"a serial that goes back", func(_ *testing.T, p *plan.Plan) { p.Zones[0].RollbackSerial = p.Zones[0].NewSerial - 1 }, "do not rise"},
		{"a serial that is not the zone's", func(_ *testing.T, p *plan.Plan) { p.Zones[0].OldSerial-- }, "does not have the serial"},
		{"a zone without hunks", func(_ *testing.T, p *plan.Plan) { p.Zones[0].Hunks = nil }, "without"},
		{"no wait", func(_ *testing.T, p *plan.Plan) { p.Zones[0].Wait = plan.Wait{} }, "waits for"},
		{"a shorter wait", func(_ *testing.T, p *plan.Plan) { p.Zones[0].Wait.Old-- }, "waits for"},
		{"the zone file as an included one", func(_ *testing.T, p *plan.Plan) {
			file := p.Zones[0].Files()[0]
			file.File = "a"
			p.Zones[0].Included = []plan.ZoneFile{file}
		}, "the zone file itself"},
		{"no outage", func(_ *testing.T, p *plan.Plan) { p.Outage = nil }, "outage"},
		{"less outage", func(_ *testing.T, p *plan.Plan) { p.Outage[3].RemoteAccess.Up = true }, "outage"},
		{"earliest missing", func(_ *testing.T, p *plan.Plan) { p.Earliest = nil }, "earliest"},
		{"something else earlier", func(_ *testing.T, p *plan.Plan) { p.Earliest = []plan.Earliest{{What: "a", Zone: "b"}} }, "earliest"},
		{"in doubt and up", func(_ *testing.T, p *plan.Plan) { p.Outage[0].XMPP = plan.Service{Up: true, InDoubt: true} }, "in doubt"},
		{"wrong order", func(_ *testing.T, p *plan.Plan) { swap(p.Stages, 1, 2) }, "runs before"},
	}
	for _, test := range tests {
		of := seed(t)
		test.spoil(t, of)
		of.ID = plan.Identify(of)
		text, err := plan.Encode(of)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := plan.Decode(text); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
	}
}

// calling finds the first step of a type in a plan.
func calling[T plan.Step](t *testing.T, p *plan.Plan) (step T) {
	t.Helper()
	for _, s := range append(plan.AllSteps(p.Stages), plan.AllSteps(p.Rollback)...) {
		if found, ok := s.(T); ok {
			return found
		}
	}
	t.Fatalf("no step %T", step)
	return step
}

// without takes all steps of a kind out of a plan, and out of the needs of others.
func without(p *plan.Plan, kind string) {
	for i := range p.Stages {
		p.Stages[i].Steps = slices.DeleteFunc(p.Stages[i].Steps, func(s plan.Step) bool { return s.Kind() == kind })
	}
	for _, s := range plan.AllSteps(p.Stages) {
		s.Info().Needs = slices.DeleteFunc(s.Info().Needs, func(id string) bool {
			return !slices.Contains(plan.AllSteps(p.Stages).IDs(), id)
		})
	}
	order(p)
}

// A call runs without a question where a read is, so each step has the one call that
// Compile gives it: no other, not even one that the cmdlet table has.
func TestDecodeRefusesCalls(t *testing.T) {
	stop := cmdlet.Call{Name: "Stop-CsWindowsService"}
	const other = "is not the call of such a step"
	tests := []struct {
		name  string
		spoil func(t *testing.T, p *plan.Plan)
		want  string
	}{
		{"certificates", func(t *testing.T, p *plan.Plan) { calling[*plan.CheckServer](t, p).Certificates = stop }, other},
		{"local copy", func(t *testing.T, p *plan.Plan) { *calling[*plan.CheckServer](t, p).Local = stop }, other},
		{"no local copy", func(t *testing.T, p *plan.Plan) { calling[*plan.CheckServer](t, p).Local = nil }, "local copy"},
		{"certificates until another moment", func(t *testing.T, p *plan.Plan) { calling[*plan.CheckServer](t, p).GoodUntil = "2001-01-01T00:00:00Z" }, "valid until"},
		{"facts", func(t *testing.T, p *plan.Plan) { calling[*plan.CheckFacts](t, p).Read = stop }, other},
		{"facts of another pool", func(_ *testing.T, p *plan.Plan) { factStep(p, "P03").Read.Params[0].Value = "edge9.contoso.com" }, other},
		{"the store of any pool", func(_ *testing.T, p *plan.Plan) { factsOf(p, "P01").Want = []string{"fepool9.corp.contoso.com"} }, "P01 does not compare"},
		{"a store of any name", func(_ *testing.T, p *plan.Plan) { factsOf(p, "P02").Match = plan.Like }, "P02 does not compare"},
		{"the store of no pool", func(_ *testing.T, p *plan.Plan) { p.CentralManagement = "" }, "P01 does not compare"},
		{"the pool of the store is not read", func(_ *testing.T, p *plan.Plan) { factStep(p, "P01").Pool = nil }, "computers of the pool"},
		{"another read of the pool", func(_ *testing.T, p *plan.Plan) { *factStep(p, "P01").Pool = stop }, other},
		{"a pool that is read for nothing", func(_ *testing.T, p *plan.Plan) { factStep(p, "P03").Pool = factStep(p, "P01").Pool }, "computers of the pool"},
		{"routed sites", func(t *testing.T, p *plan.Plan) { calling[*plan.CheckRoutedSites](t, p).Read = stop }, other},
		{"backup", func(t *testing.T, p *plan.Plan) { calling[*plan.Backup](t, p).Call = stop }, other},
		{"a backup elsewhere", func(t *testing.T, p *plan.Plan) { calling[*plan.Backup](t, p).File = "../config.zip" }, "no backup in a file"},
		{"replication that is read", func(t *testing.T, p *plan.Plan) { calling[*plan.Replicate](t, p).Read = stop }, other},
		{"replication", func(t *testing.T, p *plan.Plan) { calling[*plan.Replicate](t, p).Call = stop }, other},
		{"a replica of others", func(t *testing.T, p *plan.Plan) { calling[*plan.Replicate](t, p).Replica = "x.contoso.com" }, "does not have to reach"},
		{"message", func(t *testing.T, p *plan.Plan) {
			calling[*plan.SendMessage](t, p).Call.Params[1].Value = "ceo@contoso.com"
		}, "sends a message"},
		{"start for stop", func(t *testing.T, p *plan.Plan) { calling[*plan.StartServices](t, p).Call = stop }, other},
		{"stop of one service", func(t *testing.T, p *plan.Plan) {
			calling[*plan.StopServices](t, p).Call.Params = []cmdlet.Param{cmdlet.Arg("Name", "RTCSRV")}
		}, other},
		{"route of another site", func(t *testing.T, p *plan.Plan) {
			calling[*plan.SetRoute](t, p).Forms[0].Call.Params[0].Value = "Site9"
		}, other},
		{"route that is removed", func(t *testing.T, p *plan.Plan) { calling[*plan.SetRoute](t, p).Forms[1].Call.Params[1].Value = "" }, other},
		{"rehearsal of nothing", func(t *testing.T, p *plan.Plan) { calling[*plan.Rehearse](t, p).Steps = nil }, "does not rehearse"},
		{"another group", func(t *testing.T, p *plan.Plan) { calling[*plan.CheckRight](t, p).Group = "Users" }, "group"},
		{"next hop without a name", func(_ *testing.T, p *plan.Plan) { factsOf(p, "P07").Want = []string{"Registrar:$x"} }, "P07"},
		{"two steps with one ID", func(t *testing.T, p *plan.Plan) {
			calling[*plan.CheckListener](t, p).ID = calling[*plan.SendMessage](t, p).ID
		}, "two steps"},
		{"no way back", func(t *testing.T, p *plan.Plan) { calling[*plan.SetRoute](t, p).Undo = nil }, "taken back"},
		{"another way back", func(t *testing.T, p *plan.Plan) { calling[*plan.SetRoute](t, p).Undo = []string{"x"} }, "taken back by"},
		{"no facts", func(t *testing.T, p *plan.Plan) { calling[*plan.CheckFacts](t, p).Facts = nil }, "compares nothing"},
		{"a fact twice", func(t *testing.T, p *plan.Plan) {
			step := factStep(p, "P03")
			step.Facts = append(step.Facts, step.Facts[0])
		}, "P03 is in the plan twice"},
		{"a fact with the number of a zone", func(_ *testing.T, p *plan.Plan) { factsOf(p, "P09").Number = "P20" }, "no fact"},
		{"a fact without its number", func(_ *testing.T, p *plan.Plan) { factsOf(p, "P09").Number = "" }, "no fact"},
		{"a fact that always holds", func(_ *testing.T, p *plan.Plan) { factsOf(p, "P09").Want = []string{"False"} }, "P09 does not compare"},
		{"replicas with another number", func(t *testing.T, p *plan.Plan) { calling[*plan.CheckReplicas](t, p).Number = "P20" }, "replicas of stage Replicate"},
		{"fewer replicas", func(t *testing.T, p *plan.Plan) { calling[*plan.CheckReplicas](t, p).Replicas = nil }, "replicas of stage Replicate"},
		{"another port that is looked at", func(t *testing.T, p *plan.Plan) { calling[*plan.CheckListener](t, p).Port = 443 }, "443"},
		{"another port that is tried", func(t *testing.T, p *plan.Plan) { calling[*plan.ProbePort](t, p).Port = 443 }, "is not about port"},
		{"another port in the firewall", func(t *testing.T, p *plan.Plan) { calling[*plan.ConfirmPort](t, p).Port = 443 }, "is not about port"},
		{"nothing is checked again", func(t *testing.T, p *plan.Plan) { calling[*plan.CheckState](t, p).Stages = nil }, "does not check"},
		{"servers are not checked", func(_ *testing.T, p *plan.Plan) { without(p, "check-server") }, "which no step has checked"},
	}
	for kind, want := range map[string]string{
		"check-facts": "P01 is missing", "check-replicas": "0 steps", "check-right": "0 steps", "check-routed-sites": "0 steps", "rehearse": "0 steps",
		"backup": "missing", "check-state": "missing", "check-listener": "missing", "probe-port": "missing",
	} {
		tests = append(tests, struct {
			name  string
			spoil func(t *testing.T, p *plan.Plan)
			want  string
		}{"without " + kind, func(_ *testing.T, p *plan.Plan) { without(p, kind) }, want})
	}
	for _, test := range tests {
		of := seed(t)
		test.spoil(t, of)
		of.ID = plan.Identify(of)
		text, err := plan.Encode(of)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := plan.Decode(text); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
	}
}

// A preparation has steps about records only.
func TestDecodeRefusesPreparation(t *testing.T) {
	for _, spoil := range []func(p *plan.Plan){
		func(p *plan.Plan) { p.Kind = plan.KindPrepare },
		func(p *plan.Plan) { p.Kind, p.Reason, p.Procedure, p.RouteSites = plan.KindPrepare, "", "", "" },
		func(p *plan.Plan) {
			p.Kind, p.Reason, p.Procedure, p.RouteSites, p.From, p.To = plan.KindPrepare, "", "", "", plan.Pool{}, plan.Pool{}
		},
	} {
		of := seed(t)
		spoil(of)
		of.ID = plan.Identify(of)
		text, _ := plan.Encode(of)
		if _, err := plan.Decode(text); err == nil {
			t.Error("a failover that calls itself a preparation is accepted")
		}
	}
}

// TestDecodeSpelling has plans that say the same to most readers of JSON, and the same ID.
func TestDecodeSpelling(t *testing.T) {
	text, err := plan.Encode(seed(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, old, new string }{
		{"a key twice", `"name": "edgepool1`, `"name": "another", "name": "edgepool1`},
		{"a key twice, of a step", `"kind": "stop-services"`, `"kind": "set-route", "kind": "stop-services"`},
		{"a key in other case", `"spec_digest"`, `"Spec_Digest"`},
		{"a key in other letters that fold alike", `"stages"`, `"ſtageſ"`},
		{"an escape", `"edgepool1`, `"\u0065dgepool1`},
		{"null for nothing", `"rollback": [`, `"partners": null, "rollback": [`},
		{"a field that is left out", `"procedure": "documented",`, ``},
		{"another place", `"kind": "failover",`, ``},
	} {
		spelt := strings.Replace(string(text), test.old, test.new, 1)
		if test.name == "another place" {
			spelt = strings.Replace(spelt, `"format_version": 1,`, `"kind": "failover", "format_version": 1,`, 1)
		}
		if spelt == string(text) {
			t.Errorf("%s: %q is not in the plan", test.name, test.old)
		}
		if _, err := plan.Decode([]byte(spelt)); err == nil {
			t.Errorf("%s: taken", test.name)
		}
	}
	for name, spaced := range map[string]string{
		"CRLF": strings.ReplaceAll(string(text), "\n", "\r\n"), "no blanks": compact(text), "indented": "\n  " + string(text) + "\n\n",
	} {
		if _, err := plan.Decode([]byte(spaced)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func compact(text []byte) string {
	var out bytes.Buffer
	if err := json.Compact(&out, text); err != nil {
		panic(err)
	}
	return out.String()
}

// factStep finds the step of a fact in stage Preflight.
func factStep(p *plan.Plan, number string) *plan.CheckFacts {
	for _, step := range p.Stages[0].Steps {
		if check, ok := step.(*plan.CheckFacts); ok && slices.ContainsFunc(check.Facts, func(f plan.Fact) bool { return f.Number == number }) {
			return check
		}
	}
	return nil
}

func FuzzDecode(f *testing.F) {
	spec, _, _ := parser.Load(os.DirFS("../specs/seed"), []string{"contoso.edge.hcl"})
	plans, _ := Compile(spec)
	text, _ := plan.Encode(plans[0])
	f.Add(text)
	f.Add([]byte(`{"format_version":1,"stages":[{"steps":[{"kind":"set-route"}]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := plan.Decode(data)
		if err != nil {
			return
		}
		again, err := plan.Encode(p)
		if err != nil || compact(again) != compact(data) {
			t.Errorf("it is written again as %s, %v", again, err)
		}
	})
}
