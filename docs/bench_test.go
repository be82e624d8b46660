package docs

import (
	"bytes"
	"fmt"
	"github.com/edgeplan/edgeplan/internal/loud"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	benchVariable = "EDGEPLAN_BENCH" // "all" runs the benchmarks
	benchPage     = "benchmarks.md"

	// The gate: editing a zone of a million records takes at most this part of the time
	// of diff -u, and, as the whole program does, at most this many times the memory that
	// the file takes on disk.
	maxTime, maxMemory = 0.6, 2.0

	benchRuns  = 5   // of which the median counts
	benchZones = 500 // of the spec with many zones
)

var benchSizes = []int{10_000, 100_000, 1_000_000}

// contender is a row of the table: what is run on an old zone file, and a new one where
// it reads or writes that.
type contender struct {
	title    string
	tool     string // the program it needs
	commands func(old, new string) []*exec.Cmd
	okExit   int // an exit code that is a result too
}

// The first is measured first, as its new zone file is what the others read.
var contenders = []contender{
	{"edgeplan: scan, edit, diff, write", "", func(old, new string) []*exec.Cmd { return child("edit", old, new, new+".diff") }, 0},
	{"`edgeplan build` of a failover in that zone", "", buildZone, 0},
	{"edgeplan: scan", "", func(old, _ string) []*exec.Cmd { return child("scan", old) }, 0},
	{"`diff -u`", "diff", func(old, new string) []*exec.Cmd { return []*exec.Cmd{exec.Command("diff", "-u", old, new)} }, 1},
	{"`ldns-compare-zones -a`", "ldns-compare-zones", func(old, new string) []*exec.Cmd {
		return []*exec.Cmd{exec.Command("ldns-compare-zones", "-a", old, new)}
	}, 0},
	{"`named-compilezone` twice, then `diff -u`", "named-compilezone", func(old, new string) []*exec.Cmd {
		return []*exec.Cmd{compileZone(old), compileZone(new), exec.Command("diff", "-u", old+".compiled", new+".compiled")}
	}, 1},
}

const ours, command, rival = 0, 1, 3 // rows of the gate

// buildZone is the program itself, with the spec that stands beside the old zone.
func buildZone(old, _ string) []*exec.Cmd {
	dir := filepath.Dir(old)
	out := filepath.Join(dir, "out")
	os.RemoveAll(out)
	return []*exec.Cmd{exec.Command(filepath.Join(dir, benchProgram), "build", dir, "-o", out)}
}

func child(mode string, args ...string) []*exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), childVariable+"="+mode)
	return []*exec.Cmd{cmd}
}

func compileZone(file string) *exec.Cmd {
	return exec.Command("named-compilezone", "-q", "-i", "none", "-k", "ignore", "-n", "ignore", "-r", "ignore", "-o", file+".compiled", benchOrigin, file)
}

// cost is what a run takes.
type cost struct {
	wall time.Duration
	peak int64 // bytes, of the largest process
}

// run runs a contender once. It fails the test when a command does not work.
func (c contender) run(t *testing.T, old, new string) cost {
	t.Helper()
	var out cost
	for _, cmd := range c.commands(old, new) {
		one := runOnce(t, cmd, 0, c.okExit)
		out.wall += one.wall
		out.peak = max(out.peak, one.peak)
	}
	return out
}

func median(costs []cost) cost {
	slices.SortFunc(costs, func(a, b cost) int { return int(a.wall - b.wall) })
	return costs[len(costs)/2]
}

// measure runs the contenders in turns, so that what else the machine does hits all of
// them, and gives the median of each. What is not installed has no costs.
func measure(t *testing.T, records, runs int) (costs []cost, size int64) {
	t.Helper()
	dir := t.TempDir()
	old, new := filepath.Join(dir, "old.zone"), filepath.Join(dir, "new.zone")
	writeBenchZone(t, old, records)
	writeBenchFailover(t, dir)
	info, err := os.Stat(old)
	if err != nil {
		t.Fatal(err)
	}
	all := make([][]cost, len(contenders))
	for range runs {
		for i, c := range contenders {
			if installed(t, c.tool) {
				// What the one before wrote would be brought to the disk in the time of this one. Where there is no
				// such command, it is.
				exec.Command("sync").Run()
				all[i] = append(all[i], c.run(t, old, new))
			}
		}
	}
	checkDiff(t, old, new)
	for _, of := range all {
		if of == nil {
			of = []cost{{}}
		}
		costs = append(costs, median(of))
	}
	return costs, info.Size()
}

// installed reports whether a tool can be run. In CI it must be.
func installed(t *testing.T, tool string) bool {
	t.Helper()
	if tool == "" {
		return true
	}
	_, err := exec.LookPath(tool)
	switch {
	case err == nil:
		return true
	case os.Getenv("CI") != "":
		t.Fatalf("%s is not installed, and CI must run this test", tool)
	}
	loud.Note(t, "%s is not installed", tool)
	return false
}

// checkDiff wants patch to make the new file out of the old one by our diff.
func checkDiff(t *testing.T, old, new string) {
	t.Helper()
	if !installed(t, "patch") {
		return
	}
	made := new + ".patched"
	if out, err := exec.Command("patch", "-s", "-o", made, old, new+".diff").CombinedOutput(); err != nil {
		t.Fatalf("patch: %v\n%s", err, out)
	}
	if out, err := exec.Command("cmp", made, new).CombinedOutput(); err != nil {
		t.Fatalf("the diff does not lead to the new file: %s", out)
	}
}

// TestBenchSmall runs the benchmarks once on a small zone, so that they keep working.
func TestBenchSmall(t *testing.T) {
	costs, _ := measure(t, benchSizes[0], 1)
	if costs[ours].wall == 0 || costs[command].wall == 0 {
		t.Error("nothing was measured")
	}
	if z := measureZones(t, 20); z.again > 0 || z.written != 20 {
		t.Errorf("%+v", z)
	}
}

// TestBench measures, checks the gate, and with -update writes the page.
func TestBench(t *testing.T) {
	if os.Getenv(benchVariable) != "all" {
		loud.Skip(t, "make bench runs the benchmarks")
	}
	var b benchmark
	for _, records := range benchSizes {
		costs, size := measure(t, records, benchRuns)
		b.costs = append(b.costs, costs)
		b.size = size
		t.Logf("%d records, %d bytes: %v", records, size, costs)
	}
	b.zones = measureZones(t, benchZones)
	programs := buildPrograms(t)
	for _, p := range pairs {
		c := p.measure(t, programs, pairRuns)
		b.pairs = append(b.pairs, c)
		// After the page, which says what is and what is aimed at.
		switch text := p.beyond(c); {
		case text != "" && p.missed == "":
			defer t.Error(text)
		case text == "" && p.missed != "":
			defer t.Errorf("%s takes no more than it should, but the page says why it does", p.title)
		}
	}
	page := b.page()
	t.Log("\n" + page)
	last := b.costs[len(b.costs)-1]
	if by := ratio(last[ours], last[rival]); last[rival].wall > 0 && by > maxTime {
		t.Errorf("editing a million records takes %.2f of the time of diff -u; %.1f is allowed", by, maxTime)
	}
	for _, row := range []int{ours, command} {
		if by := float64(last[row].peak) / float64(b.size); by > maxMemory {
			t.Errorf("%s: a million records take %.2f times the memory of the file; %.1f is allowed", contenders[row].title, by, maxMemory)
		}
	}
	if b.zones.again > 0 || b.zones.written != benchZones {
		t.Errorf("of %d zones: %+v", benchZones, b.zones)
	}
	if *update && !t.Failed() {
		writeBenchPage(t, page)
	}
}

func writeBenchPage(t *testing.T, page string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal("-update is not for CI")
	}
	if err := os.WriteFile(benchPage, []byte(page), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Error(benchPage + " is written anew")
}

// zonesCost is what planning a spec with many zones takes.
type zonesCost struct {
	cost
	read, again, written int // files, files read more than once, new zone files
}

func measureZones(t *testing.T, n int) zonesCost {
	t.Helper()
	dir := t.TempDir()
	writeBenchSpec(t, dir, n)
	var out zonesCost
	var costs []cost
	for range benchRuns {
		cmd := child("zones", dir)[0]
		var stdout bytes.Buffer
		cmd.Stdout = &stdout
		costs = append(costs, runOnce(t, cmd, 0))
		if _, err := fmt.Fscan(&stdout, &out.read, &out.again, &out.written); err != nil {
			t.Fatal(err)
		}
	}
	out.cost = median(costs)
	return out
}

// benchmark is what the page says.
type benchmark struct {
	costs [][]cost // by size and contender
	size  int64    // of the largest zone file, in bytes
	zones zonesCost
	pairs []pairCost
}

func ratio(a, b cost) float64 { return float64(a.wall) / float64(b.wall) }

func (b benchmark) page() string {
	var out strings.Builder
	fmt.Fprintf(&out, "# Benchmarks\n\nWritten by `make bench`, which fails if editing a zone of a million records takes more than %.1f of the time\n"+
		"of `diff -u`, or if that or `edgeplan build` takes more than %.0f times the memory that the file takes on disk. One record in\n"+
		"a thousand changes, in a failover only those of XMPP federation.\n"+
		"Each figure is the median of %d runs, in turns with the other rows; each run is a process of its own, from its\nstart to its end. "+
		"The seconds are those of one machine with %d processors; what counts are the ratios.\n\n", maxTime, maxMemory, benchRuns, runtime.NumCPU())
	head := "| what is run |"
	rule := "|---|"
	for _, n := range benchSizes {
		head += fmt.Sprintf(" %s records, s |", grouped(n))
		rule += "--:|"
	}
	out.WriteString(head + " time, of `diff -u` | peak, MB | peak, of the file |\n" + rule + "--:|--:|--:|\n")
	for i, c := range contenders {
		out.WriteString(b.row(i, c) + "\n")
	}
	fmt.Fprintf(&out, "\nThe ratios and the peak are those of the largest zone file, which has %.1f MB.\n\n## Many zones\n\n"+
		"A spec with %d SIP domains, each with a zone file of its own, planned in one pass with all files of the plan made:\n\n"+
		"| zones | files read | of them more than once | s | peak, MB |\n|--:|--:|--:|--:|--:|\n| %d | %d | %d | %s | %s |\n\n## Specs\n\n"+
		"Each is the median of %d runs or more, in turns with the other command of its row. A spec of n SIP domains has n/50 Edge pools of eight servers\n"+
		"and n/100 sites; \"with XMPP\", each domain has an SRV record in one zone.\n\n%s\n## Tools\n\n%s\n",
		mega(b.size), benchZones, b.zones.written, b.zones.read, b.zones.again, seconds(b.zones.wall), megaText(b.zones.peak), pairRuns, pairTable(b.pairs), toolVersions())
	return out.String()
}

func (b benchmark) row(i int, c contender) string {
	row := "| " + c.title + " |"
	for _, costs := range b.costs {
		row += " " + seconds(costs[i].wall) + " |"
	}
	last := b.costs[len(b.costs)-1]
	if last[i].wall == 0 || last[rival].wall == 0 {
		return row + " – | – | – |"
	}
	return row + fmt.Sprintf(" %.2f | %s | %.1f |", ratio(last[i], last[rival]), megaText(last[i].peak), float64(last[i].peak)/float64(b.size))
}

func seconds(d time.Duration) string {
	if d == 0 {
		return "–"
	}
	return fmt.Sprintf("%.2f", d.Seconds())
}

func mega(n int64) float64 { return float64(n) / 1e6 }

func megaText(n int64) string { return fmt.Sprintf("%.0f", mega(n)) }

func grouped(n int) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// toolVersions is a list of the versions of what was measured.
func toolVersions() string {
	out := "- Go " + strings.TrimPrefix(runtime.Version(), "go")
	number := regexp.MustCompile(`\d+(\.\d+)+`)
	for _, tool := range [][]string{{"diff", "--version"}, {"ldns-compare-zones", "-v"}, {"named-compilezone", "-v"}} {
		text, _ := exec.Command(tool[0], tool[1:]...).CombinedOutput()
		if version := number.Find(text); version != nil {
			out += fmt.Sprintf("\n- %s %s", tool[0], version)
		}
	}
	return out
}

// TestBenchPage: the page has the shape that the benchmarks write, its figures pass the
// gate, and no row is missing.
func TestBenchPage(t *testing.T) {
	page := read(t, "docs/"+benchPage)
	some := cost{time.Second, 1e6}
	var b benchmark
	for range benchSizes {
		b.costs = append(b.costs, slices.Repeat([]cost{some}, len(contenders)))
	}
	b.size = 1e6
	b.pairs = slices.Repeat([]pairCost{{some, some}}, len(pairs))
	if got, want := benchShape(page), benchShape(b.page()); got != want {
		t.Errorf("docs/%s has not the shape that make bench writes; run it with -update. It is\n%s\nwant\n%s", benchPage, got, want)
	}
	for _, cells := range rows(t, "docs/"+benchPage, "what is run") {
		var by, memory float64
		row := slices.IndexFunc(contenders, func(c contender) bool { return c.title == cells[0] })
		if row != ours && row != command {
			continue
		}
		n, _ := fmt.Sscan(cells[len(cells)-3]+" "+cells[len(cells)-1], &by, &memory)
		if n != 2 || by > maxTime && row == ours || memory > maxMemory {
			t.Errorf("docs/%s does not pass the gate: %v", benchPage, cells)
		}
	}
}

// benchShape is a page without its figures and versions.
func benchShape(page string) string {
	page, _, _ = strings.Cut(page, "\n- ")
	return regexp.MustCompile(`\d+(\.\d+)*|–`).ReplaceAllString(page, "N")
}
