package evidence

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// crashed are logs that the scripts have written in a simulated deployment, in which
// stage Route was killed and run again. They are edited to look like those of a real run.
func crashed(t *testing.T) map[string][]byte {
	t.Helper()
	names, err := filepath.Glob("testdata/crash/*.jsonl")
	if err != nil || len(names) != 4 {
		t.Fatalf("%v, %v", names, err)
	}
	id := []byte(golden(t).ID)
	out := map[string][]byte{}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		out[filepath.Base(name)] = bytes.ReplaceAll(data, []byte("sha256:bb33462c7b75f442d0607e2d83effa8c"), id)
	}
	return out
}

// edited are those logs with one text of one of them changed at one place, from a marker on.
func edited(t *testing.T, file, marker, old, fresh string) map[string][]byte {
	t.Helper()
	all := crashed(t)
	text := string(all[file])
	at := strings.Index(text, marker)
	if at < 0 || !strings.Contains(text[at:], old) {
		t.Fatalf("%s has no %q behind %q", file, old, marker)
	}
	all[file] = []byte(text[:at] + strings.Replace(text[at:], old, fresh, 1))
	return all
}

func TestRealLogs(t *testing.T) {
	plan := golden(t)
	r := Check(plan, logsOf(t, crashed(t)))
	if !r.Complete {
		t.Fatalf("%s: %+v", r.Verdict, r.Problems)
	}
	route := slices.IndexFunc(r.Stages, func(s StageRuns) bool { return s.Stage == "Route" })
	if s := r.Stages[route]; s.Runs != 2 || s.End != completed || !slices.Equal(s.Who, []string{`CORP\op`}) {
		t.Errorf("%+v", s)
	}
	open := slices.IndexFunc(r.Changes, func(c ChangeMade) bool { return !c.Done })
	if open < 0 || r.Changes[open].Call.Stage != "Route" {
		t.Errorf("the call whose result is not recorded is missing: %+v", r.Changes)
	}
	text, err := r.Markdown()
	for _, want := range []string{"# Evidence: complete\n", "`CHG0042318`", "| result not recorded |", "J. Doe, FW-77 |", "by the clock of each host"} {
		if err != nil || !strings.Contains(text, want) {
			t.Errorf("the report lacks %q (%v):\n%s", want, err, text)
		}
	}
}

func TestRealLogsEdited(t *testing.T) {
	for want, files := range map[string]map[string][]byte{
		"functions were replaced": edited(t, "edge2a.jsonl", `"stage":"Verify"`, "rehearsal=no", "rehearsal=Test-ChangePort"),
		"other modules":           edited(t, "edge2b.jsonl", `"stage":"Start"`, "from=Lync,", "from=LyncSim,shell,"),
		"writes no log":           edited(t, "fe02.jsonl", `"stage":"Dns"`, "whatif=False", "whatif=True"),
		"this step of the plan":   edited(t, "fe02.jsonl", `"outcome":"CALL"`, "Get-CsSite ", "Remove-CsSite "),
		"a line that is no":       edited(t, "fe02.jsonl", `"stage":"Firewall"`, "CORP", "CO\x00RP"),
	} {
		if r := Check(golden(t), logsOf(t, files)); r.Complete || !hasProblem(r, want) {
			t.Errorf("%s: %s, %+v", want, r.Verdict, r.Problems)
		}
	}
}

// Wherever a crash cuts a log off, the rest is not complete until the stage was run again.
func TestCutAnywhere(t *testing.T) {
	plan := golden(t)
	for name, data := range crashed(t) {
		for cut := len(data) - 3; cut > 0; cut -= 97 {
			files := crashed(t)
			files[name] = data[:cut]
			var logs []Log
			for name, data := range files {
				log, err := Read(name, data)
				if len(log.Bad) > 0 || err != nil && len(log.Records) > 0 {
					t.Fatalf("%s cut at %d: %+v, %v", name, cut, log.Bad, err)
				}
				logs = append(logs, log)
			}
			if r := Check(plan, logs); r.Complete {
				t.Fatalf("%s cut at %d is complete", name, cut)
			}
		}
	}
}
