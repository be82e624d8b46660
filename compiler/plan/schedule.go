package plan

import (
	"slices"
	"time"
)

// Schedule adds up how long the stages of a plan take, one after the other, as far as the spec says it. All numbers are
// seconds; sums leave out what is not said.
type Schedule struct {
	Stages   []Slot `json:"stages"`   // all of the change
	Rollback []Slot `json:"rollback"` // all of the rollback
	// Seconds is from the beginning of the first stage to the end of the last one, with what is waited for, and
	// RollbackSeconds the same of the rollback: the back-out time.
	Seconds         uint32 `json:"seconds"`
	RollbackSeconds uint32 `json:"rollback_seconds"`
	// BackBy is the last moment at which the rollback can begin so that all of it, as far as its durations are said, ends
	// within the window; RFC 3339, empty where the window has no end, nothing is said of the rollback, or that takes
	// longer than the window has.
	BackBy string `json:"back_by,omitempty"`
}

// Slot is a stage in a schedule.
type Slot struct {
	Stage string `json:"stage"`
	// Wait is how long nothing can be done between the stage before and this one: it takes no receipt before that.
	Wait uint32 `json:"wait,omitempty"`
	// Seconds is how long it takes; 0: the spec does not say.
	Seconds uint32 `json:"seconds,omitempty"`
	// Sum is from the beginning of the first stage to the end of this one.
	Sum uint32 `json:"sum"`
}

// ScheduleOf is the schedule of a plan that has its stages; nil where the spec says of no stage how long it takes.
func ScheduleOf(p *Plan) *Schedule {
	timed := func(s ChangeStage) bool { return s.Minutes > 0 }
	back := slices.ContainsFunc(p.Change.RollbackStages, timed)
	if !back && !slices.ContainsFunc(p.Change.Stages, timed) {
		return nil
	}
	s := &Schedule{Stages: p.slots(false), Rollback: p.slots(true)}
	s.Seconds, s.RollbackSeconds = ends(s.Stages), ends(s.Rollback)
	if window := p.WindowLength(); back && (window == 0 || s.RollbackSeconds <= window) {
		s.BackBy = moved(p.Change.WindowEnd, -time.Duration(s.RollbackSeconds)*time.Second)
	}
	return s
}

func ends(slots []Slot) uint32 {
	if len(slots) == 0 {
		return 0
	}
	return slots[len(slots)-1].Sum
}

func (p *Plan) slots(back bool) []Slot {
	out := []Slot{}
	var sum uint32
	ended := map[string]uint32{} // when each stage ends
	for _, stage := range p.StagesOf(back) {
		slot := Slot{Stage: stage.Name, Seconds: uint32(p.Change.OfStage(back, stage.Name).Minutes) * 60}
		if ready := p.ready(back, stage, ended); ready > sum {
			slot.Wait = ready - sum
		}
		sum = atMost32(atMost32(sum, slot.Wait), slot.Seconds)
		slot.Sum, ended[stage.Name] = sum, sum
		out = append(out, slot)
	}
	return out
}

// ready is when a stage takes the receipts that its parts ask for.
func (p *Plan) ready(back bool, stage Stage, ended map[string]uint32) uint32 {
	var ready uint32
	for _, part := range stage.Parts {
		from := p.Gates(back, stage.Name, part).Receipt
		for _, printed := range Parts(p.StagesOf(back), from) {
			if printed.Prints {
				ready = max(ready, atMost32(ended[from], printed.Receipt))
			}
		}
	}
	return ready
}

// CleanBackBy is the last moment at which the rollback has to begin so that all name servers have the old records by
// [Plan.BackBy]; RFC 3339, empty where that is not before the one of the schedule, or one of them is not known.
func (p *Plan) CleanBackBy() string {
	last, ok := p.BackBy()
	if !ok || p.Schedule == nil || p.Schedule.BackBy == "" {
		return ""
	}
	for _, slot := range slices.Backward(p.Schedule.Rollback) {
		if slot.Stage != DNS && slot.Stage != DNSServer {
			continue
		}
		// Both moments are counted back from the end of the window.
		if before := atMost32(last.Seconds, slot.Sum); before > p.Schedule.RollbackSeconds {
			return moved(p.Change.WindowEnd, -time.Duration(before)*time.Second)
		}
		return ""
	}
	return ""
}

// Untimed are the stages of a list that say nothing of how long they take.
func Untimed(slots []Slot) []string {
	var out []string
	for _, slot := range slots {
		if slot.Seconds == 0 {
			out = append(out, slot.Stage)
		}
	}
	return out
}

// AtLeast is before a sum of times of lists, where these have a stage that says nothing of how long it takes.
func AtLeast(lists ...[]Slot) string {
	for _, slots := range lists {
		if len(Untimed(slots)) > 0 {
			return "at least "
		}
	}
	return ""
}

// Waited is how long nothing can be done between the stages of a list.
func Waited(slots []Slot) uint32 {
	var sum uint32
	for _, slot := range slots {
		sum = atMost32(sum, slot.Wait)
	}
	return sum
}
