package powershell

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/compiler/cmdlet"
	"github.com/edgeplan/edgeplan/emit/rehearsal"
)

// The scripts of the rehearsal kit run on 5.1 and later, on Windows or not. They are held
// to the same rules as the emitted scripts, but for the idioms below, and to more.

// idioms are what the kit uses and the emitted scripts do not: all versions from 5.1 take
// them, and do alike. In their place the walker reads what it knows.
var idioms = []struct{ kit, known string }{
	{"#Requires -Version 5.1\r\n\r\n<#\r\n.SYNOPSIS\r\n", "#Requires -Version 3.0\r\n\r\n<#\r\n.SYNOPSIS\r\n"},
	{"$env:SIM_", "$env_SIM_"},
	{"$env:PSModulePath", "$env_PSModulePath"},
	{"$global:LASTEXITCODE", "$global_LASTEXITCODE"},
	{"$script:Failed++\r\n", "$script_Failed += 1\r\n"},
	{"$script:Failed", "$script_Failed"},
	{"$script:World", "$script_World"},
	{"$script:Way", "$script_Way"},
	{"$script:WorkPath", "$script_WorkPath"},
	{"$World.Version++\r\n", "$World.Version += 1\r\n"},
	{"$_.$Property", "$_.Property"},
	{"@{ 5061 = 'RTCSRV'; 4443 = 'REPLICA' }", "@{ '5061' = 'RTCSRV'; '4443' = 'REPLICA' }"},
	{"@{ $true = 'works'; $false = ", "@{ 'true' = 'works'; 'false' = "},
	{"@{ $true = 'changed nothing'; $false = ", "@{ 'true' = 'changed nothing'; 'false' = "},
	{"@{ $true = 'restores the first world'; $false = ", "@{ 'true' = 'restores the first world'; 'false' = "},
	{"; ($World.RouteProperty) = ", "; RouteProperty = "},
	{"& $body -Caller ", "Get-SimSite -Caller "}, // any body: TestKit holds all to the same parameters
	{"    process { Invoke-SimCmdlet -Caller $PSCmdlet -Given $PSBoundParameters }\r\n", "    Invoke-SimCmdlet -Caller $PSCmdlet -Given $PSBoundParameters\r\n"},
	{"& ([System.IO.Path]::Combine($folder, $Visit.Script)) @given *>&1 | ", "Get-Date | "},
}

// plainKit is a text without the idioms, line by line the same.
func plainKit(text string) string {
	for _, i := range idioms {
		text = strings.ReplaceAll(text, i.kit, i.known)
	}
	return text
}

// kitTypes are those of .NET Framework 4.5, which 5.1 wants, with the static members that
// are used, besides those of the emitted scripts.
var kitTypes = strings.Fields(`
	Environment::GetEnvironmentVariable Environment::SetEnvironmentVariable Guid Guid::NewGuid
	System.Collections.IDictionary System.Diagnostics.Process System.Diagnostics.Process::GetCurrentProcess
	System.IO.Directory System.IO.Directory::CreateDirectory System.IO.Directory::Exists System.IO.Directory::GetFiles
	System.IO.File::Copy System.IO.File::ReadAllBytes System.IO.File::ReadAllLines System.IO.File::WriteAllText
	System.IO.Path::GetTempPath System.IO.Path::PathSeparator System.Management.Automation.PSCmdlet
	System.Security.Cryptography.SHA256 System.Security.Cryptography.SHA256::Create
	System.Threading.Thread System.Threading.Thread::Sleep System.Threading.Timeout System.Threading.Timeout::Infinite`)

// kitMethods are the methods of values.
var kitMethods = strings.Fields(`ComputeHash GetUnresolvedProviderPathFromPSPath Kill Replace ShouldProcess ToLowerInvariant ToUniversalTime TrimEnd
	WriteError WriteWarning`)

// kitHides are the commands that the kit has its own of, on purpose: time passes at once,
// and names are those of the simulated world.
var kitHides = []string{"Start-Sleep", "Resolve-DnsName"}

// kitCmdlet is what the modules Cmdlets have instead of the products and the tools of a
// DNS server.
var kitCmdlet = regexp.MustCompile(`^[A-Za-z]+-(?:Cs|DnsServer|Cim)[A-Z]`)

// notInSeven are the commands of 5.1 that PowerShell 7 lacks, at least where it is not on
// Windows.
var notInSeven = regexp.MustCompile(`-(Acl|AuthenticodeSignature|Cim\w+|Computer\w*|ControlPanelItem|Counter|EventLog|FileCatalog|HotFix|` +
	`PSSessionConfiguration|PSSnapin|PSRemoting|Printer|RecycleBin|SddlString|Service|String|TimeZone|Transaction|WebServiceProxy|WinEvent|Wmi\w+)$|` +
	`^(Export-Console|Out-GridView|Show-Command|Resume-Job|Suspend-Job|Use-Transaction|Set-WmiInstance|Get-Clipboard|Set-Clipboard)$`)

// kitRules are patterns of what 5.1 takes and does otherwise.
var kitRules = []struct {
	is  *regexp.Regexp
	why string
}{
	// There, to assign '' removes the variable, and $null -eq '' is false.
	{regexp.MustCompile(`[^\]]\$env:\w+ +-[ci]?(?:eq|ne) +''|'' +-[ci]?(?:eq|ne) +\$env:`), "a variable of the environment is compared with '', and is $null"},
	// There, an array is one object in the pipeline.
	{regexp.MustCompile(`ConvertFrom-Json [^|}\r\n]*\|`), "ConvertFrom-Json before a pipe"},
}

// kitNeeds are parameters without which versions or locales differ: in the encoding of a
// file, in how much a cut text loses.
var kitNeeds = map[string]string{
	"Get-Content": "Encoding", "Set-Content": "Encoding", "Add-Content": "Encoding", "Out-File": "Encoding", "Select-String": "Encoding",
	"Import-Csv": "Encoding", "Export-Csv": "Encoding", "Export-Clixml": "Encoding", "ConvertTo-Json": "Depth",
}

// kitFile is a script of the kit. It stands with what the others define.
type kitFile struct {
	name, text string
	out        outline
	found      []string
}

// kit makes the scripts of the kits of all products and of Windows DNS servers, each once.
func kit(t testing.TB) []kitFile {
	t.Helper()
	plan := compile(t, os.DirFS(filepath.Join(specsDir, "seed")))[0]
	windows := compile(t, os.DirFS(filepath.Join(specsDir, "windows-dns-prepare")))[0]
	all, err := rehearsal.Kit(windows, windows.Product, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, product := range append(cmdlet.Products(), cmdlet.LiteralProcedure) {
		files, err := rehearsal.Kit(plan, product, nil)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, files...)
	}
	var out []kitFile
	for _, f := range all {
		known := slices.ContainsFunc(out, func(k kitFile) bool { return k.name == f.Name })
		if !known && !strings.HasSuffix(f.Name, ".json") {
			out = append(out, kitFile{name: f.Name, text: string(f.Data)})
		}
	}
	return out
}

// kitProblems says what is wrong with the scripts of a kit. Each begins with the name of
// the file.
func kitProblems(files []kitFile) []string {
	files = slices.Clone(files)
	for i := range files {
		files[i].read()
	}
	var out []string
	for _, f := range files {
		for _, problem := range f.problems(exported(files)) {
			out = append(out, f.name+": "+problem)
		}
	}
	return out
}

func (f *kitFile) read() { f.out, f.found = walk(plainKit(f.text)) }

// exported has the functions of the module, and their parameters.
func exported(files []kitFile) map[string][]string {
	at := slices.IndexFunc(files, func(f kitFile) bool { return f.name == "LyncSim.psm1" })
	return files[at].out.params
}

func (f kitFile) problems(exported map[string][]string) []string {
	out := append(textProblems(f.text), f.found...)
	if isScript := strings.HasSuffix(f.name, ".ps1"); isScript != strings.HasPrefix(f.text, idioms[0].kit) {
		out = append(out, "the start is not that of a script, or of a module")
	}
	for _, rule := range kitRules {
		if text := rule.is.FindString(f.text); text != "" {
			out = append(out, fmt.Sprintf("%s: %q", rule.why, text))
		}
	}
	for name := range f.out.params {
		_, core := kitTable()[name]
		stands := core || guarded[name] != nil || cmdlet.Known(name)
		if meant := slices.Contains(kitHides, name) || strings.HasPrefix(f.name, "Cmdlets.") && kitCmdlet.MatchString(name); stands && !meant {
			out = append(out, name+": the function hides a cmdlet")
		}
	}
	out = append(out, f.memberProblems()...)
	script := f.out
	script.kit, script.params = true, map[string][]string{}
	for _, from := range []map[string][]string{exported, f.out.params} {
		for name, params := range from {
			if name != "" {
				script.params[name] = params
			}
		}
	}
	for i, c := range script.calls {
		if notInSeven.MatchString(c.name) {
			out = append(out, fmt.Sprintf("line %d: %s: PowerShell 7 lacks it", c.line, c.name))
		}
		if need := kitNeeds[c.name]; need != "" && !slices.Contains(c.params, need) {
			out = append(out, fmt.Sprintf("line %d: %s without -%s", c.line, c.name, need))
		}
		for _, p := range c.params {
			if p == "UseTransaction" || c.name == "Get-Process" && p == "ComputerName" {
				out = append(out, fmt.Sprintf("line %d: %s: PowerShell 7 lacks -%s", c.line, c.name, p))
			}
		}
		for _, problem := range callProblems(c, script, script.calls[:i]) {
			out = append(out, fmt.Sprintf("line %d: %s", c.line, problem))
		}
	}
	return out
}

// memberProblems looks at types, static members and methods.
func (f kitFile) memberProblems() []string {
	var out []string
	for _, name := range f.out.types {
		if !slices.Contains(types, name) && !slices.Contains(kitTypes, name) {
			out = append(out, "a type or member that is not in the list: "+name)
		}
	}
	tokens, touches, _ := scan(plainKit(f.text))
	for i, t := range tokens {
		called := i+1 < len(tokens) && tokens[i+1].text == "(" && touches[i+1]
		if t.kind == memberToken && t.text[0] == '.' && called && !slices.Contains(kitMethods, t.text[1:]) {
			out = append(out, fmt.Sprintf("line %d: a method that is not in the list: %s", t.line, t.text))
		}
	}
	return out
}

// TestKit: no script of the kit has a problem; each cmdlet has a body, and all bodies the
// same parameters.
func TestKit(t *testing.T) {
	files := kit(t)
	for _, problem := range kitProblems(files) {
		t.Error(problem)
	}
	whole := ""
	bodies := map[string][]string{}
	cmdlets, calls := 0, 0
	for _, f := range files {
		whole += f.text
		out, _ := walk(plainKit(f.text))
		calls += len(out.calls)
		if f.name == "LyncSim.psm1" {
			bodies = out.params
		}
	}
	for _, f := range files {
		for _, m := range regexp.MustCompile(`(?m)^function ([A-Za-z]+)-(?:Cs|DnsServer|Cim)([A-Za-z]+) \{`).FindAllStringSubmatch(f.text, -1) {
			cmdlets++
			if params := bodies[m[1]+"-Sim"+m[2]]; !slices.Equal(params, []string{"Caller", "Given", "World", "Fault"}) {
				t.Errorf("%s: the body of %s-%s has the parameters %q", f.name, m[1], m[2], params)
			}
		}
	}
	for _, i := range idioms {
		if !strings.Contains(whole, i.kit) {
			t.Errorf("the kit does not use %q", i.kit)
		}
	}
	if len(files) < 4 || cmdlets < 30 || calls < 200 {
		t.Errorf("only %d files, %d cmdlets and %d calls", len(files), cmdlets, calls)
	}
	t.Logf("%d files, %d cmdlets, %d calls", len(files), cmdlets, calls)
}

// TestEngineKit: the engine takes each script of the kit.
func TestEngineKit(t *testing.T) {
	files := kit(t)
	var texts []string
	for _, f := range files {
		texts = append(texts, f.text)
	}
	for i, got := range parse(t, append(texts, files[0].text+"}\r\n")) {
		if broken := i == len(files); broken != (len(got.Errors) > 0) {
			t.Errorf("script %d of %d: %q", i+1, len(files), got.Errors)
		}
	}
}

// TestEngineKnows: the engine has all core commands and parameters that the scripts of
// packages and kits use. Only on Windows has it those of CIM.
func TestEngineKnows(t *testing.T) {
	lines := map[string]bool{"Get-Date Seconds": true, "Get-Foo": true}
	add := func(calls []*use) {
		for _, c := range calls {
			if _, known := coreTable()[c.name]; known && (!strings.Contains(c.name, "-Cim") || runtime.GOOS == "windows") {
				lines[c.name] = true
				for _, p := range c.params {
					lines[c.name+" "+p] = true
				}
			}
		}
	}
	for _, f := range kit(t) {
		out, _ := walk(plainKit(f.text))
		add(out.calls)
	}
	for _, s := range goldens(t) {
		out, _ := walk(s.text)
		add(out.calls)
	}
	list := strings.Join(slices.Sorted(maps.Keys(lines)), "\n")
	var got []string
	run(t, &got, "known.ps1", write(t, t.TempDir(), "list", list))
	if !slices.Equal(got, []string{"Get-Date Seconds", "Get-Foo"}) { // -Seconds is -Second
		t.Errorf("the engine does not know %q", got)
	}
	t.Logf("%d commands and parameters", len(lines))
}
