package zonediff

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/compiler/hunk"
	"github.com/edgeplan/edgeplan/internal/loud"
)

func TestUnified(t *testing.T) {
	hunks := []hunk.Hunk{
		{OldStart: 3, NewStart: 3, Lines: []hunk.Line{{Op: '-', Text: "a\r\n"}, {Op: '+', Text: "b\r\n"}}},
		{OldStart: 8, NewStart: 8, Lines: []hunk.Line{{Op: ' ', Text: "c\n"}, {Op: '-', Text: "d"}, {Op: '+', Text: "d\n"}, {Op: '+', Text: "e\n"}}},
	}
	const want = "--- a/z\n+++ b/z\n@@ -3 +3 @@\n-a\r\n+b\r\n@@ -8,2 +8,3 @@\n c\n-d\n\\ No newline at end of file\n+d\n+e\n"
	if got := Unified("a/z", "b/z", hunks); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if got := Unified("a/z", "b/z", nil); got != "" {
		t.Errorf("no hunks give %q", got)
	}
}

func TestFileName(t *testing.T) {
	tests := map[string]string{
		"a/contoso.com.zone": "a/contoso.com.zone",
		"a/two words":        "a/two words\t",
		"a/tab\tquote\"\\":   `"a/tab\tquote\"\\"`,
		"a/café":             `"a/caf\303\251"`,
		"a/\x01\a\n\r\x7f":   `"a/\001\a\n\r\177"`,
		"/dev/null":          "/dev/null",
	}
	for name, want := range tests {
		if got := fileName(name); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}

// TestTools applies random diffs with the real tools, in both directions.
func TestTools(t *testing.T) {
	needTool(t, "patch")
	needTool(t, "git")
	rng := rand.New(rand.NewPCG(3, 4))
	for i := range 60 {
		old := randomText(rng)
		new := mutate(rng, old)
		if i%10 == 0 {
			old = ""
		}
		if i%10 == 5 {
			new = ""
		}
		checkTools(t, "z.zone", old, new, rng.IntN(4))
	}
}

func TestToolsWithOddNames(t *testing.T) {
	needTool(t, "patch")
	needTool(t, "git")
	for _, name := range []string{"two words", "end blank ", "q\"uote", "back\\slash", "tab\tname", "caf\u00e9 zone", "latin\xe9", "line\nfeed", "-dash", "dir/with blank/z", "ctl\x01"} {
		checkTools(t, name, "a\nb\nc", "a\nB\nc\n", 3)
	}
}

func TestToolsCreateAndDelete(t *testing.T) {
	needTool(t, "patch")
	needTool(t, "git")
	for _, args := range [][]string{{"patch", "-p1", "--binary"}, {"patch", "-p1"}, {"git", "apply"}} {
		dir := t.TempDir()
		file := filepath.Join(dir, "two words")
		run(t, dir, Unified("/dev/null", "b/two words", Lines(nil, []byte("x\r\ny"), 3)), args...)
		if got := read(t, file); got != "x\r\ny" {
			t.Errorf("%v created %q", args, got)
		}
		run(t, dir, Unified("a/two words", "/dev/null", Lines([]byte("x\r\ny"), nil, 3)), args...)
		if _, err := os.Stat(file); !os.IsNotExist(err) {
			t.Errorf("%v left the deleted file: %v", args, err)
		}
	}
}

// checkTools wants both tools to turn old into new byte for byte, and patch -R back.
func checkTools(t *testing.T, name, old, new string, context int) {
	t.Helper()
	hunks := Lines([]byte(old), []byte(new), context)
	diff := Unified("a/"+name, "b/"+name, hunks)
	if old == new {
		if diff != "" {
			t.Fatalf("equal texts give %q", diff)
		}
		return
	}
	dir := t.TempDir()
	file := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		from, to string
		args     []string
	}{
		{old, new, []string{"patch", "-p1"}},
		{new, old, []string{"patch", "-p1", "-R"}},
		{old, new, []string{"git", "apply", fmt.Sprintf("-C%d", context), "--unidiff-zero"}},
	} {
		if err := os.WriteFile(file, []byte(step.from), 0o666); err != nil {
			t.Fatal(err)
		}
		run(t, dir, diff, step.args...)
		if got := read(t, file); got != step.to {
			t.Fatalf("%v %q:\n%q\ngot  %q\nwant %q\ndiff:\n%s", step.args, name, step.from, got, step.to, diff)
		}
	}
}

// needTool skips a test loudly where a program is missing, or is another than on Linux;
// with EDGEPLAN_TOOLS_REQUIRED, which .ci/run sets, that is a failure.
func needTool(t *testing.T, name string) {
	t.Helper()
	loud.Runs(t)
	path, err := exec.LookPath(name)
	if err == nil && (runtime.GOOS == "windows" || name == "patch" && !isGNU(path)) {
		err = errors.New("not the program that it is on Linux")
	}
	if err != nil {
		loud.Lacking(t, name, err)
	}
}

// isGNU tells a GNU program from one of BSD or Apple, which reads no quoted names.
func isGNU(path string) bool {
	out, _ := exec.Command(path, "--version").Output()
	return bytes.HasPrefix(out, []byte("GNU "))
}

func run(t *testing.T, dir, stdin string, args ...string) {
	t.Helper()
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = dir
	cmd.Stdin = strings.NewReader(stdin)
	// git must not find a repository above the temporary folder.
	cmd.Env = append(os.Environ(), "GIT_CEILING_DIRECTORIES="+filepath.Dir(dir), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null", "LC_ALL=C")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s\ndiff:\n%q", args, err, out, stdin)
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// randomText has few distinct lines, so that many are repeated, in mixed line ends
// and with bytes that are not UTF-8.
func randomText(rng *rand.Rand) string {
	var b bytes.Buffer
	eol := []string{"\n", "\r\n"}[rng.IntN(2)]
	for range 1 + rng.IntN(60) {
		fmt.Fprintf(&b, "host%d\tA 192.0.2.%d%s", rng.IntN(8), rng.IntN(3), eol)
		if rng.IntN(6) == 0 {
			b.WriteString("; caf\xe9\n" + eol)
		}
	}
	if rng.IntN(3) == 0 {
		b.WriteString("; the end")
	}
	return b.String()
}

func mutate(rng *rand.Rand, text string) string {
	var out []string
	for _, line := range splitLines(text) {
		switch rng.IntN(12) {
		case 0:
		case 1:
			out = append(out, "new\n", line)
		case 2:
			out = append(out, "-- changed\n")
		case 3:
			out = append(out, line, line)
		default:
			out = append(out, line)
		}
	}
	joined := strings.Join(out, "")
	if rng.IntN(4) == 0 {
		joined = strings.TrimSuffix(joined, "\n")
	}
	return joined
}
