package docs

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/emit/powershell/pwsh"
)

// stage is a folder with the package and the kit of specs/seed, and the kit of
// specs/windows-dns-prepare, below out.
type stage struct {
	engine   pwsh.Engine
	bin, dir string
}

const (
	seedName = "edgepool1-to-edgepool2"
	seedKit  = "out/" + seedName + ".rehearsal"
	dnsKit   = "out/short-ttl.rehearsal"
)

func newStage(t *testing.T) stage {
	t.Helper()
	s := stage{engine: pwsh.Find(t), bin: buildProgram(t), dir: t.TempDir()}
	for _, args := range [][]string{{"build", "seed"}, {"rehearse", "seed"}, {"rehearse", "windows-dns-prepare"}} {
		spec, err := filepath.Abs(filepath.Join(root, "specs", args[1]))
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(filepath.Join(s.bin, "edgeplan"), args[0], spec, "-o", filepath.Join(s.dir, "out"))
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("edgeplan %s: %v\n%s", args, err, out)
		}
	}
	return s
}

// run returns what the engine prints, and its exit code.
func (s stage) run(t *testing.T, args ...string) (string, int) {
	t.Helper()
	cmd := s.engine.Command(t.TempDir(), args...)
	cmd.Dir = s.dir
	cmd.Env = append(cmd.Env, "PATH="+s.bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(out), "\r\n", "\n"), cmd.ProcessState.ExitCode()
}

// marked are the blocks of the page with that word at the begin of the comment above
// them, and what follows the word.
func marked(t *testing.T, word string) (blocks []fence, args [][]string) {
	t.Helper()
	for _, f := range fences(t, rehearsalPage) {
		if list := strings.Fields(f.from); len(list) > 0 && list[0] == word {
			blocks, args = append(blocks, f), append(args, list[1:])
		}
	}
	if len(blocks) == 0 {
		t.Fatalf("%s has no block %q", rehearsalPage, word)
	}
	return blocks, args
}

func prints(t *testing.T, f fence, got string) {
	t.Helper()
	if !elided(f.text).MatchString(got) {
		t.Errorf("%s:%d: the page has\n%s\nthis is printed:\n%s", rehearsalPage, f.line, f.text, got)
	}
}

// TestKitPage runs the kit as the page does: it prints what the page shows, and its
// evidence does not pass for that of a change.
func TestKitPage(t *testing.T) {
	s := newStage(t)
	blocks, args := marked(t, "rehearse")
	codes := []int{0, 0, 0, 1, 2}
	for i, f := range blocks {
		work := "work"
		if len(args[i]) > 0 {
			work = fmt.Sprintf("work%d", i)
		}
		out, code := s.run(t, append([]string{"-File", seedKit + "/rehearse.ps1", "-WorkPath", work}, args[i]...)...)
		if i >= len(codes) || code != codes[i] {
			t.Errorf("%s:%d: exit code %d", rehearsalPage, f.line, code)
		}
		for _, line := range strings.Split(strings.TrimSuffix(out, "\n"), "\n") {
			if !strings.HasPrefix(line, "SIMULATED ") {
				t.Errorf("%s:%d: a line does not say that it is simulated: %q", rehearsalPage, f.line, line)
			}
		}
		prints(t, f, out)
	}
	s.evidence(t)
	if out, code := s.run(t, "-File", seedKit+"/rehearse.ps1", "-WorkPath", "work"); code != 2 || !strings.Contains(out, "is there already") {
		t.Errorf("a WorkPath that exists: exit code %d\n%s", code, out)
	}
}

// evidence looks at what the run without a fault has left in work.
func (s stage) evidence(t *testing.T) {
	t.Helper()
	log, _ := marked(t, "log")
	data, err := os.ReadFile(mustGlob(t, filepath.Join(s.dir, "work", "fe2.corp.contoso.com", "*.evidence.jsonl"))[0])
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(strings.TrimPrefix(string(data), "\ufeff"), "\n")
	prints(t, log[0], strings.TrimSuffix(first, "\r")+"\n")

	command, _ := marked(t, "run")
	want, _ := marked(t, "prints")
	out, code := s.run(t, "-Command", strings.TrimSpace(command[0].text)+"; exit $LASTEXITCODE")
	if code != 1 {
		t.Errorf("%s:%d: exit code %d", rehearsalPage, command[0].line, code)
	}
	prints(t, want[0], out)
}

// TestKitClaims: LyncSim does what the page says that it takes for granted, and what
// the engine is said to do, it does.
func TestKitClaims(t *testing.T) {
	s := newStage(t)
	script, err := filepath.Abs(filepath.Join("testdata", "lyncsim.ps1"))
	if err != nil {
		t.Fatal(err)
	}
	out, code := s.run(t, "-File", script, "-Kit", filepath.Join(s.dir, filepath.FromSlash(seedKit)),
		"-DnsKit", filepath.Join(s.dir, filepath.FromSlash(dnsKit)), "-Work", filepath.Join(s.dir, "claims"))
	var shown []string
	for _, line := range strings.Split(out, "\n") {
		if text, ok := strings.CutPrefix(line, "yes "); ok {
			shown = append(shown, text)
		} else if strings.HasPrefix(line, "no ") {
			t.Error(line)
		}
	}
	if code != 0 {
		t.Errorf("exit code %d\n%s", code, out)
	}
	if !strings.Contains(out, "What if: ") {
		t.Error("the engine does not write \"What if:\" to the host")
	}
	page := read(t, rehearsalPage)
	_, list, _ := strings.Cut(page, "\n## What LyncSim takes for granted\n")
	list, _, _ = strings.Cut(list, "\n\nThe services.")
	engine := slices.IndexFunc(shown, func(text string) bool { return strings.HasPrefix(text, `"What if:"`) })
	if engine < 0 || !strings.Contains(page, "\n- "+shown[engine]+" ") {
		t.Errorf("%s does not say what the engine does with \"What if:\"", rehearsalPage)
	} else {
		shown = slices.Delete(shown, engine, engine+1)
	}
	var said []string
	for _, item := range strings.Split(list, "\n- ")[1:] {
		said = append(said, flat(item))
	}
	sameSet(t, rehearsalPage+", what LyncSim takes for granted", said, shown)
}
