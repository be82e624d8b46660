package loud

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestHeard: go test prints, without -v, why a test of a package that passes was skipped, once.
func TestHeard(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("elsewhere the line goes to the terminal")
	}
	Runs(t)
	cmd := exec.Command("go", "test", "-count=1", "-run", "^TestSilent", ".")
	cmd.Env = append(os.Environ(), "LOUD_TEST=1", RequiredVariable+"=")
	out, err := cmd.CombinedOutput()
	want := "SKIPPED internal/loud TestSilent (and others like it): no-such-program: it is not installed; .ci/run installs what the tests need\n"
	if err != nil || strings.Count(string(out), want) != 1 || !strings.Contains(string(out), "SKIPPED internal/loud TestSilentPart (and others like it): half of it") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestSilent(t *testing.T)    { lacking(t) }
func TestSilentToo(t *testing.T) { lacking(t) }
func TestSilentPart(t *testing.T) {
	if os.Getenv("LOUD_TEST") != "" {
		Note(t, "half of it")
	}
}

func lacking(t *testing.T) {
	if os.Getenv("LOUD_TEST") != "" {
		Tool(t, "no-such-program")
	}
}

func TestFolder(t *testing.T) {
	if got := folder(); got != "internal/loud" {
		t.Errorf("got %q", got)
	}
	t.Chdir(t.TempDir())
	here, _ := os.Getwd()
	if got := folder(); got != filepath.Base(here) {
		t.Errorf("outside: got %q", got)
	}
}
