package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/internal/loud"
)

// TestKillEachCall kills a build at its first call to the system that changes something in
// the folder, at its second one, and so on to the last. After each the next build, of the
// same spec or of the one before, makes the folder right. Only make crash runs it.
func TestKillEachCall(t *testing.T) {
	if os.Getenv(crashVariable) != "all" {
		loud.Skip(t, "a kill at each system call is not tested; make crash runs it")
	}
	loud.Tool(t, "strace")
	for _, c := range []struct{ before, after string }{{"three-domains", "route53"}, {"include", "prepare"}, {"", "seed"}} {
		kills := 0
		for _, call := range []string{"mkdirat", "linkat", "renameat,renameat2", "unlinkat", "fsync"} {
			for n := 1; ; n++ {
				out := t.TempDir()
				mine := strangers(t, out)
				if c.before != "" {
					edgeplan(t, exitDone, "build", "-o", out, "../../specs/"+c.before)
				}
				cmd := exec.Command("strace", "-f", "-qq", "-o", os.DevNull, "-e", "trace="+call, "-e", fmt.Sprintf("inject=%s:signal=KILL:when=%d", call, n),
					"edgeplan", "build", "-o", out, filepath.Join("../../specs", c.after))
				cmd.Env = append(os.Environ(), "GOMAXPROCS=1")
				text, err := cmd.CombinedOutput()
				if err == nil {
					break // there are not so many calls
				}
				if strings.Contains(string(text), "edgeplan: ") {
					t.Fatalf("%s", text)
				}
				kills++
				next := c.after
				if n%2 == 0 && c.before != "" {
					next = c.before
				}
				edgeplan(t, exitDone, "build", "-o", out, "../../specs/"+next)
				checkFolder(t, fmt.Sprintf("%s to %s, killed at %s %d, then %s", c.before, c.after, call, n, next), out, mine)
			}
		}
		t.Logf("%q to %q: killed at each of %d calls", c.before, c.after, kills)
		if kills < 30 {
			t.Error("strace killed too rarely")
		}
	}
}
