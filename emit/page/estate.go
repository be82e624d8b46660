package page

import (
	"fmt"
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/words"
)

// box is a part of the deployment in one of the two pictures of it.
type box struct {
	title string
	lines []said
	used  bool // a pool that something leads to
}

// said is a line in a box; moves marks what the plan changes.
type said struct {
	text  string
	moves bool
	under bool // what is above it
}

// estate draws sites, pools, servers, routes, partners and DNS before and after the plan beside each other.
func (w *printer) estate() {
	d := &drawing{}
	sides := [2]side{w.side(true), w.side(false)}
	const left, gap, row, pad = 10, 174, 11, 5
	width := gap - 2*left - 8
	for i, title := range []string{"Before", "After"} {
		d.text("h", i*gap+left, 11, width, title)
	}
	// Boxes of the same things are beside each other and of the same height.
	y, middle := 18, []int{}
	for k := range sides[0].boxes {
		lines := max(len(sides[0].boxes[k].lines), len(sides[1].boxes[k].lines))
		height := (lines+1)*row + 2*pad
		for i, s := range sides {
			b, x := s.boxes[k], i*gap+left
			class := "box"
			if b.used {
				class = "box used"
			}
			d.rect(class, x, y, width, height)
			d.text("b", x+6, y+pad+8, width-10, b.title)
			for n, line := range b.lines {
				text, class, in := line.text, "t", 0
				if line.moves {
					text, class = "▸ "+text, "t mv"
				}
				if line.under {
					in = 9
				}
				d.text(class, x+6+in, y+pad+8+(n+1)*row, width-10-in, text)
			}
		}
		middle = append(middle, y+height/2)
		y += height + 9
	}
	for i, s := range sides {
		for n, a := range s.arrows {
			x, out := i*gap+left, -4-n%2*3
			if !a.left {
				x, out = x+width, -out
			}
			d.arrow("arrow", x, middle[a.from], middle[a.to], out)
		}
	}
	w.shown(d, "estate", y-4, words.Own("Before and after this plan; ▸ marks what it changes."), "")
}

// side is one of the two pictures. Arrows lead from a box to another, by their numbers.
type side struct {
	boxes  []box
	arrows []struct {
		from, to int
		left     bool
	}
}

func (s *side) add(b box) int {
	s.boxes = append(s.boxes, b)
	return len(s.boxes) - 1
}

func (s *side) lead(from, to int, left bool) {
	s.boxes[to].used = true
	s.arrows = append(s.arrows, struct {
		from, to int
		left     bool
	}{from, to, left})
}

// Of long lists so many are drawn; all are in the text.
const (
	maxNames = 2
	maxSets  = 4
	maxPools = 4
	maxSites = 6
)

func (w *printer) side(before bool) side {
	p, s := w.plan, side{}
	for _, told := range p.Texts.Told {
		if len(told.Names) > 0 {
			s.add(box{title: told.Title, lines: listed(told.Names, maxNames, func(name string) []said { return []said{{text: name}} })})
		}
	}
	records := -1
	if sets := w.sets(); len(sets) > 0 {
		records = s.add(box{title: "DNS", lines: listed(sets, maxSets, func(set plan.RecordSet) []said { return recordLines(set, before) })})
	}
	pools := map[string]int{}
	for _, pool := range w.pools() {
		pools[pool.FQDN] = s.add(box{title: pool.Name, lines: []said{{text: poolLine(pool)}}})
	}
	for _, pool := range w.pools() {
		if records >= 0 && slices.ContainsFunc(w.sets(), func(set plan.RecordSet) bool { return leads(set, before, pool) }) {
			s.lead(records, pools[pool.FQDN], true)
		}
	}
	if routes := w.routes(before); len(routes) > 0 {
		sites := s.add(box{title: "Routes of sites", lines: listed(routes, maxSites, func(r route) []said {
			return []said{{text: r.text(), moves: r.moves}}
		})})
		for _, pool := range w.pools() {
			if slices.ContainsFunc(routes, func(r route) bool { return r.pool == pool.FQDN }) {
				s.lead(sites, pools[pool.FQDN], false)
			}
		}
	}
	if inside := w.inside(before); len(inside) > 0 {
		s.add(box{title: "Inside", lines: listed(inside, maxSites, func(one said) []said { return []said{one} })})
	}
	return s
}

// listed are the lines of the first of some, and how many more there are.
func listed[T any](all []T, n int, lines func(T) []said) []said {
	first, more := atMost(all, n)
	var out []said
	for _, one := range first {
		out = append(out, lines(one)...)
	}
	if more > 0 {
		out = append(out, said{text: fmt.Sprintf("and %d more", more)})
	}
	return out
}

// sets are the records of all zones, those that change first.
func (w *printer) sets() []plan.RecordSet {
	var change, stay []plan.RecordSet
	for _, zone := range w.plan.Zones {
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

func recordLines(set plan.RecordSet, before bool) []said {
	data, ttl := set.New, set.NewTTL
	if before {
		data, ttl = set.Old, set.OldTTL
	}
	out := []said{{text: words.SetName(set), moves: set.Changed()}}
	first, more := atMost(data, maxNames)
	for _, one := range first {
		if set.TTLChanged() {
			one = fmt.Sprintf("%d %s", ttl, one)
		}
		out = append(out, said{text: one, under: true})
	}
	switch {
	case more > 0:
		out = append(out, said{text: fmt.Sprintf("and %d more", more), under: true})
	case len(data) == 0:
		out = append(out, said{text: "none", under: true})
	}
	return out
}

// pools are the two of the plan and those that routes come from.
func (w *printer) pools() []plan.Pool {
	var out []plan.Pool
	for _, pool := range []plan.Pool{w.plan.From, w.plan.To} {
		if pool.Name != "" {
			out = append(out, pool)
		}
	}
	for _, r := range w.plan.Routes {
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

// text says it with the federation in upper case, as people write it.
func (r route) text() string { return strings.ToUpper(r.Federation) + ": " + r.Site + " → " + r.name }

func (w *printer) routes(before bool) []route {
	p := w.plan
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
func (w *printer) inside(before bool) []said {
	p := w.plan
	or := func(old, new string) string {
		if before {
			return old
		}
		return new
	}
	var out []said
	if store := p.StoreFailover; store != nil {
		out = append(out, said{text: "store on " + or(store.From, store.To), moves: true})
	}
	if hop := p.NextHop; hop != nil {
		out = append(out, said{text: "next hop of " + hop.Pool + " → " + or(hop.From, hop.To), moves: true})
	}
	for _, media := range p.Media {
		from := media.From
		if from == p.From.FQDN {
			from = p.From.Name
		}
		out = append(out, said{text: "media of " + media.Name + " → " + or(from, p.To.Name), moves: true})
	}
	return out
}
