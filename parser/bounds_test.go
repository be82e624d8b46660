package parser_test

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/edgeplan/edgeplan/compiler"
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/zonediff"
	"github.com/edgeplan/edgeplan/parser"
	"github.com/edgeplan/edgeplan/parser/diag"
	"github.com/edgeplan/edgeplan/parser/internal/cputime"
	"github.com/edgeplan/edgeplan/parser/memory"
)

// boundsVariable asks for all classes at sizes up to 1 MiB.
const boundsVariable = "EDGEPLAN_BOUNDS"

// cost is what one input takes.
type cost struct {
	Bytes     int           // of the input
	Peak      uint64        // memory that the process had of the system, in bytes
	Allocated uint64        // bytes
	Objects   uint64        // allocated
	Time      time.Duration // of the processors
	Findings  int
}

// boundsChild names the class and the size that a process of its own measures, so that
// its peak of memory is its own.
const boundsChild = "EDGEPLAN_BOUNDS_CHILD"

func TestBoundsChild(t *testing.T) {
	asked := os.Getenv(boundsChild)
	if asked == "" {
		t.Skip("TestBounds runs this")
	}
	var n, size int
	fmt.Sscan(asked, &n, &size)
	fmt.Println(classes[n].name)
	out, err := json.Marshal(measured(classes[n].make(size), classes[n].work))
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("cost %s\n", out)
}

// measured is what some work with an input takes. work returns how many findings there are.
func measured(in input, work func(input) int) cost {
	var c cost
	for _, file := range in.files {
		c.Bytes += len(file.Text)
	}
	for _, file := range in.fsys {
		c.Bytes += len(file.Data)
	}
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := cputime.Used()
	c.Findings = work(in)
	c.Time = cputime.Used() - start
	runtime.ReadMemStats(&after)
	c.Peak, c.Allocated, c.Objects = after.Sys-before.Sys, after.TotalAlloc-before.TotalAlloc, after.Mallocs-before.Mallocs
	return c
}

// check is what the command of that name does.
func check(in input) int {
	memory.Expect(bytesOf(in.files))
	spec, sources, diags := parser.Parse(in.fsys, in.files)
	size := 0
	for _, text := range sources {
		size += len(text)
	}
	memory.Expect(size)
	if !diags.HasErrors() {
		more := compiler.CompileEach(spec, func(*plan.Plan) {}).Open
		diags = append(diags, more...)
	}
	findings := diag.Findings(diag.Sort(diags), sources)
	if len(findings) > 0 {
		diag.WriteText(io.Discard, diag.First(findings), false)
	}
	return len(findings)
}

func bytesOf(files []parser.File) int {
	size := 0
	for _, file := range files {
		size += len(file.Text)
	}
	return size
}

// format is what fmt does with files that have no errors.
func format(in input) int {
	memory.Expect(bytesOf(in.files))
	for _, file := range in.files {
		if parser.Syntax(file).HasErrors() {
			return 1
		}
		if _, err := parser.Format(file.Text); err != nil {
			panic(err)
		}
	}
	return 0
}

// compare is what fmt -d does with files that have no errors.
func compare(in input) int {
	for _, file := range in.files {
		if parser.Syntax(file).HasErrors() {
			return 1
		}
		text, err := parser.Format(file.Text)
		if err == nil {
			err = zonediff.Paired(io.Discard, "a/"+file.Name, "b/"+file.Name, file.Text, text, 3)
		}
		if err != nil {
			panic(err)
		}
	}
	return 0
}

func run(t *testing.T, n, size int) (c cost) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestBoundsChild$")
	cmd.Env = append(os.Environ(), boundsChild+"="+fmt.Sprint(n, " ", size))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	_, line, ok := strings.Cut(string(out), "cost ")
	line, _, _ = strings.Cut(line, "\n")
	if err != nil || !ok {
		t.Fatalf("%s of %d bytes: %v\n%s", classes[n].name, size, err, out)
	}
	if err := json.Unmarshal([]byte(line), &c); err != nil {
		t.Fatal(err)
	}
	return c
}

// What the classes may take. Sums of what is allocated are the same in each run, to a few
// bytes; none of this is a time. Growth is measured over both doublings at once: a slice
// that becomes full at one size and not at the next shows as 2.25 and 1.9 for two single ones.
const (
	maxGrowth    = 2.2   // for each doubling
	maxAllocated = 900e6 // bytes for each MiB; heredocs take most, as hcl takes 4 KiB to read each line
	maxObjects   = 8_000_000
	fixedBytes   = 120e6 // allocated, whatever the size: the budget of values, the tokens that are free
	fixedObjects = 3_000_000
)

// TestBounds: what a class allocates grows no faster than its input, and stays below a bound
// for each MiB.
func TestBounds(t *testing.T) {
	if testing.Short() {
		t.Skip("processes of their own are not slowed down by the race detector, and are run without it")
	}
	sizes := []int{smallInput / 4, smallInput / 2, smallInput}
	every := 7
	if os.Getenv(boundsVariable) == "all" {
		sizes, every = []int{1 << 18, 1 << 19, 1 << 20}, 1
	} else {
		t.Logf("SKIPPED in part: each seventh of %d classes is run, up to 64 KiB; make bounds runs all, up to 1 MiB", len(classes))
	}
	page := readPage(t)
	var rows []string
	for n := 0; n < len(classes); n += every {
		var first, half cost // of the smallest and of the last size but one
		small := run(t, n, smallInput)
		if limit := page[classes[n].name].small*5/4 + 20_000; !*update && small.Objects > limit {
			t.Errorf("%s of %d bytes allocates %d objects; %s allows %d: has it become dearer? -update with "+boundsVariable+"=all writes the page", classes[n].name, smallInput, small.Objects, limitsPage, limit)
		}
		for i, size := range sizes {
			c := run(t, n, size)
			mib := float64(c.Bytes) / (1 << 20)
			if limit := fixedBytes + maxAllocated*mib; float64(c.Allocated) > limit {
				t.Errorf("%s of %d bytes allocates %d bytes; %.0f are allowed", classes[n].name, size, c.Allocated, limit)
			}
			if limit := fixedObjects + maxObjects*mib; float64(c.Objects) > limit {
				t.Errorf("%s of %d bytes allocates %d objects; %.0f are allowed", classes[n].name, size, c.Objects, limit)
			}
			bytes, objects := uint64(1<<21), uint64(20_000)
			if classes[n].steep {
				bytes, objects = fixedBytes, fixedObjects
			}
			if i == 0 {
				first = c
			}
			last := i == len(sizes)-1
			if last && (grows(first.Allocated, c.Allocated, bytes) || grows(first.Objects, c.Objects, objects)) {
				t.Errorf("%s: from %d bytes of input to four times as many, %d bytes in %d objects become %d in %d", classes[n].name, sizes[0], first.Allocated, first.Objects, c.Allocated, c.Objects)
			}
			t.Logf("%-45s %4d KiB: %5.1f MB of memory, %6.1f MB and %8d objects allocated, %5.2f s of processors", classes[n].name, c.Bytes>>10, float64(c.Peak)/1e6, float64(c.Allocated)/1e6, c.Objects, c.Time.Seconds())
			if last {
				rows = append(rows, pageRow(classes[n].name, small, half, c))
			}
			half = c
		}
	}
	if *update {
		writePage(t, rows)
	}
}

// grows tells whether a number grows faster than an input that doubles twice. What is below a
// floor does not count: it is that of small inputs.
func grows(before, after, floor uint64) bool {
	return after > floor && float64(after) > maxGrowth*maxGrowth*float64(max(before, floor/4))
}
