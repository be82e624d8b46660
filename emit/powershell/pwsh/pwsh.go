package pwsh

import (
	"errors"
	"fmt"
	"github.com/edgeplan/edgeplan/internal/loud"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"testing"
)

const (
	// PathVariable is the environment variable that names the engine.
	PathVariable = "EDGEPLAN_PWSH"
	// RequiredVariable is the environment variable that, when set, lets a test fail
	// that finds no engine.
	RequiredVariable = "EDGEPLAN_PWSH_REQUIRED"
)

// Engine is a PowerShell.
type Engine struct {
	Path    string
	Version string // such as 7.4.6
	Desktop bool   // Windows PowerShell, not PowerShell 6 or later
}

// found looks once in a process.
var found = sync.OnceValues(look)

// Find returns the engine that EDGEPLAN_PWSH names, else pwsh on the path, else on
// Windows powershell.exe, and logs it. With -short no script is run and the test is skipped. With none
// it skips the test, or fails it where EDGEPLAN_PWSH or EDGEPLAN_PWSH_REQUIRED is set.
func Find(t testing.TB) Engine {
	t.Helper()
	loud.Runs(t)
	e, err := found()
	if err != nil {
		// Who named an engine wants it: a test that skips then would say that all is well.
		if os.Getenv(RequiredVariable) != "" || os.Getenv(PathVariable) != "" {
			t.Fatalf("no PowerShell engine, and %s or %s is set: %v", PathVariable, RequiredVariable, err)
		}
		loud.Skip(t, "no PowerShell engine: %v; set %s or put pwsh on PATH", err, PathVariable)
	}
	t.Logf("PowerShell %s", e)
	return e
}

// String gives version, edition and path.
func (e Engine) String() string {
	edition := "Core"
	if e.Desktop {
		edition = "Desktop"
	}
	return fmt.Sprintf("%s (%s) at %s", e.Version, edition, e.Path)
}

// Command returns a call of the engine, not started, that reads no profile, asks nothing
// and keeps what it keeps below the folder home. Callers that change Env must append.
func (e Engine) Command(home string, args ...string) *exec.Cmd {
	all := []string{"-NoProfile", "-NonInteractive"}
	if e.Desktop { // its default policy on clients runs no scripts at all
		all = append(all, "-ExecutionPolicy", "Bypass")
	}
	cmd := exec.Command(e.Path, append(all, args...)...)
	cmd.Env = append(os.Environ(), "HOME="+home, "POWERSHELL_TELEMETRY_OPTOUT=1", "POWERSHELL_UPDATECHECK=Off")
	return cmd
}

func look() (Engine, error) {
	names := []string{"pwsh"}
	if runtime.GOOS == "windows" {
		names = append(names, "powershell.exe")
	}
	if name := os.Getenv(PathVariable); name != "" {
		names = []string{name}
	}
	var errs []error
	for _, name := range names {
		path, err := exec.LookPath(name)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		return probe(path)
	}
	return Engine{}, errors.Join(errs...)
}

// probe asks an engine what it is. Before 5.1 there is no PSEdition.
func probe(path string) (Engine, error) {
	home, err := os.MkdirTemp("", "pwsh")
	if err != nil {
		return Engine{}, err
	}
	defer os.RemoveAll(home)
	e := Engine{Path: path}
	version := "'{0} {1}' -f $PSVersionTable.PSVersion, $PSVersionTable['PSEdition']"
	out, err := e.Command(home, "-Command", version).Output()
	if err != nil {
		return Engine{}, fmt.Errorf("%s: %w", path, err)
	}
	words := strings.Fields(string(out))
	// A program of that name that is something else says nothing, or not this.
	if len(words) == 0 {
		return Engine{}, fmt.Errorf("%s: does not say its version: %q", path, out)
	}
	e.Version, e.Desktop = words[0], len(words) == 1 || words[1] == "Desktop"
	return e, nil
}
