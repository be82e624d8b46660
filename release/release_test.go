package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

// platforms are those of the Makefile.
func platforms(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(string(regexp.MustCompile(`(?m)^PLATFORMS *= (.*)$`).FindSubmatch(text)[1]))
}

// TestNotice: NOTICE has the licences of the modules as go.mod has them now.
func TestNotice(t *testing.T) {
	want, err := notice("..", platforms(t))
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../NOTICE")
	if err != nil || !bytes.Equal(bytes.ReplaceAll(got, []byte("\r\n"), []byte("\n")), want) {
		t.Errorf("NOTICE is not what the modules say (%v); make it with: make notice", err)
	}
	for _, module := range []string{"github.com/hashicorp/hcl/v2 ", "golang.org/x/sys ", "github.com/spf13/pflag ", "Go standard library"} {
		if !strings.Contains(string(want), "\n"+module) {
			t.Errorf("NOTICE does not tell of %s", module)
		}
	}
	for _, module := range []string{"jsonschema", "testscript", "miekg"} { // of tests only
		if strings.Contains(string(want), module) {
			t.Errorf("NOTICE tells of %s, which is in no binary", module)
		}
	}
}

// TestNoticeNeedsLicences: a module that does not state its licence is an error.
func TestNoticeNeedsLicences(t *testing.T) {
	if _, err := licences(t.TempDir()); err == nil {
		t.Error("a folder without a licence passes")
	}
}

// TestArchives: an archive has the program and the licences, below one folder, and the
// same bytes each time. It is made for this platform and for Windows.
func TestArchives(t *testing.T) {
	host := runtime.GOOS + "/" + runtime.GOARCH
	for _, platform := range []string{host, "windows/amd64"} {
		first, again := t.TempDir(), t.TempDir()
		for _, dir := range []string{first, again} {
			if err := archives("..", dir, []string{platform}, false); err != nil {
				t.Fatal(err)
			}
		}
		names, _ := filepath.Glob(filepath.Join(first, "edgeplan-*"))
		if len(names) != 1 {
			t.Fatalf("%v", names)
		}
		data, _ := os.ReadFile(names[0])
		other, _ := os.ReadFile(filepath.Join(again, filepath.Base(names[0])))
		if !bytes.Equal(data, other) {
			t.Errorf("%s: other bytes the second time", platform)
		}
		base := filepath.Base(names[0])
		sums, _ := os.ReadFile(filepath.Join(first, "SHA256SUMS"))
		if string(sums) != sumOf(data)+"  "+base+"\n" {
			t.Errorf("SHA256SUMS: %s", sums)
		}
		program, unpack := "edgeplan", untar
		if strings.HasPrefix(platform, "windows/") {
			program, unpack = "edgeplan.exe", unzip
		}
		top := strings.TrimSuffix(strings.TrimSuffix(base, ".zip"), ".tar.gz") + "/"
		files := unpack(t, data)
		for _, name := range []string{program, "LICENSE", "NOTICE", "README.md"} {
			if len(files[top+name]) == 0 {
				t.Errorf("%s has no %s", base, name)
			}
		}
		if len(files) != 4 {
			t.Errorf("%s has %d files", base, len(files))
		}
	}
}

func untar(t *testing.T, data []byte) map[string][]byte {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	for r := tar.NewReader(z); ; {
		head, err := r.Next()
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		if want := int64(0o644); strings.HasSuffix(head.Name, "/edgeplan") != (head.Mode != want) || !head.ModTime.Equal(made) {
			t.Errorf("%s: mode %o, time %v", head.Name, head.Mode, head.ModTime)
		}
		out[head.Name], _ = io.ReadAll(r)
	}
}

func unzip(t *testing.T, data []byte) map[string][]byte {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	for _, f := range r.File {
		part, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		out[f.Name], _ = io.ReadAll(part)
	}
	return out
}
