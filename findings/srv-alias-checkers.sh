#!/usr/bin/env bash
# An SRV record that points to an alias, which RFC 2782 forbids. named-checkzone calls it "illegal", then says OK and ends with 0
# (its default is -S warn). pdnsutil warns and ends with 0; nsd-checkzone, kzonecheck
# and ldns-read-zone have no word for it. A pipeline that looks at exit codes finds it with none of the five.
# Seen with BIND 9.18.49, PowerDNS 4.7.3-2, NSD 4.6.1-1, Knot 3.2.6-1 and ldns 1.8.3, Debian 12; with -S fail named-checkzone ends with 1
set -euo pipefail
cd "$(dirname "$0")"
. lib/debian.sh; . lib/pins.sh
debs $bind $knot $nsd $powerdns $ldns

cat >"$work/zone" <<'Z'
$ORIGIN example.com.
$TTL 3600
@	IN SOA	ns hostmaster ( 1 7200 900 1209600 300 )
@	IN NS	ns
ns	IN A	192.0.2.53
edge	IN A	192.0.2.80
xmpp	IN CNAME	edge
_xmpp-server._tcp	IN SRV	0 0 5269 xmpp
Z
# verdict COMMAND...: exit code, and the words that its output has of the fault.
verdict() { out=$("$@" 2>&1) && rc=0 || rc=$?; echo "$rc $(echo "$out" | grep -o 'is a CNAME (illegal)\|is a CNAME' | head -1)"; }
expect "named-checkzone" "0 is a CNAME (illegal)" "$(verdict named-checkzone example.com "$work/zone")"
expect "named-checkzone -S fail" 1 "$(verdict named-checkzone -S fail example.com "$work/zone" | cut -d' ' -f1)"
expect "nsd-checkzone" "0 " "$(verdict nsd-checkzone example.com "$work/zone")"
expect "kzonecheck" "0 " "$(verdict kzonecheck -o example.com "$work/zone")"
expect "ldns-read-zone" "0 " "$(verdict ldns-read-zone "$work/zone")"
mkdir "$work/pdns"
echo "zone \"example.com\" { type master; file \"$work/zone\"; };" >"$work/pdns/named.conf"
printf '%s\n' launch=bind "bind-config=$work/pdns/named.conf" "module-dir=$(find "$work/root" -name libbindbackend.so -printf '%h')" >"$work/pdns/pdns.conf"
expect "pdnsutil check-zone" "0 is a CNAME" "$(verdict pdnsutil --config-dir="$work/pdns" check-zone example.com)"
exit "$failed"
