#!/usr/bin/env bash
# zone-file of npm reads a zone file by dropping everything after a semicolon before it looks for quotes: a TXT record
# such as a DKIM key or DMARC policy comes out cut at its first ';'. "$TTL 1h" becomes 1 (second), and a line that leaves out
# the owner, as the second address of a name does, gets "IN" as its owner. Nothing is reported.
# Seen with zone-file 1.0.0 on Node.js 20: policy "v=DMARC1" of "v=DMARC1; p=reject", $ttl 1, owners "xmpp" and "IN"
set -euo pipefail
cd "$(dirname "$0")"
. lib/debian.sh; . lib/npm.sh
npms zone-file@1.0.0

cat >"$work/zone" <<'Z'
$ORIGIN example.com.
$TTL 1h
@	IN SOA	ns hostmaster ( 1 7200 900 1209600 300 )
@	IN NS	ns
xmpp	IN A	192.0.2.80
	IN A	192.0.2.81
_dmarc	IN TXT	"v=DMARC1; p=reject"
Z
seen=$(run_node "$work/zone" <<'J'
import fs from 'fs';
import { parseZoneFile } from 'zone-file';
const z = parseZoneFile(fs.readFileSync(process.argv[2], 'utf8'));
console.log([z.txt[0].txt, z.$ttl, z.a.map(r => r.name).join(',')].join(' | '));
J
)
expect "text, TTL and owners" "v=DMARC1 | 1 | xmpp,IN" "$seen"
exit "$failed"
