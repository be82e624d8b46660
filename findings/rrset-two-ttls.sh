#!/usr/bin/env bash
# One RRset whose records have two TTLs in the zone file, which RFC 2181 (5.2) forbids: BIND gives all of them the TTL that comes
# first in the file, Knot the one that comes last, NSD and PowerDNS give each record its own in one answer. All four load the zone.
# Who takes a TTL from a file to reckon how long old answers live may be wrong on every second server.
# Seen with BIND 9.18.49, Knot 3.2.6-1, NSD 4.6.1-1 and PowerDNS 4.7.3-2 (backend bind), Debian 12; kzonecheck has no word for it.
#   300 then 3600: BIND 300 300, Knot 3600 3600, NSD 300 3600, PowerDNS 300 3600
set -euo pipefail
cd "$(dirname "$0")"
. lib/debian.sh; . lib/servers.sh; . lib/pins.sh
debs $knot $bind $nsd $powerdns

cat >"$work/zone" <<'Z'
$TTL 86400
@	IN SOA	ns hostmaster ( 1 7200 900 1209600 300 )
	IN NS	ns
ns	IN A	192.0.2.53
www	300 IN A	192.0.2.80
www	3600 IN A	192.0.2.81
Z
serve_named "$work/zone" 15304
serve_knot "$work/zone" 15305
serve_nsd "$work/zone" 15306
serve_powerdns "$work/zone" 15307
expect "BIND" "300 300" "$(ttls 15304 www.example.com)"
expect "Knot" "3600 3600" "$(ttls 15305 www.example.com)"
expect "NSD" "300 3600" "$(ttls 15306 www.example.com)"
expect "PowerDNS" "300 3600" "$(ttls 15307 www.example.com)"
expect "kzonecheck, exit code and output" "0 " "$(out=$(kzonecheck -o example.com "$work/zone" 2>&1) && echo "0 $out" || echo "$? $out")"
exit "$failed"
