package main

import (
	"errors"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/sheet"
	"github.com/edgeplan/edgeplan/parser"
)

// summarize says what differs for users between the plans of two sides, of which each is a
// spec, or packages or files that hold plans. A folder that is not there has none.
func (p *program) summarize(after []string, before string, failovers []string, strict bool) error {
	news, err := p.plansAt(after, failovers, strict)
	if err != nil {
		return err
	}
	olds, err := p.plansAt([]string{before}, failovers, strict)
	// Before the first build all is new, which is what the summary says then.
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	pairs := paired(olds, news)
	if len(pairs) == 0 {
		return usageError("there is no plan of that name to compare")
	}
	same := true
	for _, pair := range pairs {
		text, equal := sheet.Summary(pair[0], pair[1])
		p.stdout.WriteString(text)
		same = same && equal
	}
	if !same {
		return errNo
	}
	return nil
}

// plansAt makes the plans of a spec, or reads those of packages.
func (p *program) plansAt(args, failovers []string, strict bool) ([]*plan.Plan, error) {
	if isSpec(args) {
		plans, _, err := p.compile(args, failovers, strict)
		return plans, err
	}
	plans, err := p.input.savedPlans(args)
	// A spec has been asked for these names by compile; packages are chosen here.
	if len(failovers) > 0 {
		plans = slices.DeleteFunc(plans, func(of *plan.Plan) bool { return !slices.Contains(failovers, of.Name) })
	}
	return plans, err
}

// isSpec tells whether arguments name a spec: nothing, standard input, files of a spec or a
// folder that has some.
func isSpec(args []string) bool {
	if len(args) == 0 || slices.Contains(args, "-") {
		return true
	}
	for _, arg := range args {
		// A folder may have both, a spec and the packages below it: it counts as a spec.
		_, err := folder(arg)
		if strings.HasSuffix(arg, parser.Suffix) || err == nil {
			return true
		}
	}
	return false
}

// paired puts plans of one name together, in the order of the names; two plans that are
// alone on their sides are a pair whatever their names.
func paired(olds, news []*plan.Plan) [][2]*plan.Plan {
	if len(olds) == 1 && len(news) == 1 {
		return [][2]*plan.Plan{{olds[0], news[0]}}
	}
	byName := map[string][2]*plan.Plan{}
	for side, plans := range [][]*plan.Plan{olds, news} {
		for _, p := range plans {
			pair := byName[p.Name]
			pair[side] = p
			byName[p.Name] = pair
		}
	}
	var out [][2]*plan.Plan
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		out = append(out, byName[name])
	}
	return out
}
