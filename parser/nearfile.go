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
	// Hidden files, such as .terraform.lock.hcl, are those of other programs.
	case strings.HasPrefix(name, ".") || strings.HasSuffix(name, Suffix):
	case strings.HasSuffix(lower, Suffix):
		// X.EDGE.HCL: the file systems of Windows find it under both names, a Linux runner does not.
		return name[:len(name)-len(Suffix)] + Suffix
	case text && strings.HasSuffix(stem, Suffix):
		return name[:len(stem)-len(Suffix)] + Suffix
	case text && strings.HasSuffix(stem, ".hcl"):
		return name[:len(stem)-len(".hcl")] + Suffix
	// Another dot is another program: x.pkr.hcl is of Packer, x.nomad.hcl of Nomad.
	case strings.HasSuffix(lower, ".hcl") && !strings.Contains(strings.TrimSuffix(lower, ".hcl"), "."):
		return name[:len(name)-len(".hcl")] + Suffix
	}
	return ""
}

// passedOver warns of files of the folder that are not read because of their names.
func passedOver(fsys fs.FS) hcl.Diagnostics {
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		// The spec files have been read; a folder that cannot be listed only loses these warnings.
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
	// Each name is compared with the one that is wanted; for a folder of many files
	// one suggestion would cost too much.
	if err != nil || len(entries) > maxSuggestions {
		return ""
	}
	var names []string
	for _, e := range entries {
		switch {
		// A spec file is never the zone file that was meant, however alike its name is.
		case e.IsDir() || strings.HasSuffix(e.Name(), Suffix):
		// Before a name that is merely alike: this one differs only by case or by what Notepad adds.
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
