package rehearsal

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/cmdlet"
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/delivery"
	"github.com/edgeplan/edgeplan/emit/words"
)

//go:embed LyncSim.psm1
var simulator string

//go:embed rehearse.ps1
var walker string

//go:embed Cmdlets.DnsServer.psm1
var dnsServer string

//go:embed Cmdlets.dnscmd.psm1
var dnscmd string

// Outside is the name of the computer that stands for any other one, as a federated
// partner would have it.
const Outside = "partner.example.net"

// File is one file of a kit. Name has no folder.
type File struct {
	Name string
	Data []byte
}

// Kit makes the files of a kit besides the scripts of the plan, in the order of their
// names. Scripts are the change scripts that it is for: rehearse.ps1 runs no others.
// Product is that of the simulated servers;
// [NewWorld] says what another than the plan's does. The plan has to come from
// the compiler, as plan.json does not hold the whole deployment.
func Kit(p *plan.Plan, product cmdlet.Product, scripts []Script) ([]File, error) {
	run := NewRun(p, product)
	run.Scripts = scripts
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	// Indented, for people who look into it.
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(run); err != nil {
		return nil, err
	}
	files := []File{
		// Windows PowerShell reads both line ends, but Notepad of older Windows breaks lines at CR LF only.
		{"LyncSim.psm1", crlf(simulator)},
		{"rehearse.ps1", crlf(walker)},
		{"rehearsal.json", text.Bytes()},
	}
	for _, name := range modules(run.World) {
		// Modules for DNS are the same for every product; those with Cs cmdlets are made from the table.
		text, ok := map[string]string{"DnsServer": dnsServer, "dnscmd": dnscmd}[name]
		if !ok {
			text = cmdletModule(cmdlet.Product(name))
		}
		files = append(files, File{"Cmdlets." + name + ".psm1", crlf(text)})
	}
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	return files, nil
}

func crlf(text string) []byte { return []byte(strings.ReplaceAll(text, "\n", "\r\n")) }

// modules are the products and the tools for DNS of the computers, each once.
func modules(w World) []string {
	var out []string
	// A list and not a set: the order of the hosts is that of the kit.
	for _, host := range w.Hosts {
		for _, name := range []string{string(host.Product), host.Dns} {
			if name != "" && !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	return out
}

// Run is rehearsal.json: the world, and what is done in it forth and back.
type Run struct {
	Title, Plan string
	Scripts     []Script
	World       World
	Forth, Back []Visit
}

// Script is the name of a change script and its SHA-256 in hex.
type Script struct{ Name, SHA256 string }

// Visit is a stage of a script on one computer, or, without a script, what the owner of the DNS
// does.
type Visit struct {
	Script, Stage, Host string
	Receipt             string   // the stage whose receipt it asks for
	Attest              bool     // asks for it
	Records             []Set    // as they are to be
	Serials             []Serial // of their zones; one that is there already, or is 0, is raised
	Clicks              []Click  // what a person does where the stage asks for it
}

// Click is what a person does in a program for a step. Kind is federation, of a pool, with the port
// or nothing as Value; media, of a Front End pool, with the FQDN of its Edge pool; setup, of a server; route or route-sip, of a site that is to have none.
type Click struct{ Kind, On, Value, Tool string }

// NewRun walks a plan: the stages in their order, each on all of its computers. The
// owner of the DNS comes before the stage that checks the records.
func NewRun(p *plan.Plan, product cmdlet.Product) Run {
	return Run{
		Title: p.Texts.Title, Plan: p.ID, World: NewWorld(p, product),
		Forth: visits(p, words.Script(p), p.Stages, false),
		Back:  visits(p, words.RollbackScript, p.Rollback, true),
	}
}

func visits(p *plan.Plan, script string, stages []plan.Stage, back bool) []Visit {
	out := []Visit{}
	for _, stage := range stages {
		// Before the stage, which asks the server for the new records: their owner has to have changed them.
		asks := func(part plan.Part) bool { return len(part.Zones) > 0 }
		if slices.ContainsFunc(stage.Parts, asks) {
			if records := changes(p, back); len(records) > 0 {
				out = append(out, Visit{Records: records, Serials: serials(p, back)})
			}
		}
		// All parts of a stage ask for the same receipt.
		receipt := p.Gates(back, stage.Name, stage.Parts[0]).Receipt
		for _, host := range stage.Hosts() {
			if host == plan.AnyHost {
				// Of all computers that are no host of the plan one is enough.
				host = Outside
			}
			out = append(out, Visit{
				Script: words.ScriptFile(script), Stage: stage.Name, Host: host,
				Receipt: receipt, Attest: attests(stage, stages, receipt), Clicks: clicks(p, stage, host),
			})
		}
	}
	return out
}

// attests tells whether the walk passes -Attest to a stage: for what a step asks, or in place of
// the time in the receipt of another stage, for which it does not wait.
func attests(stage plan.Stage, stages []plan.Stage, receipt string) bool {
	asked := slices.ContainsFunc(plan.AllSteps([]plan.Stage{stage}), func(s *plan.Step) bool { return s.Attest })
	return asked || slices.ContainsFunc(stages, func(other plan.Stage) bool {
		timed := func(p plan.Part) bool { return p.Receipt > 0 }
		return other.Name == receipt && slices.ContainsFunc(other.Parts, timed)
	})
}

// clicks are what a person does for the steps of a stage on a host.
func clicks(p *plan.Plan, stage plan.Stage, host string) []Click {
	var out []Click
	for _, part := range stage.Parts {
		if !slices.Contains(part.Hosts, host) {
			continue
		}
		for _, step := range part.Steps {
			kind, of, _ := strings.Cut(strings.TrimPrefix(step.ID, "rollback/"), "/")
			switch act := step.Act; {
			case act == nil:
			// No cmdlet is documented to take a route away, and no plan does so on the way forward.
			case len(act.Variants) > 0 && act.Variants[0].Manual != "":
				out = append(out, Click{kind, of, "", "Topology Builder"})
			case act.Click == nil:
			case step.Read == nil:
				out = append(out, Click{"setup", host, "", act.Click.Tool})
			case strings.HasPrefix(step.Effect.Var, "next-hop/"):
				pool, _ := p.EdgePool(strings.TrimPrefix(step.Effect.Var, "next-hop/"))
				out = append(out, Click{"next-hop", pool.FQDN, "Registrar:" + step.Effect.Value, act.Click.Tool})
			case strings.HasPrefix(step.Effect.Var, "media/"):
				out = append(out, Click{"media", strings.TrimPrefix(step.Effect.Var, "media/"), step.Effect.Value, act.Click.Tool})
			default:
				_, name, _ := strings.Cut(step.Effect.Var, "/")
				i := slices.IndexFunc(p.Topology.EdgePools, func(pool plan.EdgePool) bool { return pool.Name == name })
				port := ""
				if slices.Contains(act.To, sipPort) {
					port = sipPort
				}
				out = append(out, Click{"federation", p.Topology.EdgePools[i].FQDN, port, act.Click.Tool})
			}
		}
	}
	return out
}

// sipPort is what Get-CsService shows as the external SIP port of an Edge pool that has SIP federation.
const sipPort = "5061"

// serials are those that the owner of the DNS gives the zones that he changes. With
// nsupdate the server does; Route 53 leaves the serial as it is.
func serials(p *plan.Plan, back bool) []Serial {
	var out []Serial
	for _, zone := range p.Zones {
		if serial, ok := delivery.Serial(zone, back); ok && zone.Changed() {
			out = append(out, Serial{Server: zone.Server, Zone: bare(zone.Name), Serial: serial})
		}
	}
	return out
}

// changes are the sets that the owner of the DNS changes.
func changes(p *plan.Plan, back bool) []Set {
	var out []Set
	for _, zone := range p.Zones {
		for _, r := range zone.Records {
			switch {
			case zone.Windows() || !r.Changed():
				// Stage DnsServer changes such zones itself.
			case back:
				out = append(out, set(zone, r, r.Old, r.OldTTL))
			default:
				out = append(out, set(zone, r, r.New, r.NewTTL))
			}
		}
	}
	return out
}
