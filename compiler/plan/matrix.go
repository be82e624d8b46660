package plan

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/edgeplan/edgeplan/parser/diag"
	"github.com/edgeplan/edgeplan/parser/planname"
)

// MatrixVersion is the version of matrix.json. It grows when a reader of the old form would misread
// the new one.
const MatrixVersion = 1

// KindMatrix is the kind of a matrix, as those of plans are.
const KindMatrix = "matrix"

// MaxPairs is how many pairs a matrix may have.
const MaxPairs = 1000

// Matrix says of each pair of Edge pools whether one can take over when the other fails, and why not.
// Its JSON form is public; the index page can be made from it alone. It holds no time of building,
// host, user or absolute path.
type Matrix struct {
	FormatVersion int `json:"format_version"`
	// ID is "sha256:" and 32 hex digits of a hash over all of matrix.json but the ID itself.
	ID         string `json:"id"`
	SpecDigest string `json:"spec_digest"` // as in a plan
	Kind       string `json:"kind"`
	Name       string `json:"name"`
	Federation string `json:"federation"`
	Reason     string `json:"reason"`
	Procedure  string `json:"procedure"`
	RouteSites string `json:"route_sites"`
	Origin     Origin `json:"origin"` // the block
	Change     Change `json:"change"`
	// Today are the pools that sites are routed to, sorted by name.
	Today []string     `json:"today"`
	Pools []MatrixPool `json:"pools"` // all Edge pools of the spec, sorted by name
	// Pairs are sorted by the pool that fails, then by the one that takes over.
	Pairs []Pair `json:"pairs"`
	// Findings are those of pools and pairs, each once.
	Findings []Finding `json:"findings"`
}

// MatrixPool is an Edge pool of a matrix. It has findings if it can take over from none.
type MatrixPool struct {
	Name     string `json:"name"`
	Site     string `json:"site,omitempty"`
	Findings []int  `json:"findings,omitempty"` // numbers in the list of the matrix
}

// Pair is the failure of a pool and a pool that could take over.
type Pair struct {
	From string `json:"from"`
	To   string `json:"to"`
	// Plan and ID are those of the plan; both are empty if the pair is not possible.
	Plan string `json:"plan,omitempty"`
	ID   string `json:"id,omitempty"`
	// After is the name of the failover by which From comes to hold the route; empty if it does today.
	After    string `json:"after,omitempty"`
	Findings []int  `json:"findings,omitempty"` // numbers in the list of the matrix
}

// Failure is what a matrix says about the failure of one pool.
type Failure struct {
	Pool  string
	Today bool // it holds a route today
	// Never: it cannot come to hold one, as the failover to it is refused, so that its failure moves nothing.
	Never bool
	Ready []string // the pools that can take over
}

// Failures are those of the pools that a matrix is about, sorted by name.
func (m *Matrix) Failures() []Failure {
	var out []Failure
	for i, pair := range m.Pairs {
		if i == 0 || m.Pairs[i-1].From != pair.From {
			out = append(out, Failure{
				Pool: pair.From, Today: slices.Contains(m.Today, pair.From),
				Never: pair.After != "" && !m.hasPlan(pair.After),
			})
		}
		if last := &out[len(out)-1]; pair.Plan != "" {
			last.Ready = append(last.Ready, pair.To)
		}
	}
	return out
}

func (m *Matrix) hasPlan(name string) bool {
	return slices.ContainsFunc(m.Pairs, func(p Pair) bool { return p.Plan == name })
}

// EncodeMatrix returns the text of matrix.json, in the form of [Encode].
func EncodeMatrix(m *Matrix) ([]byte, error) { return indented(m) }

// DecodeMatrix reads matrix.json. It refuses another format version, fields that it does not know, any
// spelling but that of [EncodeMatrix], white space aside, and a matrix that does not hold together.
func DecodeMatrix(data []byte) (*Matrix, error) {
	var head struct {
		FormatVersion int `json:"format_version"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return nil, fmt.Errorf("this is not a matrix: %w", err)
	}
	if head.FormatVersion != MatrixVersion {
		return nil, fmt.Errorf("the matrix has format version %d; this edgeplan reads version %d",
			head.FormatVersion, MatrixVersion)
	}
	m := &Matrix{}
	if err := strict(data, m); err != nil {
		return nil, fmt.Errorf("this is not a matrix: %w", err)
	}
	if id := IdentifyMatrix(m); id != m.ID {
		return nil, fmt.Errorf("the matrix has been edited, or another version of edgeplan made it: its ID is %s, its "+
			"content has %s", m.ID, id)
	}
	if err := checkSpelling(data, m, "the matrix"); err != nil {
		return nil, err
	}
	if err := m.check(); err != nil {
		return nil, fmt.Errorf("the matrix does not hold together: %w", err)
	}
	return m, nil
}

// IdentifyMatrix is the ID of a matrix, made as that of a plan.
func IdentifyMatrix(m *Matrix) string {
	bare := *m
	bare.ID = ""
	return identify(&bare)
}

// check wants what the compiler makes, as far as the index page and verify rely on it.
func (m *Matrix) check() error {
	if m.Kind != KindMatrix || !planname.Is(m.Name) {
		return fmt.Errorf("%q is no name of a matrix, or %q not its kind", m.Name, m.Kind)
	}
	if err := checkSaid(m.Change); err != nil {
		return err
	}
	if len(m.Pairs) > MaxPairs {
		return fmt.Errorf("it has %d pairs, and there may be %d", len(m.Pairs), MaxPairs)
	}
	found := map[Finding]bool{}
	for _, f := range m.Findings {
		// Errors that are not accepted too: they are why there is no plan.
		if rule, known := diag.Lookup(diag.Code(f.Code)); !known || f.Summary != rule.Summary {
			return fmt.Errorf("there is no finding %s: %s", f.Code, f.Summary)
		}
		if found[f] {
			return fmt.Errorf("the finding %s is there twice", f.Code)
		}
		found[f] = true
	}
	known := map[string]bool{}
	for _, pool := range m.Pools {
		if known[pool.Name] {
			return fmt.Errorf("the Edge pool %q is there twice", pool.Name)
		}
		known[pool.Name] = true
		if err := m.checkNumbers(pool.Findings); err != nil {
			return err
		}
	}
	for _, name := range m.Today {
		if !known[name] {
			return fmt.Errorf("there is no Edge pool %q", name)
		}
	}
	pairs, plans := map[[2]string]bool{}, map[string]bool{}
	for _, pair := range m.Pairs {
		at := [2]string{pair.From, pair.To}
		switch {
		case !known[pair.From] || !known[pair.To] || pair.From == pair.To:
			return fmt.Errorf("%q and %q are no pair of Edge pools", pair.From, pair.To)
		case pairs[at]:
			return fmt.Errorf("the pair of %q and %q is there twice", pair.From, pair.To)
		case (pair.Plan == "") != (pair.ID == "") || pair.Plan != "" && (!planname.Is(pair.Plan) || plans[pair.Plan]):
			return fmt.Errorf("the pair of %q and %q has no plan of its own", pair.From, pair.To)
		case pair.Plan == "" && len(pair.Findings) == 0 && (pair.After == "" || m.hasPlan(pair.After)):
			return errors.New("a pair has no plan, and nothing says why")
		}
		pairs[at], plans[pair.Plan] = true, true
		if err := m.checkNumbers(pair.Findings); err != nil {
			return err
		}
	}
	return nil
}

func (m *Matrix) checkNumbers(findings []int) error {
	for i, n := range findings {
		if n < 0 || n >= len(m.Findings) || i > 0 && n <= findings[i-1] {
			return fmt.Errorf("%d is no number of a finding, or out of order", n)
		}
	}
	return nil
}
