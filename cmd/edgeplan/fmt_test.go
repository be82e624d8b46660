package main

import (
	"os"
	"path/filepath"
	"testing"
)

// TestFmtKeepsBytes: a byte order mark, CRLF, text of heredocs and comments and a
// missing final newline are not blanks.
func TestFmtKeepsBytes(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"mark":      {"\ufeffx=1\n", "\ufeffx = 1\n"},
		"CRLF":      {"b {\r\nx=1\r\n}\r\n", "b {\r\n  x = 1\r\n}\r\n"},
		"no end":    {"x=1", "x = 1"},
		"heredoc":   {"x=<<-EOT\n  a   b\n    c\n  EOT\n", "x = <<-EOT\n  a   b\n    c\n  EOT\n"},
		"comment":   {"# a   b\nx=1   # c   d\n", "# a   b\nx = 1 # c   d\n"},
		"template":  {"x=\"a  ${ y }  b\"\n", "x = \"a  ${y}  b\"\n"},
		"lines":     {"b {\nx=\"${\n y\n}\"\nz=1\n}\n", "b {\n  x = \"${\n y\n}\"\n  z = 1\n}\n"},
		"after":     {"b {\nx=<<EOT\n  ${\n y\n} }\n EOT\nz=1\n}\n", "b {\n  x = <<EOT\n  ${\n y\n} }\n EOT\n  z = 1\n}\n"},
		"argument":  {"b {\nx=f(<<-EOT\n  ${\ny}\n EOT\n,1)\nz=1\n}\n", "b {\n  x = f(<<-EOT\n  ${\ny}\n EOT\n  , 1)\n  z = 1\n}\n"},
		"control":   {"x=<<EOT\n%{ if  a ~}\n  b\n%{ endif }\nEOT\n", "x = <<EOT\n%{ if  a ~}\n  b\n%{ endif }\nEOT\n"},
		"empty":     {"", ""},
		"blanks":    {"x=1\n \t", "x = 1\n  "},
		"numbers":   {"x=2.5 .1\n", "x = 2.5. 1\n"},
		"not ASCII": {"x=\"é\u2028\"\n", "x = \"é\u2028\"\n"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "a.edge.hcl")
			if err := os.WriteFile(path, []byte(c.in), 0o666); err != nil {
				t.Fatal(err)
			}
			edgeplan(t, exitDone, "fmt", "-w", path)
			got, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
			edgeplan(t, exitDone, "fmt", "--check", path)
		})
	}
}

// TestFmtRemovesOld: what a fmt that was killed has left goes with the next one, but not where
// nothing tells whether it still runs.
func TestFmtRemovesOld(t *testing.T) {
	for _, shaky := range []bool{false, true} {
		dir := t.TempDir()
		spec := filepath.Join(dir, "a.edge.hcl")
		writeFile(t, spec, []byte("x=1\n"))
		left := tempName()
		writeFile(t, filepath.Join(dir, left), nil)
		writeFile(t, filepath.Join(dir, ".edgeplan-mine.tmp"), nil)
		lock, err := lockFolder(dir)
		if err != nil {
			t.Fatal(err)
		}
		lock.shaky = shaky
		removeOld(lock)
		lock.release(true) // as one that was killed
		if !shaky {
			edgeplan(t, exitDone, "fmt", "-w", spec)
		}
		for name, want := range map[string]bool{left: shaky, lockName: shaky, ".edgeplan-mine.tmp": true} {
			if _, err := os.Lstat(filepath.Join(dir, name)); want != (err == nil) {
				t.Errorf("%s, locks %v: %v", name, !shaky, err)
			}
		}
	}
}
