package parser

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"testing/fstest"
	"time"

	"github.com/edgeplan/edgeplan/parser/diag"
)

// splitSpec is a spec in several files, with two findings.
var splitSpec = fstest.MapFS{
	"a.edge.hcl": {Data: []byte("site \"s1\" {}\nedge_pool \"p\" {\n  fqdn = local.f\n  access_edge_fqdn = \"x\"\n}\n")},
	"b.edge.hcl": {Data: []byte(head + "site \"s2\" {\n  federation_route = edge_pool.q\n}\n")},
	"c.edge.hcl": {Data: []byte("site \"S1\" {}\nlocals {\n  f = join(\"\", keys(site))\n}\n")},
	"d.edge.hcl": {Data: []byte("dns_zone \"z\" {\n  file = \"z\"\n  server = \"ns\"\n}\n")},
	"z":          {Data: []byte("zone text")},
}

func TestOrderOfFilesDoesNotMatter(t *testing.T) {
	names := []string{"a.edge.hcl", "b.edge.hcl", "c.edge.hcl", "d.edge.hcl"}
	want, sources, diags := Load(splitSpec, names)
	wantShown := shown(diags)
	if len(diags) != 2 || len(want.Topology.Sites) != 3 || len(sources) != 5 {
		t.Fatalf("%d sites, %d sources, %s", len(want.Topology.Sites), len(sources), wantShown)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		random.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
		got, _, diags := Load(splitSpec, names)
		noDiff(t, got, want)
		noDiff(t, shown(diags), wantShown)
		var files []File
		for _, name := range names {
			files = append(files, File{Name: name, Text: splitSpec[name].Data})
		}
		got, _, diags = Parse(splitSpec, files)
		noDiff(t, got, want)
		noDiff(t, shown(diags), wantShown)
		if t.Failed() {
			t.Fatalf("with files in the order %q", names)
		}
	}
}

func TestDigest(t *testing.T) {
	seen := map[string]string{}
	for name, files := range map[string][]File{
		"one":       {{"a", []byte("x = 1")}},
		"name":      {{"b", []byte("x = 1")}},
		"text":      {{"a", []byte("x = 2")}},
		"two":       {{"a", []byte("x = 1")}, {"b", nil}},
		"moved":     {{"a", []byte("x = ")}, {"b", []byte("1")}},
		"no file":   nil,
		"long name": {{"a 5 x = 1", nil}},
	} {
		spec, _, _ := Parse(zoneFS, files)
		if other, twice := seen[spec.Digest]; twice || len(spec.Digest) != len("sha256:")+64 {
			t.Errorf("%s has the digest %q of %q", name, spec.Digest, other)
		}
		seen[spec.Digest] = name
	}
}

func zoneSpec(file string) string {
	return head + "dns_zone \"z\" {\n  server = \"ns\"\n  file   = " + file + "\n}\n"
}

func TestZoneFile(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, sub := range []string{"spec/sub", "spec/dir"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	write("secret", "secret")
	write("spec/a.zone", "a")
	write("spec/sub/b.zone", "b")
	write("spec/locked", "x")
	links := runtime.GOOS != "windows"
	if links {
		for link, target := range map[string]string{"out": "../secret", "absolute": "/etc/passwd", "in": "sub/b.zone", "dirlink": "..", "loop": "loop"} {
			if err := os.Symlink(target, filepath.Join(dir, "spec", link)); err != nil {
				t.Fatal(err)
			}
		}
	}
	root, err := os.OpenRoot(filepath.Join(dir, "spec"))
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	tests := []struct {
		file, want string
		code       diag.Code
		words      string
		link       bool
	}{
		{file: "a.zone", want: "a"},
		{file: "./a.zone", want: "a"},
		{file: "sub/b.zone", want: "b"},
		{file: "in", want: "b", link: true},
		{file: "../secret", code: "EP1012", words: "inside the spec's folder"},
		{file: "sub/../a.zone", code: "EP1012", words: "inside"},
		{file: "..", code: "EP1012", words: "inside"},
		{file: "/etc/passwd", code: "EP1012", words: "inside"},
		{file: `sub\\b.zone`, code: "EP1012", words: "inside"},
		{file: "C:a.zone", code: "EP1012", words: "inside"},
		{file: "C:/a.zone", code: "EP1012", words: "inside"},
		{file: "out", code: "EP1012", words: "leads out", link: true},
		{file: "absolute", code: "EP1012", words: "leads out", link: true},
		{file: "dirlink/secret", code: "EP1012", words: "leads out", link: true},
		{file: "loop", code: "EP1011", words: "cannot be read", link: true},
		{file: "dir", code: "EP1011", words: "not a regular file"},
		{file: "", code: "EP1011", words: "not a regular file"},
		{file: "gone", code: "EP1011", words: "There is no file"},
		{file: "a.zone/b", code: "EP1011", words: "cannot be read"},
		{file: `a\u0000b`, code: "EP1011", words: "cannot be read"},
	}
	for _, test := range tests {
		t.Run(test.file, func(t *testing.T) {
			if test.link && !links {
				t.Skip("no symbolic links")
			}
			files := []File{{Name: "a.edge.hcl", Text: []byte(zoneSpec(`"` + test.file + `"`))}}
			spec, sources, diags := Parse(root.FS(), files)
			if test.code == "" {
				noDiff(t, shown(diags), []string(nil))
				noDiff(t, string(spec.Topology.Zones[0].Source.Files[0].Text), test.want)
				return
			}
			wantFinding(t, diags, test.code, test.words)
			if spec.Topology.Zones[0].Source != nil || len(sources) != 1 {
				t.Errorf("text %v, %d sources", spec.Topology.Zones[0].Source, len(sources))
			}
		})
	}
}

// sizedFS says that a file has a size, or gives an error.
type sizedFS struct {
	size int64
	err  error
}

func (f sizedFS) Open(string) (fs.File, error) { return f, f.err }
func (f sizedFS) Stat() (fs.FileInfo, error)   { return f, nil }
func (f sizedFS) Read([]byte) (int, error)     { panic("a file that is too large is not read") }
func (f sizedFS) Close() error                 { return nil }
func (f sizedFS) Name() string                 { return "x" }
func (f sizedFS) Size() int64                  { return f.size }
func (f sizedFS) Mode() fs.FileMode            { return 0 }
func (f sizedFS) ModTime() time.Time           { return time.Time{} }
func (f sizedFS) IsDir() bool                  { return false }
func (f sizedFS) Sys() any                     { return nil }

func TestUnreadable(t *testing.T) {
	denied := &fs.PathError{Op: "open", Path: "/home/x/z", Err: fs.ErrPermission}
	zone := []File{{Name: "a.edge.hcl", Text: []byte(zoneSpec(`"z"`))}}
	_, _, diags := Parse(sizedFS{size: maxZoneBytes + 1}, zone)
	wantFinding(t, diags, "EP1010", "it is too large: 1073741825 bytes")
	_, _, diags = Parse(sizedFS{err: denied}, zone)
	wantFinding(t, diags, "EP1011", "cannot be read: permission denied.")
	_, _, diags = Load(sizedFS{size: maxSpecBytes + 1}, []string{"a.edge.hcl"})
	wantFinding(t, diags, "EP1010", "or have more than 16 MiB in all")
	_, _, diags = Load(sizedFS{err: denied}, []string{"a.edge.hcl"})
	wantFinding(t, diags, "EP1011", "permission denied")
	_, _, diags = Load(zoneFS, []string{"../a.edge.hcl"})
	wantFinding(t, diags, "EP1011", "leads out")
}

// liarFS says that its files are empty, but they have no end.
type liarFS struct{ sizedFS }

func (f liarFS) Open(string) (fs.File, error) { return f, nil }
func (f liarFS) Read(p []byte) (int, error)   { return len(p), nil }

func TestSizeIsNotTrusted(t *testing.T) {
	text, err := readFile(liarFS{}, "x", 1000)
	if !errors.Is(err, errTooLarge) || text != nil {
		t.Errorf("%d bytes, %v", len(text), err)
	}
	_, _, diags := Load(liarFS{}, []string{"a.edge.hcl"})
	wantFinding(t, diags, "EP1010", "or have more than 16 MiB in all")
	text, err = readFile(zoneFS, "a.zone", 9)
	if string(text) != "zone text" || err != nil {
		t.Errorf("%q, %v", text, err)
	}
}

// A file that cannot be read is one finding, not more for all that it declares.
func TestUnreadableStandsAlone(t *testing.T) {
	_, _, diags := Load(splitSpec, []string{"a.edge.hcl", "gone.edge.hcl"})
	wantFinding(t, diags, "EP1011", "no such file")
	noDiff(t, diags[0].Subject.Filename, "gone.edge.hcl")
}
