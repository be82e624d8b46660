package rehearsal_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/compiler/cmdlet"
	"github.com/edgeplan/edgeplan/compiler/hunk"
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit"
	"github.com/edgeplan/edgeplan/emit/powershell/pwsh"
	"github.com/edgeplan/edgeplan/emit/rehearsal"
)

// specs are all that are made for a plan.
func specs(t *testing.T) []string {
	t.Helper()
	dirs, err := filepath.Glob(filepath.Join("..", "..", "specs", "*"))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, dir := range dirs {
		if spec := filepath.Base(dir); !strings.HasPrefix(spec, "bad-") {
			out = append(out, spec)
		}
	}
	if len(out) < 17 {
		t.Fatalf("%d plans", len(out))
	}
	return out
}

// writeKit writes the kit of a plan as edgeplan does, and returns its folder. For another
// product than the plan's, the deployment is of that one.
func writeKit(t testing.TB, p *plan.Plan, product cmdlet.Product) string {
	t.Helper()
	dir := t.TempDir()
	artifacts, err := emit.Rehearsal(p)
	if err != nil {
		t.Fatal(err)
	}
	if product != p.Product {
		files, err := rehearsal.Kit(p, product, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			artifacts = append(artifacts, emit.Artifact{Name: f.Name, Text: hunk.TextOf(f.Data)})
		}
	}
	for _, a := range artifacts {
		if err := os.WriteFile(filepath.Join(dir, a.Name), a.Text.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func kitOf(t *testing.T, spec string) string {
	t.Helper()
	plan := compile(t, spec)
	return writeKit(t, plan, plan.Product)
}

// rehearse runs the kit and returns its exit code and output, each line of which has
// to say what it is.
func rehearse(t *testing.T, engine pwsh.Engine, kit string, args ...string) (int, string) {
	t.Helper()
	all := append([]string{"-File", filepath.Join(kit, "rehearse.ps1"), "-WorkPath", filepath.Join(t.TempDir(), "work")}, args...)
	cmd := engine.Command(t.TempDir(), all...)
	var errors bytes.Buffer
	cmd.Stderr = &errors
	out, err := cmd.Output()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	for _, line := range lines(string(out)) {
		if !strings.HasPrefix(line, "SIMULATED ") {
			t.Errorf("a line does not say that it is simulated: %q", line)
		}
	}
	if errors.Len() > 0 {
		t.Errorf("standard error: %s", errors.String())
	}
	return cmd.ProcessState.ExitCode(), string(out)
}

// The change of every spec works in its own world and rolls back.
func TestRehearse(t *testing.T) {
	engine := find(t)
	run, asked := shareOf(t)
	if !asked {
		run = share{1, 4}
		t.Log("SKIPPED: three of four kits; make scenarios runs all")
	}
	for i, spec := range specs(t) {
		if !run.has(i) {
			continue
		}
		t.Run(spec, func(t *testing.T) {
			for _, p := range compileAll(t, spec) {
				code, out := rehearse(t, engine, writeKit(t, p, p.Product))
				if code != 0 || !strings.Contains(out, "The change works; stages that failed on the way: 0") || !strings.Contains(out, "restores the first world") {
					t.Errorf("%s: exit code %d\n%s", p.Name, code, out)
				}
			}
		})
	}
}

// A fault that could never happen is refused, with the way to write it.
func TestRehearseRefuses(t *testing.T) {
	engine := find(t)
	kit := kitOf(t, "two-servers")
	for fault, want := range map[string]string{
		"kill@3":                         "would end the rehearsal itself",
		"Set-CsSite:throw":               "does not say which call of the cmdlet; write Set-CsSite:throw@1",
		"Start-CsWindowsService:partial": "does not say on which computer; write Start-CsWindowsService:partial@",
		"Start-CsWindowsService:partial@edge9.contoso.com": "is on no computer of this change; there are ",
		"replication:stuck@edge2":                          "is on no computer of this change",
		"dns:donw":                                         "there is no fault dns:donw",
	} {
		if code, out := rehearse(t, engine, kit, "-Fault", fault); code != 2 || !strings.Contains(out, want) {
			t.Errorf("%s: exit code %d\n%s", fault, code, out)
		}
	}
}

// A stage run out of order is refused and changes nothing, and who comes after a host that was killed goes on with the
// stage that it was in.
func TestRehearseTries(t *testing.T) {
	engine := find(t)
	kit := kitOf(t, "seed")
	run := func(args ...string) (int, string) {
		cmd := engine.Command(t.TempDir(), append([]string{"-File", filepath.Join(kit, "rehearse.ps1")}, args...)...)
		out, _ := cmd.Output()
		return cmd.ProcessState.ExitCode(), string(out)
	}
	work := filepath.Join(t.TempDir(), "work")
	for _, args := range [][]string{{"-WorkPath", work, "-Resume"}, {"-Fault", "crash@3"}, {"-Try", "order", "-Fault", "dns:down"}} {
		if code, out := run(args...); code != 2 || !strings.Contains(out, "could not be held") {
			t.Errorf("%q: exit code %d\n%s", args, code, out)
		}
	}
	if code, out := run("-WorkPath", filepath.Join(t.TempDir(), "work"), "-Try", "order"); code != 0 || !strings.Contains(out, "run stage Preflight here first") ||
		!strings.Contains(out, "pass the receipt that stage Preflight") || !strings.Contains(out, "were refused changed nothing") {
		t.Errorf("exit code %d\n%s", code, out)
	}
	// After the route was set, and before the log says so.
	if code, out := run("-WorkPath", work, "-Fault", "crash@3"); code == 0 || strings.Contains(out, "The change") {
		t.Fatalf("exit code %d\n%s", code, out)
	}
	code, out := run("-WorkPath", work, "-Resume")
	if code != 0 || strings.Contains(out, "-Stage Stop on") || !strings.Contains(out, "failover.ps1 -Stage Route on") || !strings.Contains(out, "restores the first world") {
		t.Errorf("exit code %d\n%s", code, out)
	}
}

// An operator sees what a failure looks like, and that the stage can be run again.
func TestRehearseFault(t *testing.T) {
	engine := find(t)
	prepared := kitOf(t, "windows-dns-prepare")
	for fault, want := range map[string]string{
		"dnscmd.exe:error@1":                       "Command failed:  9714",
		"Set-DnsServerResourceRecord:throwafter@1": "simulated fault",
		"Invoke-CimMethod:throw@1":                 "simulated fault",
		"Add-DnsServerResourceRecord:error@1":      "simulated error",
	} {
		code, out := rehearse(t, engine, prepared, "-Fault", fault)
		if code != 0 || !strings.Contains(out, "stages that failed on the way: 1") || !strings.Contains(out, want) {
			t.Errorf("%s: exit code %d\n%s", fault, code, out)
		}
	}
	kit := kitOf(t, "two-servers")
	for fault, want := range map[string]string{
		"Set-CsSite:throw@2":                                "simulated fault",
		"Stop-CsWindowsService:error@1":                     "simulated error",
		"Start-CsWindowsService:partial@edge2b.contoso.com": "RTCMEDIARELAY",
		"replication:stuck@edge2a.contoso.com;tcp:silent":   "4443",
		"dns:down":        "UNKNOWN",
		"store:readonly":  "You do not have permissions",
		"firewall:closed": "expected [open], found [silent]",
	} {
		code, out := rehearse(t, engine, kit, "-Fault", fault)
		if code != 0 || !strings.Contains(out, "stages that failed on the way: 1") || !strings.Contains(out, want) {
			t.Errorf("%s: exit code %d\n%s", fault, code, out)
		}
	}
	if code, out := rehearse(t, engine, kit, "-Waive", "P77"); code != 2 || !strings.Contains(out, "no script has a fact P77") {
		t.Errorf("a number of no fact: exit code %d\n%s", code, out)
	}
	script := filepath.Join(kit, "failover.ps1")
	text, err := os.ReadFile(script)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(script, append(text, "# one more line\r\n"...), 0o666); err != nil {
		t.Fatal(err)
	}
	if code, out := rehearse(t, engine, kit); code != 2 || !strings.Contains(out, "this rehearsal is for") {
		t.Errorf("another script: exit code %d\n%s", code, out)
	}
}

// The scripts of a kit are those of the package.
func TestKitScripts(t *testing.T) {
	for _, spec := range specs(t) {
		again := compileAll(t, spec)
		for n, plan := range compileAll(t, spec) {
			kit, err := emit.Rehearsal(plan)
			if err != nil {
				t.Fatal(err)
			}
			pack, err := emit.All(plan)
			if err != nil {
				t.Fatal(err)
			}
			run := rehearsal.NewRun(plan, plan.Product)
			for _, name := range []string{run.Forth[len(run.Forth)-1].Script, "rollback.ps1"} {
				named := func(a emit.Artifact) bool { return a.Name == name }
				if i, j := slices.IndexFunc(kit, named), slices.IndexFunc(pack, named); i < 0 || j < 0 || !bytes.Equal(kit[i].Text.Bytes(), pack[j].Text.Bytes()) {
					t.Errorf("%s: %s of the kit is not that of the package", spec, name)
				}
			}
			again, err := emit.Rehearsal(again[n])
			if err != nil {
				t.Fatal(err)
			}
			for i := range kit {
				if !bytes.Equal(kit[i].Text.Bytes(), again[i].Text.Bytes()) {
					t.Errorf("%s: %s is not the same twice", spec, kit[i].Name)
				}
				if strings.HasSuffix(kit[i].Name, "1") && !plain(kit[i].Text.Bytes()) {
					t.Errorf("%s: %s is not ASCII with CRLF", spec, kit[i].Name)
				}
			}
		}
	}
}

// plain tells whether a text is ASCII with CRLF, which every PowerShell reads alike.
func plain(text []byte) bool {
	for i, c := range text {
		if c > 126 || c < 32 && c != '\r' && c != '\n' || c == '\n' && (i == 0 || text[i-1] != '\r') {
			return false
		}
	}
	return len(text) > 0
}

// The simulated cmdlets have the parameters of the table, no more and no fewer.
func TestCmdletParameters(t *testing.T) {
	plan := compile(t, "two-servers")
	parameter := regexp.MustCompile(`(?m)^        \[\w+\]\$(\w+),?\r$`)
	for _, product := range append(cmdlet.Products(), cmdlet.LiteralProcedure) {
		files, err := rehearsal.Kit(plan, product, nil)
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(files, func(f rehearsal.File) bool { return strings.HasPrefix(f.Name, "Cmdlets.") })
		for _, text := range strings.Split(string(files[i].Data), "\nfunction ")[1:] {
			name, _, _ := strings.Cut(text, " ")
			var want, got []string
			for _, p := range cmdlet.Parameters(product, name) {
				if p.Name != "WhatIf" && p.Name != "Confirm" {
					want = append(want, p.Name)
				} else if !strings.Contains(text, "SupportsShouldProcess") {
					t.Errorf("%s: %s has no -%s", product, name, p.Name)
				}
			}
			for _, m := range parameter.FindAllStringSubmatch(text, -1) {
				got = append(got, m[1])
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s: %s has %q, want %q", product, name, got, want)
			}
		}
	}
}
