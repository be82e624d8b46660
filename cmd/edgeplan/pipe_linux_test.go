package main

import (
	"context"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestPipeAsFolder: a pipe where a folder has to be is said, and no command waits for its
// other end.
func TestPipeAsFolder(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "fifo")
	if err := syscall.Mkfifo(pipe, 0o666); err != nil {
		t.Fatal(err)
	}
	spec := "../../specs/seed"
	for _, args := range [][]string{
		{"verify", pipe}, {"build", "-o", pipe, spec}, {"rehearse", "-o", pipe, spec}, {"build", "-o", filepath.Join(pipe, "out"), spec},
		{"diff", spec, pipe}, {"show", pipe}, {"check", filepath.Join(pipe, "x.edge.hcl")}, {"check", pipe},
		{"fmt", filepath.Join(pipe, "x.edge.hcl")}, {"fmt", "-w", filepath.Join(pipe, "x.edge.hcl")},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		out, err := exec.CommandContext(ctx, "edgeplan", args...).CombinedOutput()
		if ctx.Err() != nil || err == nil || strings.Count(string(out), "fifo") == 0 {
			t.Errorf("%v: %v, %v\n%s", args, err, ctx.Err(), out)
		}
		cancel()
	}
}
