package powershell

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// term is a literal, a code, a variable or a sum in parentheses.
func (r *reader) term() any {
	switch t := r.peek(); {
	case t.kind == stringToken:
		r.at++
		return units(strings.ReplaceAll(t.text[1:len(t.text)-1], "''", "'"))
	case t.kind == numberToken:
		r.at++
		return t
	case t.kind == variableToken:
		r.at++
		return r.variable(t)
	case r.skip("("):
		r.lines()
		value := r.sum()
		r.take(signToken, ")")
		return value
	case r.is("["):
		return r.code()
	}
	r.fail("a value")
	return nil
}

func (r *reader) variable(t token) any {
	switch t.text {
	case "$true", "$false", "$File", "$Value", "$XmppReceiver":
		return t
	}
	text, ok := r.raw[t.text]
	if !ok {
		panic(fmt.Sprintf("line %d: %s is not known", t.line, t.text))
	}
	return text
}

// code is one [char].
func (r *reader) code() units {
	r.take(signToken, "[")
	r.take(wordToken, "char")
	r.take(signToken, "]")
	code, err := strconv.ParseUint(strings.TrimPrefix(r.take(numberToken), "0x"), 16, 16)
	if err != nil {
		panic(err)
	}
	if code >= 0xD800 && code <= 0xDFFF {
		code += half
	}
	return units(rune(code))
}

// whole is a value with its text put together.
func whole(value any) any {
	if text, ok := value.(units); ok {
		return text.String()
	}
	return value
}

func (r *reader) array() []any {
	out := []any{}
	for r.lines(); !r.skip(")"); r.lines() {
		out = append(out, whole(r.value()))
		if r.skip(",") || r.skip(";") {
			r.lines()
		} else if r.peek().kind != lineToken && !r.is(")") {
			r.fail("a separator")
		}
	}
	return out
}

func (r *reader) hash() keyed {
	out := keyed{values: map[string]any{}}
	for r.lines(); !r.skip("}"); r.lines() {
		key := r.take(wordToken)
		if slices.ContainsFunc(out.keys, func(k string) bool { return strings.EqualFold(k, key) }) {
			panic(fmt.Sprintf("line %d: key %s stands twice", r.peek().line, key))
		}
		r.take(signToken, "=")
		out.keys = append(out.keys, key)
		out.values[key] = whole(r.value())
		if !r.skip(";") && r.peek().kind != lineToken && !r.is("}") {
			r.fail("a separator")
		}
	}
	return out
}

// block is the text of a script block; its commands are noted.
func (r *reader) block() []call {
	first := len(r.data.calls)
	r.take(signToken, "{")
	for r.command(); r.skip("|"); r.command() {
		r.lines()
	}
	r.take(signToken, "}")
	return r.data.calls[first:len(r.data.calls):len(r.data.calls)]
}

func (r *reader) command() {
	c := call{line: r.peek().line, name: r.take(wordToken)}
	at := len(r.data.calls)
	r.data.calls = append(r.data.calls, c)
	if c.name == "Where-Object" {
		r.filter()
		return
	}
	for r.peek().kind == parameterToken {
		c.args = append(c.args, r.arg())
	}
	r.data.calls[at] = c
}

func (r *reader) arg() arg {
	name, wants := strings.CutSuffix(r.take(parameterToken)[1:], ":")
	a := arg{name: name}
	switch t := r.peek(); {
	case wants:
		a.value = token{text: r.take(variableToken, "$true", "$false", "$Rehearse")}
	case t.kind == wordToken:
		r.at++
		a.value = t
	case t.kind == variableToken && strings.HasPrefix(t.text, "$_."):
		r.at++
		a.value = t
	case t.kind == stringToken || t.kind == numberToken || t.kind == variableToken || r.is("("):
		a.value = whole(r.term())
	}
	return a
}

// filter is the block of Where-Object: a comparison of a property, or of what one
// command returns, with a literal.
func (r *reader) filter() {
	r.take(signToken, "{")
	if r.skip("(") {
		r.command()
		r.take(signToken, ")")
	} else {
		r.take(signToken, "[")
		r.take(wordToken, "string")
		r.take(signToken, "]")
		r.take(variableToken, "$_.Status")
	}
	r.take(parameterToken, "-eq", "-ne")
	if _, ok := r.term().(units); !ok {
		r.fail("a text")
	}
	r.take(signToken, "}")
}

// evaluate gives the text that an expression of Quote stands for.
func evaluate(expression string) (string, error) {
	got, err := read("$Value = " + expression + "\r\n")
	if err != nil {
		return "", err
	}
	text, ok := got.vars["$Value"].(string)
	if !ok {
		return "", fmt.Errorf("%s is not a text", expression)
	}
	return text, nil
}
