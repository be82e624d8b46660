#!/usr/bin/env bash
# A diff that takes the newline at the end of a file away: BusyBox patch says it has patched the file, ends with 0, and leaves the
# newline where it was. A checksum over the result does not fit then. Where the OLD file has no newline at its end, it refuses the diff.
# GNU patch does both.
# Seen with BusyBox 1.35.0-4+deb12u1+b1 and patch 2.7.6-7, Debian 12:
#   newline taken away: GNU exact; BusyBox exit code 0, one byte more. Old file without one: GNU exact; BusyBox exit code 1
set -euo pipefail
cd "$(dirname "$0")"
. lib/debian.sh
debs busybox=1:1.35.0-4+deb12u1+b1 patch=2.7.6-7

printf 'one\ntwo\nthree\n' >"$work/with"
printf 'one\ntwo\nTHREE' >"$work/without"
# run PROGRAM OLD NEW: exit code, and whether the result is the new file.
run() {
    (cd "$work" && diff -u --label a/f --label b/f "$2" "$3" >d || true)
    cp "$work/$2" "$work/f"
    (cd "$work" && $1 -p1 <d >/dev/null 2>&1) && rc=0 || rc=$?
    if cmp -s "$work/f" "$work/$3"; then echo "$rc exact"; else echo "$rc $(($(wc -c <"$work/f") - $(wc -c <"$work/$3")))"; fi
}
expect "GNU patch, newline taken away" "0 exact" "$(run patch with without)"
expect "BusyBox patch, newline taken away (bytes too many)" "0 1" "$(run 'busybox patch' with without)"
expect "GNU patch, old file without one" "0 exact" "$(run patch without with)"
expect "BusyBox patch, old file without one" 1 "$(run 'busybox patch' without with | cut -d' ' -f1)"
exit "$failed"
