package powershell

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"
)

// signature is a block as Windows and osslsigncode write it.
func signature(data string) string {
	var b strings.Builder
	b.WriteString("\r\n" + beginSignature + "\r\n")
	encoded := base64.StdEncoding.EncodeToString([]byte(data))
	for len(encoded) > 64 {
		b.WriteString("# " + encoded[:64] + "\r\n")
		encoded = encoded[64:]
	}
	b.WriteString("# " + encoded + "\r\n" + endSignature + "\r\n")
	return b.String()
}

func TestUnsigned(t *testing.T) {
	script := "Get-Date\r\nexit 0\r\n"
	block := signature(strings.Repeat("signature", 40))
	lf := strings.ReplaceAll(block, "\r\n", "\n")
	lines := strings.SplitAfter(block, "\r\n")
	tests := []struct {
		name, in string
		approved string
		signed   bool
		problem  string
	}{
		{"good", script + block, script, true, ""},
		{"short", script + signature("x"), script, true, ""},
		{"no text", block, "", true, ""},
		{"none", script, script, false, ""},
		{"empty", "", "", false, ""},
		{"only an end", script + endSignature + "\r\n", script + endSignature + "\r\n", false, ""},
		{"text after", script + block + "Stop-Computer\r\n", "", true, "text after"},
		{"comment after", script + block + "# x\r\n", "", true, "text after"},
		{"line end after", script + block + "\r\n", "", true, "text after"},
		{"no final line end", script + strings.TrimSuffix(block, "\r\n"), "", true, "text after"},
		{"no end", script + strings.TrimSuffix(block, endSignature+"\r\n"), "", true, "has no end"},
		{"nothing inside", script + lines[0] + lines[1] + endSignature + "\r\n", "", true, "has no end"},
		{"damaged", script + strings.Replace(block, "c2ln", "c2!n", 1), "", true, "damaged"},
		{"cut", script + strings.Replace(block, "c2ln", "c2l", 1), "", true, "damaged"},
		{"code inside", script + strings.Join(lines[:3], "") + "Stop-Computer\r\n" + strings.Join(lines[3:], ""), "", true, "line 2 of"},
		{"code after a bare LF", script + strings.Replace(block, "c2ln", "\nwhoami\nAAc2ln", 1), "", true, "not part of a signature"},
		{"code after a bare CR", script + strings.Replace(block, "c2ln", "\rwhoami\rAAc2ln", 1), "", true, "not part of a signature"},
		{"two blocks", script + block + block, "", true, "not part of a signature"},
		{"block in block", script + strings.Join(lines[:3], "") + beginSignature + "\r\n" + strings.Join(lines[3:], ""), "", true, "damaged"},
		// With LF nothing is cut off: the file is not the approved text, and so it is refused.
		{"LF", script + lf, script + lf, false, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			approved, signed, err := Unsigned([]byte(test.in))
			if string(approved) != test.approved || signed != test.signed || (err == nil) != (test.problem == "") {
				t.Errorf("got %q, %v, %v", approved, signed, err)
			}
			if err != nil && !strings.Contains(err.Error(), test.problem) {
				t.Errorf("got %v, want %s", err, test.problem)
			}
		})
	}
}

// TestUnsignedGolden: a signed golden script is approved as it was, one that was
// changed is not.
func TestUnsignedGolden(t *testing.T) {
	for _, s := range goldens(t) {
		if _, signed, err := Unsigned([]byte(s.text)); signed || err != nil {
			t.Errorf("%s: %v, %v", s.name, signed, err)
		}
		got, signed, err := Unsigned([]byte(s.text + signature(s.text)))
		if string(got) != s.text || !signed || err != nil {
			t.Errorf("%s: %v, %v", s.name, signed, err)
		}
	}
}

func FuzzUnsigned(f *testing.F) {
	block := signature("abc")
	for _, seed := range []string{"", "a\r\n", "a" + block, "a" + block + "b", block + block, strings.ReplaceAll(block, "\r", ""), "\r\n" + beginSignature + "\r\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, script []byte) {
		approved, signed, err := Unsigned(script)
		if err != nil && approved != nil || !bytes.HasPrefix(script, approved) {
			t.Fatalf("%q, %v", approved, err)
		}
		if !signed && !bytes.Equal(approved, script) {
			t.Fatalf("not signed, and yet %d bytes are gone", len(script)-len(approved))
		}
		if signed && err == nil {
			checkBlock(t, string(script[len(approved):]))
		}
	})
}

// checkBlock: a block that was cut off holds nothing but comments.
func checkBlock(t *testing.T, block string) {
	if !strings.HasPrefix(block, "\r\n"+beginSignature+"\r\n") || !strings.HasSuffix(block, "\r\n"+endSignature+"\r\n") {
		t.Fatalf("%q was cut off", block)
	}
	bare := strings.ReplaceAll(block, "\r\n# ", "")
	if bare = strings.TrimSuffix(bare, "\r\n"); strings.ContainsAny(bare, "\r\n") {
		t.Fatalf("%q was cut off", block)
	}
}
