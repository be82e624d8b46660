package main

import (
	"bytes"
	"fmt"
	"io"
	"path"
	"path/filepath"

	"github.com/spf13/pflag"

	"github.com/edgeplan/edgeplan/emit/zonediff"
	"github.com/edgeplan/edgeplan/parser/diag"
)

// contextLines are shown around each change in a diff.
const contextLines = 3

const noFile = "/dev/null"

var diffCommand = command{
	name:  "diff",
	args:  "[PATH...] DIR",
	takes: []operand{aSpec},
	short: "print as a unified diff what build would change in DIR",
	about: `DIR is the last argument; PATH is as for build. Files that build would leave there
although they are no artifacts are named as "Only in". With --summary some lines say
what changes for users: what is reachable when, records, waits, ticket, findings.
Then PATH and DIR may each be a spec, a package, a folder of packages or a plan.json;
DIR has the earlier state.`,
	exits: [3]string{
		"build would change nothing; with --summary, nothing changes for users",
		"it would, or other files are there, or " + specExits[1],
		specExits[2],
	},
	example: "edgeplan diff specs/contoso out",
	bind: func(fs *pflag.FlagSet) action {
		strict, failovers := bindStrict(fs), bindFailovers(fs)
		summary := fs.Bool("summary", false, "say in some lines what changes for users")
		return func(p *program, args []string) error {
			if len(args) == 0 {
				return usageError("diff needs DIR, the folder that build wrote")
			}
			last := len(args) - 1
			if *summary {
				return p.summarize(args[:last], args[last], *failovers, *strict)
			}
			plans, matrices, err := p.compile(args[:last], *failovers, *strict)
			if err != nil {
				return err
			}
			dir, err := expandOne(args[last])
			if err != nil {
				return err
			}
			dir = filepath.Clean(dir)
			// All of a package would be missing in it.
			if head := headOf(dir); head != "" {
				return usageError(fmt.Sprintf("%s has a %s, so it is what build wrote into %s: name that folder", shown(dir), head,
					shown(filepath.Dir(dir))))
			}
			all, err := render(dir, plans, matrices, asPackage)
			if err != nil {
				return err
			}
			packs, err := survey(dir, all, asPackage, len(*failovers) == 0, nil)
			if err != nil {
				return err
			}
			return p.diff(dir, packs)
		}
	},
}

func (p *program) diff(dir string, packs []pack) error {
	equal := true
	for _, one := range packs {
		for _, c := range one.changes {
			equal = false
			name := path.Join(one.name, c.name)
			old, large, err := c.present(dir, name)
			if err != nil {
				return err
			}
			// One that is many gigabytes is not read to be compared.
			if large {
				p.say("Files a/%s and b/%s differ: the first is too large to be one of edgeplan", name, name)
				continue
			}
			if err := c.print(p.stdout, name, old); err != nil {
				return err
			}
		}
		for _, name := range one.extras {
			equal = false
			at := path.Join(shown(dir), one.name, name)
			p.say("Only in %s: %s", path.Dir(at), path.Base(at))
		}
	}
	if !equal {
		return errNo
	}
	return nil
}

// present is what is in the output folder now. What is far larger than it should be is not
// read.
func (c change) present(dir, name string) (old []byte, large bool, err error) {
	if !c.exists {
		return nil, false, nil
	}
	root, err := openFolder(dir)
	if err != nil {
		return nil, false, cannot(dir, err)
	}
	defer root.Close()
	// The old text may be a file of any size that was put there.
	if info, err := root.Lstat(name); err == nil && info.Size() > max(maxChanged(c.new.Len()), maxPlan) {
		return nil, true, nil
	}
	old, err = readUnder(root, name, maxArtifact)
	if err != nil {
		return nil, false, cannot(path.Join(dir, name), err)
	}
	return old, false, nil
}

// print writes the change as a unified diff. Bytes pass as they are, except that a
// file with a NUL byte is only named.
func (c change) print(w io.Writer, name string, old []byte) error {
	oldName, newName := "a/"+name, "b/"+name
	if !c.exists {
		oldName = noFile
	}
	if c.remove {
		newName = noFile
	}
	var err error
	text := c.new.Bytes()
	hunks := zonediff.Lines(old, text, contextLines)
	switch {
	case bytes.IndexByte(old, 0) >= 0 || bytes.IndexByte(text, 0) >= 0:
		// Only the names are cleaned. The text of a diff stays as it is, or patch would not take it.
		_, err = fmt.Fprintf(w, "Binary files %s and %s differ\n", diag.Clean(oldName), diag.Clean(newName))
	case len(hunks) == 0: // an empty file is added or removed
		_, err = fmt.Fprintf(w, "--- %s\n+++ %s\n", diag.Clean(oldName), diag.Clean(newName))
	default:
		_, err = io.WriteString(w, zonediff.Unified(oldName, newName, hunks))
	}
	return err
}
