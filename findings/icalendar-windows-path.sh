#!/usr/bin/env bash
# icalendar of Python undoes the escapes of a text in the wrong order: it first makes \n an end of line and then \\ a backslash, so
# that the two backslashes of RFC 5545, section 3.3.11, before an n are a backslash and an end of line. A Windows path or command that
# goes on with n, such as .\next-hop.ps1, comes back as two lines, also from what the library has written itself. vobject reads
# the same file as it is meant.
# Seen with icalendar 4.0.3 and vobject 0.9.6.1 of Debian 12.
set -euo pipefail
cd "$(dirname "$0")"
. lib/debian.sh
debs python3-icalendar=4.0.3-5 python3-vobject=0.9.6.1-2
PYTHONPATH="$work/root/usr/lib/python3/dist-packages"
export PYTHONPATH

printf '%s\r\n' BEGIN:VCALENDAR VERSION:2.0 PRODID:-//example//EN BEGIN:VEVENT UID:1@example.com DTSTAMP:20261205T220000Z \
    DTSTART:20261205T220000Z 'SUMMARY:Run .\\next-hop.ps1' END:VEVENT END:VCALENDAR >"$work/event.ics"
# python TEXT: runs it with the python3 of this machine, which needs nothing else.
python() { python3 -c "$1" "$work/event.ics"; }
expect "written by icalendar" 'SUMMARY:Run .\\next-hop.ps1' "$(python '
import icalendar
event = icalendar.Event()
event.add("summary", r"Run .\next-hop.ps1")
print([line for line in event.to_ical().decode().splitlines() if line.startswith("SUMMARY")][0])')"
expect "read by icalendar, as JSON" '"Run .\next-hop.ps1"' "$(python '
import icalendar, json, sys
calendar = icalendar.Calendar.from_ical(open(sys.argv[1], "rb").read())
print(json.dumps(str(calendar.walk("VEVENT")[0]["SUMMARY"])))')"
expect "read by vobject, as JSON" '"Run .\\next-hop.ps1"' "$(python '
import json, sys, vobject
print(json.dumps(vobject.readOne(open(sys.argv[1], newline="").read()).vevent.summary.value))')"
exit "$failed"
