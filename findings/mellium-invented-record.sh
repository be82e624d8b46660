#!/usr/bin/env bash
# mellium.im/xmpp dials the server of another domain with dial.Dialer{S2S: true}. Where the domain has an SRV record _xmpp-server._tcp and
# none for direct TLS (_xmpps-server._tcp), it makes one up: the domain itself on port 5270, and tries that before the record that is
# there. RFC 6120, section 3.2.2, has the domain itself for domains without SRV records.
# If the domain's own address is a web server behind a firewall that answers nothing on 5270, the Access Edge is only tried after a
# timeout. And "0 0 0 .", which says that the domain has no XMPP federation, is answered by a connection to that port as well.
# Seen with mellium.im/xmpp v0.22.0 (the newest) and Go 1.26.
set -euo pipefail
cd "$(dirname "$0")"
. lib/debian.sh; . lib/go.sh

run_go mellium.im/xmpp@v0.22.0 github.com/miekg/dns@v1.1.73 >"$work/seen" <<'G'
package main

import (
	"context"
	"fmt"
	"net"
	"strings"
	"syscall"

	"github.com/miekg/dns"
	"mellium.im/xmpp/dial"
	"mellium.im/xmpp/jid"
)

// Of each zone, the address of the domain is 127.0.0.2 and that of the Access Edge 127.0.0.3.
var records = map[string]string{
	"federated.example. A":                   "127.0.0.2",
	"edge.federated.example. A":              "127.0.0.3",
	"_xmpp-server._tcp.federated.example. SRV": "0 0 5269 edge.federated.example.",
	"refused.example. A":                     "127.0.0.2",
	"_xmpp-server._tcp.refused.example. SRV": "0 0 0 .",
}

func answer(w dns.ResponseWriter, q *dns.Msg) {
	m := new(dns.Msg)
	m.SetReply(q)
	name, typ := q.Question[0].Name, dns.TypeToString[q.Question[0].Qtype]
	if data := records[strings.ToLower(name)+" "+typ]; data != "" {
		rr, err := dns.NewRR(name + " 60 " + typ + " " + data)
		if err != nil {
			panic(err)
		}
		m.Answer = append(m.Answer, rr)
	} else if strings.HasPrefix(name, "_") {
		m.Rcode = dns.RcodeNameError
	}
	w.WriteMsg(m)
}

func main() {
	socket, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go (&dns.Server{PacketConn: socket, Handler: dns.HandlerFunc(answer)}).ActivateAndServe()
	resolver := &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", socket.LocalAddr().String())
	}}
	for _, domain := range []string{"federated.example", "refused.example"} {
		var dialled []string
		d := dial.Dialer{S2S: true, Dialer: net.Dialer{Resolver: resolver,
			// Nothing is really dialled: each address is noted and refused.
			Control: func(_, address string, _ syscall.RawConn) error {
				dialled = append(dialled, address)
				return syscall.ECONNREFUSED
			}}}
		_, err := d.Dial(context.Background(), "tcp4", jid.MustParse(domain))
		fmt.Println(strings.Join(dialled, " "), err != nil)
	}
}
G
mapfile -t seen <"$work/seen"
expect "SRV record of edge:5269 alone" "127.0.0.2:5270 127.0.0.3:5269 true" "${seen[0]}"
expect "SRV record of no service" "127.0.0.2:5270 true" "${seen[1]}"
exit "$failed"
