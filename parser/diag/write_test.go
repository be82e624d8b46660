package diag

import (
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
)

// written is what each writer prints for findings.
func written(t *testing.T, findings []Finding) map[string]string {
	t.Helper()
	out := map[string]string{}
	for name, write := range map[string]func(io.Writer, []Finding) error{
		"text": func(w io.Writer, fs []Finding) error { return WriteText(w, fs, false) },
		"json": WriteJSON,
		"sarif": func(w io.Writer, fs []Finding) error {
			return WriteSARIF(w, fs, Run{Version: "1.2.3", ID: "edgeplan/check/"})
		},
		"github": WriteGitHub,
	} {
		var buf strings.Builder
		if err := write(&buf, findings); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		out[name] = buf.String()
	}
	return out
}

// examples are findings with every kind of place.
func examples() []Finding {
	site := "site \"Site2\" {\n  site = site.Sit2\n\t日本 = site.Sit3\n}\n"
	at := strings.Index(site, "site.Sit2")
	wide := strings.Index(site, "site.Sit3")
	warning := New("EP1002", spanOf("specs/a b/100%,x:y.edge.hcl", 0, len(site)-1), "First line.\r\nSecond \x1b[31mline\u202e.  \n\n")
	warning.Severity = hcl.DiagWarning
	return Findings(hcl.Diagnostics{
		New("EP1006", spanOf("specs/x/site.edge.hcl", wide, wide+9), "There is no site <\"Sit3\">."),
		New("EP1006", spanOf("specs/x/site.edge.hcl", at, at+9), "There is no site \"Sit2\". Did you mean \"Site2\"?"),
		New("EP1004", nil, ""),
		New("EP1001", &hcl.Range{Filename: "missing.edge.hcl"}, "The file cannot be read: permission denied."),
		warning,
	}, Sources{"specs/x/site.edge.hcl": []byte(site), "specs/a b/100%,x:y.edge.hcl": []byte(site)})
}

func TestWriteText(t *testing.T) {
	want := `edgeplan: error EP1004: missing argument
   Run ~edgeplan explain EP1004~ for more.
missing.edge.hcl: error EP1001: syntax error
   The file cannot be read: permission denied.
   Run ~edgeplan explain EP1001~ for more.
specs/a b/100%,x:y.edge.hcl:1:1: warning EP1002: unknown argument
     1 | site "Site2" {
       | ^^^^^^^^^^^^^^
   First line.
   Second \x1b[31mline\u202e.
   Run ~edgeplan explain EP1002~ for more.
specs/x/site.edge.hcl:2:10: error EP1006: unknown reference
     2 |   site = site.Sit2
       |          ^^^^^^^^^
   There is no site "Sit2". Did you mean "Site2"?
   Run ~edgeplan explain EP1006~ for more.
specs/x/site.edge.hcl:3:7: error EP1006: unknown reference
     3 | TAB日本 = site.Sit3
       | TAB       ^^^^^^^^^
   There is no site <"Sit3">.
`
	want = strings.NewReplacer("~", "`", "TAB", "\t").Replace(want)
	if got := written(t, examples())["text"]; got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestWriteTextInColour(t *testing.T) {
	var buf strings.Builder
	findings := []Finding{{Code: "EP1001", Severity: "error", Summary: "s"}, {Code: "EP1001", Severity: "warning", Summary: "s"}}
	if err := WriteText(&buf, findings, true); err != nil {
		t.Fatal(err)
	}
	want := "edgeplan: \x1b[1;31merror\x1b[0m EP1001: s\n   Run `edgeplan explain EP1001` for more.\n" +
		"edgeplan: \x1b[33mwarning\x1b[0m EP1001: s\n"
	if got := buf.String(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A finding that another program has written must not reach the terminal either.
func TestWriteTextHostileFinding(t *testing.T) {
	e := "\x1b]0;x\x07\u202e\n"
	hostile := Finding{Code: Code(e), Severity: e, Summary: e, Detail: e + "\r" + e, File: e, Line: 12345678, Column: 1, Snippet: e, Marker: e}
	shown := `\x1b]0;x\a\u202e\n`
	want := shown + ":12345678:1: " + shown + " " + shown + ": " + shown + "\n" +
		"12345678 | " + shown + "\n         | " + shown + "\n" +
		`   \x1b]0;x\a\u202e` + "\n" + `   \r\x1b]0;x\a\u202e` + "\n   Run `edgeplan explain " + shown + "` for more.\n"
	if got := written(t, []Finding{hostile})["text"]; got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestWriteJSON(t *testing.T) {
	if got, want := written(t, nil)["json"], "{\n  \"format_version\": 1,\n  \"findings\": [],\n  \"accepted\": [],\n  \"errors\": 0,\n  \"warnings\": 0\n}\n"; got != want {
		t.Errorf("no findings: got %s", got)
	}
	got := written(t, append(examples(), Finding{Code: "EP1007", Severity: "warning", Summary: "accepted", File: "x", Line: 3, Accepted: "because"}))["json"]
	for _, want := range []string{
		`{
      "code": "EP1006",
      "severity": "error",
      "summary": "unknown reference",
      "detail": "There is no site <\"Sit3\">.",
      "file": "specs/x/site.edge.hcl",
      "line": 3,
      "column": 7,
      "end_line": 3,
      "end_column": 16,
      "snippet": "\t日本 = site.Sit3",
      "marker": "\t       ^^^^^^^^^"
    }
  ],
  "accepted": [
    {
      "code": "EP1007",
      "severity": "warning",
      "summary": "accepted",
      "detail": "",
      "file": "x",
      "line": 3,
      "accepted": "because"
    }
  ],
  "errors": 4,
  "warnings": 1
}
`,
		`"detail": "First line.\r\nSecond \u001b[31mline\u202e.  \n\n",`,
		`    {
      "code": "EP1004",
      "severity": "error",
      "summary": "missing argument",
      "detail": ""
    },
`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("got:\n%s\nwithout:\n%s", got, want)
		}
	}
}

// The JSON form is the source of the others: what is read back prints the same.
func TestJSONRoundTrip(t *testing.T) {
	findings := examples()
	findings[0].Detail = "del \x7f, tag \U000e0041, bidi \u202e, no-break \u00a0"
	var back report
	if err := json.Unmarshal([]byte(written(t, findings)["json"]), &back); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(back.Findings, findings) {
		t.Errorf("got %+v, want %+v", back.Findings, findings)
	}
	if !reflect.DeepEqual(written(t, back.Findings), written(t, findings)) {
		t.Error("findings that were read back print differently")
	}
}

func TestWriteGitHub(t *testing.T) {
	want := `::error title=EP1004 missing argument::missing argument
::error file=missing.edge.hcl,title=EP1001 syntax error::The file cannot be read: permission denied.
::warning file=specs/a b/100%25%2Cx%3Ay.edge.hcl,line=1,endLine=4,title=EP1002 unknown argument::First line.%0ASecond \x1b[31mline\u202e.
::error file=specs/x/site.edge.hcl,line=2,endLine=2,col=10,endColumn=19,title=EP1006 unknown reference::There is no site "Sit2". Did you mean "Site2"?
::error file=specs/x/site.edge.hcl,line=3,endLine=3,col=7,endColumn=16,title=EP1006 unknown reference::There is no site <"Sit3">.
`
	if got := written(t, examples())["github"]; got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	injected := Finding{Code: "EP1001", Summary: "s", File: "a\r\n::error::x", Detail: "100%\n::stop-commands::x"}
	want = `::error file=a\r\n%3A%3Aerror%3A%3Ax,title=EP1001 s::100%25%0A::stop-commands::x` + "\n"
	if got := written(t, []Finding{injected})["github"]; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestWritersReturnErrors(t *testing.T) {
	findings := examples()
	for name, err := range map[string]error{
		"text":   WriteText(brokenPipe{}, findings, false),
		"json":   WriteJSON(brokenPipe{}, findings),
		"sarif":  WriteSARIF(brokenPipe{}, findings, Run{}),
		"github": WriteGitHub(brokenPipe{}, findings),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
