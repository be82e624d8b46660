package plan

import (
	"fmt"
	"io/fs"
	"net/netip"
	"path"
	"reflect"
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/cmdlet"
	"github.com/edgeplan/edgeplan/parser/dnsname"
	"github.com/edgeplan/edgeplan/parser/planname"
	"github.com/edgeplan/edgeplan/parser/topology"
	"github.com/edgeplan/edgeplan/parser/zonefile"
)

// Form is what the head of a plan of one kind has, besides its change and its zones.
type Form struct {
	// Reasons, Procedures and RouteSites are the words that a plan may have there; of none it has none.
	Reasons, Procedures, RouteSites []string
	// Moves is that the plan has two Edge pools and routes from one to the other. Media and NextHop are that it has
	// one, To, and associates Front End pools with that, or changes its next hop, and nothing else.
	Moves, Media, NextHop bool
}

// aims tells whether such a plan has one Edge pool.
func (f Form) aims() bool { return f.Media || f.NextHop }

// checkHead wants words that are in the language, and names and addresses that can be
// in a command.
func checkHead(plan *Plan, form Form) error {
	if !planname.Is(plan.Name) {
		return fmt.Errorf("%.300q cannot be the name of a plan and its folder", plan.Name)
	}
	if !slices.Contains(cmdlet.Products(), plan.Product) {
		return fmt.Errorf("there is no product %q", plan.Product)
	}
	for _, w := range []struct {
		what, word string
		of         []string
	}{
		{"reason", plan.Reason, form.Reasons},
		{"procedure", plan.Procedure, form.Procedures},
		{"route_sites", plan.RouteSites, form.RouteSites},
	} {
		if !slices.Contains(w.of, w.word) && (w.word != "" || len(w.of) > 0) {
			return fmt.Errorf("%s: there is no %q", w.what, w.word)
		}
	}
	if err := checkSaid(plan.Change); err != nil {
		return err
	}
	// What is there would be in the record as if it changed.
	if err := checkEmpty(plan, form); err != nil {
		return err
	}
	// Each of these is an argument of a cmdlet, or is connected to.
	names := []string{plan.ManagementHost}
	for _, domain := range plan.SIPDomains {
		if domain.Host != "" {
			names = append(names, domain.Host)
		}
	}
	if !plan.MovesSIP() && (plan.SIPDomains != nil || plan.SIPPartners != nil || plan.From.SIPEnabled ||
		plan.To.SIPEnabled) {
		return fmt.Errorf("a plan that does not move SIP federation has no SIP domains or partners, or pools with it")
	}
	if form.Moves && !plan.MovesXMPP() && (plan.XMPPHost != "" || plan.Domains != nil || plan.Partners != nil) {
		return fmt.Errorf("a plan that does not move XMPP federation has no XMPP host, domains or partners")
	}
	if plan.XMPPHost != "" {
		names = append(names, plan.XMPPHost)
	}
	if plan.CentralManagement != "" {
		names = append(names, plan.CentralManagement)
	}
	if s := plan.StoreFailover; s != nil {
		if err := checkStore(plan, form); err != nil {
			return err
		}
		names = append(append(names, s.From, s.To, s.SQLServer), s.Servers...)
		if s.MirrorServer != "" {
			names = append(names, s.MirrorServer)
		}
	}
	if h := plan.NextHop; h != nil {
		if err := checkNextHop(plan); err != nil {
			return err
		}
		names = append(names, h.From, h.To)
	}
	if form.Moves || form.aims() {
		pools := []Pool{plan.From, plan.To}
		if form.aims() {
			pools = pools[1:]
		}
		for _, pool := range pools {
			if err := checkPool(pool); err != nil {
				return err
			}
			names = append(append(names, pool.FQDN, pool.AccessEdgeFQDN), pool.Servers...)
			if pool.NextHop != "" {
				names = append(names, pool.NextHop)
			}
		}
	}
	for i, pool := range plan.Media {
		if pool.Name == "" || pool.FromPool == "" || dnsname.Same(pool.From, plan.To.FQDN) ||
			i > 0 && dnsname.Compare(plan.Media[i-1].FQDN, pool.FQDN) >= 0 {
			return fmt.Errorf("media: %q is out of order, or goes through %q already", pool.FQDN, pool.From)
		}
		names = append(append(names, pool.FQDN, pool.From), pool.Servers...)
	}
	for _, name := range names {
		if why := dnsname.WrongHost(name); why != "" {
			return fmt.Errorf("%q is no host name: %s", name, why)
		}
	}
	return checkRoutes(plan, form)
}

// checkEmpty wants nothing of what plans of another kind have, and of a plan of one Edge pool what it is for.
func checkEmpty(plan *Plan, form Form) error {
	noFederation := reflect.DeepEqual(plan.From, Pool{}) && plan.SIPRoute == "" && plan.Domains == nil && plan.Partners == nil &&
		plan.SIPDomains == nil && plan.SIPPartners == nil && plan.Routes == nil && plan.RoutedSites == nil
	noPool := reflect.DeepEqual(plan.To, Pool{}) && plan.FrontEnds == nil && plan.Media == nil
	switch {
	case form.Moves:
	case !noFederation || !form.aims() && !noPool:
		return fmt.Errorf("a plan of this kind has no pools, servers, routes, domains or partners")
	case form.aims() && (plan.XMPPHost != "" || len(plan.Zones) > 0):
		return fmt.Errorf("a plan of this kind has no XMPP host and no zones")
	case form.aims() && ((len(plan.Media) > 0) != form.Media || (plan.NextHop != nil) != form.NextHop):
		return fmt.Errorf("a plan of this kind changes the next hop or the media that it is for, and nothing else")
	}
	return nil
}

// checkStore wants a failover of the store to another pool, which the management host is in, before a
// failover of Edge pools or a change of a next hop.
func checkStore(plan *Plan, form Form) error {
	s := plan.StoreFailover
	there := func(name string) bool { return dnsname.Same(name, plan.ManagementHost) }
	switch {
	case !form.Moves && !form.NextHop:
		return fmt.Errorf("a plan of this kind does not fail over the Central Management store")
	case dnsname.Same(s.From, s.To) || plan.CentralManagement != s.To:
		return fmt.Errorf("the Central Management store goes from %q to %q, and is wanted at %q", s.From, s.To,
			plan.CentralManagement)
	case !slices.ContainsFunc(s.Servers, there):
		return fmt.Errorf("the management host is no server of %q", s.To)
	case s.MirrorServer == "" && s.MirrorInstance != "":
		return fmt.Errorf("the mirror of the Central Management store has an instance and no server")
	}
	return nil
}

// checkNextHop wants another next hop of one of the pools of the plan.
func checkNextHop(plan *Plan) error {
	h := plan.NextHop
	pool, known := plan.EdgePool(h.Pool)
	switch {
	case !known || !dnsname.Same(pool.NextHop, h.From):
		return fmt.Errorf("the plan has no pool %q with the next hop %q", h.Pool, h.From)
	case dnsname.Same(h.From, h.To) || h.FromSite == "" || h.ToSite == "":
		return fmt.Errorf("the next hop goes from %q at %q to %q at %q", h.From, h.FromSite, h.To, h.ToSite)
	}
	return nil
}

// checkPool wants servers, a product, ports and addresses, but leaves names to others.
func checkPool(pool Pool) error {
	switch {
	case len(pool.Servers) == 0 || !slices.Contains(cmdlet.Products(), pool.Product):
		return fmt.Errorf("pool %q has no servers, or there is no product %q", pool.Name, pool.Product)
	case pool.XMPPInternalPort < 0 || pool.XMPPInternalPort > 65535:
		return fmt.Errorf("pool %q: there is no port %d", pool.Name, pool.XMPPInternalPort)
	}
	for i, address := range slices.Concat(pool.IPv4, pool.IPv6) {
		typ := "A"
		if i >= len(pool.IPv4) {
			typ = "AAAA"
		}
		if !isData(typ, address) {
			return fmt.Errorf("pool %q: there is no address %q", pool.Name, address)
		}
	}
	return nil
}

// checkRoutes wants routes of federations that the plan moves, in their order, each once, and from
// pools and servers that can stand in a command.
func checkRoutes(plan *Plan, form Form) error {
	if form.Moves && len(plan.Routes) == 0 {
		return fmt.Errorf("no route is set")
	}
	var sites []RoutedSite
	for _, route := range plan.Routes {
		sites = append(sites, route.RoutedSite)
		if (route.From == "") != (route.FromServer == "") {
			return fmt.Errorf("site %q: the route comes from the pool %q and the server %q", route.Site, route.From,
				route.FromServer)
		}
		for _, name := range []string{route.From, route.FromServer} {
			if why := dnsname.WrongHost(name); name != "" && why != "" {
				return fmt.Errorf("site %q: %q is no host name: %s", route.Site, name, why)
			}
		}
	}
	for _, list := range [][]RoutedSite{sites, plan.RoutedSites} {
		for i, s := range list {
			if s.Site == "" || i > 0 && CompareSites(list[i-1], s) >= 0 {
				return fmt.Errorf("the site %q is there twice or out of order", s.Site)
			}
			if moves := s.Federation == XMPP && plan.MovesXMPP() || s.Federation == SIP && plan.MovesSIP(); !moves {
				return fmt.Errorf("site %q: the plan does not move the federation %q", s.Site, s.Federation)
			}
		}
	}
	return nil
}

// checkZone wants names, files and data that can be in commands, and serials and waits
// that fit the records.
func checkZone(plan *Plan, zone Zone) error {
	_, notAddress := netip.ParseAddr(zone.Server)
	switch {
	case dnsname.WrongZone(zone.Name) != "":
		return fmt.Errorf("it has no name of a zone")
	case notAddress != nil && dnsname.WrongHost(zone.Server) != "":
		return fmt.Errorf("there is no server %q", zone.Server)
	// ValidPath wants a clean path, but a spec may say ./zones/contoso.com.zone.
	case badFile(path.Clean(zone.File)) || slices.Contains(strings.Split(zone.File, "/"), ".."):
		return fmt.Errorf("%q cannot be the zone file", zone.File)
	case !slices.Contains(topology.Deliveries(), zone.Delivery):
		return fmt.Errorf("there is no delivery %q", zone.Delivery)
	}
	for _, set := range zone.Records {
		// Owners may have labels with underscores, as SRV records have.
		if dnsname.WrongZone(strings.TrimSuffix(set.Owner, ".")) != "" ||
			!dnsname.Under(set.Owner, dnsname.Absolute(zone.Name)) {
			return fmt.Errorf("it does not hold %q", set.Owner)
		}
		if !slices.Contains([]string{"A", "AAAA", "SRV"}, set.Type) {
			return fmt.Errorf("%s: not the data of %s", set.Owner, set.Type)
		}
		// What each set comes from is not free.
		if want := stepOf(plan, set); set.Step != want {
			return fmt.Errorf("%s: %s records are of step %s, not %q", set.Owner, set.Type, want, set.Step)
		}
		// It would count as a wait for answers that nothing has given.
		if len(set.Old) == 0 && set.OldTTL != 0 {
			return fmt.Errorf("%s: a TTL of no records", set.Owner)
		}
		for _, data := range slices.Concat(set.Old, set.New) {
			if !isData(set.Type, data) {
				return fmt.Errorf("not the data of %s: %q", set.Type, data)
			}
		}
	}
	return checkChange(plan, zone)
}

// stepOf is the step of the page about XMPP federation that a set comes from, empty where it moves
// with SIP federation alone.
func stepOf(plan *Plan, set RecordSet) string {
	moves := plan.MovesSIP()
	addresses, records := "4", "5"
	if plan.FailsBack() {
		addresses, records = "3c", "3b"
	}
	switch {
	case set.Type == "SRV" && moves && strings.HasPrefix(set.Owner, dnsname.SIPPrefix):
		return ""
	case set.Type == "SRV":
		return records
	case moves && !dnsname.Same(strings.TrimSuffix(set.Owner, "."), plan.XMPPHost):
		return ""
	}
	return addresses
}

// checkChange wants serials that rise and waits that are those of the records, in a zone
// that changes, and neither in another.
func checkChange(plan *Plan, zone Zone) error {
	// Both ways: hunks without records that change would slip another edit into the zone.
	if zone.ByFile() != slices.ContainsFunc(zone.Files(), ZoneFile.Changed) {
		return fmt.Errorf("its records change without its files")
	}
	// MNAME, RNAME and five numbers (RFC 1035, 3.3.13).
	if fields := strings.Fields(zone.SOA); len(fields) != 7 || SOANumber(fields, SOASerial) != zone.OldSerial {
		return fmt.Errorf("the SOA record %q does not have the serial %d", zone.SOA, zone.OldSerial)
	}
	if !zone.Changed() {
		if zone.NewSerial != zone.OldSerial || zone.RollbackSerial != zone.OldSerial || zone.Wait != (Wait{}) {
			return fmt.Errorf("it does not change, but it gets another serial, or waits")
		}
		return nil
	}
	// In the arithmetic of RFC 1982, in which 1 comes after 4294967295.
	if !zonefile.Greater(zone.NewSerial, zone.OldSerial) || !zonefile.Greater(zone.RollbackSerial, zone.NewSerial) {
		return fmt.Errorf("the serials %d, %d and %d do not rise", zone.OldSerial, zone.NewSerial, zone.RollbackSerial)
	}
	// The two ways to raise a serial that the language has: by one, or to the day of the change.
	if back := zone.RollbackSerial; back != zonefile.Increment(zone.NewSerial) &&
		back != dated(zone.NewSerial, plan.Change.WindowStart) {
		return fmt.Errorf("after the rollback its serial is %d, which is neither the next one after %d nor that of "+
			"the day of the change", back, zone.NewSerial)
	}
	// The plan does not have the TTL of the SOA record, which can only be below its minimum field.
	want := Waits(zone.Records, zonefile.RRset{TTL: zone.Wait.Negative, Data: []string{zone.SOA}})
	if zone.Wait != want {
		return fmt.Errorf("it waits for %+v, but its records and SOA give %+v", zone.Wait, want)
	}
	return nil
}

// dated is the serial of the day on which the window starts, or the next one if the plan has none.
func dated(serial uint32, windowStart string) uint32 {
	day, ok := DayOf(windowStart)
	if !ok {
		return zonefile.Increment(serial)
	}
	// A date that does not fit gives the next serial, which is allowed as well.
	next, _ := zonefile.Date(serial, day)
	return next
}

// badFile tells whether a name is none of a file in the folder of the spec.
func badFile(name string) bool { return !fs.ValidPath(name) || strings.ContainsAny(name, `\:`) }

// checkComputed wants what the plan says about services and about the time before old
// answers are gone to be what its steps and zones give. Only a plan that is proved has it.
func checkComputed(plan *Plan) error {
	// nil is null in JSON, and never what the compiler writes.
	if plan.Earliest == nil || !slices.Equal(plan.Earliest, EarliestOf(plan)) {
		return fmt.Errorf("earliest is not what the waits of the zones give")
	}
	if err := checkNamed(plan); err != nil {
		return err
	}
	if !reflect.DeepEqual(plan.Schedule, ScheduleOf(plan)) {
		return fmt.Errorf("schedule is not what the durations of the stages give")
	}
	if len(plan.Services) == 0 {
		if len(plan.Outage) > 0 {
			return fmt.Errorf("a plan without services has no outage")
		}
		return nil
	}
	// Whether DNS leads elsewhere before the change is known from the spec alone.
	if !reflect.DeepEqual(plan.Outage, Outage(plan, false)) && !reflect.DeepEqual(plan.Outage, Outage(plan, true)) {
		return fmt.Errorf("outage is not what the steps give")
	}
	return nil
}
