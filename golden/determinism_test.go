package golden

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// The same spec gives the same bytes: many times, whatever the order in which its files
// are named, the number of processors, the working directory, the time zone and the language.
func TestDeterminism(t *testing.T) {
	names := folders(t, specs)
	root, err := filepath.Abs(specs)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]map[string][]byte{}
	for _, name := range names {
		want[name] = output(t, name)
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for i, zone := range []string{"Pacific/Auckland", "America/Los_Angeles"} {
		t.Setenv("TZ", zone)
		t.Setenv("LANG", "tr_TR.UTF-8")
		t.Setenv("HOME", t.TempDir())
		t.Chdir(t.TempDir())
		for _, name := range names {
			rounds := 3
			if strings.HasPrefix(name, "bad-") {
				rounds = 1
			}
			for round := range rounds {
				runtime.GOMAXPROCS([]int{1, 8, 2}[(round+i)%3])
				got := render(t, os.DirFS(filepath.Join(root, name)), name, func(files []string) {
					rand.Shuffle(len(files), func(i, j int) { files[i], files[j] = files[j], files[i] })
				})
				if len(got) != len(want[name]) {
					t.Errorf("%s: %d files, then %d", name, len(want[name]), len(got))
				}
				for file, data := range got {
					if !bytes.Equal(data, want[name][file]) {
						t.Errorf("%s: %s differs", name, file)
					}
				}
			}
		}
	}
}
