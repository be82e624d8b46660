package plan

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/edgeplan/edgeplan/internal/pattern"
	"github.com/edgeplan/edgeplan/parser/diag"
	"github.com/edgeplan/edgeplan/parser/dnsname"
	"github.com/edgeplan/edgeplan/parser/topology"
)

// checkShape wants of a plan that was read, but for its stages, what Compile makes, so that
// nothing that works on plans has to doubt it.
func checkShape(plan *Plan, form Form) error {
	if err := checkHead(plan, form); err != nil {
		return err
	}
	if err := checkPeers(plan); err != nil {
		return err
	}
	if err := checkFindings(plan.Findings); err != nil {
		return err
	}
	for _, r := range plan.Outage {
		for _, s := range r.Services {
			if s.InDoubt && s.Service != (Service{InDoubt: true}) {
				return fmt.Errorf("a service is in doubt after stage %q, and is up or has a pool", r.After)
			}
		}
	}
	for i, zone := range plan.Zones {
		// Files and facts are found by the name of the zone.
		if slices.ContainsFunc(plan.Zones[:i], func(z Zone) bool { return dnsname.Same(z.Name, zone.Name) }) {
			return fmt.Errorf("zone %q is in the plan twice", zone.Name)
		}
		if err := checkWindows(plan, zone); err != nil {
			return err
		}
		if err := checkZone(plan, zone); err != nil {
			return fmt.Errorf("zone %q: %w", zone.Name, err)
		}
		if err := checkFiles(zone); err != nil {
			return fmt.Errorf("zone %q: %w", zone.Name, err)
		}
	}
	return checkNumbers(plan.Zones)
}

// checkPeers wants domains, partners and Front End Servers in their order, each once, and host
// names: they are printed in commands, some of them for others.
func checkPeers(plan *Plan) error {
	for _, list := range []struct {
		what  string
		names []string
		bad   func(string) string
		// A partner may be a name that is no host name of ours, such as one with an underscore.
	}{{"domains", plan.Domains, dnsname.WrongHost}, {"partners", plan.Partners, dnsname.WrongPartner},
		{"sip_domains", sipNames(plan), dnsname.WrongHost}, {"sip_partners", plan.SIPPartners, dnsname.WrongPartner},
		{"front_ends", plan.FrontEnds, dnsname.WrongHost}} {
		for i, name := range list.names {
			if why := list.bad(name); why != "" {
				return fmt.Errorf("%s: %q is no host name: %s", list.what, name, why)
			}
			// Compare puts names that differ in case only beside each other, and Same finds those.
			if i > 0 && (dnsname.Compare(list.names[i-1], name) >= 0 || dnsname.Same(list.names[i-1], name)) {
				return fmt.Errorf("%s: %q is there twice or out of order", list.what, name)
			}
		}
	}
	// A replica has one step, and a computer one replica.
	for _, name := range append(slices.Concat(plan.From.Servers, plan.To.Servers), plan.ManagementHost) {
		if slices.ContainsFunc(plan.FrontEnds, func(s string) bool { return dnsname.Same(s, name) }) {
			return fmt.Errorf("front_ends: %q is an Edge Server or the management host", name)
		}
	}
	return nil
}

func sipNames(plan *Plan) []string {
	var out []string
	for _, domain := range plan.SIPDomains {
		out = append(out, domain.Name)
	}
	return out
}

// checkFindings wants findings that there are: warnings, and errors that were accepted.
func checkFindings(findings []Finding) error {
	for _, f := range findings {
		rule, known := diag.Lookup(diag.Code(f.Code))
		// The plan has the severity and the summary as texts; only those of the rule itself are believed.
		severity := "warning"
		if rule.Severity == hcl.DiagError {
			severity = "error"
		}
		switch {
		case !known || f.Severity != severity || f.Summary != rule.Summary:
			return fmt.Errorf("there is no finding %s, %s: %s", f.Code, f.Severity, f.Summary)
		// An error that is not accepted blocks the plan, and some can never be accepted.
		case severity == "error" && (f.Accepted == "" || !rule.Acceptable):
			return fmt.Errorf("a plan cannot have the error %s, or only if it was accepted", f.Code)
		case f.File == "" || f.Line < 0:
			return fmt.Errorf("the finding %s is nowhere", f.Code)
		}
	}
	return nil
}

// checkFiles wants each file of a zone once, and of those that it includes nothing that
// Compile does not make.
func checkFiles(zone Zone) error {
	if !zone.ByFile() {
		// A zone that the owner changes by an update has no file of which the plan could speak.
		if zone.OldSHA256+zone.NewSHA256 != "" || zone.Hunks != nil || zone.RollbackHunks != nil ||
			zone.Included != nil {
			return fmt.Errorf("it is not changed in its files, and there is something about them")
		}
		return nil
	}
	if !isSHA256.MatchString(zone.OldSHA256) || !isSHA256.MatchString(zone.NewSHA256) {
		return fmt.Errorf("one of %q and %q is no SHA-256 in lower case", zone.OldSHA256, zone.NewSHA256)
	}
	seen := map[string]bool{zone.File: true}
	for _, file := range zone.Included {
		switch {
		case seen[file.File]:
			return fmt.Errorf("the file %q is there twice", file.File)
		// These names are in commands of the change record, which people paste into a shell.
		case badFile(file.File) || strings.ContainsFunc(file.File, func(r rune) bool { return r < ' ' || r == '\x7f' }):
			return fmt.Errorf("%q cannot be an included file", file.File)
		case slices.Contains(file.Paths, ""):
			return fmt.Errorf("the file %q has an empty path", file.File)
		case !isSHA256.MatchString(file.OldSHA256) || !isSHA256.MatchString(file.NewSHA256):
			return fmt.Errorf("the file %q has no SHA-256", file.File)
		case file.Changed() != (len(file.RollbackHunks) > 0) || file.Changed() != (file.OldSHA256 != file.NewSHA256):
			return fmt.Errorf("the file %q changes only in part", file.File)
		case file.OldSHA256 == zone.OldSHA256:
			return fmt.Errorf("the file %q is the zone file itself", file.File) // which would include itself
		}
		seen[file.File] = true
	}
	return nil
}

// isSHA256 is what is in the commands of the change record.
var isSHA256 = pattern.New(`^[0-9a-f]{64}$`)

// numbered is the number of a fact about a zone or a set.
var numbered = pattern.New(`^P([2-9][0-9]|[1-9][0-9]{2,5})$`)

// checkNumbers wants a number of its own for the fact about each zone and set.
func checkNumbers(zones []Zone) error {
	seen := map[string]bool{}
	for _, z := range zones {
		// -Waive names a fact by its number alone: two facts with one number would be waived together.
		all := []string{z.Number}
		for _, set := range z.Records {
			all = append(all, set.Number)
		}
		for _, number := range all {
			if seen[number] || !numbered.MatchString(number) {
				return fmt.Errorf("zone %q: there is no fact %q", z.Name, number)
			}
			seen[number] = true
		}
	}
	return nil
}

// FirstZoneFact is the number of the first fact about a zone. Those below are of facts about the topology
// and the servers.
const FirstZoneFact = 20

// checkMeanings wants a number to mean one thing in the whole plan: -Waive names a fact by its number
// alone, so that of two things with one number both would be waived. Two stages may read the same thing.
func checkMeanings(plan *Plan) error {
	means := map[string]string{}
	for _, z := range plan.Zones {
		means[z.Number] = "zone " + z.Name
		for _, set := range z.Records {
			means[set.Number] = set.Owner + " " + set.Type
		}
	}
	for _, s := range slices.Concat(AllSteps(plan.Stages), AllSteps(plan.Rollback)) {
		if strings.Contains(s.ID, "/") {
			continue // a path, which nothing waives
		}
		if other, known := means[s.ID]; known && other != s.Says {
			return fmt.Errorf("the fact %s is %q and %q", s.ID, other, s.Says)
		}
		means[s.ID] = s.Says
	}
	return nil
}

// checkWindows wants of a zone that the script changes what it puts into commands, and a
// computer of its own.
func checkWindows(plan *Plan, zone Zone) error {
	if !zone.Windows() {
		return nil
	}
	fail := func(what string, value any) error { return fmt.Errorf("zone %q: %s %q", zone.Name, what, value) }
	switch {
	// The script compares it with the name of its computer in lower case. Of two parts of a stage on one
	// computer only the first would run, so it cannot be the management host too.
	case dnsname.WrongComputer(zone.Computer) != "" || zone.Computer != strings.ToLower(zone.Computer) ||
		dnsname.Same(zone.Computer, plan.ManagementHost):
		return fail("the script cannot run on the computer", zone.Computer)
	case !slices.Contains(topology.OperatingSystems(), zone.OperatingSystem):
		return fail("there is no operating system", zone.OperatingSystem)
	}
	return nil
}

// isData tells whether data is in the form that the compiler gives to that of a type.
func isData(typ, data string) bool {
	addr, err := netip.ParseAddr(data)
	switch typ {
	case "A":
		return err == nil && addr.Is4()
	case "AAAA":
		return err == nil && addr.Is6() && addr.Zone() == ""
	case "SRV":
		s, ok := dnsname.ParseSRV(data)
		// One spelling for one record: data is compared as text with what the server has.
		return ok && s.String() == data
	}
	return false
}
