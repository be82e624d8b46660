package words

import (
	"fmt"
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
)

// Letter is a text to send to those whom a plan concerns, line by line. Lines are not made visible
// yet.
func Letter(p *plan.Plan, letter plan.Letter) []string {
	out := []string{"Subject: " + letter.Subject, ""}
	out = wrap(out, fmt.Sprintf("%s Time: %s. Our ticket: %s.", letter.What, Window(p.Change), p.Change.Ticket), wide)
	// Partners with a firewall need both: old answers live on after the change.
	out = append(out, "")
	if from, to := addresses(p.From), addresses(p.To); from+to != "" { // a plan may have no pools
		out = append(out, "Old addresses: "+from, "New addresses: "+to)
	}
	out = append(out, "Port: "+letter.Port)
	if len(letter.Sets) > 0 {
		out = append(out, "DNS records, with the TTL in seconds:")
	}
	out = append(out, RecordLines(letter.Sets, func(r Record) string {
		return map[byte]string{'-': "old: ", '+': "new: ", ' ': "stays: "}[r.Op] + r.String()[2:]
	}, func(line string) string { return line })...)
	out = append(out, "")
	for _, point := range letter.Points {
		out = wrap(out, "- "+point.Text, wide)
		whose := ""
		for command := range point.Each {
			// Said once before all of theirs.
			if command.For != whose {
				out = append(out, command.For+":")
			}
			whose = command.For
			out = append(out, broken(command.Text)...)
		}
	}
	return out
}

func addresses(pool plan.Pool) string {
	return strings.Join(slices.Concat(pool.IPv4, pool.IPv6), ", ")
}

// wide is how many characters a line of a letter may have.
const wide = 96

// wrap appends text, broken at blanks into lines of at most so many characters.
func wrap(out []string, text string, most int) []string {
	line := ""
	for word := range strings.SplitSeq(text, " ") {
		// A word that is longer than a line stays whole: it may be a name or a command.
		if line != "" && len(line)+1+len(word) > most {
			out, line = append(out, line), ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(out, line)
}

// broken is a command as lines of a letter that a shell reads as one.
func broken(command string) []string {
	lines := wrap(nil, command, wide-len(` \`))
	for i := range lines[:len(lines)-1] {
		lines[i] += " \\"
	}
	return lines
}

// Note is a statement, and the commands that it speaks of at its end, if any.
type Note struct {
	Text     string
	Commands []string
}

// Notes are those of a plan about what is reachable.
func Notes(p *plan.Plan) []Note {
	var out []Note
	for _, note := range p.Texts.Notes {
		text := note.Text
		if note.Service != "" {
			after, up := upAgain(p, note)
			// It would be about a time that does not come in this plan.
			if !up {
				continue
			}
			text = after + ": " + text
		}
		one := Note{Text: text}
		for command := range note.Each {
			one.Commands = append(one.Commands, command.Text)
		}
		out = append(out, one)
	}
	return out
}

// upAgain names the service of a note, and the first stage after which that is up through its pool.
func upAgain(p *plan.Plan, note plan.Note) (text string, up bool) {
	for _, s := range p.Services {
		for _, reach := range p.Outage {
			if is := reach.Of(note.Service); s.Name == note.Service && is.Up && is.Through == note.Through {
				return s.Title + " after stage " + After(reach), true
			}
		}
	}
	return "", false
}
