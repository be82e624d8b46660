package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/edgeplan/edgeplan/emit/powershell/pwsh"
	"github.com/edgeplan/edgeplan/emit/rehearsal"
	"github.com/edgeplan/edgeplan/emit/rehearsed"
	"github.com/edgeplan/edgeplan/emit/rehearsed/sample"
)

// fakeEngine takes the arguments of a PowerShell that runs a kit, and leaves what a good rehearsal leaves, or what
// FAKE_ENGINE asks for.
func fakeEngine() {
	given := map[string]string{}
	for i, arg := range os.Args[:len(os.Args)-1] {
		given[arg] = os.Args[i+1]
	}
	mode := os.Getenv("FAKE_ENGINE")
	if _, asked := given["-Command"]; asked {
		version := map[string]string{"old": "5.0.10586.117", "none": ""}
		if v, ok := version[mode]; ok {
			fmt.Printf("edgeplan-engine %s Desktop .\n", v)
			return
		}
		fmt.Println("edgeplan-engine 7.4.6 Core .")
		return
	}
	fmt.Println("SIMULATED it begins")
	switch mode {
	case "hang":
		time.Sleep(time.Hour)
	case "flood":
		for {
			fmt.Println(strings.Repeat("x", 1<<16))
		}
	case "crash":
		fmt.Println("SIMULATED segmentation \x1b[2J fault")
		os.Exit(139)
	}
	if err := fakeRun(given, mode); err != nil {
		fmt.Println(err)
		os.Exit(2)
	}
}

func fakeRun(given map[string]string, mode string) error {
	text, err := os.ReadFile(filepath.Join(filepath.Dir(given["-File"]), "rehearsal.json"))
	if err != nil {
		return err
	}
	var walk rehearsal.Run
	if err := json.Unmarshal(text, &walk); err != nil {
		return err
	}
	run := rehearsed.Run{Try: given["-Try"], Fault: given["-Fault"]}
	resume := slices.Contains(os.Args, "-Resume")
	switch {
	case strings.HasPrefix(run.Fault, "crash@"):
		if err := os.MkdirAll(given["-WorkPath"], 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(given["-WorkPath"], "fault"), []byte(run.Fault), 0o666); err != nil {
			return err
		}
		os.Exit(137)
	case resume:
		fault, err := os.ReadFile(filepath.Join(given["-WorkPath"], "fault"))
		if err != nil {
			return err
		}
		run.Try, run.Fault = rehearsed.Crash, string(fault)
	case strings.HasPrefix(run.Fault, "fails@"):
		run.Try = rehearsed.Fails
	case run.Fault != "":
		run.Try = rehearsed.Records
	case run.Try == "":
		run.Try = rehearsed.Undisturbed
	}
	run = sample.Tried(walk, run)
	if mode == "fails" {
		run.Walk[len(run.Walk)-1].Restores = false
	}
	files := map[string][]byte{"walk.jsonl": {}}
	for _, note := range run.Walk {
		line, _ := json.Marshal(note)
		files["walk.jsonl"] = append(append(files["walk.jsonl"], line...), '\n')
	}
	for _, log := range run.Logs {
		files[log.Name] = []byte(strings.Join(log.Lines, "\r\n") + "\r\n")
	}
	switch mode {
	case "garbage":
		files["walk.jsonl"] = []byte("\x00\xff{{{\n")
	case "half":
		files["walk.jsonl"] = files["walk.jsonl"][:len(files["walk.jsonl"])/2]
	}
	for name, data := range files {
		path := filepath.Join(given["-WorkPath"], filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(path, data, 0o666); err != nil {
			return err
		}
	}
	if mode == "fails" {
		os.Exit(1)
	}
	return nil
}

// TestRehearseForReal runs the kit of one spec in a real engine: what it leaves makes a report that passes, and verify ties it
// to the package.
func TestRehearseForReal(t *testing.T) {
	e := pwsh.Find(t)
	t.Setenv("PATH", filepath.Dir(e.Path))
	spec, out := filepath.Join("..", "..", "specs", "seed"), filepath.Join(t.TempDir(), "out")
	edgeplan(t, exitDone, "build", spec, "-o", out)
	stdout, _ := edgeplan(t, exitDone, "rehearse", spec, "-o", out, "--run", "--timeout", "9m")
	if n := strings.Count(stdout, ": passed"); n != 7 {
		t.Errorf("%d lines say passed:\n%s", n, stdout)
	}
	stdout, _ = edgeplan(t, exitDone, "verify", "--rehearsed", out)
	if !strings.Contains(stdout, "rehearsed: passed; report sha256:") || !strings.Contains(stdout, "PowerShell "+e.Version+" (") {
		t.Error(stdout)
	}
	text, err := os.ReadFile(filepath.Join(out, "edgepool1-to-edgepool2.rehearsal", "report.json"))
	if err != nil {
		t.Fatal(err)
	}
	report, err := rehearsed.Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	// The verdicts follow from real logs: without those of one host, or with real cmdlets in one, none would.
	for _, try := range report.Tries {
		if records := strings.Count(fmt.Sprint(try.Logs), "outcome"); try.Try != rehearsed.Order && records < 100 {
			t.Errorf("%s: %d records", try.Try, records)
		}
	}
	crash := report.Tries[3]
	if !slices.ContainsFunc(crash.Stages, func(s rehearsed.Stage) bool { return s.Stage == "Route" && strings.Contains(s.Result, "has no end") }) {
		t.Errorf("%+v", crash.Stages)
	}
}

// TestEngineBounds: an engine that hangs, prints without end or cannot be started is ended, with what is started by it.
func TestEngineBounds(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the engines here are scripts of a shell")
	}
	home := t.TempDir()
	left, path := filepath.Join(home, "left"), filepath.Join(home, "pwsh")
	write := func(text string) {
		if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text+"\n"), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	// Each has one bound that it can meet, however slow the computer is.
	stalled, late, loud := bounds{2 * time.Second, time.Hour, 1 << 30}, bounds{time.Hour, time.Second, 1 << 30}, bounds{time.Hour, time.Hour, 1 << 16}
	for _, one := range []struct {
		text, want string
		limits     bounds
	}{
		{"echo SIMULATED last words; sleep 600 & wait", `printed nothing for 2s and was ended: a stalled engine; the last that it printed is "last words"`, stalled},
		{"while :; do echo x; sleep 0.05; done", "did not end in 1s and was ended", late},
		{"while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done", "printed more than any rehearsal", loud},
		{"(sleep 3; echo > '" + left + "') & sleep 600", "a stalled engine; it printed nothing", stalled},
	} {
		write(one.text)
		_, _, err := engine{path: path}.run(t.Context(), home, one.limits)
		var about *failure
		if !errors.As(err, &about) || about.code != codeNotHeld || !strings.Contains(err.Error(), one.want) {
			t.Errorf("%q: %v, want %q", one.text, err, one.want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := (engine{path: "/bin/sh"}).run(ctx, home, boundsOf(time.Minute)); err == nil {
		t.Error("a run that was ended before it began")
	}
	ctx, cancel = context.WithCancel(t.Context())
	time.AfterFunc(200*time.Millisecond, cancel)
	write("sleep 600 & wait")
	if _, _, err := (engine{path: path}).run(ctx, home, boundsOf(time.Hour)); err == nil || !strings.Contains(err.Error(), "context canceled") {
		t.Errorf("a run that the user ended: %v", err)
	}
	if _, _, err := (engine{path: home}).run(t.Context(), home, boundsOf(time.Minute)); err == nil || !strings.Contains(err.Error(), "cannot be started") {
		t.Errorf("a folder is no engine: %v", err)
	}
	time.Sleep(2 * time.Second)
	if _, err := os.Stat(left); err == nil {
		t.Error("what the engine had started went on")
	}
}

// TestEnvironment: an engine sees no modules of this computer, no home of the user and no world of another rehearsal.
func TestEnvironment(t *testing.T) {
	t.Setenv("PSModulePath", "real")
	t.Setenv("SIM_WORLD", "other")
	t.Setenv("HOME", "home")
	for _, one := range plainEnvironment() {
		if name, _, _ := strings.Cut(strings.ToUpper(one), "="); name == "PSMODULEPATH" || name == "SIM_WORLD" || name == "HOME" {
			t.Error(one)
		}
	}
}

// TestOwnReport: a page or a text that a person edited is not one that may be overwritten.
func TestOwnReport(t *testing.T) {
	page := reportPage(rehearsed.Report{Title: "x"})
	for _, form := range [][]byte{page, bytes.ReplaceAll(page, []byte("\n"), []byte("\r\n"))} {
		if !isOwnReport("report.html", form) {
			t.Errorf("%q", form[len(form)-200:])
		}
	}
	for _, form := range []string{"", "\n", "x", strings.Replace(string(page), "Rehearsal", "rehearsal", 1), "<!-- SHA-256 of the lines above: -->"} {
		if isOwnReport("report.html", []byte(form)) || isOwnReport("report.json", []byte(form)) {
			t.Errorf("%.80q", form)
		}
	}
}
