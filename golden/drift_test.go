package golden

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/compiler/hunk"
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/words"
)

// A zone file that was edited since the export, and what the programs that apply diffs
// make of it.

// fileDrift is an edit of a zone file. back takes it back, also in a text to which the diff
// was applied; it gives other texts unchanged. Where it is nil the lines are counted.
type fileDrift struct {
	name string
	text string
	back func(text string) string
}

// drifter makes edits of a text, each of one line.
type drifter struct {
	lines []string
	eol   string
	out   []fileDrift
}

// bare is a line without its end, or nothing where there is none.
func (d *drifter) bare(at int) string {
	if at < 0 || at >= len(d.lines) {
		return ""
	}
	return strings.TrimRight(d.lines[at], "\r\n")
}

// replace has another line in the place of one.
func (d *drifter) replace(name string, at int, with string) {
	if at < 0 || at >= len(d.lines) {
		return
	}
	have := d.lines[at]
	if strings.HasSuffix(have, "\n") {
		with += d.eol
	}
	d.out = append(d.out, fileDrift{name, strings.Join(d.lines[:at], "") + with + strings.Join(d.lines[at+1:], ""),
		func(text string) string { return strings.Replace(text, with, have, 1) }})
}

// insert puts a line before another one.
func (d *drifter) insert(name string, at int, line string) {
	if at < 0 || at >= len(d.lines) {
		return
	}
	line += d.eol
	d.out = append(d.out, fileDrift{name, strings.Join(d.lines[:at], "") + line + strings.Join(d.lines[at:], ""),
		func(text string) string { return strings.Replace(text, line, "", 1) }})
}

// ends changes the ends of lines.
func (d *drifter) ends(last int) {
	text := strings.Join(d.lines, "")
	toLF := func(text string) string { return strings.ReplaceAll(text, "\r\n", "\n") }
	toCRLF := func(text string) string { return strings.ReplaceAll(text, "\n", "\r\n") }
	if d.eol == "\n" {
		d.out = append(d.out, fileDrift{"line ends", toCRLF(text), toLF})
		d.replace("line end", last, d.bare(last)+"\r")
	} else {
		d.out = append(d.out, fileDrift{"line ends", toLF(text), toCRLF})
	}
	if end := strings.TrimSuffix(text, "\n"); end != text {
		d.out = append(d.out, fileDrift{"no final newline", end, func(text string) string { return text + "\n" }})
	} else {
		d.out = append(d.out, fileDrift{"a final newline", text + "\n", func(text string) string { return strings.TrimSuffix(text, "\n") }})
	}
}

// fileDrifts are edits of a text to which hunks belong and which has a serial. Each line
// that an edit writes holds the word drift, or a number that nothing else has.
func fileDrifts(text string, hunks []hunk.Hunk, serial uint32) []fileDrift {
	d := &drifter{lines: slices.Collect(strings.Lines(text)), eol: "\n"}
	if strings.HasSuffix(d.lines[0], "\r\n") {
		d.eol = "\r\n"
	}
	first, last := changedLines(hunks)
	last = min(last, len(d.lines)-1)
	old := fmt.Sprint(serial)
	at := slices.IndexFunc(d.lines, func(line string) bool { return strings.Contains(line, old) && !strings.HasPrefix(line, ";") })
	d.replace("serial", at, strings.Replace(d.bare(at), old, fmt.Sprint(serial+7), 1))
	d.replace("comment", last, d.bare(last)+" ; drift")
	if fields := strings.Fields(d.bare(last)); len(fields) > 1 {
		d.replace("TTL", last, strings.Replace(d.bare(last), fields[1], "77 "+fields[1], 1))
		d.insert("second address", last+1, strings.Replace(d.bare(last), fields[len(fields)-1], "drift", 1))
	}
	d.replace("comment of the SOA record", first+1, d.bare(first+1)+" ; drift")
	const neighbour = "drift IN A 192.0.2.77"
	for _, distance := range []int{-3, -2, -1, 0, 2, 3, 4} {
		d.insert(fmt.Sprint("neighbour at ", distance), last+distance, neighbour)
		d.replace(fmt.Sprint("comment at ", distance), last+distance, d.bare(last+distance)+" ; drift")
	}
	d.insert("neighbour in the middle", (first+last)/2, neighbour)
	d.insert("first line", 0, "; drift")
	d.insert("last line", len(d.lines)-1, "; drift")
	d.ends(last)
	return append(d.out, fileDrift{"none", text, func(text string) string { return text }})
}

// changedLines are the numbers, counted from 0, of the first old line of which hunks
// change something and of the last.
func changedLines(hunks []hunk.Hunk) (first, last int) {
	first, last = -1, -1
	for _, h := range hunks {
		at := h.OldStart - 1
		for _, line := range h.Lines {
			if line.Op != hunk.Context {
				if first < 0 {
					first = at
				}
				last = at
				if line.Op == hunk.Insert && at > first {
					last = max(last-1, first) // behind which it comes
				}
			}
			if line.Op != hunk.Insert {
				at++
			}
		}
	}
	return first, last
}

// driftCase is one text and a diff for what it was before the drift.
type driftCase struct {
	name, file string
	text, want string // without the drift, applied gives want
	diff       string
	drift      fileDrift

	plan, commands string // of the record, in the folder of that plan; empty with another delivery
}

// driftCases are those of all goldens, both ways; what many goldens share comes once. Diffs that are alike but for
// words have all drifts once, and afterwards those that every diff has to meet: none, its own lines, and itself.
func driftCases(t *testing.T) []driftCase {
	t.Helper()
	var out []driftCase
	seen, shapes := map[string]bool{}, map[string]bool{}
	eachPlanned(t, func(t *testing.T, dir string, zone plan.Zone) {
		p := filepath.Dir(dir)
		change, rollback := "", ""
		if zone.Delivery == "zone-file" && len(zone.Included) == 0 { // else TestTreeRecordCommands
			change, rollback = shellCommands(t, read(t, p, "change.md"), zone.Name)
		}
		for _, file := range words.TextFiles(zone) {
			old := string(oldFile(t, dir, file.File, file.Zone, file.OldSHA256))
			fresh := string(read(t, p, file.Zone))
			back, err := hunk.Apply([]byte(fresh), file.RollbackHunks)
			if err != nil {
				t.Fatal(err)
			}
			forth := driftCase{t.Name() + " change", file.File, old, fresh, string(read(t, p, file.Diff)), fileDrift{}, p, change}
			again := driftCase{t.Name() + " rollback", file.File, fresh, string(back), string(read(t, p, file.RollbackDiff)), fileDrift{}, p, rollback}
			both := [][]driftCase{forth.with(fileDrifts(old, file.Hunks, zone.OldSerial)), again.with(fileDrifts(fresh, file.RollbackHunks, zone.NewSerial))}
			for _, cases := range both {
				if key := cases[0].commands + cases[0].diff + cases[0].text; !seen[key] {
					seen[key] = true
					shape := shapeOf(cases[0])
					out = append(out, slices.DeleteFunc(cases, func(c driftCase) bool {
						return shapes[shape] && !slices.Contains([]string{"none", "applied", "comment", "serial"}, c.drift.name)
					})...)
					shapes[shape] = true
				}
			}
		}
	})
	return out
}

// shapeOf is what the lines of a diff begin with, the ends of lines and whether the text has a last one: what a program that
// applies a diff goes by, besides the words.
func shapeOf(c driftCase) string {
	var out strings.Builder
	for line := range strings.Lines(c.diff) {
		out.WriteByte(line[0])
		if strings.HasPrefix(line, "@@") {
			out.WriteString(line)
		}
	}
	return fmt.Sprint(out.String(), strings.Contains(c.diff, "\r\n"), strings.HasSuffix(c.text, "\n"), c.commands != "")
}

// with are cases that differ in the drift; in the last the diff is applied already.
func (c driftCase) with(drifts []fileDrift) []driftCase {
	var out []driftCase
	for _, d := range append(drifts, fileDrift{name: "applied", text: c.want}) {
		one := c
		one.name, one.drift = c.name+": "+d.name, d
		out = append(out, one)
	}
	return out
}

// patcher is a program that applies a diff.
type patcher struct {
	name, tool string
	args       []string
	applied    bool // a diff that is applied already does not make it ask, or take that back
}

var patchers = []patcher{
	{"GNU patch", "patch", []string{"-p1"}, false}, {"GNU patch --forward", "patch", []string{"--forward", "-p1"}, true},
	{"git apply", "git", []string{"apply", "-"}, true},
	{"BusyBox patch", "busybox", []string{"patch", "-p1"}, true}, {"BusyBox patch -N", "busybox", []string{"patch", "-N", "-p1"}, true},
}

// TestDiffsWholeOrNotAtAll: whatever was edited in a zone file since the export, a diff is
// applied whole, and the edit stays, or the file stays as it is, byte for byte; the exit
// code tells which.
func TestDiffsWholeOrNotAtAll(t *testing.T) {
	cases := driftCases(t)
	cases = append(cases, randomDrifts(cases)...)
	for _, p := range patchers {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			program, root, count := tool(t, p.tool), t.TempDir(), tally{}
			for i, c := range cases {
				if c.drift.name == "applied" && !p.applied {
					continue
				}
				dir := filepath.Join(root, fmt.Sprint(i))
				file := c.write(t, dir)
				cmd := exec.Command(program, p.args...)
				cmd.Dir, cmd.Stdin = dir, strings.NewReader(c.diff)
				cmd.Env = append(os.Environ(), "GIT_CEILING_DIRECTORIES="+root)
				out, err := cmd.CombinedOutput()
				if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
					t.Fatal(err)
				}
				got := read(t, file)
				if p.tool == "busybox" && openEnd(c.diff) {
					count["of these last line open"]++
					if end := len(got) - 1; c.whole(string(got[:end])) {
						got = got[:end]
					}
				}
				count.check(t, c, got, err == nil, string(out))
			}
			t.Logf("%d cases: %v", len(cases), count)
		})
	}
	t.Run("hg import", func(t *testing.T) {
		t.Parallel()
		hg(t, cases)
	})
}

// write makes the folder of a case.
func (c driftCase) write(t *testing.T, dir string) (file string) {
	t.Helper()
	file = filepath.Join(dir, c.file)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(c.drift.text), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// whole tells whether a text is the one with the drift and with the whole diff.
func (c driftCase) whole(got string) bool {
	switch {
	case c.drift.name == "applied":
		return false
	case c.drift.back != nil:
		return got == c.want || c.drift.back(got) == c.want
	}
	left := map[string]int{}
	for line := range strings.Lines(c.drift.text) {
		left[line]++
	}
	_, hunks, _ := strings.Cut(c.diff, "\n@@")
	for line := range strings.Lines(hunks) {
		switch line[0] {
		case '-':
			left[line[1:]]--
		case '+':
			left[line[1:]]++
		}
	}
	for line := range strings.Lines(got) {
		left[line]--
	}
	for _, n := range left {
		if n != 0 {
			return false
		}
	}
	return true
}

// randomDrifts are cases with some lines gone, twice, moved or changed, anywhere.
func randomDrifts(cases []driftCase) []driftCase {
	rng := rand.New(rand.NewPCG(5, 6))
	var out []driftCase
	for _, c := range cases {
		if c.drift.name != "none" || openEnd(c.diff) || strings.Count(c.text, "\n") < 6 {
			continue
		}
		for n := range 6 {
			lines := slices.Collect(strings.Lines(c.text))
			for range 1 + rng.IntN(3) {
				at, other := rng.IntN(len(lines)), rng.IntN(len(lines)-1)
				switch rng.IntN(4) {
				case 0:
					lines = slices.Delete(lines, at, at+1)
				case 1:
					lines = slices.Insert(lines, other, lines[at])
				case 2:
					lines[other], lines[other+1] = lines[other+1], lines[other]
				case 3:
					lines[at] = "drift " + lines[at]
				}
			}
			c.drift = fileDrift{name: fmt.Sprint("random ", n), text: strings.Join(lines, "")}
			c.name = strings.Replace(c.name, "none", c.drift.name, 1)
			out = append(out, c)
		}
	}
	return out
}

// tally counts what became of the cases.
type tally map[string]int

func (n tally) check(t *testing.T, c driftCase, got []byte, ok bool, says string) {
	t.Helper()
	whole := c.whole(string(got))
	untouched := string(got) == c.drift.text
	switch {
	case ok && whole:
		n["applied"]++
	case !ok && untouched:
		n["refused"]++
	default:
		t.Errorf("%s: success %v, whole %v, untouched %v: %s\n%s", c.name, ok, whole, untouched, says, got)
	}
	if c.drift.name == "none" && !ok && n["of these last line open"] == 0 {
		t.Errorf("%s: refused: %s", c.name, says)
	}
}

// hg imports all cases into one repository, each in a folder of its own, with one server
// process: to start Mercurial takes longer than to apply a diff.
func hg(t *testing.T, cases []driftCase) {
	program, root, diffs, count := tool(t, "hg"), t.TempDir(), t.TempDir(), tally{}
	for i, c := range cases {
		c.write(t, filepath.Join(root, fmt.Sprint(i)))
	}
	env := append(os.Environ(), "HGRCPATH=", "HGPLAIN=1")
	for _, args := range [][]string{{"init", "."}, {"commit", "-q", "-A", "-m", "export", "-u", "test"}} {
		cmd := exec.Command(program, args...)
		cmd.Dir, cmd.Env = root, env
		must(t, cmd)
	}
	cmd := exec.Command(program, "serve", "--cmdserver", "pipe")
	cmd.Dir, cmd.Env = root, env
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	defer in.Close()
	if _, _, err := hgFrame(out); err != nil { // its greeting
		t.Fatal(err)
	}
	for i, c := range cases {
		diff, name := filepath.Join(diffs, fmt.Sprint(i)), fmt.Sprint(i)
		if err := os.WriteFile(diff, []byte(c.diff), 0o644); err != nil {
			t.Fatal(err)
		}
		args := strings.Join([]string{"import", "--no-commit", "--force", "--prefix", name, diff}, "\x00")
		fmt.Fprintf(in, "runcommand\n%s%s", binary.BigEndian.AppendUint32(nil, uint32(len(args))), args)
		var says bytes.Buffer
		for {
			channel, data, err := hgFrame(out)
			if err != nil {
				t.Fatal(err)
			}
			if channel == 'r' {
				count.check(t, c, read(t, root, name, c.file), binary.BigEndian.Uint32(data) == 0, says.String())
				break
			}
			says.Write(data)
		}
	}
	t.Logf("%d cases: %v", len(cases), count)
}

// hgFrame reads one answer of Mercurial's command server: a channel, a length and data.
func hgFrame(r io.Reader) (channel byte, data []byte, err error) {
	var head [5]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return 0, nil, err
	}
	data = make([]byte, binary.BigEndian.Uint32(head[1:]))
	_, err = io.ReadFull(r, data)
	return head[0], data, err
}
