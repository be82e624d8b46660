package diag

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// sarifOf is the log of findings, checked with the schema of OASIS.
func sarifOf(t *testing.T, findings []Finding) (sarifLog, string) {
	t.Helper()
	var text strings.Builder
	if err := WriteSARIF(&text, findings, Run{Version: "1.2.3", ID: "edgeplan/check/"}); err != nil {
		t.Fatal(err)
	}
	schema, err := jsonschema.NewCompiler().Compile("testdata/sarif-schema-2.1.0.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text.String()))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(doc); err != nil {
		t.Errorf("%v\n%s", err, text.String())
	}
	var log sarifLog
	if err := json.Unmarshal([]byte(text.String()), &log); err != nil {
		t.Fatal(err)
	}
	return log, text.String()
}

func TestWriteSARIF(t *testing.T) {
	log, got := sarifOf(t, examples())
	run := log.Runs[0]
	driver := run.Tool.Driver
	for i, result := range run.Results {
		if rule := driver.Rules[result.RuleIndex]; rule.ID != result.RuleID {
			t.Errorf("result %d of %s has the index of %s", i, result.RuleID, rule.ID)
		}
	}
	for _, rule := range driver.Rules {
		if rule.Short.Text == "" || rule.Full.Text == "" || !strings.Contains(rule.Help.Text, "How to fix it") || rule.Configuration.Level != "error" {
			t.Errorf("rule %+v", rule)
		}
	}
	if rule := driver.Rules[1]; rule.Name != "UnknownArgument" || rule.Short.Text != "Unknown argument." ||
		rule.HelpURI != "https://github.com/edgeplan/edgeplan/blob/main/docs/codes.md#ep1002-unknown-argument" {
		t.Errorf("rule %+v", rule)
	}
	if driver.Version != "1.2.3" || driver.InformationURI != informationURI || run.Automation.ID != "edgeplan/check/" {
		t.Errorf("driver %+v, %+v", driver, run.Automation)
	}
	// What has no place is said of the run, and is no result.
	if n := run.Invocations[0]; n.Successful || len(n.Notifications) != 1 || driver.Notifications[n.Notifications[0].Descriptor.Index].ID != "EP1004" {
		t.Errorf("%+v", n)
	}
	for _, want := range []string{
		`"version": "2.1.0",`,
		`"uri": "specs/a%20b/100%25,x:y.edge.hcl"`,
		`"text": "The file cannot be read: permission denied."
          },
          "locations": [
            {
              "physicalLocation": {
                "artifactLocation": {
                  "uri": "missing.edge.hcl"
                },
                "region": {
                  "startLine": 1
                }
`,
		`"region": {
                  "startLine": 2,
                  "startColumn": 10,
                  "endLine": 2,
                  "endColumn": 19
                }
`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("got:\n%s\nwithout:\n%s", got, want)
		}
	}
	_, empty := sarifOf(t, nil)
	if !strings.Contains(empty, `"results": []`) || !strings.Contains(empty, `"rules": []`) || !strings.Contains(empty, `"executionSuccessful": true`) {
		t.Errorf("no findings: %s", empty)
	}
	_, foreign := sarifOf(t, []Finding{{Code: "EP9999", Severity: "note", Summary: "of a later version", File: "x"}})
	if !strings.Contains(foreign, `"id": "EP9999"`) || !strings.Contains(foreign, `"level": "error"`) {
		t.Errorf("unknown code: %s", foreign)
	}
}

// TestSARIFPaths: an absolute path is a URI of a file, on each system.
func TestSARIFPaths(t *testing.T) {
	for path, want := range map[string]string{
		"a.hcl": "a.hcl", "../a b": "../a%20b", "/srv/a": "file:///srv/a", "C:/x/a": "file:///C:/x/a", "//host/share/a": "file://host/share/a", "a:b": "./a:b",
	} {
		log, _ := sarifOf(t, []Finding{{Code: "EP1001", Severity: "error", Summary: "s", File: path}})
		if got := log.Runs[0].Results[0].Locations[0].Physical.Artifact.URI; got != want {
			t.Errorf("%s is %s, want %s", path, got, want)
		}
	}
}

func TestSARIFSuppressions(t *testing.T) {
	findings := examples()
	findings[len(findings)-1].Accepted = "the board knows"
	log, _ := sarifOf(t, findings)
	for i, r := range log.Runs[0].Results {
		last := i == len(log.Runs[0].Results)-1
		if last && (len(r.Suppressions) != 1 || r.Suppressions[0] != sarifSuppression{"inSource", "accepted", "the board knows"}) ||
			!last && (r.Suppressions == nil || len(r.Suppressions) != 0) {
			t.Errorf("result %d: %+v", i, r.Suppressions)
		}
	}
}

// TestFingerprints: a finding keeps its fingerprint while lines above it come, go or
// change, and no two findings of a log have the same.
func TestFingerprints(t *testing.T) {
	const body = "site = site.Sit2\nsite = site.Sit3\nsite = site.Sit2\nlong = site.Sit2\n"
	of := func(above string) []string {
		var diags hcl.Diagnostics
		src := above + body
		for at := range src {
			if strings.HasPrefix(src[at:], "site.Sit") {
				diags = append(diags, New("EP1006", spanOf("x", at, at+9), "There is no such site."), New("EP1007", spanOf("x", at, at+9), "d"))
			}
		}
		log, _ := sarifOf(t, Findings(diags, Sources{"x": []byte(src)}))
		var out []string
		for _, r := range log.Runs[0].Results {
			out = append(out, r.Fingerprints[fingerprintName])
		}
		return out
	}
	want := of("")
	seen := map[string]bool{}
	for _, print := range want {
		if seen[print] {
			t.Errorf("%s twice in %q", print, want)
		}
		seen[print] = true
	}
	for _, above := range []string{"\n", "a = 1\n\n\nb = 2\n", "# comment\r\n"} {
		if got := of(above); strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("below %q: %q, want %q", above, got, want)
		}
	}
}
