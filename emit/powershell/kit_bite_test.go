package powershell

import (
	"slices"
	"strings"
	"testing"
)

const (
	sim      = "LyncSim.psm1"
	walkKit  = "rehearse.ps1"
	cmdlets  = "Cmdlets.lync-server-2013.psm1"
	simSpot  = "function Get-SimClock {\r\n"                          // between functions of LyncSim
	simLine  = "    $own = @($calls | Where-Object { $_ -eq $Name })" // in a function
	walkSpot = "$code = 2\r\n"                                        // between statements of rehearse.ps1
)

// kitBite is a fault planted in a script of the kit.
type kitBite struct {
	file string
	bite
}

// in plants a line above a place of a file.
func in(file, name, line, want string) kitBite {
	place := map[string]string{sim: simSpot, walkKit: walkSpot}[file]
	return kitBite{file, before(name, place, line, want)}
}

var kitBites = []kitBite{
	// Bytes.
	{sim, bite{"not ASCII", "simulated fault.", "simulated f\u00e4ult.", "not printable ASCII"}},
	{sim, bite{"typographic quote", simLine, "    $x = \u2018a\u2019\r\n" + simLine, "not printable ASCII"}},
	{walkKit, bite{"byte order mark", "#Requires", "\ufeff#Requires", "byte order mark"}},
	{walkKit, bite{"bare LF", walkSpot, "$code = 2\n", "CRLF"}},
	{walkKit, bite{"no line end", "exit $code\r\n", "exit $code", "line end"}},
	{walkKit, bite{"no #Requires", "#Requires -Version 5.1\r\n\r\n", "", "the start is not"}},
	{walkKit, bite{"#Requires of 7", "#Requires -Version 5.1", "#Requires -Version 7.0", "the start is not"}},
	in(walkKit, "second #requires", "#requires -PSEdition Core", otherRequires),
	in(sim, "#Requires in a module", "#Requires -Version 7.0", otherRequires),
	in(sim, "signature", "# SIG # Begin signature block", "signature"),
	// Syntax of 7.
	in(sim, "ternary", "$x = $y ? 1 : 2", "ternary"),
	in(sim, "null-coalescing", "$x = $y ?? 1", "null-coalescing"),
	in(sim, "null-coalescing assignment", "$x ??= 1", "null-coalescing"),
	in(sim, "null-conditional", "$x = ${y}?.Length", "null-conditional"),
	in(sim, "null-conditional index", "$x = ${y}?[0]", "null-conditional"),
	in(walkKit, "chain of pipelines", "Show-SimWorld && Get-SimClock", "a chain"),
	in(walkKit, "chain with or", "Show-SimWorld || Get-SimClock", "a chain"),
	in(walkKit, "in the background", "Show-SimWorld &", "& other"),
	in(sim, "pipe at the begin", "Get-Date\r\n    | Write-Verbose", "a pipe at the begin"),
	{sim, bite{"clean", simLine, "    clean { Get-Date }\r\n" + simLine, "the keyword clean"}},
	in(sim, "escape of 6", "$x = \"`u{41}\"", "double-quoted"),
	in(sim, "binary number", "$x = 0b101", "suffix"),
	in(sim, "unsigned number", "$x = 10u", "suffix"),
	in(sim, "signed byte", "$x = 5y", "suffix"),
	in(sim, "replace with a block", "$x = $y -replace 'a', { $_ }", "-replace with a block"),
	// Syntax of no version, or another meaning.
	in(sim, "drive in a string", `$x = "$y: z"`, "double-quoted"),
	in(sim, "stop-parsing", "nslookup.exe --% x", "stop-parsing"),
	in(sim, "undefined label", "foreach ($x in @(1)) { continue outer }", "with a label"),
	in(walkKit, "undefined label", "foreach ($x in @(1)) { break outer }", "with a label"),
	in(sim, "try alone", "try { Get-Date }", "try without"),
	in(sim, "else alone", "if ($true) { Get-Date }\r\nelse { Get-Date }", "else begins a statement"),
	in(sim, "workflow", "workflow X { }", "the keyword workflow"),
	in(sim, "open brace", "if ($true) {", "is not closed"),
	in(sim, "key twice", "$x = @{ a = 1; A = 2 }", "the key A stands twice"),
	{sim, bite{"key twice in a record", "Priority = [int]$part[0]; ", "priority = 1; Priority = [int]$part[0]; ", "the key Priority stands twice"}},
	{walkKit, bite{"parameter declared twice", "[string]$Fault = '',", "[string]$Fault = '',\r\n    [string]$fault = '',", "stands twice"}},
	{walkKit, bite{"PSScriptRoot in a default", "[string]$WorkPath = ''", "[string]$WorkPath = $PSScriptRoot", "in a default"}},
	{cmdlets, bite{"no comma between parameters", "[switch]$Force,", "[switch]$Force", "no comma"}},
	{cmdlets, bite{"parameter of a cmdlet twice", "[switch]$Force,", "[switch]$Force,\r\n\r\n        [switch]$force,", "stands twice"}},
	in(sim, "automatic variable", "$matches = 1", "the automatic variable $matches"),
	in(walkKit, "other scope", "$global:PSDefaultParameterValues = 1", "a scope or a drive"),
	in(sim, "other splat", "Get-Date @x", "a splat"),
	in(sim, "other redirection", "Get-Date > x", "a redirection"),
	in(sim, "other call of a block", "& (Get-Date)", "& other"),
	// Variables.
	in(walkKit, "IsWindows", "if ($IsWindows) { Get-Date }", "of PowerShell 6"),
	in(walkKit, "PSStyle", "$x = $PSStyle.Reset", "of PowerShell 6"),
	{walkKit, bite{"empty variable of the environment", "[string]$env:SIM_FAULT -eq ''", "$env:SIM_FAULT -eq ''", "is $null"}},
	in(sim, "empty variable the other way", "if ('' -ne $env:SIM_HOST) { Get-Date }", "is $null"),
	// Commands.
	in(sim, "unknown command", "Get-Foo", "no such command"),
	in(sim, "alias", "gci -Path x", "no such command"),
	in(sim, "native command", "hostname.exe", "no such command"),
	in(sim, "Join-String", "Join-String -InputObject $x", "no such command in 5.1"),
	in(sim, "Test-Json", "Test-Json -Json $x", "no such command in 5.1"),
	in(sim, "Get-Uptime", "Get-Uptime", "no such command in 5.1"),
	in(sim, "Get-Error", "Get-Error", "no such command in 5.1"),
	in(sim, "ConvertFrom-Markdown", "ConvertFrom-Markdown -InputObject $x", "no such command in 5.1"),
	in(sim, "Get-WmiObject", "Get-WmiObject -Class x", "PowerShell 7 lacks it"),
	in(sim, "Get-CimInstance", "Get-CimInstance -ClassName x", "PowerShell 7 lacks it"),
	in(sim, "Get-Service", "Get-Service -Name x", "PowerShell 7 lacks it"),
	in(sim, "Get-EventLog", "Get-EventLog -LogName x", "PowerShell 7 lacks it"),
	in(sim, "Invoke-Expression", "Invoke-Expression -Command $x", "runs text"),
	in(sim, "Cs cmdlet", "Get-CsSite", "no -ErrorAction Stop"),
	in(sim, "hidden cmdlet", "function Get-Date { 1 }", "hides a cmdlet"),
	in(sim, "hidden Cs cmdlet", "function Get-CsSite { 1 }", "hides a cmdlet"),
	in(walkKit, "other function", "Show-SimWorlds", "no such command"),
	// Parameters.
	{walkKit, bite{"other parameter of a module's function", "Invoke-SimClick -Click", "Invoke-SimClick -Name", "no parameter -Name"}},
	{walkKit, bite{"positional of a module's function", "Invoke-SimClick -Click $click", "Invoke-SimClick $click", "values without a parameter"}},
	{sim, bite{"other parameter of a body", "& $body -Caller $Caller -Given $Given", "& $body -Caller $Caller -Gave $Given", "no parameter -Gave"}},
	{cmdlets, bite{"other parameter of a body's caller", "Invoke-SimCmdlet -Caller", "Invoke-SimCmdlet -From", "no parameter -From"}},
	in(sim, "Parallel", "@(1) | ForEach-Object -Parallel { $_ }", "no parameter -Parallel"),
	in(sim, "AsHashtable", "ConvertFrom-Json -InputObject $x -AsHashtable", "no parameter -AsHashtable"),
	in(sim, "Depth of ConvertFrom-Json", "ConvertFrom-Json -InputObject $x -Depth 3", "no parameter -Depth"),
	in(sim, "AdditionalChildPath", "Join-Path -Path a -ChildPath b -AdditionalChildPath c", "no parameter -AdditionalChildPath"),
	in(sim, "LeafBase", "Split-Path -Path x -LeafBase", "no parameter -LeafBase"),
	in(sim, "AsUTC", "Get-Date -AsUTC", "no parameter -AsUTC"),
	in(sim, "utf8NoBOM", "Set-Content -LiteralPath x -Value y -Encoding utf8NoBOM", "-Encoding utf8NoBOM"),
	in(sim, "UTF8", "Set-Content -LiteralPath x -Value y -Encoding UTF8", "-Encoding UTF8"),
	in(sim, "no Encoding", "Get-Content -LiteralPath x", "without -Encoding"),
	{sim, bite{"no Depth", " -Depth 9", "", "without -Depth"}},
	in(sim, "array out of JSON", "ConvertFrom-Json -InputObject $x | ForEach-Object { $_ }", "before a pipe"),
	in(sim, "UseTransaction", "Get-Item -LiteralPath x -UseTransaction", "lacks -UseTransaction"),
	in(sim, "abbreviated parameter", "Get-Date -Form x", "no parameter -Form"),
	// Types and methods.
	in(sim, "semver", "$x = [semver]'1.0'", "semver"),
	in(sim, "type of .NET Core", "$x = [System.Text.Json.JsonDocument]", "JsonDocument"),
	in(sim, "static method of .NET Core", "$x = [System.IO.Path]::Join('a', 'b')", "Path::Join"),
	in(sim, "static method of .NET 5", "$x = [System.Security.Cryptography.SHA256]::HashData($y)", "SHA256::HashData"),
	in(sim, "method of .NET Core", "$x = $y.AsSpan(1)", "list: .AsSpan"),
	in(sim, "method ForEach", "$x = $y.ForEach({ $_ })", "the method .ForEach()"),
}

// TestKitBites plants each fault in a kit that has none.
func TestKitBites(t *testing.T) {
	files := kit(t)
	for i := range files {
		files[i].read()
	}
	names := map[string]bool{}
	for _, b := range kitBites {
		if names[b.file+b.name] {
			t.Errorf("%s stands twice", b.name)
		}
		names[b.file+b.name] = true
		at := slices.IndexFunc(files, func(f kitFile) bool { return f.name == b.file })
		if at < 0 {
			t.Fatalf("the kit has no %s", b.file)
		}
		spoiled := slices.Clone(files)
		spoiled[at].text = mutant{b.name, b.old, b.new}.apply(t, files[at].text)
		spoiled[at].read() // the others are as they were: reading all for each fault takes minutes under the race detector
		found := spoiled[at].problems(exported(spoiled))
		if !slices.ContainsFunc(found, func(p string) bool { return strings.Contains(p, b.want) }) {
			t.Errorf("%s: no %q of %s in:\n%s", b.name, b.want, b.file, strings.Join(found, "\n"))
		}
	}
	t.Logf("%d faults", len(kitBites))
}
