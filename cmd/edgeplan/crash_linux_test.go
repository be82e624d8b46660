package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/internal/loud"
)

// oneThread is a command of the tests: edgeplan, of which one thread makes all calls to the
// system that change files. strace counts calls for each thread.
const oneThread = "edgeplan-one-thread"

func init() {
	if filepath.Base(os.Args[0]) == oneThread {
		runtime.LockOSThread() // in init this is the first thread
		callsOfFew = 1
	}
}

// changingCalls are the calls by which edgeplan changes files; not every architecture has all
// of them. A new file needs none of its own: what it looks like then is seen before the first
// write into it.
var changingCalls = []string{"write", "fsync", "mkdirat", "linkat", "renameat", "renameat2", "unlinkat", "flock", "fchmodat", "fchmodat2"}

// systemCall is the n-th call of that name, counted from 1.
type systemCall struct {
	name string
	n    int
}

// strace traces the first thread.
func strace(log string, args ...string) *exec.Cmd {
	return exec.Command("strace", append([]string{"-qq", "-s", "0", "-o", log}, args...)...)
}

// tracedCall is a line of strace: name, first argument if that is a number, and result.
var tracedCall = regexp.MustCompile(`^(\w+)\((\d*).*= (\S+)`)

// callsOf runs edgeplan and returns the calls that changed something on the disk.
func callsOf(t *testing.T, args ...string) []systemCall {
	t.Helper()
	log := filepath.Join(t.TempDir(), "log")
	traced := []string{"-e", "trace=?" + strings.Join(changingCalls, ",?"), oneThread}
	if text, err := strace(log, append(traced, args...)...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	count := map[string]int{}
	var out []systemCall
	for line := range bytes.Lines(readTestFile(t, log)) {
		m := tracedCall.FindSubmatch(line)
		if m == nil {
			continue // a signal
		}
		name := string(m[1])
		count[name]++
		file, _ := strconv.Atoi(string(m[2]))
		failed, printed := m[3][0] == '-', name == "write" && file <= 2
		if !failed && !printed {
			out = append(out, systemCall{name, count[name]})
		}
	}
	return out
}

// killAt runs edgeplan and kills it at the call, before that does anything.
func killAt(t *testing.T, at systemCall, args ...string) {
	t.Helper()
	inject := fmt.Sprintf("inject=%s:signal=KILL:when=%d", at.name, at.n)
	text, err := strace(os.DevNull, append([]string{"-e", "trace=" + at.name, "-e", inject, oneThread}, args...)...).CombinedOutput()
	if err == nil || bytes.Contains(text, []byte("edgeplan: ")) {
		t.Fatalf("not killed at %v: %v\n%s", at, err, text)
	}
}

// TestKillEachCall kills build, rehearse and fmt at their first call to the system that
// changes something on the disk, at their second one, and so on to the last. After each the
// next build, of the same spec or of the one before, makes the folder right.
func TestKillEachCall(t *testing.T) {
	loud.Tool(t, "strace")
	each := 1
	if os.Getenv(crashVariable) != "all" {
		each = 40
		loud.Note(t, "a kill at each %dth system call is tried; make crash tries all", each)
	}
	total := 0
	for _, c := range []struct{ command, before, after string }{
		{"build", "three-domains", "route53"}, {"build", "include", "prepare"}, {"build", "", "seed"}, {"rehearse", "hardware", "seed"},
	} {
		base := t.TempDir()
		mine := strangers(t, base)
		if c.before != "" {
			edgeplan(t, exitDone, c.command, "-o", base, "../../specs/"+c.before)
		}
		what := fmt.Sprintf("%s of %q, then of %q", c.command, c.before, c.after)
		calls := callsOf(t, c.command, "-o", copyOf(t, base), "../../specs/"+c.after)
		n := 0
		for i, at := range calls {
			if (total+i)%each != 0 {
				continue
			}
			out := copyOf(t, base)
			killAt(t, at, c.command, "-o", out, "../../specs/"+c.after)
			checkUnfinished(t, c.command, out)
			next := c.after
			if n++; n%2 == 0 && c.before != "" {
				next = c.before
			}
			edgeplan(t, exitDone, c.command, "-o", out, "../../specs/"+next)
			what := fmt.Sprintf("%s, killed at %v, then %s", what, at, next)
			if c.command == "build" {
				checkFolder(t, what, out, mine)
			} else {
				checkKit(t, what, filepath.Join(out, "edgepool1-to-edgepool2.rehearsal"))
			}
		}
		total += len(calls)
		t.Logf("%s: killed at %d of %d calls; each next one completed it", what, n, len(calls))
	}
	total += killFmt(t, each)
	if total < 250 {
		t.Errorf("there are only %d calls", total)
	}
}

// checkUnfinished: where the packages are not whole, verify says that a build has not ended.
func checkUnfinished(t *testing.T, command, out string) {
	t.Helper()
	var text bytes.Buffer
	if command == "build" && run([]string{"verify", out}, nil, &text, &text, nil) == exitNo && !strings.Contains(text.String(), "a build into this folder is running, or was ended before") {
		t.Errorf("%s", &text)
	}
}

// killFmt kills fmt -w: each file is as it was or formatted, and the next fmt completes it.
func killFmt(t *testing.T, each int) int {
	t.Helper()
	base := t.TempDir()
	names := []string{"a.edge.hcl", "b.edge.hcl", "c.edge.hcl"}
	for _, name := range names {
		writeFile(t, filepath.Join(base, name), []byte(rawSpec))
	}
	calls := callsOf(t, "fmt", "-w", copyOf(t, base))
	n := 0
	for i, at := range calls {
		if i%each != 0 {
			continue
		}
		n++
		dir := copyOf(t, base)
		killAt(t, at, "fmt", "-w", dir)
		for _, want := range [][]string{{rawSpec, laidSpec}, {laidSpec}} {
			for _, name := range names {
				if got := string(readTestFile(t, filepath.Join(dir, name))); !slices.Contains(want, got) {
					t.Errorf("killed at %v: %s is %q", at, name, got)
				}
			}
			edgeplan(t, exitDone, "fmt", "-w", dir)
		}
		// Where the kill came after the last file was replaced, nothing is left to do for the next one but here.
		writeFile(t, filepath.Join(dir, names[0]), []byte(rawSpec))
		edgeplan(t, exitDone, "fmt", "-w", dir)
		noTemps(t, dir)
	}
	t.Logf("fmt -w: killed at %d of %d calls; each file was as before or formatted", n, len(calls))
	return len(calls)
}

// copyOf is a copy of a folder.
func copyOf(t *testing.T, dir string) string {
	t.Helper()
	out := t.TempDir()
	if err := os.CopyFS(out, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return out
}
