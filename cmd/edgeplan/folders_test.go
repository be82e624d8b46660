package main

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/edgeplan/edgeplan/parser"
)

// addFolders adds the folders of specs that have a plan, as archives, to the seeds.
func addFolders(f *testing.F, add func(archive []byte)) {
	f.Helper()
	dirs, _ := filepath.Glob("../../specs/*")
	for _, dir := range append(dirs, filepath.Join("testdata", "dynamic")) {
		if !strings.HasPrefix(filepath.Base(dir), "bad-") {
			add(archived(f, dir))
		}
	}
}

// archived is a folder in one text.
func archived(t testing.TB, dir string) []byte {
	t.Helper()
	var out txtar.Archive
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(filepath.Join(dir, name))
		out.Files = append(out.Files, txtar.File{Name: name, Data: text})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return txtar.Format(&out)
}

// unpacked are the files of an archive, of which some are specs, nil if it has none or has
// names that some system cannot have.
func unpacked(archive []byte) (folder fstest.MapFS, specs []parser.File) {
	folder = fstest.MapFS{}
	for _, file := range txtar.Parse(archive).Files {
		name := file.Name
		if !fs.ValidPath(name) || len(folder) == 16 || len(name) > 64 || strings.ContainsAny(name, "\\:*?<>|\"\x00") || strings.Count(name, "/") > 2 {
			return nil, nil
		}
		folder[name] = &fstest.MapFile{Data: file.Data}
	}
	for name, file := range folder {
		if strings.HasSuffix(name, parser.Suffix) && path.Dir(name) == "." && !strings.HasPrefix(name, ".") {
			specs = append(specs, parser.File{Name: name, Text: file.Data})
		}
	}
	return folder, specs
}
