#!/usr/bin/env bash
# A zone file without $TTL, as Windows DNS Server writes them: a record without a TTL that follows one with 600 s.
# RFC 2308 (4) removed the old meaning of the SOA minimum, and the servers do not agree on what is left.
# Seen with BIND 9.18.49, Knot 3.2.6-1, NSD 4.6.1-1, PowerDNS 4.7.3-2 (backend bind) and ldns 1.8.3, Debian 12:
#   SOA without a TTL, minimum 1200: BIND 1200, Knot and NSD 3600 (a default of their own), PowerDNS and ldns 600
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
serve_named "$work/zone" 15308
serve_knot "$work/zone" 15309
serve_nsd "$work/zone" 15310
serve_powerdns "$work/zone" 15311
expect "BIND" 1200 "$(ttls 15308 next.example.com)"
expect "Knot" 3600 "$(ttls 15309 next.example.com)"
expect "NSD" 3600 "$(ttls 15310 next.example.com)"
expect "PowerDNS" 600 "$(ttls 15311 next.example.com)"
{ echo '$ORIGIN example.com.'; cat "$work/zone"; } >"$work/ldns"
expect "ldns-read-zone" 600 "$(ldns-read-zone "$work/ldns" | awk '$1 == "next.example.com." {print $2}')"
exit "$failed"
