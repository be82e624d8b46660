package powershell

import (
	"crypto/sha256"
	"embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/edgeplan/edgeplan/compiler/hunk"
	"github.com/edgeplan/edgeplan/compiler/plan"
)

// runtimeFiles are the parts of the fixed runtime, in the order of their names.
//
//go:embed runtime/[0-9]-*.ps1
var runtimeFiles embed.FS

// windowsText is a part that only scripts have which change records on a Windows DNS server.
//
//go:embed runtime/windowsdns.ps1
var windowsText string

func joined(files embed.FS) string {
	entries, err := files.ReadDir("runtime")
	if err != nil {
		panic("internal error: " + err.Error())
	}
	var b strings.Builder
	b.Grow(1 << 17) // more than they have
	for _, entry := range entries {
		text, err := files.ReadFile("runtime/" + entry.Name())
		if err != nil {
			panic("internal error: " + err.Error())
		}
		b.Write(text)
	}
	return b.String()
}

// RuntimeMarker begins the line that separates the change from the fixed runtime, and each part of
// that.
const RuntimeMarker = "# ==== FIXED RUNTIME"

// Part is a fixed part of scripts: the same bytes in each that has it.
type Part struct {
	Name, Text string
	sum        string
	bytes      []byte // Text, which all scripts share
}

// SHA256 is the hash of the part, from its marker on to the next one, in hex.
func (p Part) SHA256() string { return p.sum }

// Runtime returns the fixed runtime as it is at the end of every script.
func Runtime() Part { return runtimePart() }

// WindowsDNS returns the part for Windows DNS servers, which comes before the runtime.
func WindowsDNS() Part { return windowsPart() }

// Made once they are asked for, which most commands never do.
var (
	runtimePart = sync.OnceValue(func() Part { return fixed("fixed runtime", joined(runtimeFiles)) })
	windowsPart = sync.OnceValue(func() Part { return fixed("part for Windows DNS servers", windowsText) })
)

func fixed(name, text string) Part {
	return Part{name, text, fmt.Sprintf("%x", sha256.Sum256([]byte(text))), []byte(text)}
}

// Parts are the fixed parts that the scripts of a plan have, in their order.
func Parts(p *plan.Plan) []Part {
	if plan.AllSteps(p.Stages).Has(onDNSServer) {
		return []Part{WindowsDNS(), Runtime()}
	}
	return []Part{Runtime()}
}

// onDNSServer tells whether a step is about a zone on a Windows DNS server.
func onDNSServer(s *plan.Step) bool { return s.Zone != "" }

// Script is a script, and where the parts of its stages and their steps are in it.
type Script struct {
	Text  hunk.Text // what is its own, then the fixed parts
	Marks []Mark    // in the order of their lines
}

// Mark is one of these: the number of the part over all stages, from 1, the ID of the step, empty for the part as a
// whole, and its first and last line, from 1. A step with several ways to do it has a mark for each.
type Mark struct {
	Part     int
	ID       string
	From, To int
}

// Own are the lines above the fixed parts, without their ends.
func (s Script) Own() []string {
	return strings.Split(strings.TrimSuffix(string(s.Text.Parts()[0]), "\r\n"), "\r\n")
}

// Marked returns the script that makes the change: failover.ps1, failback.ps1 or prepare.ps1.
func Marked(p *plan.Plan) (Script, error) {
	return script(p, &builder{plan: p}, p.Texts.Script, p.Texts.Title)
}

// Forward is the text of that.
func Forward(p *plan.Plan) (hunk.Text, error) {
	s, err := Marked(p)
	return s.Text, err
}

// Rollback returns rollback.ps1, which puts back what the other script changed, from
// any point at which that may have ended.
func Rollback(p *plan.Plan) (hunk.Text, error) {
	s, err := script(p, &builder{plan: p, back: true}, plan.RollbackScript, "Roll back: "+p.Texts.Title)
	return s.Text, err
}

// param is a parameter of a script: what its help says, and its declaration.
type param struct{ help, decl string }

var (
	stageParam = "The stage to run on this server."

	commonParams = []param{
		{"Folder for state, evidence and backup. Default: beside the script.", "[string]$WorkPath = ''"},
		{"Longest wait for services or replication.", "[ValidateRange(1, 86400)][int]$TimeoutSeconds = 900"},
		{"Seconds between checks.", "[ValidateRange(1, 600)][int]$PollSeconds = 15"},
		{"Ask no questions. For powershell.exe -File, which cannot pass -Confirm:$false before PowerShell 6.",
			"[switch]$Force"},
	}
	factsParam = param{"Numbers of facts that may fail. Each goes into the evidence log.", "[string[]]$Waive = @()"}
	waiveParam = param{"Numbers of facts that may fail, names of services that may stay down. " +
		"Goes into the evidence log.", factsParam.decl}
	clicksParam = param{"Numbers of facts that may fail, names of services that may stay down and of clicks on word alone. " +
		"Logged.", factsParam.decl}
	attestParam = param{"Who confirmed what this script cannot see, and under which ticket. " +
		"Goes into the evidence log.", "[string]$Attest = ''"}
	runningParam = param{"Set the route although an Edge Server of the target pool still answers.",
		"[switch]$AllowRunningTarget"}
)

// params are the parameters of a script, in their order.
func (b *builder) params() []param {
	stages := b.plan.StagesOf(b.back)
	var set []string
	for _, stage := range stages {
		set = append(set, "'"+stage.Name+"'")
	}
	valid := "[ValidateSet(" + strings.Join(set, ", ") + ")][string]$Stage"
	if len("    "+valid+",") > maxWidth { // with nearly all stages it does not fit otherwise
		valid = strings.ReplaceAll(valid, ", ", ",")
	}
	if len("    "+valid+",") > maxWidth {
		valid = strings.Replace(valid, "[string]", "\n    [string]", 1)
	}
	if n := len(set) / 2; strings.IndexByte(valid+"\n", '\n') > maxWidth-len("    ") { // nor with CentralManagement then
		valid = strings.Replace(valid, set[n-1]+",", set[n-1]+",\n        ", 1)
	}
	waive := factsParam
	if b.has(func(s *plan.Step) bool { return s.Read != nil && s.Read.Name == "Get-ServiceDown" }) {
		waive = waiveParam
	}
	if b.has(func(s *plan.Step) bool { return s.Read != nil && s.Act != nil && s.Act.Click != nil }) {
		waive = clicksParam
	}
	out := []param{{stageParam, valid}, attestParam, waive}
	if !b.back {
		for _, own := range b.plan.Texts.Params {
			out = append(out, param{own.Says, "[string]$" + own.Name + " = ''"})
		}
	}
	if help := b.receipts(); help != "" {
		out = append(out, param{help, "[string]$Receipt = ''"})
	}
	if b.hasPart(func(part plan.Part) bool { return part.Seen == plan.SeenPort }) {
		out = append(out, runningParam)
	}
	return append(out, commonParams...)
}

// receipts says which stages ask for the receipt of which; empty where none does.
func (b *builder) receipts() string {
	var from, to []string
	for _, stage := range b.plan.StagesOf(b.back) {
		for _, part := range stage.Parts {
			receipt := b.plan.Gates(b.back, stage.Name, part).Receipt
			if receipt != "" && !slices.Contains(to, stage.Name) {
				from, to = append(from, receipt), append(to, stage.Name)
			}
		}
	}
	if len(to) == 0 {
		return ""
	}
	if len(to) == 1 {
		return fmt.Sprintf("The receipt that stage %s printed; stage %s asks for it.", from[0], to[0])
	}
	out := fmt.Sprintf("The receipt that %s printed, for stage %s", from[0], to[0])
	for i := 1; i < len(to); i++ {
		out += fmt.Sprintf(", or %s, for %s", from[i], to[i])
	}
	return out + "."
}

// has tells whether the script has such a step, hasPart whether it has such a part.
func (b *builder) has(such func(*plan.Step) bool) bool {
	return plan.AllSteps(b.plan.StagesOf(b.back)).Has(such)
}

func (b *builder) hasPart(such func(plan.Part) bool) bool {
	return slices.ContainsFunc(b.plan.StagesOf(b.back), func(stage plan.Stage) bool {
		return slices.ContainsFunc(stage.Parts, such)
	})
}

// notes are above the data: what a reader has to know of its keys to review it. An empty line is
// between two. The one of DNS servers is for scripts that have the stage DnsServer, the one of
// modules for those where the servers have two products, the one of the old pool for those that end
// XMPP there.
const notes = `
# Review all to FIXED RUNTIME, which explains all keys. A stage runs on its Hosts only.

# Facts: the Property that Read gives must be (Is), hold (Has), hold only (Only) or be like (Like) what is named; unless
#        all is so, nothing is changed. P.. can be waived by number; Warn only puts on record. Without Read: that above.

# Steps: where Read gives To, nothing is done; where it does not give From, the stage ends. Else the operator is asked,
#        Set is run, and Read again until it gives To. The command and what was read go into the evidence log.

#        To of a route must also be what stage Preflight of failover.ps1 recorded before the change.

#        To beside a From must also be what stage Preflight of failover.ps1 recorded before the change.

# DNS: LooksAt a later stage wants each set (TTL and data) From or To, others Is, and so the serial (N+: N or later).

# Of: number and name (and serials From, To) of each zone or set that is alike; * is the name, Plus adds to the number.

#        P.. can be waived by number.

# DNS server: a fact wants all records of From or all of To, with no others: TTL in seconds and data. Unless it is so,
#        nothing is changed. P.. can be waived by number. After the steps it has to be To.
#        Each step reads one record; where that is not To, the operator is asked, and Set is run until it is.
#        Needs: before an old record is removed, all data of To of that fact has to be there.

# Module: of the product of these servers, which is another than that of the management host.

# By hand: Manual is shown, unless Read gives To; who passes -Attest says that it is done, and Read has to give To
#        within WaitSeconds. Unread: why no cmdlet shows it; then there is the word alone.

# Old pool: Set is run for each $Value that Read gave. Receipt: the stage that prints it; StopOld is not run before the
#        time in it, which is PrintsReceipt seconds after the one that prints it.
#        Facts: Property must be Like what is named, or nothing is changed; P18 can be waived by number.
`

var (
	hostsNote     = note("Review")
	factsNote     = note("Facts")
	stepsNote     = note("Steps")
	restoreNote   = note("       To of a route")
	fromNote      = note("       To beside")
	dnsNote       = note("DNS:")
	ofNote        = note("Of:")
	waiveNote     = note("       P..")
	dnsServerNote = note("DNS server")
	moduleNote    = note("Module")
	oldPoolNote   = note("Old pool")
	byHandNote    = note("By hand")
)

// note is the one that begins so.
func note(begin string) string {
	for _, one := range strings.Split(strings.Trim(notes, "\n"), "\n\n") {
		if strings.HasPrefix(one, "# "+begin) {
			return one
		}
	}
	panic("internal error: there is no note " + begin)
}

// notes are those that explain what the data of the script has.
func (b *builder) notes() []string {
	p, hosts := b.plan, hostsNote
	if b.hasPart(func(part plan.Part) bool { return slices.Contains(part.Hosts, plan.AnyHost) }) {
		hosts = strings.TrimSuffix(hosts, ".") + "; of two, the first that fits."
	}
	out := []string{hosts}
	// The way back has no other facts than those of the old pool, which have a note of their own.
	facts := !b.back && b.has(func(s *plan.Step) bool { return s.Check != nil })
	if facts {
		out = append(out, factsNote)
	}
	if b.has(func(s *plan.Step) bool { return s.Act != nil }) {
		out = append(out, stepsNote)
	}
	switch {
	case b.back && b.has(func(s *plan.Step) bool { return s.Act != nil && s.Act.From != "" }):
		out = append(out, strings.Replace(fromNote, plan.FailoverScript, p.Texts.Script, 1))
	case b.back && b.has(func(s *plan.Step) bool { return s.Act != nil && len(s.Act.Variants) > 0 }):
		out = append(out, strings.Replace(restoreNote, plan.FailoverScript, p.Texts.Script, 1))
	}
	out = append(out, dnsNote)
	if !facts { // else the note about facts has said it
		out = append(out, waiveNote)
	}
	if b.alike {
		out = append(out, ofNote)
	}
	if b.has(onDNSServer) {
		out = append(out, dnsServerNote)
	}
	if b.hasPart(func(part plan.Part) bool { return part.Product.Module() != p.Product.Module() }) {
		out = append(out, moduleNote)
	}
	if b.has(func(s *plan.Step) bool { return s.Act != nil && s.Act.Click != nil }) {
		out = append(out, byHandNote)
	}
	if b.has(func(s *plan.Step) bool { return s.Act != nil && s.Act.Each() }) {
		out = append(out, oldPoolNote)
	}
	return out
}

// ownSize is more bytes than most scripts have above the fixed runtime.
const ownSize = 1 << 15

// script puts the two parts together.
func script(p *plan.Plan, b *builder, name, title string) (Script, error) {
	stages, opposite := p.StagesOf(b.back), plan.RollbackScript
	if b.back {
		opposite = p.Texts.Script
	}
	if len(stages) == 0 {
		return Script{}, fmt.Errorf("internal error: the plan has no stages for %s.ps1", name)
	}
	head := hash{
		{key: "Id", value: b.lit(p.ID)}, {key: "Script", value: b.lit(name)},
		{key: "Opposite", value: b.lit(opposite)},
		{key: "Module", value: b.lit(p.Product.Module())}, {key: "Title", value: b.lit(title), fresh: true},
	}
	// Names of $Plan are defined above it, those of the stages below the notes, beside where they are used.
	first := len(b.names.definitions())
	entries := b.entries(stages)
	// What follows takes the stages to be sound.
	if b.err != nil {
		return Script{}, b.err
	}
	named := b.names.definitions()
	data := &writer{names: &b.names}
	data.out.Grow(ownSize)
	data.out.WriteString(help(p, name, title, stages))
	data.out.WriteString(parameters(b.params()))
	data.line = strings.Count(data.out.String(), "\n")
	data.lines(named[:first])
	data.text("$Plan = ")
	data.value(head, 0)
	data.newline(0)
	data.lines(b.notes())
	data.lines(named[first:])
	data.text("$Stages = @(")
	for i, entry := range entries {
		data.newline(4)
		at := len(data.marks)
		data.marks = append(data.marks, Mark{From: data.line + 1})
		data.value(entry, 0)
		data.marks[at].To = data.line + 1
		for j := at; j < len(data.marks); j++ {
			data.marks[j].Part = i + 1
		}
	}
	data.newline(0)
	data.text(")")
	data.newline(0)
	if b.names.err != nil {
		return Script{}, b.names.err
	}
	// CRLF in all of a script: the signature block that is added later has it too.
	parts := [][]byte{[]byte(strings.ReplaceAll(data.out.String(), "\n", "\r\n"))}
	for _, part := range Parts(p) {
		parts = append(parts, part.bytes)
	}
	return Script{hunk.TextOf(parts...), data.marks}, nil
}

// help is the comment-based help. An empty line has to be between #Requires and
// the comment, or Get-Help takes both for one comment and finds no help.
func help(p *plan.Plan, name, title string, stages []plan.Stage) string {
	command := fmt.Sprintf("        .\\%s.ps1", name)
	example := fmt.Sprintf("%s -Stage %s -WhatIf", command, stages[min(1, len(stages)-1)].Name)
	lines := []string{
		"#Requires -Version 3.0", "", "<#", ".SYNOPSIS", "    " + oneLine(title, 110) + ".", ".DESCRIPTION",
		"    Written by edgeplan for plan " + p.ID + ". Copy this one file to every server that the",
		"    run sheet names and run it there, one stage at a time, in the order of the sheet:",
		fmt.Sprintf("%-*s  prints the run sheet and changes nothing", len(example), command),
		example + "  shows what a stage would do and writes nothing",
		"    A finished stage can be run again: it reads first and changes nothing. Numbers are the steps of the " +
			"procedure.",
		"    Exit codes: 0 done, 1 not started, 2 step failed, 3 drift or refused, 4 wrong host, 5 attest or act " +
			"first.",
		"#>", "",
	}
	return strings.Join(lines, "\n")
}

func parameters(all []param) string {
	var b strings.Builder
	b.WriteString("[CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]\nparam(\n")
	for i, p := range all {
		comma := ","
		if i == len(all)-1 {
			comma = ""
		}
		fmt.Fprintf(&b, "    # %s\n    %s%s\n", p.help, p.decl, comma)
	}
	b.WriteString(")\n")
	return b.String()
}
