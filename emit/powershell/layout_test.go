package powershell

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

// checkDefinitions holds a text, alone and in long ones, to checkText.
func checkDefinitions(t *testing.T, s string) {
	t.Helper()
	if !utf8.ValidString(s) {
		return
	}
	times := min(20, 1+4000/(len(s)+1)) // a long text is long enough
	for _, text := range []string{s, s + strings.Repeat("'", 77) + s, strings.Repeat(s, times), strings.Repeat("'x", 60) + s} {
		checkText(t, text)
	}
}

// checkText: the lines that define the variable of a text give the text, and none is
// too long.
func checkText(t *testing.T, text string) {
	t.Helper()
	n := names{}
	long := n.literal(text)
	for _, line := range n.definitions() {
		if len(line) > maxWidth || !printable.MatchString(line) {
			t.Errorf("%q: line of %d: %s", text, len(line), line)
		}
	}
	src := strings.Join(append(n.definitions(), "$Value = "+long, ""), "\r\n")
	got, err := read(src)
	if err != nil || got.vars["$Value"] != text {
		t.Errorf("%q becomes %q, %v:\n%s", text, got.vars["$Value"], err, src)
	}
}

// TestSplit: a literal is never cut between the two quotes that stand for one.
func TestSplit(t *testing.T) {
	for n := range 100 {
		for _, fill := range []string{"x", "'", "''x"} {
			checkText(t, strings.Repeat("a", n)+strings.Repeat(fill, 90))
		}
	}
	inner := strings.Repeat("a", 79) + "''''b"
	if got := split([]string{"'" + inner + "'"}); !reflect.DeepEqual(got, []string{"'" + inner[:81] + "'", "'''b'"}) {
		t.Errorf("got %q", got)
	}
}

func TestNames(t *testing.T) {
	n := names{}
	long := strings.Repeat("x", maxLiteral-1)
	for _, test := range []struct{ in, want string }{
		{"plain", "'plain'"}, {strings.Repeat("x", maxLiteral-2), "'" + strings.Repeat("x", maxLiteral-2) + "'"},
		{long, "$Name1"}, {"\u2019", "$Name2"}, {long, "$Name1"}, {"\u2019", "$Name2"}, {"\u2018", "$Name3"},
	} {
		if got := n.literal(test.in); got != test.want {
			t.Errorf("%q: got %s, want %s", test.in, got, test.want)
		}
	}
	if len(n.definitions()) != 3 || n.err != nil {
		t.Errorf("%q, %v", n.definitions(), n.err)
	}
	if n.literal("ab\xff"); n.err == nil || n.err.Error() != `"ab\xff": byte 2 is not UTF-8` {
		t.Errorf("got %v", n.err)
	}
}

// tree makes random data, and what it has to be when it is read again.
type tree struct {
	random *rand.Rand
	names  names
}

func (g *tree) text() (node, any) {
	s := strings.Repeat("v", g.random.IntN(40))
	if g.random.IntN(6) == 0 {
		s += "'\u2019"
	}
	return expr(g.names.literal(s)), s
}

func (g *tree) node(depth int) (node, any) {
	switch g.random.IntN(5) {
	case 0:
		if depth > 0 {
			return g.hash(depth - 1)
		}
	case 1:
		if depth > 0 {
			return g.hashes(depth - 1)
		}
	case 2:
		return g.texts()
	case 3:
		return g.block()
	}
	return g.text()
}

func (g *tree) hash(depth int) (node, any) {
	out, want := hash{}, keyed{values: map[string]any{}}
	for i := range 1 + g.random.IntN(5) {
		value, is := g.node(depth)
		key := fmt.Sprintf("Key%d", i)
		out = append(out, entry{key, value, g.random.IntN(2) == 0})
		want.keys = append(want.keys, key)
		want.values[key] = is
	}
	return out, want
}

func (g *tree) hashes(depth int) (node, any) {
	out, want := array{}, []any{}
	for range 2 + g.random.IntN(3) {
		value, is := g.hash(depth)
		out, want = append(out, value), append(want, is)
	}
	return out, want
}

func (g *tree) texts() (node, any) {
	out, want := array{}, []any{}
	for range g.random.IntN(7) {
		value, is := g.text()
		out, want = append(out, value), append(want, is)
	}
	return out, want
}

func (g *tree) block() (node, any) {
	var out block
	want := []call{}
	for i := range 1 + g.random.IntN(2) {
		value, is := g.text()
		name := "Set-CsThing" + string(rune('A'+i))
		if g.random.IntN(2) == 0 {
			name = "Get-CsSomethingWithAVeryLongName"
		}
		out = append(out, command{{name: name}, {"-Identity", value.flat()}, {name: "-ErrorAction Stop"}})
		want = append(want, call{name: name, args: []arg{{"Identity", is}, {"ErrorAction", "Stop"}}})
	}
	return out, want
}

// plain takes out of what was read what a random tree does not say: places.
func plain(v any) any {
	switch v := v.(type) {
	case []call:
		out := []call{}
		for _, c := range v {
			c.line = 0
			for i, a := range c.args {
				if word, ok := a.value.(token); ok {
					c.args[i].value = word.text
				}
			}
			out = append(out, c)
		}
		return out
	case []any:
		for i := range v {
			v[i] = plain(v[i])
		}
	case keyed:
		for key := range v.values {
			v.values[key] = plain(v.values[key])
		}
	}
	return v
}

// TestLayout: however a value is broken into lines, it stays the same value, without
// blanks at the end of a line.
func TestLayout(t *testing.T) {
	widest := 0
	for seed := range uint64(600) {
		g := &tree{random: rand.New(rand.NewPCG(seed, 7))}
		depth := 2 + int(seed%2)
		value, want := g.hash(depth)
		w := &writer{}
		w.text("$Value = ")
		w.value(value, 0)
		text := strings.Join(append(g.names.definitions(), w.out.String(), ""), "\n")
		got, err := read(strings.ReplaceAll(text, "\n", "\r\n"))
		if err != nil || !reflect.DeepEqual(plain(got.vars["$Value"]), want) {
			t.Fatalf("seed %d: %v\n%s\n%v\n%v", seed, err, text, got.vars["$Value"], want)
		}
		if strings.Contains(text+"\n", " \n") {
			t.Fatalf("seed %d: a blank at the end of a line\n%s", seed, text)
		}
		for _, line := range strings.Split(text, "\n") {
			if depth == 2 { // what is deeper may not fit
				widest = max(widest, len(line))
			}
		}
	}
	if widest > maxWidth {
		t.Errorf("a line has %d characters", widest)
	}
}
