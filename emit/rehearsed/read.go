package rehearsed

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/edgeplan/edgeplan/compiler/plan"
)

// Encode makes the text of a report, with its ID.
func Encode(r Report) ([]byte, error) {
	r.ID = ""
	text, err := encode(r)
	if err != nil {
		return nil, err
	}
	r.ID = idOf(text)
	return encode(r)
}

// idOf is 128 bits of the SHA-256 of a text, as the ID of a plan is.
func idOf(text []byte) string {
	return fmt.Sprintf("sha256:%x", sha256.Sum256(text))[:len("sha256:")+32]
}

func encode(r Report) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	err := encoder.Encode(r)
	return out.Bytes(), err
}

// Decode reads the text of a report, and fails for one that [Encode] has not made or that was edited since. CRLF may
// have taken the place of line ends.
func Decode(text []byte) (Report, error) {
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	var head struct {
		FormatVersion int `json:"format_version"`
	}
	if err := json.Unmarshal(text, &head); err != nil || head.FormatVersion < 1 {
		return Report{}, errors.New("it is no report of a rehearsal")
	}
	if head.FormatVersion != FormatVersion {
		return Report{}, fmt.Errorf("another version of edgeplan wrote it: its format version is %d, this one writes %d",
			head.FormatVersion, FormatVersion)
	}
	var r Report
	if err := json.Unmarshal(text, &r); err != nil {
		return Report{}, fmt.Errorf("it is no report of a rehearsal: %w", err)
	}
	again, err := Encode(r)
	if err != nil {
		return Report{}, err
	}
	if !bytes.Equal(again, text) {
		return Report{}, errors.New("it was edited, or is damaged: its ID is not that of its text")
	}
	return r, nil
}

// Follows tells whether the report is one of this plan and these scripts, and all that it says follows from its facts.
// It says nothing of whether those are true.
func (r Report) Follows(p *plan.Plan, scripts []Sum) error {
	if r.Plan != p.ID || r.Name != p.Name {
		return fmt.Errorf("it is of the plan %s, and this is the package of %s. Rehearse again", r.Plan, p.ID)
	}
	for _, script := range scripts {
		if !slices.Contains(r.Scripts, script) {
			return fmt.Errorf("not the %s of this package was rehearsed, which has SHA-256 %s. Rehearse again", script.Name,
				script.SHA256)
		}
	}
	if len(scripts) != len(r.Scripts) {
		return errors.New("other scripts were rehearsed than those of this package. Rehearse again")
	}
	var runs []Run
	for _, try := range r.Tries {
		runs = append(runs, try.Run)
	}
	want, err := Encode(Judge(p, r.Facts, runs))
	if err != nil {
		return err
	}
	if has, err := Encode(r); err != nil || !bytes.Equal(has, want) {
		return errors.New("its verdicts do not follow from the logs in it by the rules of this version: it was edited, " +
			"or another version of edgeplan wrote it. Rehearse again")
	}
	return nil
}
