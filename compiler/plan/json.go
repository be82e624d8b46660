package plan

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
)

func strict(data []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return err
	}
	// Decode stops after one value; what comes behind it would be read by nothing, and shown by an editor.
	if _, err := decoder.Token(); err != io.EOF {
		return errors.New("there is text after the end")
	}
	return nil
}

// marshal is json.Marshal without escaping of <, > and &.
func marshal(v any) ([]byte, error) {
	var buf bytes.Buffer
	encoder := json.NewEncoder(&buf)
	// Names with & or < are shown to people in the same spelling as in the record.
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return nil, err
	}
	// Encode adds a line end that json.Marshal does not.
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), nil
}

// Encode returns the text of plan.json: indented, with a final newline, the same
// bytes for the same plan.
func Encode(plan *Plan) ([]byte, error) { return indented(plan) }

func indented(v any) ([]byte, error) {
	buf := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(buf)
	buf.Reset()
	if err := stream(buf, v); err != nil {
		return nil, err
	}
	return bytes.Clone(buf.Bytes()), nil
}

// buffers are for texts that are made of many plans: none has to grow again for each.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// Decode reads plan.json. It refuses another format version, fields that it does not
// know, and any call that the cmdlet table does not have, so that a plan that was
// edited by hand cannot put another command into a script; any spelling but that of
// [Encode], white space aside; and a plan that does not hold together or that could not
// have been proved. Its stages have to be those that build makes of the rest of it, and its head
// what form says of its kind; known is false where there is no procedure for it.
func Decode(data []byte, form func(*Plan) (of Form, known bool), build func(*Plan) error) (*Plan, error) {
	// Read alone first: a plan of another version may have fields that the strict reader would complain about.
	var head struct {
		FormatVersion int `json:"format_version"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return nil, fmt.Errorf("this is not a plan: %w", err)
	}
	if head.FormatVersion != FormatVersion {
		return nil, fmt.Errorf("the plan has format version %d; this edgeplan reads version %d",
			head.FormatVersion, FormatVersion)
	}
	plan := &Plan{}
	if err := strict(data, plan); err != nil {
		return nil, fmt.Errorf("this is not a plan: %w", err)
	}
	// Before anything else is checked: of a plan that was edited no other finding helps.
	if id := Identify(plan); id != plan.ID {
		return nil, fmt.Errorf("the plan has been edited, or another version of edgeplan made it: its ID is %s, its "+
			"content has %s", plan.ID, id)
	}
	if err := checkSpelling(data, plan, "the plan"); err != nil {
		return nil, err
	}
	// Before rebuild, which takes names and lists to be sound.
	of, known := form(plan)
	if !known {
		return nil, fmt.Errorf("there is no kind of plan %q that moves %q", plan.Kind, plan.Federation)
	}
	if err := checkShape(plan, of); err != nil {
		return nil, err
	}
	if err := rebuild(plan, build); err != nil {
		return nil, err
	}
	// The ID is no signature: whoever edits a plan can compute it again, but cannot make a wrong order
	// provable.
	if err := Prove(plan); err != nil {
		return nil, fmt.Errorf("the plan does not hold together: %w", err)
	}
	if err := checkComputed(plan); err != nil {
		return nil, fmt.Errorf("the plan does not hold together: %w", err)
	}
	return plan, nil
}

// rebuild makes the stages of a plan again and wants them to be those that it has. What is left
// out of plan.json is in those.
func rebuild(plan *Plan, build func(*Plan) error) error {
	// A shallow copy: build replaces the stages and the model, and changes nothing below them.
	again := *plan
	if err := build(&again); err != nil {
		return fmt.Errorf("the plan does not hold together: %w", err)
	}
	if !sameJSON(plan.Services, again.Services) {
		return errors.New("the services of the plan are not those of its procedure")
	}
	for _, way := range []struct {
		name      string
		got, want []Stage
	}{{"change", plan.Stages, again.Stages}, {"rollback", plan.Rollback, again.Rollback}} {
		if err := sameStages(way.got, way.want); err != nil {
			return fmt.Errorf("the stages of the %s are not those of its procedure: %w", way.name, err)
		}
	}
	// They are equal in JSON, but only those that were made have effects and ShouldProcess.
	plan.Stages, plan.Rollback, plan.Model, plan.Services = again.Stages, again.Rollback, again.Model, again.Services
	plan.Texts = again.Texts
	return nil
}

// sameStages names the first difference of two lists of stages.
func sameStages(got, want []Stage) error {
	for i, stage := range want {
		if i >= len(got) || got[i].Name != stage.Name {
			return fmt.Errorf("stage %s is missing or has another place", stage.Name)
		}
		for k, part := range stage.Parts {
			about := fmt.Sprintf("stage %s on %s", stage.Name, strings.Join(part.Hosts, ", "))
			if k >= len(got[i].Parts) {
				return fmt.Errorf("%s is missing", about)
			}
			given := got[i].Parts[k]
			// Steps first: that a step differs says more than that its part does.
			for n, step := range part.Steps {
				if n >= len(given.Steps) || !sameJSON(given.Steps[n], step) {
					return fmt.Errorf("%s: step %s is missing or is another one", about, step.ID)
				}
			}
			if !sameJSON(given, part) {
				return fmt.Errorf("%s is another one", about)
			}
		}
	}
	// What is left are parts or stages more than there should be.
	if !sameJSON(got, want) {
		return errors.New("there are stages or parts that it does not have")
	}
	return nil
}

func sameJSON(a, b any) bool {
	x, errX := marshal(a)
	y, errY := marshal(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

// checkSpelling wants of the JSON of a plan or matrix, which is called what, that it is what edgeplan
// writes, but for white space: so that two readers of it, or the same one with other tools, do not read
// two plans. JSON has more spellings: a key twice or in other case, a character as an escape, a field
// left out.
func checkSpelling(data []byte, read any, what string) error {
	var got bytes.Buffer
	want, err := marshal(read)
	if err == nil {
		// White space is free, so that a plan may pass through a formatter.
		err = json.Compact(&got, data)
	}
	if err == nil && !bytes.Equal(got.Bytes(), want) {
		return errors.New(what + " is spelled in another way than edgeplan writes it: a key is there twice, is left " +
			"out or has another place or case, or a character is an escape")
	}
	return err
}

// Identify is the ID of a plan: the first 128 bits of the SHA-256 of its plan.json with an
// empty ID, in hex. So whatever can be read in a plan, or in what is made of it, is in its ID.
func Identify(plan *Plan) string {
	bare := *plan
	// The ID cannot be part of what it is computed from.
	bare.ID = ""
	return identify(&bare)
}

// identify is the ID of what has an empty one.
func identify(bare any) string {
	hash := sha256.New()
	if err := stream(hash, bare); err != nil {
		panic("internal error: " + err.Error())
	}
	return fmt.Sprintf("sha256:%x", hash.Sum(nil))[:len("sha256:")+32]
}
