#!/usr/bin/env bash
# "ldns-read-zone -S YYYYMMDDxx" sets the serial to today's date also where the zone has a much higher one, such as a date typed
# with a digit too many: by serial arithmetic (RFC 1982) that is a step back, and secondary servers keep the old zone. No warning,
# exit code 0. "-S unixtime" does see that its number would be lower, and raises the old one by 1 instead.
# Seen with ldnsutils 1.8.3-1+b1, Debian 12: 4000000000 becomes today's date; 2026112300 with unixtime becomes 2026112301.
set -euo pipefail
cd "$(dirname "$0")"
. lib/debian.sh; . lib/pins.sh
debs $ldns

# serial OLD FORM: the serial that comes out.
serial() {
    printf '%s\n' '$ORIGIN example.com.' '$TTL 3600' "@ IN SOA ns hostmaster $1 7200 900 1209600 300" '@ IN NS ns' >"$work/zone"
    ldns-read-zone -S "$2" "$work/zone" 2>"$work/words" | awk '$4 == "SOA" {print $7}'
}
new=$(serial 4000000000 YYYYMMDDxx)
expect "4000000000, YYYYMMDDxx" "$(date +%Y%m%d)00" "$new"
expect "words about it" 0 "$(wc -c <"$work/words")"
expect "in serial arithmetic" lower "$( (((new - 4000000000 + 4294967296) % 4294967296 > 2147483648)) && echo lower || echo higher)"
# The Unix time stays below this number until the year 2034.
expect "2026112300, unixtime" 2026112301 "$(serial 2026112300 unixtime)"
exit "$failed"
