#!/usr/bin/env bash
# dns-srv of npm, whose example is XMPP, connects a socket by SRV records. It sorts them by priority and weight, as RFC 2782 has
# it, then looks up the addresses of all targets at once and keeps them in the order in which the answers come. So a backup with
# priority 10 is connected to first whenever its name is answered sooner than that of the server with priority 0, for
# instance because that name is in a slower zone or not in the cache. No error shows it.
# Seen with dns-srv 0.3.0 (the newest) on Node.js 20; the look-ups of Node.js are replaced by answers with a delay.
set -euo pipefail
cd "$(dirname "$0")"
. lib/debian.sh; . lib/npm.sh
npms dns-srv@0.3.0

# tried DELAY0 DELAY10: the addresses in the order in which they are tried, if the target of priority 0 is looked up in DELAY0 ms.
tried() {
    run_node "$@" <<'J'
import dns from 'node:dns';
import { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
const [first, second] = process.argv.slice(2).map(Number);
const hosts = { 'edge1.example.com': ['192.0.2.1', first], 'edge2.example.com': ['192.0.2.2', second] };
dns.resolveSrv = (name, done) => setTimeout(done, 1, null, [
    { priority: 0, weight: 0, port: 5269, name: 'edge1.example.com' },
    { priority: 10, weight: 0, port: 5269, name: 'edge2.example.com' },
]);
dns.lookup = (name, done) => setTimeout(done, hosts[name][1], null, hosts[name][0]);
const { connect } = createRequire(import.meta.url)('dns-srv');
const socket = new EventEmitter(), seen = [];
socket.setTimeout = () => {};
socket.connect = (port, address) => {
    seen.push(address + ':' + port);
    setTimeout(() => socket.emit('error', new Error('refused')), 1);
};
connect(socket, ['_xmpp-server._tcp'], 'example.com', 5269).on('error', () => console.log(seen.join(' ')));
J
}
expect "the name with priority 0 is answered first" "192.0.2.1:5269 192.0.2.2:5269" "$(tried 10 100)"
expect "the name with priority 0 is answered last" "192.0.2.2:5269 192.0.2.1:5269" "$(tried 100 10)"
exit "$failed"
