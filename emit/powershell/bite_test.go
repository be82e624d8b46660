package powershell

import (
	"strings"
	"testing"
)

// bite is a fault planted in a script, and a part of what must be found.
type bite struct{ name, old, new, want string }

const (
	atChange  = "$Stages = @(\r\n"                                 // in the change
	atRuntime = "function Exit-ChangeStage("                       // between functions of the runtime
	inside    = "    $problem.Data['ExitCode'] = $Code\r\n"        // in a function
	aCall     = "Get-CsSipDomain -ErrorAction Stop"                // in a block of the change
	aText     = "Name = 'Stop'"                                    // in a hash of the change
	aCatch    = "} catch { $why = $_.Exception.Message }"          // after a try
	aParam    = "[string]$WorkPath = ''"                           // with a default
	own       = "function Assert-ChangeFact {\r\n    <# .SYNOPSIS" // a function without parameters
	sleep     = "Start-Sleep -Seconds $Run.PollSeconds"            // a core command
	native    = "        $ErrorActionPreference = 'Continue'\r\n"  // above nslookup.exe
	guard     = "if ($null -ne (Get-Command -Name 'Resolve-DnsName' -ErrorAction SilentlyContinue))"
)

// before plants a line above a place.
func before(name, place, line, want string) bite {
	return bite{name, place, line + "\r\n" + place, want}
}

// bites has at least one fault for each rule.
var bites = []bite{
	// Bytes and lines.
	{"not ASCII", aText, "Name = 'St\u00f6p'", "not printable ASCII"},
	{"typographic quote", aText, "Name = \u2018Stop\u2019", "not printable ASCII"},
	{"typographic dash", aCall, "Get-CsSipDomain \u2013ErrorAction Stop", "not printable ASCII"},
	{"NUL", aText, "Name = 'St\x00op'", "not printable ASCII"},
	{"byte order mark", "#Requires -Version 3.0\r\n\r\n", "\ufeff#Requires -Version 3.0\r\n\r\n", "byte order mark"},
	{"bare LF", atChange, "$Stages = @(\n", "CRLF"},
	{"bare CR", "# Steps: where", "# Steps:\r where", "CRLF"},
	{"tab", inside, "\t" + inside, "not printable ASCII"},
	{"blank at the end", atRuntime, "$x = 1 \r\n" + atRuntime, "ends in a blank"},
	{"no line end", "exit $exitCode\r\n", "exit $exitCode", "line end"},
	{"empty lines at the end", "exit $exitCode\r\n", "exit $exitCode\r\n\r\n", "line end"},
	{"long line in the change", "# Steps: where", "# " + strings.Repeat("x", 119) + "\r\n# Steps: where", "121 characters"},
	before("long line in the runtime", atRuntime, "# "+strings.Repeat("x", 123), "125 characters"),
	{"no #Requires", "#Requires -Version 3.0\r\n\r\n", "", "the start is not"},
	// Comments.
	{"second #requires", "# Steps: where", "#requires -Version 3.0\r\n# Steps: where", otherRequires},
	{"#requires after code", inside, strings.TrimSuffix(inside, "\r\n") + " #requires -RunAsAdministrator\r\n", otherRequires},
	{"edition", "#Requires -Version 3.0\r\n", "#Requires -PSEdition Desktop\r\n", otherRequires},
	before("signature", atRuntime, "# SIG # Begin signature block", "signature"),
	before("nearly a signature", atRuntime, "# Signature block", "signature"),
	before("open comment", atRuntime, "<# x", "comment"),
	before("comment in a comment", atRuntime, "<# <# #>", "a comment in a comment"),
	// Strings.
	before("drive in a string", atRuntime, `$x = "$y: z"`, "double-quoted"),
	before("variable in a string", atRuntime, `$x = "$y"`, "double-quoted"),
	before("quote in a string", atRuntime, `$x = "a""b"`, "double-quoted"),
	before("escape in a string", atRuntime, "$x = \"`u{41}\"", "double-quoted"),
	before("here-string", atRuntime, "$x = @'\r\na\r\n'@", "a here-string"),
	before("here-string that expands", atRuntime, "$x = @\"\r\na\r\n\"@", "a here-string"),
	{"open string", aText, "Name = 'Stop", "not in the subset"},
	{"string over two lines", aText, "Name = 'St\r\nop'", "not in the subset"},
	// Characters and operators.
	{"backtick", aCall, "Get-CsSipDomain `\r\n -ErrorAction Stop", "a backtick"},
	before("exclamation mark", atRuntime, "$x = !$y", "! for -not"),
	before("chain of pipelines", atRuntime, sleep+" && "+sleep, "a chain"),
	before("chain with or", atRuntime, sleep+" || "+sleep, "a chain"),
	before("null-coalescing", atRuntime, "$x = $y ?? 1", "null-coalescing"),
	before("null-coalescing assignment", atRuntime, "$x ??= 1", "null-coalescing"),
	before("null-conditional", atRuntime, "$x = ${y}?.Length", "null-conditional"),
	before("null-conditional index", atRuntime, "$x = ${y}?[0]", "null-conditional"),
	before("ternary", atRuntime, "$x = $y ? 1 : 2", "ternary"),
	before("new", atRuntime, "$x = [object]::new()", "::new()"),
	before("stop-parsing", atRuntime, "nslookup.exe --% x", "stop-parsing"),
	before("increment", atRuntime, "$x++", "a ++ operator"),
	before("decrement", atRuntime, "$x--", "-- operator"),
	before("modulus", atRuntime, "$x = 5 % 2", "%"),
	before("subexpression", atRuntime, "$x = $(Get-Date)", "a subexpression"),
	before("scope", atRuntime, "$global:x = 1", "a scope or a drive"),
	before("input redirection", atRuntime, "Get-Content < x", "a redirection"),
	before("output redirection", atRuntime, "Get-Date > x", "a redirection"),
	before("stream 6", atRuntime, "Get-Date 6> x", "a redirection"),
	before("all streams", atRuntime, "Get-Date *> x", "a redirection"),
	{"2>&1 under Stop", native, "", "a redirection"},
	{"2>&1 under Stop again", native, native + "        $ErrorActionPreference = 'Stop'\r\n", "a redirection"},
	before("binary number", atRuntime, "$x = 0b101", "suffix"),
	before("unsigned number", atRuntime, "$x = 10u", "suffix"),
	before("signed byte", atRuntime, "$x = 5y", "suffix"),
	before("kilobyte", atRuntime, "$x = 1kb", "suffix"),
	before("number without a digit", atRuntime, "$x = .5", "begins with a dot"),
	before("unary comma", atRuntime, "$x = ,1", "a comma with nothing before it"),
	before("unary comma returned", inside, "    return ,$x", "a comma with nothing before it"),
	before("unknown operator", atRuntime, "$x = 1 -foo 2", "an operator"),
	before("in the background", atRuntime, sleep+" &", "& other"),
	before("call by text", atRuntime, "& 'Get-Date'", "& other"),
	before("dot source", atRuntime, ". $x", "dot"),
	before("pipe at the begin", atRuntime, "Get-Date\r\n    | Write-Verbose", "a pipe at the begin"),
	{"empty pipe", aCall, aCall + " | | Where-Object { $_ }", "an empty pipe"},
	before("replace with a block", atRuntime, "$x = $y -replace 'a', { $_ }", "-replace with a block"),
	before("ordered variable", atRuntime, "$x = [ordered]$y", "[ordered]"),
	before("splat", atRuntime, "Get-Date @x", "a splat"),
	before("sum among arguments", atRuntime, "Write-Verbose -Message 'a' + 'b'", "+ among arguments"),
	before("word in an expression", atRuntime, "$x = 1 2 Get-Date", "a bare word"),
	// Statements.
	before("label", atRuntime, ":outer foreach ($x in @(1)) { break }", "a label"),
	before("continue with a label", atRuntime, "foreach ($x in @(1)) { continue outer }", "with a label"),
	before("break with a label", atRuntime, "foreach ($x in @(1)) { break outer }", "with a label"),
	{"try alone", aCatch, "}", "try without"},
	before("try at the end of a block", atRuntime, "if ($true) { try { Get-Date } }", "try without"),
	before("else alone", atRuntime, "if ($true) { Get-Date }\r\nelse { Get-Date }", "else begins a statement"),
	before("elseif alone", atRuntime, "if ($true) { Get-Date }\r\nelseif ($true) { Get-Date }", "elseif begins a statement"),
	{"catch alone", aCatch, "}\r\n    catch { $why = '' }", "catch begins a statement"},
	{"finally alone", "} finally { $client.Close() }", "}\r\n        finally { $client.Close() }", "finally begins a statement"},
	before("param late", inside, "    $x = 1; param($y)", "param is not the first"),
	before("class", atRuntime, "class X { }", "the keyword class"),
	before("enum", atRuntime, "enum X { A }", "the keyword enum"),
	before("using", atRuntime, "using namespace System.IO", "the keyword using"),
	before("clean", inside, "    clean { Get-Date }", "the keyword clean"),
	before("workflow", atRuntime, "workflow X { }", "the keyword workflow"),
	before("configuration", atRuntime, "configuration X { }", "the keyword configuration"),
	before("keyword in capitals", atRuntime, "If ($true) { Get-Date }", "in capitals"),
	{"open brace", inside, inside + "    if ($true) {\r\n", "is not closed"},
	{"brace too many", inside, inside + "    }\r\n", "closes nothing"},
	{"other bracket", inside, inside + "    $x = @(1}\r\n", "closes nothing"},
	// Data.
	{"key twice", aText, "Name = 'Stop'; Name = 'Stop'", "the key Name stands twice"},
	{"key twice in other case", aText, "Name = 'Stop'; NAME = 'Stop'", "the key NAME stands twice"},
	{"key twice in the runtime", "stage = $Run.Stage; host", "stage = $Run.Stage; 'Stage' = 1; host", "the key Stage stands twice"},
	{"key without a value", aText, "Name = 'Stop'; Extra", "a key without a value"},
	{"key that is computed", aText, "Name = 'Stop'; $x = 1", "a key that is no word"},
	{"parameter declared twice", aParam + ",", aParam + ",\r\n    [string]$workpath = '',", "stands twice"},
	{"PSScriptRoot in a default", aParam, "[string]$WorkPath = $PSScriptRoot", "in a default"},
	{"MyInvocation in a default", aParam, "[string]$WorkPath = (Split-Path -Path $MyInvocation.MyCommand.Path)", "in a default"},
	before("automatic variable", inside, "    $input = 1", "the automatic variable $input"),
	before("automatic parameter", atRuntime, "function Get-X([string]$Host) { $Host }", "the automatic variable $Host"),
	before("variable of 6", atRuntime, "if ($IsWindows) { Get-Date }", "of PowerShell 6"),
	// Commands and parameters.
	before("unknown command", atRuntime, "Get-Foo", "no such command"),
	before("alias", atRuntime, "gci -Path x", "no such command"),
	before("native command", atRuntime, "ipconfig.exe", "no such command"),
	before("alias of two", atRuntime, "iex -Command x", "no such command"),
	before("Invoke-Expression", atRuntime, "Invoke-Expression -Command $x", "runs text"),
	before("Add-Type", atRuntime, "Add-Type -TypeDefinition $x", "compiles code"),
	before("Get-WmiObject", atRuntime, "Get-WmiObject -Class x", "PowerShell 7 lacks it"),
	before("Get-FileHash", atRuntime, "Get-FileHash -Path x", "came with 4.0"),
	before("New-Guid", atRuntime, "New-Guid", "came with 5.1"),
	before("Compress-Archive", atRuntime, "Compress-Archive -Path x", "came with 5.1"),
	before("Test-NetConnection", atRuntime, "Test-NetConnection -ComputerName x", "no such command"),
	before("abbreviated parameter", atRuntime, "Start-Sleep -Sec 5", "no parameter -Sec"),
	before("parameter in other case", atRuntime, "Start-Sleep -seconds 5", "no parameter -seconds"),
	before("parameter twice", atRuntime, "Start-Sleep -Seconds 5 -Seconds 6", "-Seconds stands twice"),
	before("positional", atRuntime, "Start-Sleep 5", "values without a parameter"),
	before("two values", atRuntime, "Start-Sleep -Seconds 5 6", "values without a parameter"),
	before("three paths", atRuntime, "Join-Path -Path a -ChildPath b c", "values without a parameter"),
	before("value after a switch", atRuntime, "Sort-Object -Unique Name", "-Unique with a value"),
	before("AdditionalChildPath", atRuntime, "Join-Path -Path a -ChildPath b -AdditionalChildPath c", "no parameter -AdditionalChildPath"),
	before("AsHashtable", atRuntime, "ConvertFrom-Json -InputObject $x -AsHashtable", "no parameter -AsHashtable"),
	before("Depth of ConvertFrom-Json", atRuntime, "ConvertFrom-Json -InputObject $x -Depth 3", "no parameter -Depth"),
	before("Parallel", atRuntime, "@(1) | ForEach-Object -Parallel { $_ }", "no parameter -Parallel"),
	before("PipelineVariable", atRuntime, "Get-Date -PipelineVariable x", "no parameter -PipelineVariable"),
	before("InformationAction", atRuntime, "Get-Date -InformationAction Ignore", "no parameter -InformationAction"),
	before("Write-Information", atRuntime, "Write-Information -MessageData x", "came with 5.1"),
	before("NoNewline", atRuntime, "Set-Content -LiteralPath x -Value y -NoNewline", "no parameter -NoNewline"),
	before("NoEnumerate", atRuntime, "Write-Output -InputObject $x -NoEnumerate", "no parameter -NoEnumerate"),
	before("SkipLast", atRuntime, "@(1) | Select-Object -SkipLast 1", "no parameter -SkipLast"),
	before("Depth of Get-ChildItem", atRuntime, "Get-ChildItem -Path x -Depth 1", "no parameter -Depth"),
	before("FullyQualifiedName", atRuntime, "Get-Module -FullyQualifiedName x", "no parameter -FullyQualifiedName"),
	before("LeafBase", atRuntime, "Split-Path -Path x -LeafBase", "no parameter -LeafBase"),
	before("AsUTC", atRuntime, "Get-Date -AsUTC", "no parameter -AsUTC"),
	before("utf8NoBOM", atRuntime, "Set-Content -LiteralPath x -Value y -Encoding utf8NoBOM", "-Encoding utf8NoBOM"),
	before("UTF8", atRuntime, "Set-Content -LiteralPath x -Value y -Encoding UTF8", "-Encoding UTF8"),
	before("Byte", atRuntime, "Set-Content -LiteralPath x -Value y -Encoding Byte", "-Encoding Byte"),
	before("method Where", atRuntime, "$x = $y.Where({ $_ })", "the method .Where()"),
	before("method ForEach", atRuntime, "$x = $y.foreach({ $_ })", "the method .foreach()"),
	before("other filter", atRuntime, "@(1) | Where-Object -Property x -EQ 1", "other than with one block"),
	before("type of .NET 4.6", atRuntime, "$x = [array]::Empty", "array::Empty"),
	before("type that is not in the list", atRuntime, "$x = [System.Net.WebClient]", "System.Net.WebClient"),
	// Cs cmdlets, functions, guards.
	{"other Cs cmdlet", aCall, "Get-CsFoo -ErrorAction Stop", "no such command"},
	{"no ErrorAction", aCall, "Get-CsSipDomain", "no -ErrorAction Stop"},
	{"other ErrorAction", aCall, "Get-CsSipDomain -ErrorAction Continue", "no -ErrorAction Stop"},
	{"other parameter", aCall, "Get-CsSipDomain -Name x -ErrorAction Stop", "no parameter -Name"},
	{"positional Cs", aCall, "Get-CsSipDomain 'x' -ErrorAction Stop", "values without a parameter"},
	{"other ErrorAction in the runtime", "Get-CsWindowsService -ExcludeActivityLevel -ErrorAction Stop)", "Get-CsWindowsService -ExcludeActivityLevel -ErrorAction Ignore)", "no -ErrorAction Stop"},
	before("hidden cmdlet", atRuntime, "function Get-Date { 1 }", "hides a cmdlet"),
	{"other parameter of a function", "Test-ChangeDone -Stage $name", "Test-ChangeDone -Name $name", "no parameter -Name"},
	{"positional of a function", "Test-ChangeDone -Stage $name", "Test-ChangeDone $name", "values without a parameter"},
	{"other parameter of a block", "& $AskOperator -About", "& $AskOperator -What", "no parameter -What"},
	{"no guard", guard, "if ($true)", "is not asked for before"},
}

// TestRulesBite plants each fault in a script that has none.
func TestRulesBite(t *testing.T) {
	s := golden(t, "seed/edgepool1-to-edgepool2/failover.ps1")
	names := map[string]bool{}
	for _, b := range bites {
		if names[b.name] {
			t.Errorf("%s stands twice", b.name)
		}
		names[b.name] = true
		text := mutant{b.name, b.old, b.new}.apply(t, s.text)
		found := strings.Join(problems(text), "\n")
		if !strings.Contains(found, b.want) {
			t.Errorf("%s: no %q in:\n%s", b.name, b.want, found)
		}
	}
	for _, m := range mutants {
		if len(problems(m.apply(t, s.text))) == 0 {
			t.Errorf("%s is not found", m.name)
		}
	}
	t.Logf("%d faults", len(bites))
}
