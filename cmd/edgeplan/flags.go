package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/pflag"
)

// choice is the value of a flag that takes one of a few words; the first is the
// default.
type choice struct {
	words []string
	value string
}

func newChoice(fs *pflag.FlagSet, name, usage string, words ...string) *choice {
	c := &choice{words: words, value: words[0]}
	fs.Var(c, name, usage)
	return c
}

func (c *choice) String() string { return c.value }

// Type is shown in the help after the name of the flag.
func (c *choice) Type() string { return strings.Join(c.words, "|") }

func (c *choice) Set(value string) error {
	if !slices.Contains(c.words, value) {
		return fmt.Errorf("want one of %s%s", strings.Join(c.words, ", "), didYouMean(value, c.words))
	}
	c.value = value
	return nil
}

// formText is the form of findings for people.
const formText = "text"

var forms = []string{formText, "json", "sarif", "github"}

// formOf is the form of the findings that arguments ask for, also where they are wrong
// otherwise, so that whoever reads the findings can read that too.
func formOf(args []string) string {
	form := formText
	for i, arg := range args {
		value, ok := strings.CutPrefix(arg, "--diagnostics=")
		switch {
		case arg == "--": // behind it nothing is a flag
			return form
		case arg == "--diagnostics" && i+1 < len(args):
			value, ok = args[i+1], true
		}
		// The last one counts, as for pflag. A form that does not exist is said as text.
		if ok && slices.Contains(forms, value) {
			form = value
		}
	}
	return form
}

func bindStrict(fs *pflag.FlagSet) *bool {
	return fs.Bool("warnings-as-errors", false, "fail on warnings that are not accepted")
}

func bindFailovers(fs *pflag.FlagSet) *[]string {
	return fs.StringArray("failover", nil,
		"only the block of this `NAME` that asks for a plan; may be repeated (default all)")
}

// colored decides whether text on w has colour: the flag says, then FORCE_COLOR, then
// NO_COLOR or TERM=dumb, then whether w is a terminal.
func (p *program) colored(flag string, w io.Writer) bool {
	force := p.getenv("FORCE_COLOR")
	switch {
	case flag != "auto":
		return flag == "always"
	case force != "":
		return force != "0" // as Node.js has it
	case p.getenv("NO_COLOR") != "" || p.getenv("TERM") == "dumb": // no-color.org: any value that is not empty
		return false
	}
	return isTerminal(w)
}
