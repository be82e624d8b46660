package evidence

import (
	"bytes"
	"encoding/json"
)

// Verdict is the answer of a check.
type Verdict string

// Verdicts.
const (
	Complete    Verdict = "complete"
	NotComplete Verdict = "not complete"
	RolledBack  Verdict = "rolled back"
)

// Report is what [Check] found. It is the same whatever the order of the logs.
type Report struct {
	Verdict  Verdict      `json:"verdict"`
	Complete bool         `json:"complete"`
	Name     string       `json:"name"`
	Plan     string       `json:"plan"`
	Ticket   string       `json:"ticket"`
	Problems []Problem    `json:"problems"`
	Stages   []StageRuns  `json:"stages"`
	Rollback []StageRuns  `json:"rollback"` // empty if no script rollback ran
	Remarks  []Record     `json:"remarks"`
	Changes  []ChangeMade `json:"changes"`
	Others   []OtherPlan  `json:"other_plans"`
	Logs     []LogRead    `json:"logs"`
}

// Problem is one reason why the verdict is not complete. Text is fixed; the
// rest, where not empty, says what it is about.
type Problem struct {
	Text   string `json:"text"`
	Stage  string `json:"stage,omitempty"`
	Host   string `json:"host,omitempty"`
	Place  string `json:"place,omitempty"` // file:line
	Detail string `json:"detail,omitempty"`
}

// StageRuns are the runs of a stage on a host of the plan.
type StageRuns struct {
	Stage string   `json:"stage"`
	Host  string   `json:"host"`          // as the plan has it
	Other []string `json:"ran,omitempty"` // for AnyHost: where it ran
	Runs  int      `json:"runs"`          // how many
	First string   `json:"first_start"`   // UTC
	Last  string   `json:"last_end"`      // UTC of the last record
	Who   []string `json:"who"`           // sorted
	End   string   `json:"last_outcome"`  // COMPLETE, STOPPED, ENDED, "no end" or "did not run"
	Why   string   `json:"why,omitempty"` // unless COMPLETE
	Done  bool     `json:"done"`          // COMPLETE, and nothing undone by the other script since
}

// ChangeMade is a change that a script announced, and what it noted afterwards.
type ChangeMade struct {
	Call   Record `json:"call"`
	Result string `json:"result,omitempty"` // detail of CHANGED; empty: not recorded
	Done   bool   `json:"recorded"`
}

// OtherPlan counts records that are not of the plan.
type OtherPlan struct {
	Plan    string   `json:"plan"`
	Records int      `json:"records"`
	Logs    []string `json:"logs"`
}

// LogRead says what was read.
type LogRead struct {
	Name    string    `json:"name"`
	Lines   int       `json:"lines"`
	Records int       `json:"records"` // of the plan, in this log; a copy counts
	Hosts   []string  `json:"hosts"`
	Torn    []int     `json:"torn"`
	Bad     []BadLine `json:"bad"`
}

// JSON is the report for machines, indented, with a final newline.
func (r Report) JSON() ([]byte, error) {
	var buf bytes.Buffer
	encoder := json.NewEncoder(&buf)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(r)
	return buf.Bytes(), err
}
