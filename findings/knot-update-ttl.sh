#!/usr/bin/env bash
# A dynamic update adds a record that is there with another TTL: BIND gives it the new TTL, Knot answers NOERROR and changes
# nothing, not even the serial. RFC 2136, section 3.4.2.2, has the zone's record replaced when only the TTL differs.
# Deleting and adding the record in one message works in Knot too.
# Seen with Knot 3.2.6-1, BIND 9.18.49 and its nsupdate, Debian 12:
#   add: BIND NOERROR, TTL 300; Knot NOERROR, TTL 86400, serial as before; delete and add: Knot NOERROR, TTL 300
set -euo pipefail
cd "$(dirname "$0")"
. lib/debian.sh; . lib/servers.sh; . lib/pins.sh
debs $knot $bind

cat >"$work/zone" <<'Z'
$TTL 3600
@	IN SOA	ns hostmaster ( 1 7200 900 1209600 300 )
	IN NS	ns
ns	IN A	192.0.2.53
www	86400 IN A	192.0.2.80
Z
serve_knot "$work/zone" 15302
serve_named "$work/zone" 15303 'allow-update { 127.0.0.1; };'
# update PORT LINE...: sends one message and prints the code of the answer.
update() {
    { echo "server 127.0.0.1 $1"; echo "zone example.com."; printf '%s\n' "${@:2}" send answer; } | nsupdate 2>&1 |
        sed -n 's/.*status: \([A-Z]*\).*/\1/p'
}
add='update add www.example.com. 300 IN A 192.0.2.80'
expect "BIND, answer to the add" NOERROR "$(update 15303 "$add")"
expect "BIND, TTL after it" 300 "$(ttls 15303 www.example.com)"
expect "Knot, answer to the add" NOERROR "$(update 15302 "$add")"
expect "Knot, TTL after it" 86400 "$(ttls 15302 www.example.com)"
expect "Knot, serial after it" 1 "$(serial 15302)"
expect "Knot, answer to delete and add" NOERROR "$(update 15302 'update delete www.example.com. IN A 192.0.2.80' "$add")"
expect "Knot, TTL after it" 300 "$(ttls 15302 www.example.com)"
exit "$failed"
