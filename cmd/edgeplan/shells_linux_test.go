package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/edgeplan/edgeplan/internal/loud"
)

// shellRuns are the shells with a terminal: how each is started without the files of the
// user, and what loads the completion.
var shellRuns = map[string]struct{ start, load string }{
	"bash": {"bash --noprofile --norc -i", `eval "$(edgeplan completion bash)"`},
	"zsh":  {"zsh -f -i", `autoload -Uz compinit && compinit -u -D && source <(edgeplan completion zsh)`},
	"fish": {"fish --no-config -i", `edgeplan completion fish | source`},
}

// typed are lines with Tab as a user types them, and the arguments that edgeplan then
// gets. ODD is the start of the name of a folder.
var typed = map[string]string{
	"edgeplan che\t":                                      "check",
	"edgeplan check --warn\t":                             "check --warnings-as-errors",
	"edgeplan check --diagnostics js\t":                   "check --diagnostics json",
	"edgeplan check --diagnostics=sar\t":                  "check --diagnostics=sarif",
	"edgeplan plan --failover al\t":                       "plan --failover alpha-to-beta",
	"edgeplan plan --failover bad\t":                      "plan --failover bad",
	"edgeplan explain EP101\b20\t":                        "explain EP1020",
	"edgeplan help expl\t":                                "help explain",
	"edgeplan completion pow\t":                           "completion powershell",
	"edgeplan check spec\t":                               "check spec.edge.hcl",
	"edgeplan build -o fold\t":                            "build -o folder",
	"edgeplan check $(touch pwned2\x15edgeplan version\t": "version",
}

// TestCompletionInShells types lines with Tab in each shell, on a terminal, and looks at
// what edgeplan is then given. Nothing of a name is run.
func TestCompletionInShells(t *testing.T) {
	for name, shell := range shellRuns {
		t.Run(name, func(t *testing.T) {
			loud.Tool(t, name)
			dir := completionSpec(t)
			if err := os.Mkdir(filepath.Join(dir, "folder"), 0o777); err != nil {
				t.Fatal(err)
			}
			term := openShell(t, dir, shell.start)
			term.enter(shell.load + "; echo 1 >loaded")
			term.await(filepath.Join(dir, "loaded"))
			lines := map[string]string{}
			for line, want := range typed {
				lines[line] = want
			}
			for _, name := range hostileNames {
				if !strings.Contains(name, "\n") { // which a terminal takes for Enter
					lines["edgeplan verify "+quotedStart(name)+"\t"] = "verify odd" + name
				}
			}
			for line, want := range lines {
				os.Remove(term.args)
				term.enter(line)
				// zsh takes the slash behind a folder away again.
				if got := strings.TrimSuffix(term.await(term.args), "/"); got != want {
					t.Errorf("%q: edgeplan is given %q, want %q", line, got, want)
				}
			}
			term.enter("edgeplan plan --failover \t\t\x15edgeplan version")
			term.await(term.args)
			if found, _ := filepath.Glob(filepath.Join(dir, "pwned*")); len(found) > 0 {
				t.Errorf("a name was run: %v", found)
			}
		})
	}
}

// quotedStart is the start of an odd folder, long enough to tell it from the others, in
// quotes that all three shells read alike.
func quotedStart(name string) string {
	return "odd" + strings.NewReplacer(" ", `\ `, "$", `\$`, "(", `\(`, "`", "\\`", "'", `\'`, `"`, `\"`, "&", `\&`, "|", `\|`, ";", `\;`).Replace(name[:5])
}

// shellTerm is a shell on a terminal of its own.
type shellTerm struct {
	t      *testing.T
	master *os.File
	args   string // file to which edgeplan writes what it is given
}

// openShell starts a shell in a folder. edgeplan on its PATH answers completion, and
// writes other arguments into a file.
func openShell(t *testing.T, dir, start string) *shellTerm {
	t.Helper()
	bin := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(bin, "real"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(bin, "real", "edgeplan")); err != nil { // see TestMain
		t.Fatal(err)
	}
	args := filepath.Join(bin, "args")
	script := fmt.Sprintf(`#!/bin/sh
if [ "$1 $3" = "completion --" ] || ! [ -e loaded ]; then exec '%[1]s/real/edgeplan' "$@"; fi
printf %%s "$*" >'%[2]s.new' && mv '%[2]s.new' '%[2]s'
`, bin, args)
	if err := os.WriteFile(filepath.Join(bin, "edgeplan"), []byte(script), 0o777); err != nil {
		t.Fatal(err)
	}
	master, slave := openTerminal(t)
	words := strings.Fields(start)
	cmd := exec.Command(words[0], words[1:]...)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + bin + ":/usr/local/bin:/usr/bin:/bin", "HOME=" + bin, "TERM=xterm", "LC_ALL=C.UTF-8", "XDG_DATA_HOME=" + bin, "XDG_CONFIG_HOME=" + bin}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, slave, slave
	cmd.SysProcAttr = &unix.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	slave.Close()
	go func() { // what the shell prints has to go somewhere
		buffer := make([]byte, 4096)
		for {
			if _, err := master.Read(buffer); err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
		master.Close()
	})
	return &shellTerm{t, master, args}
}

// openTerminal makes a pseudo terminal; see pts(4).
func openTerminal(t *testing.T) (master, slave *os.File) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	number, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetWinsize(int(slave.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 50, Col: 200}); err != nil {
		t.Fatal(err)
	}
	return master, slave
}

func (s *shellTerm) enter(line string) {
	s.t.Helper()
	if _, err := s.master.WriteString(line + "\r"); err != nil {
		s.t.Fatal(err)
	}
}

// await returns the text of a file once it is there.
func (s *shellTerm) await(name string) string {
	s.t.Helper()
	for range 3000 { // a minute, of which a shell needs a moment
		if text, err := os.ReadFile(name); err == nil {
			return string(text)
		}
		time.Sleep(20 * time.Millisecond)
	}
	s.t.Fatalf("the shell does not make %s", filepath.Base(name))
	return ""
}

// TestTerminal: what a spec or a zone holds cannot act on a terminal, neither as a diff nor
// as the text that fmt prints; into a pipe it goes as it is.
func TestTerminal(t *testing.T) {
	dir := t.TempDir()
	spec := filepath.Join(dir, "a.edge.hcl")
	writeFile(t, spec, []byte("# \x1b[2J\u202e\nlocals {\n  a=1\n}\n"))
	for _, args := range [][]string{{"fmt", spec}, {"fmt", "-d", spec}} {
		master, slave := openTerminal(t)
		done := make(chan string)
		go func() {
			buffer := make([]byte, 1<<16)
			n, _ := master.Read(buffer)
			done <- string(buffer[:n])
		}()
		if code := run(args, nil, slave, os.Stderr, os.Getenv); code != exitDone {
			t.Errorf("exit code %d", code)
		}
		if got := <-done; strings.ContainsAny(got, "\x1b\u202e") || !strings.Contains(got, `\u{1B}[2J\u{202E}`) {
			t.Errorf("%q: %q", args, got)
		}
		slave.Close()
		master.Close()
		if out, _ := edgeplan(t, exitDone, args...); !strings.Contains(out, "\x1b[2J\u202e") {
			t.Errorf("%q into a pipe: %q", args, out)
		}
	}
}
