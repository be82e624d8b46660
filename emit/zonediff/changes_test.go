package zonediff

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit/words/sample"
)

func TestChanges(t *testing.T) {
	zone := sample.Plan().Zones[0]
	zone.Records[1].OldTTL = 60 // of a set that is not there: it must not show
	got, err := Changes("sha256:00", zone)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"format_version":1,"plan":"sha256:00","zone":"contoso.com.","serial":{"old":7,"new":8,"rollback":9},` +
		`"soa":"ns1.contoso.net. host.contoso.com. 7 3600 600 86400 300","wait":{"old":3600,"negative":300,"secondary":3600},"sets":[` +
		`{"owner":"xmpp.contoso.com.","type":"A","step":"4","old":{"ttl":3600,"data":["203.0.113.11"]},"new":{"ttl":3600,"data":["198.51.100.21","198.51.100.22"]}},` +
		`{"owner":"_xmpp-server._tcp.contoso.com.","type":"SRV","step":"5","old":{"ttl":0,"data":[]},"new":{"ttl":300,"data":["10 0 5269 xmpp.contoso.com."]}}]}`
	if flat := compact(t, got); flat != want {
		t.Errorf("got\n%s\nwant\n%s", flat, want)
	}
	if !strings.HasSuffix(got, "\n}\n") || strings.Contains(got, "\r") {
		t.Errorf("the text ends in another way:\n%q", got)
	}
	zone.Records = nil
	if got, err := Changes("<&>", zone); err != nil || !strings.Contains(got, `"sets": []`) || !strings.Contains(got, `"<&>"`) {
		t.Errorf("%v in\n%s", err, got)
	}
}

func TestRoute53(t *testing.T) {
	zone := fullZone()
	zone.Records[0].Old = []string{"203.0.113.11", "203.0.113.11"} // twice in the zone file
	got, err := Route53("sha256:00", zone)
	if err != nil {
		t.Fatal(err)
	}
	const head = `{"Comment":"Change, plan sha256:00. Written by edgeplan.","Changes":[`
	want := []string{
		`{"Action":"DELETE","ResourceRecordSet":{"Name":"xmpp.contoso.com.","Type":"A","TTL":3600,"ResourceRecords":[{"Value":"203.0.113.11"}]}}`,
		`{"Action":"CREATE","ResourceRecordSet":{"Name":"xmpp.contoso.com.","Type":"A","TTL":3600,"ResourceRecords":[{"Value":"198.51.100.21"},{"Value":"198.51.100.22"}]}}`,
		`{"Action":"CREATE","ResourceRecordSet":{"Name":"_xmpp-server._tcp.contoso.com.","Type":"SRV","TTL":300,"ResourceRecords":[{"Value":"10 0 5269 xmpp.contoso.com."}]}}`,
		`{"Action":"DELETE","ResourceRecordSet":{"Name":"xmpp.contoso.com.","Type":"AAAA","TTL":300,"ResourceRecords":[{"Value":"2001:db8::1"}]}}`,
		`{"Action":"DELETE","ResourceRecordSet":{"Name":"sip2.contoso.com.","Type":"A","TTL":3600,"ResourceRecords":[{"Value":"192.0.2.2"},{"Value":"192.0.2.3"}]}}`,
		`{"Action":"CREATE","ResourceRecordSet":{"Name":"sip2.contoso.com.","Type":"A","TTL":60,"ResourceRecords":[{"Value":"192.0.2.2"}]}}`,
		`{"Action":"DELETE","ResourceRecordSet":{"Name":"_xmpp-server._tcp.sub.contoso.com.","Type":"SRV","TTL":60,"ResourceRecords":[{"Value":"5 0 5269 old.contoso.com."}]}}`,
		`{"Action":"CREATE","ResourceRecordSet":{"Name":"_xmpp-server._tcp.sub.contoso.com.","Type":"SRV","TTL":60,"ResourceRecords":[{"Value":"5 0 5269 both.contoso.com."},{"Value":"6 0 5269 six.contoso.com."}]}}`,
	}
	if flat := compact(t, got); flat != head+strings.Join(want, ",")+"]}" {
		t.Errorf("got\n%s", strings.ReplaceAll(flat, `,{"Action"`, ",\n"+`{"Action"`))
	}
}

// TestRoute53Rollback applies the batch and its rollback to a model of a hosted zone that
// has the rules of Route 53: both fit, once, and the second leads back.
func TestRoute53Rollback(t *testing.T) {
	zone := fullZone()
	hosted := map[string]string{}
	for _, set := range zone.Records {
		if len(set.Old) > 0 {
			hosted[set.Owner+" "+set.Type] = fmt.Sprint(set.OldTTL, set.Old)
		}
	}
	before := fmt.Sprint(hosted)
	for i, print := range []func(string, plan.Zone) (string, error){Route53, Route53Rollback} {
		text, err := print("p", zone)
		if err != nil {
			t.Fatal(err)
		}
		if err := apply53(hosted, text); err != nil {
			t.Errorf("batch %d: %v", i, err)
		}
		after := fmt.Sprint(hosted)
		if err := apply53(hosted, text); err == nil || fmt.Sprint(hosted) != after {
			t.Errorf("batch %d is applied twice", i)
		}
		if i == 0 && after == before {
			t.Error("nothing changed")
		}
	}
	if after := fmt.Sprint(hosted); after != before {
		t.Errorf("there and back:\n%s\nbefore:\n%s", after, before)
	}
	text, _ := Route53("p", zone)
	for _, drift := range []string{"3600 [203.0.113.12]", "300 [203.0.113.11]", "3600 [203.0.113.11 203.0.113.12]"} {
		hosted["xmpp.contoso.com. A"] = drift
		if apply53(hosted, text) == nil {
			t.Errorf("the batch is applied to %s", drift)
		}
	}
}

// apply53 is what Route 53 does with a batch, all or nothing: it deletes a set only with
// its own values and TTL, and creates only what is not there.
func apply53(hosted map[string]string, text string) error {
	var b route53Batch
	if err := json.Unmarshal([]byte(text), &b); err != nil {
		return err
	}
	result := map[string]string{}
	for name, set := range hosted {
		result[name] = set
	}
	for _, change := range b.Changes {
		set := change.ResourceRecordSet
		var data []string
		for _, v := range set.ResourceRecords {
			data = append(data, v.Value)
		}
		name, value := set.Name+" "+set.Type, fmt.Sprint(set.TTL, data)
		have, there := result[name]
		switch {
		case change.Action == "DELETE" && have == value:
			delete(result, name)
		case change.Action == "CREATE" && !there:
			result[name] = value
		default:
			return fmt.Errorf("%s %s %s: there is %q", change.Action, name, value, have)
		}
	}
	clear(hosted)
	for name, set := range result {
		hosted[name] = set
	}
	return nil
}

func TestRoute53Limits(t *testing.T) {
	sets := func(count, size int, data func(i int) string) func(*plan.Zone) {
		return func(z *plan.Zone) {
			z.Records = nil
			for i := range count {
				set := plan.RecordSet{Owner: fmt.Sprintf("x%d.contoso.com.", i), Type: "SRV", NewTTL: 300}
				for j := range size {
					set.New = append(set.New, data(j))
				}
				z.Records = append(z.Records, set)
			}
		}
	}
	short := func(i int) string { return fmt.Sprintf("%d 0 5269 a.", 1000+i) }            // 14 characters
	long := func(i int) string { return short(i) + strings.Repeat("abcdefghi.", 5)[:50] } // 64
	ttl := func(n uint32) func(*plan.Zone) { return func(z *plan.Zone) { z.Records[1].NewTTL = n } }
	for _, c := range []struct {
		plan string
		edit func(*plan.Zone)
		want string // "" is no error
	}{
		{"p", sets(5, 200, short), ""},
		{"p", sets(7, 143, short), "1001 values"},
		{"p", sets(1, 400, short), ""},
		{"p", sets(1, 401, short), "401 values"},
		{"p", sets(2, 250, long), ""},
		{"p", sets(3, 167, long), "32064 characters"},
		{"p", ttl(1<<31 - 1), ""},
		{"p", ttl(1 << 31), "TTL 2147483648"},
		{strings.Repeat("é", 221), func(*plan.Zone) {}, ""},
		{strings.Repeat("é", 222), func(*plan.Zone) {}, "257 characters"},
	} {
		zone := sample.Plan().Zones[0]
		c.edit(&zone)
		got, err := Route53(c.plan, zone)
		if (err != nil) != (c.want != "") || err != nil && (got != "" || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("want %q: %v", c.want, err)
		}
	}
}

// TestJSONMany puts the hostile texts wherever a plan has a text: the JSON is refused, or
// reads back as just that text in just that place.
func TestJSONMany(t *testing.T) {
	texts, base, refused, taken := sample.Texts(), sample.Plan().Zones[0], 0, 0
	for s := range sample.NotUTF8() {
		texts = append(texts, s)
	}
	everywhere := slices.Concat(places, []place{
		{"step", func(z *plan.Zone, s string) { z.Records[0].Step = s }},
		{"soa", func(z *plan.Zone, s string) { z.SOA = s }},
	})
	for _, s := range texts {
		for _, p := range everywhere {
			zone := copied(base)
			p.put(&zone, s)
			n := checkJSON(t, p.name, "p", zone)
			refused, taken = refused+n, taken+3-n
		}
		n := checkJSON(t, "plan ID", s, base)
		refused, taken = refused+n, taken+3-n
	}
	if len(texts) < 10_000 || refused < len(texts)*8*3 || taken < len(texts)*3 {
		t.Errorf("%d texts, %d refused, %d taken", len(texts), refused, taken)
	}
	t.Logf("%d texts in %d places and 3 files, %d refused, %d taken", len(texts), len(everywhere)+1, refused, taken)
}

// checkJSON counts the files that are refused.
func checkJSON(t *testing.T, where, p string, zone plan.Zone) (refused int) {
	t.Helper()
	text, err := Changes(p, zone)
	if err != nil {
		refused++
	} else if err := sameChanges(text, p, zone); err != nil {
		t.Errorf("%s, plan %q: %v in\n%s", where, p, err, text)
	}
	for i, print := range []func(string, plan.Zone) (string, error){Route53, Route53Rollback} {
		text, err := print(p, zone)
		if err != nil {
			refused++
		} else if err := sameBatch(text, i == 1, p, zone); err != nil {
			t.Errorf("%s, plan %q: %v in\n%s", where, p, err, text)
		}
	}
	return refused
}

func sameChanges(text, p string, zone plan.Zone) error {
	var c changes
	if err := readJSON(text, &c); err != nil {
		return err
	}
	same := c.Plan == p && c.SOA == zone.SOA && strings.TrimSuffix(c.Zone, ".") == strings.TrimSuffix(zone.Name, ".") && len(c.Sets) == len(zone.Records)
	for i, set := range zone.Records {
		got := c.Sets[i]
		same = same && got.Owner == set.Owner && got.Type == set.Type && got.Step == set.Step && slices.Equal(got.Old.Data, set.Old) && slices.Equal(got.New.Data, set.New)
	}
	if !same {
		return fmt.Errorf("it reads as %+v", c)
	}
	return nil
}

func sameBatch(text string, back bool, p string, zone plan.Zone) error {
	var b route53Batch
	if err := readJSON(text, &b); err != nil {
		return err
	}
	var got, want []string
	for _, change := range b.Changes {
		for _, v := range change.ResourceRecordSet.ResourceRecords {
			got = append(got, fmt.Sprintf("%s %q %q %q", change.Action, change.ResourceRecordSet.Name, change.ResourceRecordSet.Type, v.Value))
		}
	}
	for _, set := range zone.Records {
		gone, come := set.Old, set.New
		if back {
			gone, come = come, gone
		}
		for _, data := range gone {
			want = append(want, fmt.Sprintf("DELETE %q %q %q", set.Owner, set.Type, data))
		}
		for _, data := range come {
			want = append(want, fmt.Sprintf("CREATE %q %q %q", set.Owner, set.Type, data))
		}
	}
	if !strings.Contains(b.Comment, "plan "+p+". ") || !slices.Equal(got, want) {
		return fmt.Errorf("it reads as %q, %q", b.Comment, got)
	}
	return nil
}

// readJSON wants one value with no other fields, without controls that a terminal acts on.
func readJSON(text string, into any) error {
	if at := strings.IndexFunc(text, func(r rune) bool { return r != '\n' && r < ' ' }); at >= 0 {
		return fmt.Errorf("byte %d is a control character", at)
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return err
	}
	if decoder.More() {
		return fmt.Errorf("there is more")
	}
	return nil
}

func compact(t *testing.T, text string) string {
	t.Helper()
	var b strings.Builder
	var value json.RawMessage
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatal(err)
	}
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(b.String(), "\n")
}
