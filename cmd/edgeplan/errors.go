package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/hashicorp/hcl/v2"

	"github.com/edgeplan/edgeplan/parser/diag"
)

// Codes of what is no finding about a spec.
const (
	codeUnreadable diag.Code = "EP1011"
	codeNoFailover diag.Code = "EP1018"
	codeUsage      diag.Code = "EP1019"
	codeNoResult   diag.Code = "EP1020"
	codeDamaged    diag.Code = "EP1021"
	codeNotAPlan   diag.Code = "EP1022"
	codeNoEngine   diag.Code = "EP1025"
	codeNotHeld    diag.Code = "EP1026"
	codeFolder     diag.Code = "EP3027"
)

// Exit codes.
const (
	exitDone   = 0
	exitNo     = 1 // the answer is no
	exitFailed = 2 // could not do it
)

// What an action returns when it has said all there is to say.
var (
	errNo     = errors.New("the answer is no")
	errFailed = errors.New("findings prevent it")
)

// usageError is a mistake in the arguments.
type usageError string

func (e usageError) Error() string { return string(e) }

func usagef(format string, args ...any) error { return usageError(fmt.Sprintf(format, args...)) }

// failure is an error about a file or folder.
type failure struct {
	code diag.Code
	name string // as it is shown
	err  error
}

func (f *failure) Error() string { return f.name + ": " + f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

// cannot says which path cannot be used, as the user knows it, and why.
func cannot(name string, err error) error { return &failure{codeUnreadable, shown(name), bare(err)} }

// bare is why a path cannot be used, without the path.
func bare(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		// Messages begin with the path as the user gave it; here it may be one below a root.
		err = at.Err
	}
	var link *os.LinkError
	if errors.As(err, &link) {
		err = link.Err
	}
	return err
}

// notAPlan says that a file was read but is not what the command works on.
func notAPlan(name string, err error) error { return &failure{codeNotAPlan, shown(name), err} }

// notWritten is an error of writing. It is about the file that cannot be written, if err
// says which.
func notWritten(err error) error {
	var at *failure
	if errors.As(err, &at) {
		return &failure{codeNoResult, at.name, at.err}
	}
	return err
}

// shown is a path as it is printed: with slashes on every system.
func shown(name string) string { return filepath.ToSlash(name) }

// end turns the error of an action into an exit code, and says it unless the action has
// said it.
func (p *program) end(err error) int {
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errNo):
		return exitNo
	case errors.Is(err, errFailed): // said already
	case p.stdout.Flush() == nil || !errors.Is(err, p.stdout.Flush()): // else run says it
		p.fail(err)
	}
	return exitFailed
}

// fail says an error: as a line for people, or as a finding.
func (p *program) fail(err error) {
	f := findingOf(err)
	p.tell(f, err.Error())
	if f.Code == codeUsage && p.form == formText {
		// Not in the other forms: a program that reads findings needs no hint.
		hint := "edgeplan"
		if p.command != "" {
			hint += " " + p.command
		}
		fmt.Fprintf(p.stderr, "Run `%s --help` for usage.\n", hint)
	}
}

// tell prints a line for people, or keeps the finding for the other forms.
func (p *program) tell(f diag.Finding, line string) {
	if p.form == formText {
		fmt.Fprintln(p.stderr, "edgeplan: "+diag.Clean(line))
		return
	}
	p.findings = append(p.findings, f)
}

// note says what the user should know of a file or folder of the output.
func (p *program) note(name, text string) {
	p.tell(newFinding(codeFolder, name, text), name+": "+text)
}

// findingOf is the finding that says an error.
func findingOf(err error) diag.Finding {
	var usage usageError
	var about *failure
	switch {
	case errors.As(err, &usage):
		return newFinding(codeUsage, "", string(usage))
	case errors.As(err, &about):
		return newFinding(about.code, about.name, about.err.Error())
	}
	return newFinding(codeNoResult, "", err.Error())
}

func newFinding(code diag.Code, file, detail string) diag.Finding {
	d := diag.New(code, nil, detail)
	f := diag.Findings(hcl.Diagnostics{d}, nil)[0]
	// Not as a subject, which is a range: the file is all that is known of the place.
	f.File = file
	return f
}

// writeFindings prints findings in one of the forms.
func writeFindings(w io.Writer, form string, findings []diag.Finding, of diag.Run, color bool) error {
	// Here and not by each writer: all forms show the same findings.
	findings = diag.First(findings)
	switch form {
	case "json":
		return diag.WriteJSON(w, findings)
	case "sarif":
		return diag.WriteSARIF(w, findings, of)
	case "github":
		return diag.WriteGitHub(w, findings)
	}
	return diag.WriteText(w, findings, color)
}

// finish prints what was kept for a form that is one document, also if that is nothing.
func (p *program) finish(code int) int {
	if p.form == formText {
		return code
	}
	if err := writeFindings(p.stderr, p.form, p.findings, sarifRun(p.command, p.getenv), false); err != nil {
		return exitFailed // standard error is gone, so there is no place left to say it
	}
	return code
}

// crash says a panic, which is a mistake of edgeplan, in the form that was asked for.
func crash(w io.Writer, args []string, what any, stack []byte) int {
	// The program may be half made, so only its arguments are used.
	form := formOf(args)
	text := fmt.Sprint("internal error: ", what)
	if form == formText {
		fmt.Fprintf(w, "edgeplan: %s\n\n%s", diag.Clean(text), stack)
	} else {
		writeFindings(w, form, []diag.Finding{newFinding(codeNoResult, "", text)}, sarifRun("", os.Getenv), false)
	}
	return exitFailed
}
