package golden

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/procedure"
	"github.com/edgeplan/edgeplan/emit/powershell"
)

// unsaid are the fields of steps that the scripts do not have, and why.
var unsaid = map[string]string{
	"risk":   "how much a step disturbs users is for who approves it: the record has it",
	"origin": "the place in the spec is for who reviews it; line and file move with edits that change no step",
}

// TestNothingUnsaid: what the plan says of a stage is in the script. Each field of each part and
// step of every golden plan is changed and taken out; the script is another one then, or none.
func TestNothingUnsaid(t *testing.T) {
	files, err := filepath.Glob("*/*/plan.json")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d plans, %v", len(files), err)
	}
	whole := os.Getenv("EDGEPLAN_EDITS") == "all"
	if !whole {
		t.Log("SKIPPED in part: of each plan but that of seed each third edit, with -short those of needs, are tried; make edits tries all")
	}
	tried, all, same := 0, 0, map[string]bool{}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		p, err := procedure.Decode(data)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, back := range []bool{false, true} {
			before := scriptOf(p, back)
			for _, stage := range p.StagesOf(back) {
				for i := range stage.Parts {
					edits(reflect.ValueOf(&stage.Parts[i]).Elem(), stage.Name, func(at, what string) {
						if all++; !whole && (all%3 > 0 || testing.Short()) && !strings.HasPrefix(file, "seed/") && !strings.Contains(at, "needs") {
							return
						}
						tried++
						if !bytes.Equal(scriptOf(p, back), before) {
							return
						}
						field := at[strings.LastIndexByte(at, '.')+1:]
						if strings.Contains(at, ".origin.") {
							field = "origin"
						}
						if same[field] = true; unsaid[field] == "" {
							t.Errorf("%s: %s is %s, and the script is the same", file, at, what)
						}
					})
				}
			}
			if !bytes.Equal(scriptOf(p, back), before) {
				t.Fatalf("%s: the test has not put back what it changed", file)
			}
		}
	}
	t.Logf("%d of %d edits of %d plans; in no script: %v", tried, all, len(files), slices.Sorted(maps.Keys(same)))
	for field := range unsaid {
		if !same[field] {
			t.Errorf("%s is in the script: take it off the list", field)
		}
	}
}

func scriptOf(p *plan.Plan, back bool) []byte {
	made := powershell.Forward
	if back {
		made = powershell.Rollback
	}
	text, err := made(p)
	if err != nil {
		return []byte(err.Error())
	}
	change, _, _ := bytes.Cut(text.Bytes(), []byte(powershell.RuntimeMarker))
	return change
}

// edits changes one value at a time below a field that plan.json has, calls try, and puts it back.
func edits(v reflect.Value, at string, try func(at, what string)) {
	set := func(to reflect.Value, what string) {
		old := reflect.ValueOf(v.Interface())
		v.Set(to)
		try(at, what)
		v.Set(old)
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ","); name != "-" {
				edits(v.Field(i), at+"."+name, try)
			}
		}
	case reflect.Pointer:
		if v.IsNil() {
			return
		}
		if v.Elem().Kind() != reflect.Struct || !strings.HasSuffix(at, "]") { // steps are taken out of their list below
			set(reflect.Zero(v.Type()), "taken out")
		}
		edits(v.Elem(), at, try)
	case reflect.Slice:
		for i := range v.Len() {
			less := reflect.AppendSlice(reflect.MakeSlice(v.Type(), 0, v.Len()), v.Slice(0, i))
			set(reflect.AppendSlice(less, v.Slice(i+1, v.Len())), fmt.Sprintf("without its element %d", i))
		}
		for i := range v.Len() {
			edits(v.Index(i), fmt.Sprintf("%s[%d]", at, i), try)
		}
	case reflect.String:
		if v.Len() > 0 {
			set(reflect.ValueOf(v.String()+"x").Convert(v.Type()), "changed")
			set(reflect.Zero(v.Type()), "taken out")
		}
	case reflect.Bool:
		set(reflect.ValueOf(!v.Bool()), "turned")
	case reflect.Int, reflect.Uint32:
		if !v.IsZero() {
			set(reflect.ValueOf(7).Convert(v.Type()), "7")
			set(reflect.Zero(v.Type()), "taken out")
		}
	default:
		panic("what is a " + v.Kind().String())
	}
}
