// Package goldenscript reads scripts of the folder golden, where each fixed part is in those of
// one package alone. Only tests import this package.
package goldenscript

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
)

// Seed is the package in golden that has the fixed runtime, and Windows the script that has the
// part for Windows DNS servers.
const (
	Seed    = "seed/edgepool1-to-edgepool2"
	Windows = "windows-dns/edgepool1-to-edgepool2/failover.ps1"
)

// InSeed and InWindows are lines in place of the fixed parts that are left out.
const (
	InSeed    = "# It is in golden/seed, and the test wants the same bytes here.\r\n"
	InWindows = "# It is in golden/windows-dns, and the test wants the same bytes here.\r\n"
)

var (
	marker  = []byte("\n# ==== FIXED RUNTIME - ")
	windows = []byte("\n# ==== FIXED RUNTIME, PART FOR WINDOWS DNS SERVERS - ")
)

// Script is a script in its parts.
type Script struct {
	Change  []byte // what is reviewed with each change, with the line that ends it
	Windows []byte // the part for Windows DNS servers, with the line that ends it; nil if there is none
	Runtime []byte // the fixed runtime; nil in what is no script
}

// Cut is a script in its parts.
func Cut(script []byte) Script {
	at := after(script, marker)
	if at < 0 {
		return Script{Change: script}
	}
	// The runtime comes last, and the part for Windows DNS servers, where there is one, before it.
	s := Script{Change: script[:at], Runtime: script[at:]}
	if end := after(s.Change, windows); end >= 0 {
		s.Change, s.Windows = s.Change[:end], s.Change[end:]
	}
	return s
}

// after is the place behind the line of a marker, -1 if there is none.
func after(text, marker []byte) int {
	at := bytes.Index(text, marker)
	if at < 0 {
		return -1
	}
	// The marker begins with the line end before it.
	return at + 1 + bytes.IndexByte(text[at+1:], '\n') + 1
}

// Bytes are the whole script.
func (s Script) Bytes() []byte { return bytes.Join([][]byte{s.Change, s.Windows, s.Runtime}, nil) }

// Stored is what golden has of a script, by the name of its package and file.
func (s Script) Stored(name string) []byte {
	inSeed := filepath.ToSlash(filepath.Dir(name)) == Seed
	if s.Runtime != nil && !inSeed {
		s.Runtime = []byte(InSeed)
	}
	if s.Windows != nil && name != Windows {
		// The last line is the marker of the runtime, which stays.
		end := s.Windows[bytes.LastIndexByte(s.Windows[:len(s.Windows)-1], '\n')+1:]
		s.Windows = append([]byte(InWindows), end...)
	}
	return s.Bytes()
}

// Read reads dir/name, where dir is the folder golden, and puts in what was left out.
func Read(dir, name string) ([]byte, error) {
	s, err := read(dir, name)
	if err != nil {
		return nil, err
	}
	if bytes.HasPrefix(s.Windows, []byte(InWindows)) {
		home, err := read(dir, Windows)
		// Of a file that was stored shortened by mistake nothing could be put in; ten times the stand-in is far
		// from any real part.
		if err != nil || len(home.Windows) < 10*len(InWindows) {
			return nil, fmt.Errorf("%s has no part for Windows DNS servers: %v", Windows, err)
		}
		s.Windows = home.Windows
	}
	if string(s.Runtime) == InSeed {
		if s.Runtime, err = Runtime(dir); err != nil {
			return nil, err
		}
	}
	if len(s.Runtime) < 10*len(InSeed) {
		return nil, fmt.Errorf("%s has neither a runtime nor the line in place of it", name)
	}
	return s.Bytes(), nil
}

func read(dir, name string) (Script, error) {
	text, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
	return Cut(text), err
}

// Runtime is the fixed runtime that the folder golden has.
func Runtime(dir string) ([]byte, error) {
	seed, err := read(dir, Seed+"/failover.ps1")
	if err != nil {
		return nil, err
	}
	if len(seed.Runtime) == 0 {
		return nil, fmt.Errorf("the script of %s has no runtime", Seed)
	}
	return seed.Runtime, nil
}
