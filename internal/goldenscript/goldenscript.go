// Package goldenscript reads scripts of the folder golden, where the fixed runtime stands in those
// of the seed alone. Only tests import this package.
package goldenscript

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
)

// Seed is the package in golden that stands there as build writes it.
const Seed = "seed/edgepool1-to-edgepool2"

// InSeed is the last line of a script in golden whose fixed runtime is left out.
const InSeed = "# It stands in golden/seed, and the test wants the same bytes here.\r\n"

var marker = []byte("\n# ==== FIXED RUNTIME")

// Cut is a script in two parts: what is reviewed with each change, the line that ends it
// included, and the fixed runtime, nil if it has none.
func Cut(script []byte) (above, runtime []byte) {
	at := bytes.Index(script, marker)
	if at < 0 {
		return script, nil
	}
	end := at + 1 + bytes.IndexByte(script[at+1:], '\n') + 1
	return script[:end], script[end:]
}

// Read reads dir/name, where dir is the folder golden, and puts the runtime of the seed
// where it was left out.
func Read(dir, name string) ([]byte, error) {
	text, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		return nil, err
	}
	above, rest := Cut(text)
	if string(rest) != InSeed {
		if len(rest) < 10*len(InSeed) {
			return nil, fmt.Errorf("%s has neither a runtime nor the line that stands for it", name)
		}
		return text, nil
	}
	runtime, err := Runtime(dir)
	return append(bytes.Clone(above), runtime...), err
}

// Runtime is the fixed runtime that the folder golden has.
func Runtime(dir string) ([]byte, error) {
	seed, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(Seed), "failover.ps1"))
	if err != nil {
		return nil, err
	}
	_, runtime := Cut(seed)
	if len(runtime) == 0 {
		return nil, fmt.Errorf("the script of %s has no runtime", Seed)
	}
	return runtime, nil
}
