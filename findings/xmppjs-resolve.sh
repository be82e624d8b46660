#!/usr/bin/env bash
# @xmpp/resolve of xmpp.js finds the servers of an XMPP domain by SRV records. It asks for the address of the bare domain first and gives
# up when there is none, although the SRV records are right; RFC 6120 (3.2) has that address as the way out when there are no SRV
# records. One SRV target without an address among good ones ends the whole look-up too. Each server comes out twice. And
# with its own list of services resolve() never succeeds: the list has "stuns " with a blank, and the resolver refuses that name.
# Seen with @xmpp/resolve 0.14.0 on Node.js 20 and BIND 9.18.49, Debian 12; needs root, for a network of its own.
set -euo pipefail
cd "$(dirname "$0")"
. lib/debian.sh; . lib/servers.sh; . lib/npm.sh; . lib/pins.sh
if [ "${1:-}" != inside ]; then
    debs $bind
    npms @xmpp/resolve@0.14.0
    cat >"$work/zone" <<'Z'
$TTL 300
@	IN SOA	ns hostmaster ( 1 7200 900 1209600 300 )
	IN NS	ns
ns	IN A	192.0.2.53
edge	IN A	192.0.2.80
full	IN A	192.0.2.80
_xmpp-server._tcp.full	IN SRV	0 0 5269 edge
_xmpp-server._tcp.bare	IN SRV	0 0 5269 edge
mixed	IN A	192.0.2.80
_xmpp-server._tcp.mixed	IN SRV	0 0 5269 edge
_xmpp-server._tcp.mixed	IN SRV	9 0 5269 nowhere
Z
    unshare -mn bash "$PWD/$(basename "$0")" inside "$work" && exit 0 || exit 1
fi
rm -rf "$work"; work=$2 # the outer script cleans up
ip link set lo up
printf 'nameserver 127.0.0.1\n' >"$work/resolv.conf"
mount --bind "$work/resolv.conf" /etc/resolv.conf
serve_named "$work/zone" 53
look() {
    run_node "$1.example.com" <<'J'
import { resolve } from '@xmpp/resolve';
const srv = [{ service: 'xmpp-server', protocol: 'tcp' }];
resolve(process.argv[2], { srv }).then(
    all => console.log(all.filter(a => a.service).map(a => a.address + ':' + a.port).join(' ')),
    error => console.log(error.code));
J
}
expect "domain with an address" "192.0.2.80:5269 192.0.2.80:5269" "$(look full)"
expect "domain without an address" ENOTFOUND "$(look bare)"
expect "a dead target beside a good one" ENOTFOUND "$(look mixed)"
expect "the list has a name with a blank" 1 "$(grep -c 'service: "stuns "' "$work/npm/node_modules/@xmpp/resolve/lib/dns.js")"
expect "list of its own" EBADNAME "$(run_node <<'J'
import { resolve } from '@xmpp/resolve';
resolve('full.example.com').then(() => console.log('found'), error => console.log(error.code));
J
)"
stop
work=/nonexistent
exit "$failed"
