package golden

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

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

// shell runs commands in a folder with a variable zone and others, and tells whether they
// end with exit code 0. With BusyBox all programs but the shell are its own.
func shell(t *testing.T, commands, dir, zone string, busyBox bool, others ...string) (ok bool, says string) {
	t.Helper()
	cmd := exec.Command(tool(t, "bash"), "-c", commands)
	cmd.Dir, cmd.Env = dir, append(append(os.Environ(), "zone="+zone), others...)
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
	for _, name := range []string{"patch", "sha256sum", "cp", "mv", "readlink", "rm"} {
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
	cases := slices.DeleteFunc(driftCases(t), func(c driftCase) bool {
		return c.commands == "" || strings.Contains(c.drift.name, " at ") // which patch has been through
	})
	for _, busyBox := range []bool{false, true} {
		t.Run(fmt.Sprintf("BusyBox %v", busyBox), func(t *testing.T) {
			t.Parallel()
			count := tally{}
			for _, c := range cases {
				c.file = "on the server"
				for _, commands := range []string{c.commands, withoutSum(c.commands)} {
					file := c.write(t, t.TempDir())
					ok, says := shell(t, commands, c.plan, file, busyBox)
					got := read(t, file)
					if busyBox && openEnd(c.diff) {
						count["of these last line open"]++
						if ok {
							got = bytes.TrimSuffix(got, []byte("\n"))
						}
					} else if commands == c.commands && ok != (c.drift.name == "none") {
						t.Errorf("%s: success %v: %s", c.name, ok, says)
					}
					count.check(t, c, got, ok, says)
				}
			}
			t.Logf("%d runs: %v", 2*len(cases), count)
		})
	}
}

// withoutSum leaves out the lines with a checksum.
func withoutSum(commands string) string {
	lines := slices.DeleteFunc(strings.SplitAfter(commands, "\n"), func(line string) bool { return strings.Contains(line, "sha256sum") })
	return strings.Join(lines, "")
}

// TestRecordCommandsLink: a link to the file of a zone stays one, and the commands leave
// nothing beside the file, also where it was edited beside the change.
func TestRecordCommandsLink(t *testing.T) {
	tool(t, "patch")
	plan, err := filepath.Abs(filepath.Join("seed", "edgepool1-to-edgepool2"))
	if err != nil {
		t.Fatal(err)
	}
	change, _ := shellCommands(t, read(t, plan, "change.md"), "contoso.com")
	old, fresh := string(read(t, specs, "seed", "contoso.com.zone")), string(read(t, plan, "dns", "contoso.com.zone"))
	for _, busyBox := range []bool{false, true} {
		for _, edit := range []string{"", "; edited\n; twice\n"} {
			dir := t.TempDir()
			if err := os.Mkdir(filepath.Join(dir, "store"), 0o755); err != nil {
				t.Fatal(err)
			}
			file, link := filepath.Join(dir, "store", "db.contoso"), filepath.Join(dir, "link")
			writeAll(t, filepath.Dir(file), map[string]string{"db.contoso": edit + old})
			if err := os.Symlink(filepath.Join("store", "db.contoso"), link); err != nil {
				t.Fatal(err)
			}
			commands := change
			if edit != "" {
				commands = withoutSum(change)
			}
			if ok, says := shell(t, commands, plan, link, busyBox); !ok {
				t.Errorf("BusyBox %v: %s", busyBox, says)
			}
			if got := string(read(t, file)); got != edit+fresh {
				t.Errorf("BusyBox %v: the commands make\n%s", busyBox, got)
			}
			if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
				t.Errorf("BusyBox %v: the link is gone: %v", busyBox, err)
			}
			if left, err := os.ReadDir(filepath.Dir(file)); err != nil || len(left) != 1 {
				t.Errorf("BusyBox %v: left beside the file: %v %v", busyBox, left, err)
			}
		}
	}
}

// openEnd tells whether a diff changes a last line without an end: BusyBox 1.35 refuses such
// a line, and leaves an end that should go.
func openEnd(diff string) bool { return strings.Contains(diff, "\\ No newline") }

// seedZone is the seed with another zone file, at another place of its folder.
func seedZone(t *testing.T, file string, zone func(old string) string) fstest.MapFS {
	t.Helper()
	const old = "contoso.com.zone"
	files := fstest.MapFS{}
	for name, data := range stored(t, filepath.Join(specs, "seed")) {
		if name == old {
			name, data = file, []byte(zone(string(data)))
		} else {
			data = bytes.Replace(data, []byte(`"`+old+`"`), []byte(`"`+file+`"`), 1)
		}
		files[name] = &fstest.MapFile{Data: data}
	}
	return files
}

// built writes the package of a spec and gives its folder.
func built(t *testing.T, spec fs.FS) string {
	t.Helper()
	dir := t.TempDir()
	for name, data := range render(t, spec, "spec", nil) {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		writeAll(t, dir, map[string]string{name: string(data)})
	}
	return filepath.Join(dir, "edgepool1-to-edgepool2")
}

// TestRecordCommandsLargeZone: a diff of several hunks, of which patch alone applies a part,
// is applied whole or not at all by the commands, with and without the checksum.
func TestRecordCommandsLargeZone(t *testing.T) {
	tool(t, "patch")
	for hosts, hunks := range map[int]int{9_000: 1, 12_000: 2} {
		t.Run(fmt.Sprint(hosts), func(t *testing.T) {
			var many strings.Builder
			for i := range hosts {
				fmt.Fprintf(&many, "host%d A 192.0.2.80\n", i)
			}
			old := ""
			plan := built(t, seedZone(t, "contoso.com.zone", func(text string) string {
				const mark = "; --- XMPP federation\n"
				old = strings.Replace(text, mark, many.String()+mark, 1)
				return old
			}))
			if n := strings.Count(string(read(t, plan, "dns", "contoso.com.diff")), "\n@@ "); n != hunks {
				t.Fatalf("the diff has %d hunks, not %d", n, hunks)
			}
			fresh := string(read(t, plan, "dns", "contoso.com.zone"))
			change, _ := shellCommands(t, read(t, plan, "change.md"), "contoso.com")
			same := func(text string) string { return text }
			for _, d := range []fileDrift{
				{"none", old, same}, {"applied", fresh, same},
				{"serial", strings.Replace(old, "2026112301", "2026112302", 1), same}, {"value", strings.ReplaceAll(old, "203.0.113.11", "203.0.113.12"), same},
			} {
				for _, commands := range []string{change, withoutSum(change)} {
					c := driftCase{name: d.name, file: "db.contoso", text: old, want: fresh, drift: d}
					file := c.write(t, t.TempDir())
					ok, says := shell(t, commands, plan, file, false)
					tally{}.check(t, c, read(t, file), ok, says)
				}
			}
		})
	}
}

// TestZoneFileInFolder: the diff of a file below the folder of the spec fits git apply in
// that folder, and the commands of the record do not mind where the file lies.
func TestZoneFileInFolder(t *testing.T) {
	spec := seedZone(t, "zones/public/contoso.zone", func(old string) string { return old })
	plan, dir := built(t, spec), t.TempDir()
	if err := os.CopyFS(dir, spec); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(tool(t, "git"), "apply", filepath.Join(plan, "dns", "contoso.com.diff"))
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "GIT_CEILING_DIRECTORIES="+filepath.Dir(dir))
	must(t, cmd)
	fresh := read(t, plan, "dns", "contoso.com.zone")
	if got := read(t, dir, "zones", "public", "contoso.zone"); !bytes.Equal(got, fresh) {
		t.Errorf("git apply makes\n%s", got)
	}
	tool(t, "patch")
	change, rollback := shellCommands(t, read(t, plan, "change.md"), "contoso.com")
	file := filepath.Join(t.TempDir(), "db.contoso")
	writeAll(t, filepath.Dir(file), map[string]string{"db.contoso": string(spec["zones/public/contoso.zone"].Data)})
	for i, commands := range []string{change, rollback} {
		if ok, says := shell(t, commands, plan, file, false); !ok {
			t.Fatalf("%d: %s", i, says)
		}
		if i == 0 && !bytes.Equal(read(t, file), fresh) {
			t.Error("the commands make another file")
		}
	}
}

// TestRecordCheckSums: the line for PowerShell is silent about a package that is whole, and
// names what was changed and what is missing.
func TestRecordCheckSums(t *testing.T) {
	engine := pwsh.Find(t)
	dir := t.TempDir()
	for file, text := range output(t, "seed") {
		_, file, inPlan := strings.Cut(file, "/")
		if !inPlan {
			continue
		}
		path := filepath.Join(dir, filepath.FromSlash(file))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	record := string(read(t, dir, "change.md"))
	line := regexp.MustCompile("\n```powershell\n(Get-Content[^\n]*)\n```\n").FindStringSubmatch(record)
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
