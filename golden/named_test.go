package golden

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/edgeplan/edgeplan/compiler"
	"github.com/edgeplan/edgeplan/emit/words"
	"github.com/edgeplan/edgeplan/emit/zonediff"
)

// nameServer is BIND's named on the loopback, the primary server of one zone.
type nameServer struct {
	zone    string // with the final dot
	address string
	serial  int64  // of the last transfer
	nothing string // the rest of the SOA record, which no update may change
}

// serve starts a server with a zone file. ok is false if named refuses the file. The
// server ends with the test.
func serve(t *testing.T, zone string, text []byte) (server *nameServer, ok bool) {
	t.Helper()
	if _, ok := compile(t, zone, text); !ok {
		return nil, false
	}
	named := tool(t, "named")
	for range 5 { // another program may take the port in between
		if s := start(t, named, zone, text); s != nil {
			return s, true
		}
	}
	t.Fatal("named does not start")
	return nil, false
}

// start is nil if the server ends before it answers.
func start(t *testing.T, named, zone string, text []byte) *nameServer {
	t.Helper()
	dir, port := t.TempDir(), freePort(t)
	config := fmt.Sprintf(`options {
	directory %q; pid-file none; session-keyfile none; dnssec-validation no; recursion no; notify no;
	listen-on port %d { 127.0.0.1; }; listen-on-v6 { none; };
};
controls { };
zone %q { type primary; file "zone"; allow-update { 127.0.0.1; }; allow-transfer { 127.0.0.1; }; };
`, dir, port, zone)
	if !bytes.HasSuffix(text, []byte("\n")) {
		text = append(slices.Clone(text), '\n')
	}
	for name, data := range map[string][]byte{"zone": text, "named.conf": []byte(config)} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var log bytes.Buffer
	ctx, stop := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, named, "-g", "-n", "1", "-c", filepath.Join(dir, "named.conf"))
	cmd.Stdout, cmd.Stderr = &log, &log
	cmd.WaitDelay = 10 * time.Second
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		cmd.Wait()
		close(ended)
	}()
	t.Cleanup(func() {
		stop()
		<-ended
		if t.Failed() {
			t.Logf("named:\n%s", &log)
		}
	})
	s := &nameServer{zone: dns.Fqdn(zone), address: fmt.Sprintf("127.0.0.1:%d", port)}
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		select {
		case <-ended:
			return nil
		default:
		}
		if records, err := s.axfr(); err == nil {
			s.serial, s.nothing = serialOf(records)
			return s
		}
	}
	return nil
}

// freePort is a port that is free for UDP and TCP on the loopback.
func freePort(t *testing.T) int {
	t.Helper()
	for range 20 {
		tcp, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		port := tcp.Addr().(*net.TCPAddr).Port
		udp, err := net.ListenPacket("udp", tcp.Addr().String())
		tcp.Close()
		if err == nil {
			udp.Close()
			return port
		}
	}
	t.Fatal("no free port")
	return 0
}

func (s *nameServer) axfr() ([]record, error) {
	ask := new(dns.Msg).SetAxfr(s.zone)
	patient := &dns.Transfer{DialTimeout: 20 * time.Second, ReadTimeout: 20 * time.Second}
	answers, err := patient.In(ask, s.address)
	if err != nil {
		return nil, err
	}
	var out []record
	for answer := range answers {
		if answer.Error != nil {
			return nil, answer.Error
		}
		for _, rr := range answer.RR {
			out = append(out, recordOf(rr))
		}
	}
	if len(out) == 0 {
		return nil, errors.New("an empty transfer")
	}
	return out, nil
}

// records are those that a transfer has, but for the SOA. A change of the zone raises the
// serial and leaves the rest of the SOA alone.
func (s *nameServer) records(t *testing.T) []record {
	t.Helper()
	all, err := s.axfr()
	if err != nil {
		t.Fatal(err)
	}
	serial, rest := serialOf(all)
	if serial < s.serial || rest != s.nothing {
		t.Errorf("SOA serial %d %s after %d %s", serial, rest, s.serial, s.nothing)
	}
	s.serial = serial
	return without(all, "SOA")
}

// send gives a script to nsupdate, with this server in place of the one in it, and
// returns the exit code.
func (s *nameServer) send(t *testing.T, script string) (code int, says string) {
	t.Helper()
	var lines []string
	for line := range strings.Lines(script) {
		if strings.HasPrefix(line, "server ") {
			line = "server " + strings.Replace(s.address, ":", " ", 1) + "\n"
		}
		lines = append(lines, line)
	}
	cmd := exec.Command(tool(t, "nsupdate"))
	cmd.Stdin = strings.NewReader(strings.Join(lines, ""))
	out, err := cmd.CombinedOutput()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return exit.ExitCode(), string(out)
	} else if err != nil {
		t.Fatal(err)
	}
	return 0, string(out)
}

// update sends lines that must be taken.
func (s *nameServer) update(t *testing.T, lines ...string) {
	t.Helper()
	if code, says := s.send(t, s.script(lines)); code != 0 {
		t.Fatalf("%q: %s", lines, says)
	}
}

func (s *nameServer) script(lines []string) string {
	return "server x\nzone " + s.zone + "\nclass IN\n" + strings.Join(lines, "\n") + "\nsend\n"
}

// refuses wants a script refused because of a prerequisite, with nothing changed.
func (s *nameServer) refuses(t *testing.T, why, script string) {
	t.Helper()
	before, serial := s.records(t), s.serial
	code, says := s.send(t, script)
	if code != 2 || !strings.Contains(says, "NXRRSET") && !strings.Contains(says, "YXRRSET") {
		t.Errorf("%s: exit code %d: %s\n%s", why, code, says, script)
	}
	if after := s.records(t); !sameRecords(before, after) || s.serial != serial {
		t.Errorf("%s: the update is refused and yet the zone changes from\n%v\nto\n%v", why, before, after)
	}
}

// takes wants a script applied: the zone then has these records.
func (s *nameServer) takes(t *testing.T, why, script string, want []record) {
	t.Helper()
	before := s.serial
	if code, says := s.send(t, script); code != 0 {
		t.Errorf("%s: exit code %d: %s\n%s", why, code, says, script)
	}
	if got := s.records(t); !sameRecords(got, want) {
		t.Errorf("%s: the zone lacks\n%v\nand has too much\n%v", why, only(want, got), only(got, want))
	}
	if s.serial <= before {
		t.Errorf("%s: the serial stays %d", why, s.serial)
	}
}

// eachServer calls f for each zone that has nsupdate files and that named takes, with the
// records of the zone before and after.
func eachServer(t *testing.T, f func(t *testing.T, dir string, zone compiler.Zone, old []byte, before, after []record)) {
	zones, refused, others := 0, 0, 0
	eachZone(t, func(t *testing.T, dir string, zone compiler.Zone, old []byte) {
		zones++
		if words.Files(zone).Nsupdate == "" {
			others++
			return
		}
		before, ok := compile(t, zone.Name, old)
		if !ok {
			refused++
			return
		}
		after, ok := compile(t, zone.Name, read(t, dir, zone.Name+".zone"))
		if !ok {
			t.Fatal("named takes the old zone and not the new one")
		}
		f(t, dir, zone, old, without(before, "SOA"), without(after, "SOA"))
	})
	t.Logf("%d zones, %d without nsupdate files, %d of the Windows dialect refused by named", zones, others, refused)
}

func mustServe(t *testing.T, zone compiler.Zone, text []byte) *nameServer {
	t.Helper()
	s, ok := serve(t, zone.Name, text)
	if !ok {
		t.Fatal("named refuses the zone")
	}
	return s
}

// TestNamedUpdate: the update makes the new zone, once; the rollback restores the records,
// once; and then the update fits again, unless it asks for the old serial.
func TestNamedUpdate(t *testing.T) {
	updates, refusals := 0, 0
	eachServer(t, func(t *testing.T, dir string, zone compiler.Zone, old []byte, before, after []record) {
		s := mustServe(t, zone, old)
		if got := s.records(t); s.serial != int64(zone.OldSerial) || !sameRecords(got, before) {
			t.Fatalf("named has serial %d and\n%v\nwant\n%v", s.serial, got, before)
		}
		update := string(read(t, dir, zone.Name+".nsupdate"))
		rollback := string(read(t, dir, zone.Name+".rollback.nsupdate"))
		s.refuses(t, "the rollback before the update", rollback)
		s.takes(t, "the update", update, after)
		s.refuses(t, "the update a second time", update)
		s.takes(t, "the rollback", rollback, before)
		s.refuses(t, "the rollback a second time", rollback)
		updates, refusals = updates+2, refusals+3
		if zone.SOAPrerequisite {
			s.refuses(t, "the update on another serial", update)
			refusals++
		} else {
			s.takes(t, "the update after the rollback", update, after)
			updates++
		}
	})
	t.Logf("%d updates, %d refusals", updates, refusals)
}

// prerequisite is what one set must be like before an update.
type prerequisite struct {
	kind       string // yxrrset or nxrrset
	owner, typ string
	data       []string // none: any
	lines      []string
}

// prerequisites are those of a script, one for each set.
func prerequisites(t *testing.T, script string) []prerequisite {
	t.Helper()
	var out []prerequisite
	for line := range strings.Lines(script) {
		line = strings.TrimSuffix(line, "\n")
		f := strings.SplitN(line, " ", 6)
		if f[0] != "prereq" {
			continue
		}
		if len(f) < 5 || f[3] != "IN" {
			t.Fatalf("line %q", line)
		}
		p := prerequisite{kind: f[1], owner: f[2], typ: f[4]}
		i := slices.IndexFunc(out, func(o prerequisite) bool { return o.kind == p.kind && o.owner == p.owner && o.typ == p.typ })
		if i < 0 {
			i, out = len(out), append(out, p)
		}
		out[i].data = append(out[i].data, f[5:]...)
		out[i].lines = append(out[i].lines, line)
	}
	return out
}

// drifts are changes of a zone after which the prerequisite does not hold.
func (p prerequisite) drifts(records []record) [][]string {
	other := map[string]string{"A": "192.0.2.199", "AAAA": "2001:db8:ffff::199", "SRV": "99 9 5269 elsewhere.example."}[p.typ]
	add, remove := fmt.Sprintf("update add %s 77 IN %s %s", p.owner, p.typ, other), fmt.Sprintf("update delete %s IN %s", p.owner, p.typ)
	switch {
	case p.kind == "nxrrset" && p.typ == "CNAME": // it cannot stand beside others
		return [][]string{{"update delete " + p.owner, "update add " + p.owner + " 77 IN CNAME elsewhere.example."}}
	case p.kind == "nxrrset":
		return [][]string{{add}}
	case p.typ == "SOA":
		return [][]string{{"update add drift." + p.owner + ` 77 IN TXT "drift"`}}
	case len(p.data) == 0:
		return [][]string{{remove}}
	}
	out := [][]string{{add}, {remove}}
	for _, data := range p.data {
		out = append(out, []string{remove + " " + data, add})
	}
	return out
}

// undo are the lines that lead from the records of a zone to others.
func undo(from, to []record) []string {
	var out []string
	for _, r := range only(from, to) {
		out = append(out, fmt.Sprintf("update delete %s IN %s %s", r.owner, r.typ, r.data))
	}
	for _, r := range only(to, from) {
		out = append(out, "update add "+r.owner+fmt.Sprintf(" %d IN %s %s", r.ttl, r.typ, r.data))
	}
	return out
}

// TestNamedPrerequisites: after a drift of any single set both files are refused, and so is
// an update that has nothing but the prerequisite of that set; without the drift the
// prerequisite holds.
func TestNamedPrerequisites(t *testing.T) {
	sets, drifts, refusals, again := 0, 0, 0, 0
	tried := map[string]bool{} // many specs make one and the same change
	eachServer(t, func(t *testing.T, dir string, zone compiler.Zone, old []byte, before, after []record) {
		for _, direction := range []struct {
			name  string
			text  []byte
			print func(string, compiler.Zone) (string, error)
			base  []record
		}{{"update", old, zonediff.Nsupdate, before}, {"rollback", read(t, dir, zone.Name+".zone"), zonediff.NsupdateRollback, after}} {
			zone.SOAPrerequisite = false // the drifts raise the serial; see TestNamedSOA
			script, err := direction.print("p", zone)
			if err != nil {
				t.Fatal(err)
			}
			if tried[script] {
				again++
				continue
			}
			tried[script] = true
			s := mustServe(t, zone, direction.text)
			for _, p := range prerequisites(t, script) {
				sets++
				s.update(t, p.lines...)
				for _, drift := range p.drifts(direction.base) {
					why := fmt.Sprintf("%s of %s after %q", direction.name, zone.Name, drift)
					s.update(t, drift...)
					s.refuses(t, why, script)
					s.refuses(t, why+", alone", s.script(append(slices.Clone(p.lines), `update add drift.`+s.zone+` 77 IN TXT "drift"`)))
					drifts, refusals = drifts+1, refusals+2
					if p.typ == "CNAME" { // beside which nothing is added
						s.update(t, "update delete "+p.owner+" IN CNAME")
					}
					s.update(t, undo(s.records(t), direction.base)...)
				}
			}
			if got := s.records(t); !sameRecords(got, direction.base) {
				t.Fatalf("the drifts are not undone: %v", got)
			}
			want := after
			if direction.name == "rollback" {
				want = before
			}
			s.takes(t, direction.name+" after all drifts", script, want)
		}
	})
	t.Logf("%d files and %d more that are the same, %d prerequisites, %d drifts, %d refusals", len(tried), again, sets, drifts, refusals)
}

// TestNamedSOA: with the SOA prerequisite any other update makes the server refuse this
// one; the rollback does not ask.
func TestNamedSOA(t *testing.T) {
	zones := 0
	eachServer(t, func(t *testing.T, dir string, zone compiler.Zone, old []byte, before, after []record) {
		zones++
		zone.SOAPrerequisite = true
		script, err := zonediff.Nsupdate("p", zone)
		if err != nil {
			t.Fatal(err)
		}
		back, err := zonediff.NsupdateRollback("p", zone)
		if err != nil {
			t.Fatal(err)
		}
		mustServe(t, zone, old).takes(t, "the update of the untouched zone", script, after)

		s := mustServe(t, zone, old)
		soa := prerequisites(t, script)[0]
		if soa.typ != "SOA" {
			t.Fatalf("the first prerequisite is %v", soa)
		}
		s.update(t, soa.drifts(nil)[0]...)
		s.refuses(t, "an update after another one", script)
		s.update(t, undo(s.records(t), before)...)
		s.refuses(t, "an update after another one that was undone", script)
		zone.SOAPrerequisite = false
		if script, err = zonediff.Nsupdate("p", zone); err != nil {
			t.Fatal(err)
		}
		s.takes(t, "without that prerequisite", script, after)
		s.takes(t, "the rollback", back, before)
	})
	t.Logf("%d zones, %d refusals", zones, 2*zones)
}
