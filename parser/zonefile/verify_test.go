package zonefile

import (
	"fmt"
	"strings"
	"testing"
)

// TestVerify hands the check of an edit texts that are not what was planned.
func TestVerify(t *testing.T) {
	const before = "$TTL 1h\n@ SOA ns hm 7 1 2 3 4\na A 192.0.2.1\n A 192.0.2.2\n$ORIGIN sub\nb TXT x\n"
	planned := strings.NewReplacer(" 7 ", " 8 ", "2.1\n", "2.9\n").Replace(before)
	tests := map[string]struct{ text, want string }{
		"as planned":         {planned, ""},
		"only the layout":    {strings.ReplaceAll(planned, "b TXT", "b  IN TXT"), ""},
		"nothing":            {before, `"a.example.com. 3600 IN A 192.0.2.1" cannot be made`},
		"serial is left":     {strings.ReplaceAll(planned, " 8 ", " 7 "), "SOA"},
		"one change missing": {strings.ReplaceAll(planned, "2.9", "2.1"), "a.example.com."},
		"record lost":        {strings.ReplaceAll(planned, " A 192.0.2.2\n", ""), `"a.example.com. 3600 IN A 192.0.2.2" on line 4`},
		"last record lost":   {strings.ReplaceAll(planned, "b TXT x\n", ""), `"b.sub.example.com. 3600 IN TXT x" on line 6`},
		"record more":        {planned + "c A 192.0.2.3\n", `"c.sub.example.com. 3600 IN A 192.0.2.3" on line 7`},
		"record twice":       {planned + "b TXT x\n", "on line 7"},
		"planned one twice":  {planned + "a.example.com. A 192.0.2.9\n", "on line 7"},
		"other owner":        {strings.ReplaceAll(planned, "b TXT", "c TXT"), "b.sub.example.com."},
		"other TTL":          {strings.ReplaceAll(planned, "1h", "2h"), "directive on line 1"},
		"other class":        {strings.ReplaceAll(planned, "b TXT", "b CH TXT"), "b.sub.example.com."},
		"other origin":       {strings.ReplaceAll(planned, "$ORIGIN sub", "$ORIGIN bus"), "directive on line 5"},
		"no longer a zone":   {planned + "c A (\n", "cannot be read: line 7"},
		"broken in between":  {strings.ReplaceAll(planned, " A 192.0.2.2", " A ) 192.0.2.2"), "cannot be read: line 4"},
		"no longer plain":    {planned + "\x00", "cannot be read"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			z := mustRead(t, before)
			p, err := newPlan(z, []Change{{"a.example.com.", "A", 0, []string{"192.0.2.9", "192.0.2.2"}}})
			if err != nil {
				t.Fatal(err)
			}
			if err := p.locate(); err != nil {
				t.Fatal(err)
			}
			p.decide(p.targets[0])
			p.setSerial(8)
			err = p.verify([]byte(tt.text))
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got error %v, want %q", err, tt.want)
			}
		})
	}
}

// TestEditRefusesWhatItCannotDo: rewriting the first of two tokens without a blank
// between them would join them, and the check finds that.
func TestEditRefusesWhatItCannotDo(t *testing.T) {
	z := mustRead(t, "$TTL 1h\n@ SOA ns hm 7 1 2 3 4\na TXT \"x\"y\n")
	edits, err := z.Edit([]Change{{"a.example.com.", "TXT", 0, []string{"b y"}}}, 8)
	if err == nil || edits != nil || !strings.Contains(err.Error(), "a.example.com.") {
		t.Errorf("got %+v, %v", edits, err)
	}
}

// TestEditLargeSets: beyond a bound records are paired in order.
func TestEditLargeSets(t *testing.T) {
	var b strings.Builder
	b.WriteString("$TTL 1h\n@ SOA ns hm 7 1 2 3 4\n")
	c := Change{Owner: "a.example.com.", Type: "AAAA"}
	for i := range 1100 {
		fmt.Fprintf(&b, "a AAAA 2001:db8::%x ; %d\n", i+1, i)
		c.Data = append(c.Data, fmt.Sprintf("2001:db8:1::%x", i+1))
	}
	if err := checkEdit(t, b.String(), []Change{c}); err != nil {
		t.Error(err)
	}
}
