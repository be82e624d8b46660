package powershell

import (
	"encoding/csv"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/edgeplan/edgeplan/compiler/cmdlet"
)

// runtimeWidth bounds the lines below those that people review for each change.
const runtimeWidth = 124

// problems says what is wrong with a script, as far as that can be seen without an
// engine: whatever Windows PowerShell 3.0 to 5.1 and PowerShell 7 do not all take, and
// do alike.
func problems(text string) []string {
	out := bytesProblems(text)
	marker := strings.Index(text, RuntimeMarker)
	at := 0
	for i, line := range strings.Split(text, "\r\n") {
		if len(line) > maxWidth && (marker < 0 || at < marker) || len(line) > runtimeWidth {
			out = append(out, fmt.Sprintf("line %d has %d characters", i+1, len(line)))
		}
		at += len(line) + 2
	}
	script, found := walk(text)
	out = append(out, found...)
	for i, c := range script.calls {
		for _, problem := range callProblems(c, script, script.calls[:i]) {
			out = append(out, fmt.Sprintf("line %d: %s", c.line, problem))
		}
	}
	for name := range script.params {
		if _, known := coreTable()[name]; known || cmdlet.Known(name) {
			out = append(out, name+": the function hides a cmdlet")
		}
	}
	for _, name := range script.types {
		if !slices.Contains(types, name) {
			out = append(out, "a type or member that is not in the list: "+name)
		}
	}
	return out
}

// types are those of .NET 4.0 and before, with the static members that are used.
var types = strings.Fields(`
	Microsoft.Win32.Registry Microsoft.Win32.Registry::GetValue
	DateTime DateTime::UtcNow Environment Environment::GetCommandLineArgs Environment::MachineName Environment::NewLine
	Environment::UserDomainName Environment::UserInteractive Environment::UserName Math Math::Max Math::Min
	System.BitConverter System.BitConverter::ToString System.Collections.IDictionary
	System.Globalization.CultureInfo System.Globalization.CultureInfo::InvariantCulture System.IO.File System.IO.File::AppendAllText System.IO.File::Delete System.IO.File::Exists
	System.IO.File::Move System.IO.File::Open System.IO.File::ReadAllText System.IO.File::Replace System.IO.Path System.IO.Path::Combine
	System.Net.Dns System.Net.Dns::GetHostAddresses System.Net.IPAddress System.Net.IPAddress::IsLoopback System.Net.IPAddress::TryParse
	System.Net.NetworkInformation.IPGlobalProperties System.Net.NetworkInformation.IPGlobalProperties::GetIPGlobalProperties
	System.Net.Sockets.AddressFamily System.Net.Sockets.AddressFamily::InterNetwork System.Net.Sockets.AddressFamily::InterNetworkV6
	System.Net.Sockets.SocketException System.Security.Cryptography.X509Certificates.OpenFlags System.Security.Cryptography.X509Certificates.OpenFlags::ReadOnly
	System.Security.Cryptography.X509Certificates.StoreLocation System.Security.Cryptography.X509Certificates.StoreLocation::LocalMachine
	System.Security.Principal.NTAccount
	System.Security.Principal.WindowsBuiltInRole System.Security.Principal.WindowsBuiltInRole::Administrator
	System.Security.Principal.WindowsIdentity System.Security.Principal.WindowsIdentity::GetCurrent
	System.Text.Encoding System.Text.Encoding::ASCII System.Threading.Thread System.Threading.Thread::CurrentThread TimeSpan TimeSpan::FromSeconds
	array array::IndexOf bool char hashtable int long object object::ReferenceEquals ordered ref regex regex::Escape regex::Match regex::Matches scriptblock string switch object[] string[] uint32`)

// shunned are commands of 3.0 that do not fit, with the reason.
var shunned = map[string]string{
	"Invoke-Expression": "runs text", "Add-Type": "compiles code", "Get-WmiObject": "PowerShell 7 lacks it", "Get-EventLog": "PowerShell 7 lacks it",
	"Add-PSSnapin": "PowerShell 7 lacks it", "New-WebServiceProxy": "PowerShell 7 lacks it", "Set-Alias": "hides what runs", "New-Alias": "hides what runs",
	"Start-Transcript": "-WhatIf suppresses it", "Set-Variable": "-WhatIf suppresses it",
}

// switches are the parameters without a value of the core commands in use.
var switches = strings.Fields("Force Global DisableNameChecking Unique Descending Compress ValueOnly A AAAA Srv Wmi Done DnsOnly NoHostsFile WhatIf Confirm")

// common are the parameters that every cmdlet of 3.0 has.
var common = strings.Fields("Verbose Debug ErrorAction WarningAction ErrorVariable WarningVariable OutVariable OutBuffer")

// encodings are the names that mean the same in all versions: utf8 has a byte order
// mark in 5.1 and none in 7, default is ANSI and then UTF-8.
var encodings = strings.Fields("ASCII Unicode BigEndianUnicode UTF32")

// guarded are commands that only some systems have, and their parameters.
var guarded = map[string][]string{
	"Resolve-DnsName":                strings.Fields("Name Type Server DnsOnly NoHostsFile"),
	"nslookup.exe":                   nil,
	"dnscmd.exe":                     nil,
	"Get-DnsServerZone":              strings.Fields("Name"),
	"Get-DnsServerResourceRecord":    strings.Fields("ZoneName Name RRType"),
	"Set-DnsServerResourceRecord":    strings.Fields("ZoneName OldInputObject NewInputObject WhatIf Confirm"),
	"Add-DnsServerResourceRecord":    dnsServer["Add-DnsServerResourceRecord"],
	"Remove-DnsServerResourceRecord": dnsServer["Remove-DnsServerResourceRecord"],
}

// found are the variables with a cmdlet that the script looks up, past aliases and
// functions.
var found = map[string]string{"$removeItem": "Remove-Item", "$getModule": "Get-Module", "$importModule": "Import-Module", "$setItem": "Set-Item", "$setAlias": "Set-Alias"}

// guards are the commands that the function which calls one asks for first. The others
// are in the data, or in functions that only the data calls: the script looks for what
// its data needs before it begins.
var guards = map[string]string{
	"Resolve-DnsName": "Resolve-DnsName", "nslookup.exe": "Resolve-DnsName",
}

func callProblems(c *use, script outline, earlier []*use) []string {
	var out []string
	fail := func(format string, args ...any) { out = append(out, c.name+": "+fmt.Sprintf(format, args...)) }
	for i, p := range c.params {
		if slices.ContainsFunc(c.params[:i], func(q string) bool { return strings.EqualFold(p, q) }) {
			fail("-%s stands twice", p)
		}
	}
	for _, pair := range c.words {
		if name, value, _ := strings.Cut(pair, " "); name == "Encoding" && !slices.Contains(encodings, value) {
			fail("-Encoding %s differs between the versions", value)
		}
	}
	has, why := hasParam(c, script)
	if why != "" {
		return append(out, c.name+": "+why)
	}
	for _, p := range c.params {
		if !has(p) {
			fail("no parameter -%s in %s", p, script.lowest())
		}
	}
	if guard, ok := guards[c.name]; ok && !asks(c.in, earlier, guard) {
		fail("%s is not asked for before", guard)
	}
	switch max := map[string]int{"Where-Object": 1, "ForEach-Object": 1, "nslookup.exe": 3, "dnscmd.exe": 1}[c.name]; {
	case c.loose > max:
		fail("%d values without a parameter", c.loose)
	case c.name == "Where-Object" && len(c.params) > 0:
		fail("other than with one block")
	}
	return out
}

// hasParam tells which parameters a command has, or why it must not be called.
func hasParam(c *use, script outline) (func(string) bool, string) {
	_, own := script.params[c.name]
	_, guard := guarded[c.name]
	core, known := script.table()[c.name]
	switch {
	case found[c.name] != "":
		return func(p string) bool { return slices.Contains(coreTable()[found[c.name]].params, p) }, ""
	case strings.HasPrefix(c.name, "$"): // a block: in a variable of the script, or in the data
		return func(p string) bool { return slices.Contains(script.params[c.name], p) }, ""
	case own:
		return func(p string) bool { return slices.Contains(script.params[c.name], p) }, ""
	case guard:
		return func(p string) bool { return slices.Contains(guarded[c.name], p) || slices.Contains(common, p) }, ""
	case cmdlet.Known(c.name):
		if !slices.Contains(c.words, "ErrorAction Stop") {
			return nil, "no -ErrorAction Stop"
		}
		return func(p string) bool { return slices.Contains(common, p) || productHas(c.name, p) }, ""
	case known && core.since > script.lowest():
		return nil, "came with " + core.since
	case known && shunned[c.name] != "":
		return nil, shunned[c.name]
	case known:
		return func(p string) bool { return slices.Contains(core.params, p) || slices.Contains(common, p) }, ""
	}
	return nil, "no such command in " + script.lowest() + ", or an alias"
}

func productHas(name, param string) bool {
	return slices.ContainsFunc(append(cmdlet.Products(), cmdlet.LiteralProcedure), func(p cmdlet.Product) bool { return cmdlet.Has(p, name, param) })
}

func asks(in *function, earlier []*use, command string) bool {
	return slices.ContainsFunc(earlier, func(c *use) bool {
		return c.in == in && c.name == "Get-Command" && slices.Contains(c.texts, "'"+command+"'")
	})
}

// core is a command of the table: the version that brought it, and the parameters that
// it had in the lowest version that counts.
type core struct {
	since  string
	params []string
}

// coreTable is testdata/commands.csv: the commands of the modules of Windows PowerShell
// itself and their parameters, each with the first of 3.0, 4.0 and 5.1 that has it. The
// facts are those of the lists desktop-3.0, -4.0 and -5.1 in Engine/Settings of
// PSScriptAnalyzer (github.com/PowerShell/PSScriptAnalyzer, MIT licence).
var coreTable = sync.OnceValue(func() map[string]core { return tableOf("3.0") })

// kitTable is the same of 5.1.
var kitTable = sync.OnceValue(func() map[string]core { return tableOf("5.1") })

func tableOf(version string) map[string]core {
	out := map[string]core{}
	for _, row := range commandRows() {
		name, since, params := row[0], row[1], strings.Fields(row[2])
		one, ok := out[name]
		if !ok {
			one.since = since
		} else if one.since == since {
			panic("two rows of " + name)
		}
		if since <= version {
			one.params = append(one.params, params...)
		}
		out[name] = one
	}
	return out
}

func (o outline) table() map[string]core {
	if o.kit {
		return kitTable()
	}
	return coreTable()
}

func (o outline) lowest() string {
	if o.kit {
		return "5.1"
	}
	return "3.0"
}

func commandRows() [][]string {
	data, err := os.ReadFile("testdata/commands.csv")
	if err != nil {
		panic(err)
	}
	rows, err := csv.NewReader(strings.NewReader(string(data))).ReadAll()
	if err != nil || len(rows) < 2 || strings.Join(rows[0], ",") != "command,since,parameters" {
		panic(fmt.Sprintf("testdata/commands.csv: %v", err))
	}
	return rows[1:]
}

// TestCommandTable: the table is sorted, has nothing twice, and says what is known well.
func TestCommandTable(t *testing.T) {
	rows := commandRows()
	seen := map[string]bool{}
	for i, row := range rows {
		if i > 0 && strings.ToLower(rows[i-1][0]) > strings.ToLower(row[0]) {
			t.Errorf("%s stands after %s", row[0], rows[i-1][0])
		}
		if !slices.Contains([]string{"3.0", "4.0", "5.1"}, row[1]) {
			t.Errorf("%s: version %s", row[0], row[1])
		}
		for _, p := range append(strings.Fields(row[2]), row[1]) {
			if key := strings.ToLower(row[0] + " " + p); seen[key] {
				t.Errorf("%s stands twice", key)
			} else {
				seen[key] = true
			}
		}
	}
	for name, since := range map[string]string{"Where-Object": "3.0", "Export-Clixml": "3.0", "Get-FileHash": "4.0", "New-Guid": "5.1", "Get-Clipboard": "5.1"} {
		if got := coreTable()[name].since; got != since {
			t.Errorf("%s came with %q, not %s", name, got, since)
		}
	}
	if p := coreTable()["Get-Module"].params; slices.Contains(p, "FullyQualifiedName") || !slices.Contains(p, "ListAvailable") {
		t.Errorf("Get-Module of 3.0 has %q", p)
	}
	t.Logf("%d commands", len(coreTable()))
}

// TestProblems: no script has any, from its first line to its last.
func TestProblems(t *testing.T) {
	used, params := map[string]bool{}, map[string]bool{}
	for _, s := range goldens(t) {
		for _, problem := range problems(s.text) {
			t.Errorf("%s: %s", s.name, problem)
		}
		script, _ := walk(s.text)
		for _, c := range script.calls {
			used[c.name] = true
			for _, p := range c.params {
				params[c.name+" -"+p] = true
			}
		}
	}
	if len(used) < 40 || !used["Write-Host"] || !params["Export-Clixml -Depth"] {
		t.Errorf("the walk saw only %d commands", len(used))
	}
	t.Logf("%d commands with %d parameters", len(used), len(params))
}
