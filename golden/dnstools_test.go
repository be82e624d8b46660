package golden

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"github.com/edgeplan/edgeplan/compiler/hunk"
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/words"
)

// What tools of others see in the zone files before and after a plan.

// record is a record as all tools mean it: lower case, one blank between fields.
type record struct {
	owner, typ, data string
	ttl              uint32
}

func (r record) String() string { return fmt.Sprintf("%s %d %s %s", r.owner, r.ttl, r.typ, r.data) }

// parsed reads one record of a tool's output.
func parsed(line string) (record, error) {
	rr, err := dns.NewRR(line)
	if err != nil || rr == nil {
		return record{}, fmt.Errorf("%q is no record: %v", line, err)
	}
	return recordOf(rr), nil
}

func recordOf(rr dns.RR) record {
	head := rr.Header()
	data := strings.TrimPrefix(rr.String(), head.String())
	if head.Rrtype != dns.TypeTXT {
		data = strings.ToLower(data)
	}
	return record{strings.ToLower(head.Name), dns.TypeToString[head.Rrtype], data, head.Ttl}
}

// planned is what a plan does to the records of a zone, but for the SOA.
func planned(zone plan.Zone) (gone, come []record) {
	for _, set := range zone.Records {
		for _, r := range words.Records(set) {
			one := record{r.Owner, r.Type, r.Data, r.TTL}
			switch r.Op {
			case '-':
				gone = append(gone, one)
			case '+':
				come = append(come, one)
			}
		}
	}
	return gone, come
}

// compile is a zone as named-compilezone reads it. ok is false if it refuses the zone.
func compile(t *testing.T, zone string, text []byte) (records []record, ok bool) {
	t.Helper()
	if !strings.HasSuffix(string(text), "\n") {
		text = append(slices.Clone(text), '\n') // BIND 9.18 refuses a directive on an open last line
	}
	args := strings.Fields("-q -D -i local -k fail -n ignore -r ignore -o - " + zone)
	out, err := exec.Command(tool(t, "named-compilezone"), append(args, zoneFile(t, text))...).Output()
	if err != nil {
		return nil, false
	}
	for line := range strings.Lines(string(out)) {
		r, err := parsed(line)
		if err != nil {
			t.Fatal(err)
		}
		records = append(records, r)
	}
	return records, true
}

func zoneFile(t *testing.T, text []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "zone")
	if err := os.WriteFile(file, text, 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// without leaves out the records of a type.
func without(records []record, typ string) []record {
	return slices.DeleteFunc(slices.Clone(records), func(r record) bool { return r.typ == typ })
}

// only keeps the records that are in a and not in b.
func only(a, b []record) []record {
	return slices.DeleteFunc(slices.Clone(a), func(r record) bool { return slices.Contains(b, r) })
}

func sameRecords(a, b []record) bool { return len(only(a, b)) == 0 && len(only(b, a)) == 0 }

// serialOf is the serial of the one SOA record, or -1, and all else in that record.
func serialOf(records []record) (serial int64, rest string) {
	soas := slices.DeleteFunc(slices.Clone(records), func(r record) bool { return r.typ != "SOA" })
	if len(soas) == 2 { // a transfer has it at both ends
		soas = slices.Compact(soas)
	}
	if len(soas) != 1 {
		return -1, ""
	}
	fields := strings.Fields(soas[0].data)
	fmt.Sscan(fields[2], &serial)
	fields[2] = "SERIAL"
	return serial, fmt.Sprint(soas[0].ttl, fields)
}

// TestNamedCompilezone: between the old and the new zone, and between the new one and that
// of the rollback, the difference is the planned records and the serial.
func TestNamedCompilezone(t *testing.T) {
	zones, refused := 0, 0
	eachZone(t, func(t *testing.T, dir string, zone plan.Zone, old []byte) {
		fresh := read(t, dir, zone.Name+".zone")
		back, err := hunk.Apply(fresh, zone.RollbackHunks)
		if err != nil {
			t.Fatal(err)
		}
		var all [3][]record
		var ok [3]bool
		for i, text := range [][]byte{old, fresh, back} {
			all[i], ok[i] = compile(t, zone.Name, text)
		}
		zones++
		if !ok[0] || !ok[1] || !ok[2] {
			refused++
			if ok != [3]bool{} || !isWindows(old) {
				t.Errorf("taken: %v", ok)
			}
			return
		}
		gone, come := planned(zone)
		if !sameRecords(without(only(all[0], all[1]), "SOA"), gone) || !sameRecords(without(only(all[1], all[0]), "SOA"), come) {
			t.Errorf("it loses\n%v\nand gains\n%v\nplanned\n%v\n%v", only(all[0], all[1]), only(all[1], all[0]), gone, come)
		}
		if !sameRecords(without(all[0], "SOA"), without(all[2], "SOA")) {
			t.Errorf("there and back: it loses\n%v\nand gains\n%v", only(all[0], all[2]), only(all[2], all[0]))
		}
		_, rest := serialOf(all[0])
		for i, want := range []uint32{zone.OldSerial, zone.NewSerial, zone.RollbackSerial} {
			if serial, r := serialOf(all[i]); serial != int64(want) || r != rest {
				t.Errorf("zone %d has serial %d, the plan says %d; %s after %s", i, serial, want, r, rest)
			}
		}
	})
	t.Logf("%d zones three times, %d of the Windows dialect refused by the tool", zones, refused)
}

// isWindows tells a file of Windows DNS Server by what other servers do not read.
func isWindows(text []byte) bool { return strings.Contains(string(text), "[AGE:") }

// ldnsDiff is how two zones differ, but for the SOA, as ldns-compare-zones sees it: it
// looks at data only. ok is false if it refuses a zone.
func ldnsDiff(t *testing.T, zone string, old, new []byte) (gone, come []record, ok bool) {
	t.Helper()
	origin := []byte("$ORIGIN " + strings.TrimSuffix(zone, ".") + ".\n")
	out, err := exec.Command(tool(t, "ldns-compare-zones"), "-a", zoneFile(t, slices.Concat(origin, old)), zoneFile(t, slices.Concat(origin, new))).Output()
	if err != nil {
		return nil, nil, false
	}
	for line := range strings.Lines(string(out)) {
		if !strings.HasPrefix(line, "~") && !strings.HasPrefix(line, "-") && !strings.HasPrefix(line, "++") {
			continue // the line of numbers at the end begins with a tab
		}
		r, err := parsed(line[2:])
		if err != nil {
			t.Fatal(err)
		}
		if line[1] == '-' {
			gone = append(gone, r)
		} else {
			come = append(come, r)
		}
	}
	return gone, come, true
}

// noTTL is what a tool sees that does not look at TTLs.
func noTTL(records []record) []record {
	out := slices.Clone(records)
	for i := range out {
		out[i].ttl = 0
	}
	return out
}

// TestLdnsCompareZones: that tool, which reads the files itself, sees the planned change. A
// change of nothing but a TTL it does not see.
func TestLdnsCompareZones(t *testing.T) {
	zones, refused, unseen := 0, 0, 0
	eachZone(t, func(t *testing.T, dir string, zone plan.Zone, old []byte) {
		got, new, ok := ldnsDiff(t, zone.Name, old, read(t, dir, zone.Name+".zone"))
		zones++
		if !ok {
			refused++
			if !isWindows(old) {
				t.Error("the tool refuses it")
			}
			return
		}
		gone, come := planned(zone)
		g, c := only(noTTL(gone), noTTL(come)), only(noTTL(come), noTTL(gone))
		unseen += len(gone) - len(g)
		if !sameRecords(noTTL(got), g) || !sameRecords(noTTL(new), c) {
			t.Errorf("it loses\n%v\nand gains\n%v\nplanned\n%v\n%v", got, new, gone, come)
		}
	})
	t.Logf("%d zones, %d of the Windows dialect refused by the tool, %d records of which only the TTL changes, which the tool does not see", zones, refused, unseen)
}

// kzonecheck tells whether Knot DNS takes a zone. Its version 3.2 refuses lines that end
// in CRLF, so it gets them with LF.
func kzonecheck(t *testing.T, zone string, text []byte) (ok bool, says string) {
	t.Helper()
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	out, err := exec.Command(tool(t, "kzonecheck"), "-o", zone, zoneFile(t, text)).CombinedOutput()
	return err == nil, string(out)
}

// TestByteOrderMarkRefused: servers refuse the file of which edgeplan has said so.
func TestByteOrderMarkRefused(t *testing.T) {
	marked := read(t, specs, "bad-ep1013-bom", "contoso.com.zone")
	plain := bytes.TrimPrefix(marked, []byte("\xef\xbb\xbf"))
	if len(plain) == len(marked) {
		t.Fatal("the file has no byte order mark")
	}
	for name, args := range map[string][]string{"named-checkzone": {"contoso.com"}, "kzonecheck": {"-o", "contoso.com"}, "nsd-checkzone": {"contoso.com"}} {
		for text, want := range map[string]bool{string(marked): false, string(plain): true} {
			if out, err := exec.Command(tool(t, name), append(args, zoneFile(t, []byte(text)))...).CombinedOutput(); (err == nil) != want {
				t.Errorf("%s takes %q: %v, want %v\n%s", name, text[:8], err == nil, want, out)
			}
		}
	}
}

// TestKzonecheck: Knot DNS takes the new zone if it takes the old one.
func TestKzonecheck(t *testing.T) {
	zones, refused := 0, 0
	eachZone(t, func(t *testing.T, dir string, zone plan.Zone, old []byte) {
		zones++
		if ok, _ := kzonecheck(t, zone.Name, old); !ok {
			refused++
			if !isWindows(old) {
				t.Error("the tool refuses the old zone")
			}
			return
		}
		if ok, says := kzonecheck(t, zone.Name, read(t, dir, zone.Name+".zone")); !ok {
			t.Errorf("the new zone is refused: %s", says)
		}
	})
	t.Logf("%d zones, %d of the Windows dialect refused by the tool", zones, refused)
}
