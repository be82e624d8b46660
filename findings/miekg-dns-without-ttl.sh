#!/usr/bin/env bash
# A zone file without $TTL whose SOA record has no TTL either, as Windows DNS Server writes it: the parser of github.com/miekg/dns v1, on
# which CoreDNS and dnscontrol stand, gives the SOA record TTL 0, hands the 0 on to the records after it, and reports nothing. BIND
# takes the minimum of the SOA record. An SRV record with no data at all passes too, as "0 0 0" with an empty target.
# Seen with miekg/dns v1.1.73 and named-compilezone 9.18.49, Debian 12: miekg/dns 0 0, BIND 1200 1200
set -euo pipefail
cd "$(dirname "$0")"
. lib/debian.sh; . lib/go.sh; . lib/pins.sh
debs bind9-utils="${bind##*=}"

cat >"$work/zone" <<'Z'
@	IN SOA	ns.example.com. hostmaster.example.com. 1 7200 900 1209600 1200
@	IN NS	ns.example.com.
ns	300 IN A	192.0.2.53
Z
run_go github.com/miekg/dns@v1.1.73 >"$work/seen" <<G
package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/miekg/dns"
)

func main() {
	text, _ := os.ReadFile("$work/zone")
	zone := dns.NewZoneParser(strings.NewReader(string(text)), "example.com.", "")
	for rr, ok := zone.Next(); ok; rr, ok = zone.Next() {
		fmt.Println(rr.Header().Ttl)
	}
	fmt.Println(zone.Err())
	empty := dns.NewZoneParser(strings.NewReader("x 300 IN SRV\n"), "example.com.", "")
	rr, _ := empty.Next()
	fmt.Printf("%q %v\n", strings.TrimPrefix(rr.String(), rr.Header().String()), empty.Err())
}
G
mapfile -t seen <"$work/seen"
expect "miekg/dns, TTL of SOA and NS" "0 0" "${seen[0]} ${seen[1]}"
expect "miekg/dns, error" "<nil>" "${seen[3]}"
expect "miekg/dns, SRV record without data" '"0 0 0 " <nil>' "${seen[4]}"
expect "named-compilezone, TTL of SOA and NS" "1200 1200" \
    "$(named-compilezone -q -o - example.com "$work/zone" 2>/dev/null | awk '$4 == "SOA" || $4 == "NS" {print $2}' | paste -sd' ')"
exit "$failed"
