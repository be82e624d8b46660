#!/usr/bin/env bash
# DNS::ZoneParse of Perl gives every record without a TTL the last TTL that stood in a line, although the file has $TTL, which
# holds for all of them since RFC 2308, section 4. After a look at the zone and a new serial, the name servers and the A record behind
# a short-lived SRV record are short-lived too. Of a TXT record of two strings one is left, with quotes inside it.
# Seen with DNS::ZoneParse 1.10 (libdns-zoneparse-perl 1.10-1.1) and named-compilezone 9.18.49, Debian 12: 3600 becomes 300 for www.
set -euo pipefail
cd "$(dirname "$0")"
. lib/debian.sh; . lib/pins.sh
debs bind9-utils="${bind##*=}" libdns-zoneparse-perl=1.10-1.1

cat >"$work/zone" <<'Z'
$ORIGIN example.com.
$TTL 3600
@	IN SOA	ns1 hostmaster ( 2026112301 7200 900 1209600 300 )
@	IN NS	ns1
ns1	IN A	192.0.2.53
_sipfederationtls._tcp 300 IN SRV 0 0 5061 sip
sip	300 IN A	192.0.2.80
www	IN A	192.0.2.90
spf	IN TXT	"v=spf1 " "-all"
Z
perl -I"$work/root/usr/share/perl5" -MDNS::ZoneParse -e '
    my $zone = DNS::ZoneParse->new($ARGV[0], "example.com.");
    $zone->new_serial(1);
    print $zone->output();' "$work/zone" >"$work/again"
of() { named-compilezone -q -o - example.com "$work/$1" | awk -v name="$2.example.com." '$1 == name' | cut -d' ' -f2- | tr -s '\t ' ' ' | sed 's/^ //'; }
expect "www in the file" "3600 IN A 192.0.2.90" "$(of zone www)"
expect "www after DNS::ZoneParse" "300 IN A 192.0.2.90" "$(of again www)"
expect "spf in the file" '3600 IN TXT "v=spf1 " "-all"' "$(of zone spf)"
expect "spf after DNS::ZoneParse" '300 IN TXT "v=spf1 \" \"-all"' "$(of again spf)"
exit "$failed"
