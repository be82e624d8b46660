package record

import (
	"fmt"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/delivery"
	"github.com/edgeplan/edgeplan/emit/words"
)

func (b *builder) dns() {
	b.section("dns", words.Own("DNS"))
	if len(b.plan.Zones) == 0 {
		b.text(words.Own("No zone is changed or checked."))
		return
	}
	for i, zone := range b.plan.Zones {
		b.part(fmt.Sprintf("zone-%d", i+1), words.Join(" ", words.Own("Zone"), words.Name(words.FileBase(zone))))
		if zone.Changed() {
			b.changedZone(zone)
		} else {
			b.text(words.Own("Not changed. The records below are checked at "), words.Name(zone.Server), words.Own("."))
		}
		b.add(Listing{"diff", recordLines(zone)})
		// Other deliveries have one file that is applied whole; a diff needs the commands that check it.
		if zone.ByFile() {
			b.zoneFile(zone)
		}
	}
}

func (b *builder) changedZone(zone plan.Zone) {
	forward, back := delivery.Apply(zone)
	items := List{words.Join("", words.Own("Server: "), words.Name(zone.Server),
		words.Own("; file in the folder of the spec: "), words.Name(zone.File))}
	if len(zone.Included) > 0 {
		items = append(items, words.Join("", words.Own("Files that it includes: "), included(zone)))
	}
	// The server raises the serial itself, so the plan does not know the new one.
	if zone.Windows() {
		items = append(items,
			words.Join("", words.Own("Changed on "), words.Name(zone.Computer), words.Own(", "), words.Name(zone.OperatingSystem)),
			words.Own("Serial: raised by the server itself"))
	} else {
		items = append(items, words.Own(fmt.Sprintf("Serial: `%d` to `%d`; after a rollback `%d`", zone.OldSerial,
			zone.NewSerial, zone.RollbackSerial)))
	}
	items = append(items, words.Join(" ", words.Own("How:"), words.Free(forward)),
		words.Join(" ", words.Own("Back:"), words.Free(back)))
	for _, line := range delivery.OldAnswers(zone) {
		items = append(items, words.Free(line))
	}
	// Also files that stay: the commands compare them, as an edit may have moved a record there.
	for _, file := range words.AllFiles(zone) {
		what := words.Own("SHA-256 of the file")
		if len(zone.Included) > 0 {
			what = words.Join(" ", words.Own("SHA-256 of"), words.Name(file.File))
		}
		if file.Changed() {
			what = words.Join("", what, words.Own(" before: "), words.Name(file.OldSHA256), words.Own(", after: "),
				words.Name(file.NewSHA256))
		} else {
			what = words.Join("", what, words.Own(", which stays: "), words.Name(file.OldSHA256))
		}
		items = append(items, what)
	}
	b.add(items)
	b.text(words.Own("Records that are removed (-), added (+) and unchanged; the number is the TTL in seconds:"))
}

// included lists the files that a zone file includes.
func included(zone plan.Zone) words.Text {
	var out []words.Text
	for _, file := range zone.Included {
		out = append(out, words.OnServer(file))
	}
	return words.Join(", ", out...)
}

func recordLines(zone plan.Zone) []string {
	// Two blanks, as records that stay have.
	return words.RecordLines(zone.Records, words.Record.Visible, func(line string) string { return "  " + words.Visible(line) })
}
