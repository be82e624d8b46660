package ticket

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// NoWindow is the error of a plan that has no time for a calendar.
type NoWindow struct{ Plan string }

func (e NoWindow) Error() string {
	return fmt.Sprintf("plan %s has no change window, so there is nothing to put into a calendar; give window_start and "+
		"window_end in its block change", e.Plan)
}

// stamp is a time as iCalendar has it in UTC (RFC 5545, section 3.3.5, form 2).
func stamp(at string) string { return strings.NewReplacer("-", "", ":", "").Replace(at) }

// Calendar prints an event for the window of each ticket and for each moment that it makes, in iCalendar. A window without
// an end, or without a start, is an event at the time that it has. It fails with [NoWindow] for a ticket with neither: a
// calendar without an event is none (RFC 5545, section 3.6).
func Calendar(tickets []*Ticket) ([]byte, error) {
	c := &calendar{}
	c.line("BEGIN:VCALENDAR")
	c.line("VERSION:2.0")
	c.line("PRODID:-//edgeplan//edgeplan//EN")
	for _, t := range tickets {
		start, end := t.Start, t.End
		if start == "" {
			start = end
		}
		if start == "" {
			return nil, NoWindow{t.Plan}
		}
		// It has to be later than the start, if there is one (section 3.6.1).
		if end <= start {
			end = ""
		}
		c.event(t, start, "window", start, end, t.Summary, append(lines(t.section("summary")), t.packageLine()))
		for _, m := range t.Moments {
			c.event(t, start, m.ID, m.At, "", m.Title, []string{m.Text})
		}
	}
	c.line("END:VCALENDAR")
	return []byte(c.b.String()), nil
}

// calendar is a stream of content lines.
type calendar struct{ b strings.Builder }

// event adds one. Its UID follows from the ID of the plan, so that a calendar that has it takes it for the same one. A plan
// holds no time at which it was made, so DTSTAMP is the first time that it has.
func (c *calendar) event(t *Ticket, stamped, id, start, end, title string, text []string) {
	c.line("BEGIN:VEVENT")
	c.line("UID:" + escaped(strings.TrimPrefix(t.ID, "sha256:")+"-"+id+"@edgeplan"))
	c.line("DTSTAMP:" + stamp(stamped))
	c.line("DTSTART:" + stamp(start))
	if end != "" {
		c.line("DTEND:" + stamp(end))
	}
	c.line("SUMMARY:" + escaped(t.Number+": "+title))
	c.line("DESCRIPTION:" + escaped(fit(text)))
	if id != "window" {
		c.line("TRANSP:TRANSPARENT") // nobody is busy for that
	}
	c.line("END:VEVENT")
}

// escaped is a value of type TEXT (section 3.3.11).
func escaped(text string) string {
	return strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`).Replace(text)
}

// line adds a content line, folded so that no line has more than 75 octets and no character is cut (section 3.1).
func (c *calendar) line(text string) {
	room := 75
	for len(text) > room {
		at := room
		for !utf8.RuneStart(text[at]) {
			at--
		}
		c.b.WriteString(text[:at] + "\r\n ")
		text, room = text[at:], 74 // the blank counts
	}
	c.b.WriteString(text + "\r\n")
}
