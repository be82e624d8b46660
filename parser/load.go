package parser

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/edgeplan/edgeplan/internal/parallel"
	"github.com/edgeplan/edgeplan/parser/diag"
)

// Suffix ends the name of every spec file.
const Suffix = ".edge.hcl"

// File is one spec file that has been read. Name has slashes and is relative to the
// spec's folder.
type File struct {
	Name string
	Text []byte
}

// Load reads the named spec files, and the zone files that they name, from the
// spec's folder. The order of names does not matter. To keep a symbolic link from
// leading out of the folder, fsys should be the FS of an [os.Root].
func Load(fsys fs.FS, names []string) (*Spec, diag.Sources, hcl.Diagnostics) {
	var files []File
	var diags hcl.Diagnostics
	left := int64(maxSpecBytes)
	for i, name := range slices.Sorted(slices.Values(names)) {
		// what the files before it have left of the limit: no file is read in full only to be refused
		text, err := readFile(fsys, name, left)
		left -= int64(len(text))
		// one finding, whatever else is wrong with the files
		if i == maxSpecFiles || errors.Is(err, errTooLarge) {
			return &Spec{}, diag.Sources{}, append(diags, tooLargeAt(name))
		}
		if err != nil {
			diags = append(diags, diag.New(codeOfRead(err), &hcl.Range{Filename: name},
				fmt.Sprintf("The file cannot be read: %s.", reason(err))))
			continue
		}
		files = append(files, File{Name: name, Text: text})
	}
	if diags.HasErrors() {
		// References into a file that is missing would only give more findings.
		return &Spec{}, diag.Sources{}, diags
	}
	spec, sources, diags := Parse(fsys, files)
	return spec, sources, append(diags, passedOver(fsys)...)
}

// Parse reads spec files whose bytes are at hand, such as standard input, and the
// zone files that they name from fsys. Findings are in no particular order.
func Parse(fsys fs.FS, files []File) (*Spec, diag.Sources, hcl.Diagnostics) {
	sources := diag.Sources{}
	size := 0
	files = slices.SortedStableFunc(slices.Values(files),
		func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	for _, file := range files {
		sources[file.Name] = file.Text
		size += len(file.Text)
	}
	// all files before any value: references may lead into any of them
	all, diags := parseFiles(files, false)
	own := digest(sources) // before zone files are among them
	if diags.HasErrors() {
		// What is left of a broken file would only give findings that follow from it.
		return &Spec{Digest: own}, sources, diags
	}
	r := &reader{fsys: fsys, sources: sources, work: newWork(size), dynamics: newDynamics(), outline: all}
	r.found.Add(diags...)
	spec := r.spec()
	spec.Digest = own
	if r.work.stopped() {
		r.found.Add(r.work.finding())
	}
	return spec, sources, r.found.All()
}

// digest hashes files in the order of their names; lengths keep them apart.
func digest(sources diag.Sources) string {
	sum := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(sources)) {
		fmt.Fprintf(sum, "%d %s %d ", len(name), name, len(sources[name]))
		sum.Write(sources[name])
	}
	return fmt.Sprintf("sha256:%x", sum.Sum(nil))
}

// Syntax returns what prevents reading a file at all: bytes that are no text,
// nesting that no person would write, and what HCL refuses.
func Syntax(file File) hcl.Diagnostics {
	_, diags := parseFiles([]File{file}, true)
	return diags
}

// parseFiles returns the outline of files, once all of them together have been found to be
// text, and no more of it than is read. With syntax only the findings are of use.
func parseFiles(files []File, syntax bool) (all *outline, diags hcl.Diagnostics) {
	// also for standard input and other callers that have not read the files here
	if d := tooLarge(files); d != nil {
		return nil, hcl.Diagnostics{d}
	}
	var surveys []survey
	for _, file := range files {
		if d := checkText(file); d != nil {
			diags = append(diags, d)
		} else {
			found := surveyText(file.Text)
			surveys = append(surveys, found)
			if found.open >= 0 {
				at := rangeAt(file, found.open, found.open+2)
				diags = append(diags, diag.New(codeSyntax, &at, "This comment has no end: write */ where it ends."))
			}
		}
	}
	if diags.HasErrors() {
		return nil, diags
	}
	// before hclsyntax lexes anything, as its tokens take a hundred times the text
	if d := tooMuch(files, surveys); d != nil {
		return nil, hcl.Diagnostics{d}
	}
	all = newOutline()
	all.syntax = syntax
	var found diag.Few
	for i := range files {
		found.Add(all.add(&files[i], surveys[i].ends)...)
	}
	return all, found.All()
}

// readFile reads at most limit bytes of a regular file.
func readFile(fsys fs.FS, name string, limit int64) ([]byte, error) {
	if !fs.ValidPath(name) {
		return nil, errOutside
	}
	info, err := fs.Stat(fsys, name)
	switch {
	case err != nil:
		return nil, err
	// reading a pipe or a device could wait for ever
	case !info.Mode().IsRegular():
		return nil, errors.New("it is not a regular file")
	case info.Size() > limit:
		return nil, fmt.Errorf("%w: %d bytes, more than %d", errTooLarge, info.Size(), limit)
	}
	file, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	// nil for most files, which are small
	if text := parallel.ReadAt(file, int(info.Size())); text != nil {
		return text, nil
	}
	// The size was that of a moment ago, and not every file system tells the truth.
	// A large file is not copied while it is read, and its memory not cleared before that, as Grow would do.
	buffer := bytes.NewBuffer(make([]byte, 0, int(info.Size())+bytes.MinRead))
	_, err = buffer.ReadFrom(io.LimitReader(file, limit+1))
	text := buffer.Bytes()
	if err == nil && int64(len(text)) > limit {
		return nil, fmt.Errorf("%w: more than %d bytes", errTooLarge, limit)
	}
	return text, err
}

var (
	errOutside  = errors.New("the path leads out of the spec's folder")
	errTooLarge = errors.New("it is too large")
)

// codeOfRead is the code of a finding about a file that could not be read.
func codeOfRead(err error) diag.Code {
	if errors.Is(err, errTooLarge) {
		return codeTooDeep
	}
	return codeUnreadable
}

// reason is an error as one phrase, the same on every system, without the absolute
// path that the operating system puts in.
func reason(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "there is no such file"
	case errors.Is(err, fs.ErrPermission):
		return "permission denied"
	}
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		err = pathErr.Err
	}
	return strings.TrimSuffix(err.Error(), ".")
}

// isEscape tells whether an [os.Root] refused to follow a symbolic link. The os
// package keeps the error value to itself, so its text is compared.
func isEscape(err error) bool { return strings.Contains(err.Error(), "escapes from parent") }
