package plan

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/edgeplan/edgeplan/compiler/cmdlet"
)

// Steps is a list of steps whose JSON form names the kind of each.
type Steps []Step

// IDs are the IDs of the steps, in their order.
func (s Steps) IDs() []string {
	var out []string
	for _, step := range s {
		out = append(out, step.Info().ID)
	}
	return out
}

// MarshalJSON writes each step as {"kind": ..., fields}.
func (s Steps) MarshalJSON() ([]byte, error) {
	out := []json.RawMessage{}
	for _, step := range s {
		fields, err := marshal(step)
		if err != nil {
			return nil, err
		}
		head := fmt.Sprintf(`{"kind":%q,`, step.Kind())
		out = append(out, append([]byte(head), fields[1:]...))
	}
	return marshal(out)
}

// UnmarshalJSON refuses a kind or a field that this version does not know.
func (s *Steps) UnmarshalJSON(data []byte) error {
	var raw []json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return err
	}
	*s = Steps{}
	for _, one := range raw {
		step, err := readStep(one)
		if err != nil {
			return err
		}
		*s = append(*s, step)
	}
	return nil
}

func readStep(data []byte) (Step, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil {
		return nil, err
	}
	var kind string
	if err := json.Unmarshal(fields["kind"], &kind); err != nil {
		return nil, errors.New("a step has no kind")
	}
	delete(fields, "kind")
	rest, err := marshal(fields)
	if err != nil {
		return nil, err
	}
	for _, empty := range stepKinds {
		if step := empty(); step.Kind() == kind {
			return step, strict(rest, step)
		}
	}
	return nil, fmt.Errorf("there is no kind of step %q", kind)
}

func strict(data []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return errors.New("there is text after the end")
	}
	return nil
}

// marshal is json.Marshal without escaping of <, > and &.
func marshal(v any) ([]byte, error) {
	var buf bytes.Buffer
	encoder := json.NewEncoder(&buf)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), nil
}

// Encode returns the text of plan.json: indented, with a final newline, the same
// bytes for the same plan.
func Encode(plan *Plan) ([]byte, error) {
	flat, err := marshal(plan)
	if err != nil {
		return nil, err
	}
	var buf bytes.Buffer
	if err := json.Indent(&buf, flat, "", "  "); err != nil {
		return nil, err
	}
	buf.WriteByte('\n')
	return buf.Bytes(), nil
}

// Decode reads plan.json. It refuses another format version, fields that it does not
// know, and any call that the cmdlet table does not have, so that a plan that was
// edited by hand cannot put another command into a script; any spelling but that of
// [Encode], white space aside; and a plan that does not hold together or that [Compile]
// could not have proved.
func Decode(data []byte) (*Plan, error) {
	var head struct {
		FormatVersion int `json:"format_version"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return nil, fmt.Errorf("this is not a plan: %w", err)
	}
	if head.FormatVersion != FormatVersion {
		return nil, fmt.Errorf("the plan has format version %d; this edgeplan reads version %d", head.FormatVersion, FormatVersion)
	}
	plan := &Plan{}
	if err := strict(data, plan); err != nil {
		return nil, fmt.Errorf("this is not a plan: %w", err)
	}
	if err := checkCalls(plan); err != nil {
		return nil, err
	}
	if id := Identify(plan); id != plan.ID {
		return nil, fmt.Errorf("the plan has been edited, or another version of edgeplan made it: its ID is %s, its content has %s", plan.ID, id)
	}
	if err := checkSpelling(data, plan); err != nil {
		return nil, err
	}
	if err := checkShape(plan); err != nil {
		return nil, err
	}
	if err := Prove(plan); err != nil {
		return nil, fmt.Errorf("the plan does not hold together: %w", err)
	}
	if err := checkComputed(plan); err != nil {
		return nil, fmt.Errorf("the plan does not hold together: %w", err)
	}
	return plan, nil
}

// checkSpelling wants of a plan.json that it is what [Encode] writes, but for white space: so
// that two readers of it, or the same one with other tools, do not read two plans. JSON has
// more spellings: a key twice or in other case, a character as an escape, a field left out.
func checkSpelling(data []byte, plan *Plan) error {
	var got bytes.Buffer
	want, err := marshal(plan)
	if err == nil {
		err = json.Compact(&got, data)
	}
	if err == nil && !bytes.Equal(got.Bytes(), want) {
		return errors.New("the plan is spelled in another way than edgeplan writes it: a key is there twice, is left out or has another place or case, or a character is an escape")
	}
	return err
}

// checkCalls holds every call of the plan against the cmdlet table.
func checkCalls(plan *Plan) error {
	for _, stages := range [][]Stage{plan.Stages, plan.Rollback} {
		for _, stage := range stages {
			for _, step := range stage.Steps {
				for _, b := range step.calls() {
					call, err := cmdlet.New(b.product, b.call.Name, b.call.Params...)
					if err != nil {
						return fmt.Errorf("step %s: %w", step.Info().ID, err)
					}
					*b.call = call
				}
			}
		}
	}
	return nil
}

// Identify is the ID of a plan: the first 128 bits of the SHA-256 of its plan.json with an
// empty ID, in hex. So whatever can be read in a plan, or in what is made of it, is in its ID.
func Identify(plan *Plan) string {
	bare := *plan
	bare.ID = ""
	text, err := Encode(&bare)
	if err != nil {
		panic("internal error: " + err.Error())
	}
	return fmt.Sprintf("sha256:%x", sha256.Sum256(text))[:len("sha256:")+32]
}
