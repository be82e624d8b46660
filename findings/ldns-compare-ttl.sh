#!/usr/bin/env bash
# ldns-compare-zones is blind to a change of TTLs: two zones that differ in nothing else are reported as equal, exit code 0,
# also with -e, which is to end with 2 on any difference. A review that trusts it lets a TTL of a week pass.
# Seen with ldnsutils 1.8.3-1+b1, Debian 12:
#   300 to 604800: "+0 -0 ~0", exit code 0; another address: "+0 -0 ~1", exit code 2
set -euo pipefail
cd "$(dirname "$0")"
. lib/debian.sh; . lib/pins.sh
debs $ldns

zone() {
    printf '%s\n' '$ORIGIN example.com.' '$TTL 3600' '@ IN SOA ns hostmaster 1 7200 900 1209600 300' '@ IN NS ns' \
        'ns IN A 192.0.2.53' "www $1 IN A $2" >"$work/$3"
}
zone 300 192.0.2.80 old
zone 604800 192.0.2.80 ttl
zone 300 192.0.2.81 data
compare() { out=$(ldns-compare-zones -a -e "$work/old" "$work/$1" 2>&1) && rc=0 || rc=$?; echo "$rc $(echo "$out" | tail -1 | xargs)"; }
expect "another TTL" "0 +0 -0 ~0" "$(compare ttl)"
expect "another address" "2 +0 -0 ~1" "$(compare data)"
exit "$failed"
