package plan

import (
	"bufio"
	"bytes"
	"encoding"
	"encoding/json"
	"io"
	"reflect"
	"strconv"
	"strings"
	"sync"
)

// stream writes v as indented JSON with a final newline: the bytes that encoding/json makes of it
// without escapes for <, > and &. Only single values are in memory as text, as that of a plan of
// 100,000 SIP domains is larger than the plan.
func stream(out io.Writer, v any) error {
	s := streamer{bufio.NewWriter(out)}
	if err := s.value(reflect.ValueOf(v), 0); err != nil {
		return err
	}
	s.out.WriteByte('\n')
	return s.out.Flush() // which also has the errors of all that was written before
}

type streamer struct{ out *bufio.Writer }

// value writes a value within some brackets.
func (s streamer) value(v reflect.Value, depth int) error {
	form := formOf(v.Type())
	if form.foreign {
		return s.foreign(v.Interface(), depth)
	}
	switch v.Kind() {
	case reflect.String:
		return s.text(v.String(), depth)
	case reflect.Bool:
		s.out.Write(strconv.AppendBool(s.out.AvailableBuffer(), v.Bool()))
	case reflect.Pointer:
		if !v.IsNil() {
			return s.value(v.Elem(), depth)
		}
		s.out.WriteString("null")
	case reflect.Slice:
		return s.list(v, depth)
	case reflect.Struct:
		return s.object(v, form.fields, depth)
	default:
		if v.CanUint() {
			s.out.Write(strconv.AppendUint(s.out.AvailableBuffer(), v.Uint(), 10))
		} else {
			s.out.Write(strconv.AppendInt(s.out.AvailableBuffer(), v.Int(), 10))
		}
	}
	return nil
}

func (s streamer) list(v reflect.Value, depth int) error {
	if v.IsNil() {
		s.out.WriteString("null")
		return nil
	}
	s.out.WriteByte('[')
	for i := range v.Len() {
		s.begin(i, depth+1)
		if err := s.value(v.Index(i), depth+1); err != nil {
			return err
		}
	}
	s.end(v.Len(), depth, ']')
	return nil
}

func (s streamer) object(v reflect.Value, fields []formField, depth int) error {
	s.out.WriteByte('{')
	n := 0
	for _, f := range fields {
		field := v.Field(f.index)
		if f.omitEmpty && (field.IsZero() || field.Kind() == reflect.Slice && field.Len() == 0) {
			continue
		}
		s.begin(n, depth+1)
		n++
		s.out.WriteString(f.key)
		if err := s.value(field, depth+1); err != nil {
			return err
		}
	}
	s.end(n, depth, '}')
	return nil
}

// begin begins the line of an element, before which there are n in the same brackets.
func (s streamer) begin(n, depth int) {
	if n > 0 {
		s.out.WriteByte(',')
	}
	s.line(depth)
}

// end writes the bracket behind n elements.
func (s streamer) end(n, depth int, bracket byte) {
	if n > 0 { // else it is on the line of the other bracket
		s.line(depth)
	}
	s.out.WriteByte(bracket)
}

const blanks = "                                "

func (s streamer) line(depth int) {
	s.out.WriteByte('\n')
	for ; depth > len(blanks)/2; depth -= len(blanks) / 2 {
		s.out.WriteString(blanks)
	}
	s.out.WriteString(blanks[:2*depth])
}

func (s streamer) text(text string, depth int) error {
	// Nearly all texts are written as they are.
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return s.foreign(text, depth)
		}
	}
	s.out.WriteByte('"')
	s.out.WriteString(text)
	s.out.WriteByte('"')
	return nil
}

// foreign has encoding/json write a value.
func (s streamer) foreign(v any, depth int) error {
	flat, err := marshal(v)
	if err != nil {
		return err
	}
	var buf bytes.Buffer
	if err := json.Indent(&buf, flat, strings.Repeat("  ", depth), "  "); err != nil {
		return err
	}
	s.out.Write(buf.Bytes())
	return nil
}

// form is how values of a type are written: as foreign ones, or a struct by its fields.
type form struct {
	foreign bool
	fields  []formField
}

type formField struct {
	index     int
	key       string // as it is written, with the colon
	omitEmpty bool
}

var forms sync.Map // *form by reflect.Type

func formOf(t reflect.Type) *form {
	known, ok := forms.Load(t)
	if !ok {
		known, _ = forms.LoadOrStore(t, newForm(t))
	}
	return known.(*form)
}

func newForm(t reflect.Type) *form {
	own := reflect.PointerTo(t)
	if own.Implements(reflect.TypeFor[json.Marshaler]()) || own.Implements(reflect.TypeFor[encoding.TextMarshaler]()) {
		return &form{foreign: true}
	}
	switch t.Kind() {
	case reflect.String, reflect.Bool, reflect.Pointer, reflect.Int, reflect.Uint32:
		return &form{}
	case reflect.Slice:
		return &form{foreign: t.Elem().Kind() == reflect.Uint8} // in base64
	case reflect.Struct:
		return structForm(t)
	}
	return &form{foreign: true}
}

func structForm(t reflect.Type) *form {
	out := &form{}
	for i := range t.NumField() {
		field := t.Field(i)
		tag := field.Tag.Get("json")
		name, options, _ := strings.Cut(tag, ",")
		switch {
		case field.Anonymous || options != "" && options != "omitempty":
			return &form{foreign: true}
		case tag == "-" || !field.IsExported():
			continue
		case name == "":
			name = field.Name
		}
		out.fields = append(out.fields, formField{i, `"` + name + `": `, options != ""})
	}
	return out
}
