package docs

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/compiler"
	emitwords "github.com/edgeplan/edgeplan/emit/words"
	"github.com/edgeplan/edgeplan/emit/zonediff"
	"github.com/edgeplan/edgeplan/parser"
)

const dnsPage = "docs/dns.md"

// TestDeliveries: the page has the deliveries of the language, and names the files that
// each has for itself.
func TestDeliveries(t *testing.T) {
	sameSet(t, dnsPage+", deliveries", column(t, dnsPage, "delivery"), parser.Deliveries())
	for _, cells := range rows(t, dnsPage, "delivery") {
		f := emitwords.Files(compiler.Zone{Name: "z", Delivery: strings.Trim(cells[0], "`")})
		all := []string{f.Diff, f.Zone, f.Changes, f.Nsupdate, f.Route53}
		for _, end := range strings.Split(cells[1], ", ") {
			if end != "" && !slices.Contains(all, "dns/z."+end) {
				t.Errorf("%s: %s has no file %q", dnsPage, cells[0], end)
			}
		}
		if (f.Nsupdate != "") != (cells[0] == "`zone-file`" || cells[0] == "`nsupdate`") {
			t.Errorf("%s: the nsupdate files of %s", dnsPage, cells[0])
		}
	}
}

// TestJSONFields: the fields that the page lists are those of the file, in their order.
func TestJSONFields(t *testing.T) {
	data := []byte(read(t, seedPackage+"/dns/contoso.com.json"))
	decoder := json.NewDecoder(bytes.NewReader(data))
	var want []string
	if _, err := decoder.Token(); err != nil {
		t.Fatal(err)
	}
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, key.(string))
		var skip json.RawMessage
		if err := decoder.Decode(&skip); err != nil {
			t.Fatal(err)
		}
	}
	if got := column(t, dnsPage, "field"); !slices.Equal(got, want) {
		t.Errorf("%s has the fields %v, the file has %v", dnsPage, got, want)
	}
	page := read(t, dnsPage)
	for _, m := range regexp.MustCompile(`"([a-z_]+)":`).FindAllSubmatch(data, -1) {
		if name := string(m[1]); !strings.Contains(page, "`"+name+"`") && !strings.Contains(page, "`wait."+name+"`") {
			t.Errorf("%s does not name the field %s", dnsPage, name)
		}
	}
	if zonediff.ChangesVersion != 1 || !strings.Contains(page, "`format_version` is 1.") {
		t.Errorf("%s does not name the format version %d", dnsPage, zonediff.ChangesVersion)
	}
}
