#!/usr/bin/env bash
# A zone of BIND that takes dynamic updates, and its file edited by hand. "rndc reload" says "server reload successful", ends
# with 0, and goes on serving the old data without a word of the zone in the log. Only "rndc reload ZONE" says "dynamic zone". What then
# becomes of the edit depends on how the server goes down: "rndc stop" writes the file anew, without the edit; after a halt
# or a crash the journal does not fit the file, the zone is not loaded, and its names answer SERVFAIL.
# Seen with BIND 9.18.49, Debian 12:
#   rndc reload: 0 "server reload successful", address as before; stop: the edit is gone; halt: SERVFAIL
set -euo pipefail
cd "$(dirname "$0")"
. lib/debian.sh; . lib/servers.sh; . lib/pins.sh
debs $bind

cat >"$work/zone" <<'Z'
$TTL 3600
@	IN SOA	ns hostmaster ( 1 7200 900 1209600 300 )
	IN NS	ns
ns	IN A	192.0.2.53
www	IN A	192.0.2.80
Z
serve_named "$work/zone" 15312 'allow-update { 127.0.0.1; };'
address() { dig +short +norec @127.0.0.1 -p 15312 www.example.com A; }
control() { out=$(rndc -c "$work/named/rndc.conf" "$@" 2>&1) && echo "0 $out" || echo "$? $out"; }
printf '%s\n' "server 127.0.0.1 15312" "zone example.com." "update add other.example.com. 300 IN A 192.0.2.90" send | nsupdate
edit() { sed -i 's/192\.0\.2\.80/192.0.2.81/; s/( 1 /( 100 /; s/\b2 *; serial/100 ; serial/' "$work/named/zone"; }
restart() {
    control "$1" >/dev/null
    wait_for eval '! pgrep -f "$work/named/named.conf"'
    serve_named "" 15312 'allow-update { 127.0.0.1; };'
}
edit
words=$(wc -l <"$work/log")
expect "rndc reload" "0 server reload successful" "$(control reload)"
expect "address after it" 192.0.2.80 "$(address)"
expect "lines of the log about the zone since" 0 "$(tail -n "+$((words + 1))" "$work/log" | grep -c 'example\.com' || true)"
expect "rndc reload example.com" "1 rndc: 'reload' failed: dynamic zone" "$(control reload example.com | head -1)"
restart stop
expect "lines with the edit after rndc stop" 0 "$(grep -c '192\.0\.2\.81' "$work/named/zone" || true)"
printf '%s\n' "server 127.0.0.1 15312" "zone example.com." "update add third.example.com. 300 IN A 192.0.2.91" send | nsupdate
edit
restart halt
expect "status after rndc halt" SERVFAIL "$(for name in www ns other; do dig +norec @127.0.0.1 -p 15312 $name.example.com A; done | sed -n 's/.*status: \([A-Z]*\).*/\1/p' | sort -u)"
expect "the log then says" "journal out of sync with zone" "$(grep -o 'journal out of sync with zone' "$work/log" | head -1)"
exit "$failed"
