package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/edgeplan/edgeplan/internal/loud"
)

// crashVariable is the environment variable with which all rounds of TestKill and
// TestTogether are run: "all". Without it go test runs some of them.
const crashVariable = "EDGEPLAN_CRASH"

// rounds is how many rounds to run.
func rounds(t *testing.T, some, all int) int {
	t.Helper()
	if os.Getenv(crashVariable) == "all" {
		return all
	}
	loud.Note(t, "%d of %d rounds are run; make crash runs all", some, all)
	return some
}

// crashSpecs have packages of two names, with zones and files that are not the same.
var crashSpecs = []string{"seed", "three-domains", "route53", "include", "prepare", "planned"}

// start starts build or rehearse in a process of its own.
func start(t *testing.T, command, spec, out string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	var text bytes.Buffer
	cmd := exec.Command("edgeplan", command, "-o", out, filepath.Join("../../specs", spec))
	cmd.Stdout, cmd.Stderr = &text, &text
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, &text
}

// strangers are files and folders with names like those of temporary files of edgeplan.
func strangers(t *testing.T, out string) map[string]string {
	t.Helper()
	files := map[string]string{}
	for i, name := range []string{".edgeplan-notes", ".edgeplan-ABCDEFGHIJKLMNOPQRSTUVWXYZ", ".edgeplan-ABCDEFGHIJKLMNOPQRSTUVWXYZ-0123456789abcdef.tmp", ".edgeplan.lock.old"} {
		files[name] = fmt.Sprint("mine ", i)
		writeFile(t, filepath.Join(out, name), []byte(files[name]))
	}
	if err := os.MkdirAll(filepath.Join(out, tempName()), 0o777); err != nil {
		t.Fatal(err)
	}
	return files
}

// checkFolder wants packages that verify, and of edgeplan's own files none beside them.
func checkFolder(t *testing.T, what, out string, mine map[string]string) {
	t.Helper()
	edgeplan(t, exitDone, "verify", out)
	entries, err := os.ReadDir(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !e.IsDir() && mine[e.Name()] == "" {
			t.Fatalf("%s: %s is left", what, e.Name())
		}
	}
	for name, text := range mine {
		if got := string(readTestFile(t, filepath.Join(out, name))); got != text {
			t.Fatalf("%s: %s, which edgeplan did not write, is %q", what, name, got)
		}
	}
}

// TestKill kills builds at random points: by time, while they write temporary files, and while
// they replace files. Whatever the next build is of, it ends well and the packages verify.
func TestKill(t *testing.T) {
	k := newKiller(t, "build")
	for range rounds(t, 10, 120) {
		if what := k.kill(t); what != "" {
			checkFolder(t, what, k.out, k.mine)
		}
	}
	k.report(t)
}

// TestKillRehearse is the same for kits.
func TestKillRehearse(t *testing.T) {
	k := newKiller(t, "rehearse")
	for range rounds(t, 3, 30) {
		what := k.kill(t)
		if what == "" {
			continue
		}
		kits, err := filepath.Glob(filepath.Join(k.out, "*.rehearsal"))
		if err != nil || len(kits) == 0 {
			t.Fatalf("%s: %v, %v", what, kits, err)
		}
		kit := filepath.Join(k.out, k.last+".rehearsal")
		checkKit(t, what, kit)
	}
	k.report(t)
}

// checkKit wants a rehearsal kit with the files that its SHA256SUMS lists.
func checkKit(t *testing.T, what, kit string) {
	t.Helper()
	listed, err := parseSums(readTestFile(t, filepath.Join(kit, "SHA256SUMS")))
	if err != nil || len(listed)+1 != len(packageFiles(t, kit)) {
		t.Fatalf("%s: %d files listed, %v", what, len(listed), err)
	}
	for _, s := range listed {
		if sumOf(readTestFile(t, filepath.Join(kit, s.name))) != s.sum {
			t.Fatalf("%s: %s is not right", what, s.name)
		}
	}
}

// killer kills builds into one folder.
type killer struct {
	command, out             string
	mine                     map[string]string // files there that are not edgeplan's
	seed                     uint64
	random                   *rand.Rand
	killed, left, bad, early int
	last                     string // name of the last plan that was built to the end
}

func newKiller(t *testing.T, command string) *killer {
	seed := uint64(time.Now().UnixNano())
	out := t.TempDir()
	return &killer{command: command, out: out, mine: strangers(t, out), seed: seed, random: rand.New(rand.NewPCG(seed, 1))}
}

func (k *killer) pick() string { return crashSpecs[k.random.IntN(len(crashSpecs))] }

// kill kills a build, and mostly lets another one end. It says what was done, or nothing if
// there was no other one.
func (k *killer) kill(t *testing.T) string {
	t.Helper()
	k.killed++
	spec := k.pick()
	cmd, _ := start(t, k.command, spec, k.out)
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	switch k.random.IntN(4) {
	case 0:
		time.Sleep(time.Duration(k.random.IntN(150)) * time.Millisecond)
	case 1: // while it writes temporary files
		awaitLock(cmd, ended, k.out, "pid")
		time.Sleep(time.Duration(k.random.IntN(20000)) * time.Microsecond)
	default: // while it replaces files
		awaitLock(cmd, ended, k.out, "file")
		time.Sleep(time.Duration(k.random.IntN(3000)) * time.Microsecond)
	}
	cmd.Process.Kill()
	if err := <-ended; err == nil {
		k.early++
	}
	if unfinished(k.out) {
		k.left++
	}
	if k.command == "build" && run([]string{"verify", k.out}, nil, io.Discard, io.Discard, nil) != exitDone {
		k.bad++
	}
	if k.random.IntN(3) == 0 {
		return "" // the next one is killed too
	}
	next := k.pick()
	what := fmt.Sprintf("seed %d, kill %d, of %s of %s, then %s", k.seed, k.killed, k.command, spec, next)
	cmd, text := start(t, k.command, next, k.out)
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%s: %v\n%s", what, err, text)
	}
	k.last = "edgepool1-to-edgepool2"
	if next == "prepare" {
		k.last = "short-ttl"
	}
	return what
}

func (k *killer) report(t *testing.T) {
	t.Helper()
	t.Logf("%d times %s killed: %d left something unfinished, after %d the folder did not verify, %d had ended; each next one put that right", k.killed, k.command, k.left, k.bad, k.early)
	if k.killed > 25 && k.left == 0 {
		t.Error("no kill came while it was writing")
	}
}

// awaitLock waits until the lock of the build has a line with that field, or the build has
// ended.
func awaitLock(cmd *exec.Cmd, ended chan error, out, field string) {
	pid := fmt.Appendf(nil, `"pid":%d,`, cmd.Process.Pid)
	for len(ended) == 0 {
		text, _ := os.ReadFile(filepath.Join(out, lockName))
		if _, rest, ok := bytes.Cut(text, pid); ok && (field == "pid" || bytes.Contains(rest, []byte(`"file"`))) {
			return
		}
		time.Sleep(100 * time.Microsecond)
	}
}

// TestTogether runs four builds of different specs into one folder at once. Each ends
// whole, or says who has the lock, and one of them at least ends whole.
func TestTogether(t *testing.T) {
	out := t.TempDir()
	mine := strangers(t, out)
	refused := regexp.MustCompile(`(?m)^edgeplan: .*: another edgeplan is writing into this folder: process ([0-9]+) on \S+, since \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\. Run this again when it has ended$`)
	whole, told := 0, 0
	total := rounds(t, 4, 40)
	for round := range total {
		var cmds []*exec.Cmd
		var texts []*bytes.Buffer
		pids := map[string]bool{}
		for i := range 4 {
			cmd, text := start(t, "build", crashSpecs[(round+i)%len(crashSpecs)], out)
			cmds, texts = append(cmds, cmd), append(texts, text)
			pids[fmt.Sprint(cmd.Process.Pid)] = true
		}
		good := 0
		for i, cmd := range cmds {
			var exit *exec.ExitError
			err := cmd.Wait()
			m := refused.FindSubmatch(texts[i].Bytes())
			switch {
			case err == nil && m == nil:
				good++
			case errors.As(err, &exit) && exit.ExitCode() == exitFailed && m != nil && pids[string(m[1])]:
				told++
			default:
				t.Fatalf("round %d: %v\n%s", round, err, texts[i])
			}
		}
		if good == 0 {
			t.Fatalf("round %d: no build ended whole", round)
		}
		whole += good
		checkFolder(t, fmt.Sprint("round ", round), out, mine)
	}
	t.Logf("%d rounds of 4 builds: %d ended whole, %d said who has the lock", total, whole, told)
}

// TestVerifyUnfinished: verify says that a build has not ended, if that may be why it says no.
func TestVerifyUnfinished(t *testing.T) {
	dir := buildSpec(t, "seed")
	out := filepath.Dir(dir)
	writeFile(t, filepath.Join(out, lockName), []byte(lockStart+"1}\n"))
	if stdout, _ := edgeplan(t, exitDone, "verify", out); strings.Contains(stdout, "ended") {
		t.Errorf("all is well: %s", stdout)
	}
	remove(t, filepath.Join(dir, "change.md"))
	for _, at := range []string{out, dir} {
		if stdout, _ := edgeplan(t, exitNo, "verify", at); !strings.HasSuffix(stdout, out+": a build into this folder is running, or was ended before it was complete: when none is running, run edgeplan build again\n") {
			t.Errorf("%s: %s", at, stdout)
		}
	}
}

// TestLockFile: what is at the place of the lock and is none is left alone; one of a
// process that is gone, whole or torn, is none in the way and goes.
func TestLockFile(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want string // of the error; "" if it is taken
	}{
		"text":        {"my notes\n", "is not a lock of edgeplan; move it away"},
		"json":        {`{"name":"x"}`, "is not a lock of edgeplan; move it away"},
		"empty":       {"", ""},
		"torn":        {`{"p`, ""},
		"power cut":   {"\x00\x00\x00\x00", ""},
		"gone":        {`{"pid":1,"host":"h","since":"2026-11-28T12:00:00Z"}` + "\n", ""},
		"torn later":  {`{"pid":1,"host":"h","since":"2026-11-28T12:00:00Z"}` + "\n" + `{"file":"edgepo`, ""},
		"other files": {`{"pid":1}` + "\n" + `{"file":"../../x","sha256":"0","of":"packages"}` + "\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			out := t.TempDir()
			lock := filepath.Join(out, lockName)
			writeFile(t, lock, []byte(c.text))
			args := []string{"build", "-o", out, "../../specs/seed"}
			if c.want == "" {
				edgeplan(t, exitDone, args...)
				edgeplan(t, exitDone, "verify", out)
				if _, err := os.Lstat(lock); !errors.Is(err, fs.ErrNotExist) {
					t.Errorf("the lock is left: %v", err)
				}
				return
			}
			if _, stderr := edgeplan(t, exitFailed, args...); !strings.Contains(stderr, c.want) {
				t.Errorf("stderr: %s", stderr)
			}
			if got := string(readTestFile(t, lock)); got != c.text {
				t.Errorf("it is now %q", got)
			}
		})
	}
	out := t.TempDir()
	if err := os.Mkdir(filepath.Join(out, lockName), 0o777); err != nil {
		t.Fatal(err)
	}
	if _, stderr := edgeplan(t, exitFailed, "build", "-o", out, "../../specs/seed"); !strings.Contains(stderr, ".edgeplan.lock is a folder and not a lock") {
		t.Errorf("stderr: %s", stderr)
	}
}
