package powershell

import (
	"fmt"
	"net"
	"regexp"
	"slices"
	"strconv"
	"testing"

	"github.com/edgeplan/edgeplan/compiler/plan"
)

// TestNoHairpin: no entry of an Edge Server names a public address, and none that connects
// to one runs anywhere but on '*'. A firewall or NAT device need not send a connection from
// inside back in.
func TestNoHairpin(t *testing.T) {
	probes := 0
	for _, s := range goldens(t) {
		p := planOf(t, s)
		script, err := read(s.statements())
		if err != nil {
			t.Fatal(err)
		}
		public := slices.Concat(p.From.IPv4, p.From.IPv6, p.To.IPv4, p.To.IPv6)
		inside := slices.Concat(p.From.Servers, p.To.Servers)
		for _, stage := range script.vars["$Stages"].([]any) {
			entry := stage.(keyed).values
			hosts := texts(entry["Hosts"])
			named := slices.DeleteFunc(texts(stage), func(text string) bool { return !slices.Contains(public, text) })
			if slices.ContainsFunc(hosts, func(host string) bool { return slices.Contains(inside, host) }) && len(named) > 0 {
				t.Errorf("%s: an entry of %q names %q", s.name, hosts, named)
			}
			visit(entry["Facts"], func(_ string, block []call) {
				target, _ := block[0].get("Target")
				if block[0].name != "Test-ChangePort" || !slices.Contains(public, texts(target)[0]) {
					return
				}
				probes++
				if !slices.Equal(hosts, []string{plan.AnyHost}) {
					t.Errorf("%s: %q connect to %s", s.name, hosts, target)
				}
			})
		}
	}
	if probes < 10 {
		t.Errorf("only %d probes of public addresses", probes)
	}
}

// texts are all texts in a value of the data, those in calls too.
func texts(value any) []string {
	var out []string
	switch v := value.(type) {
	case string:
		out = append(out, v)
	case []any:
		for _, one := range v {
			out = append(out, texts(one)...)
		}
	case keyed:
		for _, key := range v.keys {
			out = append(out, texts(v.values[key])...)
		}
	case []call:
		for _, c := range v {
			for _, a := range c.args {
				out = append(out, texts(a.value)...)
			}
		}
	}
	return out
}

// TestEngineListener: the runtime's Get-ChangeListener names the addresses at which this
// computer listens on a port, and not those that nobody elsewhere can reach.
func TestEngineListener(t *testing.T) {
	text := regexp.MustCompile(`(?s)function Get-ChangeListener\(.*?\r\n    \}\r\n`).FindString(Runtime().Text)
	if text == "" {
		t.Fatal("the runtime has no Get-ChangeListener")
	}
	var ports, want []string
	for _, address := range []string{"0.0.0.0", "127.0.0.1"} {
		l, err := net.Listen("tcp4", address+":0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		ports = append(ports, strconv.Itoa(l.Addr().(*net.TCPAddr).Port))
	}
	gone, err := net.Listen("tcp4", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	ports = append(ports, strconv.Itoa(gone.Addr().(*net.TCPAddr).Port))
	gone.Close()
	want = []string{ports[0] + ":0.0.0.0:" + ports[0]}
	var got []string
	run(t, &got, "listener.ps1", write(t, t.TempDir(), "function", text), fmt.Sprintf("%s,%s,%s", ports[0], ports[1], ports[2]))
	if !slices.Equal(got, want) {
		t.Errorf("listens at %q, not %q", got, want)
	}
}
