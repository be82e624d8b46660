#!/usr/bin/env bash
# github.com/bwesterb/go-zonefile keeps the layout of a zone file while records are changed in place. In a loop over Entries(), as its
# README has it, SetValue changes the zone. SetTTL in the same loop, on a record without a TTL, returns no error and does one of two
# things: it puts the TTL in and the last word of the record is gone, be it the address or the closing bracket of the SOA record,
# or the file stays as it was. The loop has a copy whose words share their memory with the zone; on &zone.Entries()[i] it works.
# Seen with go-zonefile v1.0.0 (the newest) and Go 1.26:
#   "www A 192.0.2.80" becomes "www 300 A "; the SOA record loses its ")"; "b IN A 192.0.2.2" stays as it was
set -euo pipefail
cd "$(dirname "$0")"
. lib/debian.sh; . lib/go.sh

run_go github.com/bwesterb/go-zonefile@v1.0.0 >"$work/seen" <<'G'
package main

import (
	"fmt"

	zonefile "github.com/bwesterb/go-zonefile"
)

func main() {
	for _, text := range []string{
		"www A 192.0.2.80\n",
		"@ IN SOA ns hostmaster (\n\t1 7200 900 1209600 300 )\nns IN A 192.0.2.53\n",
		"b IN A 192.0.2.2\n",
	} {
		zone, problem := zonefile.Load([]byte(text))
		if problem != nil {
			panic(problem)
		}
		for _, entry := range zone.Entries() {
			fmt.Printf("%v ", entry.SetTTL(300))
			break
		}
		fmt.Printf("%q\n", zone.Save())
	}
	value, _ := zonefile.Load([]byte("www A 192.0.2.80\n"))
	for _, entry := range value.Entries() {
		entry.SetValue(0, []byte("192.0.2.81"))
	}
	place, _ := zonefile.Load([]byte("www A 192.0.2.80\n"))
	(&place.Entries()[0]).SetTTL(300)
	fmt.Printf("%q %q\n", value.Save(), place.Save())
}
G
mapfile -t seen <"$work/seen"
expect "record without class" '<nil> "www 300 A "' "${seen[0]}"
expect "SOA record" '<nil> "@ 300 IN SOA ns hostmaster (\n\t1 7200 900 1209600 300 ns IN A 192.0.2.53\n"' "${seen[1]}"
expect "record with class" '<nil> "b IN A 192.0.2.2\n"' "${seen[2]}"
expect "SetValue in the loop, SetTTL in place" '"www A 192.0.2.81\n" "www 300 A 192.0.2.80\n"' "${seen[3]}"
exit "$failed"
