package powershell

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/compiler/cmdlet"
	"github.com/edgeplan/edgeplan/compiler/plan"
)

const (
	// The bound of before, 1440, and what Invoke-ChangeByHand has: a person who clicks is asked, named and checked.
	// Then what a store that is down needs: it gives no status, and its backup pool is read from the local copy.
	// And which Edge pool media goes through: it is read from the services of all of them.
	// And what reads all values of a stage before the first is set, what takes sets and zones apart that stand as one
	// entry, and what leaves a server alone that gives no answer.
	runtimeLines = 1440 + 37 + 22 + 27 + 12 + 27 + 51
	seedLines    = 150
)

// TestGoldenBytes holds what a file has to be for every PowerShell and for signing.
func TestGoldenBytes(t *testing.T) {
	for _, s := range goldens(t) {
		for _, problem := range bytesProblems(s.text) {
			t.Errorf("%s: %s", s.name, problem)
		}
	}
}

const otherRequires = "there is another #Requires"

func bytesProblems(text string) []string {
	out := textProblems(text)
	if !strings.HasPrefix(text, "#Requires -Version 3.0\r\n\r\n<#\r\n.SYNOPSIS\r\n") {
		out = append(out, "the start is not #Requires, an empty line, and help")
	}
	return out
}

// textProblems are those that any file for PowerShell can have.
func textProblems(text string) []string {
	var out []string
	if at := strings.IndexFunc(text, func(r rune) bool { return r > '~' || r < ' ' && r != '\r' && r != '\n' }); at >= 0 {
		out = append(out, fmt.Sprintf("byte %d is not printable ASCII: %.20q", at, text[at:]))
	}
	if bare := strings.ReplaceAll(text, "\r\n", ""); strings.ContainsAny(bare, "\r\n") {
		out = append(out, "a line does not end in CRLF")
	}
	if !strings.HasSuffix(text, "\r\n") || strings.HasSuffix(text, "\r\n\r\n") {
		out = append(out, "there is not one line end at the end")
	}
	if strings.Contains(text, " \r\n") {
		out = append(out, "a line ends in a blank")
	}
	if strings.HasPrefix(text, "\ufeff") {
		out = append(out, "there is a byte order mark")
	}
	return out
}

func TestRuntime(t *testing.T) {
	files, err := filepath.Glob("runtime/*.ps1")
	if err != nil || len(files) != 6 {
		t.Fatalf("%q, %v", files, err)
	}
	text, windows := "", WindowsDNS().Text
	for _, name := range files {
		part, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if text += string(part); filepath.Base(name) == "windowsdns.ps1" {
			text = strings.TrimSuffix(text, windows)
		}
		if lines := bytes.Count(part, []byte("\n")); lines > 500 {
			t.Errorf("%s has %d lines", name, lines)
		}
	}
	if text != Runtime().Text {
		t.Error("the files of runtime are not Runtime()")
	}
	if lines := strings.Count(Runtime().Text+windows, "\r\n"); lines > runtimeLines {
		t.Errorf("the runtime has %d lines, more than %d", lines, runtimeLines)
	}
	for _, part := range []Part{Runtime(), WindowsDNS()} {
		if !strings.HasPrefix(part.Text, RuntimeMarker) || strings.Count(part.Text, RuntimeMarker) != 1 {
			t.Errorf("the %s does not begin with its marker", part.Name)
		}
		if !regexp.MustCompile(`^[0-9a-f]{64}$`).MatchString(part.SHA256()) {
			t.Errorf("the %s has the sum %q", part.Name, part.SHA256())
		}
	}
	for _, s := range goldens(t) {
		want := Runtime().Text
		if plan.HasStage(planOf(t, s).Stages, plan.DNSServer) {
			want = windows + want
		}
		if at := strings.Index(s.text, RuntimeMarker); at < 0 || s.text[at:] != want {
			t.Errorf("%s does not end in the parts that it needs", s.name)
		}
	}
}

// TestGoldenChange checks the part that people review.
func TestGoldenChange(t *testing.T) {
	for _, s := range goldens(t) {
		products := []cmdlet.Product{planOf(t, s).Product, planOf(t, s).To.Product}
		for _, problem := range changeProblems(s.change(), products) {
			t.Errorf("%s: %s", s.name, problem)
		}
	}
	seed := golden(t, "seed/edgepool1-to-edgepool2/failover.ps1")
	lines := strings.Count(seed.change(), "\r\n")
	if lines > seedLines {
		t.Errorf("%s has %d lines to review, more than %d", seed.name, lines, seedLines)
	}
	t.Logf("seed: %d lines to review, runtime: %d lines", lines, strings.Count(Runtime().Text, "\r\n"))
}

// changeProblems says what is wrong with the part above the runtime.
func changeProblems(change string, products []cmdlet.Product) []string {
	var out []string
	for i, line := range strings.Split(change, "\r\n") {
		if len(line) > 120 {
			out = append(out, fmt.Sprintf("line %d has %d characters", i+1, len(line)))
		}
	}
	tokens, err := lex(change)
	if err != nil {
		return append(out, err.Error())
	}
	out = append(out, commentProblems(tokens)...)
	out = append(out, paramProblems(change)...)
	got, err := read(statements(change))
	if err != nil {
		return append(out, err.Error())
	}
	if plan, ok := got.vars["$Plan"].(keyed); !ok || plan.values["Id"] == nil {
		out = append(out, "there is no $Plan")
	}
	if stages, ok := got.vars["$Stages"].([]any); !ok || len(stages) == 0 {
		out = append(out, "there are no $Stages")
	}
	for _, c := range got.calls {
		if err := c.check(products); err != nil {
			out = append(out, fmt.Sprintf("line %d of the statements: %v", c.line, err))
		}
	}
	return out
}

// TestKeys: every key of the data is explained in the script, in the notes above the data
// or at the head of the runtime.
func TestKeys(t *testing.T) {
	runtime := Runtime().Text
	head, _, _ := strings.Cut(runtime, "\r\nif (")
	key := regexp.MustCompile(`(?m)(?:@\{|;|^) *([A-Z][A-Za-z]+) = `)
	tried := map[string]bool{}
	for _, s := range goldens(t) {
		above, _, _ := strings.Cut(s.text, "\r\n# ==== FIXED RUNTIME")
		_, data, ok := strings.Cut(above, "\r\n$Stages = ")
		if !ok {
			t.Fatalf("%s: no $Stages", s.name)
		}
		for _, m := range key.FindAllStringSubmatch(data, -1) {
			if tried[m[1]] {
				continue
			}
			tried[m[1]] = true
			if !regexp.MustCompile(`\b` + m[1] + `\b`).MatchString(head + strings.Join(ownComments(), "\n")) {
				t.Errorf("%s: nothing explains %s", s.name, m[1])
			}
		}
	}
	if len(tried) != 44 {
		t.Errorf("%d keys", len(tried))
	}
}

// commentProblems: one help, and comments of the emitter's own words.
func commentProblems(tokens []token) []string {
	var out []string
	own := ownComments()
	helps := 0
	for _, one := range tokens {
		switch {
		case one.kind == helpToken:
			helps++
		case one.kind != commentToken:
		case endsScript(one.text):
			out = append(out, fmt.Sprintf("line %d: PowerShell takes %q for a signature", one.line, one.text))
		case one.text != "#Requires -Version 3.0" && !slices.Contains(own, one.text) && !aboutReceipt.MatchString(one.text):
			out = append(out, fmt.Sprintf("line %d: %q is not the emitter's own comment", one.line, one.text))
		}
	}
	if helps != 1 {
		out = append(out, fmt.Sprintf("there are %d block comments", helps))
	}
	return out
}

// paramProblems: each parameter is a comment and a line, with commas between them.
func paramProblems(change string) []string {
	_, after, _ := strings.Cut(change, "\r\nparam(\r\n")
	list, _, ok := strings.Cut(after, "\r\n)\r\n")
	// All stages of a plan of both federations do not fit into one line with the parameter.
	list = strings.Replace(list, "')]\r\n    [string]$Stage", "')][string]$Stage", 1)
	lines := strings.Split(list, "\r\n")
	if !ok || len(lines)%2 != 0 {
		return []string{"the parameters are not as they should be"}
	}
	var out []string
	for i := 0; i < len(lines); i += 2 {
		last := i == len(lines)-2
		if !strings.HasPrefix(lines[i], "    # ") || !strings.HasPrefix(lines[i+1], "    [") || strings.HasSuffix(lines[i+1], ",") == last {
			out = append(out, fmt.Sprintf("parameter %q", lines[i+1]))
		}
	}
	return out
}

func ownComments() []string {
	out := []string{"# " + stageParam}
	for _, p := range slices.Concat(commonParams, []param{factsParam, waiveParam, clicksParam, attestParam, runningParam}) {
		out = append(out, "# "+p.help)
	}
	for _, note := range strings.Split(strings.Trim(notes, "\n"), "\n\n") {
		out = append(out, strings.Split(note, "\n")...)
		// The notes of a rollback name the script whose change it takes back.
		for _, script := range plan.Scripts() {
			out = append(out, strings.Split(strings.Replace(note, plan.FailoverScript, script, 1), "\n")...)
		}
	}
	return append(out, strings.TrimSuffix(hostsNote, ".")+"; of two, the first that fits.",
		// Of the procedures.
		"# SIP address of a federated XMPP user, for a test message in stage Verify.")
}

// aboutReceipt is what the help of -Receipt may say.
var aboutReceipt = regexp.MustCompile(
	`^# The receipt that (stage \w+ printed; stage \w+ asks for it|\w+ printed, for stage \w+(, or \w+, for \w+)+)\.$`)

// allowed are the commands besides Cs cmdlets and their parameters.
var allowed = map[string][]string{
	"Where-Object":    {},
	"Export-Clixml":   {"LiteralPath", "Depth", "WhatIf", "Confirm"},
	"Get-ChangeRight": {},
	"Get-ServiceDown": {"Noted", "With"}, "Get-SubordinateCa": {}, "Get-CertificateFault": {"Until"}, "Get-CurrentReplica": {},
	"Test-ChangePort": {"Target", "Port", "Seconds"},
	"Get-RoutedSite":  {"Pool", "Property"},
	"Get-StoreStatus": {"Of", "Computers"},
	"Get-BackupPool":  {"Of"},
	"Get-MediaEdge":   {"Of"},
	"Get-SiteRoute":   {"Site", "Property"},
	"Get-XmppService": {"Not"},

	"Get-ChangeListener": {"Port"},
	"Get-ServiceUp":      {},

	"Get-DnsZoneState": {"Zone", "Wmi"},
	"Get-DnsRecord":    {"Zone", "Name", "Type", "Data", "Wmi"},
	"Select-DnsRecord": {"Zone", "Name", "Type", "Data", "Wmi"},
	"Set-DnsRecordTtl": {"Zone", "Name", "Type", "Data", "Seconds", "Wmi"},
	"Invoke-Dnscmd":    {"Command", "Zone", "Node", "Ttl", "Type", "Data"},
}

// dnsServer are the cmdlets of the module DnsServer of Windows Server 2012 with the
// parameters that are used. All of them change something.
var dnsServer = map[string][]string{
	"Add-DnsServerResourceRecord": {"ZoneName", "Name", "A", "AAAA", "Srv", "IPv4Address", "IPv6Address", "Priority", "Weight", "Port",
		"DomainName", "TimeToLive", "ErrorAction", "WhatIf", "Confirm"},
	"Remove-DnsServerResourceRecord": {"ZoneName", "Force", "ErrorAction", "WhatIf", "Confirm"},
}

func (c call) check(products []cmdlet.Product) error {
	for i, a := range c.args {
		if slices.ContainsFunc(c.args[:i], func(b arg) bool { return strings.EqualFold(a.name, b.name) }) {
			return fmt.Errorf("%s: -%s stands twice", c.name, a.name)
		}
	}
	if params, ok := allowed[c.name]; ok {
		return c.checkParams(params)
	}
	action, _ := c.get("ErrorAction")
	if word, ok := action.(token); !ok || word.text != "Stop" {
		return fmt.Errorf("%s lacks -ErrorAction Stop", c.name)
	}
	if params, ok := dnsServer[c.name]; ok {
		return c.checkParams(params)
	}
	return c.checkCs(products)
}

// checkParams wants no parameters but these.
func (c call) checkParams(params []string) error {
	for _, a := range c.args {
		if !slices.Contains(params, a.name) {
			return fmt.Errorf("%s has no -%s", c.name, a.name)
		}
	}
	return c.checkAsked(cmdlet.Call{ShouldProcess: slices.Contains(params, "WhatIf")})
}

// checkCs holds a Cs cmdlet against the table and asks, where there is one, for an
// explicit -WhatIf and -Confirm.
func (c call) checkCs(products []cmdlet.Product) error {
	var err error
	for _, product := range append(slices.Clone(products), cmdlet.LiteralProcedure) {
		var call cmdlet.Call
		if call, err = cmdlet.New(product, c.name, c.params()...); err == nil {
			return c.checkAsked(call)
		}
	}
	return err
}

// checkAsked: both switches are said, -Confirm is always off.
func (c call) checkAsked(call cmdlet.Call) error {
	if !call.ShouldProcess {
		return nil
	}
	whatIf, ok := c.get("WhatIf")
	confirm, also := c.get("Confirm")
	off, is := confirm.(token)
	if !ok || !also || !is || off.text != "$false" {
		return fmt.Errorf("%s lacks -WhatIf or -Confirm:$false", c.name)
	}
	if value, is := whatIf.(token); is && value.text != "$false" && value.text != "$Rehearse" {
		return fmt.Errorf("%s -WhatIf:%s", c.name, value.text)
	}
	return nil
}

// params are the parameters in the form of the table, without -ErrorAction.
func (c call) params() []cmdlet.Param {
	var out []cmdlet.Param
	for _, a := range c.args {
		text, isText := a.value.(string)
		variable, isToken := a.value.(token)
		switch {
		case a.name == "ErrorAction":
		case isText:
			out = append(out, cmdlet.Arg(a.name, text))
		case isToken && a.name != "WhatIf" && a.name != "Confirm":
			out = append(out, cmdlet.Arg(a.name, variable.text))
		default:
			out = append(out, cmdlet.Switch(a.name))
		}
	}
	return out
}

// TestHelpers: what the blocks call besides cmdlets is in the runtime.
func TestHelpers(t *testing.T) {
	for name, params := range allowed {
		if name == "Where-Object" || name == "Export-Clixml" {
			continue
		}
		_, after, ok := strings.Cut((WindowsDNS().Text + Runtime().Text), "function "+name)
		head, _, _ := strings.Cut(after, "{")
		if !ok || strings.Count(head, "$") != len(params) {
			t.Errorf("the runtime has no %s with %q", name, params)
		}
	}
}

// TestRuntimeComments: none of them ends the script.
func TestRuntimeComments(t *testing.T) {
	for _, comment := range regexp.MustCompile(`#[^\r]*`).FindAllString((WindowsDNS().Text + Runtime().Text), -1) {
		if endsScript(comment) {
			t.Errorf("PowerShell takes %q for a signature", comment)
		}
	}
	for comment, want := range map[string]bool{
		"# SIG # Begin signature block": true, "# Signature block": true, "# note: SIG # Begin signature block": true,
		"# SIG # Begin": false, "# The stage to run on this server.": false,
	} {
		if endsScript(comment) != want {
			t.Errorf("endsScript(%q) is not %v", comment, want)
		}
	}
}

// TestHelpText: the plan has its ID and one line in the help.
func TestHelpText(t *testing.T) {
	for _, s := range goldens(t) {
		plan := planOf(t, s)
		title := plan.Texts.Title
		if s.back {
			title = "Roll back: " + title
		}
		want := "<#\r\n.SYNOPSIS\r\n    " + title + ".\r\n.DESCRIPTION\r\n    Written by edgeplan for plan " + plan.ID + ". Copy"
		if !strings.Contains(s.text, want) {
			t.Errorf("%s: the help does not begin with %q", s.name, want)
		}
		help, _, _ := strings.Cut(s.text, "#>")
		if n := strings.Count(help, "\r\n"); n != 12 || strings.Count(help, "\r\n.") != 2 {
			t.Errorf("%s: the help has %d lines", s.name, n)
		}
	}
}

// TestSaysWhatThePlanSays: each call of the plan is in its script with the same values,
// and the script has the plan's stages and hosts.
func TestSaysWhatThePlanSays(t *testing.T) {
	for _, s := range goldens(t) {
		plan := planOf(t, s)
		got, err := read(s.statements())
		if err != nil {
			t.Errorf("%s: %v", s.name, err)
			continue
		}
		for _, stage := range plan.StagesOf(s.back) {
			checkStage(t, s.name, got, stage)
		}
	}
}

func checkStage(t *testing.T, name string, got data, stage plan.Stage) {
	var hosts []string
	for _, one := range got.vars["$Stages"].([]any) {
		if h := one.(keyed); h.values["Name"] == stage.Name {
			for _, host := range h.values["Hosts"].([]any) {
				hosts = append(hosts, host.(string))
			}
		}
	}
	slices.Sort(hosts)
	if !slices.Equal(hosts, slices.Sorted(slices.Values(stage.Hosts()))) {
		t.Errorf("%s: stage %s has hosts %q, not %q", name, stage.Name, hosts, stage.Hosts())
	}
	for _, step := range plan.AllSteps([]plan.Stage{stage}) {
		for _, want := range callsOf(step) {
			if !slices.ContainsFunc(got.calls, func(c call) bool { return c.runs(want) }) {
				t.Errorf("%s: step %s is not there: %v", name, step.ID, *want)
			}
		}
	}
}

// runs tells whether c is a call of the plan. A variable has the value that the script finds.
func (c call) runs(want *cmdlet.Call) bool {
	if c.name != want.Name {
		return false
	}
	for _, p := range want.Params {
		value, ok := c.get(p.Name)
		if number, is := value.(token); is {
			value = number.text
		}
		if !ok || !p.Variable && !p.Switch && value != any(p.Value) {
			return false
		}
	}
	return len(c.params()) == len(want.Params)+2*b2i(want.ShouldProcess)
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// TestSetsAside: every command of the fixed parts is among those that are looked at in the operator's shell,
// and of the functions of the script only the aliases, whatever a name in the data says.
func TestSetsAside(t *testing.T) {
	text := golden(t, "seed/edgepool1-to-edgepool2/failover.ps1").change() + WindowsDNS().Text + Runtime().Text
	sought := regexp.MustCompile(`\[regex\]::Matches\(\$Text, '([^']+)'\)`).FindAllStringSubmatch(text, -1)
	if len(sought) != 2 {
		t.Fatalf("the runtime looks for names by %q", sought)
	}
	words := regexp.MustCompile(sought[0][1]).FindAllString(text, -1)
	own := func(text string) (out []string) {
		for _, found := range regexp.MustCompile(sought[1][1]).FindAllStringSubmatch(text, -1) {
			out = append(out, found[1])
		}
		return out
	}
	tokens, _, _ := scan(text)
	commands, functions := 0, 0
	for i, one := range tokens {
		if one.kind != wordToken || !strings.Contains(one.text, "-") && !strings.HasSuffix(one.text, ".exe") {
			continue
		}
		commands++
		if !slices.Contains(words, one.text) {
			t.Errorf("line %d: a stranger called %s would be run", one.line, one.text)
		}
		if i > 0 && tokens[i-1].text == "function" {
			functions++
			if !slices.Contains(own(text), one.text) {
				t.Errorf("line %d: %s would be removed", one.line, one.text)
			}
		}
	}
	if commands < 300 || functions < 70 {
		t.Errorf("there are %d commands and %d functions", commands, functions)
	}
	if got := own("Read = { Get-SiteRoute -Site 'function Get-CsSite' }\r\n$Name1 = 'function Get-CsPool'"); len(got) > 0 {
		t.Errorf("a name in the data makes %q functions of the script", got)
	}
}
