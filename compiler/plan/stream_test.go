package plan

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"testing"

	"github.com/edgeplan/edgeplan/compiler/hunk"
)

// filled gives each field of a value something, and each list n elements.
func filled(v reflect.Value, n int, text string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Bool:
		v.SetBool(n > 0)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(-n))
	case reflect.Uint8, reflect.Uint32:
		v.SetUint(uint64(n))
	case reflect.Pointer:
		if n > 0 {
			v.Set(reflect.New(v.Type().Elem()))
			filled(v.Elem(), n, text)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			filled(v.Index(i), n, text)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[hunk.Line]() { // which refuses what is no line
			v.Set(reflect.ValueOf(hunk.Line{Op: '+', Text: "a <b> & \"c\" \xff \u00fc\n"}))
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).Tag.Get("json") != "-" && v.Field(i).CanSet() {
				filled(v.Field(i), n, text)
			}
		}
	}
}

// TestStream: the text of a plan is what encoding/json makes of it.
func TestStream(t *testing.T) {
	same := func(v any) {
		t.Helper()
		flat, err := marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		var want, got bytes.Buffer
		if err := json.Indent(&want, flat, "", "  "); err != nil {
			t.Fatal(err)
		}
		want.WriteByte('\n')
		if err := stream(&got, v); err != nil || got.String() != want.String() {
			t.Errorf("%v\n%.3000s\nwant\n%.3000s", err, got.String(), want.String())
		}
	}
	same(&Plan{})
	for n := range 3 {
		for _, text := range []string{"", "a b~!", "<&>", "\"\\/\b\f\n\r\t\x00\x1f\x7f", "\xff\u2028\u2029\u00fc\U0001f98a\ufffd"} {
			p := &Plan{}
			filled(reflect.ValueOf(p).Elem(), n, text)
			same(p)
		}
	}
	type inner struct{ A int }
	same(struct {
		inner
		B []byte            `json:",omitempty"`
		C map[string]string `json:"c"`
		D any
		E *inner
		F []*inner `json:"f,omitempty"`
		G float64  `json:",string"`
		H uint16
		I struct{}
		J [2]bool
		k int
	}{C: map[string]string{"b": "<", "a": ""}, D: []int{1}, F: []*inner{nil, {}}, J: [2]bool{true}})
}

// TestStreamErrors: what cannot be JSON, or not be written, is an error.
func TestStreamErrors(t *testing.T) {
	p := &Plan{Zones: []Zone{{Hunks: []hunk.Hunk{{Lines: []hunk.Line{{Op: '?', Text: "a\n"}}}}}}}
	if _, err := Encode(p); err == nil {
		t.Error("a line of no operation was written")
	}
	short, w := io.Pipe()
	short.CloseWithError(errors.New("full"))
	if err := stream(w, &Plan{}); err == nil || err.Error() != "full" {
		t.Error(err)
	}
}
