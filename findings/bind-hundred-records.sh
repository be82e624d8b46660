#!/usr/bin/env bash
# A set of more than 100 records: named-checkzone says OK and named of the same package does not load the zone, so after the next
# start none of its names is there. The limit, max-records-per-type, came with 9.18.28 and is not in named-checkzone. Nor does named
# count what it serves: lines that are written one after the other count before equal ones are dropped, so a record that is
# written twice is one too many; lines of a set that others separate are counted each time that they are joined. So 150 lines in
# three places, of 50 addresses, are loaded, and 101 lines of 100 addresses are not. A name in other letters is another place too, so
# WWW in the middle of 150 lines of www makes the zone load. 101 types at one name are too many as well (max-types-per-name).
# Seen with BIND 9.18.49, Debian 12:
#   named-checkzone: 0 for all; named: 101 records, 100 and an equal one, twice 60 equal ones in two places, 101 types: too many records
set -euo pipefail
cd "$(dirname "$0")"
. lib/debian.sh; . lib/servers.sh; . lib/pins.sh
debs $bind

rows() { seq -f 'www IN A 192.0.2.%.0f' "$1" "$2"; }
other() { echo "other$1 IN A 192.0.2.200"; }
try() { # WHAT WANTED: the zone is on standard input, below its head
    { printf '%s\n' '$TTL 300' '@ IN SOA ns hostmaster ( 1 7200 900 1209600 300 )' ' IN NS ns' 'ns IN A 192.0.2.53'; cat; } >"$work/zone"
    expect "$1: named-checkzone" 0 "$(named-checkzone -q example.com "$work/zone" >/dev/null 2>&1; echo $?)"
    : >"$work/log"
    serve_named "$work/zone" 15322
    expect "$1: named" "$2" "$(grep -oE 'zone example.com/IN: loaded|too many records$' "$work/log" | sort -u | head -1)"
    expect "$1: records that it serves" "$3" "$(dig +tcp +short +norec @127.0.0.1 -p 15322 www.example.com A | wc -l)"
    stop
}
loaded='zone example.com/IN: loaded'; many='too many records'
rows 1 100 | try '100 records' "$loaded" 100
rows 1 101 | try '101 records' "$many" 0
{ rows 1 100; rows 7 7; } | try '100 records, one of them twice' "$many" 0
{ rows 1 60; other 1; rows 1 60; } | try 'twice the same 60 in two places' "$many" 0
{ rows 1 50; other 1; rows 1 50; other 2; rows 1 50; } | try 'three times the same 50 in three places' "$loaded" 50
{ rows 1 50; rows 1 50 | tr w W; rows 1 50; } | try 'three times the same 50 in a row, those in the middle in capital letters' "$loaded" 50
{ rows 1 50; rows 1 50; rows 1 50; } | try 'three times the same 50 in a row' "$many" 0
{ rows 1 1; seq -f 'www TYPE%.0f \# 1 00' 65280 65378; } | try '100 types' "$loaded" 1
{ rows 1 1; seq -f 'www TYPE%.0f \# 1 00' 65280 65379; } | try '101 types' "$many" 0
exit "$failed"
