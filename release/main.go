// Command release makes what is handed out besides the source: NOTICE, and an archive of
// the program for each platform. It is run by make notice and make dist.
//
// In: the module, its dependencies in the module cache, and the platforms as arguments,
// such as linux/amd64. Out: the same bytes each time, with the same Go.
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) < 2 {
		return errors.New("usage: release notice PLATFORM... | release archives DIR PLATFORM... | " +
			"release rebuild DIR PLATFORM (or more)")
	}
	if args[0] == "notice" {
		text, err := notice(".", args[1:])
		if err != nil {
			return err
		}
		return os.WriteFile("NOTICE", text, 0o666)
	}
	return archives(".", args[1], args[2:], args[0] == "rebuild")
}

// archives builds the program of the module in root for each platform, and writes an
// archive of it, and SHA256SUMS of all archives, into dir. fresh builds that of this
// platform without the build cache.
func archives(root, dir string, platforms []string, fresh bool) error {
	version, err := versionOf(root)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	var sums strings.Builder
	for _, platform := range platforms {
		system, processor, _ := strings.Cut(platform, "/")
		name := fmt.Sprintf("edgeplan-%s-%s-%s", version, system, processor)
		program, err := build(root, system, processor, fresh)
		if err != nil {
			return err
		}
		files := []file{{"edgeplan", 0o755, program}}
		if system == "windows" {
			files[0].name += ".exe"
		}
		for _, text := range []string{"LICENSE", "NOTICE", "README.md"} {
			data, err := os.ReadFile(filepath.Join(root, text))
			if err != nil {
				return err
			}
			files = append(files, file{text, 0o644, data})
		}
		slices.SortFunc(files, func(a, b file) int { return strings.Compare(a.name, b.name) })
		// Windows unpacks zip archives by itself; tar keeps the mode by which the program can be run.
		pack, ending := tarball, ".tar.gz"
		if system == "windows" {
			pack, ending = zipped, ".zip"
		}
		data, err := pack(name, files)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, name+ending), data, 0o666); err != nil {
			return err
		}
		// Two blanks, as sha256sum -c reads it.
		fmt.Fprintf(&sums, "%s  %s\n", sumOf(data), name+ending)
	}
	return os.WriteFile(filepath.Join(dir, "SHA256SUMS"), []byte(sums.String()), 0o666)
}

// versionOf reads the version that the program says.
func versionOf(root string) (string, error) {
	// A main package cannot be imported, so its source is read.
	text, err := os.ReadFile(filepath.Join(root, "cmd", "edgeplan", "version.go"))
	if err != nil {
		return "", err
	}
	m := regexp.MustCompile(`Version = "(.*)"`).FindSubmatch(text)
	if m == nil {
		return "", errors.New("cmd/edgeplan/version.go has no version")
	}
	return string(m[1]), nil
}

// build returns the program for a platform.
func build(root, system, processor string, fresh bool) ([]byte, error) {
	dir, err := os.MkdirTemp("", "release")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	out := filepath.Join(dir, "edgeplan")
	// Neither the folder of the clone nor its state in git may be in the program.
	args := []string{"build", "-trimpath", "-buildvcs=false", "-o", out}
	// From the cache the second build would be the first one again, and prove nothing.
	if fresh && system == runtime.GOOS && processor == runtime.GOARCH {
		args = append(args, "-a")
	}
	cmd := exec.Command("go", append(args, "./cmd/edgeplan")...)
	cmd.Dir, cmd.Stderr = root, os.Stderr
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+system, "GOARCH="+processor)
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("go build for %s/%s: %w", system, processor, err)
	}
	return os.ReadFile(out)
}
