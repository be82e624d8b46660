package record

import (
	"fmt"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/delivery"
	"github.com/edgeplan/edgeplan/emit/words"
)

func (p *printer) dns() {
	p.section("DNS")
	if len(p.plan.Zones) == 0 {
		p.text("No zone is changed or checked.")
		return
	}
	for _, zone := range p.plan.Zones {
		p.b.WriteString("\n### Zone " + Code(words.FileBase(zone)) + "\n")
		if zone.Changed() {
			p.changedZone(zone)
		} else {
			p.text("Not changed. The records below are checked at " + Code(zone.Server) + ".")
		}
		p.b.WriteString("\n" + block("diff", recordLines(zone)))
		// Other deliveries have one file that is applied whole; a diff needs the commands that check it.
		if zone.ByFile() {
			p.zoneFile(zone)
		}
	}
}

func (p *printer) changedZone(zone plan.Zone) {
	forward, back := delivery.Apply(zone)
	p.gap()
	p.item("Server: " + Code(zone.Server) + "; file in the folder of the spec: " + Code(zone.File))
	if len(zone.Included) > 0 {
		p.item("Files that it includes: " + included(zone))
	}
	// The server raises the serial itself, so the plan does not know the new one.
	if zone.Windows() {
		p.item("Changed on " + Code(zone.Computer) + ", " + Code(zone.OperatingSystem))
		p.item("Serial: raised by the server itself")
	} else {
		p.item(fmt.Sprintf("Serial: `%d` to `%d`; after a rollback `%d`", zone.OldSerial, zone.NewSerial,
			zone.RollbackSerial))
	}
	p.item("How: " + Text(forward))
	p.item("Back: " + Text(back))
	for _, line := range delivery.OldAnswers(zone) {
		p.item(Text(line))
	}
	// Also files that stay: the commands compare them, as an edit may have moved a record there.
	for _, file := range words.AllFiles(zone) {
		what := "the file"
		if len(zone.Included) > 0 {
			what = Code(file.File)
		}
		if file.Changed() {
			p.item("SHA-256 of " + what + " before: " + Code(file.OldSHA256) + ", after: " + Code(file.NewSHA256))
		} else {
			p.item("SHA-256 of " + what + ", which stays: " + Code(file.OldSHA256))
		}
	}
	p.text("Records that are removed (-), added (+) and unchanged; the number is the TTL in seconds:")
}

// included lists the files that a zone file includes.
func included(zone plan.Zone) string {
	var out []string
	for _, file := range zone.Included {
		out = append(out, words.OnServer(file, Code))
	}
	return strings.Join(out, ", ")
}

func (p *printer) earliest() {
	if len(p.plan.Earliest) == 0 {
		return
	}
	p.section("Waiting times")
	p.gap()
	for _, e := range p.plan.Earliest {
		p.item(Text(words.Earliest(e)))
	}
	// The waits follow from TTLs, and some resolvers are set not to keep to those.
	p.text(Text(words.StaleCaches))
}

func recordLines(zone plan.Zone) []string {
	var lines []string
	for _, set := range zone.Records {
		for _, record := range words.Records(set) {
			lines = append(lines, record.Visible())
		}
	}
	return lines
}
