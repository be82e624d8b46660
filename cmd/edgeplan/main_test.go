package main

import (
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/edgeplan/edgeplan/compiler/procedure"
)

var update = flag.Bool("update", false, "rewrite the expected output in testdata/script")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"edgeplan": main, "edgeplan-one-thread": main, "fake-engine": fakeEngine}) // the second: crash_linux_test.go
}

// TestScripts runs testdata/script/*.txtar. $SPECS is the folder of the repository's
// specs, $CLEAN a spec without findings. Besides the usual commands there is `code N PROGRAM ARGS`, which wants that
// exit code, and `edit FILE OLD NEW`.
func TestScripts(t *testing.T) {
	if *update && os.Getenv("CI") != "" {
		t.Fatal("-update is not for CI: there the scripts are the judge")
	}
	specs, err := filepath.Abs("../../specs")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("SPECS", specs)
			env.Setenv("CLEAN", filepath.Join(specs, "../cmd/edgeplan/testdata/mistakes"))
			env.Setenv("NAME", "edgepool1-to-edgepool2")
			// bin/pwsh is an engine that hold_test.go makes up, for scripts that put bin on PATH.
			text := "#!/bin/sh\nexec fake-engine \"$@\"\n"
			if err := os.Mkdir(filepath.Join(env.WorkDir, "bin"), 0o777); err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(env.WorkDir, "bin", "pwsh"), []byte(text), 0o777)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"code": exitCode, "plan-id": planID, "edit": editFile},
	})
}

// planID writes the ID of a package's plan into files that say PLAN-ID.
func planID(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: plan-id PACKAGE FILE...")
	}
	p, err := procedure.Decode([]byte(ts.ReadFile(filepath.Join(args[0], "plan.json"))))
	ts.Check(err)
	for _, name := range args[1:] {
		text := strings.ReplaceAll(ts.ReadFile(name), "PLAN-ID", p.ID)
		ts.Check(os.WriteFile(ts.MkAbs(name), []byte(text), 0o666))
	}
}

// editFile replaces the first of some text in a file, which has to be there.
func editFile(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: edit FILE OLD NEW")
	}
	text := ts.ReadFile(args[0])
	if !strings.Contains(text, args[1]) {
		ts.Fatalf("%s has no %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Replace(text, args[1], args[2], 1)), 0o666))
}

func exitCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N PROGRAM [ARGS]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	var exit *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}
