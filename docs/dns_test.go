package docs

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit"
	"github.com/edgeplan/edgeplan/emit/delivery"
	emitwords "github.com/edgeplan/edgeplan/emit/words"
	"github.com/edgeplan/edgeplan/emit/zonediff"
	"github.com/edgeplan/edgeplan/parser/topology"
)

const dnsPage = "docs/dns.md"

// TestDeliveries: the page has the deliveries of the language, and names the files that
// each has for itself.
func TestDeliveries(t *testing.T) {
	sameSet(t, dnsPage+", deliveries", column(t, dnsPage, "delivery"), topology.Deliveries())
	for _, cells := range rows(t, dnsPage, "delivery") {
		zone := plan.Zone{Name: "z", Delivery: strings.Trim(cells[0], "`"), Records: []plan.RecordSet{{New: []string{"192.0.2.1"}}}}
		var all []string
		for _, file := range delivery.Files(zone) {
			all = append(all, file.Name)
			if !emit.IsPackageFile(file.Name) {
				t.Errorf("emit.IsPackageFile does not know %s", file.Name)
			}
		}
		for _, file := range emitwords.AllFiles(zone) {
			all = append(all, file.Diff, file.Zone)
		}
		for _, end := range strings.Split(cells[1], ", ") {
			if end != "" && !slices.Contains(all, "dns/z."+end) {
				t.Errorf("%s: %s has no file %q", dnsPage, cells[0], end)
			}
		}
		if (delivery.Update(zone) != "") != (cells[0] == "`zone-file`" || cells[0] == "`nsupdate`") {
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

// TestZoneDifferences: the page lists the zones of the corpus of which BIND and edgeplan say
// different things, and no others, with what they say.
func TestZoneDifferences(t *testing.T) {
	text := read(t, "parser/zonefile/testdata/zones.txt")
	var want, got []string
	for _, m := range regexp.MustCompile(`(?m)^== (good|bad)(?:, named \w+)?, edgeplan (good|bad): (.*)$`).FindAllStringSubmatch(text, -1) {
		want = append(want, m[3]+": "+m[1]+", "+m[2])
	}
	for _, cells := range rows(t, dnsPage, "zone | named-checkzone") {
		got = append(got, cells[0]+": "+cells[1]+", "+cells[2])
	}
	sameSet(t, dnsPage+", zones that differ", got, want)
	for file, n := range map[string]string{"good.data": " good", "bad.data": " bad records"} {
		count := len(regexp.MustCompile(`(?m)^[^;]`).FindAllString(read(t, "parser/zonefile/testdata/"+file), -1))
		if !strings.Contains(read(t, dnsPage), strconv.Itoa(count)+n) {
			t.Errorf("%s: %s has %d records", dnsPage, file, count)
		}
	}
	all, good := strings.Count(text, "\n== "), strings.Count(text, "\n== good")
	if says := fmt.Sprintf("%d whole zones, of which %d are good to BIND", all, good); !strings.Contains(read(t, dnsPage), says) {
		t.Errorf("%s does not say: %s", dnsPage, says)
	}
}
