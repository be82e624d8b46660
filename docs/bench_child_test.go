package docs

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/edgeplan/edgeplan/compiler"
	"github.com/edgeplan/edgeplan/compiler/hunk"
	"github.com/edgeplan/edgeplan/emit"
	"github.com/edgeplan/edgeplan/emit/zonediff"
	"github.com/edgeplan/edgeplan/internal/parallel"
	"github.com/edgeplan/edgeplan/parser"
	"github.com/edgeplan/edgeplan/parser/zonefile"
)

// childVariable names what a benchmark measures. Each measurement is a process of its
// own, so that its peak of memory is its own too.
const childVariable = "EDGEPLAN_BENCH_CHILD"

var children = map[string]func(args []string) error{"scan": childScan, "edit": childEdit, "zones": childZones}

// TestMain lets the test program be what the benchmarks measure.
func TestMain(m *testing.M) {
	child := children[os.Getenv(childVariable)]
	if child == nil {
		code := m.Run()
		if launcherFolder != "" {
			os.RemoveAll(launcherFolder)
		}
		os.Exit(code)
	}
	if err := child(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func noRecords() zonefile.Keeper {
	return func([]byte, string) zonefile.Wish { return zonefile.Leave }
}

// readZone reads a zone file as edgeplan does.
func readZone(name string) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if text := parallel.ReadAt(file, int(info.Size())); text != nil {
		return text, nil
	}
	return os.ReadFile(name)
}

// childScan reads zone files.
func childScan(args []string) error {
	for _, name := range args {
		text, err := readZone(name)
		if err != nil {
			return err
		}
		if _, err := zonefile.Read(text, benchOrigin, noRecords); err != nil {
			return err
		}
	}
	return nil
}

// childEdit reads a zone file, makes the changes that stand beside it, and writes the
// new file and the unified diff.
func childEdit(args []string) error {
	text, err := readZone(args[0])
	if err != nil {
		return err
	}
	saved, err := os.ReadFile(changesOf(args[0]))
	if err != nil {
		return err
	}
	var changes []zonefile.Change
	if err := json.Unmarshal(saved, &changes); err != nil {
		return err
	}
	zone, err := zonefile.Read(text, benchOrigin, noRecords)
	if err != nil {
		return err
	}
	serial, _ := zone.Serial()
	edits, err := zone.Edit(changes, zonefile.Increment(serial))
	if err != nil {
		return err
	}
	var lines []hunk.Edit
	for _, e := range edits {
		lines = append(lines, hunk.Edit(e))
	}
	hunks, err := hunk.FromEdits(text, lines, 3)
	if err != nil {
		return err
	}
	if err := os.WriteFile(args[2], []byte(zonediff.Unified(args[0], args[1], hunks)), 0o666); err != nil {
		return err
	}
	return writeNew(args[1], text, hunks)
}

func writeNew(name string, text []byte, hunks []hunk.Hunk) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<16)
	return errors.Join(hunk.Write(w, text, hunks), w.Flush(), f.Close())
}

// countingFS counts how often each file is opened.
type countingFS struct {
	fs.FS
	opened map[string]int
}

func (c countingFS) Open(name string) (fs.File, error) {
	c.opened[name]++
	return c.FS.Open(name)
}

// Stat does not count: it reads nothing.
func (c countingFS) Stat(name string) (fs.FileInfo, error) { return fs.Stat(c.FS, name) }

// childZones compiles the spec in a folder, makes all files of its plans, and prints
// how many files were read, how many of them more than once, and how many zones the
// plans have.
func childZones(args []string) error {
	fsys := countingFS{os.DirFS(args[0]), map[string]int{}}
	names, err := fs.Glob(fsys.FS, "*"+parser.Suffix)
	if err != nil {
		return err
	}
	spec, _, diags := parser.Load(fsys, names)
	if diags.HasErrors() {
		return diags
	}
	plans, diags := compiler.Compile(spec)
	if len(plans) == 0 {
		return diags
	}
	zones, again := 0, 0
	for _, plan := range plans {
		artifacts, err := emit.All(plan)
		if err != nil {
			return err
		}
		for _, a := range artifacts {
			if filepath.Ext(a.Name) == ".zone" {
				zones++
			}
		}
	}
	for _, n := range fsys.opened {
		if n > 1 {
			again++
		}
	}
	fmt.Println(len(fsys.opened), again, zones)
	return nil
}
