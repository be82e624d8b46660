package zones

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/report"
	"github.com/edgeplan/edgeplan/parser/diag"
	"github.com/edgeplan/edgeplan/parser/zonefile"
)

// maxDefects is how many findings of one code a zone file gets for what servers refuse.
const maxDefects = 10

// checkDefects reports what makes a server refuse the file of a zone, at any name: the
// change is refused with it. Rules for primary zones count where a server loads the file.
// A line with another finding that is open gets none here.
func checkDefects(c *Changes, z *zone) {
	if len(z.file.Defects) == 0 {
		return // of many zones each would look at all findings of the others
	}
	told, owners := told(c, z)
	var wrong, against []zonefile.Defect
	for _, d := range z.file.Defects {
		switch {
		// A rule about an owner, such as a CNAME record beside others, may be reported at any of
		// its lines. One finding about that owner is enough.
		case told[zoneRange(z.Zone, d.File, d.Line, 1)], d.Rule && d.Setting == "" && owners[d.Owner]:
		case !d.Rule:
			wrong = append(wrong, d)
		// with another delivery no server has to load this file
		case z.Delivery.V == plan.DeliveryZoneFile:
			against = append(against, d)
		}
	}
	all := z.file.DefectCount == len(z.file.Defects)
	reportDefects(c, z, report.Refused, wrong, all, func(d zonefile.Defect) string {
		return fmt.Sprintf("%s is wrong: %s. DNS servers refuse the whole file, and with it the change. Correct it "+
			"where the zone is kept, and export the zone again.", subject(d), d.Msg)
	})
	reportDefects(c, z, report.AgainstRule, against, all, func(d zonefile.Defect) string {
		setting := ""
		// check-names and the like: a server may be set to take the record
		if d.Setting != "" {
			setting = fmt.Sprintf(" has another %s setting or", d.Setting)
		}
		return fmt.Sprintf("BIND 9.18 does not load a primary zone with this record%s: %s. It goes on with the old "+
			"file, without the change. Correct the record where the zone is kept; if the server%s is not BIND, accept "+
			"this finding.", ofName(d), d.Msg, setting)
	})
}

// told are lines of a zone with a finding that is not accepted, and the owners of the records
// on them.
func told(c *Changes, z *zone) (lines map[hcl.Range]bool, owners map[string]bool) {
	lines, owners = map[hcl.Range]bool{}, map[string]bool{}
	for _, d := range c.report.Found {
		// What is accepted stays in the plan, so what else is wrong with its line has to be said.
		if !c.report.Accepts(d) && d.Subject != nil {
			lines[zoneRange(z.Zone, d.Subject.Filename, d.Subject.Start.Line, 1)] = true
		}
	}
	for i := range z.file.Records {
		r := &z.file.Records[i]
		if lines[z.line(r)] {
			owners[r.Owner] = true
		}
	}
	return lines, owners
}

// reportDefects reports the first defects, and how many more there are.
func reportDefects(
	c *Changes, z *zone, code diag.Code, defects []zonefile.Defect, all bool, text func(zonefile.Defect) string,
) {
	for i, d := range defects {
		more := ""
		// the last finding counts the others: an export that is wrong throughout has thousands
		if i == maxDefects-1 && len(defects) > maxDefects {
			least := "at least "
			// the reader keeps the first defects and goes on counting; how many of the rest are of
			// this code is then not known
			if all {
				least = ""
			}
			more = fmt.Sprintf(" There are %s%d more such lines in the files of the zone.",
				least, len(defects)-maxDefects)
		}
		c.report.Add(code, zoneRange(z.Zone, d.File, d.Line, d.Column), "%s", text(d)+more)
		if i == maxDefects-1 {
			return
		}
	}
}

// subject is what of a defect is wrong.
func subject(d zonefile.Defect) string {
	if d.Type == "" {
		return "This line"
	}
	return fmt.Sprintf("This %s record%s", d.Type, ofName(d))
}

func ofName(d zonefile.Defect) string {
	return " of " + strings.TrimSuffix(d.Owner, ".")
}
