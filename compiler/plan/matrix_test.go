package plan

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// TestDecodeMatrix: what the compiler does not make is refused, also with a right ID.
func TestDecodeMatrix(t *testing.T) {
	text, err := os.ReadFile("../../golden/matrix/contoso/matrix.json")
	if err != nil {
		t.Fatal(err)
	}
	read := func() *Matrix {
		m, err := DecodeMatrix(text)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	if again, err := EncodeMatrix(read()); err != nil || string(again) != string(text) {
		t.Errorf("it is written in another form: %v", err)
	}
	possible := slices.IndexFunc(read().Pairs, func(p Pair) bool { return p.Plan != "" })
	refused := slices.IndexFunc(read().Pairs, func(p Pair) bool { return p.Plan == "" })
	for what, edit := range map[string]func(*Matrix){
		"another kind":            func(m *Matrix) { m.Kind = "failover" },
		"a name that leads out":   func(m *Matrix) { m.Name = "../x" },
		"another version":         func(m *Matrix) { m.FormatVersion++ },
		"a pool twice":            func(m *Matrix) { m.Pools = append(m.Pools, m.Pools[0]) },
		"an unknown pool today":   func(m *Matrix) { m.Today = []string{"x"} },
		"an unknown pool":         func(m *Matrix) { m.Pairs[0].To = "x" },
		"a pool and itself":       func(m *Matrix) { m.Pairs[0].To = m.Pairs[0].From },
		"a pair twice":            func(m *Matrix) { m.Pairs = append(m.Pairs, m.Pairs[refused]) },
		"a plan twice":            func(m *Matrix) { m.Pairs[possible+1].Plan = m.Pairs[possible].Plan },
		"a plan that leads out":   func(m *Matrix) { m.Pairs[possible].Plan = "../x" },
		"a plan without ID":       func(m *Matrix) { m.Pairs[possible].ID = "" },
		"a refusal without cause": func(m *Matrix) { m.Pairs[refused].Findings = nil },
		"a finding that is none":  func(m *Matrix) { m.Findings[0].Code = "EP9999" },
		"another summary":         func(m *Matrix) { m.Findings[0].Summary = "fine" },
		"a finding twice":         func(m *Matrix) { m.Findings = append(m.Findings, m.Findings[0]) },
		"a number too large":      func(m *Matrix) { m.Pairs[0].Findings = []int{len(m.Findings)} },
		"a number below 0":        func(m *Matrix) { m.Pairs[0].Findings = []int{-1} },
		"numbers out of order":    func(m *Matrix) { m.Pools[0].Findings = []int{1, 0} },
		"too many pairs": func(m *Matrix) {
			for i := range MaxPairs {
				name := fmt.Sprint("p", i)
				m.Pools = append(m.Pools, MatrixPool{Name: name})
				m.Pairs = append(m.Pairs, Pair{From: m.Pairs[0].From, To: name, Findings: []int{0}})
			}
		},
	} {
		m := read()
		edit(m)
		m.ID = IdentifyMatrix(m)
		edited, err := EncodeMatrix(m)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := DecodeMatrix(edited); err == nil {
			t.Errorf("%s is taken", what)
		}
	}
	for what, edited := range map[string]string{
		"a value that is edited": strings.Replace(string(text), "EdgePool1", "EdgePool2", 1),
		"a key twice":            strings.Replace(string(text), "{", "{\n  \"name\": \"contoso\",", 1),
		"an unknown key":         strings.Replace(string(text), "{", "{\n  \"more\": 1,", 1),
		"text behind it":         string(text) + "{}",
		"no JSON":                "matrix",
	} {
		if _, err := DecodeMatrix([]byte(edited)); err == nil {
			t.Errorf("%s is taken", what)
		}
	}
}
