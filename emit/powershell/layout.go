package powershell

import "strings"

// maxWidth is the longest line of the part of a script that people review.
const maxWidth = 120

// node is a PowerShell value that can be laid out.
type node interface {
	// flat is the value on one line.
	flat() string
}

// expr is an expression that is never broken.
type expr string

func (e expr) flat() string { return string(e) }

// entry is one key of a hash. The key is the emitter's own word. With fresh it begins
// a line of its own.
type entry struct {
	key   string
	value node
	fresh bool
}

// hash is a hashtable literal.
type hash []entry

func (h hash) flat() string {
	var parts []string
	for _, e := range h {
		parts = append(parts, e.key+" = "+e.value.flat())
	}
	return "@{ " + strings.Join(parts, "; ") + " }"
}

// broken tells whether an entry of a hash, at any depth, begins a line of its own.
func broken(n node) bool {
	switch n := n.(type) {
	case hash:
		for i, e := range n {
			// The first key is always behind the bracket, so fresh means nothing for it.
			if i > 0 && e.fresh || broken(e.value) {
				return true
			}
		}
	case array:
		for _, one := range n {
			// Several hashes are a list to be read down, also where they would fit into one line.
			if _, ok := one.(hash); ok && len(n) > 1 || broken(one) {
				return true
			}
		}
	}
	return false
}

// array is an array literal of expressions or of hashes.
type array []node

func (a array) flat() string {
	var parts []string
	sep := ", "
	// Hashes on a line of their own need no comma, and with ';' a list reads the same on one line.
	for _, n := range a {
		if _, ok := n.(hash); ok {
			sep = "; "
		}
		parts = append(parts, n.flat())
	}
	if sep == "; " {
		return "@( " + strings.Join(parts, sep) + " )"
	}
	return "@(" + strings.Join(parts, sep) + ")"
}

// block is a script block of one pipeline.
type block []command

// command is a part of a pipeline. Words with a value that is a literal can be broken.
type command []word

// word is a bare word, or a parameter with its value.
type word struct {
	name  string
	value string // a quoted literal or a variable; "" for none
}

func (w word) String() string {
	if w.value == "" {
		return w.name
	}
	return w.name + " " + w.value
}

func (c command) String() string {
	var parts []string
	for _, w := range c {
		parts = append(parts, w.String())
	}
	return strings.Join(parts, " ")
}

func (b block) flat() string {
	var parts []string
	for _, c := range b {
		parts = append(parts, c.String())
	}
	return "{ " + strings.Join(parts, " | ") + " }"
}

// writer lays nodes out in lines of at most maxWidth where that is possible.
type writer struct {
	out   strings.Builder
	col   int
	ind   int // indentation of the current line
	line  int // number of newlines so far
	marks []Mark
	names *names // of the texts that marks name
}

func (w *writer) text(s string) {
	w.out.WriteString(s)
	w.col += len(s)
}

func (w *writer) newline(indent int) {
	w.out.WriteString("\n" + strings.Repeat(" ", indent))
	w.col, w.ind = indent, indent
	w.line++
}

func (w *writer) lines(lines []string) {
	for _, line := range lines {
		w.text(line)
		w.line += strings.Count(line, "\n") // a note has several
		w.newline(0)
	}
}

// fits tells whether n more characters, and what closes after them, fit into the line.
func (w *writer) fits(n, tail int) bool { return w.col+n+tail <= maxWidth }

// value lays out a node; tail is the length of the brackets that will close after it
// on the same line.
func (w *writer) value(n node, tail int) {
	if h, ok := n.(hash); ok && len(h) > 0 && h[0].key == "Id" {
		at := len(w.marks)
		w.marks = append(w.marks, Mark{ID: w.names.text(h[0].value.flat()), From: w.line + 1})
		defer func() { w.marks[at].To = w.line + 1 }()
	}
	// One line where it fits: a reviewer reads down, and a value of several lines hides the next key.
	// What is broken anyway is not made flat first: that of a whole stage is as long as the stage.
	if !broken(n) {
		if flat := n.flat(); w.fits(len(flat), tail) {
			w.text(flat)
			return
		}
	}
	switch n := n.(type) {
	case hash:
		w.hash(n, tail)
	case array:
		w.array(n, tail)
	case block:
		w.block(n, tail)
	default:
		w.text(n.flat())
	}
}

func (w *writer) hash(h hash, tail int) {
	base := w.col + len("@{ ") // keys of one hash are below each other
	w.text("@{ ")
	full := false // the line ends in a value of several lines
	for i, e := range h {
		closing := 0 // only behind the last value other brackets close on the same line
		if i == len(h)-1 {
			closing = tail + len(" }")
		}
		wide, flat := broken(e.value), 0
		if !wide {
			flat = len(e.key + " = " + e.value.flat())
		}
		if i > 0 {
			fits := w.fits(len("; ")+flat, closing)
			if wide {
				// The hashes of an array begin on lines of their own, so only its head has to fit here.
				_, isArray := e.value.(array)
				fits = isArray && w.fits(len("; "+e.key+" = @("), 0)
			}
			if e.fresh || full || !fits {
				w.newline(base)
			} else {
				w.text("; ")
			}
		}
		full = wide || !w.fits(flat, closing)
		w.text(e.key + " = ")
		w.value(e.value, closing)
	}
	w.text(" }")
}

func (w *writer) array(a array, tail int) {
	w.text("@(")
	if len(a) > 0 {
		if _, plain := a[0].(expr); plain { // names and addresses: there may be hundreds
			w.fill(a, tail+1)
			w.text(")")
			return
		}
	}
	indent := w.ind + 2 // of the line, not of the bracket: hashes in hashes would leave no room
	for i, n := range a {
		closing := 0
		if i == len(a)-1 {
			closing = tail + len(" )")
		}
		w.newline(indent)
		w.value(n, closing)
	}
	w.text(" )")
}

// fill writes expressions with as many on a line as there is room for.
func (w *writer) fill(a array, tail int) {
	base := w.col
	for i, n := range a {
		switch {
		case i > 0 && w.fits(len(n.flat())+2, tail):
			w.text(", ")
		case i > 0: // a comma at the end of a line continues the array
			w.text(",")
			w.newline(base)
		}
		w.text(n.flat())
	}
}

// block breaks after a pipe, and inside a command before a literal: a line may end in an
// open parenthesis without a backtick.
func (w *writer) block(b block, tail int) {
	w.text("{ ")
	base := w.col
	for i, c := range b {
		if i > 0 { // a pipe at the end of a line continues the pipeline, also in PowerShell 3.0
			w.text(" |")
			w.newline(base)
		}
		closing := len(" |")
		if i == len(b)-1 {
			closing = tail + len(" }")
		}
		w.command(c, base, closing)
	}
	w.text(" }")
}

// command breaks before a literal, inside parentheses, wherever what comes up to the next
// chance to break does not fit any more.
func (w *writer) command(c command, base, tail int) {
	ind, flat := w.ind, c.String()
	if w.fits(len(flat), tail) {
		w.text(flat)
		return
	}
	at := 0 // words before it are written, but for the value of the last one
	for at < len(c) {
		next := at + 1
		// What comes up to the next literal cannot be broken, so it is measured as one.
		for next < len(c) && !breakable(c[next]) {
			next++
		}
		piece, closing := c[at:next].String(), tail
		if next < len(c) {
			piece, closing = piece+" "+c[next].name, len(" (")
		}
		if breakable(c[at]) {
			piece = strings.TrimPrefix(piece, c[at].name+" ")
			if w.fits(1+len(piece), closing) {
				w.text(" ")
			} else {
				w.text(" (")
				// As far right as the text lets it, for the eye; a long name moves left, but never before its line.
				w.newline(max(ind+4, min(base+4, maxWidth-len(piece)-len(")")-closing)))
				piece = c[at].value + ")" + strings.TrimPrefix(piece, c[at].value)
			}
		}
		w.text(piece)
		at = next
	}
}

// breakable tells whether a line can break before the value of a word.
func breakable(w word) bool {
	return strings.HasPrefix(w.value, "'") || strings.HasPrefix(w.value, "$Name")
}
