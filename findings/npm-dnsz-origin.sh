#!/usr/bin/env bash
# dnsz of npm makes owner names absolute and leaves the names in the data as they were, then writes the LAST $ORIGIN of the file
# on top: after parse and stringify an SRV or NS target that was relative points into the other domain. The file loads without
# a complaint.
# Seen with dnsz 4.5.2 on Node.js 20 and named-compilezone 9.18.49, Debian 12: target xmpp.example.com. becomes xmpp.lab.example.com.
set -euo pipefail
cd "$(dirname "$0")"
. lib/debian.sh; . lib/npm.sh; . lib/pins.sh
debs bind9-utils="${bind##*=}"
npms dnsz@4.5.2

cat >"$work/zone" <<'Z'
$ORIGIN example.com.
$TTL 3600
@	IN SOA	ns.example.com. hostmaster.example.com. ( 1 7200 900 1209600 300 )
@	IN NS	ns.example.com.
ns	IN A	192.0.2.53
xmpp	IN A	192.0.2.80
_xmpp-server._tcp	IN SRV	0 0 5269 xmpp
$ORIGIN lab.example.com.
xmpp	IN A	192.0.2.90
Z
run_node "$work/zone" >"$work/again" <<'J'
import fs from 'fs';
import { parseZone, stringifyZone } from 'dnsz';
console.log(stringifyZone(parseZone(fs.readFileSync(process.argv[2], 'utf8'))));
J
target() { named-compilezone -q -o - example.com "$1" | awk '$4 == "SRV" {print $NF}'; }
expect "target in the file" xmpp.example.com. "$(target "$work/zone")"
expect "target after dnsz" xmpp.lab.example.com. "$(target "$work/again")"
exit "$failed"
