package powershell

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"
)

// The lexer of the subset that the emitter uses above the runtime. What is not in the
// subset is an error: double-quoted strings, backticks, subexpressions, raw line ends
// in literals, anything that is not printable ASCII.

type kind int

const (
	blankToken kind = iota
	lineToken
	helpToken
	commentToken
	stringToken
	variableToken
	numberToken
	parameterToken
	wordToken
	signToken
)

type token struct {
	kind kind
	text string
	line int
}

var lexemes = []*regexp.Regexp{
	blankToken:     regexp.MustCompile(`^ +`),
	lineToken:      regexp.MustCompile(`^\r\n`),
	helpToken:      regexp.MustCompile(`^<#(?:\r\n|[ -~])*?#>`),
	commentToken:   regexp.MustCompile(`^#[ -~]*`),
	stringToken:    regexp.MustCompile(`^'(?:[ -&(-~]|'')*'`),
	variableToken:  regexp.MustCompile(`^\$[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z]+)*`),
	numberToken:    regexp.MustCompile(`^(?:0x[0-9A-F]{4}|[0-9]+)`),
	parameterToken: regexp.MustCompile(`^-[A-Za-z][A-Za-z0-9]*:?`),
	wordToken:      regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z]+)?`),
	signToken:      regexp.MustCompile(`^(?:@\(|@\{|\+=|[][(){};,=|+])`),
}

// lex returns the tokens other than blanks. Brackets have to match.
func lex(src string) ([]token, error) {
	var out []token
	line := 1
	for src != "" {
		one, ok := next(src)
		if !ok {
			return nil, fmt.Errorf("line %d: not in the subset: %.40q", line, src)
		}
		one.line = line
		line += strings.Count(one.text, "\n")
		src = src[len(one.text):]
		if one.kind != blankToken {
			out = append(out, one)
		}
	}
	return out, brackets(out)
}

func next(src string) (token, bool) {
	// Only the help goes on after its line; a short text makes the expressions fast.
	if end := strings.Index(src, "\n"); end >= 0 && !strings.HasPrefix(src, "<#") {
		src = src[:end+1]
	}
	if len(src) > 0 {
		for _, k := range begins(src) {
			if text := lexemes[k].FindString(src); text != "" {
				return token{kind: k, text: text}, true
			}
		}
	}
	return token{}, false
}

// begins are the kinds that a text can begin with.
func begins(src string) []kind {
	switch c := src[0]; {
	case c == ' ':
		return []kind{blankToken}
	case c == '\r':
		return []kind{lineToken}
	case c == '<':
		return []kind{helpToken}
	case c == '#':
		return []kind{commentToken}
	case c == '\'':
		return []kind{stringToken}
	case c == '$':
		return []kind{variableToken}
	case c == '-':
		return []kind{parameterToken}
	case c >= '0' && c <= '9':
		return []kind{numberToken}
	}
	return []kind{wordToken, signToken}
}

var closes = map[string]string{"(": ")", "@(": ")", "{": "}", "@{": "}", "[": "]"}

func brackets(tokens []token) error {
	var open []token
	for _, t := range tokens {
		switch {
		case t.kind != signToken:
		case closes[t.text] != "":
			open = append(open, t)
		case strings.Contains(")}]", t.text):
			if len(open) == 0 || closes[open[len(open)-1].text] != t.text {
				return fmt.Errorf("line %d: %q opens nothing", t.line, t.text)
			}
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		return fmt.Errorf("line %d: %q is not closed", open[0].line, open[0].text)
	}
	return nil
}

// distance is the Levenshtein distance.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := before
			if a[i] != b[j] {
				cost++
			}
			before = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// endsScript tells whether PowerShell takes a line comment for the begin of a
// signature block, after which it refuses every statement.
func endsScript(comment string) bool {
	text := strings.ToLower(strings.Join(strings.Fields(strings.TrimPrefix(comment, "#")), ""))
	return distance(text+"\n", "sig#beginsignatureblock\n") < 10
}

// data is what a script says: its variables, and the commands in its blocks.
type data struct {
	vars  map[string]any
	calls []call
}

// call is a command of a block.
type call struct {
	name string
	args []arg
	line int
}

// arg is a parameter; value is nil for a switch, a string, or the token of a variable,
// a number or a bare word.
type arg struct {
	name  string
	value any
}

func (c call) get(name string) (any, bool) {
	at := slices.IndexFunc(c.args, func(a arg) bool { return strings.EqualFold(a.name, name) })
	if at < 0 {
		return nil, false
	}
	return c.args[at].value, true
}

// keyed is a hashtable; its keys are in the order of the text.
type keyed struct {
	keys   []string
	values map[string]any
}

// reader evaluates the statements of the change: assignments of data.
type reader struct {
	tokens []token
	at     int
	data   data
	raw    map[string]units
}

// units is a text in which halves of characters above U+FFFF may stand alone: as runes
// from U+F0000, which the emitter writes in halves too.
type units string

const half = 0xF0000 - 0xD800

func (u units) String() string {
	var out []uint16
	for _, r := range string(u) {
		if r >= 0xF0000 {
			r -= half
		}
		out = append(out, uint16(r))
	}
	return string(utf16.Decode(out))
}

// read evaluates the statements below the parameters of a script.
func read(src string) (got data, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	tokens, err := lex(src)
	if err != nil {
		return data{}, err
	}
	tokens = slices.DeleteFunc(tokens, func(t token) bool { return t.kind == commentToken || t.kind == helpToken })
	r := &reader{tokens: tokens, data: data{vars: map[string]any{}}, raw: map[string]units{}}
	for r.lines(); r.at < len(r.tokens); r.lines() {
		r.statement()
	}
	for name, value := range r.data.vars {
		r.data.vars[name] = whole(value)
	}
	return r.data, nil
}

func (r *reader) fail(want string) {
	t := r.peek()
	panic(fmt.Sprintf("line %d: %q stands where %s should", t.line, t.text, want))
}

func (r *reader) peek() token {
	if r.at < len(r.tokens) {
		return r.tokens[r.at]
	}
	return token{kind: lineToken, text: "the end"}
}

func (r *reader) take(k kind, texts ...string) string {
	t := r.peek()
	if t.kind != k || len(texts) > 0 && !slices.Contains(texts, t.text) {
		r.fail(fmt.Sprintf("kind %d %q", k, texts))
	}
	r.at++
	return t.text
}

func (r *reader) is(text string) bool {
	t := r.peek()
	return t.text == text && t.kind != stringToken
}

func (r *reader) skip(text string) bool {
	if r.is(text) {
		r.at++
		return true
	}
	return false
}

func (r *reader) lines() {
	for r.at < len(r.tokens) && r.peek().kind == lineToken {
		r.at++
	}
}

func (r *reader) statement() {
	name := r.take(variableToken)
	old := units("")
	if r.take(signToken, "=", "+=") == "+=" {
		old = r.raw[name]
	} else if _, ok := r.data.vars[name]; ok {
		panic(name + " is assigned twice")
	}
	value := r.value()
	if text, ok := value.(units); ok {
		value = old + text
		r.raw[name] = old + text
	}
	r.data.vars[name] = value
	r.take(lineToken)
}

func (r *reader) value() any {
	switch {
	case r.skip("@("):
		return r.array()
	case r.skip("@{"):
		return r.hash()
	case r.is("{"):
		return r.block()
	}
	return r.sum()
}

// sum is a text in terms, or a single value of another kind.
func (r *reader) sum() any {
	value := r.term()
	for r.skip("+") {
		left, ok := value.(units)
		right, too := r.term().(units)
		if !ok || !too {
			r.fail("a sum of texts")
		}
		value = left + right
	}
	return value
}
