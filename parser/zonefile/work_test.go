package zonefile

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// TestTemplateWork: a template is not copied for each number in it.
func TestTemplateWork(t *testing.T) {
	for _, number := range []string{"$", "${0,1,d}", "\\$$"} {
		template := []byte(strings.Repeat(number, 20_000))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, ok := expand(nil, string(template), 7); !ok {
			t.Errorf("%q is no template", number)
		}
		runtime.ReadMemStats(&after)
		if made := after.TotalAlloc - before.TotalAlloc; made > 100*uint64(len(template)) {
			t.Errorf("%q: %d bytes made of %d", number, made, len(template))
		}
	}
}

func TestLongTemplates(t *testing.T) {
	for line, want := range map[string]string{
		"$GENERATE 1-2 " + strings.Repeat("$", maxOwnerTemplate+1) + " A 192.0.2.$":                   "the template has 2049 bytes; BIND makes texts of up to 2048 bytes here",
		"$GENERATE 1-2 a$ TXT \"" + strings.Repeat("$", maxDataTemplate-1) + "\"":                     "the template has 65537 bytes; BIND makes texts of up to 65536 bytes here",
		"$GENERATE 1-2 a$ TXT \"" + strings.Repeat(strings.Repeat("a", 200)+" ", 300) + "\"":          "",
		"$GENERATE 1-2 a$ TXT \"" + strings.Repeat(strings.Repeat("\\065", 200)+" ", 80) + "${0,1}\"": "",
	} {
		why, ok := verdict(corpusHead+line+"\n", "example.com")
		if ok != (want == "") || !strings.Contains(why, want) {
			t.Errorf("%.40s: %v, %.300s", line, ok, why)
		}
	}
}

// TestManyParameters: each key of an SVCB record is looked up once, however many there are.
func TestManyParameters(t *testing.T) {
	const n = 10_000
	var data, list strings.Builder
	for i := range n {
		fmt.Fprintf(&data, " key%d", 1000+i)
		fmt.Fprintf(&list, ",key%d", 1000+i)
	}
	all := "SVCB 1 ." + data.String()
	for row, want := range map[string]string{
		all:                                     "",
		all + " key1000":                        "the parameter key1000 is here twice",
		all + " mandatory=" + list.String()[1:]: "",
		all + " mandatory=port":                 "a parameter that is mandatory is not there",
	} {
		why, ok := verdict(corpusHead+"t "+row+"\n", "example.com")
		if ok != (want == "") || !strings.Contains(why, want) {
			t.Errorf("...%.40s: %v, %.300s", row[len(row)-40:], ok, why)
		}
	}
}

// TestManyTwice: of names that come twice no more are read again than a bound allows, also where the names of name servers
// are more than that.
func TestManyTwice(t *testing.T) {
	var text strings.Builder
	text.WriteString("$TTL 300\n@ SOA ns hostmaster 1 900 600 86400 3600\n")
	for i := range 60 {
		fmt.Fprintf(&text, "@ NS n%d", i)
		for range 70 {
			fmt.Fprintf(&text, ".%c%c", 'a'+i%26, 'a'+i/26)
		}
		text.WriteString("\n")
	}
	const n = 6000
	for i := range 2 * n {
		fmt.Fprintf(&text, "w%d %s\n", i%n, []string{"CNAME x", "A 192.0.2.1"}[i/n])
	}
	z, err := Gather(File{Text: []byte(text.String())}, nowhere).Inspect("example.com", nil)
	if err != nil || z.DefectCount > 60+maxTwice {
		t.Errorf("%d defects, %v", z.DefectCount, err)
	}
}
