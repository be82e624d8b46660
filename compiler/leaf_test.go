package compiler

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
)

// leaves calls f for each value of a tree of JSON that holds no others, with its path and
// with what sets it.
func leaves(tree any, path string, set func(any), f func(path string, value any, set func(any))) {
	switch node := tree.(type) {
	case map[string]any:
		for key, child := range node {
			leaves(child, path+"."+key, func(v any) { node[key] = v }, f)
		}
	case []any:
		for i, child := range node {
			leaves(child, path+"[]", func(v any) { node[i] = v }, f)
		}
	default:
		f(path, tree, set)
	}
}

// free are the values of plan.json that only the spec has: texts for readers, names of
// people, sites and files, the new TTL, and the lines of a zone file where hunks are, which
// apply to one text with one sum only.
var free = regexp.MustCompile(`^\.(id|name|spec_digest|change\.\w+(\[\])?|findings\[\]\.\w+|from\.site|` +
	`zones\[\]\.(file|(rollback_)?hunks\[\]\.(old|new)_start|records\[\]\.new_ttl)|` +
	`(stages|rollback)\[\]\.steps\[\]\.(id|says|no_undo|origin\.\w+|source\.step|sites\[\]|facts\[\]\.says))$`)

// A plan.json with one value changed, and the ID that fits, is refused, but for values that
// nothing else in the plan tells.
func TestDecodeRefusesEachChange(t *testing.T) {
	text, err := Encode(seed(t))
	if err != nil {
		t.Fatal(err)
	}
	var tree any
	decoder := json.NewDecoder(strings.NewReader(string(text)))
	decoder.UseNumber()
	if err := decoder.Decode(&tree); err != nil {
		t.Fatal(err)
	}
	tried := 0
	leaves(tree, "", nil, func(path string, value any, set func(any)) {
		if free.MatchString(path) {
			return
		}
		switch v := value.(type) {
		case string:
			set(v + "; reboot")
		case json.Number:
			set(json.Number("1" + v.String()))
		case bool:
			set(!v)
		}
		defer set(value)
		tried++
		changed, err := json.Marshal(tree)
		if err != nil {
			t.Fatal(err)
		}
		plan := &Plan{}
		if strict(changed, plan) != nil {
			return
		}
		plan.ID = identify(plan)
		again, err := Encode(plan)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Decode(again); err == nil {
			t.Errorf("%s: %v is changed, and nobody sees it", path, value)
		}
	})
	if tried < 400 {
		t.Errorf("only %d values were tried", tried)
	}
}
