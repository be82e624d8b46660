package docs

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/internal/loud"
)

const (
	growthVariable = "EDGEPLAN_GROWTH" // "all" runs the large inputs

	// Twice the input is at most this many times the work, and the memory where there is enough of both to tell.
	maxGrowth   = 2.2
	smallMemory = 48e6 // bytes; below it a process is mostly what it is without any input
)

// growing is a command whose work is counted for inputs that double.
type growing struct {
	title string
	from  int // the first size
	whole int // the last one of make growth
	spec  func(n int) benchSpec
	size  func(n int) int // what grows, if that is not n: a plan of each pair of Edge pools, with all sites
	args  func(dir string) []string
	exit  int
	built bool // there are packages of the spec in "out", and a copy of it with another ticket in "other"
	log   bool // there is an evidence log of n lines
}

func domainsOf(n int) benchSpec   { return benchSpec{domains: n, xmpp: true} }
func withoutXMPP(n int) benchSpec { return benchSpec{domains: n} }

func of(words ...string) func(dir string) []string {
	return func(dir string) []string {
		args := append([]string(nil), words...)
		for i, w := range args {
			if strings.HasPrefix(w, "./") {
				args[i] = filepath.Join(dir, w)
			}
		}
		return args
	}
}

const oneFailover = "./out/one"

var growths = []growing{
	{title: "check", from: 500, whole: 64_000, spec: withoutXMPP, args: of("check", "./")},
	{title: "check with XMPP", from: 500, whole: 64_000, spec: domainsOf, args: of("check", "./")},
	{title: "check with findings", from: 500, whole: 64_000, exit: 1, args: of("check", "./"),
		spec: func(n int) benchSpec { return benchSpec{domains: n, mistakes: n / 4} }},
	{title: "check of zones", from: 16, whole: 256, args: of("check", "./"),
		spec: func(n int) benchSpec { return benchSpec{domains: n, xmpp: true, zones: n} }},
	{title: "plan", from: 500, whole: 32_000, spec: domainsOf, args: of("plan", "./")},
	{title: "plan as JSON", from: 500, whole: 32_000, spec: domainsOf, args: of("plan", "--format", "json", "./")},
	{title: "build", from: 500, whole: 32_000, spec: domainsOf, args: of("build", "./", "-o", "./new")},
	{title: "build of zones", from: 16, whole: 256, args: of("build", "./", "-o", "./new"),
		spec: func(n int) benchSpec { return benchSpec{domains: n, xmpp: true, zones: n} }},
	{title: "rehearse", from: 500, whole: 32_000, spec: domainsOf, args: of("rehearse", "./", "-o", "./new")},
	{title: "fmt", from: 500, whole: 64_000, spec: domainsOf, args: of("fmt", "--check", "./")},
	{title: "verify", from: 500, whole: 32_000, spec: domainsOf, args: of("verify", oneFailover), built: true},
	{title: "show", from: 500, whole: 32_000, spec: domainsOf, args: of("show", oneFailover), built: true},
	{title: "show as a page", from: 500, whole: 32_000, spec: domainsOf, args: of("show", "--html", oneFailover), built: true},
	{title: "graph", from: 500, whole: 32_000, spec: domainsOf, args: of("graph", oneFailover), built: true},
	{title: "diff", from: 500, whole: 32_000, spec: domainsOf, args: of("diff", "./other", "./out"), built: true, exit: 1},
	{title: "evidence", from: 500, whole: 32_000, args: of("evidence", oneFailover, "./fe2.jsonl"), built: true, log: true, exit: 1,
		spec: func(int) benchSpec { return domainsOf(10) }},
	{title: "matrix", from: 4, whole: 16, spec: func(n int) benchSpec { return benchSpec{domains: 1, matrix: n} },
		size: func(n int) int { return n * n * (n - 1) }, args: of("build", "./", "-o", "./new")},
}

// work is what a run has done: the statements of this module, of the HCL library and of cty that were executed, and the
// largest memory in bytes.
type work struct {
	statements uint64
	memory     int64
}

// TestGrowth: of each command, twice the input is about twice the work. It counts what is executed, so that nothing else that
// the machine does counts. Three sizes are run, and by make growth all up to the largest.
func TestGrowth(t *testing.T) {
	all := os.Getenv(growthVariable) == "all"
	if !all {
		loud.Note(t, "make growth runs the large inputs")
	}
	counter := countingProgram(t)
	for _, g := range growths {
		t.Run(g.title, func(t *testing.T) {
			last := 4 * g.from
			if all {
				last = g.whole
			}
			var before work
			for n := g.from; n <= last; n *= 2 {
				w := g.run(t, counter, n)
				t.Logf("%7d: %12d statements, %4.0f MB", n, w.statements, mega(w.memory))
				if n > g.from {
					g.judge(t, n, before, w)
				}
				before = w
			}
		})
	}
}

func (g growing) judge(t *testing.T, n int, before, w work) {
	t.Helper()
	most := maxGrowth
	if g.size != nil {
		most *= float64(g.size(n)) / float64(g.size(n/2)) / 2
	}
	if by := float64(w.statements) / float64(before.statements); by > most {
		t.Errorf("%d is %.2f times the work of %d", n, by, n/2)
	}
	if by := float64(w.memory) / float64(before.memory); by > most && w.memory > smallMemory {
		t.Errorf("%d takes %.2f times the memory of %d", n, by, n/2)
	}
}

// countingProgram builds edgeplan so that it counts its statements.
func countingProgram(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), benchProgram)
	goBuild(t, program, "-cover", "-covermode=atomic",
		"-coverpkg=github.com/edgeplan/edgeplan/...,github.com/hashicorp/hcl/v2/...,github.com/zclconf/go-cty/...", "../cmd/edgeplan")
	return program
}

func (g growing) run(t *testing.T, counter string, n int) work {
	t.Helper()
	dir := t.TempDir()
	g.spec(n).write(t, dir)
	if g.built {
		runOnce(t, exec.Command(counter, "build", dir, "-o", filepath.Join(dir, "out")), 0)
		writeOther(t, dir)
	}
	if g.log {
		writeLog(t, dir, n)
	}
	counts := t.TempDir()
	cmd := exec.Command(counter, g.args(dir)...)
	cmd.Env = append(os.Environ(), "GOCOVERDIR="+counts)
	c := runOnce(t, cmd, g.exit)
	return work{statements(t, counts), c.peak}
}

// statements adds up what a run has executed.
func statements(t *testing.T, dir string) uint64 {
	t.Helper()
	list := filepath.Join(dir, "counts.txt")
	if text, err := exec.Command("go", "tool", "covdata", "textfmt", "-i="+dir, "-o="+list).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	f, err := os.Open(list)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var sum uint64
	for lines := bufio.NewScanner(f); lines.Scan(); { // file:line.column,line.column statements count
		var in, times uint64
		if _, counts, ok := strings.Cut(lines.Text(), " "); ok && !strings.HasPrefix(lines.Text(), "mode:") {
			if _, err := fmt.Sscan(counts, &in, &times); err != nil {
				t.Fatalf("%s: %v", lines.Text(), err)
			}
			sum += in * times
		}
	}
	if sum == 0 {
		t.Fatal("nothing was counted")
	}
	return sum
}

// writeOther writes a copy of the spec whose change has another ticket.
func writeOther(t *testing.T, dir string) {
	t.Helper()
	other := filepath.Join(dir, "other")
	if err := os.Mkdir(other, 0o777); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"bench.edge.hcl", "contoso.example.zone"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		text = []byte(strings.Replace(string(text), `"C1"`, `"C2"`, 1))
		if err := os.WriteFile(filepath.Join(other, name), text, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// writeLog writes an evidence log in which Preflight has run again and again.
func writeLog(t *testing.T, dir string, n int) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, oneFailover, "plan.json"))
	if err != nil {
		t.Fatal(err)
	}
	var plan struct {
		ID string `json:"id"`
	}
	if err := json.Unmarshal(text, &plan); err != nil || plan.ID == "" {
		t.Fatalf("plan.json has no ID: %v", err)
	}
	writeLarge(t, filepath.Join(dir, "fe2.jsonl"), func(w io.Writer) {
		for i := range n {
			step := "START"
			if i%2 > 0 {
				step = "PASS"
			}
			fmt.Fprintf(w, `{"utc":"2026-12-05T22:%02d:%02d.%07dZ","plan":%q,"script":"failover","stage":"Preflight","host":"fe2","who":"CORP\\ops",`+
				`"step":%[5]q,"command":"","outcome":%[5]q,"detail":""}`+"\n", i/1000/60%60, i/1000%60, i%1000, plan.ID, step)
		}
	})
}
