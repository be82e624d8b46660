package powershell

import (
	"fmt"
	"slices"
	"strings"
)

// walker follows the statements of a script and notes what it calls, defines and keys.
type walker struct {
	tokens    []token
	touches   []bool
	at        int
	frames    []*frame
	attribute int // where the last attribute ended
	problems  []string
	out       outline
}

// outline is what a script consists of.
type outline struct {
	calls    []*use
	params   map[string][]string // of each function; "" is the script, "$Name" a block in a variable
	keys     []string
	assigned []string
	comments int
	types    []string
	kit      bool // for 5.1 and later, not for 3.0
}

// use is one call of a command.
type use struct {
	name   string
	line   int
	in     *function
	params []string
	texts  []string // constant texts among the values
	words  []string // NAME VALUE of parameters whose value is a bare word
	values int      // since the last parameter
	loose  int      // values without a parameter
	joined bool     // the next value belongs to the one before
}

// function is what a call stands in.
type function struct {
	name    string
	ignores bool // has set $ErrorActionPreference to Continue
}

type mode int

const (
	begin mode = iota // a statement or a value begins
	expression
	arguments
	keyPlace // a key of a hashtable
)

// frame is an open bracket.
type frame struct {
	open    string
	line    int
	mode    mode
	call    *use
	role    string // param, attribute, method, foreach, index
	control string // the keyword whose block is to come
	after   string // the keyword whose block has just ended
	keys    []string
	fn      *function
	outer   *function // the one around fn, while fn is being read
	last    string    // the last operator
}

func walk(text string) (outline, []string) {
	w := &walker{out: outline{params: map[string][]string{}}}
	w.tokens, w.touches, w.problems = scan(text)
	root := &function{}
	w.frames = []*frame{{fn: root}}
	for ; w.at < len(w.tokens); w.at++ {
		w.token(w.tokens[w.at])
	}
	for _, f := range w.frames[1:] {
		w.problems = append(w.problems, fmt.Sprintf("line %d: %s is not closed", f.line, f.open))
	}
	w.endBlock(w.frames[0], token{kind: lineToken})
	return w.out, w.problems
}

func (w *walker) fail(t token, format string, args ...any) {
	w.problems = append(w.problems, fmt.Sprintf("line %d: ", t.line)+fmt.Sprintf(format, args...))
}

func (w *walker) top() *frame { return w.frames[len(w.frames)-1] }

// near is the token n places away, comments not counted; next to line ends nothing is.
func (w *walker) near(n int) token {
	at, step := w.at, 1
	if n < 0 {
		step = -1
	}
	for n != 0 {
		at += step
		if at < 0 || at >= len(w.tokens) {
			return token{kind: lineToken}
		}
		if w.tokens[at].kind != commentToken && w.tokens[at].kind != helpToken {
			n -= step
		}
	}
	return w.tokens[at]
}

func (w *walker) token(t token) {
	f := w.top()
	switch t.kind {
	case commentToken, helpToken:
		w.out.comments++
		if strings.HasPrefix(strings.ToLower(t.text), "#requires") && (w.at > 0 || t.text != "#Requires -Version 3.0") {
			w.fail(t, otherRequires)
		}
		return
	case lineToken:
		w.lineEnd(f, t)
		return
	}
	w.endBlock(f, t)
	switch t.kind {
	case wordToken:
		w.word(f, t)
	case dashToken:
		w.dash(f, t)
	case redirectToken:
		w.redirect(f, t)
	case signToken:
		w.sign(f, t)
	case memberToken:
		w.member(f, t)
	default:
		w.value(f, t)
	}
}

// endBlock looks at what follows the block of a keyword.
func (w *walker) endBlock(f *frame, t token) {
	after := f.after
	f.after = ""
	if after == "try" && t.text != "catch" && t.text != "finally" {
		w.fail(t, "try without catch or finally")
	}
	if t.kind == wordToken && f.mode == begin {
		allowed := map[string]string{"else": "if elseif", "elseif": "if elseif", "catch": "try catch", "finally": "try catch"}[t.text]
		if allowed != "" && (after == "" || !slices.Contains(strings.Fields(allowed), after)) {
			w.fail(t, "%s begins a statement, and is a command there", t.text)
		}
	}
}

func (w *walker) lineEnd(f *frame, t token) {
	w.endBlock(f, t)
	before := w.near(-1)
	if before.kind == dashToken && w.top().mode == expression || before.kind == signToken && slices.Contains([]string{"|", ",", "(", "@(", "@{", "{", "=", "+"}, before.text) {
		return
	}
	next := w.near(1)
	if f.role == "param" && before.kind != lineToken && next.text != ")" && (w.attribute == 0 || w.attribute != w.at-1) {
		w.fail(next, "no comma between parameters")
	}
	if next.kind == signToken && next.text == "|" {
		w.fail(next, "a pipe at the begin of a line (7.0)")
	}
	if f.open != "(" {
		w.endStatement(f)
	}
}

func (w *walker) endStatement(f *frame) {
	f.call, f.mode, f.last = nil, begin, ""
	if f.open == "@{" {
		f.mode = keyPlace
	}
}

var (
	keywords = strings.Fields("if elseif else foreach while try catch finally function param return throw exit continue break switch")
	later    = strings.Fields("class enum using clean hidden workflow configuration dynamicparam")
	// operators are those of PowerShell 3.0 that the emitter may use.
	operators = strings.Fields("eq ne gt ge lt le like notlike match notmatch contains notcontains in notin replace split join is isnot as and or xor not f band bor bxor bnot shl shr")
)

func (w *walker) word(f *frame, t token) {
	switch {
	case f.mode == keyPlace:
		w.key(f, t)
	case f.role == "attribute":
	case f.control == "function":
		f.outer, f.fn = f.fn, &function{name: t.text}
		w.out.params[t.text] = nil
	case f.mode == arguments:
		if n := len(f.call.params); n > 0 && f.call.values == 0 {
			f.call.words = append(f.call.words, f.call.params[n-1]+" "+t.text)
		}
		w.argument(f, t)
	case f.mode == expression && f.role == "foreach" && t.text == "in":
		f.mode = begin
	case f.mode == expression:
		w.fail(t, "a bare word in an expression: %s", t.text)
	case slices.Contains(keywords, strings.ToLower(t.text)):
		w.keyword(f, t)
	case slices.Contains(later, strings.ToLower(t.text)) || strings.EqualFold(t.text, "data"):
		w.fail(t, "the keyword %s, which not all versions have", t.text)
		f.mode = expression
	default:
		w.command(f, t, t.text)
	}
}

func (w *walker) keyword(f *frame, t token) {
	if t.text != strings.ToLower(t.text) {
		w.fail(t, "the keyword %s in capitals", t.text)
	}
	switch t.text {
	case "return", "throw", "exit":
	case "continue", "break":
		if next := w.near(1); next.kind != lineToken && next.text != ";" && next.text != "}" {
			w.fail(t, "%s with a label", t.text)
		}
		f.mode = expression
	case "param":
		if before := w.near(-1); w.at > 0 && before.kind == signToken && before.text != "{" && before.text != "]" && before.text != ")" {
			w.fail(t, "param is not the first of its block")
		}
		f.control = "param"
	default:
		f.control = t.text
	}
}

func (w *walker) command(f *frame, t token, name string) {
	f.call = &use{name: name, line: t.line, in: f.fn}
	f.mode = arguments
	w.out.calls = append(w.out.calls, f.call)
}

// argument is a value in the arguments of a command.
func (w *walker) argument(f *frame, t token) {
	c := f.call
	if c.joined {
		c.joined = false
		return
	}
	if t.kind == stringToken {
		c.texts = append(c.texts, t.text)
	}
	c.values++
	switch n := len(c.params); {
	case n == 0 || c.values > 1:
		c.loose++
	case slices.Contains(switches, c.params[n-1]) && !strings.HasSuffix(w.near(-1).text, ":"):
		w.fail(t, "-%s with a value", c.params[n-1])
	}
}

func (w *walker) dash(f *frame, t token) {
	name, _ := strings.CutSuffix(t.text[1:], ":")
	if f.mode == arguments {
		f.call.params = append(f.call.params, name)
		f.call.values = 0
		return
	}
	plain := name
	if !slices.Contains(operators, name) && (name[0] == 'c' || name[0] == 'i') {
		plain = name[1:]
	}
	if !slices.Contains(operators, plain) || f.mode == keyPlace {
		w.fail(t, "an operator that PowerShell 3.0 does not have: %s", t.text)
	}
	f.mode, f.last = expression, name
}

func (w *walker) redirect(f *frame, t token) {
	if f.call == nil || t.text != "2>&1" || !strings.HasSuffix(f.call.name, ".exe") || !f.fn.ignores {
		w.fail(t, "a redirection other than 2>&1 of a native command below $ErrorActionPreference = 'Continue'")
	}
}

func (w *walker) member(f *frame, t token) {
	name := strings.TrimLeft(t.text, ".:")
	if !w.touches[w.at] {
		w.fail(t, "%s belongs to no value", t.text)
	}
	if next := w.near(1); next.text == "(" {
		if strings.EqualFold(name, "Where") || strings.EqualFold(name, "ForEach") {
			w.fail(t, "the method .%s() (4.0)", name)
		}
	}
	if strings.HasPrefix(t.text, "::") {
		w.out.types = append(w.out.types, strings.Trim(w.near(-1).text, "[]")+"::"+name)
	}
	if f.mode == begin {
		f.mode = expression
	}
}
