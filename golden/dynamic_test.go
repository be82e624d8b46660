package golden

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/edgeplan/edgeplan/compiler/plan"
)

// TestDynamicZone: what the record says of a zone that takes dynamic updates. BIND tells
// by the command that stands there; an edit of the file does nothing there but between
// freeze and thaw, and after an update the rollback diff does not fit the file.
func TestDynamicZone(t *testing.T) {
	rndc := tool(t, "rndc")
	eachUpdate(t, func(t *testing.T, zone updated) {
		if !strings.Contains(t.Name(), "/seed/") {
			return
		}
		s, control := namedWithControl(t, rndc, zone)
		if says := control("zonestatus", zone.Name); !strings.Contains(says, "dynamic: yes\n") {
			t.Errorf("zonestatus: %s", says)
		}
		text := string(read(t, s.file))
		if err := os.WriteFile(s.file, []byte(otherAddress(text, "203.0.113.11", "198.51.100.99")), 0o644); err != nil {
			t.Fatal(err)
		}
		control("reload")
		if got := s.records(t); !sameRecords(got, zone.before) {
			t.Errorf("after a reload of an edited file: %v", only(got, zone.before))
		}
		if err := os.WriteFile(s.file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		s.takes(t, "the update", zone.update, zone.after)
		control("freeze", zone.Name)
		refusesRollback(t, zone.Zone, s.file)
		frozen := string(read(t, s.file))
		fresh := otherAddress(frozen, "198.51.100.21", "198.51.100.99")
		if err := os.WriteFile(s.file, []byte(fresh), 0o644); err != nil {
			t.Fatal(err)
		}
		control("thaw", zone.Name)
		var got []record
		for range 100 { // it loads after the answer
			if got = s.records(t); len(only(got, zone.after)) > 0 {
				break
			}
			time.Sleep(50 * time.Millisecond)
		}
		if new := only(got, zone.after); len(new) != 2 || new[0].data != "198.51.100.99" {
			t.Errorf("after freeze, edit and thaw: %v", new)
		}
	})
}

// TestKnotFile: Knot DNS writes the file anew after an update, and the rollback diff does
// not fit it.
func TestKnotFile(t *testing.T) {
	eachUpdate(t, func(t *testing.T, zone updated) {
		if !strings.Contains(t.Name(), "/seed/") {
			return
		}
		s := brands[1].serve(t, zone.Name, zone.text)
		s.takes(t, "the update", zone.update, zone.after)
		refusesRollback(t, zone.Zone, s.file)
	})
}

// otherAddress is the text of a zone with another address and a higher serial.
func otherAddress(text, from, to string) string {
	return strings.NewReplacer(from, to, "2026112301", "2026112399", "2026112302", "2026112399").Replace(text)
}

// refusesRollback wants the rollback diff refused by the file that a server wrote after an
// update.
func refusesRollback(t *testing.T, zone plan.Zone, file string) {
	t.Helper()
	diff, err := filepath.Abs(filepath.Join("seed", "edgepool1-to-edgepool2", "dns", zone.Name+".rollback.diff"))
	if err != nil {
		t.Fatal(err)
	}
	before := ""
	for range 100 { // the server writes it in its own time
		if before = string(read(t, file)); strings.Count(before, "198.51.100.21") == 2 && !strings.Contains(before, "2026112301") {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if out, err := exec.Command(tool(t, "patch"), "--forward", file, diff).CombinedOutput(); err == nil {
		t.Errorf("the rollback diff fits the file of the server: %s", out)
	}
	if string(read(t, file)) != before {
		t.Error("the file has changed")
	}
}

// namedWithControl is BIND with a zone that takes updates, and a call of rndc for it.
func namedWithControl(t *testing.T, rndc string, zone updated) (*nameServer, func(...string) string) {
	port := freePort(t)
	key := `key k { algorithm hmac-sha256; secret "` + strings.Repeat("A", 43) + `="; };` + "\n"
	dir := t.TempDir()
	config := filepath.Join(dir, "rndc.conf")
	writeAll(t, dir, map[string]string{"rndc.conf": key + fmt.Sprintf("options { default-server 127.0.0.1; default-port %d; default-key k; };\n", port)})
	b := brand{"BIND", func(t *testing.T, dir, name string, dns int) *exec.Cmd {
		cmd := named(t, dir, name, dns)
		file := filepath.Join(dir, "named.conf")
		text := strings.Replace(string(read(t, file)), "controls { };", key+fmt.Sprintf("controls { inet 127.0.0.1 port %d allow { 127.0.0.1; } keys { k; }; };", port), 1)
		writeAll(t, dir, map[string]string{"named.conf": text})
		return cmd
	}}
	s := b.serve(t, zone.Name, zone.text)
	return s, func(args ...string) string {
		t.Helper()
		out, err := exec.Command(rndc, append([]string{"-c", config}, args...)...).CombinedOutput()
		if err != nil {
			t.Errorf("rndc %v: %v: %s", args, err, out)
		}
		return string(out)
	}
}
