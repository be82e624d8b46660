package parser_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the table of docs/limits.md again; with "+boundsVariable+"=all")

const (
	limitsPage = "../docs/limits.md"
	tableHead  = "| input | KiB | objects of 64 KiB | objects per MiB | MB allocated per MiB | MB of memory per MiB | s per MiB | twice the input |\n|---|--:|--:|--:|--:|--:|--:|--:|\n"
	smallInput = 1 << 16
)

// What the aim is for each MiB of input.
const (
	aimMemory = 64.0 // MB
	aimTime   = 1.0  // s
)

// pageRow is a class in the table.
func pageRow(name string, small, half, c cost) string {
	mib := float64(c.Bytes) / (1 << 20)
	mark := func(value, aim float64, digits int) string {
		text := strconv.FormatFloat(value, 'f', digits, 64)
		if value > aim {
			text = "**" + text + "**"
		}
		return text
	}
	growth := "-"
	if half.Objects > 20_000 && c.Objects > 20_000 && c.Bytes > half.Bytes {
		growth = fmt.Sprintf("%.1f", float64(c.Objects)/float64(half.Objects))
	}
	return fmt.Sprintf("| %s | %d | %d | %.0f | %.0f | %s | %s | %s |\n", name, c.Bytes>>10, small.Objects, float64(c.Objects)/mib,
		float64(c.Allocated)/1e6/mib, mark(float64(c.Peak)/1e6/mib, aimMemory, 0), mark(c.Time.Seconds()/mib, aimTime, 1), growth)
}

// onPage is what the gate needs of a row.
type onPage struct{ small uint64 }

// readPage reads the table. It has to have all classes in their order.
func readPage(t *testing.T) map[string]onPage {
	t.Helper()
	rows := map[string]onPage{}
	if *update {
		return rows
	}
	_, table, ok := strings.Cut(read(limitsPage), tableHead)
	if !ok {
		t.Fatalf("%s has no table of classes", limitsPage)
	}
	var names, want []string
	for line := range strings.Lines(table) {
		cells := strings.Split(line, " | ")
		if len(cells) < 3 {
			break
		}
		name := strings.TrimPrefix(cells[0], "| ")
		small, err := strconv.ParseUint(cells[2], 10, 64)
		if err != nil {
			t.Errorf("%s: %s: %v", limitsPage, name, err)
		}
		names = append(names, name)
		rows[name] = onPage{small}
	}
	for _, c := range classes {
		want = append(want, c.name)
	}
	if !slices.Equal(names, want) {
		t.Errorf("%s: the classes are\n%q\nwant\n%q; -update with %s=all writes it", limitsPage, names, want, boundsVariable)
	}
	return rows
}

// TestBoundsPage: the page has each class.
func TestBoundsPage(t *testing.T) { readPage(t) }

func writePage(t *testing.T, rows []string) {
	t.Helper()
	if len(rows) != len(classes) || os.Getenv("CI") != "" {
		t.Fatalf("-update goes with %s=all, and not with CI", boundsVariable)
	}
	head, rest, ok := strings.Cut(read(limitsPage), tableHead)
	if !ok {
		t.Fatalf("%s has no table of classes", limitsPage)
	}
	for strings.HasPrefix(rest, "|") {
		_, rest, _ = strings.Cut(rest, "\n")
	}
	if err := os.WriteFile(limitsPage, []byte(head+tableHead+strings.Join(rows, "")+rest), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Errorf("%s is written; look at it", limitsPage)
}
