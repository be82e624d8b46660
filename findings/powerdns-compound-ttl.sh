#!/usr/bin/env bash
# PowerDNS reads "$TTL 1h30m", which BIND wrote and reads as 5400 s, as 60 s, and says nothing.
# It takes the first number and the last unit. The numbers of the SOA record go the same way: a refresh of 1h30m is 60 s.
# After a move from BIND, caches keep such a zone a minute instead of an hour and a half.
# Seen with PowerDNS 4.7.3-2 (backend bind) and named-compilezone 9.18.49, Debian 12:
#   named-compilezone: www 5400; PowerDNS: www 60, refresh 60
set -euo pipefail
cd "$(dirname "$0")"
. lib/debian.sh; . lib/servers.sh; . lib/pins.sh
debs $powerdns $bind

cat >"$work/zone" <<'Z'
$TTL 1h30m
@	IN SOA	ns hostmaster ( 1 1h30m 15m 2w 1h30m )
	IN NS	ns
ns	IN A	192.0.2.53
www	IN A	192.0.2.80
Z
compiled=$(named-compilezone -q -o - example.com "$work/zone" | awk '$1 == "www.example.com." {print $2}')
expect "named-compilezone, TTL of www" 5400 "$compiled"
serve_powerdns "$work/zone" 15301
expect "PowerDNS, TTL of www" 60 "$(ttls 15301 www.example.com)"
expect "PowerDNS, refresh of the SOA record" 60 "$(dig +short +norec @127.0.0.1 -p 15301 example.com SOA | awk '{print $4}')"
exit "$failed"
