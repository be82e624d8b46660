package partners

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// Addresses of the lab. Those of the pools are in the specs.
const (
	resolverAddr = "192.0.2.53"
	authAddr     = "192.0.2.54"
	deadDNSAddr  = "192.0.2.55" // silent

	oldPool   = "203.0.113.11"  // EdgePool1 of the specs; a row shuts it down
	newPool   = "198.51.100.21" // EdgePool2 of the specs; up all the time
	otherPool = "203.0.113.12"  // one more that is up all the time
	newPool6  = "2001:db8::21"

	closed     = "203.0.113.20" // nothing listens there
	silent1    = "203.0.113.31" // packets are dropped
	silent2    = "203.0.113.32"
	silent6    = "2001:db8::31"
	muteAddr   = "203.0.113.41" // takes the connection, then says nothing
	errorAddr  = "203.0.113.42" // answers with a stream error
	sink1      = "203.0.113.51" // notes who asks for which domain, then closes
	sink2      = "203.0.113.52"
	sink6      = "2001:db8::51"
	sinkDirect = "203.0.113.53" // the same behind direct TLS
)

// lab is all that runs.
type lab struct {
	t         *testing.T
	dir       string
	auth      *exec.Cmd
	old       *exec.Cmd
	partners  map[string]*partner // by letter
	sinks     *sinks
	authority ca
	seenOld   sync.WaitGroup // two rows use the old pool before it is shut
	shut      sync.Once
	silence   sync.Once
}

// newLab makes the network and starts all programs.
func newLab(t *testing.T, rows []row) *lab {
	l := &lab{t: t, dir: t.TempDir(), partners: map[string]*partner{}, sinks: newSinks()}
	l.seenOld.Add(2)
	t.Cleanup(l.keepLogs)
	l.network()
	l.authority = newCA(t, l.path("ca.crt"))
	l.authority.write(t, l.path("self"), []string{"u.partner.example", "n.partner.example", "s.partner.example", "e.partner.example"}, false)
	l.startDNS(rows)
	l.listen()
	hosts := farHosts(rows)
	for _, h := range hosts {
		if h.cert != "" {
			l.authority.write(t, l.path(h.cert), h.names, true)
		}
	}
	l.old = l.farSide("old", []string{oldPool}, hosts)
	l.farSide("new", []string{newPool, newPool6}, hosts)
	l.farSide("other", []string{otherPool}, hosts)
	l.partners["U"] = l.prosody("U", "u.partner.example", "192.0.2.10", "", "s2s_secure_auth = false")
	l.partners["N"] = l.prosody("N", "n.partner.example", "192.0.2.11", noUnbound, "s2s_secure_auth = false")
	l.partners["S"] = l.prosody("S", "s.partner.example", "192.0.2.12", "", "s2s_secure_auth = true\nssl = { certificate = "+quote(l.path("self.crt"))+"; key = "+quote(l.path("self.key"))+"; cafile = "+quote(l.path("ca.crt"))+" }")
	l.partners["E"] = l.ejabberd("e.partner.example", "192.0.2.13")
	for _, p := range l.partners {
		p.login(t)
	}
	l.versions()
	return l
}

func (l *lab) path(names ...string) string {
	return filepath.Join(append([]string{l.dir}, names...)...)
}

func quote(s string) string { return fmt.Sprintf("%q", s) }

// run runs a command to its end.
func (l *lab) run(name string, args ...string) string {
	l.t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		l.t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return string(out)
}

func (l *lab) write(text string, names ...string) string {
	l.t.Helper()
	path := l.path(names...)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		l.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		l.t.Fatal(err)
	}
	return path
}

// start starts a program that runs until the test ends, with its output in a file.
func (l *lab) start(log string, env []string, name string, args ...string) *exec.Cmd {
	l.t.Helper()
	out, err := os.Create(l.path(log))
	if err != nil {
		l.t.Fatal(err)
	}
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdout, cmd.Stderr, cmd.Dir = out, out, l.dir
	if err := cmd.Start(); err != nil {
		l.t.Fatal(err)
	}
	l.t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
		out.Close()
	})
	return cmd
}

// keepLogs copies all logs to a folder, where one is asked for.
func (l *lab) keepLogs() {
	to := os.Getenv("EDGEPLAN_PARTNERS_LOGS")
	logs, _ := filepath.Glob(l.path("*.log"))
	for _, log := range logs {
		if text, err := os.ReadFile(log); err == nil && to != "" {
			os.WriteFile(filepath.Join(to, filepath.Base(log)), text, 0o644)
		}
	}
}

// until waits for a condition, as long as a slow machine may need.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(90 * time.Second); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("%s does not come", what)
}

// network gives the loopback the addresses of the lab and sets the name server.
func (l *lab) network() {
	l.run("ip", "link", "set", "lo", "up")
	four := []string{
		resolverAddr, authAddr, deadDNSAddr, "192.0.2.10", "192.0.2.11", "192.0.2.12", "192.0.2.13", oldPool, newPool, otherPool,
		silent1, silent2, muteAddr, errorAddr, sink1, sink2, sinkDirect,
	}
	for i := range 10 {
		four = append(four, fmt.Sprintf("203.0.113.%d", 20+i)) // closed
	}
	for _, addr := range four {
		l.run("ip", "addr", "add", addr+"/32", "dev", "lo")
	}
	for _, addr := range []string{newPool6, silent6, sink6} {
		l.run("ip", "addr", "add", addr+"/128", "dev", "lo", "nodad")
	}
	rules := "table inet lab {\n"
	for letter := range counted {
		rules += " counter syn" + letter + " { }\n"
	}
	rules += " chain in {\n  type filter hook input priority 0;\n"
	rules += fmt.Sprintf("  ip daddr { %s, %s, %s } drop\n  ip6 daddr %s drop\n", silent1, silent2, deadDNSAddr, silent6)
	for letter, addr := range counted {
		rules += "  ip daddr " + addr + " tcp flags & (syn | ack) == syn counter name syn" + letter + "\n"
	}
	l.run("nft", "-f", l.write(rules+" }\n}\n", "rules.nft"))
	for file, text := range map[string]string{
		"/etc/resolv.conf": "nameserver " + resolverAddr + "\n",
		"/etc/hosts":       "127.0.0.1 localhost\n",
	} {
		l.run("mount", "--bind", l.write(text, filepath.Base(file)), file)
	}
}

// counted are closed addresses whose SYN packets are counted: one for each partner, and
// one more for ejabberd.
var counted = map[string]string{"U": "203.0.113.26", "N": "203.0.113.27", "E": "203.0.113.28", "X": "203.0.113.29"}

// syns is how often a partner has tried its counted address.
func (l *lab) syns(letter string) int {
	var n int
	out := l.run("nft", "list", "counter", "inet", "lab", "syn"+letter)
	_, rest, _ := strings.Cut(out, "packets ")
	fmt.Sscan(rest, &n)
	return n
}

// startDNS starts the server of all zones, with those of specs as they are before the change,
// and the resolver.
func (l *lab) startDNS(rows []row) {
	own := "@ IN SOA ns.dns.example. h.dns.example. 1 7200 900 1209600 15\n@ IN NS ns.dns.example.\n"
	zones := map[string]string{
		"dns.example": "$TTL 300\n" + own + "ns A " + authAddr + "\n",
		"partner.example": "$TTL 3600\n" + own +
			"u A 192.0.2.10\nn A 192.0.2.11\ns A 192.0.2.12\ne A 192.0.2.13\n" +
			"_xmpp-server._tcp.u SRV 0 0 5269 u\n_xmpp-server._tcp.n SRV 0 0 5269 n\n_xmpp-server._tcp.s SRV 0 0 5269 s\n_xmpp-server._tcp.e SRV 0 0 5269 e\n",
		"test":         "$TTL 300\n" + own + "_xmpp-server._tcp.pool SRV 0 0 5269 new.pool\nnew.pool A " + newPool + "\n",
		"late.example": lateZone(false),
		"move.example": moveZone(otherPool, 1),
	}
	text := "$TTL 300\n" + own + farNames
	for _, r := range rows {
		for _, who := range r.who {
			text += r.zone(string(who))
		}
	}
	zones["rows.example"] = text
	for name, emitted := range emitted(l.t) {
		zones[name] = emitted.before
	}
	config := fmt.Sprintf("options {\n directory %q; pid-file none; session-keyfile none; recursion no; notify no; dnssec-validation no;\n listen-on { %s; }; listen-on-v6 { none; };\n};\ncontrols { };\n", l.dir, authAddr)
	stubs := fmt.Sprintf("options {\n directory %q; pid-file none; session-keyfile none; recursion yes; dnssec-validation no; empty-zones-enable no;\n listen-on { %s; }; listen-on-v6 { none; }; allow-query { any; }; query-source address %s;\n};\ncontrols { };\n", l.path(), resolverAddr, resolverAddr)
	for name, text := range zones {
		config += fmt.Sprintf("zone %q { type primary; file %q; check-names ignore; check-srv-cname ignore; check-integrity no; };\n", name, l.write(text, "zone."+name))
		stubs += fmt.Sprintf("zone %q { type static-stub; server-addresses { %s; }; };\n", name, authAddr)
	}
	l.auth = l.start("auth.log", nil, "named", "-g", "-n", "1", "-c", l.write(config, "auth.conf"))
	l.start("resolver.log", nil, "named", "-g", "-n", "1", "-c", l.write(stubs, "resolver.conf"))
	for _, addr := range []string{authAddr, resolverAddr} {
		until(l.t, "an answer of "+addr, func() bool { return l.ask(addr, "ns.dns.example.", dns.TypeA) == authAddr })
	}
	for name := range zones {
		if l.ask(authAddr, dns.Fqdn(name), dns.TypeSOA) == "" {
			l.t.Fatalf("BIND does not take the zone %s", name)
		}
	}
}

// ask is the data of the answers to a question, "" if there are none.
func (l *lab) ask(server, name string, typ uint16) string {
	m := new(dns.Msg)
	m.SetQuestion(name, typ)
	in, err := dns.Exchange(m, server+":53")
	if err != nil {
		return ""
	}
	var out []string
	for _, rr := range in.Answer {
		out = append(out, strings.TrimPrefix(rr.String(), rr.Header().String()))
	}
	return strings.Join(out, "; ")
}

// load gives the authoritative server a new file of a zone and waits until it serves it.
func (l *lab) load(zone, text string) {
	before := l.ask(authAddr, dns.Fqdn(zone), dns.TypeSOA)
	l.write(text, "zone."+zone)
	l.auth.Process.Signal(syscall.SIGHUP)
	until(l.t, "the new zone "+zone, func() bool {
		now := l.ask(authAddr, dns.Fqdn(zone), dns.TypeSOA)
		return now != "" && now != before
	})
}

// farSide starts a Prosody at addresses of a pool. It has all domains of the rows, and
// says its own name in the list of items of each.
func (l *lab) farSide(name string, addrs []string, hosts []host) *exec.Cmd {
	var config bytes.Buffer
	fmt.Fprintf(&config, `run_as_root = true; daemonize = false; pidfile = %q; data_path = %q; plugin_server = ""
modules_enabled = { "tls"; "dialback"; "disco"; "ping" }
modules_disabled = { "c2s"; "http" }
interfaces = { %s }; s2s_ports = { 5269; 5270 }; s2s_direct_tls_ports = { 5271 }
s2s_secure_auth = false; s2s_require_encryption = true
ssl = { certificate = %q; key = %q }
disco_items = { { "%s.pool"; "pool" } }
log = { { to = "file"; filename = %q; levels = { min = "debug" } } }
`, l.path(name+".pid"), l.path(name), `"`+strings.Join(addrs, `"; "`)+`"`, l.path("self.crt"), l.path("self.key"), name, l.path(name+".debug.log"))
	for _, h := range hosts {
		fmt.Fprintf(&config, "VirtualHost %q\n", h.name)
		if h.cert != "" {
			fmt.Fprintf(&config, " ssl = { certificate = %q; key = %q }\n", l.path(h.cert+".crt"), l.path(h.cert+".key"))
		}
	}
	os.MkdirAll(l.path(name), 0o755)
	cmd := l.start(name+".log", nil, "prosody", "--config", l.write(config.String(), name+".cfg.lua"))
	until(l.t, "Prosody "+name, func() bool { return answers(addrs[0] + ":5269") })
	return cmd
}

// noUnbound makes Prosody use its own resolver, as where lua-unbound is not installed.
const noUnbound = `LUA_INIT=package.preload["lunbound"] = function() error("not here") end`

func (l *lab) prosody(letter, domain, addr, env, more string) *partner {
	name := "partner" + letter
	os.MkdirAll(l.path(name), 0o755)
	config := fmt.Sprintf(`run_as_root = true; daemonize = false; pidfile = %q; data_path = %q
modules_enabled = { "saslauth"; "tls"; "dialback"; "disco"; "ping"; "admin_shell" }
interfaces = { %q }; c2s_ports = { 5222 }; c2s_direct_tls_ports = {}; s2s_ports = { 5269 }; modules_disabled = { "http" }
authentication = "anonymous"; allow_anonymous_s2s = true; c2s_require_encryption = false; s2s_require_encryption = true
ssl = { certificate = %q; key = %q }
%s
log = { { to = "file"; filename = %q; levels = { min = "debug" } } }
VirtualHost %q
`, l.path(name+".pid"), l.path(name), addr, l.path("self.crt"), l.path("self.key"), more, l.path(name+".debug.log"), domain)
	var envs []string
	if env != "" {
		envs = []string{env}
	}
	file := l.write(config, name+".cfg.lua")
	l.start(name+".log", envs, "prosody", "--config", file)
	until(l.t, "Prosody "+letter, func() bool { return answers(addr + ":5222") })
	return &partner{letter: letter, domain: domain, addr: addr, log: l.path(name + ".debug.log"), config: file}
}

// ejabberd starts ejabberd with what Debian's ejabberd.yml says of connections between
// servers.
func (l *lab) ejabberd(domain, addr string) *partner {
	config := fmt.Sprintf(`loglevel: info
hosts: [%q]
certfiles: [%q]
define_macro:
  'TLS_CIPHERS': "HIGH:!aNULL:!eNULL:!3DES:@STRENGTH"
  'TLS_OPTIONS': ["no_sslv3", "no_tlsv1", "no_tlsv1_1", "cipher_server_preference", "no_compression"]
s2s_ciphers: 'TLS_CIPHERS'
s2s_protocol_options: 'TLS_OPTIONS'
s2s_use_starttls: required
auth_method: [anonymous]
anonymous_protocol: sasl_anon
allow_multiple_connections: true
listen:
  - { port: 5222, ip: %q, module: ejabberd_c2s }
  - { port: 5269, ip: %q, module: ejabberd_s2s_in }
  - { port: 5280, ip: %q, module: ejabberd_http, request_handlers: { /api: mod_http_api } }
api_permissions:
  "lab": { who: all, what: "*" }
acl:
  local: { user_regexp: "" }
modules: { mod_disco: {}, mod_http_api: {}, mod_ping: {}, mod_s2s_dialback: {} }
`, domain, l.path("ejabberd.pem"), addr, addr, addr)
	var pem []byte
	for _, part := range []string{"self.crt", "self.key"} {
		data, err := os.ReadFile(l.path(part))
		if err != nil {
			l.t.Fatal(err)
		}
		pem = append(pem, data...)
	}
	l.write(string(pem), "ejabberd.pem")
	inetrc := l.write("{lookup,[\"file\",\"native\"]}.\n{host,{127,0,0,1},[\"localhost\"]}.\n{file,resolv,\"/etc/resolv.conf\"}.\n", "inetrc")
	log := l.path("partnerE.debug.log")
	env := []string{
		"HOME=" + l.dir, "EJABBERD_CONFIG_PATH=" + l.write(config, "ejabberd.yml"), "EJABBERD_LOG_PATH=" + log,
		"ERL_INETRC=" + inetrc, "ERL_CRASH_DUMP_BYTES=0", "ERL_LIBS=" + ejabberdLibs(l.t), "ERL_MAX_PORTS=32000",
	}
	l.start("partnerE.log", env, "erl", "-noinput", "-mnesia", "dir", quote(l.path("mnesia")), "-s", "ejabberd")
	until(l.t, "ejabberd", func() bool { return answers(addr + ":5222") })
	return &partner{letter: "E", domain: domain, addr: addr, log: log}
}

func ejabberdLibs(t *testing.T) string {
	found, err := filepath.Glob(ejabberdBeams)
	if err != nil || len(found) == 0 {
		t.Fatal("no ejabberd", err)
	}
	return filepath.Dir(filepath.Dir(found[0]))
}

// versions prints what was asked, for the note of a run.
func (l *lab) versions() {
	for _, name := range []string{"prosody", "lua-unbound", "ejabberd", "bind9"} {
		out, err := exec.Command("dpkg-query", "-W", "-f", "${Package} ${Version}", name).Output()
		if err != nil {
			out = []byte(name + " of unknown version")
		}
		l.t.Logf("%s", out)
	}
	for letter, want := range map[string]bool{"U": false, "N": true} {
		log, err := os.ReadFile(l.partners[letter].log)
		if err != nil {
			l.t.Fatal(err)
		}
		if own := strings.Contains(string(log), "Using legacy DNS API"); own != want {
			l.t.Fatalf("Prosody %s uses its own resolver: %v, wanted %v", letter, own, want)
		}
	}
}
