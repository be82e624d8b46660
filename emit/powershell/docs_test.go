package powershell

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/emit/words/sample"
)

// TestPage: every test that docs/powershell.md names exists, and every fault is planted.
func TestPage(t *testing.T) {
	data, err := os.ReadFile("../../docs/powershell.md")
	if err != nil {
		t.Fatal(err)
	}
	page := strings.Join(strings.Fields(string(data)), " ")
	files, err := filepath.Glob("../*/*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	var code strings.Builder
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		code.Write(text)
	}
	tests := regexp.MustCompile("`((?:Test|Fuzz)[A-Za-z0-9]+)`").FindAllStringSubmatch(page, -1)
	for _, m := range tests {
		if !strings.Contains(code.String(), "\nfunc "+m[1]+"(") {
			t.Errorf("there is no %s", m[1])
		}
	}
	faults := 0
	for _, list := range regexp.MustCompile(`faults? ("[^"]+"(?:, "[^"]+")*(?: and "[^"]+")?)`).FindAllStringSubmatch(page, -1) {
		for _, name := range regexp.MustCompile(`"([^"]+)"`).FindAllStringSubmatch(list[1], -1) {
			faults++
			found := false
			for _, b := range bites {
				found = found || b.name == name[1]
			}
			for _, b := range kitBites {
				found = found || b.name == name[1]
			}
			if !found {
				t.Errorf("there is no fault %q", name[1])
			}
		}
	}
	if len(tests) < 12 || faults < 20 {
		t.Errorf("only %d tests and %d faults", len(tests), faults)
	}
	if n := len(kitBites); !strings.Contains(page, fmt.Sprintf("%d planted faults in `TestKitBites`", n)) {
		t.Errorf("the page is wrong about the number of faults in the kit, %d", n)
	}
	if n := len(sample.Texts()); n != 17270 || !strings.Contains(page, "17,270") {
		t.Errorf("the page is wrong about the number of texts, %d", n)
	}
}
