package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/edgeplan/edgeplan/emit/words"
)

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Getenv)) }

// Exit codes.
const (
	exitDone   = 0
	exitNo     = 1 // the answer is no
	exitFailed = 2 // could not do it
)

// What an action returns when it has said all there is to say.
var (
	errNo     = errors.New("the answer is no")
	errFailed = errors.New("findings stand in the way")
)

// usageError is a mistake in the arguments.
type usageError string

func (e usageError) Error() string { return string(e) }

func usagef(format string, args ...any) error { return usageError(fmt.Sprintf(format, args...)) }

// program is what one run may use of the world.
type program struct {
	stdin  io.Reader
	stdout *bufio.Writer
	stderr io.Writer
	getenv func(string) string
}

// run is the whole program but for the end of the process.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer, getenv func(string) string) int {
	p := &program{stdin: stdin, stdout: bufio.NewWriter(stdout), stderr: stderr, getenv: getenv}
	code := p.dispatch(args)
	if err := p.stdout.Flush(); err != nil {
		p.warn("the result cannot be written: %v", err)
		return exitFailed
	}
	return code
}

func (p *program) dispatch(args []string) int {
	if len(args) == 0 {
		fmt.Fprint(p.stderr, overview())
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
		return p.end(err, "")
	}
	return p.end(c.run(p, args[1:]), " "+c.name)
}

// end turns the error of an action into an exit code, and prints it unless the action
// has said it.
func (p *program) end(err error, command string) int {
	var usage usageError
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errNo):
		return exitNo
	case errors.Is(err, errFailed):
		return exitFailed
	case errors.As(err, &usage):
		p.warn("%s", usage)
		fmt.Fprintf(p.stderr, "Run `edgeplan%s --help` for usage.\n", command)
		return exitFailed
	}
	p.warn("%v", err)
	return exitFailed
}

// say prints a line of the result. Names of files may hold anything, so what would
// act on a terminal is escaped.
func (p *program) say(format string, args ...any) {
	fmt.Fprintln(p.stdout, words.Visible(fmt.Sprintf(format, args...)))
}

// warn prints a line on standard error.
func (p *program) warn(format string, args ...any) {
	fmt.Fprintln(p.stderr, "edgeplan: "+words.Visible(fmt.Sprintf(format, args...)))
}
