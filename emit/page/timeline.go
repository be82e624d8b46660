package page

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/estate"
	"github.com/edgeplan/edgeplan/emit/words"
)

// lane is a column of the timeline: hosts that run the same stages.
type lane struct {
	hosts  []string
	stages []bool // by their number from 0
}

// timeline draws the stages from top to bottom, where each runs and which services are up after it.
func (w *printer) timeline() {
	p, d := w.plan, &drawing{}
	lanes := w.lanes()
	const row, top, lanesAt, gap = 28, 30, 124, 12
	laneWide := min(36, (wide-lanesAt-gap)/(len(lanes)+len(p.Services)))
	barWide := laneWide
	barsAt := lanesAt + len(lanes)*laneWide + gap
	for i := range lanes {
		d.text("b mid", lanesAt+i*laneWide+laneWide/2, 11, 99, letter(i))
	}
	for i := range p.Services {
		d.text("b mid", barsAt+i*barWide+barWide/2, 11, 99, strconv.Itoa(i+1))
	}
	at := func(n int) int { return top + n*row } // stage 0 is the time before
	bottom := at(len(p.Stages)) + 12
	for i := range lanes {
		x := lanesAt + i*laneWide + laneWide/2
		d.line("lane", x, at(1)-8, x, bottom)
	}
	if len(p.Services) > 0 {
		d.text("t mu", 18, at(0)+3, lanesAt-18, "before the change")
	}
	for n, stage := range p.Stages {
		y := at(n + 1)
		d.line("rule", 0, y-row/2, wide, y-row/2)
		d.text("t mu", 2, y+3, 16, strconv.Itoa(n+1))
		d.text("b", 18, y+3, lanesAt-18, stage.Name)
		for i, l := range lanes {
			if l.stages[n] {
				d.circle("dot", lanesAt+i*laneWide+laneWide/2, y, 5)
			}
		}
		if plan.AllSteps([]plan.Stage{stage}).Has(func(s *plan.Step) bool { return s.Risk == plan.Destructive }) {
			d.line("gone", 0, y+row/2-2, barsAt-4, y+row/2-2)
			d.text("t gonetext", 18, y+12, lanesAt-18, "point of no return")
		}
	}
	for i, service := range p.Services {
		w.bar(d, barsAt+i*barWide+barWide/2, service.Name, at, bottom)
	}
	y := bottom + 16
	y = w.durations(d, y)
	caption := "Stages from top to bottom, and the hosts where each runs."
	if len(p.Services) > 0 {
		caption += " Services after each stage: a bar is up, a dotted line with × is down, with ? in doubt."
	}
	w.shown(d, "timeline", y, words.Own(caption), w.key(lanes))
}

// letter names a lane.
func letter(i int) string { return string(rune('A' + i%26)) }

// lanes are those of the plan, in the order in which they are first needed.
func (w *printer) lanes() []lane {
	var order []string
	runs := map[string][]bool{}
	for n, stage := range w.plan.Stages {
		for _, host := range stage.Hosts() {
			if runs[host] == nil {
				runs[host] = make([]bool, len(w.plan.Stages))
				order = append(order, host)
			}
			runs[host][n] = true
		}
	}
	var lanes []lane
	index := map[string]int{}
	for _, host := range order {
		key := fmt.Sprint(runs[host])
		i, known := index[key]
		if !known {
			i = len(lanes)
			index[key] = i
			lanes = append(lanes, lane{stages: runs[host]})
		}
		lanes[i].hosts = append(lanes[i].hosts, host)
	}
	return lanes
}

// bar is when a service is up.
func (w *printer) bar(d *drawing, x int, service string, at func(int) int, bottom int) {
	number := map[string]int{}
	for n, stage := range w.plan.Stages {
		number[stage.Name] = n + 1
	}
	// Stages between which it stays as it is are one piece.
	for i := 0; i < len(w.plan.Outage); {
		reach, next := w.plan.Outage[i], i+1
		is := reach.Of(service)
		for next < len(w.plan.Outage) && same(w.plan.Outage[next].Of(service), is) {
			next++
		}
		from, to := at(number[reach.After]), bottom
		if next < len(w.plan.Outage) {
			to = at(number[w.plan.Outage[next].After])
		}
		switch {
		case is.InDoubt:
			d.line("down", x, from, x, to)
			d.text("b mid sign", x, (from+to)/2+3, 99, "?")
		case is.Up:
			d.rect("up", x-5, from, 10, to-from)
		default:
			d.line("down", x, from, x, to)
			d.text("b mid sign downtext", x, (from+to)/2+3, 99, "×")
		}
		i = next
	}
}

// same tells whether a service is as it was, by whatever pool.
func same(a, b plan.Service) bool { return a.Up == b.Up && a.InDoubt == b.InDoubt }

// durations are the times that the plan knows, on the scale of the longest.
func (w *printer) durations(d *drawing, y int) int {
	caches, everywhere := w.plan.OldAnswers()
	var all []struct {
		what    string
		seconds uint32
		class   string
	}
	add := func(what string, seconds uint32, class string) {
		if seconds > 0 {
			all = append(all, struct {
				what    string
				seconds uint32
				class   string
			}{what, seconds, class})
		}
	}
	add("window", w.plan.WindowLength(), "window")
	if s := w.plan.Schedule; s != nil {
		add("all stages, as far as said", s.Seconds, "wait")
		add("going back, as far as said", s.RollbackSeconds, "wait")
	}
	add("old answers in caches", caches, "wait")
	if everywhere > caches {
		add("the same where a secondary missed the NOTIFY", everywhere, "wait")
	}
	longest := uint32(0)
	for _, one := range all {
		longest = max(longest, one.seconds)
	}
	for _, one := range all {
		d.text("t", 0, y, wide, one.what+": "+plan.Seconds(one.seconds))
		d.rect(one.class, 0, y+4, max(2, int(uint64(one.seconds)*wide/uint64(longest))), 6)
		y += 24
	}
	return y
}

// key says which lane is which host and which bar is which service.
func (w *printer) key(lanes []lane) string {
	var b strings.Builder
	b.WriteString("<ul class=\"key\">\n")
	for i, l := range lanes {
		names := make([]words.Text, len(l.hosts))
		for k, host := range l.hosts {
			if names[k] = words.Name(host); host == plan.AnyHost {
				names[k] = words.Free(words.Host(host))
			}
		}
		first, more := estate.AtMost(names, 4)
		b.WriteString("<li><b>" + letter(i) + "</b> " + inline(words.Join(", ", first...)))
		if more > 0 {
			b.WriteString(fmt.Sprintf(" and %d more", more))
		}
		b.WriteString("</li>\n")
	}
	for i, service := range w.plan.Services {
		b.WriteString("<li><b>" + strconv.Itoa(i+1) + "</b> " + inline(words.ServiceName(service)) + "</li>\n")
	}
	b.WriteString("</ul>\n")
	return b.String()
}
