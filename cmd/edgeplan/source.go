package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/edgeplan/edgeplan/parser"
	"github.com/edgeplan/edgeplan/parser/diag"
	"github.com/edgeplan/edgeplan/parser/memory"
)

// maxStdin bounds what is read from standard input, in bytes.
const maxStdin = 64 << 20

const stdinName = "stdin"

// source is where one spec is: files of one folder, or standard input.
type source struct {
	dir   string   // as the user gave it; "." for standard input
	names []string // nil for standard input
}

// oneSource is the spec that the arguments name.
func oneSource(args []string) (source, error) {
	all, err := sources(args)
	switch {
	case err != nil:
		return source{}, err
	case len(all) > 1:
		return source{}, usageError("one spec is wanted: one folder, files of one folder, or -")
	}
	return all[0], nil
}

// sources are the specs that the arguments name: folders, of which each is a spec, or
// files that together are one, or "-". No argument means the current folder.
func sources(args []string) ([]source, error) {
	args, err := expand(args)
	if err != nil {
		return nil, err
	}
	if len(args) == 0 {
		args = []string{"."}
	}
	if slices.Contains(args, "-") {
		if len(args) > 1 {
			return nil, usageError("give - alone: standard input is a whole spec")
		}
		// Zone files of a spec on standard input are in the current folder.
		return []source{{dir: "."}}, nil
	}
	var all []source
	var files source
	for _, arg := range args {
		arg = filepath.Clean(arg)
		info, err := os.Stat(arg)
		switch {
		case err == nil && info.IsDir():
			s, err := folder(arg)
			if err != nil {
				return nil, err
			}
			// A folder that two patterns match is one spec.
			if !slices.ContainsFunc(all, func(o source) bool { return o.dir == s.dir }) {
				all = append(all, s)
			}
		case err != nil && !strings.HasSuffix(arg, parser.Suffix):
			// Not for a spec file: the parser says that it is not there, and which name is near.
			return nil, cannot(arg, err)
		default:
			if err := files.add(arg); err != nil {
				return nil, err
			}
		}
	}
	if files.names != nil && all != nil {
		return nil, usageError("give folders, or files of one folder, but not both")
	}
	if files.names != nil {
		return []source{files}, nil
	}
	return all, nil
}

// add puts a file beside those of the same folder.
func (s *source) add(path string) error {
	dir, name := filepath.Dir(path), filepath.Base(path)
	switch {
	case !strings.HasSuffix(name, parser.Suffix):
		return usagef("%s is not a spec: its name does not end in %s", shown(path), parser.Suffix)
	case s.names != nil && s.dir != dir:
		return usagef("%s and %s are two folders; the files of one spec are in one folder", shown(s.dir), shown(dir))
	}
	s.dir = dir
	if !slices.Contains(s.names, name) {
		s.names = append(s.names, name)
	}
	return nil
}

// folder finds the spec files of a folder. Hidden files, such as the locks of some
// editors, are none.
func folder(dir string) (source, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return source{}, cannot(dir, err)
	}
	s := source{dir: dir}
	var near []string
	for _, e := range entries {
		if to := parser.Renamed(e.Name()); to != "" && !e.IsDir() {
			// Kept for the case that no other file is found; else the parser warns of it (EP3028).
			text := fmt.Sprintf("rename %s to %s if it is a part of the spec", shown(e.Name()), shown(to))
			if strings.HasSuffix(e.Name(), ".txt") {
				text += "; Notepad adds .txt, and Windows Explorer hides it"
			}
			near = append(near, text)
		}
		if strings.HasSuffix(e.Name(), parser.Suffix) && !strings.HasPrefix(e.Name(), ".") {
			s.names = append(s.names, e.Name())
		}
	}
	switch {
	case s.names == nil && near != nil:
		return source{}, usagef("the folder %s has no file *%s: %s", shown(dir), parser.Suffix, near[0])
	case s.names == nil:
		return source{}, usagef("the folder %s has no file *%s, of which a spec consists", shown(dir), parser.Suffix)
	}
	return s, nil
}

// input reads what arguments name: specs, plans and logs, from files or from standard input.
type input struct{ stdin io.Reader }

// load parses a spec.
func (in input) load(s source) (*parser.Spec, diag.Sources, hcl.Diagnostics, error) {
	root, err := openFolder(s.dir)
	if err != nil {
		return nil, nil, nil, cannot(s.dir, err)
	}
	defer root.Close()
	if s.names == nil {
		text, err := in.readStdin()
		if err != nil {
			return nil, nil, nil, err
		}
		memory.Expect(len(text))
		spec, texts, diags := parser.Parse(root.FS(), []parser.File{{Name: stdinName, Text: text}})
		expect(texts)
		return spec, texts, diags, nil
	}
	size := 0
	for _, name := range s.names {
		// What is no file, or too large a one, the parser says.
		if info, err := root.Stat(name); err == nil && info.Mode().IsRegular() {
			size += int(min(info.Size(), maxStdin))
		}
	}
	memory.Expect(size)
	spec, texts, diags := parser.Load(root.FS(), s.names)
	expect(texts)
	return spec, texts, diags, nil
}

// expect says how much was read for a spec, zone files too.
func expect(texts diag.Sources) {
	size := 0
	for _, text := range texts {
		size += len(text)
	}
	memory.Expect(size)
}

// readNamed reads a file of at most limit bytes, or standard input for "-", and says how
// to name it.
func (in input) readNamed(arg string, limit int64) (name string, text []byte, err error) {
	if arg == "-" {
		text, err := in.readStdin()
		return stdinName, text, err
	}
	path := filepath.Clean(arg)
	if text, err = readFile(path, limit); err != nil {
		return "", nil, cannot(path, err)
	}
	return shown(path), text, nil
}

func (in input) readStdin() ([]byte, error) {
	// One byte more than may be, to see that there is more.
	text, err := io.ReadAll(io.LimitReader(in.stdin, maxStdin+1))
	switch {
	case err != nil:
		return nil, &failure{codeUnreadable, stdinName, fmt.Errorf("standard input cannot be read: %w", err)}
	case len(text) > maxStdin:
		return nil, &failure{codeUnreadable, stdinName, fmt.Errorf("standard input has more than %d bytes", maxStdin)}
	}
	return text, nil
}
