package rehearsal

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/compiler"
	"github.com/edgeplan/edgeplan/compiler/cmdlet"
	"github.com/edgeplan/edgeplan/emit/words"
)

//go:embed LyncSim.psm1
var simulator string

//go:embed rehearse.ps1
var walker string

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
// [compiler.Compile], as plan.json does not hold the whole deployment.
func Kit(plan *compiler.Plan, product cmdlet.Product, scripts []Script) ([]File, error) {
	run := NewRun(plan, product)
	run.Scripts = scripts
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(run); err != nil {
		return nil, err
	}
	files := []File{
		{"LyncSim.psm1", crlf(simulator)},
		{"rehearse.ps1", crlf(walker)},
		{"rehearsal.json", text.Bytes()},
	}
	for _, product := range products(run.World) {
		files = append(files, File{"Cmdlets." + string(product) + ".psm1", crlf(cmdletModule(product))})
	}
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	return files, nil
}

func crlf(text string) []byte { return []byte(strings.ReplaceAll(text, "\n", "\r\n")) }

// products are those of the computers, each once.
func products(w World) []cmdlet.Product {
	var out []cmdlet.Product
	for _, host := range w.Hosts {
		if !slices.Contains(out, host.Product) {
			out = append(out, host.Product)
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

// Visit is a stage of a script on one computer, or, without a script, what a person does
// elsewhere: the owner of the DNS, or somebody at Topology Builder.
type Visit struct {
	Script, Stage, Host string
	Receipt, Attest     bool     // asks for it
	Records             []Set    // as they are to be
	Clear               []string // sites that are to have no route
}

// NewRun walks a plan: the stages in their order, each on all of its computers. The
// owner of the DNS, and who clears a route, come before the stage that checks it.
func NewRun(plan *compiler.Plan, product cmdlet.Product) Run {
	return Run{
		Title: words.Title(plan), Plan: plan.ID, World: NewWorld(plan, product),
		Forth: visits("failover.ps1", plan.Stages, changes(plan, func(r compiler.RecordSet) []string { return r.New })),
		Back:  visits("rollback.ps1", plan.Rollback, changes(plan, func(r compiler.RecordSet) []string { return r.Old })),
	}
}

func visits(script string, stages []compiler.Stage, records []Set) []Visit {
	out := []Visit{}
	for _, stage := range stages {
		if stage.Name == compiler.DNS && len(records) > 0 {
			out = append(out, Visit{Records: records})
		}
		if clear := manual(stage); clear != nil {
			out = append(out, Visit{Clear: clear})
		}
		for _, host := range stage.Hosts {
			if host == compiler.AnyHost {
				host = Outside
			}
			out = append(out, Visit{
				Script: script, Stage: stage.Name, Host: host,
				Receipt: stage.Name == compiler.Stop, Attest: stage.Name == compiler.Firewall,
			})
		}
	}
	return out
}

// manual are the sites whose route no cmdlet of the stage can clear.
func manual(stage compiler.Stage) []string {
	var out []string
	for _, step := range stage.Steps {
		if set, ok := step.(*compiler.SetRoute); ok && set.Manual {
			out = append(out, set.Site)
		}
	}
	return out
}

func changes(plan *compiler.Plan, want func(compiler.RecordSet) []string) []Set {
	var out []Set
	for _, zone := range plan.Zones {
		for _, r := range zone.Records {
			if r.Changed() {
				out = append(out, Set{zone.Server, bare(r.Owner), r.Type, data(want(r))})
			}
		}
	}
	return out
}
