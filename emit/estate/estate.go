package estate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/words"
)

// Side is one of the two pictures. Arrows lead from a box to another, by their numbers.
type Side struct {
	Boxes  []Box
	Arrows []Arrow
}

// Box is a part of the deployment.
type Box struct {
	Title string
	Lines []Line
	Used  bool // something leads to it
}

// Line is one in a box: Moves marks what the plan changes, Under what is said of the line above it.
type Line struct {
	Text  string
	Moves bool
	Under bool
}

// Mark comes before the text of a line that moves.
const Mark = "▸ "

// Arrow is what leads to a pool: Records, or else the routes of sites.
type Arrow struct {
	From, To int
	Records  bool
}

// Titles are those of the two pictures.
var Titles = [2]string{"Before", "After"}

// Of makes the pictures of a plan. Both have the same boxes in the same order.
func Of(p *plan.Plan) [2]Side { return [2]Side{sideOf(p, true), sideOf(p, false)} }

func (s *Side) add(b Box) int {
	s.Boxes = append(s.Boxes, b)
	return len(s.Boxes) - 1
}

func (s *Side) lead(from, to int, records bool) {
	s.Boxes[to].Used = true
	s.Arrows = append(s.Arrows, Arrow{from, to, records})
}

// Of long lists so many are drawn; all are in the text.
const (
	maxNames = 2
	maxSets  = 4
	maxPools = 4
	maxSites = 5
)

func sideOf(p *plan.Plan, before bool) Side {
	s := Side{}
	for _, told := range p.Texts.Told {
		if len(told.Names) > 0 {
			s.add(Box{Title: told.Title, Lines: listed(told.Names, maxNames, func(name string) []Line { return []Line{{Text: name}} })})
		}
	}
	records := -1
	if sets := sets(p); len(sets) > 0 {
		records = s.add(Box{Title: "DNS", Lines: listed(sets, maxSets, func(set plan.RecordSet) []Line { return recordLines(set, before) })})
	}
	at := map[string]int{}
	for _, pool := range pools(p) {
		at[pool.FQDN] = s.add(Box{Title: pool.Name, Lines: []Line{{Text: poolLine(pool)}}})
	}
	for _, pool := range pools(p) {
		if records >= 0 && slices.ContainsFunc(sets(p), func(set plan.RecordSet) bool { return leads(set, before, pool) }) {
			s.lead(records, at[pool.FQDN], true)
		}
	}
	if routes := routes(p, before); len(routes) > 0 {
		sites := s.add(Box{Title: "Routes of sites", Lines: listed(routes, maxSites, func(r route) []Line {
			return r.lines()
		})})
		for _, pool := range pools(p) {
			if slices.ContainsFunc(routes, func(r route) bool { return r.pool == pool.FQDN }) {
				s.lead(sites, at[pool.FQDN], false)
			}
		}
	}
	if inside := inside(p, before); len(inside) > 0 {
		s.add(Box{Title: "Inside", Lines: listed(inside, maxSites, func(one Line) []Line { return []Line{one} })})
	}
	return s
}

// listed are the lines of the first of some, and how many more there are.
func listed[T any](all []T, n int, lines func(T) []Line) []Line {
	first, more := AtMost(all, n)
	var out []Line
	for _, one := range first {
		out = append(out, lines(one)...)
	}
	if more > 0 {
		out = append(out, Line{Text: fmt.Sprintf("and %d more", more)})
	}
	return out
}

// sets are the records of all zones, those that change first.
func sets(p *plan.Plan) []plan.RecordSet {
	var change, stay []plan.RecordSet
	for _, zone := range p.Zones {
		for _, set := range zone.Records {
			switch {
			case set.Changed():
				change = append(change, set)
			case len(set.Old) > 0: // that there is none is a check and no part of the deployment
				stay = append(stay, set)
			}
		}
	}
	return append(change, stay...)
}

func recordLines(set plan.RecordSet, before bool) []Line {
	data, ttl := set.New, set.NewTTL
	if before {
		data, ttl = set.Old, set.OldTTL
	}
	out := []Line{{Text: words.SetName(set), Moves: set.Changed()}}
	first, more := AtMost(data, maxNames)
	for _, one := range first {
		if set.TTLChanged() {
			one = fmt.Sprintf("%d %s", ttl, one)
		}
		out = append(out, Line{Text: one, Under: true})
	}
	switch {
	case more > 0:
		out = append(out, Line{Text: fmt.Sprintf("and %d more", more), Under: true})
	case len(data) == 0:
		out = append(out, Line{Text: "none", Under: true})
	}
	return out
}

// pools are the two of the plan and those that routes come from.
func pools(p *plan.Plan) []plan.Pool {
	var out []plan.Pool
	for _, pool := range []plan.Pool{p.From, p.To} {
		if pool.Name != "" {
			out = append(out, pool)
		}
	}
	for _, r := range p.Routes {
		if r.From != "" && len(out) < maxPools && !slices.ContainsFunc(out, func(pool plan.Pool) bool { return pool.FQDN == r.From }) {
			out = append(out, plan.Pool{Name: r.From, FQDN: r.From})
		}
	}
	return out
}

func poolLine(pool plan.Pool) string {
	switch n := len(pool.Servers); n {
	case 0:
		return pool.Site
	case 1:
		return pool.Site + ", 1 server"
	default:
		return fmt.Sprintf("%s, %d servers", pool.Site, n)
	}
}

// leads tells whether records lead to a pool: by an address of it, or by its name.
func leads(set plan.RecordSet, before bool, pool plan.Pool) bool {
	data := set.New
	if before {
		data = set.Old
	}
	return slices.ContainsFunc(data, func(one string) bool {
		target := strings.TrimSuffix(one[strings.LastIndexByte(one, ' ')+1:], ".")
		return slices.Contains(pool.IPv4, one) || slices.Contains(pool.IPv6, one) || strings.EqualFold(target, pool.AccessEdgeFQDN)
	})
}

// route is one of a site; name is the pool that it leads to, for people.
type route struct {
	plan.RoutedSite
	pool, name string
	moves      bool
}

// lines say it with the federation in upper case, as people write it; the pool has a line of its own, so that no long
// name of a site hides it.
func (r route) lines() []Line {
	return []Line{{Text: strings.ToUpper(r.Federation) + ": " + r.Site, Moves: r.moves}, {Text: "→ " + r.name, Under: true}}
}

func routes(p *plan.Plan, before bool) []route {
	name := func(fqdn string) string {
		for _, pool := range []plan.Pool{p.From, p.To} {
			if pool.FQDN == fqdn {
				return pool.Name
			}
		}
		if fqdn == "" {
			return "none"
		}
		return fqdn
	}
	var out []route
	moved := map[plan.RoutedSite]bool{}
	for _, r := range p.Routes {
		pool := p.To.FQDN
		if before {
			pool = r.From
		}
		out, moved[r.RoutedSite] = append(out, route{r.RoutedSite, pool, name(pool), true}), true
	}
	for _, site := range p.RoutedSites {
		if !moved[site] {
			out = append(out, route{site, p.From.FQDN, p.From.Name, false})
		}
	}
	return out
}

// inside is what changes between Front End pools and Edge pools.
func inside(p *plan.Plan, before bool) []Line {
	or := func(old, new string) string {
		if before {
			return old
		}
		return new
	}
	var out []Line
	if store := p.StoreFailover; store != nil {
		out = append(out, Line{Text: "store on " + or(store.From, store.To), Moves: true})
	}
	if hop := p.NextHop; hop != nil {
		out = append(out, Line{Text: "next hop of " + hop.Pool + " → " + or(hop.From, hop.To), Moves: true})
	}
	for _, media := range p.Media {
		out = append(out, Line{Text: "media of " + media.Name + " → " + or(media.FromPool, p.To.Name), Moves: true})
	}
	return out
}

// AtMost are the first n of some, and how many more there are.
func AtMost[T any](all []T, n int) (first []T, more int) {
	if len(all) <= n {
		return all, 0
	}
	return all[:n], len(all) - n
}
