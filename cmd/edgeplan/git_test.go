package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/internal/loud"
)

// git runs git in a folder with these settings (KEY=VALUE) and none of the user's.
func git(t *testing.T, dir string, settings []string, args ...string) {
	t.Helper()
	all := []string{"-C", dir, "-c", "user.name=a", "-c", "user.email=a@example.com"}
	for _, s := range settings {
		all = append(all, "-c", s)
	}
	cmd := exec.Command("git", append(all, args...)...)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

// TestGit commits a package and checks it out with the settings that change line ends, below
// a .gitattributes that asks for other bytes. It verifies each time. Without the package's
// own .gitattributes it does not.
func TestGit(t *testing.T) {
	loud.Tool(t, "git")
	for _, settings := range [][]string{
		{"core.autocrlf=true"},
		{"core.autocrlf=input"},
		{"core.autocrlf=false", "core.eol=crlf"},
		{"core.autocrlf=false", "core.eol=lf"},
		{"core.autocrlf=false", "core.eol=native"},
	} {
		for _, above := range []string{"", "* text=auto eol=crlf ident\n", "* text eol=lf\n", "* text working-tree-encoding=UTF-16LE\n"} {
			t.Run(strings.Join(settings, " ")+" "+strings.TrimSpace(above), func(t *testing.T) {
				t.Parallel()
				clone := throughGit(t, settings, above, true)
				edgeplan(t, exitDone, "verify", filepath.Join(clone, "out"))
			})
		}
	}
	t.Run("without", func(t *testing.T) {
		clone := throughGit(t, []string{"core.autocrlf=true"}, "", false)
		out := filepath.Join(clone, "out")
		stdout, _ := edgeplan(t, exitNo, "verify", out)
		if n := strings.Count(stdout, "\n"); n < 5 || strings.Count(stdout, "as git, editors and mail programs do: LF became CRLF\n") != n-1 {
			t.Errorf("line ends are not named in each line but the last, which has the way back:\n%s", stdout)
		}
		// The way back that it names, and what git makes of it.
		edgeplan(t, exitDone, "build", "-o", out, "../../specs/seed")
		edgeplan(t, exitDone, "verify", out)
		settings := []string{"core.autocrlf=true"}
		git(t, clone, settings, "add", ".")
		git(t, clone, settings, "commit", "-q", "-m", "package")
		again := t.TempDir()
		git(t, again, settings, "clone", "-q", clone, ".")
		edgeplan(t, exitDone, "verify", filepath.Join(again, "out"))
	})
}

// throughGit commits a package with the settings, and clones that.
func throughGit(t *testing.T, settings []string, above string, attributes bool) (clone string) {
	t.Helper()
	first := t.TempDir()
	edgeplan(t, exitDone, "build", "-o", filepath.Join(first, "out"), "../../specs/seed")
	pack := filepath.Join(first, "out", "edgepool1-to-edgepool2")
	if !attributes {
		forgetAttributes(t, pack)
	}
	if above != "" {
		writeFile(t, filepath.Join(first, ".gitattributes"), []byte(above))
		writeFile(t, filepath.Join(first, "out", ".gitattributes"), []byte(above))
	}
	git(t, first, settings, "init", "-q")
	git(t, first, settings, "add", ".")
	git(t, first, settings, "commit", "-q", "-m", "package")
	clone = t.TempDir()
	git(t, clone, settings, "clone", "-q", first, ".")
	return clone
}

// forgetAttributes makes a package one of an edgeplan that did not write .gitattributes.
func forgetAttributes(t *testing.T, pack string) {
	t.Helper()
	remove(t, filepath.Join(pack, ".gitattributes"))
	sums := filepath.Join(pack, "SHA256SUMS")
	var rest []string
	for _, line := range strings.SplitAfter(string(readTestFile(t, sums)), "\n") {
		if !strings.HasSuffix(line, "  .gitattributes\n") {
			rest = append(rest, line)
		}
	}
	writeFile(t, sums, []byte(strings.Join(rest, "")))
}

// TestVerifyWithoutAttributes: a package that was made before there was .gitattributes is
// whole without it; one whose SHA256SUMS lists it is not.
func TestVerifyWithoutAttributes(t *testing.T) {
	dir := buildSpec(t, "seed")
	sums := filepath.Join(dir, "SHA256SUMS")
	listed := readTestFile(t, sums)
	forgetAttributes(t, dir)
	edgeplan(t, exitDone, "verify", dir)
	writeFile(t, sums, listed)
	if out, _ := edgeplan(t, exitNo, "verify", dir); !strings.Contains(out, ".gitattributes: missing") {
		t.Errorf("listed and missing: %s", out)
	}
}
