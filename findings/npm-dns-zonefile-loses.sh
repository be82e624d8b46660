#!/usr/bin/env bash
# dns-zonefile of npm leaves records out of its result without an error: those with the class in lower case (type letters too), and
# those with the class before a TTL that has a unit. RFC 1035 has both orders and says that case does not matter; BIND reads both.
# What parse and generate write has these records no more.
# Seen with dns-zonefile 0.3.2 on Node.js 20 and named-compilezone 9.18.49, Debian 12: BIND has 4 addresses, dns-zonefile 2
set -euo pipefail
cd "$(dirname "$0")"
. lib/debian.sh; . lib/npm.sh; . lib/pins.sh
debs bind9-utils="${bind##*=}"
npms dns-zonefile@0.3.2

cat >"$work/zone" <<'Z'
$ORIGIN example.com.
$TTL 3600
@	IN SOA	ns hostmaster ( 1 7200 900 1209600 300 )
@	IN NS	ns
ns	IN A	192.0.2.53
one	IN A	192.0.2.80
two	in a	192.0.2.81
three	IN 5m A	192.0.2.82
Z
expect "named-compilezone, addresses" 4 "$(named-compilezone -q -o - example.com "$work/zone" | awk '$4 == "A"' | wc -l)"
seen=$(run_node "$work/zone" <<'J'
import fs from 'fs';
import zonefile from 'dns-zonefile';
const zone = zonefile.parse(fs.readFileSync(process.argv[2], 'utf8'));
console.log(zone.a.map(r => r.name).join(' '), zonefile.generate(zone).match(/192\.0\.2\.\d+/g).length);
J
)
expect "dns-zonefile, addresses read and number written" "ns one 2" "$seen"
exit "$failed"
