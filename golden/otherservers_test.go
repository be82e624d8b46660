package golden

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestOtherServers: what docs/dns.md says of zones that BIND and edgeplan take is what the
// programs of other servers do with them.
func TestOtherServers(t *testing.T) {
	const head = "$TTL 300\n@ IN SOA ns hostmaster 1 900 600 86400 3600\n\tNS ns\nns\tA 192.0.2.53\n"
	zones := map[string]string{
		"$ORIGIN with a name that has no dot at its end": "$ORIGIN sub\na A 192.0.2.1\n",
		"$GENERATE":                              "$GENERATE 1-2 a$ A 192.0.2.$\n",
		"a record with a TTL of several units":   "a 1h30m A 192.0.2.1\n",
		"a text with letters beyond ASCII":       "a TXT \"Zürich\"\n",
		"two texts without a blank between them": "a TXT \"one\"\"two\"\n",
		"a record below a DNAME record":          "sub DNAME example.net.\na.sub TXT x\n",
		"a record out of the zone":               "a.example.net. A 192.0.2.1\n",
		"line ends CR LF":                        "a A 192.0.2.1\r\n",
	}
	dir := t.TempDir()
	base := filepath.Join(dir, "base")
	must(t, exec.Command(tool(t, "sqlite3"), base, ".read "+pdnsSchema(t)))
	if err := os.WriteFile(filepath.Join(dir, "pdns.conf"), fmt.Appendf(nil, "launch=gsqlite3\ngsqlite3-database=%s\n", base), 0o666); err != nil {
		t.Fatal(err)
	}
	programs := [][]string{
		{"named-checkzone", "-i", "local", "-k", "fail", "example.com"},
		{"kzonecheck", "-o", "example.com"},
		{"nsd-checkzone", "example.com"},
		{"pdnsutil", "--config-dir=" + dir, "load-zone", "example.com"},
	}
	found := 0
	for line := range strings.Lines(string(read(t, "..", "docs", "dns.md"))) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "| "), " | ")
		zone, ok := zones[cells[0]]
		if !ok || len(cells) != len(programs)+1 {
			continue
		}
		found++
		file := zoneFile(t, []byte(head+zone))
		for i, program := range programs {
			out, err := exec.Command(tool(t, program[0]), append(program[1:], file)...).CombinedOutput()
			if got := map[bool]string{true: "taken", false: "refused"}[err == nil]; got != cells[i+1] {
				t.Errorf("%s: %s: %s, docs/dns.md has %s\n%s", cells[0], program[0], got, cells[i+1], out)
			}
		}
	}
	if found != len(zones) {
		t.Errorf("docs/dns.md has %d of %d zones", found, len(zones))
	}
}
