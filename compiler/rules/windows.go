package rules

import (
	"time"

	"github.com/edgeplan/edgeplan/compiler/cmdlet"
	"github.com/edgeplan/edgeplan/compiler/report"
	"github.com/edgeplan/edgeplan/parser/topology"
)

// Window checks the change window of a plan, and whether the product of the target is
// supported until then.
func Window(t *topology.Topology, req *Request, r *report.Plan) {
	start, startOK := moment(r, req.Change.WindowStart)
	end, endOK := moment(r, req.Change.WindowEnd)
	if startOK && endOK && !end.After(start) {
		r.Add(report.Malformed, req.Change.WindowEnd.Range,
			"The window ends at %s, which is not after its start, %s. Correct one of the two.",
			req.Change.WindowEnd.V, req.Change.WindowStart.V)
	}
	// a preparation has no target
	if req.To == nil {
		return
	}
	product := t.ProductOf(req.To)
	ends := cmdlet.Product(product).SupportEnds()
	// days of the form 2026-12-05 compare as texts
	if startOK && ends != "" && start.UTC().Format(time.DateOnly) > ends {
		rng := t.Product.Range
		if req.To.Product.Set {
			rng = req.To.Product.Range
		}
		r.Add(report.OutOfSupport, rng,
			"Support of %s ended on %s, before the change window. There are no security updates for it.", product, ends)
	}
}

// FailbackWindow checks that the way back of a failover begins when that is over.
func FailbackWindow(of, back *Request, r *report.Plan) {
	end, err1 := time.Parse(time.RFC3339, of.Change.WindowEnd.V)
	start, err2 := time.Parse(time.RFC3339, back.Change.WindowStart.V)
	// A time that is missing, or cannot be read, has been reported where it matters.
	if err1 == nil && err2 == nil && start.Before(end) {
		r.Add(report.Malformed, back.Change.WindowStart.Range,
			"The window of the way back begins at %s, before that of the failover %s ends, at %s. Correct one of the two.",
			back.Change.WindowStart.V, of.Name.V, of.Change.WindowEnd.V)
	}
}

// moment reads an RFC 3339 time; ok is false if there is none.
func moment(r *report.Plan, value topology.Value[string]) (time.Time, bool) {
	if !value.Set {
		return time.Time{}, false
	}
	t, err := time.Parse(time.RFC3339, value.V)
	if err != nil {
		r.Add(report.Malformed, value.Range, "%s", badTime(value.V))
	}
	return t, err == nil
}
