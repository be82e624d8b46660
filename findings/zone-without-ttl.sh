#!/usr/bin/env bash
# A zone file without $TTL, as Windows DNS Server writes them: a record without a TTL that follows one with 600 s.
# RFC 2308 (4) removed the old meaning of the SOA minimum, and the servers do not agree on what is left.
# Seen with BIND 9.18.49, Knot 3.2.6-1, NSD 4.6.1-1, PowerDNS 4.7.3-2 (backend bind) and ldns 1.8.3, Debian 12:
#   SOA without a TTL, minimum 1200: BIND 1200, Knot and NSD 3600 (a default of their own), PowerDNS and ldns 600
#   SOA with TTL 60: BIND 600, and 60 for the NS record behind the SOA; Knot and NSD 3600 for both; PowerDNS as BIND
set -euo pipefail
cd "$(dirname "$0")"
. lib/debian.sh; . lib/servers.sh; . lib/pins.sh
debs $knot $bind $nsd $powerdns $ldns

cat >"$work/zone" <<'Z'
@	IN SOA	ns.example.com. hostmaster.example.com. ( 1 7200 900 1209600 1200 )
	IN NS	ns.example.com.
ns	IN A	192.0.2.53
first	600 IN A	192.0.2.80
next	IN A	192.0.2.81
Z
sed '1s/IN/60 IN/' "$work/zone" >"$work/stated"
# look PROGRAM PORT ZONE WANTED: the TTLs of the apex NS record and of the record without a TTL.
look() { expect "$1, $3" "$4" "$(dig +noall +answer +norec @127.0.0.1 -p "$2" example.com NS | awk '{print $2}') $(ttls "$2" next.example.com)"; }
serve_named "$work/zone" 15308
serve_knot "$work/zone" 15309
serve_nsd "$work/zone" 15310
serve_powerdns "$work/zone" 15311
look BIND 15308 zone "1200 1200"
look Knot 15309 zone "3600 3600"
look NSD 15310 zone "3600 3600"
look PowerDNS 15311 zone "3600 600"
stop
serve_named "$work/stated" 15308
serve_knot "$work/stated" 15309
serve_nsd "$work/stated" 15310
serve_powerdns "$work/stated" 15311
look BIND 15308 stated "60 600"
look Knot 15309 stated "3600 3600"
look NSD 15310 stated "3600 3600"
look PowerDNS 15311 stated "60 600"
{ echo '$ORIGIN example.com.'; cat "$work/zone"; } >"$work/ldns"
expect "ldns-read-zone" 600 "$(ldns-read-zone "$work/ldns" | awk '$1 == "next.example.com." {print $2}')"
exit "$failed"
