package rules

import (
	"cmp"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/edgeplan/edgeplan/compiler/report"
	"github.com/edgeplan/edgeplan/internal/pattern"
	"github.com/edgeplan/edgeplan/parser/diag"
	"github.com/edgeplan/edgeplan/parser/dnsname"
)

// What is wrong with the form of a value, and how to write it: for people who know the value and
// not the form.

// badAddress is a sentence about text that is no address of the kind that an argument takes.
func badAddress(argument, text string, six bool) string {
	kind, like := "IPv4", "198.51.100.21"
	if six {
		kind, like = "IPv6", "2001:db8:2::21"
	}
	says := fmt.Sprintf("%q is not an %s address.", report.Shorten(text), kind)
	// a URL has IPv6 addresses in brackets
	plain := strings.Trim(strings.TrimSpace(text), "[]")
	if addr, ok := addressIn(plain); ok {
		// of the other kind: the argument is wrong and not the address
		if addr.Is4() == six {
			switch {
			case six:
				return fmt.Sprintf("%s is an IPv4 address: write it as public_ipv4.", addr)
			case argument == "virtual_ipv4":
				return fmt.Sprintf("%s is an IPv6 address. Edgeplan publishes an IPv4 address of the load balancer "+
					"only: write that one.", addr)
			}
			return fmt.Sprintf("%s is an IPv6 address: write it as public_ipv6, and the IPv4 address of the server as "+
				"public_ipv4.", addr)
		}
		return says + fmt.Sprintf(" Write the address alone: %q.", addr)
	}
	parts := strings.Split(plain, ".")
	if len(parts) == 4 && !six {
		for i, part := range parts {
			// Atoi reads 010 as 10, as people mean it; netip refuses a zero in front
			n, err := strconv.Atoi(part)
			if err != nil {
				return says + fmt.Sprintf(" Write it like this: %s.", like)
			}
			if n > 255 {
				return says + fmt.Sprintf(" Its numbers go up to 255: correct %d.", n)
			}
			parts[i] = strconv.Itoa(n)
		}
		return says + fmt.Sprintf(" Some programs read numbers that begin with 0 as octal ones. Write %q.",
			strings.Join(parts, "."))
	}
	return says + fmt.Sprintf(" Write it like this: %s.", like)
}

// addressIn is the address in text that has a port, a prefix length or the like as well.
func addressIn(text string) (netip.Addr, bool) {
	if addr, err := netip.ParseAddr(text); err == nil {
		// an IPv4 address written as IPv6 is one for IPv4
		return addr.WithZone("").Unmap(), true
	}
	if prefix, err := netip.ParsePrefix(text); err == nil {
		return prefix.Addr(), true
	}
	if port, err := netip.ParseAddrPort(text); err == nil {
		return port.Addr(), true
	}
	return netip.Addr{}, false
}

var (
	dayMonthYear = pattern.New(`^([0-9]{1,2})([./-])([0-9]{1,2})[./-]([0-9]{4})` +
		`(?:[ T,]+([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?)?`)
	yearMonthDay = pattern.New(`^([0-9]{4})[-./]?([0-9]{2})[-./]?([0-9]{2})` +
		`(?:[ T,]+([0-9]{1,2}):?([0-9]{2})(?::?([0-9]{2}))?)?`)
)

// looseTime reads a time without its zone in one of the forms that people use; clock is false
// where only a day is given. The order of day and month is clear only with dots, or where one
// of them is above 12.
func looseTime(text string) (t time.Time, clock, ok bool) {
	var y, m, d, rest []string
	if p := dayMonthYear.FindStringSubmatch(text); p != nil {
		y, m, d, rest = p[4:5], p[3:4], p[1:2], p[5:8]
		month, _ := strconv.Atoi(p[3])
		day, _ := strconv.Atoi(p[1])
		switch {
		// there is no month 13, so these are month and day as in the US
		case month > 12:
			m, d = d, m
		// 3/4/2026 is in March or in April; where dates have dots the day is first
		case day <= 12 && p[2] != ".":
			return time.Time{}, false, false
		}
	} else if p := yearMonthDay.FindStringSubmatch(text); p != nil {
		y, m, d, rest = p[1:2], p[2:3], p[3:4], p[4:7]
	} else {
		return time.Time{}, false, false
	}
	n := func(list []string) int { v, _ := strconv.Atoi(list[0]); return v }
	t = time.Date(n(y), time.Month(n(m)), n(d), n(rest[0:1]), n(rest[1:2]), n(rest[2:3]), 0, time.UTC)
	// time.Date makes 31 April the first of May
	exists := int(t.Month()) == n(m) && t.Day() == n(d) && t.Hour() == n(rest[0:1])
	return t, rest[0] != "", exists
}

// badDate is a sentence about text that is no date.
func badDate(text string) string {
	says := fmt.Sprintf("%q is not a date as it is written here: year-month-day, such as 2027-06-30.",
		report.Shorten(text))
	// what can be read is offered in the right form, to be copied
	if t, _, ok := looseTime(strings.TrimSpace(text)); ok {
		return says + fmt.Sprintf(" Write %q.", t.Format(time.DateOnly))
	}
	if yearMonthDay.MatchString(text) {
		return fmt.Sprintf("There is no such day as %s. Look the date up again and correct it.", report.Shorten(text))
	}
	return says
}

// badTime is a sentence about text that is no time.
func badTime(text string) string {
	says := fmt.Sprintf("%q is not a time as it is written here: with date, T, time of day and time zone, such as "+
		"2026-12-05T22:00:00Z.", report.Shorten(text))
	text = strings.TrimSpace(text)
	t, clock, ok := looseTime(text)
	if !ok {
		return says
	}
	form := t.Format("2006-01-02T15:04:05")
	if clock {
		// only the zone is missing, so nothing is said of the form
		if _, err := time.Parse(time.RFC3339, text+"Z"); err == nil {
			says = "The time zone is missing."
		}
		if p := zoneOffset.FindStringSubmatch(text); p != nil {
			return says + fmt.Sprintf(" Write \"%s%s%s:%s\".", form, p[1], p[2], cmp.Or(p[3], "00"))
		}
		switch name := zoneName.FindString(text); strings.ToUpper(name) {
		// no zone at all: both ways to write it are shown below
		case "":
		case "Z", "UTC", "GMT":
			return says + fmt.Sprintf(" Write \"%sZ\".", form)
		case "AM", "PM":
			return says + " The time of day has 24 hours: 22:00:00, not 10:00 PM."
		default:
			return fmt.Sprintf("A time zone is written as the difference from UTC, not by a name such as %s. Write "+
				"\"%s+01:00\" if your clocks are one hour ahead of UTC on that day, +02:00 for two hours (summer time "+
				"counts), -05:00 for five hours behind.", name, form)
		}
	}
	return says + fmt.Sprintf(" Write \"%sZ\" if it is UTC, or \"%s+01:00\" if your clocks are one hour ahead of UTC "+
		"on that day.", form, form)
}

// How a time zone is written at the end of a time: as a difference from UTC, or by name.
var (
	zoneOffset = pattern.New(`:[0-9]{2} ?([+-])([0-9]{2}):?([0-9]{2})?$`)
	zoneName   = pattern.New(`[A-Za-z]+$`)
)

// hint says how to write a host name that is wrong.
func hint(name, why string) string {
	for _, c := range name {
		// first, because a reader sees nothing wrong with such a name
		if diag.IsHidden(c) || diag.IsDash(c) {
			return fmt.Sprintf("It holds %s, which Word and web pages put in. Write %q.",
				diag.Character(c), diag.Plain(name))
		}
	}
	// only what would be taken is offered
	if plain := hostIn(name); plain != name && dnsname.WrongHost(plain) == "" {
		return fmt.Sprintf("Write %q.", plain)
	}
	switch {
	case why == dnsname.NoDomain:
		return "Write the whole name, with its domain, such as server1.contoso.com."
	case why == dnsname.IsAddress:
		return "Write the name, as Topology Builder shows it; do not look it up by this address."
	case strings.HasPrefix(name, "*."):
		return "A wildcard cannot be used here: write each name."
	case strings.Contains(name, "_"):
		return "Lync takes no underscores in host names: look the name up in Topology Builder or in DNS. If it " +
			"really has one, change it in the topology first; edgeplan cannot plan with it."
	}
	return "Use letters, digits, hyphens and dots."
}

// hostIn is the host name or domain in a URL, a URI, a mail address or a name with a port.
func hostIn(name string) string {
	name = strings.ToLower(strings.TrimSpace(name))
	if _, rest, ok := strings.Cut(name, "://"); ok {
		name = rest
	}
	// URIs of users have no slashes
	name = strings.TrimPrefix(strings.TrimPrefix(name, "sip:"), "xmpp:")
	if at := strings.LastIndexByte(name, '@'); at >= 0 {
		name = name[at+1:]
	}
	if end := strings.IndexAny(name, "/:?"); end >= 0 {
		name = name[:end]
	}
	return strings.TrimSuffix(name, ".")
}
