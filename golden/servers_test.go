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
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/edgeplan/edgeplan/internal/loud"
	"github.com/miekg/dns"
)

// brand is a program that serves a zone and takes updates of it.
type brand struct {
	name string
	// command writes what the program needs into dir, which has the zone file "zone", and
	// gives the command that serves it on a port of 127.0.0.1 until it is killed.
	command func(t *testing.T, dir, zone string, port int) *exec.Cmd
}

// brands are the servers of tests with updates. BIND is the first.
var brands = []brand{{"BIND", named}, {"Knot DNS", knotd}, {"PowerDNS", powerDNS}}

// client sends an update file.
type client struct {
	program string
	args    []string
	refused int // exit code after NXRRSET and YXRRSET
}

// clients are those that the update files are for. PowerDNS takes large messages by TCP
// only, which nsupdate uses by itself.
var clients = []client{{"nsupdate", nil, 2}, {"knsupdate", []string{"-v"}, 1}}

func named(t *testing.T, dir, zone string, port int) *exec.Cmd {
	writeAll(t, dir, map[string]string{"named.conf": fmt.Sprintf(`options {
	directory %q; pid-file none; session-keyfile none; dnssec-validation no; recursion no; notify no;
	listen-on port %d { 127.0.0.1; }; listen-on-v6 { none; };
};
controls { };
zone %q { type primary; file "zone"; allow-update { 127.0.0.1; }; allow-transfer { 127.0.0.1; }; };
`, dir, port, zone)})
	return exec.Command(tool(t, "named"), "-g", "-n", "1", "-c", filepath.Join(dir, "named.conf"))
}

func knotd(t *testing.T, dir, zone string, port int) *exec.Cmd {
	writeAll(t, dir, map[string]string{"knot.conf": fmt.Sprintf(`server:
    listen: 127.0.0.1@%d
    rundir: %q
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
database:
    storage: %[2]q
    journal-db-max-size: 8M
    kasp-db-max-size: 8M
    timer-db-max-size: 8M
    catalog-db-max-size: 8M
log:
  - target: stderr
    any: info
acl:
  - id: here
    address: 127.0.0.1
    action: [transfer, update]
zone:
  - domain: %[3]q
    file: %[4]q
    acl: here
`, port, dir, zone, filepath.Join(dir, "zone"))})
	return exec.Command(tool(t, "knotd"), "-c", filepath.Join(dir, "knot.conf"))
}

// powerDNS keeps zones in SQLite: its other backend with files takes no updates. It would
// ask its makers for news without security-poll-suffix.
func powerDNS(t *testing.T, dir, zone string, port int) *exec.Cmd {
	server, base := tool(t, "pdns_server"), filepath.Join(dir, "pdns.sqlite3")
	writeAll(t, dir, map[string]string{"pdns.conf": fmt.Sprintf(`launch=gsqlite3
gsqlite3-database=%s
gsqlite3-pragma-synchronous=0
local-address=127.0.0.1
local-port=%d
socket-dir=%s
dnsupdate=yes
allow-dnsupdate-from=127.0.0.1/32
allow-axfr-ips=127.0.0.1/32
cache-ttl=0
query-cache-ttl=0
negquery-cache-ttl=0
zone-cache-refresh-interval=0
receiver-threads=1
distributor-threads=1
security-poll-suffix=
guardian=no
daemon=no
`, base, port, dir)})
	must(t, exec.Command(tool(t, "sqlite3"), base, ".read "+pdnsSchema(t)))
	must(t, exec.Command(tool(t, "pdnsutil"), "--config-dir="+dir, "load-zone", zone, filepath.Join(dir, "zone")))
	return exec.Command(server, "--config-dir="+dir)
}

// pdnsSchema is where Debian's package of the backend has the tables.
func pdnsSchema(t *testing.T) string {
	const path = "/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql"
	if _, err := os.Stat(path); err != nil {
		loud.Lacking(t, "pdns-backend-sqlite3", err)
	}
	return path
}

func must(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", cmd.Args, err, out)
	}
}

func writeAll(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// nameServer is a program on the loopback, the primary server of one zone.
type nameServer struct {
	zone    string // with the final dot
	address string
	file    string // the zone file
	client  client // sends what [nameServer.send] is given
	serial  int64  // of the last transfer
	nothing string // the rest of the SOA record, which no update may change
}

// serve starts a server with a zone file, which all brands read alike because it is what
// named-compilezone made of that. The server ends with the test.
func (b brand) serve(t *testing.T, zone string, text []byte) *nameServer {
	t.Helper()
	records, ok := compile(t, zone, text)
	if !ok {
		t.Fatal("named refuses the zone")
	}
	var lines strings.Builder
	for _, r := range records {
		fmt.Fprintf(&lines, "%s %d IN %s %s\n", r.owner, r.ttl, r.typ, r.data)
	}
	for range 5 { // another program may take the port in between
		if s := b.start(t, zone, lines.String()); s != nil {
			return s
		}
	}
	t.Fatalf("%s does not start", b.name)
	return nil
}

// patience is how long a server that runs may be silent. It only keeps a test from waiting for
// ever: no machine is that slow.
const patience = 3 * time.Minute

// start is nil if the server ends before it answers.
func (b brand) start(t *testing.T, zone, text string) *nameServer {
	t.Helper()
	dir, err := os.MkdirTemp("", "edgeplan") // the path of a socket in it must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	writeAll(t, dir, map[string]string{"zone": text})
	port := freePort(t)
	var log bytes.Buffer
	made := b.command(t, dir, zone, port)
	ctx, stop := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, made.Path, made.Args[1:]...)
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
			t.Logf("%s:\n%s", b.name, &log)
		}
	})
	s := &nameServer{zone: dns.Fqdn(zone), address: fmt.Sprintf("127.0.0.1:%d", port), file: filepath.Join(dir, "zone"), client: clients[0]}
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
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
	patient := &dns.Transfer{DialTimeout: patience, ReadTimeout: patience}
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
	if serialFalls(s.serial, serial) || rest != s.nothing {
		t.Errorf("SOA serial %d %s after %d %s", serial, rest, s.serial, s.nothing)
	}
	s.serial = serial
	return without(all, "SOA")
}

// send gives a script to the client, with this server in place of the one in it, and
// returns the exit code.
func (s *nameServer) send(t *testing.T, script string) (code int, says string) {
	t.Helper()
	here := "server " + strings.Replace(s.address, ":", " ", 1)
	file := filepath.Join(t.TempDir(), "update")
	if err := os.WriteFile(file, regexp.MustCompile(`(?m)^server .*`).ReplaceAll([]byte(script), []byte(here)), 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(tool(t, s.client.program), append(s.client.args, file)...).CombinedOutput()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return exit.ExitCode(), string(out)
	} else if err != nil {
		t.Fatal(err)
	}
	return 0, string(out)
}

// update sends one update, without prerequisites, that must be taken. Records without
// data stand for all records of their name and type.
func (s *nameServer) update(t *testing.T, gone, come []record) {
	t.Helper()
	m := new(dns.Msg).SetUpdate(s.zone)
	for _, r := range gone {
		if r.data == "" {
			m.RemoveRRset([]dns.RR{&dns.ANY{Hdr: dns.RR_Header{Name: r.owner, Rrtype: dns.StringToType[r.typ]}}})
		} else {
			m.Remove([]dns.RR{r.rr(t)})
		}
	}
	for _, r := range come {
		m.Insert([]dns.RR{r.rr(t)})
	}
	patient := &dns.Client{Net: "tcp", Timeout: patience}
	if answer, _, err := patient.Exchange(m, s.address); err != nil || answer.Rcode != dns.RcodeSuccess {
		t.Fatalf("-%v +%v: %v\n%v", gone, come, err, answer)
	}
}

// change gives the zone these records.
func (s *nameServer) change(t *testing.T, want []record) {
	t.Helper()
	have := s.records(t)
	if gone := only(have, want); len(gone) > 0 {
		s.update(t, gone, nil) // by itself: beside an alias nothing is added
	}
	if come := only(want, have); len(come) > 0 {
		s.update(t, nil, come)
	}
	if got := s.records(t); !sameRecords(got, want) {
		t.Fatalf("the zone has\n%v\nand should have\n%v", got, want)
	}
}

func (r record) rr(t *testing.T) dns.RR {
	t.Helper()
	rr, err := dns.NewRR(r.String())
	if err != nil {
		t.Fatal(err)
	}
	return rr
}

// refuses wants a script refused because of a prerequisite, with nothing changed.
func (s *nameServer) refuses(t *testing.T, why, script string) {
	t.Helper()
	before, serial := s.records(t), s.serial
	code, says := s.send(t, script)
	if code != s.client.refused || !strings.Contains(says, "NXRRSET") && !strings.Contains(says, "YXRRSET") {
		t.Errorf("%s: exit code %d: %s\n%s", why, code, says, script)
	}
	if after := s.records(t); !sameRecords(before, after) || s.serial != serial {
		t.Errorf("%s: the update is refused and yet the zone changes from\n%v\nto\n%v", why, before, after)
	}
}

// serialFalls reports a step back by the arithmetic of RFC 1982, in which 0 follows the largest number.
func serialFalls(before, after int64) bool { return int32(uint32(after)-uint32(before)) < 0 }

// takes wants a script applied: the zone then has these records.
func (s *nameServer) takes(t *testing.T, why, script string, want []record) {
	t.Helper()
	before, changes := s.serial, !sameRecords(s.records(t), want)
	if code, says := s.send(t, script); code != 0 {
		t.Errorf("%s: exit code %d: %s\n%s", why, code, says, script)
	}
	if got := s.records(t); !sameRecords(got, want) {
		t.Errorf("%s: the zone lacks\n%v\nand has too much\n%v", why, only(want, got), only(got, want))
	}
	if changes && !serialFalls(s.serial, before) {
		t.Errorf("%s: the serial stays %d", why, s.serial)
	}
}
