package docs

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/compiler"
	"github.com/edgeplan/edgeplan/compiler/cmdlet"
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit"
	"github.com/edgeplan/edgeplan/emit/rehearsal"
	"github.com/edgeplan/edgeplan/parser"
)

const (
	rehearsalPage = "docs/rehearsal.md"
	simulator     = "emit/rehearsal/LyncSim.psm1"
	walker        = "emit/rehearsal/rehearse.ps1"
)

// planOf makes the only plan of a spec.
func planOf(t *testing.T, spec string) *plan.Plan {
	t.Helper()
	dir := filepath.Join(root, "specs", spec)
	var names []string
	for _, path := range mustGlob(t, filepath.Join(dir, "*"+parser.Suffix)) {
		names = append(names, filepath.Base(path))
	}
	read, _, diags := parser.Load(os.DirFS(dir), names)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	plans, diags := compiler.Compile(read)
	if diags.HasErrors() || len(plans) != 1 {
		t.Fatalf("%s: %d plans, %v", spec, len(plans), diags)
	}
	return plans[0]
}

// TestKitFiles: the page lists the files of a kit, with one module for each product.
func TestKitFiles(t *testing.T) {
	var listed []string
	for _, cells := range rows(t, rehearsalPage, "file") {
		listed = append(listed, codeWords(cells[0])...)
	}
	for _, spec := range []string{"seed", "hardware", "windows-dns", "windows-dns-prepare", "failback"} {
		p := planOf(t, spec)
		kit, err := emit.Rehearsal(p)
		if err != nil {
			t.Fatal(err)
		}
		var got, want []string
		for _, file := range kit {
			got = append(got, file.Name)
		}
		for _, name := range listed {
			script := strings.TrimSuffix(name, ".ps1")
			other := slices.Contains(plan.Scripts(), script) && script != p.Texts.Script
			if !strings.HasPrefix(name, "Cmdlets.") && !other {
				want = append(want, name)
			}
		}
		for _, host := range rehearsal.NewWorld(p, p.Product).Hosts {
			for _, of := range []string{string(host.Product), host.Dns} {
				if name := "Cmdlets." + of + ".psm1"; of != "" && !slices.Contains(want, name) {
					want = append(want, name)
				}
			}
			if name := "Cmdlets." + host.Dns + ".psm1"; host.Dns != "" && !slices.Contains(listed, name) {
				t.Errorf("%s does not list %s", rehearsalPage, name)
			}
		}
		sameSet(t, rehearsalPage+", files of the kit of "+spec, want, got)
	}
	if one, other := simulatorOf(t, "seed"), simulatorOf(t, "hardware"); one != other || one == "" {
		t.Error("LyncSim.psm1 is not the same in every kit")
	}
	if !slices.Contains(listed, "Cmdlets.PRODUCT.psm1") {
		t.Errorf("%s does not list the modules of cmdlets", rehearsalPage)
	}
}

// simulatorOf is the text of LyncSim.psm1 in the kit of a spec.
func simulatorOf(t *testing.T, spec string) string {
	t.Helper()
	kit, err := emit.Rehearsal(planOf(t, spec))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range kit {
		if file.Name == "LyncSim.psm1" {
			return string(file.Text.Bytes())
		}
	}
	return ""
}

// TestKitRun: parameters and exit codes are those of rehearse.ps1, and the commands of
// the page give no others.
func TestKitRun(t *testing.T) {
	script := read(t, walker)
	params := parameters(script)
	var got []string
	for _, name := range column(t, rehearsalPage, "parameter") {
		got = append(got, strings.TrimPrefix(name, "-"))
	}
	sameSet(t, rehearsalPage+", parameters", got, params)
	codes := regexp.MustCompile(`Exit codes: (.*)\.\n`).FindStringSubmatch(script)[1]
	text := flat(read(t, rehearsalPage))
	if !strings.Contains(text, "Exit codes: "+codes+".") {
		t.Errorf("%s has other exit codes than rehearse.ps1: %s", rehearsalPage, codes)
	}
	version := regexp.MustCompile(`(?m)^#Requires -Version (\S+)$`).FindStringSubmatch(script)[1]
	if !strings.Contains(text, "With Windows PowerShell "+version+":") {
		t.Errorf("%s does not say how to run it with PowerShell %s", rehearsalPage, version)
	}
	commands := 0
	for _, f := range fences(t, rehearsalPage) {
		_, args, ok := strings.Cut(f.text, " -File rehearse.ps1")
		if !ok {
			continue
		}
		commands++
		for _, m := range regexp.MustCompile(`-(\w+)`).FindAllStringSubmatch(args, -1) {
			if !slices.Contains(params, m[1]) {
				t.Errorf("%s:%d: rehearse.ps1 has no parameter -%s", rehearsalPage, f.line, m[1])
			}
		}
	}
	if commands != 2 {
		t.Errorf("%s has %d commands", rehearsalPage, commands)
	}
}

// flat is a text on one line.
func flat(text string) string { return strings.Join(strings.Fields(text), " ") }

// bodies are the functions of LyncSim.psm1 by their name.
func bodies(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, part := range strings.Split(read(t, simulator), "\nfunction ")[1:] {
		name := regexp.MustCompile(`^[\w-]+`).FindString(part)
		out[name] = part[len(name):]
	}
	return out
}

// dnsCmdlets are the cmdlets of DNS servers by the name of their body; all others have Cs
// for Sim.
var dnsCmdlets = strings.NewReplacer("-SimResourceRecord", "-DnsServerResourceRecord", "-SimInstance", "-CimInstance",
	"-SimZone", "-DnsServerZone", "-SimMethod", "-CimMethod", "-Sim", "-Cs")

// cmdletsWith are the cmdlets, and dnscmd.exe, whose body has all these texts.
func cmdletsWith(t *testing.T, texts ...string) []string {
	t.Helper()
	var out []string
	for name, body := range bodies(t) {
		shown := dnsCmdlets.Replace(name)
		if name == "Invoke-SimDnscmd" {
			shown = "dnscmd.exe"
		} else if !strings.HasPrefix(body, "($Caller, $Given, $World, $Fault)") {
			continue
		}
		if !slices.ContainsFunc(texts, func(text string) bool { return !strings.Contains(body, text) }) {
			out = append(out, shown)
		}
	}
	slices.Sort(out)
	return out
}

// faults are all that LyncSim.psm1 asks for.
func faults(t *testing.T) []string {
	t.Helper()
	code := read(t, simulator)
	called := map[string]string{"$Name": "CMDLET", "$own": "N", "$calls.Count": "N", "$changes": "N", "$env:SIM_HOST": "HOST", "$replica.Host": "HOST"}
	asks := regexp.MustCompile(`Test-SimFault -Fault (?:'([^']+)'|\('([^']+)' (\+|-f) ([^)]+)\))`).FindAllStringSubmatch(code, -1)
	if len(asks) != strings.Count(code, "Test-SimFault -Fault ") {
		t.Errorf("%s asks for a fault in a way that this test does not read", simulator)
	}
	var out []string
	for _, m := range asks {
		name := m[1] + m[2]
		for i, arg := range strings.Split(m[4], ", ") {
			switch {
			case m[3] == "+":
				name += called[arg]
			case called[arg] != "":
				name = strings.ReplaceAll(name, fmt.Sprintf("{%d}", i), called[arg])
			}
		}
		out = append(out, name)
	}
	// One of them is asked for by each name of a list; some of that list only some heed.
	i := slices.Index(out, "CMDLET:{1}@N")
	list := regexp.MustCompile(`foreach \(\$fault in @\((.*)\)\)`).FindStringSubmatch(code)
	if i < 0 || list == nil {
		t.Fatalf("%s: no list of faults in %q", simulator, out)
	}
	out = slices.Delete(out, i, i+1)
	for _, name := range strings.Split(list[1], ", ") {
		name = strings.Trim(name, "'")
		if name != "slow" && name != "ttl" && name != "lost" && name != "moved" {
			out = append(out, "CMDLET:"+name+"@N")
			continue
		}
		for _, cmdlet := range cmdletsWith(t, "'"+name+"'") {
			out = append(out, cmdlet+":"+name+"@N")
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// takenFaults is the pattern of the faults that rehearse.ps1 takes.
func takenFaults(t *testing.T) *regexp.Regexp {
	t.Helper()
	m := regexp.MustCompile(`\$known = '(.*)' \+\n +'(.*)'\n`).FindStringSubmatch(read(t, walker))
	if m == nil {
		t.Fatalf("%s has no pattern of faults", walker)
	}
	return regexp.MustCompile("(?i)" + m[1] + m[2])
}

// TestKitFaults: the page has the faults of the code, and so has the head of
// LyncSim.psm1, to which rehearse.ps1 sends its reader.
func TestKitFaults(t *testing.T) {
	have := faults(t)
	page := flat(read(t, rehearsalPage))
	suite, rest, ok := strings.Cut(page[strings.Index(page, "`kill@N`"):], " are for the test suite.")
	if !ok {
		t.Fatalf("%s does not say what is for the test suite", rehearsalPage)
	}
	sameSet(t, rehearsalPage+", faults", append(column(t, rehearsalPage, "fault"), codeWords(suite)...), have)
	if !strings.HasPrefix(rest, " `rehearse.ps1` refuses them, as it does a fault that it does not know:") {
		t.Errorf("%s does not say that they are refused", rehearsalPage)
	}
	taken := takenFaults(t)
	for _, name := range have {
		one := strings.NewReplacer("CMDLET", "Set-CsSite", "@N", "@2", "HOST", "edge2.contoso.com").Replace(name)
		if forSuite := slices.Contains(codeWords(suite), name); taken.MatchString(one) == forSuite {
			t.Errorf("%s: fault %s is for the suite (%v), but rehearse.ps1 does otherwise", rehearsalPage, one, forSuite)
		}
	}
	head, _, _ := strings.Cut(read(t, simulator), "\nSet-StrictMode")
	head = strings.ReplaceAll(head, "Start-...:", "Start-CsWindowsService:")
	for _, name := range have {
		known := strings.Contains(head, name)
		if of, rest, ok := strings.Cut(name, "CMDLET:"); ok && !known {
			known = strings.Contains(head, of+"...:"+rest)
		}
		if !known {
			t.Errorf("the head of %s lacks %s", simulator, name)
		}
	}
	changing := cmdletsWith(t, "Test-SimSpoiled -Caller", "Exit-SimCall -Name")
	changing = append(changing, cmdletsWith(t, "$fault -eq 'error'", "$fault -ne 'noop'", "Exit-SimCall -Name")...) // dnscmd.exe
	if either := append(cmdletsWith(t, "Test-SimSpoiled"), cmdletsWith(t, "Exit-SimCall")...); len(either) != 2*len(changing)-1 {
		t.Errorf("%s: not every cmdlet that heeds one fault of a call heeds all", simulator)
	}
	_, list, _ := strings.Cut(page, "CMDLET is one that changes something: ")
	list, _, _ = strings.Cut(list, ". `throw` ")
	sameSet(t, rehearsalPage+", CMDLET", codeWords(list), changing)
}

// TestKitServices: the services of the page are those of the simulated servers.
func TestKitServices(t *testing.T) {
	plan := planOf(t, "seed")
	world := rehearsal.NewWorld(plan, plan.Product)
	on := map[string]string{"edge": "Edge Server", "frontend": "management host"}
	var want, got []string
	managers := 0
	for _, host := range world.Hosts {
		if host.Kind == "frontend" {
			managers++
		}
		for _, s := range host.Services {
			row := s.Name + " | " + strings.TrimPrefix(s.DisplayName, "Lync Server ") + " | "
			if i := slices.Index(want, row+"Edge Server"); i >= 0 && host.Kind == "frontend" {
				want[i] = row + "both"
				continue
			}
			want = append(want, row+on[host.Kind])
		}
	}
	for _, cells := range rows(t, rehearsalPage, "service") {
		got = append(got, strings.Trim(cells[0], "`")+" | "+strings.Join(cells[1:], " | "))
	}
	sameSet(t, rehearsalPage+", services", got, want)
	if managers != 1 {
		t.Errorf("%d Front End Servers are simulated", managers)
	}
	others := 0
	named := planOf(t, "two-servers")
	for _, host := range rehearsal.NewWorld(named, named.Product).Hosts {
		if host.Kind == "frontend" && host.Name != named.ManagementHost {
			others++
			for _, s := range host.Services {
				if s.Name == "MASTER" || s.Name == "FTA" || !strings.Contains(strings.Join(got, "\n"), s.Name+" | ") {
					t.Errorf("%s has the service %s", host.Name, s.Name)
				}
			}
		}
	}
	if others != len(named.FrontEnds) || others == 0 {
		t.Errorf("%d of %d Front End Servers that the spec names are simulated", others, len(named.FrontEnds))
	}
	for _, host := range rehearsal.NewWorld(plan, cmdlet.SfBServer2019).Hosts {
		for _, s := range host.Services {
			if host.Kind == "edge" && strings.Contains(s.DisplayName, "XMPP") {
				t.Errorf("%s: an Edge Server has %s", host.Product, s.DisplayName)
			}
		}
	}
}

// TestKitSuite: what the page says of the test suite stands there.
func TestKitSuite(t *testing.T) {
	for file, texts := range map[string][]string{
		"emit/rehearsal/scenario_test.go": {`s.realKills = spec == "seed" || runtime.GOOS == "windows"`, "// killed: the process dies before each call and after each change."},
		"emit/rehearsal/shell_test.go":    {"const maxFrozen = 50", "some 200"},
		"emit/powershell/pwsh/pwsh.go":    {`names := []string{"pwsh"}`, `names = append(names, "powershell.exe")`, `"EDGEPLAN_PWSH"`},
		"Makefile":                        {"TestScenarios|TestMutants"},
		walker:                            {"Force = $true }", "$given['Receipt'] = [string](Get-Receipt -Stage $Visit.Receipt)", "$given['Attest'] = 'rehearsal'", "$env:SIM_FAULT = ''"},
	} {
		for _, text := range texts {
			if !strings.Contains(read(t, file), text) {
				t.Errorf("%s no longer has %q; %s speaks of it", file, text, rehearsalPage)
			}
		}
	}
	for _, text := range []string{"at most 50 stand still", "`" + rehearsal.Outside + "` is a computer outside", "`-Attest rehearsal`"} {
		if !strings.Contains(flat(read(t, rehearsalPage)), text) {
			t.Errorf("%s does not say %q", rehearsalPage, text)
		}
	}
}
