package parser

import (
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/edgeplan/edgeplan/parser/diag"
)

// Renamed is the name that a file of a spec's folder needs to be read, "" if its name does not
// look as if it was meant to be: Notepad adds .txt, and other programs call their files .hcl.
func Renamed(name string) string {
	lower := strings.ToLower(name)
	switch stem, text := strings.CutSuffix(lower, ".txt"); {
	case strings.HasPrefix(name, ".") || strings.HasSuffix(name, Suffix):
	case strings.HasSuffix(lower, Suffix):
		return name[:len(name)-len(Suffix)] + Suffix
	case text && strings.HasSuffix(stem, Suffix):
		return name[:len(stem)-len(Suffix)] + Suffix
	case text && strings.HasSuffix(stem, ".hcl"):
		return name[:len(stem)-len(".hcl")] + Suffix
	case strings.HasSuffix(lower, ".hcl") && !strings.Contains(strings.TrimSuffix(lower, ".hcl"), "."):
		return name[:len(name)-len(".hcl")] + Suffix
	}
	return ""
}

// passedOver warns of files of the folder that are not read because of their names.
func passedOver(fsys fs.FS) hcl.Diagnostics {
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil
	}
	var diags hcl.Diagnostics
	for _, e := range entries {
		if to := Renamed(e.Name()); to != "" && !e.IsDir() {
			diags = append(diags, diag.New(codePassedOver, &hcl.Range{Filename: e.Name()},
				fmt.Sprintf("This file is not read, because its name does not end in %s. Rename it to %s if it is "+
					"part of the spec, else move it to another folder.", Suffix, to)))
		}
	}
	return diags
}

// nearFile is a file that may have been meant by a name that does not exist, "" if there is none.
func nearFile(fsys fs.FS, name string) string {
	entries, err := fs.ReadDir(fsys, path.Dir(name))
	if err != nil || len(entries) > maxSuggestions {
		return ""
	}
	var names []string
	for _, e := range entries {
		switch {
		case e.IsDir() || strings.HasSuffix(e.Name(), Suffix):
		case strings.EqualFold(e.Name(), path.Base(name)), strings.EqualFold(e.Name(), path.Base(name)+".txt"):
			return path.Join(path.Dir(name), e.Name())
		default:
			names = append(names, e.Name())
		}
	}
	if near := diag.Suggest(path.Base(name), names); near != "" {
		return path.Join(path.Dir(name), near)
	}
	return ""
}
