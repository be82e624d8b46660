package docs

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/emit/powershell/pwsh"
)

// installParts are the parts of the blocks below "Install" in README, by their first line.
func installParts(t *testing.T, lang string) map[string]string {
	t.Helper()
	_, section, _ := strings.Cut(read(t, "README.md"), "\n## Install\n")
	section, _, _ = strings.Cut(section, "\n## ")
	_, block, ok := strings.Cut(section, "```"+lang+"\n")
	if !ok {
		t.Fatalf("README.md has no %s block below Install", lang)
	}
	block, _, _ = strings.Cut(block, "```")
	out := map[string]string{}
	for _, part := range strings.Split("\n"+block, "\n# ")[1:] {
		head, lines, _ := strings.Cut(part, "\n")
		if n := strings.Count(strings.TrimSpace(lines), "\n") + 1; n != 3 {
			t.Errorf("%s: %d lines, not three", head, n)
		}
		out[head] = lines
	}
	return out
}

// TestInstall runs the lines of README for Linux and macOS: with an archive of this
// platform in the place of theirs, without sudo, into a folder of its own.
func TestInstall(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("SKIPPED: the lines are for a Unix shell")
	}
	parts := installParts(t, "sh")
	if len(parts) != 3 {
		t.Fatalf("%d parts", len(parts))
	}
	goEnv := func(name string) string {
		out, err := exec.Command("go", "env", name).Output()
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(string(out))
	}
	cache := goEnv("GOMODCACHE")
	for head, lines := range parts {
		dir, stubs, bin := t.TempDir(), t.TempDir(), t.TempDir()
		for name, text := range map[string]string{"sudo": "exec \"$@\"", "xattr": "[ \"$1\" = -cr ] && [ -d \"$2\" ]"} {
			if err := os.WriteFile(filepath.Join(stubs, name), []byte("#!/bin/sh\n"+text+"\n"), 0o777); err != nil {
				t.Fatal(err)
			}
		}
		cmd := exec.Command("sh", "-e")
		cmd.Dir = dir
		if strings.Contains(head, "with Go") {
			cmd.Dir = root
		} else {
			platform := runtime.GOOS + "-" + runtime.GOARCH
			make := exec.Command("go", "run", "./release", "archives", dir, runtime.GOOS+"/"+runtime.GOARCH)
			make.Dir = root
			if out, err := make.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			lines = strings.ReplaceAll(strings.ReplaceAll(lines, "linux-amd64", platform), "darwin-arm64", platform)
			lines = strings.ReplaceAll(lines, "/usr/local/bin", bin)
		}
		cmd.Stdin = strings.NewReader(lines)
		cmd.Env = append(os.Environ(), "GOPATH="+dir, "GOMODCACHE="+cache, "GOBIN=", "PATH="+strings.Join([]string{stubs, bin, os.Getenv("PATH")}, ":"))
		if out, err := cmd.CombinedOutput(); err != nil || !regexp.MustCompile(`(?m)^edgeplan \d`).Match(out) {
			t.Errorf("%s: %v\n%s", head, err, out)
		}
	}
}

// TestInstallNames: README names archives as make dist does, of platforms that it makes.
func TestInstallNames(t *testing.T) {
	version := regexp.MustCompile(`Version = "(.*)"`).FindStringSubmatch(read(t, "cmd/edgeplan/version.go"))[1]
	platforms := regexp.MustCompile(`(?m)^PLATFORMS *= (.*)$`).FindStringSubmatch(read(t, "Makefile"))[1]
	names := regexp.MustCompile(`edgeplan-([0-9.]+)-([a-z]+)-([a-z0-9]+)`).FindAllStringSubmatch(read(t, "README.md"), -1)
	for _, m := range names {
		if m[1] != version || !strings.Contains(" "+platforms+" ", " "+m[2]+"/"+m[3]+" ") {
			t.Errorf("README.md: there is no %s", m[0])
		}
	}
	if len(names) < 6 {
		t.Errorf("README.md names %d archives", len(names))
	}
}

// TestInstallWindows parses the lines of README for Windows with the engine. It does not
// run them: they change the PATH of the user.
func TestInstallWindows(t *testing.T) {
	parts := installParts(t, "ps1")
	if len(parts) != 2 {
		t.Errorf("%d parts", len(parts))
	}
	engine := pwsh.Find(t)
	for head, lines := range parts {
		file := filepath.Join(t.TempDir(), "lines.ps1")
		if err := os.WriteFile(file, []byte(lines), 0o666); err != nil {
			t.Fatal(err)
		}
		script := "$errors = $null; $null = [System.Management.Automation.Language.Parser]::ParseFile('" + file + "', [ref]$null, [ref]$errors); $errors | Out-String; $errors.Count"
		out, err := engine.Command(t.TempDir(), "-Command", script).CombinedOutput()
		if err != nil || strings.TrimSpace(string(out)) != "0" {
			t.Errorf("%s: %v\n%s", head, err, out)
		}
	}
}
