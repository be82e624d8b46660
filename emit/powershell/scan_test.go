package powershell

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// The scanner of whole scripts: the change and the runtime. It knows no more of
// PowerShell than they use, and says so of everything else.

const (
	memberToken kind = 100 + iota
	typeToken
	doubleToken
	dashToken
	redirectToken
)

var shapes = []struct {
	kind kind
	is   *regexp.Regexp
}{
	{blankToken, regexp.MustCompile(`^ +`)},
	{lineToken, regexp.MustCompile(`^\r?\n|^\r`)},
	{helpToken, regexp.MustCompile(`^<#(?s:.*?)#>`)},
	{commentToken, regexp.MustCompile(`^#[^\r\n]*`)},
	{stringToken, regexp.MustCompile(`^'(?:[^'\r\n]|'')*'`)},
	{doubleToken, regexp.MustCompile(`^"(?:[^"\r\n]|"")*"`)},
	{variableToken, regexp.MustCompile(`^\$[A-Za-z_][A-Za-z0-9_]*`)},
	{redirectToken, regexp.MustCompile(`^[0-9*]?>+(?:&[0-9])?`)},
	{numberToken, regexp.MustCompile(`^(?:0x[0-9A-Fa-f]+|[0-9]+(?:\.[0-9]+)?)`)},
	{dashToken, regexp.MustCompile(`^-[A-Za-z][A-Za-z0-9]*:?`)},
	{typeToken, regexp.MustCompile(`^\[[A-Za-z][A-Za-z0-9.]*(?:\[\])?\]`)},
	{memberToken, regexp.MustCompile(`^(?:\.|::)[A-Za-z][A-Za-z0-9]*`)},
	{wordToken, regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z]+)?(?:\.exe)?`)},
	{signToken, regexp.MustCompile(`^(?:@\(|@\{|\+=|[][(){};,=|+&-])`)},
}

// foreign is what the emitter keeps out of code, with the reason.
var foreign = []struct{ text, why string }{
	{"@'", "a here-string"},
	{"@\"", "a here-string"},
	{"$(", "a subexpression"},
	{"${", "a braced variable"},
	{"`", "a backtick"},
	{"!", "! for -not"},
	{"&&", "a chain of pipelines (7.0)"},
	{"||", "a chain of pipelines (7.0)"},
	{"??", "a null-coalescing operator (7.0)"},
	{"?.", "a null-conditional operator (7.1)"},
	{"?[", "a null-conditional operator (7.1)"},
	{"?", "? for a ternary (7.0) or an alias"},
	{"::new(", "::new() (5.0)"},
	{"::", "a static member that is not a plain name"},
	{":", "a label or a scope"},
	{"--%", "the stop-parsing sign"},
	{"--", "a -- operator"},
	{"++", "a ++ operator"},
	{"%", "% for an operator or an alias"},
	{"@", "a splat"},
	{"<", "a redirection"},
	{".", "a number or a call that begins with a dot"},
}

// scan returns the tokens of a script without blanks, and what is not in the subset.
// Tokens that touch the one before are marked by touches.
func scan(src string) (tokens []token, touches []bool, problems []string) {
	line, touch := 1, false
	for src != "" {
		t, problem := scanOne(src)
		if problem != "" {
			problems = append(problems, fmt.Sprintf("line %d: %s: %.30q", line, problem, src))
		}
		t.line = line
		line += strings.Count(t.text, "\n")
		src = src[len(t.text):]
		if t.kind != blankToken {
			tokens, touches = append(tokens, t), append(touches, touch)
		}
		touch = t.kind != blankToken && t.kind != lineToken
	}
	return tokens, touches, problems
}

func scanOne(src string) (token, string) {
	if strings.HasPrefix(src, "<#") {
		if !strings.Contains(src, "#>") {
			return token{kind: commentToken, text: src}, "a comment that does not end"
		}
	} else if end := strings.IndexByte(src, '\n'); end >= 0 { // short texts make the expressions fast
		src = src[:end+1]
	}
	for _, f := range foreign {
		if !strings.HasPrefix(src, f.text) || f.text == "<" && strings.HasPrefix(src, "<#") ||
			f.text == "@" && len(src) > 1 && strings.Contains("({", src[1:2]) {
			continue
		}
		if shape(src, memberToken) != "" && f.text != "::new(" { // .Name, ::Name
			break
		}
		return token{kind: signToken, text: f.text}, f.why
	}
	for _, s := range shapes {
		if !mayBegin(s.kind, src[0]) {
			continue
		}
		if text := s.is.FindString(src); text != "" {
			return token{kind: s.kind, text: text}, shapeProblem(s.kind, text, src[len(text):])
		}
	}
	return token{kind: signToken, text: src[:1]}, "not in the subset"
}

// starts are the characters that the other kinds begin with.
var starts = map[kind]string{blankToken: " ", lineToken: "\r\n", helpToken: "<", commentToken: "#", stringToken: "'", doubleToken: "\"", variableToken: "$",
	redirectToken: "*>", dashToken: "-", typeToken: "[", memberToken: ".:", signToken: "@+-[](){};,=|&"}

// mayBegin spares most of the expressions.
func mayBegin(k kind, c byte) bool {
	switch {
	case c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z':
		return k == wordToken
	case c >= '0' && c <= '9':
		return k == numberToken || k == redirectToken
	}
	return strings.IndexByte(starts[k], c) >= 0
}

func shape(src string, k kind) string {
	at := slices.IndexFunc(shapes, func(s struct {
		kind kind
		is   *regexp.Regexp
	}) bool {
		return s.kind == k
	})
	return shapes[at].is.FindString(src)
}

// shapeProblem looks at a token and at what follows it.
func shapeProblem(k kind, text, rest string) string {
	switch k {
	case numberToken:
		if shape(rest, wordToken) != "" {
			return "a number with a suffix"
		}
	case doubleToken:
		if strings.ContainsAny(text, "$`") || len(text) > 2 && strings.Contains(text[1:len(text)-1], `"`) {
			return "a double-quoted string that is no constant"
		}
	case variableToken:
		if strings.HasPrefix(rest, ":") {
			return "a variable with a scope or a drive"
		}
	case helpToken:
		if strings.Contains(text[2:], "<#") {
			return "a comment in a comment"
		}
	case commentToken:
		if endsScript(text) {
			return "a comment that PowerShell takes for a signature"
		}
	}
	return ""
}
