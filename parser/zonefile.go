package parser

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/edgeplan/edgeplan/parser/topology"
	"github.com/edgeplan/edgeplan/parser/zonefile"
)

// zoneReader reads zone files from the folder of the spec.
type zoneReader struct{ r *reader }

// zoneFile reads the zone file of a dns_zone block and those that it includes.
func (zr zoneReader) zoneFile(
	file topology.Value[string], includes topology.Value[map[string]topology.Value[string]],
) *zonefile.Source {
	name := path.Clean(file.V)
	// Before anything is opened: fs.FS would refuse the path too, but in words of Go.
	if !isInside(file.V) {
		zr.r.report(codeOutside, file.Range, notInside(file.V))
		return nil
	}
	text, err := zr.readZone(name)
	switch {
	// A link is inside by its name, so only opening it tells.
	case err != nil && isEscape(err):
		zr.r.report(codeOutside, file.Range,
			fmt.Sprintf("%q leads out of the spec's folder. Put the zone file itself there.", file.V))
		return nil
	case errors.Is(err, fs.ErrNotExist):
		zr.r.report(codeUnreadable, file.Range,
			fmt.Sprintf("There is no file %q in the folder of the spec. %s", cut(file.V), zr.wayToFile(name)))
		return nil
	case err != nil:
		zr.r.report(codeOfRead(err), file.Range,
			fmt.Sprintf("The zone file %q cannot be read: %s.", cut(file.V), reason(err)))
		return nil
	}
	// What is left of it at the end was never asked for: the path has a slip, or the line is gone.
	unused := maps.Clone(includes.V)
	source := zonefile.Gather(zonefile.File{Name: name, Text: text},
		func(included string) (file zonefile.File, err error) {
			delete(unused, included)
			// What the author says wins over what is found: the paths are those of a server.
			if path, ok := includes.V[included]; ok {
				if file, err = zr.readIncluded(path.V); err != nil {
					zr.badInclude(included, path, err)
				}
			} else {
				file, err = zr.findIncluded(name, included)
			}
			return file, err
		})
	// in order, since a map has none
	for _, included := range slices.Sorted(maps.Keys(unused)) {
		zr.r.report(codeMalformed, unused[included].Range,
			fmt.Sprintf("No $INCLUDE line of %s names %q. Write it as it "+
				"is there, without quotes, or leave it out here.", file.V, cut(included)))
	}
	return source
}

// wayToFile says what to do about a zone file that is not there.
func (zr zoneReader) wayToFile(name string) string {
	near := nearFile(zr.r.fsys, name)
	switch {
	case near == "":
		return "Export the zone from its name server and put the file there, or correct the name."
	// It is found on Windows and not on the Linux runner that builds the plan.
	case strings.EqualFold(near, name):
		return fmt.Sprintf("There is %q: write the name with its upper and lower case.", near)
	case strings.EqualFold(near, name+".txt"):
		return fmt.Sprintf("There is %q: rename that file. Windows Explorer hides the .txt that Notepad adds.", near)
	}
	return fmt.Sprintf("Did you mean %q?", near)
}

// notInside says how to name a zone file that was named by another path.
func notInside(name string) string {
	base := path.Base(strings.ReplaceAll(name, `\`, "/"))
	switch {
	// A drive, an absolute path or .. lead out wherever the spec is; the base name is what
	// the file will be called in the folder.
	case strings.ContainsAny(name, `:`) || strings.HasPrefix(name, "/") || strings.HasPrefix(name, `\`) ||
		slices.Contains(strings.Split(strings.ReplaceAll(name, `\`, "/"), "/"), ".."):
		return fmt.Sprintf("%q is not a path inside the spec's folder, and only files there are read. Copy the zone "+
			"file into that folder and write %q.", cut(name), cut(base))
	// A backslash in a path that stays inside: only the sign is wrong. Plans must be the same on
	// Windows and Linux, so it is not taken.
	case strings.Contains(name, `\`):
		return fmt.Sprintf("%q is not a path inside the spec's folder: a path has slashes here, not backslashes. "+
			"Write %q.", cut(name), cut(strings.ReplaceAll(name, `\`, "/")))
	}
	return fmt.Sprintf("%q is not a path inside the spec's folder. Write the name of a file in that folder.", cut(name))
}

// badInclude reports a file that an argument includes gives and that cannot be read.
func (zr zoneReader) badInclude(included string, path topology.Value[string], err error) {
	switch {
	case errors.Is(err, errOutside):
		zr.r.report(codeOutside, path.Range,
			fmt.Sprintf("%q, which is to be read for %q, is not a path inside the spec's folder. Put that file into "+
				"the folder and give its name relative to it, with slashes.", cut(path.V), cut(included)))
	case isEscape(err):
		zr.r.report(codeOutside, path.Range, fmt.Sprintf("%q, which is to be read for %q, is a link that leads out of "+
			"the spec's folder. Put the file itself there.", cut(path.V), cut(included)))
	default:
		zr.r.report(codeOfRead(err), path.Range,
			fmt.Sprintf("The file %q, which is to be read for %q, cannot be read: %s. Put it into the spec's folder, "+
				"or give the name of the file that is there.", cut(path.V), cut(included), reason(err)))
	}
}

// readZone reads a file once, whoever names it, but counts it each time, since each zone
// that has it is scanned.
func (zr zoneReader) readZone(name string) (text []byte, err error) {
	left := maxZoneBytes - zr.r.zoneBytes
	// The bytes are kept for the excerpts in findings, so a second zone with the file costs no read.
	text, known := zr.r.sources[name]
	if !known {
		text, err = readFile(zr.r.fsys, name, left)
	}
	// A file that is known was read when more was left.
	if err == nil && int64(len(text)) > left {
		err = fmt.Errorf("%w: it has %d bytes", errTooLarge, len(text))
	}
	if errors.Is(err, errTooLarge) {
		err = fmt.Errorf("%w; the files of all zones may have %d MiB together, a file of several zones once for each",
			err, maxZoneBytes>>20)
	}
	if err != nil {
		return nil, err
	}
	zr.r.sources[name] = text
	zr.r.zoneBytes += int64(len(text))
	return text, nil
}

// isInside tells whether a path, with slashes, does not lead out of the spec's folder.
func isInside(name string) bool {
	// Clean takes out a .. with the folder before it, which leads elsewhere if that folder is a link; so none is
	// taken. A colon is a drive or a stream on Windows.
	return fs.ValidPath(path.Clean(name)) && !slices.Contains(strings.Split(name, "/"), "..") &&
		!strings.ContainsAny(name, `\:`)
}

// findIncluded reads what an $INCLUDE line of a zone file names: a file of the spec's
// folder, as BIND and NSD count from the directory of the server, or else of the folder of
// the zone file, as Knot DNS and PowerDNS count.
func (zr zoneReader) findIncluded(zoneFile, name string) (zonefile.File, error) {
	at := path.Clean(name)
	found := name
	// If both paths are the same file there is nothing to choose.
	if beside := path.Join(path.Dir(zoneFile), name); isInside(name) && beside != at && zr.exists(beside) {
		found = beside
		// Not an order of ours: the plan would be made of records that the server does not have.
		if zr.exists(at) {
			return zonefile.File{}, &zonefile.UnreadError{
				Why: fmt.Sprintf("%q and %q are both there, and name servers differ in which of them they take",
					cut(at), cut(beside)),
				WayOut: "Remove the one that your server does not take.",
			}
		}
	}
	file, err := zr.readIncluded(found)
	if err != nil {
		return file, notRead(name, err)
	}
	return file, nil
}

// readIncluded reads a file once, whoever includes it.
func (zr zoneReader) readIncluded(name string) (zonefile.File, error) {
	switch {
	// A zone file may quote any byte in a path; in a terminal or a change record these would do something.
	case strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return zonefile.File{}, errControl
	case !isInside(name):
		return zonefile.File{}, errOutside
	}
	at := path.Clean(name)
	text, err := zr.readZone(at)
	if err != nil {
		return zonefile.File{}, err
	}
	return zonefile.File{Name: at, Text: text}, nil
}

var errControl = errors.New("the path has control characters")

func (zr zoneReader) exists(name string) bool {
	_, err := fs.Stat(zr.r.fsys, name)
	// What cannot be looked at may be there: reading it gives the reason.
	return !errors.Is(err, fs.ErrNotExist)
}

// notRead says why the file that an $INCLUDE line names is not read, and what helps against
// that.
func notRead(name string, err error) *zonefile.UnreadError {
	name = cut(name)
	switch {
	// Such as /etc/bind/hosts.inc, a path of the server: the argument includes is there for these.
	case errors.Is(err, errOutside):
		return &zonefile.UnreadError{
			Why: whyOutside(name),
			WayOut: fmt.Sprintf("Copy the file into the spec's folder and name it in the dns_zone block: includes = "+
				"{ %q = \"NAME\" }.", name),
		}
	case errors.Is(err, errControl):
		return &zonefile.UnreadError{Why: err.Error(),
			WayOut: "Give the file a name without them, in this line and on the server."}
	case errors.Is(err, fs.ErrNotExist):
		return &zonefile.UnreadError{
			Why: "there is no such file in the spec's folder",
			WayOut: fmt.Sprintf("Put it there as %q, a path that is counted from that folder, as BIND counts from "+
				"its directory, or else from the folder of the zone file. "+
				"Or name another file for it in the dns_zone block: includes = { %q = \"NAME\" }.", path.Clean(name),
				name),
		}
	case isEscape(err):
		return &zonefile.UnreadError{Why: "it is a link that leads out of the spec's folder",
			WayOut: "Put the file itself there."}
	case errors.Is(err, errTooLarge):
		return &zonefile.UnreadError{Why: reason(err),
			WayOut: "Leave out of the files what no plan changes, or make several specs."}
	}
	return &zonefile.UnreadError{Why: reason(err), WayOut: "Put a file there that can be read."}
}

func whyOutside(name string) string {
	switch {
	case path.IsAbs(name):
		return "the path is that on the server, not one in the spec's folder"
	case strings.ContainsAny(name, `\:`):
		return "the path has a backslash or a colon, so it is none in the spec's folder"
	case slices.Contains(strings.Split(name, "/"), ".."):
		return `the path has "..", which is not followed here`
	}
	return "the path is none in the spec's folder"
}
