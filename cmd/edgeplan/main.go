package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"github.com/edgeplan/edgeplan/parser/diag"
)

func main() {
	args := os.Args[1:]
	// A crash has to be in the form that a pipeline asked for, or it takes it for no findings.
	defer func() {
		if what := recover(); what != nil {
			os.Exit(crash(os.Stderr, args, what, debug.Stack()))
		}
	}()
	os.Exit(run(args, os.Stdin, os.Stdout, os.Stderr, os.Getenv))
}

// program is what one run may use of the world, and how it says findings.
type program struct {
	input  input
	stdout *bufio.Writer
	stderr io.Writer
	getenv func(string) string

	command  string         // "" before it is known
	form     string         // of the findings
	color    string         // of findings as text: auto, always or never
	findings []diag.Finding // to be printed at the end, in a form that is one document
}

// run is the whole program but for the end of the process.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer, getenv func(string) string) int {
	screen := screenOf(stdout)
	p := &program{
		input: input{stdin}, stdout: bufio.NewWriter(screen), stderr: stderr, getenv: getenv,
		form: formOf(args), color: "auto",
	}
	code := p.dispatch(args)
	// Before finish, so that a full disk is among the findings.
	err := p.stdout.Flush()
	if err == nil {
		err = screen.end()
	}
	if err != nil {
		p.fail(fmt.Errorf("the result cannot be written: %w", err))
		code = exitFailed
	}
	return p.finish(code)
}

func (p *program) dispatch(args []string) int {
	if len(args) == 0 {
		if p.form == formText {
			// Not in the other forms, of which each is one document.
			fmt.Fprint(p.stderr, overview())
		}
		return exitFailed
	}
	switch args[0] {
	case "-h", "--help":
		args = []string{"help"}
	case "--version":
		args = []string{"version"}
	}
	c, err := find(args[0])
	if err != nil {
		return p.end(err)
	}
	p.command = c.name
	return p.end(c.run(p, args[1:]))
}

// say prints a line of the result. Names of files may hold anything, so what would
// act on a terminal is escaped.
func (p *program) say(format string, args ...any) {
	fmt.Fprintln(p.stdout, diag.Clean(fmt.Sprintf(format, args...)))
}
