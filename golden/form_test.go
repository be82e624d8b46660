package golden

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"html"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/edgeplan/edgeplan/emit"
	"github.com/edgeplan/edgeplan/emit/powershell"
	"github.com/edgeplan/edgeplan/internal/goldenscript"
)

// whole is the spec whose package stands here as it is written. The others have no fixed
// runtime and no sums of what holds it, so that an edit of the runtime is read once.
var whole, _, _ = strings.Cut(goldenscript.Seed, "/")

// sumLine is a line of SHA256SUMS, or of the same list in change.md or change.html.
var sumLine = regexp.MustCompile(`(?m)[0-9a-f]{64}  ([^\s<]+)(?:</[a-z]+>)*$`)

// styleSum is in the policy of a page, and pageParts are what is in all pages alike, or in the script beside it.
var (
	styleSum  = regexp.MustCompile(`sha256-[0-9A-Za-z+/]{43}=`)
	pageParts = regexp.MustCompile(`(?s)<style>.*?</style>|<pre class="numbered">(.*?)</pre>`)
)

var hexSum = regexp.MustCompile(`[0-9a-f]{64}`)

// storedForm is what golden/name holds of the files that a spec gives: all of them, but in
// the scripts of most specs not the runtime, and not the sums that change with it.
func storedForm(name string, files map[string][]byte) map[string][]byte {
	out := map[string][]byte{}
	for file, data := range files {
		base := path.Base(file)
		switch {
		case strings.HasPrefix(name, "bad-"):
		case base == emit.SumsName, base == emit.RecordName && name != whole:
			data = withoutSums(data)
		case base == emit.PageName && name != whole:
			data = pageParts.ReplaceAll(withoutSums(data), []byte("(it is in golden/seed, or in the script)"))
			data = styleSum.ReplaceAll(data, []byte("(its hash)"))
		case strings.HasSuffix(base, ".ps1"):
			data = goldenscript.Cut(data).Stored(path.Join(name, file))
		}
		out[file] = data
	}
	return out
}

// withoutSums has words for the sums of scripts and of the change record, which has these.
func withoutSums(text []byte) []byte {
	return sumLine.ReplaceAllFunc(text, func(line []byte) []byte {
		m := sumLine.FindSubmatch(line)
		name := string(m[1])
		if !strings.HasSuffix(name, ".ps1") && name != emit.RecordName && name != emit.PageName {
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
	for file, data := range files {
		base := path.Base(file)
		if strings.HasSuffix(base, ".ps1") && !strings.Contains(file, ".rehearsal/") {
			if filled, err := goldenscript.Read(".", path.Join(name, file)); err != nil || !bytes.Equal(filled, data) {
				t.Errorf("%s: %s is not what golden has with its fixed parts: %v", name, file, err)
			}
		}
		if base == emit.PageName {
			checkPage(t, path.Join(name, file), data, files)
		}
		if base != emit.SumsName && base != emit.RecordName && base != emit.PageName {
			continue
		}
		sums := sumLine.FindAllSubmatch(data, -1)
		for _, m := range sums {
			of := path.Join(path.Dir(file), string(m[1]))
			if sum := fmt.Sprintf("%x", sha256.Sum256(files[of])); files[of] == nil || !bytes.Contains(m[0], []byte(sum)) {
				t.Errorf("%s: %s does not have the sum of %s", name, file, of)
			}
		}
		if len(sums) == 0 {
			t.Errorf("%s: there are no sums in %s", name, file)
		}
	}
}

// checkPage wants the lines of the script in a page to be those of the script beside it.
func checkPage(t *testing.T, name string, page []byte, files map[string][]byte) {
	t.Helper()
	_, rest, _ := strings.Cut(string(page), `<pre class="numbered">`)
	text, _, ok := strings.Cut(rest, "</pre>")
	text = html.UnescapeString(regexp.MustCompile(`</?span[^>]*>`).ReplaceAllString(text, ""))
	folder := path.Base(path.Dir(name))
	found := false
	for file, script := range files {
		own, _, _ := strings.Cut(string(script), powershell.RuntimeMarker)
		found = found || path.Dir(file) == folder && strings.HasSuffix(file, ".ps1") && strings.ReplaceAll(own, "\r\n", "\n") == text
	}
	if !ok || !found {
		t.Errorf("%s has other lines than the script", name)
	}
}

// TestRuntimeOnce: an edit of the runtime moves four goldens, one of the part for Windows DNS
// servers one script and the records that name its sum.
func TestRuntimeOnce(t *testing.T) {
	for part, edit := range map[string]func(*goldenscript.Script){
		"runtime":                      func(s *goldenscript.Script) { s.Runtime = marked(s.Runtime) },
		"part for Windows DNS servers": func(s *goldenscript.Script) { s.Windows = marked(s.Windows) },
	} {
		with := map[string]bool{}
		for _, name := range folders(t, specs) {
			files := output(t, name)
			after := map[string][]byte{}
			for file, data := range files {
				if s := goldenscript.Cut(data); strings.HasSuffix(file, ".ps1") {
					edit(&s)
					data = s.Bytes()
				}
				after[file] = data
			}
			for file, data := range files { // sums follow
				if base := path.Base(file); base == emit.RecordName || base == emit.PageName || base == emit.SumsName {
					for other, text := range files {
						if path.Dir(other) == path.Dir(file) {
							data = bytes.ReplaceAll(data, fmt.Appendf(nil, "%x", sha256.Sum256(text)), fmt.Appendf(nil, "%x", sha256.Sum256(after[other])))
						}
					}
					after[file] = data
				}
			}
			before, then := storedForm(name, files), storedForm(name, after)
			for file := range before {
				if !bytes.Equal(before[file], then[file]) {
					with[filepath.Join(name, file)] = true
				}
			}
		}
		if len(with) == 0 || len(with) > 4 {
			t.Errorf("an edit of the %s moves %v", part, with)
		}
	}
}

// marked is a part with another line, nil where there is none.
func marked(part []byte) []byte {
	if part == nil {
		return nil
	}
	return append([]byte("# edited\n"), part...)
}
