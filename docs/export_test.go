package docs

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/compiler/procedure"
	"github.com/edgeplan/edgeplan/emit"
	"github.com/edgeplan/edgeplan/emit/powershell/pwsh"
	"github.com/edgeplan/edgeplan/emit/ticket"
)

const (
	exportPage  = "docs/export.md"
	saidPackage = "golden/planned/edgepool1-to-edgepool2" // whose spec says all of a change that it can
)

// exported is what a form prints of a golden plan.
func exported(t *testing.T, form, folder string) string {
	t.Helper()
	p, err := procedure.Decode([]byte(read(t, folder+"/"+emit.PlanName)))
	if err != nil {
		t.Fatal(err)
	}
	return exportedPlan(t, form, p)
}

func exportedPlan(t *testing.T, form string, p *plan.Plan) string {
	t.Helper()
	one, err := emit.Ticket(p)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range ticket.Forms() {
		if f.Name == form {
			text, err := f.Print([]*ticket.Ticket{one})
			if err != nil {
				t.Fatal(err)
			}
			return string(text)
		}
	}
	t.Fatalf("there is no form %s", form)
	return ""
}

// TestExportForms: the page has a row for each form, and for each column, property and field of what they print, and no
// others.
func TestExportForms(t *testing.T) {
	var forms []string
	for _, f := range ticket.Forms() {
		forms = append(forms, f.Name)
	}
	if got := column(t, exportPage, "form"); !slices.Equal(got, forms) {
		t.Errorf("forms %q, want %q", got, forms)
	}
	records, err := csv.NewReader(strings.NewReader(exported(t, "csv", seedPackage))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if got := column(t, exportPage, "column"); !slices.Equal(got, records[0]) {
		t.Errorf("columns %q, want %q", got, records[0])
	}
	var properties []string
	for _, event := range regexp.MustCompile(`(?s)BEGIN:VEVENT\r\n(.*?)END:VEVENT`).FindAllStringSubmatch(exported(t, "ics", seedPackage), -1) {
		for _, m := range regexp.MustCompile(`(?m)^([A-Z]+):`).FindAllStringSubmatch(event[1], -1) {
			properties = append(properties, m[1])
		}
	}
	sameSet(t, exportPage+", properties", column(t, exportPage, "property"), properties)
	var tables map[string][]map[string]string
	readJSON(t, exported(t, "servicenow", saidPackage), &tables)
	for table, records := range tables {
		sameSet(t, exportPage+", "+table, column(t, exportPage, "field of "+table), slices.Collect(maps.Keys(records[0])))
	}
	var all issues
	readJSON(t, exported(t, "jira", seedPackage), &all)
	sameSet(t, exportPage+", issues", column(t, exportPage, "field of an issue"), slices.Collect(maps.Keys(all.Changes[0].Issue.Fields)))
}

// issues is the form for Jira as other programs see it.
type issues struct {
	Changes []struct {
		Issue    issue
		Subtasks []struct{ IssueUpdates []issue }
	}
}

type issue struct{ Fields map[string]any }

func readJSON(t *testing.T, text string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), into); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
}

// importScript is for a server that has a certificate of its own, and where nobody can be asked for a password. An engine that is
// no whole PowerShell may lack Invoke-RestMethod.
const importScript = `
function Get-Credential { New-Object pscredential 'user', ([Net.NetworkCredential]::new('', 'pass')).SecurePassword }
if (Get-Command Invoke-RestMethod -ErrorAction SilentlyContinue) {
    $PSDefaultParameterValues = @{ 'Invoke-RestMethod:SkipCertificateCheck' = $true }
} else {
    function Invoke-RestMethod($Uri, $Method = 'Get', $Body, $ContentType, $Credential, $Headers) {
        $handler = [Net.Http.HttpClientHandler]::new()
        $handler.ServerCertificateCustomValidationCallback = [Net.Http.HttpClientHandler]::DangerousAcceptAnyServerCertificateValidator
        if ($Credential) { $handler.Credentials = $Credential.GetNetworkCredential() }
        $request = [Net.Http.HttpRequestMessage]::new([Net.Http.HttpMethod]::new($Method.ToUpper()), [uri]$Uri)
        foreach ($name in $Headers.Keys) { $null = $request.Headers.TryAddWithoutValidation($name, $Headers[$name]) }
        if ($null -ne $Body) {
            $request.Content = [Net.Http.ByteArrayContent]::new([byte[]]$Body)
            $request.Content.Headers.ContentType = $ContentType
        }
        $answer = [Net.Http.HttpClient]::new($handler).SendAsync($request).GetAwaiter().GetResult()
        $null = $answer.EnsureSuccessStatusCode()
        $answer.Content.ReadAsStringAsync().GetAwaiter().GetResult() | ConvertFrom-Json
    }
}
`

// runImport runs the commands of the page that name an address, on that of a server and on a file change.json.
func runImport(t *testing.T, address, change string, server *httptest.Server) {
	t.Helper()
	engine := pwsh.Find(t)
	commands := ""
	for _, block := range fences(t, exportPage) {
		if strings.Contains(block.text, address) {
			commands = strings.ReplaceAll(block.text, address, server.URL)
		}
	}
	dir := t.TempDir()
	script := importScript + commands
	for name, text := range map[string]string{"import.ps1": script, "change.json": change} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	cmd := engine.Command(dir, "-File", "import.ps1")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil || commands == "" {
		t.Fatalf("%v\n%s", err, out)
	}
}

// desk is a server that answers requests of a user who has logged in, each one by itself.
func desk(t *testing.T, answer func(r *http.Request, body map[string]any) any) *httptest.Server {
	t.Helper()
	var mutex sync.Mutex
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mutex.Lock()
		defer mutex.Unlock()
		if user, pass, ok := r.BasicAuth(); !ok || user != "user" || pass != "pass" {
			w.Header().Set("WWW-Authenticate", `Basic realm="Service-now"`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		var body map[string]any
		if r.Method != http.MethodGet {
			if err := json.NewDecoder(r.Body).Decode(&body); err != nil || r.Header.Get("Content-Type") != "application/json" {
				t.Errorf("%s %s: %v", r.Method, r.URL, err)
			}
		}
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(answer(r, body))
	}))
	t.Cleanup(server.Close)
	return server
}

// TestImportServiceNow runs the commands of the page on a server with the three tables. As the Table API says, times are in
// GMT and references are IDs, but with sysparm_input_display_value=true times are those of the user and references are names.
func TestImportServiceNow(t *testing.T) {
	references := []string{"requested_by", "cmdb_ci", "change_request", "task", "ci_item"}
	for _, folder := range []string{saidPackage, "golden/hostile/edgepool1-to-edgepool2"} {
		change := exported(t, "servicenow", folder)
		var want map[string][]map[string]string
		readJSON(t, change, &want)
		tables := map[string][]map[string]string{}
		server := desk(t, func(r *http.Request, body map[string]any) any {
			path := strings.Split(strings.TrimPrefix(r.URL.Path, "/api/now/table/"), "/")
			records := want[path[0]]
			if records == nil {
				t.Fatalf("%s %s", r.Method, r.URL)
			}
			if r.Method == http.MethodGet {
				found := []map[string]string{}
				for _, record := range tables[path[0]] {
					if record["number"] == r.URL.Query().Get("number") {
						found = append(found, map[string]string{"sys_id": record["sys_id"]})
					}
				}
				return map[string]any{"result": found}
			}
			record := map[string]string{"sys_id": fmt.Sprintf("%032x", len(tables[path[0]])+1)}
			if len(path) == 2 {
				record = nil
				for _, one := range tables[path[0]] {
					if one["sys_id"] == path[1] {
						record = one
					}
				}
			} else {
				tables[path[0]] = append(tables[path[0]], record)
			}
			shown := r.URL.Query().Get("sysparm_input_display_value") == "true"
			for name, value := range body {
				text, ok := value.(string)
				if !ok || records[0][name] == "" || slices.Contains(references, name) != shown && (shown && strings.HasSuffix(name, "_date") || !shown) {
					t.Errorf("%s %s: %s is %v", r.Method, r.URL, name, value)
				}
				record[name] = text
			}
			return map[string]any{"result": record}
		})
		runImport(t, "https://INSTANCE.service-now.com", change, server)
		for _, records := range tables {
			for _, record := range records {
				delete(record, "sys_id")
			}
		}
		if !reflect.DeepEqual(tables, want) {
			t.Errorf("%s: the tables are\n%v\nwant\n%v", folder, tables, want)
		}
		// A change that is there is found by its number.
		tables["change_request"] = []map[string]string{{"sys_id": strings.Repeat("a", 32), "number": want["change_request"][0]["number"]}}
		runImport(t, "https://INSTANCE.service-now.com", change, server)
		if n := len(tables["change_request"]); n != 1 || tables["change_request"][0]["cmdb_ci"] == "" || tables["change_request"][0]["start_date"] == "" {
			t.Errorf("%s: %d changes: %v", folder, n, tables["change_request"])
		}
	}
}

// TestImportJira runs the commands of the page on a server that makes issues: with a project, and subtasks with a parent.
func TestImportJira(t *testing.T) {
	for _, folder := range []string{seedPackage, "golden/hostile/edgepool1-to-edgepool2"} {
		change := exported(t, "jira", folder)
		var want issues
		readJSON(t, change, &want)
		var got []map[string]any
		made := func(fields any) map[string]string {
			got = append(got, fields.(map[string]any))
			return map[string]string{"key": fmt.Sprintf("OPS-%d", len(got))}
		}
		runImport(t, "https://SITE.atlassian.net", change, desk(t, func(r *http.Request, body map[string]any) any {
			switch r.Method + " " + r.URL.Path {
			case "POST /rest/api/3/issue":
				return made(body["fields"])
			case "POST /rest/api/3/issue/bulk":
				keys := []any{}
				for _, update := range body["issueUpdates"].([]any) {
					keys = append(keys, made(update.(map[string]any)["fields"]))
				}
				return map[string]any{"issues": keys, "errors": []any{}}
			}
			t.Errorf("%s %s", r.Method, r.URL)
			return nil
		}))
		all := []map[string]any{want.Changes[0].Issue.Fields}
		for _, bulk := range want.Changes[0].Subtasks {
			for _, task := range bulk.IssueUpdates {
				all = append(all, task.Fields)
			}
		}
		for i, fields := range all {
			fields["project"] = map[string]any{"key": "OPS"}
			if i > 0 {
				fields["parent"] = map[string]any{"key": "OPS-1"}
			}
		}
		if !reflect.DeepEqual(got, all) {
			t.Errorf("%s: the issues are\n%v\nwant\n%v", folder, got, all)
		}
	}
}
