#!/usr/bin/env bash
# "Serve stale" sounds like help for the time when the name servers are down. In Unbound (serve-expired) and dnsmasq (--use-stale-cache)
# the first client that asks after the TTL has run out gets the OLD answer although the name servers answer at once; only the next
# one gets the new answer. A rarely asked name keeps its old address in such a cache long after its TTL. The TTL that the
# client is shown is 30 in Unbound and 0 in dnsmasq.
# Seen with Unbound 1.17.1-2+deb12u4, dnsmasq 2.90-4~deb12u2 and BIND 9.18.49 as the name server, Debian 12, TTL 2, asked after 6 s:
#   first answer old (TTL 30, TTL 0), second answer new
set -euo pipefail
cd "$(dirname "$0")"
. lib/debian.sh; . lib/servers.sh; . lib/pins.sh
debs $bind unbound=1.17.1-2+deb12u4 dnsmasq-base=2.90-4~deb12u2

cat >"$work/zone" <<'Z'
$TTL 2
@	IN SOA	ns hostmaster ( 1 7200 900 1209600 2 )
	IN NS	ns
ns	IN A	192.0.2.53
www	IN A	192.0.2.80
Z
serve_named "$work/zone" 15313
cat >"$work/unbound.conf" <<C
server:
    interface: 127.0.0.1
    port: 15314
    do-not-query-localhost: no
    directory: "$work"
    chroot: ""
    username: ""
    pidfile: ""
    use-syslog: no
    serve-expired: yes
    module-config: "iterator"
remote-control:
    control-enable: no
stub-zone:
    name: example.com
    stub-addr: 127.0.0.1@15313
C
background unbound -d -c "$work/unbound.conf"
background dnsmasq -k --conf-file=/dev/null --no-resolv --no-hosts --pid-file --user=root --listen-address=127.0.0.1 --bind-interfaces \
    --port=15315 --server=/example.com/127.0.0.1#15313 --use-stale-cache
ask() { dig +noall +answer @127.0.0.1 -p "$1" www.example.com A | awk '{print $5, $2}'; }
for port in 15314 15315; do wait_for eval "ask $port | grep -q 192.0.2.80"; done
sed -i 's/192\.0\.2\.80/192.0.2.81/; s/( 1 /( 2 /' "$work/named/zone"
rndc -c "$work/named/rndc.conf" reload example.com >/dev/null
wait_for eval 'dig +short @127.0.0.1 -p 15313 www.example.com A | grep -q 192.0.2.81'
sleep 6
expect "Unbound, first answer" "192.0.2.80 30" "$(ask 15314)"
expect "dnsmasq, first answer" "192.0.2.80 0" "$(ask 15315)"
sleep 1
expect "Unbound, second answer" 192.0.2.81 "$(ask 15314 | cut -d' ' -f1)"
expect "dnsmasq, second answer" 192.0.2.81 "$(ask 15315 | cut -d' ' -f1)"
exit "$failed"
