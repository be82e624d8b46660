package docs

import (
	"bytes"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/procedure"
	"github.com/edgeplan/edgeplan/emit"
	"github.com/edgeplan/edgeplan/emit/words"
	"github.com/edgeplan/edgeplan/internal/goldenscript"
)

const (
	packagePage = "docs/package.md"
	seedPackage = "golden/seed/edgepool1-to-edgepool2"
)

// TestArtifacts: the page has each file that a golden package has.
func TestArtifacts(t *testing.T) {
	var want []string
	plans, err := filepath.Glob("../golden/*/*/plan.json")
	if err != nil || len(plans) == 0 {
		t.Fatalf("no goldens: %v", err)
	}
	for _, path := range plans {
		folder := strings.TrimPrefix(filepath.ToSlash(filepath.Dir(path)), "../")
		p, err := procedure.Decode([]byte(read(t, folder+"/"+emit.PlanName)))
		if err != nil {
			t.Fatal(folder, err)
		}
		for _, name := range filesBelow(t, folder) {
			for _, zone := range p.Zones {
				if rest, ok := strings.CutPrefix(name, "dns/"+words.FileBase(zone)+"."); ok {
					name = "dns/ZONE." + numbered.ReplaceAllString(rest, "include-N.")
				}
			}
			want = append(want, name)
		}
	}
	sameSet(t, packagePage+", files", column(t, packagePage, "file"), want)
}

var numbered = regexp.MustCompile(`^include-[0-9]+\.`)

// tableAfter is the first column of the first table with this title after a heading.
func tableAfter(t *testing.T, heading, title string) []string {
	t.Helper()
	_, rest, ok := strings.Cut(read(t, packagePage), "\n## "+heading+"\n")
	if ok {
		_, rest, ok = strings.Cut(rest, "\n| "+title+" |")
	}
	if !ok {
		t.Fatalf("%s: no table of %s below %s", packagePage, title, heading)
	}
	var out []string
	for _, cells := range tableRows(rest) {
		out = append(out, strings.Trim(cells[0], "`"))
	}
	return out
}

// keysOf are the keys of a type in plan.json, in their order.
func keysOf(of reflect.Type) []string {
	var out []string
	for i := range of.NumField() {
		key, _, _ := strings.Cut(of.Field(i).Tag.Get("json"), ",")
		if key != "-" {
			out = append(out, key)
		}
	}
	return out
}

// TestPlanFields: the fields of plan.json, in their order.
func TestPlanFields(t *testing.T) {
	want := keysOf(reflect.TypeFor[plan.Plan]())
	if got := tableAfter(t, "plan.json", "field"); !slices.Equal(got, want) {
		t.Errorf("%s has the fields\n%v\nplan.json has\n%v", packagePage, got, want)
	}
	if plan.FormatVersion != 3 || !strings.Contains(read(t, packagePage), "`format_version` 3.") {
		t.Errorf("%s does not name the format version %d", packagePage, plan.FormatVersion)
	}
}

// TestMatrixFields: the fields of matrix.json and the files beside it.
func TestMatrixFields(t *testing.T) {
	var want []string
	of := reflect.TypeFor[plan.Matrix]()
	for i := range of.NumField() {
		want = append(want, of.Field(i).Tag.Get("json"))
	}
	if got := column(t, packagePage, "field of matrix.json"); !slices.Equal(got, want) {
		t.Errorf("%s has the fields\n%v\nmatrix.json has\n%v", packagePage, got, want)
	}
	sameSet(t, packagePage+", files of an index", column(t, packagePage, "file of an index"), filesBelow(t, "golden/matrix/contoso"))
	if plan.MatrixVersion != 1 {
		t.Errorf("%s does not name the format version %d", packagePage, plan.MatrixVersion)
	}
}

// TestPlanKeys: the keys of parts and steps are those of the code.
func TestPlanKeys(t *testing.T) {
	for what, of := range map[string]reflect.Type{"part": reflect.TypeFor[plan.Part](), "step": reflect.TypeFor[plan.Step]()} {
		want := keysOf(of)
		if got := column(t, packagePage, "key of a "+what); !slices.Equal(got, want) {
			t.Errorf("%s: a %s has the keys\n%v\nin the code\n%v", packagePage, what, got, want)
		}
	}
}

func codeWords(list string) []string {
	var out []string
	for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(list, -1) {
		out = append(out, m[1])
	}
	return out
}

// TestScripts: stages, parameters, exit codes and evidence are those of the scripts.
func TestScripts(t *testing.T) {
	failover, rollback := read(t, seedPackage+"/failover.ps1"), read(t, seedPackage+"/rollback.ps1")

	stagesOf := func(spec string) []string {
		script := read(t, "golden/"+spec+"/edgepool1-to-edgepool2/failover.ps1")
		return regexp.MustCompile(`\w+`).FindAllString(regexp.MustCompile(`(?s)ValidateSet\((.*?)\)`).FindStringSubmatch(script)[1], -1)
	}
	// No plan has all: the other two have what that of both federations lacks, before or behind a stage of it.
	want := stagesOf("both")
	for _, spec := range []string{"windows-dns", "planned"} {
		stages := stagesOf(spec)
		for i, name := range stages {
			if !slices.Contains(want, name) {
				want = slices.Insert(want, slices.Index(want, stages[i-1])+1, name)
			}
		}
	}
	if got := column(t, packagePage, "stage"); !slices.Equal(got, want) {
		t.Errorf("%s has the stages %v, the script has %v", packagePage, got, want)
	}

	want = nil
	mine, theirs := parameters(failover), parameters(rollback)
	for _, name := range mine {
		of := "`failover.ps1`"
		if slices.Contains(theirs, name) {
			of = "both"
		}
		want = append(want, "`-"+name+"` "+of)
	}
	var got []string
	for _, cells := range rows(t, packagePage, "parameter") {
		got = append(got, cells[0]+" "+cells[1])
	}
	sameSet(t, packagePage+", parameters", got, want)
	for _, name := range theirs {
		if !slices.Contains(mine, name) {
			t.Errorf("%s: -%s of rollback.ps1 is missing", packagePage, name)
		}
	}

	codes := regexp.MustCompile(`Exit codes: (.*)\.\n`).FindStringSubmatch(failover)[1]
	page := strings.Join(strings.Fields(read(t, packagePage)), " ")
	if !strings.Contains(page, "Exit codes of a script: "+codes+".") {
		t.Errorf("%s has other exit codes than the script: %s", packagePage, codes)
	}
	for _, text := range []string{".evidence.jsonl", ".state.xml", "'edgeplan-'", ".Substring(7, 8)", "'.old'", "'.lock'", "'config.zip'", "'sites.xml'", "#Requires -Version 3.0"} {
		if !strings.Contains(failover, text) {
			t.Errorf("%s speaks of %s, which the script does not have", packagePage, text)
		}
	}
	checkEvidence(t, failover, rollback)
}

// parameters are the names in the param block of a script.
func parameters(script string) []string {
	block, _, _ := strings.Cut(script[strings.Index(script, "\nparam(\n"):], "\n)\n")
	var out []string
	for _, m := range regexp.MustCompile(`(?m)^ +\[.*\]\$(\w+)`).FindAllStringSubmatch(block, -1) {
		out = append(out, m[1])
	}
	return out
}

func checkEvidence(t *testing.T, failover, rollback string) {
	t.Helper()
	_, rest, ok := strings.Cut(failover, "$record = [ordered]@{")
	if !ok {
		t.Fatal("the script has no evidence record")
	}
	record, _, _ := strings.Cut(rest, "}")
	var fields []string
	for _, m := range regexp.MustCompile(`(\w+) = `).FindAllStringSubmatch(record, -1) {
		fields = append(fields, m[1])
	}
	if got := tableAfter(t, "Evidence", "field"); !slices.Equal(got, fields) {
		t.Errorf("%s has the evidence fields %v, the script has %v", packagePage, got, fields)
	}
	var outcomes []string
	for _, script := range []string{failover, rollback} {
		for _, m := range regexp.MustCompile(`(?:-Outcome|\$outcome =) '([^']+)'`).FindAllStringSubmatch(script, -1) {
			if !slices.Contains(outcomes, m[1]) {
				outcomes = append(outcomes, m[1])
			}
		}
	}
	sameSet(t, packagePage+", outcomes", tableAfter(t, "Evidence", "outcome"), outcomes)
}

// TestScriptBytes: ASCII with CRLF, and each fixed part is the same wherever it stands.
func TestScriptBytes(t *testing.T) {
	var runtime, windows []byte
	for _, path := range mustGlob(t, filepath.Join(root, "golden", "*", "*", "*.ps1")) {
		data, err := goldenscript.Read(filepath.Join(root, "golden"), strings.TrimPrefix(path, filepath.Join(root, "golden")))
		if err != nil {
			t.Fatal(err)
		}
		if i := slices.IndexFunc(data, func(c byte) bool { return c > '~' || c < ' ' && c != '\r' && c != '\n' }); i >= 0 {
			t.Errorf("%s: byte %d is not printable ASCII", path, i)
		}
		if bytes.Count(data, []byte("\n")) != bytes.Count(data, []byte("\r\n")) {
			t.Errorf("%s: a line does not end in CRLF", path)
		}
		parts := goldenscript.Cut(data)
		if len(parts.Runtime) == 0 || runtime != nil && !bytes.Equal(parts.Runtime, runtime) || parts.Windows != nil && windows != nil && !bytes.Equal(parts.Windows, windows) {
			t.Errorf("%s: a fixed part is missing or is another", path)
		}
		if runtime = parts.Runtime; parts.Windows != nil {
			windows = parts.Windows
		}
	}
	if windows == nil {
		t.Error("no script has the part for Windows DNS servers")
	}
}

func mustGlob(t *testing.T, pattern string) []string {
	t.Helper()
	out, err := filepath.Glob(pattern)
	if err != nil || len(out) == 0 {
		t.Fatalf("%s: no files (%v)", pattern, err)
	}
	return out
}
