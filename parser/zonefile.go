package parser

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/parser/zonefile"
)

// zoneFile reads the zone file of a dns_zone block and those that it includes.
func (r *reader) zoneFile(file Value[string], includes Value[map[string]string]) *zonefile.Source {
	name := path.Clean(file.V)
	if !isInside(file.V) {
		r.report(codeOutside, file.Range, fmt.Sprintf("%q is not a path inside the spec's folder. Put the zone file beside the spec and give its name relative to it, with slashes.", file.V))
		return nil
	}
	text, err := readFile(r.fsys, name, maxZoneBytes)
	switch {
	case err != nil && isEscape(err):
		r.report(codeOutside, file.Range, fmt.Sprintf("%q leads out of the spec's folder. Put the zone file itself there.", file.V))
		return nil
	case err != nil:
		r.report(codeOfRead(err), file.Range, fmt.Sprintf("The zone file %q cannot be read: %s.", file.V, reason(err)))
		return nil
	}
	r.sources[name] = text
	left := int64(maxZoneBytes - len(text))
	unused := maps.Clone(includes.V)
	source := zonefile.Gather(zonefile.File{Name: name, Text: text}, func(included string) (file zonefile.File, err error) {
		delete(unused, included)
		if path, ok := includes.V[included]; ok {
			file, err = r.readIncluded(path, left)
		} else {
			file, err = r.findIncluded(name, included, left)
		}
		left -= int64(len(file.Text))
		return file, err
	})
	for _, included := range slices.Sorted(maps.Keys(unused)) {
		r.report(codeMalformed, includes.Range, fmt.Sprintf("No $INCLUDE line of %s names %q. Write it as it is there, without quotes, or leave it out here.", file.V, cut(included)))
	}
	return source
}

// isInside tells whether a path, with slashes, does not lead out of the spec's folder.
func isInside(name string) bool {
	return fs.ValidPath(path.Clean(name)) && !slices.Contains(strings.Split(name, "/"), "..") && !strings.ContainsAny(name, `\:`)
}

// findIncluded reads what an $INCLUDE line of a zone file names: a file of the spec's
// folder, as BIND and NSD count from the directory of the server, or else of the folder of
// the zone file, as Knot DNS and PowerDNS count. The error is one phrase.
func (r *reader) findIncluded(zoneFile, name string, limit int64) (zonefile.File, error) {
	at := path.Clean(name)
	if beside := path.Join(path.Dir(zoneFile), name); isInside(name) && beside != at && r.exists(beside) {
		name = beside
		if r.exists(at) {
			return zonefile.File{}, fmt.Errorf("%q and %q are both there, and name servers differ in which of them they take", at, beside)
		}
	}
	return r.readIncluded(name, limit)
}

// readIncluded reads a file once, whoever includes it.
func (r *reader) readIncluded(name string, limit int64) (zonefile.File, error) {
	switch {
	case strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return zonefile.File{}, errors.New("the path has control characters")
	case !isInside(name):
		return zonefile.File{}, errors.New("the path leads out of the spec's folder")
	}
	at := path.Clean(name)
	text, known := r.sources[at]
	if !known {
		var err error
		if text, err = readFile(r.fsys, at, limit); err != nil {
			return zonefile.File{}, notRead(err)
		}
		r.sources[at] = text
	}
	return zonefile.File{Name: at, Text: text}, nil
}

func (r *reader) exists(name string) bool {
	_, err := fs.Stat(r.fsys, name)
	return !errors.Is(err, fs.ErrNotExist)
}

func notRead(err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return errors.New("there is no such file in the spec's folder")
	case isEscape(err):
		return errors.New("it is a link that leads out of the spec's folder")
	}
	return errors.New(reason(err))
}
