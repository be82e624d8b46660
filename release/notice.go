package main

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

const noticeHead = `edgeplan, licences of others

A binary of edgeplan holds the Go standard library and the modules below, each at the
version shown. The source of a module is what "go mod download" fetches by its path and
version. edgeplan itself is under the licence in the file LICENSE.

Made by "make notice" from the modules that a build for any platform takes; do not edit.
`

// licenceFile is how the files are named in which a module states its licence.
var licenceFile = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|patents)(\.md|\.txt)?$`)

// notice is the text of NOTICE for the module in root: the licences of all modules that
// the program has on some platform.
func notice(root string, platforms []string) ([]byte, error) {
	goRoot, err := output(root, "", "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	folders := map[string]string{"Go standard library and runtime": strings.TrimSpace(goRoot)}
	// A build for Windows has modules that others do not have, so each platform is asked.
	for _, platform := range platforms {
		// The standard library has no module, and the main one is under LICENSE.
		const module = "{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}\t{{.Dir}}{{end}}{{end}}"
		list, err := output(root, platform, "list", "-deps", "-f", module, "./cmd/edgeplan")
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(list) {
			if module, dir, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok {
				folders[module] = dir
			}
		}
	}
	var out bytes.Buffer
	out.WriteString(noticeHead)
	for _, name := range slices.Sorted(maps.Keys(folders)) {
		texts, err := licences(folders[name])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		fmt.Fprintf(&out, "\n%s\n%s\n\n%s\n", strings.Repeat("=", 80), name, strings.Join(texts, "\n\n"))
	}
	return out.Bytes(), nil
}

// licences are the texts in which the module in a folder states its licence.
func licences(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, e := range entries {
		if e.IsDir() || !licenceFile.MatchString(e.Name()) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		// A module may have CRLF in it; NOTICE has one kind of line ends.
		out = append(out, strings.TrimSpace(strings.ReplaceAll(string(text), "\r\n", "\n")))
	}
	if out == nil { // a NOTICE that leaves a licence out would break it
		return nil, fmt.Errorf("no file in %s states a licence", dir)
	}
	return out, nil
}

// output is what go prints, for a platform or, with "", for this one.
func output(root, platform string, args ...string) (string, error) {
	cmd := exec.Command("go", args...)
	// As build has it: with cgo the program would have other packages.
	cmd.Dir, cmd.Stderr, cmd.Env = root, os.Stderr, append(os.Environ(), "CGO_ENABLED=0")
	if system, processor, ok := strings.Cut(platform, "/"); ok {
		cmd.Env = append(cmd.Env, "GOOS="+system, "GOARCH="+processor)
	}
	text, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("go %s: %w", args[0], err)
	}
	return string(text), nil
}
