package golden

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/emit"
	"github.com/edgeplan/edgeplan/internal/goldenscript"
)

// whole is the spec whose package stands here as it is written. The others have no fixed
// runtime and no sums of what holds it, so that an edit of the runtime is read once.
var whole, _, _ = strings.Cut(goldenscript.Seed, "/")

// sumLine is a line of SHA256SUMS, or of the table of sums in change.md.
var sumLine = regexp.MustCompile("(?m)^(?:[0-9a-f]{64}  (\\S+)|\\| `(\\S+)` \\| `[0-9a-f]{64}` \\|)$")

var hexSum = regexp.MustCompile(`[0-9a-f]{64}`)

// storedForm is what golden/name holds of the files that a spec gives: all of them, but in
// the scripts of most specs not the runtime, and not the sums that change with it.
func storedForm(name string, files map[string][]byte) map[string][]byte {
	out := map[string][]byte{}
	for file, data := range files {
		base := path.Base(file)
		switch above, runtime := goldenscript.Cut(data); {
		case strings.HasPrefix(name, "bad-"):
		case base == emit.SumsName, base == emit.RecordName && name != whole:
			data = withoutSums(data)
		case name != whole && strings.HasSuffix(base, ".ps1") && runtime != nil:
			data = append(bytes.Clone(above), goldenscript.InSeed...)
		}
		out[file] = data
	}
	return out
}

// withoutSums has words for the sums of scripts and of the change record, which has these.
func withoutSums(text []byte) []byte {
	return sumLine.ReplaceAllFunc(text, func(line []byte) []byte {
		m := sumLine.FindSubmatch(line)
		name := string(m[1]) + string(m[2])
		if !strings.HasSuffix(name, ".ps1") && name != emit.RecordName {
			return line
		}
		return hexSum.ReplaceAll(line, []byte("(its SHA-256)"))
	})
}

// checkForm wants the runtime of every script to be that of the seed's failover.ps1, and the
// sums in SHA256SUMS and change.md to be those of the files: all that storedForm leaves out.
func checkForm(t *testing.T, name string, files map[string][]byte) {
	t.Helper()
	if strings.HasPrefix(name, "bad-") {
		return
	}
	seeds, err := goldenscript.Runtime(".")
	if err != nil {
		t.Fatal(err)
	}
	for file, data := range files {
		base := path.Base(file)
		if _, runtime := goldenscript.Cut(data); strings.HasSuffix(base, ".ps1") && name != whole && !bytes.Equal(runtime, seeds) {
			t.Errorf("%s: the runtime of %s is not that of golden/%s", name, file, whole)
		}
		if base != emit.SumsName && base != emit.RecordName {
			continue
		}
		sums := sumLine.FindAllSubmatch(data, -1)
		for _, m := range sums {
			of := path.Join(path.Dir(file), string(m[1])+string(m[2]))
			if sum := fmt.Sprintf("%x", sha256.Sum256(files[of])); files[of] == nil || !bytes.Contains(m[0], []byte(sum)) {
				t.Errorf("%s: %s does not have the sum of %s", name, file, of)
			}
		}
		if len(sums) == 0 {
			t.Errorf("%s: there are no sums in %s", name, file)
		}
	}
}

// TestRuntimeOnce: an edit of the runtime moves three goldens.
func TestRuntimeOnce(t *testing.T) {
	with := map[string]bool{}
	names := folders(t, specs)
	for _, name := range names {
		files := output(t, name)
		edited := map[string][]byte{}
		for file, data := range files {
			if above, runtime := goldenscript.Cut(data); runtime != nil {
				data = append(append(bytes.Clone(above), "# edited\n"...), runtime...)
			}
			edited[file] = data
		}
		for file, data := range files { // sums follow
			if base := path.Base(file); base == emit.RecordName || base == emit.SumsName {
				for other, text := range files {
					if path.Dir(other) == path.Dir(file) {
						data = bytes.ReplaceAll(data, fmt.Appendf(nil, "%x", sha256.Sum256(text)), fmt.Appendf(nil, "%x", sha256.Sum256(edited[other])))
					}
				}
				edited[file] = data
			}
		}
		before, after := storedForm(name, files), storedForm(name, edited)
		for file := range before {
			if !bytes.Equal(before[file], after[file]) {
				with[filepath.Join(name, file)] = true
			}
		}
	}
	if len(with) != 3 {
		t.Errorf("an edit of the runtime moves %v", with)
	}
}
