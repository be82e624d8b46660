package compiler

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/edgeplan/edgeplan/parser"
	"github.com/edgeplan/edgeplan/parser/zonefile"
)

// zone is a dns_zone block with its file read.
type zone struct {
	*parser.Zone
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
	for _, spec := range m.spec.Zones {
		z := &zone{Zone: spec, origin: absolute(spec.Name.V)}
		m.zones = append(m.zones, z)
		if m.byOrigin[z.origin] == nil {
			m.byOrigin[z.origin] = z
		}
		if spec.Source == nil || badZoneName(spec.Name.V) != "" {
			continue
		}
		if err := z.read(m.wanted); err != nil {
			m.reportZone(spec, err)
		} else if !m.whole(spec, z) {
			z.file = nil
		}
	}
	m.readAgain(m.interest())
}

func (m *model) reportZone(spec *parser.Zone, err error) {
	var at *zonefile.Error
	if !errors.As(err, &at) {
		m.reportf(codeBadZone, spec.File.Range, "The zone file %q cannot be read: %s.", spec.File.V, err)
		return
	}
	m.reportf(codeBadZone, zoneRange(spec, at.File, at.Line, at.Column), "%s.", strings.TrimSuffix(at.Msg, "."))
}

// zoneRange is a place in a file that a zone file includes, or in the zone file itself.
func zoneRange(spec *parser.Zone, file string, line, column int) hcl.Range {
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

// absolute is a name in lower case with a final dot.
func absolute(name string) string {
	return strings.ToLower(strings.TrimSuffix(name, ".")) + "."
}

// srvPrefix is before the SIP domain in the owner of the SRV records of XMPP federation.
const srvPrefix = "_xmpp-server._tcp."

func srvOwner(domain string) string { return srvPrefix + absolute(domain) }

// zoneOf returns the zone that holds a name, nil if no declared zone does.
func (m *model) zoneOf(name string) *zone {
	for rest := name; rest != ""; {
		if z := m.byOrigin[rest]; z != nil && under(name, rest) {
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

// srv is the data of an SRV record.
type srv struct {
	priority, weight, port int
	target                 string // absolute, lower case
}

func (s srv) String() string {
	return fmt.Sprintf("%d %d %d %s", s.priority, s.weight, s.port, s.target)
}

// parseSRV reads canonical data; ok is false for what is no SRV data.
func parseSRV(data string) (srv, bool) {
	fields := strings.Fields(data)
	if len(fields) != 4 {
		return srv{}, false
	}
	var n [3]int
	for i := range n {
		v, err := strconv.ParseUint(fields[i], 10, 16)
		if err != nil {
			return srv{}, false
		}
		n[i] = int(v)
	}
	return srv{n[0], n[1], n[2], fields[3]}, true
}

// lowerZones decides what each RRset becomes and returns the sets by zone.
func (j *job) lowerZones() map[*zone][]RecordSet {
	out := map[*zone][]RecordSet{}
	if !j.needXMPP() {
		return out
	}
	known := j.checkPublic()
	j.checkIPv6()
	target := absolute(j.to.AccessEdgeFQDN.V)
	if j.spec.XMPP.Host.Set {
		target = absolute(j.spec.XMPP.Host.V)
		j.lowerHost(out, target, known)
	} else {
		j.checkAccessEdge(target, known)
	}
	for _, domain := range j.xmppDomains() {
		j.lowerSRV(out, domain, target)
	}
	j.checkDNS(out)
	return out
}

// needXMPP reports that nothing says how partners find the deployment.
func (j *job) needXMPP() bool {
	if j.spec.XMPP == nil {
		j.report(codeMalformed, j.f.Range, `A block xmpp_federation is needed: it says whether SRV records point at one host (host = "xmpp.DOMAIN") or at the pools.`)
	}
	return j.spec.XMPP != nil
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
func (j *job) lowerHost(out map[*zone][]RecordSet, host string, known bool) {
	rng := j.spec.XMPP.Host.Range
	j.checkShared(host)
	z := j.zoneOf(host)
	if !isName(j.spec.XMPP.Host.V) {
		return
	}
	if z == nil {
		j.report(codeOutsideZones, rng, "No dns_zone holds %s, so edgeplan cannot move its address. Declare the zone, or accept this finding and say who moves the address.", j.spec.XMPP.Host.V)
		return
	}
	if z.file == nil || !known {
		return
	}
	if z.has(host, "CNAME") {
		return // checkTargets says so
	}
	four, six := addresses(j.to)
	for _, want := range []struct {
		typ  string
		data []string
	}{{"A", four}, {"AAAA", six}} {
		set := RecordSet{Owner: host, Type: want.typ, New: append([]string{}, want.data...), Step: "4"}
		set.Old, set.OldTTL = z.set(host, want.typ)
		sortAddresses(set.Old)
		set.NewTTL = j.ttlFor(z, set, host)
		out[z] = append(out[z], set)
	}
}

// ttlFor keeps the TTL of a set; a new set takes that of the other addresses.
func (j *job) ttlFor(z *zone, set RecordSet, host string) uint32 {
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
	rng := j.spec.XMPP.Host.Range
	for _, pool := range j.spec.EdgePools {
		if absolute(pool.AccessEdgeFQDN.V) == host {
			j.report(codeSharedHost, rng, "%s is the Access Edge FQDN of %s too: remote users and SIP federation move with its address.", j.spec.XMPP.Host.V, pool.Name)
			return
		}
	}
	for _, z := range j.zones {
		if z.file == nil {
			continue
		}
		for _, r := range z.file.Records {
			sip := strings.HasPrefix(r.Owner, "_sip._tls.") || strings.HasPrefix(r.Owner, "_sipfederationtls._tcp.")
			if s, ok := parseSRV(r.Data); ok && sip && s.target == host {
				j.report(codeSharedHost, z.line(r), "%s points at %s as well: what it serves moves with the address.", strings.TrimSuffix(r.Owner, "."), j.spec.XMPP.Host.V)
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
	case !isName(j.to.AccessEdgeFQDN.V):
		return
	case z == nil:
		j.report(codeOutsideZones, rng, "No dns_zone holds %s, so edgeplan cannot see whether it has the addresses of %s. Declare the zone, or accept this finding and say who has looked.", j.to.AccessEdgeFQDN.V, j.to.Name)
		return
	case z.file == nil || !known:
		return
	}
	four, six := addresses(j.to)
	have, have6 := z.answer(name, "A"), z.answer(name, "AAAA")
	if _, away := z.cut(name); away || len(have)+len(have6) == 0 || len(z.answer(name, "CNAME")) > 0 || len(private(have))+len(private(have6)) > 0 {
		return // checkTargets says so
	}
	switch {
	case !sameStrings(have, four):
		j.report(codeWrongAddresses, z.at(name, "A"), "%s has the addresses %s here, but %s has %s.", j.to.AccessEdgeFQDN.V, list(have), j.to.Name, list(four))
	case len(six) > 0 && len(have6) == 0:
		j.report(codeNoAAAA, rng, "%s has IPv6 addresses, but %s has no AAAA record.", j.to.Name, j.to.AccessEdgeFQDN.V)
	case len(have6) > 0 && j.to.LoadBalancing.V == "hardware":
		j.report(codeNoAAAA, z.at(name, "AAAA"), "%s has the IPv6 addresses %s here. Behind a hardware load balancer the spec knows only virtual_ipv4: see that they are those of %s.", j.to.AccessEdgeFQDN.V, list(have6), j.to.Name)
	case !sameStrings(have6, six):
		j.report(codeWrongAddresses, z.at(name, "AAAA"), "%s has the IPv6 addresses %s here, but %s has %s: partners that prefer IPv6 would not reach the pool.", j.to.AccessEdgeFQDN.V, list(have6), j.to.Name, list(six))
	}
}

func list(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// lowerSRV makes the SRV records of one SIP domain lead to the target; step 5 and the
// note on pools with different priorities.
func (j *job) lowerSRV(out map[*zone][]RecordSet, domain *parser.SIPDomain, target string) {
	owner := srvOwner(domain.Name.V)
	z := j.zoneOf(owner)
	if !isName(domain.Name.V) {
		return
	}
	if z == nil {
		j.report(codeUnmanaged, domain.Name.Range, "No dns_zone holds %s: whether its SRV record leads to the new pool is for its owner to see.", domain.Name.V)
		return
	}
	if z.file == nil {
		return
	}
	data, ttl := z.set(owner, "SRV")
	records, ok := j.readSRV(z, owner, data)
	if !ok {
		return
	}
	hostLayout := j.spec.XMPP.Host.Set
	wanted := slices.Clone(records)
	if present := slices.ContainsFunc(records, func(s srv) bool { return s.target == target }); !present || !hostLayout {
		model, modelTTL := j.sibling(owner)
		wanted = promote(records, target, model)
		if len(data) == 0 {
			ttl = modelTTL
		}
	}
	j.checkOrder(z, owner, wanted, target)
	set := RecordSet{Owner: owner, Type: "SRV", Old: data, OldTTL: ttl, NewTTL: ttl, New: []string{}, Step: "5"}
	if len(data) == 0 {
		set.OldTTL = 0
	}
	for _, s := range wanted {
		set.New = append(set.New, s.String())
	}
	sortSRV(set.Old)
	sortSRV(set.New)
	out[z] = append(out[z], set)
}

// wrongPort says what is wrong with an SRV record that has another port than the procedure
// demands: its fields may be in the wrong order.
func wrongPort(name string, s srv) string {
	place, rest := "", ""
	switch xmppPort {
	case s.priority:
		place, rest = "first", fmt.Sprintf("%d %d", s.weight, s.port)
	case s.weight:
		place, rest = "second", fmt.Sprintf("%d %d", s.priority, s.port)
	}
	if place != "" {
		return fmt.Sprintf("The fields of this SRV record of %s are in the wrong order: the port is the third of them, and here %d is the %s. The order is priority, weight, port, target. Write %s %[2]d %[5]s (the target ends with a dot).", name, xmppPort, place, rest, s.target)
	}
	text := fmt.Sprintf("An SRV record of %s has port %d. Partners connect to the port of the record, and XMPP federation listens on %d", name, s.port, xmppPort)
	if s.port == 5222 {
		text += "; 5222 is the port for clients"
	}
	return text + fmt.Sprintf(". Write %d %d %d %s (the target ends with a dot).", s.priority, s.weight, xmppPort, s.target)
}

func sortSRV(data []string) {
	slices.SortFunc(data, func(a, b string) int {
		x, _ := parseSRV(a)
		y, _ := parseSRV(b)
		if x.priority != y.priority {
			return x.priority - y.priority
		}
		return strings.Compare(a, b)
	})
}

// readSRV parses a set and holds it against the rules for SRV records.
func (j *job) readSRV(z *zone, owner string, data []string) ([]srv, bool) {
	var records []srv
	seen := map[int]bool{}
	name := strings.TrimSuffix(owner, ".")
	for _, d := range data {
		s, ok := parseSRV(d)
		switch {
		case !ok:
			j.report(codeBadZone, z.at(owner, "SRV"), "%q is not the data of an SRV record.", d)
			return nil, false
		case s.port != xmppPort:
			j.report(codeWrongPort, z.at(owner, "SRV"), "%s", wrongPort(name, s))
			return nil, false
		case seen[s.priority] && j.prepare == nil: // a preparation mends it
			j.report(codeEqualPriority, z.at(owner, "SRV"), "Two SRV records of %s have priority %d, and only one pool has the XMPP route. Prosody takes either by chance, ejabberd goes by weight, and by name if the weights are 0. Give each pool a priority of its own.", name, s.priority)
			return nil, false
		}
		seen[s.priority] = true
		records = append(records, s)
	}
	if alias, _ := z.set(owner, "CNAME"); len(alias) > 0 {
		j.report(codeNoEdit, z.at(owner, "CNAME"), "%s is an alias (CNAME), beside which no SRV record can stand.", name)
		return nil, false
	}
	return records, true
}

// sibling returns priority and weight for a new SRV record, and its TTL: those that
// other SIP domains use if they agree, else 0, 0 and a short TTL.
func (j *job) sibling(owner string) (srv, uint32) {
	if j.siblings == nil {
		j.siblings = j.findSiblings()
	}
	own := j.siblings.of[owner]
	var found *siblingSet
	for value, s := range j.siblings.values {
		if own != nil && own.value == value && s.count == 1 {
			continue
		}
		if found != nil {
			return srv{}, newRecordTTL
		}
		found = s
	}
	if found == nil {
		return srv{}, newRecordTTL
	}
	last := found.last[1]
	if last == own {
		last = found.last[0]
	}
	return last.value, last.ttl
}

// siblings are the SRV records that SIP domains with XMPP have today, where a domain has
// one. There can be a hundred thousand, and each is asked for the others.
type siblings struct {
	of     map[string]*sibling // by owner
	values map[srv]*siblingSet // by priority and weight
}

type sibling struct {
	value srv
	ttl   uint32
}

// siblingSet is those with the same priority and weight.
type siblingSet struct {
	count int
	last  [2]*sibling // the last two, in the order of names
}

func (j *job) findSiblings() *siblings {
	out := &siblings{of: map[string]*sibling{}, values: map[srv]*siblingSet{}}
	for _, domain := range j.xmppDomains() {
		owner := srvOwner(domain.Name.V)
		z := j.zoneOf(owner)
		if z == nil || z.file == nil || out.of[owner] != nil {
			continue
		}
		data, ttl := z.set(owner, "SRV")
		s, ok := parseSRV(strings.Join(data, " "))
		if !ok || len(data) != 1 {
			continue
		}
		one := &sibling{srv{priority: s.priority, weight: s.weight}, ttl}
		set := out.values[one.value]
		if set == nil {
			set = &siblingSet{}
			out.values[one.value] = set
		}
		set.count++
		set.last = [2]*sibling{set.last[1], one}
		out.of[owner] = one
	}
	return out
}

// promote makes the record of a target come first (have the lowest priority number)
// and leaves as many of the others as they are as it can.
func promote(records []srv, target string, model srv) []srv {
	out := slices.Clone(records)
	if len(out) == 0 {
		return []srv{{model.priority, model.weight, xmppPort, target}}
	}
	first, mine, last := 0, -1, 0
	for i, s := range out {
		if s.priority < out[first].priority {
			first = i
		}
		if s.priority > out[last].priority {
			last = i
		}
		if s.target == target && (mine < 0 || s.priority < out[mine].priority) {
			mine = i
		}
	}
	switch {
	case mine >= 0:
		out[mine].priority, out[first].priority = out[first].priority, out[mine].priority
		return out
	case out[first].priority > 0:
		return append(out, srv{out[first].priority / 2, model.weight, xmppPort, target})
	default:
		out[first].priority = min(out[last].priority+10, 65535)
		return append(out, srv{0, model.weight, xmppPort, target})
	}
}

// checkOrder warns when another pool's record still comes before the target's.
func (j *job) checkOrder(z *zone, owner string, records []srv, target string) {
	if len(records) == 0 {
		return
	}
	first := slices.MinFunc(records, func(a, b srv) int { return a.priority - b.priority })
	if first.target == target {
		return
	}
	whose := "another host"
	if first.target == absolute(j.from.AccessEdgeFQDN.V) {
		whose = j.from.Name + ", the pool that is left"
	}
	j.report(codeStaleSRV, z.at(owner, "SRV"), "The SRV record of %s with the lowest priority number (%d) points at %s: %s. The lowest number comes first, so partners go on connecting there as long as TCP is answered.", strings.TrimSuffix(owner, "."), first.priority, strings.TrimSuffix(first.target, "."), whose)
}

// checkZone holds a zone that the plan touches against what makes editing unsafe.
func (j *job) checkZone(z *zone, sets []RecordSet) {
	if z.file == nil || len(sets) == 0 {
		return
	}
	changes := slices.ContainsFunc(sets, RecordSet.Changed)
	if z.file.Dnssec && changes {
		j.report(codeNoEdit, z.File.Range, "%s is a signed zone (it holds RRSIG or NSEC records). Change the unsigned file from which it is signed.", z.File.V)
	}
	for _, d := range z.file.Directives {
		for _, set := range sets {
			if d.Makes(set.Owner, set.Type) || d.Makes(set.Owner, "CNAME") {
				j.report(codeNoEdit, zoneRange(z.Zone, d.File, d.Line, 1), "This $GENERATE makes records of %s. Write them out, so that single records can change.", strings.TrimSuffix(set.Owner, "."))
				break
			}
		}
	}
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
