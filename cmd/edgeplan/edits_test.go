package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit"
	"github.com/edgeplan/edgeplan/emit/evidence"
	"github.com/edgeplan/edgeplan/emit/sheet"
)

// edited are the packages whose plan.json is edited, below golden.
var edited = []string{
	"seed/edgepool1-to-edgepool2", "planned/edgepool1-to-edgepool2", "prepare/short-ttl", "start-first/edgepool1-to-edgepool2",
	"windows-dns/edgepool1-to-edgepool2", "include/edgepool1-to-edgepool2", "route53/edgepool1-to-edgepool2", "hostile/edgepool1-to-edgepool2",
}

func planTexts(t testing.TB) [][]byte {
	t.Helper()
	var all [][]byte
	for _, name := range edited {
		text, err := os.ReadFile(filepath.Join("../../golden", filepath.FromSlash(name), "plan.json"))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, text)
	}
	return all
}

var firstID = regexp.MustCompile(`"id": "(sha256:[^"]*)"`)

// withID puts the ID into a plan.json that fits it, as docs/package.md says how.
func withID(text []byte) []byte {
	at := firstID.FindSubmatchIndex(text)
	if at == nil {
		return text
	}
	bare := append(bytes.Clone(text[:at[2]]), text[at[3]:]...)
	id := fmt.Sprintf("sha256:%x", sha256.Sum256(bare))[:len("sha256:")+32]
	return append(append(bytes.Clone(text[:at[2]]), id...), text[at[3]:]...)
}

var rightID = regexp.MustCompile(`its content has (sha256:[0-9a-f]{32})$`)

// judge does with plan.json what verify does: nil if it takes it, and then the plan. Whoever
// edits it also tries the ID that an error names, if the text itself has another.
func judge(text []byte) (*plan.Plan, error) {
	p, artifacts, err := determined(text)
	if err != nil {
		if m := rightID.FindStringSubmatch(err.Error()); m != nil {
			if again := firstID.ReplaceAll(text, []byte(`"id": "`+m[1]+`"`)); !bytes.Equal(again, text) {
				return judge(again)
			}
		}
		return nil, err
	}
	for _, a := range artifacts {
		if a.Name == emit.PlanName && !bytes.Equal(text, a.Text.Bytes()) {
			return nil, fmt.Errorf("plan.json: %s", difference(text, a.Text.Bytes()))
		}
	}
	return p, nil
}

// free are the values of plan.json that only the spec has: texts for readers, names of
// people, sites, files and configuration items, when messages are sent, places in them, the new TTL, and the lines of a zone file where hunks are, which
// apply to one text with one sum only; paths of $INCLUDE lines; and the negative TTL up to the minimum field of the SOA
// record, whose own TTL only the zone file has. Who edits them gets another ID.
var free = regexp.MustCompile(`^\.(name|spec_digest|change\.\w+(\[\])?|change\.(rollback_)?stages\[\]\.(implementers|testers)\[\]|` +
	`change\.communication\[\]\.(hours|text|to\[\])|configuration_items\[\]\.ci|findings\[\]\.(detail|file|line|accepted)|from\.site|` +
	`zones\[\]\.((included\[\]\.)?file|included\[\]\.paths\[\]|(included\[\]\.)?(rollback_)?hunks\[\]\.(old|new)_start|records\[\]\.new_ttl|wait\.negative)|` +
	`routed_sites\[\]|routes\[\]\.site|((from|to|routes\[\]|zones\[\])\.)?origin\.\w+)$`)

// TestPlanEdits edits every value, element and key of plan.json of eight packages and makes
// the ID again, as an attacker would who wants another plan run than the one approved. Each is
// refused by what verify does, or has another ID. Nothing that prints a plan panics.
func TestPlanEdits(t *testing.T) {
	part := shareOf(t)
	total, refused, other, same := 0, 0, 0, 0
	for i, text := range planTexts(t) {
		name := edited[i]
		if !bytes.Equal(withID(text), text) {
			t.Fatalf("%s: the ID is not made as docs/package.md says", name)
		}
		approved := string(firstID.FindSubmatch(text)[1])
		tree := readTree(t, text)
		if got := tree.text(); !bytes.Equal(got, text) {
			t.Fatalf("%s: it is written in another form: %s", name, difference(got, text))
		}
		for _, spot := range tree.spots() {
			for _, e := range spot.edits() {
				total++
				if !part.has(total) {
					continue
				}
				e.do()
				spelt := withID(tree.text())
				again := withID(rewritten(spelt))
				e.undo()
				if bytes.Equal(again, text) { // the ID was edited, or it is the same plan in another spelling
					same++
					if again = spelt; bytes.Equal(again, text) {
						continue
					}
				}
				plan, err := judge(again)
				switch {
				case err != nil:
					refused++
				case plan.ID == approved:
					t.Errorf("%s: %s: %s: taken with the approved ID", name, spot.path, e.what)
				case e.spoils && !free.MatchString(spot.path):
					t.Errorf("%s: %s: %s: taken, though the rest of the plan tells it", name, spot.path, e.what)
				default:
					other++
					printAll(t, plan)
				}
			}
		}
	}
	t.Logf("%d edits, %d tried: %d refused, %d with another ID, %d of all leave the plan as it was", total, refused+other, refused, other, same)
	if total < 20_000 {
		t.Errorf("there are only %d edits", total)
	}
}

// rewritten is a plan.json as edgeplan writes it, if it can be read at all: who edits one
// takes care that it looks like that.
func rewritten(text []byte) []byte {
	var p plan.Plan
	if json.Unmarshal(text, &p) != nil {
		return text
	}
	if again, err := plan.Encode(&p); err == nil {
		return again
	}
	return text
}

// printAll prints a plan in every form that has not been made of it already.
func printAll(t *testing.T, p *plan.Plan) {
	t.Helper()
	sheet.Text(p)
	report := evidence.Check(p, nil)
	if _, err := report.JSON(); err != nil {
		t.Error(err)
	}
	report.Markdown()
}

// part is each of-th edit, from the first-th on.
type part struct{ first, of int }

func (p part) has(n int) bool { return n%p.of == p.first%p.of }

// shareOf reads EDGEPLAN_EDITS: "all", or a share such as 3/20.
func shareOf(t *testing.T) part {
	t.Helper()
	value := os.Getenv("EDGEPLAN_EDITS")
	if value == "all" {
		return part{0, 1}
	}
	p := part{7, 60}
	if value != "" {
		if n, err := fmt.Sscanf(value, "%d/%d", &p.first, &p.of); n != 2 || err != nil || p.of < 1 {
			t.Fatalf("EDGEPLAN_EDITS=%q is neither all nor a share such as 3/20", value)
		}
	}
	t.Logf("SKIPPED in part: number %d of each %d edits is tried; make edits tries all", p.first, p.of)
	return p
}

// FuzzPlan makes up to four edits of a plan.json, of which one may be in all places that have
// the same text. What verify takes can be printed; nothing panics.
func FuzzPlan(f *testing.F) {
	texts := planTexts(f)
	f.Add(uint8(0), uint32(3), uint8(0), uint32(900), uint8(4), "EdgeServer2.contoso.com", "edge.example")
	f.Add(uint8(4), uint32(77), uint8(2), uint32(12), uint8(1), "contoso.com", "")
	f.Add(uint8(2), uint32(5), uint8(0), uint32(5), uint8(0), "300", "0")
	f.Fuzz(func(t *testing.T, which uint8, at1 uint32, how1 uint8, at2 uint32, how2 uint8, old, new string) {
		text := texts[int(which)%len(texts)]
		tree := readTree(t, text)
		for _, one := range []struct {
			at  uint32
			how uint8
		}{{at1, how1}, {at2, how2}} {
			spots := tree.spots()
			if edits := spots[int(one.at)%len(spots)].edits(); one.how > 0 && len(edits) > 0 {
				edits[int(one.how)%len(edits)].do()
			}
		}
		text = tree.text()
		if old != "" {
			text = bytes.ReplaceAll(text, []byte(old), []byte(strings.ToValidUTF8(new, "?")))
		}
		if plan, err := judge(withID(rewritten(text))); err == nil {
			printAll(t, plan)
		}
	})
}
