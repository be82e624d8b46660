package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"
	"golang.org/x/term"
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

// findingFlags say how findings are printed and what they lead to.
type findingFlags struct {
	form   *choice
	color  *choice
	strict bool // warnings count as errors
}

func bindFindings(fs *pflag.FlagSet) *findingFlags {
	f := &findingFlags{
		form:  newChoice(fs, "diagnostics", "form of the findings on standard error", "text", "json", "sarif", "github"),
		color: bindColor(fs),
	}
	fs.BoolVar(&f.strict, "warnings-as-errors", false, "fail on warnings that are not accepted")
	return f
}

func bindColor(fs *pflag.FlagSet) *choice {
	return newChoice(fs, "color", "colour in findings as text", "auto", "always", "never")
}

func bindFailovers(fs *pflag.FlagSet) *[]string {
	return fs.StringArray("failover", nil, "only the failover or prepare block of this `NAME`; may be repeated (default all)")
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
	case p.getenv("NO_COLOR") != "" || p.getenv("TERM") == "dumb":
		return false
	}
	file, ok := w.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}
