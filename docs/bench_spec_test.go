package docs

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// pairRuns is how often both commands of a pair run, in turns; the medians count. What takes a twentieth of a second runs
// three times as often, as whatever else the machine does may be as long.
const pairRuns, shortSpec = 5, 2_000

// benchSpec is a spec of n SIP domains, n/50 Edge pools of eight servers and n/100 sites.
type benchSpec struct {
	domains  int
	xmpp     bool // every domain has XMPP and its SRV record in one zone; otherwise the first
	mistakes int  // arguments that no block has
	zones    int  // other zones, of recordsOfZone records each
	matrix   int  // so many Edge pools, all of which can take over from any other; 0 is one failover
}

const recordsOfZone = 2000

// pair is a row of the table: a command and what its time is held against.
type pair struct {
	title, than string
	spec        benchSpec
	ours, other func(b benchPrograms, dir string) *exec.Cmd
	maxTime     float64 // of the other's
	maxPeak     int64   // bytes; 0 is any
	exit        int     // of ours
	missed      string  // why it takes more, "" if it must not
}

// benchPrograms are files: edgeplan, and a program that only reads a file as HCL.
type benchPrograms struct{ edgeplan, floor string }

var pairs = []pair{
	check(benchSpec{domains: 2_000}, 0.8, 0),
	check(benchSpec{domains: 20_000}, 0.7, 0),
	check(benchSpec{domains: 100_000}, 0.7, 200e6),
	check(benchSpec{domains: 2_000, xmpp: true}, 1.2, 0),
	check(benchSpec{domains: 20_000, xmpp: true}, 1.2, 0),
	check(benchSpec{domains: 100_000, xmpp: true}, 1.2, 0),
	{"`check` of 20,000 SIP domains and 1,000 findings", "`check` without the findings", benchSpec{domains: 20_000, mistakes: 1000}, checkIn("."), checkIn("right"), 1.5, 0, 1, ""},
	{"`check` of 500 zones of 2,000 records", "reading and scanning them", benchSpec{domains: 500, xmpp: true, zones: 500}, checkIn("."), scanZones, 1.3, 0, 0, ""},
	{"`build` of the seed", "`version`", benchSpec{}, buildSeed, versionOf, 1.5, 12e6, 0,
		"more than half of its time is that of the system, which makes the files, brings them to the disk and gives the process memory; two thirds of its memory are the program itself"},
}

func check(spec benchSpec, maxTime float64, maxPeak int64) pair {
	title := fmt.Sprintf("`check` of %s SIP domains", grouped(spec.domains))
	if spec.xmpp {
		title += " with XMPP"
	}
	return pair{title, "the HCL library alone", spec, checkIn("."), parseHCL, maxTime, maxPeak, 0, ""}
}

func checkIn(folder string) func(b benchPrograms, dir string) *exec.Cmd {
	return func(b benchPrograms, dir string) *exec.Cmd {
		return exec.Command(b.edgeplan, "check", filepath.Join(dir, folder))
	}
}

func parseHCL(b benchPrograms, dir string) *exec.Cmd {
	return exec.Command(b.floor, filepath.Join(dir, "bench.edge.hcl"))
}

func scanZones(_ benchPrograms, dir string) *exec.Cmd {
	files, _ := filepath.Glob(filepath.Join(dir, "*.zone"))
	return child("scan", files...)[0]
}

func buildSeed(b benchPrograms, dir string) *exec.Cmd {
	out := filepath.Join(dir, "out")
	os.RemoveAll(out)
	return exec.Command(b.edgeplan, "build", filepath.Join("..", "specs", "seed"), "-o", out)
}

func versionOf(b benchPrograms, _ string) *exec.Cmd { return exec.Command(b.edgeplan, "version") }

// pairCost is what both commands of a pair take.
type pairCost struct{ ours, other cost }

func (c pairCost) by() float64 { return ratio(c.ours, c.other) }

// measure runs both in turns, so that what else the machine does hits both.
func (p pair) measure(t *testing.T, programs benchPrograms, runs int) pairCost {
	t.Helper()
	dir := t.TempDir()
	p.spec.write(t, dir)
	if p.spec.domains <= shortSpec && p.spec.zones == 0 && runs > 1 {
		runs *= 3
	}
	var ours, other []cost
	for range runs {
		ours = append(ours, runOnce(t, p.ours(programs, dir), p.exit))
		other = append(other, runOnce(t, p.other(programs, dir), 0))
	}
	return pairCost{median(ours), median(other)}
}

// runOnce runs a command, and fails the test when it ends with another exit code than these.
func runOnce(t *testing.T, cmd *exec.Cmd, exits ...int) cost {
	t.Helper()
	launcher, err := launcherProgram()
	if err != nil {
		t.Fatal(err)
	}
	told := filepath.Join(t.TempDir(), "cost")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	cmd.Args = append([]string{launcher, told, cmd.Path}, cmd.Args[1:]...)
	cmd.Path = launcher
	err = cmd.Run()
	if cmd.ProcessState == nil || !slices.Contains(exits, cmd.ProcessState.ExitCode()) {
		t.Fatalf("%v: %v\n%.2000s", cmd.Args, err, stderr.Bytes())
	}
	text, err := os.ReadFile(told)
	if err != nil {
		t.Fatal(err)
	}
	var out cost
	if _, err := fmt.Sscan(string(text), &out.wall, &out.peak); err != nil {
		t.Fatal(err)
	}
	return out
}

// launcher is a small program that runs another one and writes into a file how many nanoseconds that took, and the bytes
// of its largest memory, 0 where the system does not say. Linux counts the memory of the process that starts another one as
// that of the other one too (exec_mmap in fs/exec.c), so a large test program would hide what a small one has.
const launcher = `package main

import (
	"fmt"
	"os"
	"os/exec"
	"reflect"
	"runtime"
	"time"
)

func main() {
	cmd := exec.Command(os.Args[2], os.Args[3:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	begin := time.Now()
	err := cmd.Run()
	took := time.Since(begin)
	if cmd.ProcessState == nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(127)
	}
	peak := int64(0)
	if runtime.GOOS == "linux" {
		usage := reflect.Indirect(reflect.ValueOf(cmd.ProcessState.SysUsage()))
		peak = usage.FieldByName("Maxrss").Int() * 1024 // Linux counts in KiB
	}
	if err := os.WriteFile(os.Args[1], fmt.Appendln(nil, int64(took), peak), 0o666); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(127)
	}
	os.Exit(cmd.ProcessState.ExitCode())
}
`

// launcherProgram builds the launcher. TestMain removes it.
var launcherProgram = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "edgeplan-bench")
	if err != nil {
		return "", err
	}
	launcherFolder = dir
	return buildText(dir, "launch", launcher)
})

var launcherFolder string

// buildText builds a program of one file.
func buildText(dir, name, text string) (string, error) {
	source, program := filepath.Join(dir, name+".go"), filepath.Join(dir, name+".exe")
	if err := os.WriteFile(source, []byte(text), 0o666); err != nil {
		return "", err
	}
	return program, build(program, source)
}

// buildPrograms builds what the pairs run.
func buildPrograms(t *testing.T) benchPrograms {
	t.Helper()
	dir := t.TempDir()
	text := "package main\n\nimport (\n\t\"os\"\n\n\t\"github.com/hashicorp/hcl/v2/hclparse\"\n)\n\n" +
		"func main() {\n\tif _, diags := hclparse.NewParser().ParseHCLFile(os.Args[1]); diags.HasErrors() {\n\t\tos.Exit(1)\n\t}\n}\n"
	floor, err := buildText(dir, "floor", text)
	if err != nil {
		t.Fatal(err)
	}
	out := benchPrograms{filepath.Join(dir, benchProgram), floor}
	goBuild(t, out.edgeplan, "../cmd/edgeplan")
	return out
}

// goBuild builds a program; the arguments are flags and what it is built from.
func goBuild(t *testing.T, program string, args ...string) {
	t.Helper()
	if err := build(program, args...); err != nil {
		t.Fatal(err)
	}
}

// build builds a program as that of a release is built.
func build(program string, args ...string) error {
	cmd := exec.Command("go", append([]string{"build", "-trimpath", "-o", program}, args...)...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%v\n%s", err, text)
	}
	return nil
}

// write writes the spec and its zones; with mistakes, one without them into a folder "right".
func (s benchSpec) write(t *testing.T, dir string) {
	t.Helper()
	if s.domains == 0 {
		return
	}
	if s.mistakes > 0 {
		right := s
		right.mistakes = 0
		if err := os.Mkdir(filepath.Join(dir, "right"), 0o777); err != nil {
			t.Fatal(err)
		}
		right.write(t, filepath.Join(dir, "right"))
	}
	writeLarge(t, filepath.Join(dir, "bench.edge.hcl"), s.hcl)
	writeLarge(t, filepath.Join(dir, "contoso.example.zone"), s.zone)
	for i := range s.zones {
		writeLarge(t, filepath.Join(dir, zoneOfDomain(i)+".zone"), otherZone)
	}
}

func writeLarge(t *testing.T, name string, write func(w io.Writer)) {
	t.Helper()
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<16)
	write(w)
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

func (s benchSpec) pools() int { return cmp.Or(s.matrix, max(2, s.domains/50)) }
func (s benchSpec) sites() int { return cmp.Or(s.matrix, max(2, s.domains/100)) }

func address(pool, server int) string {
	n := 8*pool + server + 1
	return fmt.Sprintf("198.%d.%d.%d", 64+n>>16, n>>8&255, n&255)
}

func zoneOfDomain(i int) string { return fmt.Sprintf("domain%06d.example", i) }

// domain is the name of a SIP domain: below the one zone, or in a zone of its own.
func (s benchSpec) domain(i int) string {
	if i < s.zones {
		return zoneOfDomain(i)
	}
	return fmt.Sprintf("domain%06d.contoso.example", i)
}

func (s benchSpec) hcl(w io.Writer) {
	fmt.Fprint(w, "topology \"contoso\" {\n  product         = \"lync-server-2013\"\n  management_host = \"fe2.corp.contoso.example\"\n}\n")
	for i := range s.sites() {
		fmt.Fprintf(w, "\nsite \"Site%d\" {\n  xmpp_federation_route = edge_pool.EdgePool0\n}\n", i)
	}
	for i := range s.pools() {
		fmt.Fprintf(w, "\nedge_pool \"EdgePool%[1]d\" {\n  site             = site.Site%[2]d\n  fqdn             = \"edgepool%[1]d.contoso.example\"\n"+
			"  access_edge_fqdn = \"sip%[1]d.contoso.example\"\n  next_hop         = \"fepool%[2]d.corp.contoso.example\"\n\n  xmpp {}\n", i, i%s.sites())
		for k := range 8 {
			fmt.Fprintf(w, "\n  server \"edge%ds%d.contoso.example\" {\n    public_ipv4 = %q\n  }\n", i, k, address(i, k))
		}
		fmt.Fprint(w, "}\n")
	}
	for i := range s.sites() {
		fmt.Fprintf(w, "\nfront_end_pool \"fepool%[1]d\" {\n  site               = site.Site%[1]d\n  fqdn               = \"fepool%[1]d.corp.contoso.example\"\n"+
			"  edge_pool          = edge_pool.EdgePool%[1]d\n  central_management = %[2]t\n}\n", i, i == 1)
	}
	for i := range s.domains {
		mistake := ""
		if i < s.mistakes {
			mistake = "  priority = 10\n"
		}
		fmt.Fprintf(w, "\n# domain %d: team %d, request REQ%07d\nsip_domain %q {\n  xmpp = %t\n%s}\n", i, i%17, i, s.domain(i), s.xmpp || i == 0, mistake)
	}
	fmt.Fprint(w, "\nxmpp_federation {\n  host = \"xmpp.contoso.example\"\n}\n")
	for i := -1; i < s.zones; i++ {
		name := "contoso.example"
		if i >= 0 {
			name = zoneOfDomain(i)
		}
		fmt.Fprintf(w, "\ndns_zone %[1]q {\n  file   = \"%[1]s.zone\"\n  server = \"ns1.contoso.net\"\n}\n", name)
	}
	asked := "failover \"one\" {\n  federation = \"xmpp\"\n  to         = edge_pool.EdgePool1\n"
	if s.matrix > 0 {
		asked = "matrix \"all\" {\n  federation = \"xmpp\"\n"
	}
	fmt.Fprint(w, "\n"+asked+"\n  change {\n    ticket       = \"C1\"\n    summary      = \"Move\"\n"+
		"    window_start = \"2026-12-05T22:00:00Z\"\n    window_end   = \"2026-12-06T00:00:00Z\"\n  }\n}\n")
}

const zoneHead = "$TTL 3600\n@ IN SOA ns1.contoso.net. hostmaster.contoso.net. 2026112301 7200 900 1209600 300\n  IN NS ns1.contoso.net.\n"

func (s benchSpec) zone(w io.Writer) {
	fmt.Fprint(w, zoneHead)
	for i := range s.pools() {
		for k := range 8 {
			fmt.Fprintf(w, "sip%d 300 IN A %s\n", i, address(i, k))
		}
	}
	for k := range 8 {
		fmt.Fprintf(w, "xmpp 300 IN A %s\n", address(0, k))
	}
	for i := range s.domains {
		if (s.xmpp || i == 0) && i >= s.zones {
			fmt.Fprintf(w, "_xmpp-server._tcp.%s 300 IN SRV 0 0 5269 xmpp\n", strings.TrimSuffix(s.domain(i), ".contoso.example"))
		}
	}
}

func otherZone(w io.Writer) {
	fmt.Fprint(w, zoneHead+"_xmpp-server._tcp 300 IN SRV 0 0 5269 xmpp.contoso.example.\n")
	for i := range recordsOfZone - 3 {
		fmt.Fprintf(w, "host%04d IN A 10.0.%d.%d\n", i, i>>8, i&255)
	}
}

// pairTable is the table that the page has.
func pairTable(costs []pairCost) string {
	var out strings.Builder
	out.WriteString("| what is run | s | peak, MB | beside it | s | ratio | at most |\n|---|--:|--:|---|--:|--:|--:|\n")
	for i, p := range pairs {
		c, most := costs[i], fmt.Sprintf("%.1f", p.maxTime)
		if p.maxPeak > 0 {
			most += fmt.Sprintf(", %s MB", megaText(p.maxPeak))
		}
		fmt.Fprintf(&out, "| %s | %.3f | %s | %s | %.3f | %.2f | %s |\n", p.title, c.ours.wall.Seconds(), megaText(c.ours.peak), p.than, c.other.wall.Seconds(), c.by(), most)
	}
	for _, p := range pairs {
		if p.missed != "" {
			fmt.Fprintf(&out, "\n%s takes more than that: %s.\n", p.title, p.missed)
		}
	}
	return out.String()
}

// beyond says which targets are missed.
func (p pair) beyond(c pairCost) string {
	switch {
	case c.by() > p.maxTime:
		return fmt.Sprintf("%s takes %.2f of the time of %s; %.1f is allowed", p.title, c.by(), p.than, p.maxTime)
	case p.maxPeak > 0 && c.ours.peak > p.maxPeak:
		return fmt.Sprintf("%s takes %s MB; %s are allowed", p.title, megaText(c.ours.peak), megaText(p.maxPeak))
	}
	return ""
}

// TestBenchPairs runs each pair once with small specs, so that they keep working.
func TestBenchPairs(t *testing.T) {
	programs := buildPrograms(t)
	for _, p := range pairs {
		if p.spec.domains = min(p.spec.domains, 100); p.spec.mistakes > 0 {
			p.spec.mistakes = 10
		}
		p.spec.zones = min(p.spec.zones, 3)
		p.measure(t, programs, 1)
	}
}
