// Package loud says what tests leave out. go test prints nothing of a package that passes,
// so that a suite which nothing could run looks like one that passed.
//
// In: what is missing, and how it can be run. Out: a line on the standard error of go test,
// once for each reason and package, also without -v; see [Skip] for where it cannot. Only
// tests import this package.
package loud

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// RequiredVariable is the environment variable that, when set, lets a test fail that lacks
// a program.
const RequiredVariable = "EDGEPLAN_TOOLS_REQUIRED"

// Skip ends a test that cannot run here. The text says why and how to run it. The line is not
// seen where go test takes the result from its cache, and where its standard error is a file.
func Skip(t testing.TB, format string, args ...any) {
	t.Helper()
	text := fmt.Sprintf(format, args...)
	// Before t.Skip, which ends the test.
	say(t, text)
	t.Skip("SKIPPED: " + text)
}

// Note says that a test leaves out a part, as [Skip] does, and goes on.
func Note(t testing.TB, format string, args ...any) {
	t.Helper()
	text := fmt.Sprintf(format, args...)
	say(t, text)
	t.Log("SKIPPED in part: " + text)
}

// Runs ends a test that runs other programs where -short is given, as the race detector does,
// which cannot look into them.
func Runs(t testing.TB) {
	t.Helper()
	if testing.Short() {
		Skip(t, "with -short no other programs are run; go test ./... does that")
	}
}

// Tool returns the path of a program. Without it the test is skipped, or fails where
// EDGEPLAN_TOOLS_REQUIRED is set.
func Tool(t testing.TB, name string) string {
	t.Helper()
	Runs(t)
	path, err := exec.LookPath(name)
	// The text of the package names $PATH, which means little in the log of CI.
	if errors.Is(err, exec.ErrNotFound) {
		err = errors.New("it is not installed")
	}
	if err != nil {
		Lacking(t, name, err)
	}
	return path
}

// Lacking ends a test that needs a program which cannot be used, as [Tool] does.
func Lacking(t testing.TB, name string, why error) {
	t.Helper()
	// CI sets it, so that a missing program cannot pass for a suite that ran.
	if os.Getenv(RequiredVariable) != "" {
		t.Fatalf("%s: %v, and %s is set", name, why, RequiredVariable)
	}
	Skip(t, "%s: %v; .ci/run installs what the tests need", name, why)
}

var (
	mutex sync.Mutex
	said  = map[string]bool{}
)

// say prints a text for the first test that has it. With -v the log of the test does that.
func say(t testing.TB, text string) {
	mutex.Lock()
	defer mutex.Unlock()
	// Many tests lack the same program.
	if said[text] || testing.Verbose() {
		return
	}
	said[text] = true
	if out := above(); out != nil {
		defer out.Close()
		name, _, _ := strings.Cut(t.Name(), "/")
		fmt.Fprint(out, line(folder(), name, text))
	}
}

func line(folder, test, text string) string {
	return fmt.Sprintf("SKIPPED %s %s (and others like it): %s\n", folder, test, text)
}

// folder is that of the package being tested, below the one of go.mod.
func folder() string {
	dir, err := os.Getwd()
	for at := dir; err == nil; at = filepath.Dir(at) {
		if _, missing := os.Stat(filepath.Join(at, "go.mod")); missing == nil {
			name, _ := filepath.Rel(at, dir)
			return filepath.ToSlash(name)
		}
		// The root of the file system: there is no module.
		if at == filepath.Dir(at) {
			break
		}
	}
	return filepath.Base(dir)
}

// above is where the go command prints its messages, nil where that cannot be found: on
// Linux its standard error, unless that is a file, in which both would write over each
// other; elsewhere the terminal.
func above() io.WriteCloser {
	name := map[string]string{"linux": fmt.Sprintf("/proc/%d/fd/2", os.Getppid()), "windows": "CONOUT$"}[runtime.GOOS]
	if name == "" {
		name = "/dev/tty"
	}
	if runtime.GOOS == "linux" {
		// A test binary that is run by hand has a shell or a debugger above it, whose terminal is not ours to
		// write to.
		parent, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", os.Getppid()))
		info, missing := os.Stat(name)
		if err != nil || missing != nil || strings.TrimSpace(string(parent)) != "go" || info.Mode().IsRegular() {
			return nil
		}
	}
	file, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return nil
	}
	return file
}
