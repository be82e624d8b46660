package main

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/emit/powershell/pwsh"
)

// hostileNames are names of plans and folders that a shell must not read as more than a
// name. Each would make a file "pwned" if it were run.
var hostileNames = []string{"bad $(touch pwned)", "bad `touch pwned`", "bad'; touch pwned; '", "bad\"; touch pwned; \"", "bad\ntouch pwned\n", "bad & touch pwned", "bad|touch pwned"}

// completionSpec is a folder with a spec of plans with good and hostile names, and folders
// with such names.
func completionSpec(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	spec := `topology "contoso" {
  product         = "lync-server-2013"
  management_host = "fe2.corp.contoso.com"
}
edge_pool "b" {
}
failover "alpha-to-beta" {
  to = edge_pool.b
}
prepare "tomorrow" {
}
`
	quote := strings.NewReplacer(`"`, `\"`, "\n", `\n`)
	for _, name := range hostileNames {
		spec += "failover \"" + quote.Replace(name) + "\" {\n  to = edge_pool.b\n}\n"
		if err := os.Mkdir(filepath.Join(dir, "odd"+name), 0o777); err != nil {
			t.Logf("no folder %q here: %v", name, err)
		}
	}
	writeFile(t, filepath.Join(dir, "spec.edge.hcl"), []byte(spec))
	return dir
}

// offered are the words that a shell is told for a line, and the kind of path before them.
func offered(t *testing.T, shell string, words ...string) (kind string, offers []string) {
	t.Helper()
	out, _ := edgeplan(t, exitDone, append([]string{"completion", shell, "--"}, words...)...)
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	for _, line := range lines[1:] {
		word, _, _ := strings.Cut(line, "\t")
		offers = append(offers, word)
	}
	return lines[0], offers
}

func TestCompletionWords(t *testing.T) {
	dir := completionSpec(t)
	for line, want := range map[string]string{
		"che":                                  "none check",
		"-":                                    "none --help --version",
		"nonsense ":                            "none",
		"check ":                               ".edge.hcl",
		"check --w":                            "none --warnings-as-errors",
		"check --diagnostics ":                 "none text json sarif github",
		"check --diagnostics s":                "none sarif",
		"check --diagnostics=s":                "none --diagnostics=sarif",
		"check --nonsense=s":                   "none",
		"check --quiet ":                       ".edge.hcl",
		"check -- --w":                         ".edge.hcl",
		"build -o ":                            "folders",
		"build --output ":                      "folders",
		"build -o out --color n":               "none never",
		"fmt -wd ":                             ".edge.hcl",
		"verify ":                              "folders",
		"show ":                                ".json",
		"evidence ":                            ".json",
		"evidence out ":                        ".jsonl",
		"evidence out a.jsonl ":                ".jsonl",
		"explain EP1020":                       "none EP1020",
		"schema xmpp":                          "none xmpp xmpp_federation",
		"schema edge_pool ser":                 "none server",
		"help ver":                             "none verify version",
		"completion z":                         "none zsh",
		"version ":                             "none",
		"plan " + dir + " --failover ":         "none alpha-to-beta tomorrow",
		"plan --failover alpha-to-beta " + dir: ".edge.hcl",
		"plan " + dir + " --failover a":        "none alpha-to-beta",
		"plan " + dir + " --failover=t":        "none --failover=tomorrow",
		"plan " + dir + " --failover bad":      "none",
		"diff " + dir + " nowhere --failover=": "none --failover=alpha-to-beta --failover=tomorrow",
		"plan " + dir + "/nowhere --failover ": "none",
		"plan --failover ":                     "none", // there is no spec in the current folder
		"plan \x1b$(touch pwned) --failover ":  "none",
		"plan " + dir + " --failover x --failover ": "none alpha-to-beta tomorrow",
	} {
		kind, offers := offered(t, "zsh", strings.Split(line, " ")...)
		if got := strings.Join(append([]string{kind}, offers...), " "); got != want {
			t.Errorf("%q: got %q, want %q", line, got, want)
		}
	}
	// bash parts words at the equals sign; PowerShell sends one before each.
	if _, got := offered(t, "bash", "check", "--diagnostics", "=", "s"); !slices.Equal(got, []string{"sarif"}) {
		t.Errorf("bash: %q", got)
	}
	if _, got := offered(t, "bash", "check", "--color", "="); !slices.Equal(got, []string{"auto", "always", "never"}) {
		t.Errorf("bash: %q", got)
	}
	if _, got := offered(t, "powershell", "=check", "=--diagnostics", "="); !slices.Equal(got, forms) {
		t.Errorf("powershell: %q", got)
	}
}

// TestCompletionIsWhole: every command, flag and choice of the table is offered, in plain
// words, and each command that takes arguments says which.
func TestCompletionIsWhole(t *testing.T) {
	_, names := offered(t, "fish", "")
	for _, c := range commands() {
		if !slices.Contains(names, c.name) {
			t.Errorf("%s is not offered", c.name)
		}
		if (c.args == "" || strings.HasPrefix(c.args, "-")) != (len(c.takes) == 0) {
			t.Errorf("%s takes %q, and completion knows of %d", c.name, c.args, len(c.takes))
		}
		fs, _ := c.flags()
		_, flags := offered(t, "fish", c.name, "-")
		for _, o := range flagOffers(fs).offers {
			if !slices.Contains(flags, o.word) || !plainWord.MatchString(o.word) || strings.ContainsAny(o.about, "\t\n") {
				t.Errorf("%s: %+v", c.name, o)
			}
		}
	}
}

func TestCompletionUsage(t *testing.T) {
	for _, args := range [][]string{{}, {"csh"}} {
		if _, stderr := edgeplan(t, exitFailed, append([]string{"completion"}, args...)...); !strings.Contains(stderr, "bash, zsh, fish, powershell") {
			t.Errorf("%q: %s", args, stderr)
		}
	}
	for _, s := range shells {
		out, _ := edgeplan(t, exitDone, "completion", s.name)
		if !bytes.Contains([]byte(out), []byte("completion "+s.name+" -- ")) {
			t.Errorf("%s: %s", s.name, out)
		}
	}
}

// TestCompletionInPowerShell asks the engine what it offers for lines with the script
// loaded.
func TestCompletionInPowerShell(t *testing.T) {
	engine := pwsh.Find(t)
	dir := completionSpec(t)
	bin := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(bin, "edgeplan") // see TestMain
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	if err := os.Symlink(self, program); err != nil {
		t.Skipf("SKIPPED: no symbolic links here: %v", err)
	}
	if err := os.Mkdir(filepath.Join(dir, "folder"), 0o777); err != nil {
		t.Fatal(err)
	}
	lines := map[string]string{
		"edgeplan che":                        "check",
		"edgeplan check --warn":               "--warnings-as-errors",
		"edgeplan check --diagnostics js":     "json",
		"edgeplan check --diagnostics ":       "text|json|sarif|github",
		"edgeplan check --diagnostics=sar":    "--diagnostics=sarif",
		"edgeplan plan --failover ":           "alpha-to-beta|tomorrow",
		"edgeplan plan --failover bad":        "",
		"edgeplan explain EP1020":             "EP1020",
		"edgeplan check sp":                   "spec.edge.hcl",
		"edgeplan build -o fold":              "folder",
		"edgeplan check $(touch pwned) --col": "--color",
		"edgeplan check `\"a --col":           "--color",
	}
	script := "edgeplan completion powershell | Out-String | Invoke-Expression\n"
	for line := range lines {
		quoted := "'" + strings.ReplaceAll(line, "'", "''") + "'"
		script += "$found = [System.Management.Automation.CommandCompletion]::CompleteInput(" + quoted + ", " + quoted + ".Length, $null).CompletionMatches\n" +
			"Write-Output (" + quoted + " + '=>' + (@($found | ForEach-Object { $_.CompletionText -replace '^\\.[\\\\/]', '' }) -join '|'))\n"
	}
	file := filepath.Join(t.TempDir(), "ask.ps1")
	writeFile(t, file, []byte(script))
	cmd := engine.Command(t.TempDir(), "-File", file)
	cmd.Dir = dir
	cmd.Env = append(cmd.Env, "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for line, want := range lines {
		if !strings.Contains("\n"+strings.ReplaceAll(string(out), "\r", ""), "\n"+line+"=>"+want+"\n") {
			t.Errorf("%s: want %s in\n%s", line, want, out)
		}
	}
	if found, _ := filepath.Glob(filepath.Join(dir, "pwned*")); len(found) > 0 {
		t.Errorf("a name was run: %v", found)
	}
}
