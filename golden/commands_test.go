package golden

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/edgeplan/edgeplan/compiler"
	"github.com/edgeplan/edgeplan/compiler/hunk"
	"github.com/edgeplan/edgeplan/emit/powershell/pwsh"
)

// The commands of the change record, run as they stand there.

var shellBlock = regexp.MustCompile("(?s)\n```sh\n(.*?)```\n")

// shellCommands are the commands of a record for the file of a zone: those of the change and those
// of the rollback.
func shellCommands(t *testing.T, record []byte, zone string) (change, rollback string) {
	t.Helper()
	_, text, ok := strings.Cut(string(record), "\n### Zone `"+zone+"`\n")
	if next := strings.Index(text, "\n##"); next >= 0 {
		text = text[:next]
	}
	found := shellBlock.FindAllStringSubmatch(text, -1)
	if !ok || len(found) != 2 {
		t.Fatalf("zone %s has %d blocks of commands", zone, len(found))
	}
	return found[0][1], found[1][1]
}

// shell runs commands in a folder with a variable zone, and tells whether they end with
// exit code 0. With BusyBox all programs but the shell are its own.
func shell(t *testing.T, commands, dir, zone string, busyBox bool) (ok bool, says string) {
	t.Helper()
	cmd := exec.Command(tool(t, "bash"), "-c", commands)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "zone="+zone)
	if busyBox {
		cmd.Env = append(cmd.Env, "PATH="+busyBoxPath(t))
	}
	out, err := cmd.CombinedOutput()
	return err == nil, string(out)
}

// busyBoxPath is a folder of links to BusyBox.
func busyBoxPath(t *testing.T) string {
	t.Helper()
	dir, program := t.TempDir(), tool(t, "busybox")
	for _, name := range []string{"patch", "sha256sum", "cp", "mv"} {
		if err := os.Symlink(program, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestRecordCommands: as they stand in the record the commands make the new file of the
// file of the plan, and leave any other alone. Without the line with the checksum they do
// to a drifted file what patch does: all or nothing.
func TestRecordCommands(t *testing.T) {
	tool(t, "patch")
	for _, busyBox := range []bool{false, true} {
		t.Run(fmt.Sprintf("BusyBox %v", busyBox), func(t *testing.T) {
			t.Parallel()
			zones, runs, count := 0, 0, tally{}
			seen := map[string]bool{}
			eachZone(t, func(t *testing.T, dir string, zone compiler.Zone, old []byte) {
				if zone.Delivery != "zone-file" || seen[string(old)+zone.NewSHA256] {
					return
				}
				seen[string(old)+zone.NewSHA256] = true
				zones++
				plan := filepath.Dir(dir)
				change, rollback := shellCommands(t, read(t, plan, "change.md"), zone.Name)
				fresh := read(t, dir, zone.Name+".zone")
				back, err := hunk.Apply(fresh, zone.RollbackHunks)
				if err != nil {
					t.Fatal(err)
				}
				for _, way := range []struct {
					commands, diff string
					hunks          []hunk.Hunk
					serial         uint32
					from, to       []byte
				}{{change, "diff", zone.Hunks, zone.OldSerial, old, fresh}, {rollback, "rollback.diff", zone.RollbackHunks, zone.NewSerial, fresh, back}} {
					diff := string(read(t, dir, zone.Name+"."+way.diff))
					drifts := append(fileDrifts(string(way.from), way.hunks, way.serial), fileDrift{"applied", string(way.to), func(string) string { return "" }})
					for _, d := range drifts {
						if strings.Contains(d.name, " at ") {
							continue // patch has been through these
						}
						c := driftCase{t.Name() + " " + d.name, "on the server", string(way.from), string(way.to), diff, d}
						for _, commands := range []string{way.commands, way.commands[strings.Index(way.commands, "\n")+1:]} {
							file := c.write(t, t.TempDir())
							ok, says := shell(t, commands, plan, file, busyBox)
							got := read(t, file)
							runs++
							if busyBox && openEnd(diff) {
								count["of these last line open"]++
								if ok {
									got = bytes.TrimSuffix(got, []byte("\n"))
								}
							} else if commands == way.commands && ok != (d.name == "none") {
								t.Errorf("%s: success %v: %s", c.name, ok, says)
							}
							count.check(t, c, got, ok, says)
						}
					}
				}
			})
			t.Logf("%d zones, %d runs: %v", zones, runs, count)
		})
	}
}

// openEnd tells whether a diff changes a last line without an end: BusyBox 1.35 refuses such
// a line, and leaves an end that should go.
func openEnd(diff string) bool { return strings.Contains(diff, "\\ No newline") }

// TestRecordCommandsLargeZone: a diff of several hunks, of which patch alone applies a part,
// is applied whole or not at all by the commands.
func TestRecordCommandsLargeZone(t *testing.T) {
	tool(t, "patch")
	for hosts, hunks := range map[int]int{9_000: 1, 12_000: 2} {
		t.Run(fmt.Sprint(hosts), func(t *testing.T) {
			files := fstest.MapFS{}
			for name, data := range stored(t, filepath.Join(specs, "seed")) {
				files[name] = &fstest.MapFile{Data: data}
			}
			var many strings.Builder
			for i := range hosts {
				fmt.Fprintf(&many, "host%d A 192.0.2.80\n", i)
			}
			const mark = "; --- XMPP federation\n"
			zone := files["contoso.com.zone"]
			zone.Data = bytes.Replace(zone.Data, []byte(mark), []byte(many.String()+mark), 1)
			largeZone(t, files, hunks)
		})
	}
}

func largeZone(t *testing.T, files fs.FS, hunks int) {
	t.Helper()
	dir := t.TempDir()
	for name, data := range render(t, files, "large", nil) {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	plan := filepath.Join(dir, "edgepool1-to-edgepool2")
	diff := string(read(t, plan, "dns", "contoso.com.diff"))
	if n := strings.Count(diff, "\n@@ "); n != hunks {
		t.Fatalf("the diff has %d hunks, not %d", n, hunks)
	}
	old, err := fs.ReadFile(files, "contoso.com.zone")
	if err != nil {
		t.Fatal(err)
	}
	fresh := string(read(t, plan, "dns", "contoso.com.zone"))
	change, _ := shellCommands(t, read(t, plan, "change.md"), "contoso.com")
	raised := strings.Replace(string(old), "2026112301", "2026112302", 1)
	for _, c := range []driftCase{
		{name: "none", text: string(old), want: fresh, drift: fileDrift{"none", string(old), func(text string) string { return text }}},
		{name: "serial", text: string(old), want: fresh, drift: fileDrift{"serial", raised, func(text string) string { return text }}},
	} {
		for _, commands := range []string{change, change[strings.Index(change, "\n")+1:]} {
			c.file = "db.contoso"
			file := c.write(t, t.TempDir())
			ok, says := shell(t, commands, plan, file, false)
			tally{}.check(t, c, read(t, file), ok, says)
		}
	}
}

// TestRecordCheckSums: the line for PowerShell is silent about a package that is whole, and
// names what was changed and what is missing.
func TestRecordCheckSums(t *testing.T) {
	engine := pwsh.Find(t)
	dir := t.TempDir()
	plan := filepath.Join("seed", "edgepool1-to-edgepool2")
	if err := os.CopyFS(dir, os.DirFS(plan)); err != nil {
		t.Fatal(err)
	}
	record := string(read(t, plan, "change.md"))
	line := regexp.MustCompile("(?s)\n```powershell\n([^\n]*)\n```\n").FindStringSubmatch(record)
	compare := regexp.MustCompile(`\(Get-FileHash -LiteralPath \$zone\)\.Hash -eq '[0-9a-f]+'`).FindString(record)
	if line == nil || compare == "" {
		t.Fatal("the record has no such line")
	}
	run := func(command string) string {
		t.Helper()
		cmd := engine.Command(t.TempDir(), "-Command", command)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return strings.TrimSpace(strings.ReplaceAll(string(out), "\r\n", "\n"))
	}
	if got := run(line[1]); got != "" {
		t.Errorf("of a whole package it says %q", got)
	}
	if err := os.WriteFile(filepath.Join(dir, "failover.ps1"), []byte("exit"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "dns", "contoso.com.diff")); err != nil {
		t.Fatal(err)
	}
	if got := run(line[1]); got != "FAILED: dns/contoso.com.diff\nFAILED: failover.ps1" {
		t.Errorf("of a damaged package it says %q", got)
	}
	file, err := filepath.Abs(filepath.Join(specs, "seed", "contoso.com.zone"))
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{file: "True", filepath.Join(dir, "dns", "contoso.com.zone"): "False"} {
		if got := run("$zone = '" + path + "'; " + compare); got != want {
			t.Errorf("%s: %s", path, got)
		}
	}
}
