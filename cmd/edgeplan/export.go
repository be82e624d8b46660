package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/pflag"

	"github.com/edgeplan/edgeplan/compiler/hunk"
	"github.com/edgeplan/edgeplan/emit"
	"github.com/edgeplan/edgeplan/emit/ticket"
)

var exportCommand = command{
	name:  "export",
	args:  "PLAN.json...",
	takes: []operand{aPlan},
	short: "print a saved plan as a change ticket with its tasks, for other tools",
	about: `servicenow and jira are JSON for their REST APIs, csv is a table with a row for each stage
and host, ics a calendar with an event for the window and each moment that follows from it. PLAN.json is as in "edgeplan show". docs/export.md says what goes where.`,
	exits:   [3]string{"printed, or written", "", "usage, the file cannot be read or written, or it is not a plan"},
	example: "edgeplan export --format csv -o tasks.csv out/edgepool1-to-edgepool2",
	bind: func(fs *pflag.FlagSet) action {
		forms := ticket.Forms()
		var names []string
		for _, form := range forms {
			names = append(names, form.Name)
		}
		format := newChoice(fs, "format", "form of the ticket", names...)
		file := fs.StringP("output", "o", "", "write it to `FILE`, whole or not at all")
		return func(p *program, args []string) error {
			if len(args) == 0 {
				return usageError("export takes a plan.json, the folder of a package, or -")
			}
			tickets, err := p.input.tickets(args)
			if err != nil {
				return err
			}
			for _, form := range forms {
				if form.Name != format.value {
					continue
				}
				text, err := form.Print(tickets)
				if err != nil {
					return err
				}
				return p.deliverText(*file, text)
			}
			return nil
		}
	},
}

// tickets makes those of the plans that arguments name.
func (in input) tickets(args []string) ([]*ticket.Ticket, error) {
	plans, err := in.savedPlans(args)
	if err != nil {
		return nil, err
	}
	var out []*ticket.Ticket
	for _, one := range plans {
		made, err := emit.Ticket(one)
		if err != nil {
			return nil, err
		}
		out = append(out, made)
	}
	return out, nil
}

// deliverText prints a text, or writes it to a file if one is named.
func (p *program) deliverText(file string, text []byte) error {
	if file == "" {
		_, err := p.stdout.Write(text)
		return err
	}
	if err := replaceFile(file, text); err != nil {
		return notWritten(cannot(file, err))
	}
	p.say("%s: written", shown(file))
	return nil
}

// replaceFile gives a file its text, in one step for all who read it. It leaves one alone that has it.
func replaceFile(file string, text []byte) error {
	dir, base := filepath.Split(filepath.Clean(file))
	info, err := os.Lstat(file)
	switch {
	case err == nil && !info.Mode().IsRegular():
		return errors.New("it is " + entry{kind: info.Mode().Type()}.what() + "; name a file")
	case err == nil:
		if old, err := readFile(file, maxArtifact); err == nil && bytes.Equal(old, text) {
			return nil
		}
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	dir = filepath.Clean(dir)
	if headOf(dir) != "" {
		return errors.New("its folder is a package, of which verify takes no more files: name another folder")
	}
	root, err := openFolder(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	temp, err := writeTemp(root, hunk.TextOf(text))
	if err != nil {
		return err
	}
	if err := root.Rename(temp, base); err != nil {
		root.Remove(temp)
		return err
	}
	syncFolder(root, ".")
	return nil
}
