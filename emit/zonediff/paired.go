package zonediff

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// Paired writes the unified diff of two texts with equally many lines, of which each line has become the one
// with its number, as those of a file that was formatted. It compares nothing else, so it takes no memory and no more
// time than the texts have bytes. Where lines are not like each other the diff is that of [Lines] and [Unified].
// Errors are those of w, or that the texts have different numbers of lines; what was written then is of no use.
func Paired(w io.Writer, oldName, newName string, old, new []byte, context int) error {
	p := pairs{out: w, old: old, new: new, head: "--- " + fileName(oldName) + "\n+++ " + fileName(newName) + "\n"}
	var before []pair // unchanged lines in front of the one at hand, no more than are shown
	for at := (pair{}); !p.ends(at); {
		if p.same(at) {
			if before = append(before, at); len(before) > context {
				before = before[1:]
			}
			at = p.next(at)
			continue
		}
		first := at
		if len(before) > 0 {
			first = before[0]
		}
		before = nil
		at = p.hunk(first, at, context)
	}
	return p.err
}

// pair is where a line begins in both texts.
type pair struct {
	old, new int // bytes
	line     int
}

type pairs struct {
	out      io.Writer
	old, new []byte
	head     string // that has not been written yet
	err      error
}

// ends tells whether there is no line at a place. After an error there is none anywhere.
func (p *pairs) ends(at pair) bool {
	if p.err == nil && (at.old == len(p.old)) != (at.new == len(p.new)) {
		p.err = errors.New("internal error: one of two texts has more lines")
	}
	return p.err != nil || at.old == len(p.old)
}

// lineOf is the first line of a text.
func lineOf(text []byte) []byte {
	if n := bytes.IndexByte(text, '\n'); n >= 0 {
		return text[:n+1]
	}
	return text
}

func (p *pairs) same(at pair) bool {
	return bytes.Equal(lineOf(p.old[at.old:]), lineOf(p.new[at.new:]))
}

func (p *pairs) next(at pair) pair {
	return pair{at.old + len(lineOf(p.old[at.old:])), at.new + len(lineOf(p.new[at.new:])), at.line + 1}
}

// hunk writes a hunk that begins with some lines before a change, and returns the place behind it. Like [hunk.FromEdits]
// it goes on until what is unchanged would be more than is shown before and behind changes.
func (p *pairs) hunk(first, change pair, context int) pair {
	end := change
	for at := change; !p.ends(at) && at.line-end.line <= 2*context; {
		next := p.next(at)
		if !p.same(at) {
			end = next
		}
		at = next
	}
	for n := 0; n < context && !p.ends(end); n++ {
		end = p.next(end)
	}
	n := end.line - first.line
	p.write([]byte(fmt.Sprintf("%s@@ -%s +%[2]s @@\n", p.head, lineRange(first.line+1, n))))
	p.head = ""
	for at := first; at != end && p.err == nil; {
		if p.same(at) {
			next := p.next(at)
			p.lines(" ", p.old[at.old:next.old])
			at = next
			continue
		}
		// all old lines come before the new ones
		until := at
		for until != end && !p.same(until) {
			until = p.next(until)
		}
		p.lines("-", p.old[at.old:until.old])
		p.lines("+", p.new[at.new:until.new])
		at = until
	}
	return end
}

// lines writes lines with a sign before each.
func (p *pairs) lines(sign string, text []byte) {
	for line := range bytes.Lines(text) {
		p.write([]byte(sign))
		p.write(line)
	}
	if !bytes.HasSuffix(text, []byte("\n")) {
		p.write([]byte("\n\\ No newline at end of file\n"))
	}
}

func (p *pairs) write(text []byte) {
	if p.err == nil {
		_, p.err = p.out.Write(text)
	}
}
