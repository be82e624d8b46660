package compiler

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/edgeplan/edgeplan/parser"
)

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
