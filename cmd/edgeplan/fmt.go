package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/pflag"

	"github.com/edgeplan/edgeplan/emit/zonediff"
	"github.com/edgeplan/edgeplan/parser"
	"github.com/edgeplan/edgeplan/parser/diag"
)

var fmtCommand = command{
	name:  "fmt",
	args:  "[PATH...|-]",
	takes: []operand{aSpec},
	short: "format spec files",
	about: `PATH is a folder, or files, or - for standard input; without PATH the current folder is
read. The formatted text of one file is printed unless a flag asks for something else. If a
file cannot be parsed, no file is changed. With -w all files are replaced, or none: if another
program has saved one since fmt read it, fmt keeps that and replaces none.`,
	exits:   [3]string{"done", "with --check: a file differs", "usage, a file cannot be read, or it is not HCL"},
	example: "edgeplan fmt -w specs/contoso",
	bind: func(fs *pflag.FlagSet) action {
		var f formatter
		fs.BoolVarP(&f.write, "write", "w", false, "rewrite the files that differ")
		fs.BoolVarP(&f.diff, "diff", "d", false, "print a unified diff")
		fs.BoolVarP(&f.list, "list", "l", false, "print the names of files that differ")
		fs.BoolVar(&f.check, "check", false, "exit 1 if a file differs; prints names unless -d is given")
		return func(p *program, args []string) error { return f.run(p, args) }
	},
}

// formatter is `edgeplan fmt`.
type formatter struct {
	write, diff, list, check bool
}

// layout is one file before and after.
type layout struct {
	path     string // "" for standard input
	name     string // as it is shown
	old, new []byte
}

func (l layout) differs() bool { return !bytes.Equal(l.old, l.new) }

func (f *formatter) run(p *program, args []string) error {
	files, err := f.read(p, args)
	if err != nil {
		return err
	}
	quiet := f.write || f.diff || f.list || f.check
	switch {
	case f.write && f.check:
		return usageError("--check does not write; leave -w or --check out")
	case f.write && files[0].path == "":
		return usageError("-w cannot rewrite standard input")
	case !quiet && len(files) > 1:
		return usagef("there are %d files; give -w, -l, -d or --check", len(files))
	}
	if err := f.format(p, files); err != nil {
		return err
	}
	if !quiet {
		_, err := p.stdout.Write(files[0].new)
		return err
	}
	return f.finish(p, files)
}

// read finds and reads the files.
func (f *formatter) read(p *program, args []string) ([]layout, error) {
	specs, err := sources(args)
	if err != nil {
		return nil, err
	}
	var out []layout
	for _, s := range specs {
		if s.names == nil {
			text, err := p.input.readStdin()
			return []layout{{name: stdinName, old: text}}, err
		}
		for _, name := range s.names {
			path := filepath.Join(s.dir, name)
			// fmt reads the files by itself, not through the parser's root, which refuses such links.
			if err := checkInside(path); err != nil {
				return nil, cannot(path, err)
			}
			text, err := readFile(path, maxStdin)
			if err != nil {
				return nil, cannot(path, err)
			}
			out = append(out, layout{path: path, name: shown(path), old: text})
		}
	}
	return out, nil
}

// format formats all files, or prints what is wrong with them.
func (f *formatter) format(p *program, files []layout) error {
	var diags hcl.Diagnostics
	texts := diag.Sources{}
	for _, file := range files {
		texts[file.name] = file.old
	}
	expect(texts)
	for i, file := range files {
		// All files are parsed, also after a broken one, so that each gets its findings at once.
		found := parser.Syntax(parser.File{Name: file.name, Text: file.old})
		diags = append(diags, found...)
		if found.HasErrors() {
			continue
		}
		text, err := parser.Format(file.old)
		if err != nil {
			return fmt.Errorf("%s: %w", file.name, err)
		}
		files[i].new = text
	}
	if !diags.HasErrors() {
		return nil
	}
	return errors.Join(p.report(diag.Findings(diags, texts)), errFailed)
}

func (f *formatter) finish(p *program, files []layout) error {
	if f.write {
		// Before names are printed: those printed are files that were replaced.
		if err := (&rewriting{}).rewrite(files); err != nil {
			return err
		}
	}
	differ := false
	for _, file := range files {
		if !file.differs() {
			continue
		}
		differ = true
		if f.list || f.check && !f.diff {
			p.say("%s", file.name)
		}
		if f.diff {
			if err := zonediff.Paired(p.stdout, "a/"+file.name, "b/"+file.name, file.old, file.new, contextLines); err != nil {
				return err
			}
		}
	}
	if differ && f.check {
		return errNo
	}
	return nil
}

// checkInside refuses a symbolic link that leads out of the folder of the spec, as the other
// commands do when they read it.
func checkInside(path string) error {
	root, err := openFolder(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer root.Close()
	if _, err := root.Stat(filepath.Base(path)); err != nil {
		// The root does not say why it refuses. A path that is there without it leads out.
		if _, outside := os.Stat(path); outside == nil {
			return errors.New("it is a symbolic link that leads out of the folder of the spec")
		}
		return err
	}
	return nil
}
