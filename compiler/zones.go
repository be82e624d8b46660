package compiler

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/parser/dnsname"
	"github.com/edgeplan/edgeplan/parser/topology"
	"github.com/edgeplan/edgeplan/parser/zonefile"
)

// zone is a dns_zone block with its file read.
type zone struct {
	*topology.Zone
	origin string         // lower case, with the final dot
	file   *zonefile.Zone // nil if it cannot be read
	nodes  nodes          // nil if the file was read once only
	allNS  bool           // all NS records are wanted
	owners map[string][]zonefile.Record
}

// readZones reads the zone files as far as any plan could need them.
func (m *model) readZones() {
	m.wanted = m.interest()
	m.byOrigin = map[string]*zone{}
	for _, spec := range m.topology.Zones {
		z := &zone{Zone: spec, origin: dnsname.Absolute(spec.Name.V)}
		m.zones = append(m.zones, z)
		if m.byOrigin[z.origin] == nil {
			m.byOrigin[z.origin] = z
		}
		if spec.Source == nil || dnsname.WrongZone(spec.Name.V) != "" {
			continue
		}
		spec.Source.Zones = len(m.topology.Zones)
		if err := z.read(m.wanted); err != nil {
			m.reportZone(spec, err)
		} else if !m.whole(spec, z) {
			z.file = nil
		}
	}
	m.readAgain(m.interest())
}

func (m *model) reportZone(spec *topology.Zone, err error) {
	var at *zonefile.Error
	if !errors.As(err, &at) {
		m.reportf(codeBadZone, spec.File.Range, "The zone file %q cannot be read: %s.", spec.File.V, err)
		return
	}
	m.reportf(codeBadZone, zoneRange(spec, at.File, at.Line, at.Column), "%s.", strings.TrimSuffix(at.Msg, "."))
}

// zoneRange is a place in a file that a zone file includes, or in the zone file itself.
func zoneRange(spec *topology.Zone, file string, line, column int) hcl.Range {
	if file == "" {
		file = spec.File.V
	}
	at := hcl.Pos{Line: max(line, 1), Column: max(column, 1)}
	return hcl.Range{Filename: file, Start: at, End: at}
}

// line is where a record of the zone begins.
func (z *zone) line(r zonefile.Record) hcl.Range { return zoneRange(z.Zone, r.File, r.Line, 1) }

// lineOf names the line of a record in a sentence about its zone file.
func lineOf(r zonefile.Record) string {
	if r.File == "" {
		return fmt.Sprintf("line %d", r.Line)
	}
	return fmt.Sprintf("line %d of %s", r.Line, r.File)
}

// zoneOf returns the zone that holds a name, nil if no declared zone does.
func (m *model) zoneOf(name string) *zone {
	for rest := name; rest != ""; {
		if z := m.byOrigin[rest]; z != nil && dnsname.Under(name, rest) {
			return z
		}
		_, rest, _ = strings.Cut(rest, ".")
	}
	return m.byOrigin["."]
}

// set returns the data of an RRset of the zone, each once, and its smallest TTL.
func (z *zone) set(owner, typ string) (data []string, ttl uint32) {
	data = []string{}
	seen := map[string]bool{}
	for _, r := range z.owners[owner] {
		if r.Type != typ {
			continue
		}
		if len(data) == 0 || r.TTL < ttl {
			ttl = r.TTL
		}
		if !seen[r.Data] {
			seen[r.Data] = true
			data = append(data, r.Data)
		}
	}
	return data, ttl
}

// at is the place of the first record of a set, or of the zone's block.
func (z *zone) at(owner, typ string) hcl.Range {
	for _, r := range z.owners[owner] {
		if r.Type == typ {
			return z.line(r)
		}
	}
	return z.File.Range
}

// lowerZones decides what each RRset becomes and returns the sets by zone.
func (j *job) lowerZones() map[*zone][]plan.RecordSet {
	out := map[*zone][]plan.RecordSet{}
	if !j.needXMPP() {
		return out
	}
	known := j.checkPublic()
	j.checkIPv6()
	target := dnsname.Absolute(j.to.AccessEdgeFQDN.V)
	if j.topology.XMPP.Host.Set {
		target = dnsname.Absolute(j.topology.XMPP.Host.V)
		j.lowerHost(out, target, known)
	} else {
		j.checkAccessEdge(target, known)
	}
	for _, domain := range j.topology.XMPPDomains() {
		j.lowerSRV(out, domain, target)
	}
	j.checkDNS(out)
	return out
}

// needXMPP reports that nothing says how partners find the deployment.
func (j *job) needXMPP() bool {
	if j.topology.XMPP == nil {
		j.report(codeMalformed, j.f.Range, `A block xmpp_federation is needed: it says whether SRV records point at one host (host = "xmpp.DOMAIN") or at the pools.`)
	}
	return j.topology.XMPP != nil
}

// checkPublic reports a pool whose addresses in public DNS are not all known.
func (j *job) checkPublic() bool {
	if j.to.LoadBalancing.V == "hardware" {
		return j.to.VirtualIPv4.Set // checkPool says so
	}
	ok := true
	for _, server := range j.to.Servers {
		if !server.PublicIPv4.Set {
			j.report(codeWrongAddresses, server.FQDN.Range, "%s has no public_ipv4. With DNS load balancing public DNS holds the address of every Edge Server of the pool.", server.FQDN.V)
			ok = false
		}
	}
	return ok
}

// checkIPv6 warns about a pool that is reachable by IPv6 only in part.
func (j *job) checkIPv6() {
	with := 0
	for _, server := range j.to.Servers {
		if server.PublicIPv6.Set {
			with++
		}
	}
	switch {
	case with > 0 && j.to.LoadBalancing.V == "hardware":
		j.report(codeNoAAAA, j.to.LoadBalancing.Range, "Servers of %s have IPv6 addresses, but behind a hardware load balancer only virtual_ipv4 is published: there will be no AAAA record.", j.to.Name)
	case with > 0 && with < len(j.to.Servers):
		j.report(codeNoAAAA, j.to.Range, "%d of the %d servers of %s have a public_ipv6: the others are not reachable by IPv6.", with, len(j.to.Servers), j.to.Name)
	}
}

// newRecordTTL is the TTL in seconds of a record that has no neighbour to follow:
// short, because failover names move.
const newRecordTTL = 300

// lowerHost moves the addresses of the one XMPP host to the target pool, if they are
// known; step 4.
func (j *job) lowerHost(out map[*zone][]plan.RecordSet, host string, known bool) {
	rng := j.topology.XMPP.Host.Range
	j.checkShared(host)
	z := j.zoneOf(host)
	if !dnsname.IsHost(j.topology.XMPP.Host.V) {
		return
	}
	if z == nil {
		j.report(codeOutsideZones, rng, "No dns_zone holds %s, so edgeplan cannot move its address. Declare the zone, or accept this finding and say who moves the address.", j.topology.XMPP.Host.V)
		return
	}
	if z.file == nil || !known {
		return
	}
	if z.has(host, "CNAME") {
		return // checkTargets says so
	}
	four, six := j.to.Addresses()
	for _, want := range []struct {
		typ  string
		data []string
	}{{"A", four}, {"AAAA", six}} {
		set := plan.RecordSet{Owner: host, Type: want.typ, New: append([]string{}, want.data...), Step: "4"}
		set.Old, set.OldTTL = z.set(host, want.typ)
		topology.SortAddresses(set.Old)
		set.NewTTL = j.ttlFor(z, set, host)
		out[z] = append(out[z], set)
	}
}

// ttlFor keeps the TTL of a set; a new set takes that of the other addresses.
func (j *job) ttlFor(z *zone, set plan.RecordSet, host string) uint32 {
	if len(set.Old) > 0 {
		return set.OldTTL
	}
	for _, typ := range []string{"A", "AAAA"} {
		if data, ttl := z.set(host, typ); len(data) > 0 {
			return ttl
		}
	}
	return newRecordTTL
}

// checkShared reports a host whose address serves more than XMPP.
func (j *job) checkShared(host string) {
	rng := j.topology.XMPP.Host.Range
	for _, pool := range j.topology.EdgePools {
		if dnsname.Absolute(pool.AccessEdgeFQDN.V) == host {
			j.report(codeSharedHost, rng, "%s is the Access Edge FQDN of %s too: remote users and SIP federation move with its address.", j.topology.XMPP.Host.V, pool.Name)
			return
		}
	}
	for _, z := range j.zones {
		if z.file == nil {
			continue
		}
		for _, r := range z.file.Records {
			sip := strings.HasPrefix(r.Owner, "_sip._tls.") || strings.HasPrefix(r.Owner, "_sipfederationtls._tcp.")
			if s, ok := dnsname.ParseSRV(r.Data); ok && sip && s.Target == host {
				j.report(codeSharedHost, z.line(r), "%s points at %s as well: what it serves moves with the address.", strings.TrimSuffix(r.Owner, "."), j.topology.XMPP.Host.V)
				return
			}
		}
	}
}

// checkAccessEdge holds the name that SRV records will prefer against its zone, if the
// addresses of the pool are known.
func (j *job) checkAccessEdge(name string, known bool) {
	rng := j.to.AccessEdgeFQDN.Range
	z := j.zoneOf(name)
	switch {
	case !dnsname.IsHost(j.to.AccessEdgeFQDN.V):
		return
	case z == nil:
		j.report(codeOutsideZones, rng, "No dns_zone holds %s, so edgeplan cannot see whether it has the addresses of %s. Declare the zone, or accept this finding and say who has looked.", j.to.AccessEdgeFQDN.V, j.to.Name)
		return
	case z.file == nil || !known:
		return
	}
	four, six := j.to.Addresses()
	have, have6 := z.answer(name, "A"), z.answer(name, "AAAA")
	if _, away := z.cut(name); away || len(have)+len(have6) == 0 || len(z.answer(name, "CNAME")) > 0 || len(private(have))+len(private(have6)) > 0 {
		return // checkTargets says so
	}
	switch {
	case !plan.SameSet(have, four):
		j.report(codeWrongAddresses, z.at(name, "A"), "%s has the addresses %s here, but %s has %s.", j.to.AccessEdgeFQDN.V, list(have), j.to.Name, list(four))
	case len(six) > 0 && len(have6) == 0:
		j.report(codeNoAAAA, rng, "%s has IPv6 addresses, but %s has no AAAA record.", j.to.Name, j.to.AccessEdgeFQDN.V)
	case len(have6) > 0 && j.to.LoadBalancing.V == "hardware":
		j.report(codeNoAAAA, z.at(name, "AAAA"), "%s has the IPv6 addresses %s here. Behind a hardware load balancer the spec knows only virtual_ipv4: see that they are those of %s.", j.to.AccessEdgeFQDN.V, list(have6), j.to.Name)
	case !plan.SameSet(have6, six):
		j.report(codeWrongAddresses, z.at(name, "AAAA"), "%s has the IPv6 addresses %s here, but %s has %s: partners that prefer IPv6 would not reach the pool.", j.to.AccessEdgeFQDN.V, list(have6), j.to.Name, list(six))
	}
}

func list(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// checkZone holds a zone that the plan touches against what makes editing unsafe.
func (j *job) checkZone(z *zone, sets []plan.RecordSet) {
	if z.file == nil || len(sets) == 0 {
		return
	}
	changes := slices.ContainsFunc(sets, plan.RecordSet.Changed)
	if z.file.Dnssec && changes {
		j.report(codeNoEdit, z.File.Range, "%s is a signed zone (it holds RRSIG or NSEC records). Change the unsigned file from which it is signed.", z.File.V)
	}
	j.checkGenerated(z, sets)
	window := j.window()
	if j.prepare != nil {
		window = 0 // a preparation is what shortens them
	}
	for _, set := range sets {
		if set.Changed() && window > 0 && float64(set.OldTTL) > window.Seconds() {
			j.report(codeLongTTL, z.at(set.Owner, set.Type), "The %s records of %s have a TTL of %d seconds, longer than the change window (%d). Resolvers may give the old answer until after it; lower the TTL well ahead.", set.Type, strings.TrimSuffix(set.Owner, "."), set.OldTTL, int(window.Seconds()))
		}
	}
}
