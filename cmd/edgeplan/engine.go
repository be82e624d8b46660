package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/edgeplan/edgeplan/emit/rehearsed"
	"github.com/edgeplan/edgeplan/internal/pattern"
	"github.com/edgeplan/edgeplan/parser/diag"
)

// engine is the PowerShell that rehearses.
type engine struct {
	path string
	rehearsed.Engine
}

// bounds end an engine that does not end by itself.
type bounds struct {
	silent time.Duration // it prints nothing for that long
	whole  time.Duration
	output int // bytes that it prints
}

// boundsOf are those for an engine that may be silent for that long.
func boundsOf(silent time.Duration) bounds { return bounds{silent, 30 * silent, 64 << 20} }

// engineNames are what an engine may be called, the best first.
func engineNames() []string {
	if runtime.GOOS == "windows" {
		return []string{"pwsh", "powershell"}
	}
	return []string{"pwsh"}
}

// findEngine looks for an engine on PATH and asks it for its version. It keeps what it keeps below home.
func findEngine(ctx context.Context, home string, limits bounds) (engine, error) {
	var e engine
	names := engineNames()
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			e.path = path
			break
		}
	}
	if e.path == "" {
		return e, &failure{codeNoEngine, names[0], fmt.Errorf("there is no PowerShell on PATH (%s). Install PowerShell 7, or put it on "+
			"PATH; or copy the kit to a computer that has one and run rehearse.ps1 there", strings.Join(names, ", "))}
	}
	const ask = "'edgeplan-engine {0} {1} .' -f $PSVersionTable.PSVersion, $PSVersionTable['PSEdition']"
	exit, said, err := e.run(ctx, home, limits, "-Command", ask)
	if err != nil {
		return e, err
	}
	m := engineAnswer.FindStringSubmatch(said)
	if exit != 0 || m == nil {
		return e, e.failed(codeNoEngine, "it does not say which PowerShell it is, but ends with exit code %d%s", exit, quoted(said))
	}
	e.Version, e.Edition, e.System = m[1], m[4], runtime.GOOS+"/"+runtime.GOARCH
	major, _ := strconv.Atoi(m[2])
	minor, _ := strconv.Atoi(m[3])
	if major < 5 || major == 5 && minor < 1 {
		return e, e.failed(codeNoEngine, "it is PowerShell %s; a rehearsal needs 5.1 or later", e.Version)
	}
	return e, nil
}

var engineAnswer = pattern.New(`(?m)^edgeplan-engine ((\d{1,4})\.(\d{1,4})[-.\w]{0,40}) (Core|Desktop) \.\r?$`)

// run starts the engine, and ends it where it does not keep to the bounds. It returns the exit code, -1 for one that was
// killed, and the end of what was printed.
func (e engine) run(ctx context.Context, home string, limits bounds, args ...string) (exit int, said string, err error) {
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	all := []string{"-NoProfile", "-NonInteractive"}
	if runtime.GOOS == "windows" { // its default policy on clients runs no scripts at all
		all = append(all, "-ExecutionPolicy", "Bypass")
	}
	cmd := exec.CommandContext(ctx, e.path, append(all, args...)...)
	cmd.Env = append(plainEnvironment(), "HOME="+home, "POWERSHELL_TELEMETRY_OPTOUT=1", "POWERSHELL_UPDATECHECK=Off",
		"PSModulePath="+e.modules())
	cmd.Dir = home
	cmd.WaitDelay = 5 * time.Second // a child of it may keep its output open
	ownGroup(cmd)
	watch := &watch{limits: limits, end: end}
	watch.timer = time.AfterFunc(limits.silent, func() {
		end(fmt.Errorf("it printed nothing for %s and was ended: a stalled engine", limits.silent))
	})
	defer watch.timer.Stop()
	whole := time.AfterFunc(limits.whole, func() { end(fmt.Errorf("it did not end in %s and was ended", limits.whole)) })
	defer whole.Stop()
	cmd.Stdout, cmd.Stderr = watch, watch
	err = cmd.Run()
	said = watch.tail()
	if cause := context.Cause(ctx); cause != nil {
		return -1, said, e.failed(codeNotHeld, "%v%s", cause, quoted(said))
	}
	if cmd.ProcessState == nil {
		return -1, said, e.failed(codeNoEngine, "it cannot be started: %v", bare(err))
	}
	if exit = cmd.ProcessState.ExitCode(); exit > 255 { // how Windows shows one that was killed
		exit = -1
	}
	return exit, said, nil
}

func (e engine) failed(code diag.Code, format string, args ...any) error {
	return &failure{code, shown(e.path), fmt.Errorf(format, args...)}
}

// modules is the folder of modules of the engine itself: modules of a product that are on this computer have no place in a
// rehearsal.
func (e engine) modules() string {
	path := e.path
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	return filepath.Join(filepath.Dir(path), "Modules")
}

// plainEnvironment is the environment without what an engine takes for its own.
func plainEnvironment() []string {
	var out []string
	for _, one := range os.Environ() {
		name, _, _ := strings.Cut(one, "=")
		name = strings.ToUpper(name)
		if name != "HOME" && name != "PSMODULEPATH" && !strings.HasPrefix(name, "SIM_") {
			out = append(out, one)
		}
	}
	return out
}

// quoted is the end of what an engine printed, on one line.
func quoted(said string) string {
	lines := strings.FieldsFunc(said, func(r rune) bool { return r == '\n' || r == '\r' })
	if len(lines) == 0 {
		return "; it printed nothing"
	}
	text := strings.TrimPrefix(lines[len(lines)-1], "SIMULATED ")
	if len(text) > 300 {
		text = text[:300]
	}
	return fmt.Sprintf("; the last that it printed is %q", strings.ToValidUTF8(text, "?"))
}

// watch keeps the end of what an engine prints, and ends one that prints too much.
type watch struct {
	limits bounds
	end    context.CancelCauseFunc
	timer  *time.Timer

	mutex sync.Mutex
	size  int
	kept  []byte
}

const maxTail = 4096

func (w *watch) Write(text []byte) (int, error) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.timer.Reset(w.limits.silent)
	if w.size += len(text); w.size > w.limits.output {
		w.end(errTooMuch)
		return 0, errTooMuch
	}
	w.kept = append(w.kept, text...)
	if len(w.kept) > 2*maxTail {
		w.kept = append([]byte(nil), w.kept[len(w.kept)-maxTail:]...)
	}
	return len(text), nil
}

func (w *watch) tail() string {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return string(w.kept)
}

var errTooMuch = errors.New("it printed more than any rehearsal does and was ended")
