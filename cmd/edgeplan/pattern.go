package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// expand puts the paths that a pattern matches in its place: cmd.exe and PowerShell hand
// patterns on as they are, unlike the shells of Unix. What is there under that very name
// is no pattern. Paths are in the order of their names;
// hidden ones are matched by a dot only.
func expand(args []string) ([]string, error) {
	var out []string
	for _, arg := range args {
		// Lstat, since a link that leads nowhere is there under that name too.
		if _, err := os.Lstat(arg); err == nil || !strings.ContainsAny(arg, "*?[") {
			out = append(out, arg)
			continue
		}
		found, err := filepath.Glob(arg)
		found = slices.DeleteFunc(found, func(path string) bool { return isHidden(path, arg) })
		switch {
		case err != nil:
			return nil, usagef("%s: this is no pattern: a bracket or a backslash has no end", shown(arg))
		case len(found) == 0:
			return nil, cannot(arg, errors.New("no file or folder matches this pattern"))
		}
		out = append(out, found...)
	}
	return out, nil
}

// isHidden tells whether a path has a part that begins with a dot where the pattern does
// not have that dot, as in the shells of Unix.
func isHidden(path, pattern string) bool {
	parts := strings.Split(filepath.ToSlash(path), "/")
	// Glob cleans the paths that it returns, so the pattern has to be cleaned for the parts to correspond.
	wanted := strings.Split(filepath.ToSlash(filepath.Clean(pattern)), "/")
	for i, part := range parts {
		if strings.HasPrefix(part, ".") && len(parts) == len(wanted) && !strings.HasPrefix(wanted[i], ".") {
			return true
		}
	}
	return false
}

// expandOne is expand where one path is wanted.
func expandOne(arg string) (string, error) {
	found, err := expand([]string{arg})
	switch {
	case err != nil:
		return "", err
	case len(found) > 1:
		return "", usagef("%s matches %d files or folders; one is wanted here", shown(arg), len(found))
	}
	return found[0], nil
}

// filesBelow are the files below a folder whose names have an ending, in the order of
// their paths; links are not followed, and what is hidden is left out. A path that is no
// folder is returned as it is.
func filesBelow(arg, ending string) ([]string, error) {
	if info, err := os.Stat(arg); arg == "-" || err != nil || !info.IsDir() {
		return []string{arg}, nil
	}
	var out []string
	entries := 0
	err := filepath.WalkDir(arg, func(name string, e fs.DirEntry, err error) error {
		entries++
		switch hidden := strings.HasPrefix(e.Name(), ".") && name != arg; {
		case err != nil:
			return err
		case entries > maxEntries:
			return fmt.Errorf("there are more than %d files", maxEntries)
		case e.IsDir() && hidden:
			return fs.SkipDir
		case !e.IsDir() && !hidden && strings.HasSuffix(e.Name(), ending):
			out = append(out, name)
		}
		return nil
	})
	// A folder without logs is a wrong folder, and the report would only say that all is missing.
	if err == nil && out == nil {
		err = errors.New("the folder has no file *" + ending)
	}
	if err != nil {
		return nil, cannot(arg, err)
	}
	return out, nil
}

// unique drops paths that occur twice, of which one may be written otherwise.
func unique(paths []string) []string {
	seen := map[string]bool{}
	return slices.DeleteFunc(paths, func(path string) bool {
		clean := path
		if path != "-" {
			clean = filepath.Clean(path)
		}
		twice := seen[clean]
		seen[clean] = true
		return twice
	})
}
