package partners

import (
	"crypto/tls"
	"encoding/xml"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// node is any XML element.
type node struct {
	XMLName xml.Name
	Attrs   []xml.Attr `xml:",any,attr"`
	Nodes   []node     `xml:",any"`
	Text    string     `xml:",chardata"`
}

func (n node) attr(name string) string {
	for _, a := range n.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// find is the first element of a name below n.
func (n node) find(name string) (node, bool) {
	for _, child := range n.Nodes {
		if child.XMLName.Local == name {
			return child, true
		}
		if found, ok := child.find(name); ok {
			return found, true
		}
	}
	return node{}, false
}

// next reads the next whole element of a stream, past the stream's own.
func next(d *xml.Decoder) (node, error) {
	for {
		token, err := d.Token()
		if err != nil {
			return node{}, err
		}
		start, ok := token.(xml.StartElement)
		if !ok || start.Name.Local == "stream" {
			continue
		}
		var n node
		return n, d.DecodeElement(&n, &start)
	}
}

const streamHead = "<?xml version='1.0'?><stream:stream xmlns='%s' xmlns:stream='http://etherx.jabber.org/streams' version='1.0' %s>"

// partner is an XMPP server under test, with one client logged in.
type partner struct {
	letter, domain, addr, log string
	config                    string // of Prosody

	mu      sync.Mutex
	conn    net.Conn
	lastID  int
	waiting map[string]chan answer
	sent    map[string]time.Time
}

// answer is what a client hears about an IQ: the pool that answered, or an error.
type answer struct {
	pool, err string
	after     time.Duration
}

func (a answer) String() string {
	if a.pool != "" {
		return fmt.Sprintf("%s after %.1f s", a.pool, a.after.Seconds())
	}
	return fmt.Sprintf("error %q after %.1f s", a.err, a.after.Seconds())
}

func answers(address string) bool {
	conn, err := net.DialTimeout("tcp", address, time.Second)
	if err == nil {
		conn.Close()
	}
	return err == nil
}

// login opens the client's stream. There is no TLS between client and server: it is the
// same computer, and not what is looked at.
func (p *partner) login(t *testing.T) {
	t.Helper()
	conn, err := net.Dial("tcp", p.addr+":5222")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	p.conn, p.waiting, p.sent = conn, map[string]chan answer{}, map[string]time.Time{}
	var d *xml.Decoder
	step := func(send, want string) {
		t.Helper()
		if strings.HasPrefix(send, "<?xml") {
			d = xml.NewDecoder(conn)
		}
		io.WriteString(conn, send)
		conn.SetReadDeadline(time.Now().Add(60 * time.Second))
		n, err := next(d)
		if err != nil || n.XMLName.Local != want {
			t.Fatalf("%s: %v %v, wanted %s", p.domain, n, err, want)
		}
	}
	head := fmt.Sprintf(streamHead, "jabber:client", "to='"+p.domain+"'")
	step(head, "features")
	step("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='ANONYMOUS'/>", "success")
	step(head, "features")
	step("<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>", "iq")
	conn.SetReadDeadline(time.Time{})
	go p.receive(d)
}

func (p *partner) receive(d *xml.Decoder) {
	for {
		n, err := next(d)
		if err != nil {
			return
		}
		id := n.attr("id")
		p.mu.Lock()
		ch, sent := p.waiting[id], p.sent[id]
		delete(p.waiting, id)
		p.mu.Unlock()
		if ch == nil {
			continue
		}
		a := answer{after: time.Since(sent)}
		if query, ok := n.find("query"); ok && n.attr("type") == "result" {
			for _, item := range query.Nodes {
				if pool, ok := strings.CutSuffix(item.attr("jid"), ".pool"); ok {
					a.pool = pool
				}
			}
		} else {
			a.err = n.attr("type")
			if e, ok := n.find("error"); ok && len(e.Nodes) > 0 {
				a.err = e.Nodes[0].XMLName.Local
				if text, ok := e.find("text"); ok {
					a.err += ": " + text.Text
				}
			}
		}
		ch <- a
	}
}

// send asks a domain for its items. The answer comes on the channel, if one comes.
func (p *partner) send(domain string) <-chan answer {
	ch := make(chan answer, 1)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lastID++
	id := "q" + strconv.Itoa(p.lastID)
	p.waiting[id], p.sent[id] = ch, time.Now()
	fmt.Fprintf(p.conn, "<iq type='get' id='%s' to='%s'><query xmlns='http://jabber.org/protocol/disco#items'/></iq>", id, domain)
	return ch
}

// ask is send, and waits at most the time given.
func (p *partner) ask(domain string, limit time.Duration) answer {
	select {
	case a := <-p.send(domain):
		return a
	case <-time.After(limit):
		return answer{err: "no answer", after: limit}
	}
}

// offers are the features that a server offers to another one.
func (p *partner) offers(t *testing.T) []string {
	conn, err := net.Dial("tcp", p.addr+":5269")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(60 * time.Second))
	fmt.Fprintf(conn, streamHead, "jabber:server", "to='"+p.domain+"' from='new.rows.example'")
	n, err := next(xml.NewDecoder(conn))
	if err != nil || n.XMLName.Local != "features" {
		t.Fatal(n, err)
	}
	var out []string
	for _, child := range n.Nodes {
		out = append(out, child.XMLName.Space+" "+child.XMLName.Local)
	}
	return out
}

// closeStreams does what the change record tells the administrators of a partner: it ends
// its streams to a domain, with ejabberd those to everybody.
func (p *partner) closeStreams(t *testing.T, domain string) {
	t.Helper()
	if p.letter != "E" {
		out, err := exec.Command("prosodyctl", "--config", p.config, "shell", "s2s", "closeall", domain).CombinedOutput()
		if t.Logf("%s", out); err != nil {
			t.Fatal(err)
		}
		return
	}
	resp, err := http.Post("http://"+p.addr+":5280/api/stop_s2s_connections", "application/json", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatal(resp.Status)
	}
}

// dialback connects as a domain to the partner and says what comes of the dialback, for
// which the partner has to find that domain in DNS.
func (p *partner) dialback(t *testing.T, domain string) string {
	t.Helper()
	plain, err := net.Dial("tcp", p.addr+":5269")
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	plain.SetDeadline(time.Now().Add(100 * time.Second))
	var conn net.Conn = plain
	var d *xml.Decoder
	head := fmt.Sprintf(streamHead, "jabber:server", "xmlns:db='jabber:server:dialback' to='"+p.domain+"' from='"+domain+"'")
	step := func(send string) node {
		t.Helper()
		if send == head {
			d = xml.NewDecoder(conn)
		}
		io.WriteString(conn, send)
		n, err := next(d)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	step(head)
	step("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
	conn = tls.Client(plain, &tls.Config{InsecureSkipVerify: true})
	step(head)
	n := step("<db:result to='" + p.domain + "' from='" + domain + "'>0123456789abcdef</db:result>")
	return n.XMLName.Local + " " + n.attr("type")
}

var bouncing = regexp.MustCompile(`-> ([^: ]+): .*bouncing for (\d+) seconds`)

// bounces are the times in seconds for which ejabberd has said that it bounces what goes
// to a domain, or to any if the domain is "".
func (p *partner) bounces(t *testing.T, domain string) []int {
	t.Helper()
	log, err := os.ReadFile(p.log)
	if err != nil {
		t.Fatal(err)
	}
	var out []int
	for _, m := range bouncing.FindAllStringSubmatch(string(log), -1) {
		if n, err := strconv.Atoi(m[2]); err == nil && (domain == "" || m[1] == domain) {
			out = append(out, n)
		}
	}
	return out
}

// bounced waits until ejabberd has written how long it bounces what goes to a domain: it
// sends errors back first.
func (p *partner) bounced(t *testing.T, domain string) []int {
	t.Helper()
	until(t, "a line on bouncing for "+domain, func() bool { return len(p.bounces(t, domain)) > 0 })
	return p.bounces(t, domain)
}

// sinks note which domain was asked for at which of their addresses.
type sinks struct {
	mu   sync.Mutex
	seen map[string][]string
}

func newSinks() *sinks { return &sinks{seen: map[string][]string{}} }

func (s *sinks) note(domain, where string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen[domain] = append(s.seen[domain], where)
}

// at are the addresses at which a domain was asked for, in order.
func (s *sinks) at(domain string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.seen[domain])
}

// first waits for a domain and says where it was asked for first.
func (s *sinks) first(domain string, limit time.Duration) (where string, after time.Duration) {
	begin := time.Now()
	for time.Since(begin) < limit {
		if seen := s.at(domain); len(seen) > 0 {
			return seen[0], time.Since(begin)
		}
		time.Sleep(20 * time.Millisecond)
	}
	return "", limit
}

// listen starts the far sides that are no XMPP servers.
func (l *lab) listen() {
	serve := func(addr string, then func(net.Conn, string)) {
		listener, err := net.Listen("tcp", addr)
		if err != nil {
			l.t.Fatal(err)
		}
		l.t.Cleanup(func() { listener.Close() })
		where, _, _ := net.SplitHostPort(addr)
		go func() {
			for {
				conn, err := listener.Accept()
				if err != nil {
					return
				}
				go func() {
					defer conn.Close()
					domain := wanted(conn)
					l.sinks.note(domain, where)
					then(conn, domain)
				}()
			}
		}()
	}
	leave := func(net.Conn, string) {}
	serve(sink1+":5269", leave)
	serve(sink2+":5269", leave)
	serve("["+sink6+"]:5269", leave)
	serve(muteAddr+":5269", func(conn net.Conn, _ string) { io.Copy(io.Discard, conn) })
	serve(errorAddr+":5269", func(conn net.Conn, domain string) {
		fmt.Fprintf(conn, streamHead, "jabber:server", "id='1' from='"+domain+"'")
		io.WriteString(conn, "<stream:error><host-unknown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>")
	})
	pair, err := tls.LoadX509KeyPair(l.path("self.crt"), l.path("self.key"))
	if err != nil {
		l.t.Fatal(err)
	}
	listener, err := net.Listen("tcp", sinkDirect+":5271")
	if err != nil {
		l.t.Fatal(err)
	}
	l.t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				secure := tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{pair}})
				conn.SetDeadline(time.Now().Add(30 * time.Second))
				if secure.Handshake() == nil {
					l.sinks.note(secure.ConnectionState().ServerName, sinkDirect)
				}
			}()
		}
	}()
}

// wanted is the domain to which a stream is opened.
func wanted(conn net.Conn) string {
	conn.SetReadDeadline(time.Now().Add(60 * time.Second))
	defer conn.SetReadDeadline(time.Time{})
	d := xml.NewDecoder(conn)
	for {
		token, err := d.Token()
		if err != nil {
			return ""
		}
		if start, ok := token.(xml.StartElement); ok {
			return node{Attrs: start.Attr}.attr("to")
		}
	}
}
