package rehearsed

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/edgeplan/edgeplan/compiler/plan"
)

// Names of what is tried.
const (
	Undisturbed = "undisturbed"
	Order       = "order"
	Twice       = "twice"
	Crash       = "crash"
	Fails       = "fails"
	Records     = "records"
)

// Facts are what is known of a rehearsal once it was held.
type Facts struct {
	Edgeplan string `json:"edgeplan"` // its version
	Engine   Engine `json:"engine"`
	Started  string `json:"started"` // UTC, RFC 3339
	Ended    string `json:"ended"`
	Scripts  []Sum  `json:"scripts"` // of the change and of the rollback
	Kit      []Sum  `json:"kit"`     // all other files of the kit
}

// Engine is a PowerShell.
type Engine struct {
	Version string `json:"version"` // such as 7.4.6
	Edition string `json:"edition"` // Core, or Desktop for Windows PowerShell
	System  string `json:"system"`  // such as windows/amd64
}

// Sum is a file and its SHA-256 in hex.
type Sum struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
}

// Run is one way in which the kit was run.
type Run struct {
	Try   string `json:"try"`
	Fault string `json:"fault"` // as rehearse.ps1 takes it
	Exits []int  `json:"exits"` // of each engine that ran, -1 for one that was killed
	Walk  []Note `json:"walk"`
	Logs  []Log  `json:"logs"`
}

// Note is a line of walk.jsonl. Kind is run, again or first for a stage that was run, done for a visit, and end for the
// rehearsal; the fields are those of that kind.
type Note struct {
	Kind     string   `json:"kind"`
	Way      string   `json:"way,omitempty"` // forth or back
	Script   string   `json:"script,omitempty"`
	Stage    string   `json:"stage,omitempty"`
	Host     string   `json:"host,omitempty"`
	Code     int      `json:"code"`    // exit code of the script
	Changes  int      `json:"changes"` // that simulated cmdlets made
	Same     bool     `json:"same"`    // the world is the one of before
	Works    bool     `json:"works"`
	Restores bool     `json:"restores"`
	Failed   int      `json:"failed"` // stages that failed on the way
	Met      []string `json:"met"`    // faults that did happen
}

// Log is an evidence log. Lines have no line ends.
type Log struct {
	Name  string   `json:"name"`
	Lines []string `json:"lines"`
}

// maxNotes bounds the lines of walk.jsonl.
const maxNotes = 100_000

// ReadWalk reads walk.jsonl, which rehearse.ps1 writes.
func ReadWalk(text []byte) ([]Note, error) {
	notes := []Note{}
	for line := range bytes.Lines(bytes.TrimPrefix(text, []byte("\ufeff"))) {
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			continue
		}
		var note Note
		if !utf8.Valid(line) || json.Unmarshal(line, &note) != nil || note.Kind == "" {
			return nil, fmt.Errorf("line %d of walk.jsonl is none that rehearse.ps1 writes", len(notes)+1)
		}
		if note.Met == nil {
			note.Met = []string{}
		}
		if notes = append(notes, note); len(notes) > maxNotes {
			return nil, fmt.Errorf("walk.jsonl has more than %d lines", maxNotes)
		}
	}
	if len(notes) == 0 {
		return nil, errors.New("there is no walk.jsonl")
	}
	return notes, nil
}

// NewLog takes the text of an evidence log. What is no UTF-8, as where a crash has cut a character, becomes U+FFFD.
func NewLog(name string, text []byte) Log {
	all := strings.ToValidUTF8(strings.TrimPrefix(string(text), "\ufeff"), "\ufffd")
	lines := strings.Split(strings.TrimSuffix(strings.ReplaceAll(all, "\r\n", "\n"), "\n"), "\n")
	return Log{Name: strings.ToValidUTF8(name, "\ufffd"), Lines: lines}
}

// Changes is how many changes the simulated cmdlets made on the way forth.
func (r Run) Changes() int {
	n := 0
	for _, note := range r.Walk {
		if note.Kind == "run" && note.Way == "forth" {
			n += note.Changes
		}
	}
	return n
}

// end is the last note of a rehearsal that came to its end.
func (r Run) end() (Note, bool) {
	if n := len(r.Walk); n > 0 && r.Walk[n-1].Kind == "end" {
		return r.Walk[n-1], true
	}
	return Note{}, false
}

// First is what is tried first.
func First() Run { return Run{Try: Undisturbed} }

// Others are what is tried after an undisturbed run that made so many changes on the way forth. What goes wrong does so
// at the change in the middle, or it is what the DNS server has before the change.
func Others(p *plan.Plan, changes int) []Run {
	out := []Run{{Try: Order}, {Try: Twice}}
	if changes > 0 {
		middle := (changes + 1) / 2
		out = append(out, Run{Try: Crash, Fault: fmt.Sprintf("crash@%d", middle)},
			Run{Try: Fails, Fault: fmt.Sprintf("fails@%d", middle)})
	}
	if len(p.Zones) > 0 {
		out = append(out, Run{Try: Records, Fault: "dns:other"})
	}
	return out
}
