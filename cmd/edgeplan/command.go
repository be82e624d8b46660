package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/pflag"

	"github.com/edgeplan/edgeplan/parser/diag"
)

// command is one row of the table of commands.
type command struct {
	name    string
	args    string    // what follows the name, in the usage line
	takes   []operand // kinds of the arguments, for completion; the last for all further ones
	short   string    // what it does, in one line
	about   string    // more of it; may be ""
	exits   [3]string
	example string
	bind    func(*pflag.FlagSet) action
}

// action does the work of a command after its flags have been parsed.
type action func(p *program, args []string) error

// commands is the table, in the order of the overview.
func commands() []command {
	return []command{
		checkCommand, planCommand, buildCommand, diffCommand, verifyCommand, showCommand, graphCommand, exportCommand,
		rehearseCommand, evidenceCommand, fmtCommand, explainCommand, schemaCommand, completionCommand(), versionCommand,
		helpCommand(),
	}
}

func find(name string) (command, error) {
	var names []string
	for _, c := range commands() {
		if c.name == name {
			return c, nil
		}
		names = append(names, c.name)
	}
	// The flags belong to a command, so without one no flag is known.
	if strings.HasPrefix(name, "-") {
		return command{}, usagef("the command comes first, then flags such as %s", name)
	}
	return command{}, usagef("there is no command %q%s", name, didYouMean(name, names))
}

// didYouMean is the end of a message about a name that is not known.
func didYouMean(given string, known []string) string {
	if meant := diag.Suggest(given, known); meant != "" {
		return fmt.Sprintf("; did you mean %q?", meant)
	}
	return ""
}

// flags returns a new flag set of the command and the action that reads it.
func (c command) flags() (*pflag.FlagSet, action) {
	fs := pflag.NewFlagSet(c.name, pflag.ContinueOnError)
	// pflag would print errors and the usage by itself. An error is said by fail, in the form of
	// the findings that was asked for.
	fs.SetOutput(io.Discard)
	fs.Usage = func() {}
	// Else pflag has one of its own, which is an error and not in the list of flags.
	fs.BoolP("help", "h", false, "print this text")
	// Read by formOf too, for errors in the flags themselves.
	newChoice(fs, "diagnostics", "form of findings and errors on standard error", forms...)
	newChoice(fs, "color", "colour in findings as text", "auto", "always", "never")
	return fs, c.bind(fs)
}

func (c command) run(p *program, args []string) error {
	fs, act := c.flags()
	if err := fs.Parse(args); err != nil {
		return usageError(err.Error() + meantFlag(err, fs))
	}
	if help, _ := fs.GetBool("help"); help {
		fmt.Fprint(p.stdout, c.help())
		return nil
	}
	p.form, p.color = fs.Lookup("diagnostics").Value.String(), fs.Lookup("color").Value.String()
	return act(p, fs.Args())
}

func meantFlag(err error, fs *pflag.FlagSet) string {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		return ""
	}
	var names []string
	fs.VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	if meant := diag.Suggest(unknown.GetSpecifiedName(), names); meant != "" {
		return "; did you mean --" + meant + "?"
	}
	return ""
}
