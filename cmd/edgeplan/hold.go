package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/procedure"
	"github.com/edgeplan/edgeplan/emit"
	"github.com/edgeplan/edgeplan/emit/rehearsed"
	"github.com/edgeplan/edgeplan/internal/parallel"
)

// holding is a rehearsal of one plan, in a folder of its own that goes when it ends. It runs the kit and nothing else: the
// cmdlets there are simulated.
type holding struct {
	ctx    context.Context
	dir    string
	engine engine
	limits bounds
}

// Limits on what a rehearsal leaves.
const (
	maxWalk   = 16 << 20 // bytes of walk.jsonl
	maxReport = 32 << 20 // bytes of a report, and so of all logs
)

// atOnce is how many engines run at the same time at most: each takes some 150 MB.
const atOnce = 4

// hold rehearses a plan with the files of its kit in all ways that there are.
func (h holding) hold(of *plan.Plan, kit []emit.Artifact) (rehearsed.Report, error) {
	// As verify will read it.
	text, err := plan.Encode(of)
	if err != nil {
		return rehearsed.Report{}, err
	}
	read, err := procedure.Decode(text)
	if err != nil {
		return rehearsed.Report{}, fmt.Errorf("internal error: %w", err)
	}
	facts := rehearsed.Facts{Edgeplan: Version, Engine: h.engine.Engine, Started: now(), Scripts: []rehearsed.Sum{}, Kit: []rehearsed.Sum{}}
	if err := os.Mkdir(h.at("kit"), 0o777); err != nil {
		return rehearsed.Report{}, err
	}
	for _, file := range kit {
		// Not the files of the output folder, which another program may change meanwhile.
		if err := os.WriteFile(h.at("kit", file.Name), file.Text.Bytes(), 0o666); err != nil {
			return rehearsed.Report{}, err
		}
		sum := rehearsed.Sum{Name: file.Name, SHA256: file.Text.SHA256()}
		if emit.IsScript(file.Name) {
			facts.Scripts = append(facts.Scripts, sum)
		} else {
			facts.Kit = append(facts.Kit, sum)
		}
	}
	first, err := h.try(rehearsed.First())
	if err != nil {
		return rehearsed.Report{}, err
	}
	runs := append([]rehearsed.Run{first}, rehearsed.Others(read, first.Changes())...)
	errs := make([]error, len(runs))
	parallel.EachOf(min(atOnce, runtime.NumCPU()), len(runs)-1, func(i int) {
		runs[i+1], errs[i+1] = h.try(runs[i+1])
	})
	for _, err := range errs {
		if err != nil {
			return rehearsed.Report{}, err
		}
	}
	facts.Ended = now()
	return rehearsed.Judge(read, facts, runs), nil
}

func now() string { return time.Now().UTC().Format(time.RFC3339) }

func (h holding) at(names ...string) string {
	return filepath.Join(append([]string{h.dir}, names...)...)
}

// try runs the kit in one way, and reads what that has left.
func (h holding) try(run rehearsed.Run) (rehearsed.Run, error) {
	work := h.at("work-" + run.Try)
	args := []string{"-File", h.at("kit", "rehearse.ps1"), "-WorkPath", work}
	again := append(slices.Clone(args), "-Resume")
	switch {
	case run.Fault != "":
		args = append(args, "-Fault", run.Fault)
	case run.Try != rehearsed.Undisturbed:
		args = append(args, "-Try", run.Try)
	}
	exit, said, err := h.engine.run(h.ctx, h.dir, h.limits, args...)
	run.Exits = append(run.Exits, exit)
	if err == nil && run.Try == rehearsed.Crash && (exit < 0 || exit > 2) {
		exit, said, err = h.engine.run(h.ctx, h.dir, h.limits, again...)
		run.Exits = append(run.Exits, exit)
	}
	if err != nil {
		return run, err
	}
	if err := read(&run, work); err != nil {
		return run, h.engine.failed(codeNotHeld, "the rehearsal %s was not held to its end: exit code %d, %v%s", run.Try, exit, err, quoted(said))
	}
	return run, nil
}

// read takes the notes and the logs of a rehearsal from its folder.
func read(run *rehearsed.Run, work string) error {
	text, err := readFile(filepath.Join(work, "walk.jsonl"), maxWalk)
	if err != nil {
		return fmt.Errorf("walk.jsonl: %w", bare(err))
	}
	if run.Walk, err = rehearsed.ReadWalk(text); err != nil {
		return err
	}
	if run.Walk[len(run.Walk)-1].Kind != "end" {
		return errors.New("walk.jsonl has no end")
	}
	run.Logs = []rehearsed.Log{}
	if run.Try == rehearsed.Order { // each stage in a world of its own: nothing that holds together
		return nil
	}
	size := 0
	return filepath.WalkDir(work, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, logEnding) {
			return err
		}
		text, err := readFile(name, maxReport)
		if size += len(text); size > maxReport/8 { // which a report has several times, and longer
			err = fmt.Errorf("the logs have more than %d bytes", maxReport/8)
		}
		below, _ := filepath.Rel(work, name)
		run.Logs = append(run.Logs, rehearsed.NewLog(filepath.ToSlash(below), text))
		return err
	})
}

// rehearse holds the rehearsals of plans whose kits are in the output folder, and writes their reports there.
func (p *program) rehearse(d delivery, plans []*plan.Plan, silent time.Duration) error {
	ctx, stop := interrupted()
	defer stop()
	limits := boundsOf(silent)
	home, err := os.MkdirTemp("", "edgeplan-rehearsal-")
	if err != nil {
		return cannot(os.TempDir(), err)
	}
	defer os.RemoveAll(home)
	e, err := findEngine(ctx, home, limits)
	if err != nil {
		return err
	}
	var no error
	for i, of := range plans {
		p.say("%s: rehearsing with PowerShell %s (%s)", path.Join(shown(d.dir), d.made[i].name), e.Version, e.Edition)
		p.stdout.Flush() // it takes a while
		scratch := filepath.Join(home, fmt.Sprint(i))
		if err := os.Mkdir(scratch, 0o777); err != nil {
			return cannot(scratch, err)
		}
		report, err := holding{ctx, scratch, e, limits}.hold(of, d.made[i].files)
		if err != nil {
			return err
		}
		os.RemoveAll(scratch)
		if err := p.deliverReport(d, d.made[i].name, report); err != nil {
			return err
		}
		if report.Verdict != rehearsed.Passed {
			no = errNo
		}
	}
	return no
}
