package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// node is a value of JSON that keeps the order of keys: an object, a list, or a value that
// holds no others.
type node struct {
	keys []string // of an object, one for each of kids
	kids []*node
	kind json.Delim // '{', '[' or 0
	leaf any        // string, json.Number, bool or nil
}

func readTree(t testing.TB, text []byte) *node {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	n, err := readNode(decoder)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func readNode(decoder *json.Decoder) (*node, error) {
	token, err := decoder.Token()
	if err != nil {
		return nil, err
	}
	kind, ok := token.(json.Delim)
	if !ok {
		return &node{leaf: token}, nil
	}
	n := &node{kind: kind}
	for decoder.More() {
		if kind == '{' {
			key, err := decoder.Token()
			if err != nil {
				return nil, err
			}
			n.keys = append(n.keys, key.(string))
		}
		kid, err := readNode(decoder)
		if err != nil {
			return nil, err
		}
		n.kids = append(n.kids, kid)
	}
	_, err = decoder.Token()
	return n, err
}

// write prints a node as plan.Encode prints a plan.
func (n *node) write(b *bytes.Buffer, indent string) {
	if number, ok := n.leaf.(json.Number); ok && n.kind == 0 {
		b.WriteString(string(number)) // also what two edits have made no number
		return
	}
	if n.kind == 0 {
		encoder := json.NewEncoder(b)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(n.leaf); err != nil {
			panic(err)
		}
		b.Truncate(b.Len() - 1)
		return
	}
	b.WriteByte(byte(n.kind))
	for i, kid := range n.kids {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("\n" + indent + "  ")
		if n.kind == '{' {
			(&node{leaf: n.keys[i]}).write(b, "")
			b.WriteString(": ")
		}
		kid.write(b, indent+"  ")
	}
	if len(n.kids) > 0 {
		b.WriteString("\n" + indent)
	}
	b.WriteByte(byte(n.kind + 2))
}

func (n *node) text() []byte {
	var b bytes.Buffer
	n.write(&b, "")
	b.WriteByte('\n')
	return b.Bytes()
}

// spot is a node of a tree, with its path as in .stages[].name and what holds it.
type spot struct {
	*node
	path string
	in   *node
	at   int // of in.kids
}

// spots lists all nodes of a tree, each before those in it.
func (n *node) spots() []spot {
	out := []spot{{node: n}}
	for next := 0; next < len(out); next++ {
		one := out[next]
		for i, kid := range one.kids {
			path := one.path + "[]"
			if one.kind == '{' {
				path = one.path + "." + one.keys[i]
			}
			out = append(out, spot{kid, path, one.node, i})
		}
	}
	return out
}

// edit is one change of a tree, and what takes it back.
type edit struct {
	what     string
	do, undo func()
	spoils   bool // it is a value of the same type that is none of its place
}

// edits are the changes of a tree at one spot: other values, and a key or an element that
// is dropped or doubled, or changes places with the next.
func (s spot) edits() []edit {
	var out []edit
	leaf := func(value any, spoils bool) {
		old := s.leaf
		if value != old {
			out = append(out, edit{fmt.Sprintf("%v for %v", value, old), func() { s.leaf = value }, func() { s.leaf = old }, spoils})
		}
	}
	if s.kind == 0 {
		switch v := s.leaf.(type) {
		case string:
			leaf(v+"; reboot", true)
			leaf(strings.ToUpper(v), false)
			leaf("", false)
			leaf(json.Number("0"), false)
		case json.Number:
			leaf("1"+v, true)
			leaf(json.Number("0"), false)
			leaf("-"+v, false)
		case bool:
			leaf(!v, true)
		}
		leaf(nil, false)
	}
	if s.in == nil {
		return out
	}
	keys, kids := s.in.keys, s.in.kids
	undo := func() { s.in.keys, s.in.kids = keys, kids }
	put := func(what string, order func(at int) []int) {
		out = append(out, edit{what: what, undo: undo, do: func() {
			s.in.keys, s.in.kids = nil, nil
			for i := range kids {
				for _, from := range order(i) {
					s.in.kids = append(s.in.kids, kids[from])
					if keys != nil {
						s.in.keys = append(s.in.keys, keys[from])
					}
				}
			}
		}})
	}
	put("dropped", func(i int) []int {
		if i == s.at {
			return nil
		}
		return []int{i}
	})
	put("doubled", func(i int) []int {
		if i == s.at {
			return []int{i, i}
		}
		return []int{i}
	})
	if s.at+1 < len(kids) {
		put("exchanged with the next", func(i int) []int {
			switch i {
			case s.at:
				return []int{i + 1}
			case s.at + 1:
				return []int{i - 1}
			}
			return []int{i}
		})
	}
	return out
}
