package rehearsal_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/rehearsal"
)

// dirt is what an operator's session or profile can have.
type dirt struct {
	name  string
	does  string // run before the script, in its caller
	says  string // what the log names, set aside; empty where it needs no setting aside
	stops string // what the refusal says instead, with exit code 1
	after string // what is read in the session afterwards
	is    string // and what that has to be: as it was
}

// hidden is a command of the session that says where it was called. Its name is in no
// script.
const hidden = `
function global:Invoke-Stranger { [System.IO.File]::AppendAllText([System.IO.Path]::Combine($env:SIM_WORLD, 'stranger.txt'), 'called' + [char]10) }
$names = @{}
$ast = [System.Management.Automation.Language.Parser]::ParseFile($Ask.Script, [ref]$null, [ref]$null)
foreach ($call in $ast.FindAll({ $args[0] -is [System.Management.Automation.Language.CommandAst] }, $true)) { $names[[string]$call.GetCommandName()] = 1 }
# The kit itself replaces these, and that is on record.
foreach ($name in @('') + @((Get-Module -Name LyncSim).ExportedFunctions.Keys -like '*-Change*')) { $names.Remove($name) }
`

func defaultOf(key, value string) dirt {
	return dirt{
		name: "default " + key, does: fmt.Sprintf("$global:PSDefaultParameterValues[%s] = %s", key, value), says: "$PSDefaultParameterValues " + strings.Trim(key, "'"),
		after: fmt.Sprintf("$global:PSDefaultParameterValues[%s]", key), is: strings.Trim(value, "'$"),
	}
}

// refused is a default for a parameter of the script itself.
func refused(key, value string) dirt {
	d := defaultOf(key, value)
	d.says, d.stops = "", "remove "+strings.Trim(key, "'")+" from $PSDefaultParameterValues"
	return d
}

func preference(name, value string) dirt {
	return dirt{
		name: name + " " + value, does: fmt.Sprintf("$global:%s = %s", name, value), says: "$" + name,
		after: "$global:" + name, is: strings.Trim(value, "'$"),
	}
}

var dirts = []dirt{
	defaultOf("'*:ComputerName'", "'other.contoso.com'"),
	defaultOf("'*:Server'", "'192.0.2.99'"),
	defaultOf("'*-Dns*:ZoneName'", "'other.example'"),
	defaultOf("'*:ErrorAction'", "'SilentlyContinue'"),
	defaultOf("'*:WarningAction'", "'Stop'"),
	defaultOf("'*:Verbose'", "$True"),
	defaultOf("'*:OutVariable'", "'kept'"),
	defaultOf("'*:OutBuffer'", "5"),
	defaultOf("'*:Name'", "'RTCSRV'"),
	defaultOf("'*:Identity'", "'Other'"),
	defaultOf("'*:Filter'", "'nothing'"),
	defaultOf("'*-Cs*:NoWait'", "$True"),
	defaultOf("'Write-Host:NoNewline'", "$True"),
	defaultOf("'Select-Object:Last'", "1"),
	defaultOf("'ConvertTo-Json:Depth'", "0"),
	refused("'*:Force'", "$True"),
	refused("'*:Confirm'", "$False"),
	refused("'*.ps1:Attest'", "'nobody'"),
	refused("'*:WorkP'", "'/nowhere'"),
	refused("'*:WhatIf'", "$True"),
	{
		name: "defaults that are switched off", does: "$global:PSDefaultParameterValues['Disabled'] = $true; $global:PSDefaultParameterValues['*:Force'] = $false",
		says: "$PSDefaultParameterValues *:Force", after: "$global:PSDefaultParameterValues.Count", is: "2",
	},
	preference("ErrorActionPreference", "'SilentlyContinue'"),
	preference("WarningPreference", "'Stop'"),
	preference("VerbosePreference", "'Stop'"),
	preference("DebugPreference", "'Inquire'"),
	preference("InformationPreference", "'Stop'"),
	preference("ProgressPreference", "'Stop'"),
	preference("ConfirmPreference", "'Low'"),
	preference("ConfirmPreference", "'None'"),
	preference("OFS", "'-'"),
	preference("PSModuleAutoLoadingPreference", "'None'"),
	preference("PSNativeCommandUseErrorActionPreference", "$True"),
	{name: "preferences of a caller", does: "$WarningPreference = 'Stop'; $ErrorActionPreference = 'Ignore'; $OFS = ','; $PSDefaultParameterValues = @{ '*:ComputerName' = 'other' }",
		says: "$ErrorActionPreference, $OFS, $PSDefaultParameterValues *:ComputerName, $WarningPreference"},
	{name: "other variables", does: "$global:FormatEnumerationLimit = 0; $global:OutputEncoding = [System.Text.Encoding]::ASCII; $global:PSNativeCommandArgumentPassing = 'Legacy'; " +
		"$global:MaximumHistoryCount = 1; $global:ErrorView = 'CategoryView'; $global:Run = @{}; $global:Plan = 1; $global:Stages = 2; $global:Session = 3; $global:Fresh = 4"},
	{name: "a preference that cannot be changed", does: "Set-Variable -Name VerbosePreference -Value Continue -Option ReadOnly -Scope Global", stops: "powershell.exe -NoProfile"},
	{name: "strict mode", does: "Set-StrictMode -Version Latest"},
	{name: "location", does: "Set-Location -LiteralPath Variable:", says: `location Variable:`, after: "(Get-Location).Drive.Name", is: "Variable"},
	{name: "culture", does: "$culture = [cultureinfo]::InvariantCulture.Clone(); $culture.NumberFormat.NegativeSign = '~'; $culture.NumberFormat.NumberDecimalSeparator = ','; " +
		"$culture.DateTimeFormat.DateSeparator = '!'; $culture.DateTimeFormat.TimeSeparator = '!'; [System.Threading.Thread]::CurrentThread.CurrentCulture = $culture",
		after: "[System.Threading.Thread]::CurrentThread.CurrentCulture.NumberFormat.NegativeSign", is: "~"},
	{name: "Turkish", does: "[System.Threading.Thread]::CurrentThread.CurrentCulture = 'tr-TR'", after: "[System.Threading.Thread]::CurrentThread.CurrentCulture", is: "tr-TR"},
	{name: "aliases of all that is called", does: hidden + `
$set = Get-Command -Name Set-Alias -CommandType Cmdlet
foreach ($name in @($names.Keys)) { & $set -Name $name -Value Invoke-Stranger -Scope Global }`,
		says:  "alias Get-Command, alias ",
		after: "$ExecutionContext.InvokeCommand.GetCommand('Where-Object', 'Alias').Definition", is: "Invoke-Stranger"},
	{name: "aliases of a caller", does: hidden + `
$set = Get-Command -Name Set-Alias -CommandType Cmdlet
foreach ($name in @($names.Keys)) { & $set -Name $name -Value Invoke-Stranger }`, says: "alias Where-Object"},
	{name: "aliases that are read-only and everywhere", does: hidden + `
$set = Get-Command -Name Set-Alias -CommandType Cmdlet
foreach ($name in @($names.Keys)) { & $set -Name $name -Value Invoke-Stranger -Scope Global -Option ReadOnly, AllScope }`, says: "alias Where-Object"},
	{name: "an alias that cannot be removed", does: "Set-Alias -Name Write-ChangeRecord -Value Invoke-Stranger -Option Constant -Scope Global", stops: "cannot be set aside"},
	{name: "functions of all that is called", does: hidden + `
$set = Get-Command -Name Set-Item -CommandType Cmdlet
foreach ($name in @($names.Keys)) { & $set -LiteralPath ('function:global:' + $name) -Value { Invoke-Stranger } }`,
		says:  "function Where-Object, function Write-Host",
		after: "$ExecutionContext.InvokeCommand.GetCommand('Where-Object', 'Function').Definition", is: " Invoke-Stranger "},
	{name: "filters of a caller", does: hidden + "filter Where-Object { Invoke-Stranger }; filter Get-CsSite { Invoke-Stranger }; filter Write-ChangeRecord { Invoke-Stranger }", says: "function Get-CsSite, function Where-Object"},
	{name: "functions of a module", does: hidden + `
New-Module -Name Tips -ScriptBlock { function Sort-Object { Invoke-Stranger }; function Get-CsSite { Invoke-Stranger }; function Get-CsWindowsService { Invoke-Stranger } } | Import-Module -Global`,
		says: "function Get-CsSite, function Get-CsWindowsService, function Sort-Object", after: "$ExecutionContext.InvokeCommand.GetCommand('Get-CsSite', 'Function').ModuleName", is: "Tips"},
	{name: "a prompt and an output of its own", does: hidden + "function global:prompt { Invoke-Stranger }; function global:Out-Default { Invoke-Stranger }; function global:PSConsoleHostReadLine { Invoke-Stranger }"},
	{name: "a look at every command", does: hidden + `
$ExecutionContext.InvokeCommand.PreCommandLookupAction = { param($name, $look) if ($name -like '*-Cs*') { $look.CommandScriptBlock = { Invoke-Stranger } } }
$ExecutionContext.InvokeCommand.PostCommandLookupAction = { param($name, $look) if ($name -like '*-Object') { $look.CommandScriptBlock = { Invoke-Stranger } } }`,
		says: "PostCommandLookupAction, PreCommandLookupAction", after: "$null -ne $ExecutionContext.InvokeCommand.PreCommandLookupAction", is: "True"},
	{name: "commands that are not found", does: hidden + "$ExecutionContext.InvokeCommand.CommandNotFoundAction = { param($name, $look) $look.CommandScriptBlock = { Invoke-Stranger } }",
		says: "CommandNotFoundAction", after: "$null -ne $ExecutionContext.InvokeCommand.CommandNotFoundAction", is: "True"},
}

// done is what a run of a stage did, without times.
type done struct {
	code           int
	given, changed []string
	world          string
	log            []string
}

// do runs a stage from a point.
func (s *suite) do(at tree, v rehearsal.Visit, w way) done {
	s.restore(at)
	had := len(s.records(v.Host))
	out := done{code: s.visit(v, w)}
	out.given, out.changed, out.world = s.given, s.audit(), s.digest()
	for _, r := range s.records(v.Host)[had:] {
		if r["step"] != "START" || r["outcome"] != "NOTE" {
			out.log = append(out.log, r["step"]+" "+r["outcome"]+" "+r["command"])
		}
	}
	return out
}

// soils runs a stage in a session with dirt: it does what it does in a clean one, and says
// what it set aside; or it is refused before anything.
func (s *suite) soils(at tree, v rehearsal.Visit, clean done, d dirt) {
	what := fmt.Sprintf("%s, %s", name(v), d.name)
	got := s.do(at, v, way{dirt: d})
	if d.stops != "" {
		s.check(got.code == 1 && strings.Contains(s.last, d.stops), "%s: refused", what)
		s.check(len(got.given) == 0 && len(got.log) == 0 && got.world == s.start(at), "%s: before anything", what)
	} else {
		s.check(got.code == clean.code, "%s: exit code %d, not %d", what, got.code, clean.code)
		s.check(slices.Equal(got.given, clean.given), "%s: calls\n%q, not\n%q", what, got.given, clean.given)
		s.check(slices.Equal(got.changed, clean.changed) && got.world == clean.world, "%s: another world", what)
		s.check(slices.Equal(got.log, clean.log), "%s: log\n%q, not\n%q", what, got.log, clean.log)
		s.check(strings.Contains(s.last, "set aside") == (d.says != "") && strings.Contains(s.last, d.says), "%s: the log names %q", what, d.says)
	}
	s.check(s.read("world/stranger.txt") == "", "%s: a stranger was called", what)
	s.check(s.after == d.is || d.stops != "" && d.after == "", "%s: afterwards %q, not %q", what, s.after, d.is)
}

// start is the world of a point.
func (s *suite) start(at tree) string {
	s.restore(at)
	return s.digest()
}

// Nothing of the operator's session or profile reaches a call, on any stage.
func TestSession(t *testing.T) {
	engine := find(t)
	part, asked := shareOf(t)
	full := asked && part.all()
	specs, pairs := []string{"seed", "windows-dns", "windows-dns-2008", "windows-dns-prepare", "sip", "failback"}, share{1, 1}
	if !full {
		pairs = share{1, 31}
		t.Log("SKIPPED: four of six specs, all but every 31st pair of stage and setting, and every 5th stage with -WhatIf; make scenarios runs all")
		specs = specs[:2]
	}
	pair := -1
	for _, spec := range specs {
		s := newSuite(t, engine, compile(t, spec), "")
		s.learn()
		start := time.Now()
		points := s.points
		s.restore(points[len(points)-1])
		for _, v := range s.walk.Back {
			s.visit(v, way{})
			points = append(points, s.save())
		}
		for i, v := range slices.Concat(s.walk.Forth, s.walk.Back) {
			if v.Script == "" {
				continue
			}
			var clean *done
			for _, d := range dirts {
				if pair++; !pairs.has(pair) {
					continue
				}
				if clean == nil {
					run := s.do(points[i], v, way{})
					clean = &run
				}
				s.soils(points[i], v, *clean, d)
			}
			if full || i%5 == 0 {
				s.wishes(points[i], v)
			}
		}
		t.Logf("%s: %d checks, %d script runs, %.1f s", spec, s.checks, s.runs, time.Since(start).Seconds())
	}
}

// wishes: with $WhatIfPreference set a stage is run as with -WhatIf, and says so. Nothing
// asks where nobody can answer.
func (s *suite) wishes(at tree, v rehearsal.Visit) {
	clean := s.do(at, v, way{given: map[string]any{"WhatIf": true}})
	got := s.do(at, v, way{dirt: dirt{does: "$global:WhatIfPreference = $true", after: "$global:WhatIfPreference"}})
	s.check(got.code == clean.code && slices.Equal(got.given, clean.given) && got.world == s.start(at), "%s: as with -WhatIf", name(v))
	s.check(strings.Contains(s.last, "$WhatIfPreference is set in this shell") && s.after == "True", "%s: -WhatIf of the shell is said", name(v))
	got = s.do(at, v, way{given: map[string]any{"Force": nil}})
	asks := []string{plan.Preflight, plan.Stop, plan.Route, plan.DNSServer, plan.Start, plan.Replicated}
	if slices.Contains(asks, v.Stage) && v.Host != rehearsal.Outside && got.code != clean.code {
		s.check(got.code == 1 && strings.Contains(s.last, "pass -Force") && len(got.given) == 0, "%s: nobody can be asked", name(v))
	}
}

// runs runs a script of testdata in a process of its own.
func (s *suite) process(file string, args ...string) string {
	path := file
	var err error
	if !filepath.IsAbs(path) {
		path, err = filepath.Abs(filepath.Join("testdata", file))
	}
	s.must(err)
	cmd := s.shell.engine.Command(s.shell.home, append([]string{"-File", path}, args...)...)
	out, err := cmd.CombinedOutput()
	if code := cmd.ProcessState.ExitCode(); code != 0 { // exit of a block ends the process
		out = fmt.Appendf(out, "exit code %d\n", code)
	}
	s.last = fmt.Sprintf("%s %q: %v\n%s", file, args, err, out)
	return string(out)
}

// A host that cannot show anything stops nothing, and one that cannot ask says so before
// anything is changed.
func TestDeadHost(t *testing.T) {
	s := newSuite(t, find(t), compile(t, "seed"), "")
	s.learn()
	for i, v := range s.walk.Forth {
		if v.Script == "" {
			continue
		}
		for _, force := range []bool{true, false} {
			s.restore(s.points[i])
			had := len(s.records(v.Host))
			given := map[string]any{"Stage": v.Stage, "WorkPath": filepath.Join(s.dir, v.Host), "Attest": "J. Doe, FW-77", "Force": force}
			if v.Receipt != "" {
				given["Receipt"] = s.receiptOf(v.Receipt)
			}
			text, err := json.Marshal(given)
			s.must(err)
			out := s.process("host.ps1", filepath.Join(s.kit, v.Script), filepath.Join(s.dir, "world"), s.kit, v.Host, string(text))
			if v.Stage == plan.Preflight && force {
				// Its rehearsal calls a cmdlet with -WhatIf, which speaks to the screen itself.
				s.check(strings.Contains(out, "exit code 2") && s.digest() == s.worlds[i], "Preflight without a screen")
				continue
			}
			if len(changing(s.calls[i])) == 0 || force {
				s.check(strings.Contains(out, "exit code 0") && s.digest() == s.worlds[i+1], "%s without a screen", name(v))
				s.check(len(s.records(v.Host)) > had+1, "%s without a screen: the log has it", name(v))
				continue
			}
			records := s.records(v.Host)
			s.check(strings.Contains(out, "exit code 1") || strings.Contains(out, "exit code 3"), "%s without a keyboard", name(v))
			s.check(s.digest() == s.worlds[i], "%s without a keyboard: nothing is changed", name(v))
			if strings.Contains(out, "exit code 3") {
				s.check(strings.Contains(fmt.Sprint(records[had:]), "pass -Force"), "%s without a keyboard: the way out", name(v))
			}
		}
	}
	t.Logf("%d checks", s.checks)
}

// Without the kit a script is refused where it cannot work, before anything, with the way
// out, and takes no function of a stranger for the machine's.
func TestRefused(t *testing.T) {
	s := newSuite(t, find(t), compile(t, "seed"), "")
	s.fresh()
	script := filepath.Join(s.kit, "failover.ps1")
	for what, c := range map[string]struct{ code, does, want string }{
		"constrained": {"1", "$ExecutionContext.SessionState.LanguageMode = 'ConstrainedLanguage'; & %s -Stage Preflight", "ConstrainedLanguage mode"},
		"restricted":  {"1", "$ExecutionContext.SessionState.LanguageMode = 'RestrictedLanguage'; & %s -Stage Preflight", "RestrictedLanguage mode"},
		"the sheet":   {"1", "$ExecutionContext.SessionState.LanguageMode = 'ConstrainedLanguage'; & %s", "publisher whom the policy trusts"},
		"pasted": {"1", "& ([scriptblock]::Create([System.IO.File]::ReadAllText(%s))) -Stage Preflight -Force",
			"run it there: not by Invoke-Command -FilePath"},
		"Invoke-Command": {"1", "Invoke-Command -ScriptBlock ([scriptblock]::Create([System.IO.File]::ReadAllText(%s))) -ArgumentList Preflight", "copy this file to this server"},
		"a host of a stranger": {"4", "function Get-ChangeHost { 'fe2.corp.contoso.com' }; Set-Alias -Name Test-ChangePort -Value Get-ChangeHost; & %s -Stage Preflight -Force",
			"stage Preflight runs on fe2.corp.contoso.com, not on "},
	} {
		quoted := "'" + strings.ReplaceAll(script, "'", "''") + "'"
		path := filepath.Join(t.TempDir(), "run.ps1")
		s.must(os.WriteFile(path, []byte(fmt.Sprintf(c.does, quoted)+"\n'exit code ' + $LASTEXITCODE\n"), 0o666))
		before := s.save()
		out := s.process(path)
		s.check(strings.Contains(out, "exit code "+c.code+"\n") && strings.Contains(out, c.want), "%s", what)
		s.check(before.equal(s.save()), "%s: nothing is written", what)
	}
}
