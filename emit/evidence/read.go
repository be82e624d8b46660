package evidence

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/internal/pattern"
)

// Record is one line of a log.
type Record struct {
	UTC     string `json:"utc"` // 2026-11-24T14:17:58.1234567Z
	Plan    string `json:"plan"`
	Script  string `json:"script"` // failover, prepare or rollback
	Stage   string `json:"stage"`
	Host    string `json:"host"`
	Who     string `json:"who"`
	Step    string `json:"step"`
	Command string `json:"command"`
	Outcome string `json:"outcome"` // one of Outcomes
	Detail  string `json:"detail"`
}

// Entry is a record and the number of its line.
type Entry struct {
	Record
	Line int `json:"line"`
}

// BadLine is a line that is no record and no torn one.
type BadLine struct {
	Line   int    `json:"line"`
	Reason string `json:"reason"`
}

// Log is what one file holds. Every line is a record, torn, bad or blank.
type Log struct {
	Name    string
	Records []Entry
	Torn    []int // lines that a crash cut short
	Bad     []BadLine
	Blank   int
	Lines   int
}

// rollback is the script that goes back.
const rollback = plan.RollbackScript

// Outcomes that the scripts write.
const (
	started   = "START"
	passed    = "PASS"
	failed    = "FAIL"
	warning   = "WARNING"
	waived    = "WAIVED"
	attested  = "ATTESTED"
	override  = "OVERRIDE"
	unknown   = "UNKNOWN"
	dnsGone   = "DNS-"
	dnsCome   = "DNS+"
	noted     = "NOTE"
	skipped   = "SKIP"
	called    = "CALL"
	changed   = "CHANGED"
	clicked   = "CLICK"
	whatIf    = "WHATIF"
	receipt   = "RECEIPT"
	stopped   = "STOPPED"
	ended     = "ENDED"
	completed = "COMPLETE"
)

var outcomes = []string{
	started, passed, failed, warning, waived, attested, override, unknown, dnsGone, dnsCome,
	noted, skipped, called, clicked, changed, whatIf, receipt, stopped, ended, completed,
}

// Outcomes are all outcomes that a record can have.
func Outcomes() []string { return slices.Clone(outcomes) }

var fieldNames = Fields() // once, not for each line

// Fields are the names of the fields of a record, in the order of the scripts.
func Fields() []string {
	var out []string
	for field := range reflect.TypeFor[Record]().Fields() {
		out = append(out, field.Tag.Get("json"))
	}
	return out
}

var errTorn = errors.New("torn")

// maxFaults bounds the torn and bad lines of a log. A log with more is something else.
const maxFaults = 1000

// Read reads a log. It fails where no line is a record, and behind maxFaults lines that
// are none; the Log is filled up to there all the same.
func Read(name string, data []byte) (Log, error) {
	log := Log{Name: name}
	for len(data) > 0 {
		// Not a bufio.Scanner, which has a limit for the length of a line: a line of a file that is no log may
		// be the whole file.
		line, rest, _ := bytes.Cut(data, []byte("\n"))
		data = rest
		log.Lines++
		log.add(line)
		// A picture or an archive given by mistake would be a problem for each of its lines.
		if len(log.Torn)+len(log.Bad) > maxFaults {
			return log, fmt.Errorf("more than %d of its lines are no records", maxFaults)
		}
	}
	if len(log.Records) > 0 {
		return log, nil
	}
	// The first line tells best what the file is.
	if len(log.Bad) > 0 {
		return log, fmt.Errorf("it holds no record; line %d: %s", log.Bad[0].Line, log.Bad[0].Reason)
	}
	return log, errors.New("it holds no record")
}

var (
	mark      = []byte("\xEF\xBB\xBF")
	utf16Mark = [][]byte{{0xFF, 0xFE}, {0xFE, 0xFF}}
)

func (l *Log) add(line []byte) {
	// Set-Content and editors put a byte order mark before the text; logs that were joined have one in the
	// middle.
	line = bytes.TrimPrefix(line, mark)
	// A log that was joined or edited may have empty lines, which are no fault.
	if len(bytes.Trim(line, " \t\r")) == 0 {
		l.Blank++
		return
	}
	record, err := parse(line)
	switch {
	case errors.Is(err, errTorn):
		l.Torn = append(l.Torn, l.Lines)
	case err != nil:
		l.Bad = append(l.Bad, BadLine{l.Lines, err.Error()})
	default:
		l.Records = append(l.Records, Entry{record, l.Lines})
	}
}

// near is the record before a line, or without one the first of the log, with no time.
func (l Log) near(line int) Record {
	at, _ := slices.BinarySearchFunc(l.Records, line, func(e Entry, line int) int { return cmp.Compare(e.Line, line) })
	switch {
	case len(l.Records) == 0:
		return Record{}
	case at == 0:
		out := l.Records[0].Record
		// With no record before it the torn line is the start of a run of any stage, before all others.
		out.UTC, out.Outcome = "", ended
		return out
	}
	return l.Records[at-1].Record
}

// head is what each line of the scripts begins with.
var head = []byte(`{"utc":"`)

// torn tells whether a line is the beginning of a record. A crash of the computer may
// leave NUL where there was text.
func torn(line []byte) bool {
	// The file system may have noted the new length of the file before the text was on the disk.
	line = bytes.TrimRight(line, "\x00\r")
	if len(line) <= len(head) {
		return bytes.HasPrefix(head, line)
	}
	if !bytes.HasPrefix(line, head) {
		return false
	}
	var raw json.RawMessage
	// Decode tells what ends too early from what is wrong: only the former is torn.
	return errors.Is(json.NewDecoder(bytes.NewReader(line)).Decode(&raw), io.ErrUnexpectedEOF)
}

func parse(line []byte) (Record, error) {
	var record Record
	switch {
	case torn(line):
		return record, errTorn
	// Windows PowerShell writes UTF-16 where output is redirected with >: the log was copied that way.
	case slices.ContainsFunc(utf16Mark, func(m []byte) bool { return bytes.HasPrefix(line, m) }):
		return record, errors.New("it is UTF-16, not UTF-8")
	case bytes.IndexByte(line, 0) >= 0:
		return record, errors.New("it holds a NUL character")
	case !utf8.Valid(line):
		return record, errors.New("it is not UTF-8")
	}
	fields, err := object(line)
	if err != nil {
		return record, err
	}
	// By reflection, so that the fields of Record are the only list of them.
	value := reflect.ValueOf(&record).Elem()
	for i, name := range fieldNames {
		text, ok := fields[name]
		if !ok {
			return record, fmt.Errorf("the field %s is missing", name)
		}
		value.Field(i).SetString(text)
	}
	// All fields were there, so these are more: a log of another version, or one that was edited.
	if len(fields) > value.NumField() {
		return record, errors.New("it has fields that no record has")
	}
	return record, record.check()
}

// object reads one JSON object of strings. Names are taken as they are and only once,
// which json.Unmarshal does not promise.
func object(line []byte) (map[string]string, error) {
	decoder := json.NewDecoder(bytes.NewReader(line))
	if token, err := decoder.Token(); err != nil || token != json.Delim('{') {
		return nil, errors.New("it is not a JSON object")
	}
	fields := map[string]string{}
	for decoder.More() {
		name, err := text(decoder)
		if err != nil {
			return nil, err
		}
		// Of a field that is there twice one reader sees the first and another the last.
		if _, twice := fields[name]; twice {
			return nil, errors.New("a field is there twice")
		}
		if fields[name], err = text(decoder); err != nil {
			return nil, err
		}
	}
	if _, err := decoder.Token(); err != nil {
		return nil, errors.New("it is not a JSON object")
	}
	// Two records on one line: a line end was lost, and the second would be passed over.
	if _, err := decoder.Token(); err != io.EOF {
		return nil, errors.New("there is text behind the JSON object")
	}
	return fields, nil
}

func text(decoder *json.Decoder) (string, error) {
	token, err := decoder.Token()
	if err != nil {
		return "", errors.New("it is not a JSON object")
	}
	if s, ok := token.(string); ok {
		return s, nil
	}
	return "", errors.New("a field is not a string")
}

var utcShape = pattern.New(
	`^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{7}Z$`)

func (r Record) check() error {
	switch {
	case !utcShape.MatchString(r.UTC):
		// Times are compared as text, which is right for this form alone.
		return errors.New("utc is not of the form 2026-11-24T14:17:58.1234567Z")
	case !slices.Contains(append(plan.Scripts(), rollback), r.Script):
		return errors.New("script is none of edgeplan's")
	case !slices.Contains(outcomes, r.Outcome):
		return errors.New("outcome is none that a script writes")
	// A record without these could be counted for no stage.
	case r.Host == "" || r.Stage == "" || r.Plan == "":
		return errors.New("plan, stage or host is empty")
	}
	return nil
}

// hostKey is the same for all spellings of a host.
func hostKey(host string) string { return strings.ToLower(host) }
