package rehearsal_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/edgeplan/edgeplan/emit/powershell/pwsh"
)

// shell is an engine process that runs scripts one after the other.
type shell struct {
	engine pwsh.Engine
	home   string
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Reader
	frozen int // runs that may stand still in it
}

// maxFrozen bounds the threads that stand still in one process: once, with some 200,
// the engine stopped answering.
const maxFrozen = 50

// request is one run of a script; answer is what became of it.
type request struct {
	Kit, World, Host, Fault, Script string
	Given                           map[string]any
	Freeze                          bool // where a fault kills the process, it stands still instead
	// Dirty is run before the script, in a session that ends with it; After is then read
	// in that session.
	Dirty, After string
}

type answer struct {
	Code int
	Text []byte
	// After is the value of request.After.
	After string
}

// died is the code of a run whose process is gone.
const died = -1

// run has the process run a script, and starts it first if it does not run.
func (s *shell) run(ask request) (answer, error) {
	if ask.Freeze {
		if s.frozen++; s.frozen > maxFrozen {
			s.stop()
		}
	}
	if s.cmd == nil {
		if err := s.start(); err != nil {
			return answer{}, err
		}
	}
	line, err := json.Marshal(ask)
	if err != nil {
		return answer{}, err
	}
	if _, err := s.in.Write(append(line, '\n')); err != nil {
		return answer{}, err
	}
	var screen []byte
	for {
		text, err := s.out.ReadBytes('\n')
		if err != nil {
			s.stop()
			return answer{Code: died, Text: screen}, nil
		}
		said, ok := bytes.CutPrefix(text, []byte("answer "))
		if !ok {
			screen = append(screen, text...)
			continue
		}
		var got answer
		if err := json.Unmarshal(said, &got); err != nil {
			return got, fmt.Errorf("%w: %s", err, text)
		}
		got.Text = append(screen, got.Text...)
		return got, nil
	}
}

func (s *shell) start() error {
	script, err := filepath.Abs(filepath.Join("testdata", "shell.ps1"))
	if err != nil {
		return err
	}
	s.cmd = s.engine.Command(s.home, "-File", script)
	if s.in, err = s.cmd.StdinPipe(); err != nil {
		return err
	}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	s.out = bufio.NewReader(out)
	if err := s.cmd.Start(); err != nil {
		return err
	}
	ready, err := s.out.ReadString('\n')
	if strings.TrimSpace(ready) != "ready" {
		return fmt.Errorf("the engine says %q, %v", ready, err)
	}
	return nil
}

// stop ends the process. It would not end by itself while a thread in it stands still.
func (s *shell) stop() {
	if s.cmd != nil {
		s.cmd.Process.Kill()
		s.cmd.Wait()
		s.cmd, s.frozen = nil, 0
	}
}
