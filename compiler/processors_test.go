package compiler_test

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/edgeplan/edgeplan/compiler"
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/parser"
)

// TestProcessors: findings and plans are the same with any number of processors, also where a zone file is so long
// that several read it, and where it is read twice because of a wildcard.
func TestProcessors(t *testing.T) {
	files := fstest.MapFS{}
	for _, name := range []string{"contoso.edge.hcl", "contoso.com.zone"} {
		text, err := os.ReadFile("../specs/seed/" + name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: text}
	}
	var zone strings.Builder
	for line := range strings.Lines(string(files["contoso.com.zone"].Data)) {
		// Without these a wildcard answers for them, as long as no name below them exists.
		if !strings.Contains(line, "xmpp") {
			zone.WriteString(line)
		}
	}
	zone.WriteString("* 300 IN TXT \"any\"\n")
	// Where several processors read the file, some take this for a directive until they know better.
	zone.WriteString("t 300 IN TXT (\n$ORIGIN xmpp.contoso.com.\n)\n")
	for i := range 100_000 {
		fmt.Fprintf(&zone, "host%06d 300 IN A 10.0.%d.%d\n", i, i>>8&255, i&255)
		switch {
		case i%1000 == 0: // of these only the first are kept
			fmt.Fprintf(&zone, "odd%d 300 IN ODD%d x\nout%d.example.net. 300 IN TXT \"x\"\n", i, i, i)
		case i%1777 == 0:
			fmt.Fprintf(&zone, "under%d._tcp 300 IN TXT \"x\"\nsip1x%d 300 IN A 300.1.1.1\n", i, i)
		}
	}
	files["contoso.com.zone"].Data = []byte(zone.String())
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	var want string
	for _, n := range []int{1, 2, 3, 8} {
		runtime.GOMAXPROCS(n)
		spec, _, diags := parser.Load(files, []string{"contoso.edge.hcl"})
		plans, found := compiler.Compile(spec)
		got := ""
		for _, d := range append(diags, found...) {
			got += fmt.Sprintln(d.Subject, d.Detail)
		}
		for _, p := range plans {
			text, err := plan.Encode(p)
			if err != nil {
				t.Fatal(err)
			}
			got += string(text)
		}
		if n == 1 {
			want = got
			for _, part := range []string{"is read as a record of type ODD0 ", "there are at least 63 more", "Today this wildcard answers for xmpp.contoso.com", "300.1.1.1"} {
				if !strings.Contains(want, part) {
					t.Errorf("%q is not in %.3000s", part, want)
				}
			}
		}
		if got != want {
			t.Errorf("%d processors: %.3000s\nwant %.3000s", n, got, want)
		}
	}
}
