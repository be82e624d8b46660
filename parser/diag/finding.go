package diag

import (
	"github.com/hashicorp/hcl/v2"
)

// Sources are the files that findings point into: their bytes by the name that the
// ranges use, relative and with slashes.
type Sources map[string][]byte

// Finding is one diagnostic in its public form. Lines and columns start at 1,
// columns count code points, and the end is exclusive; they are 0 for a finding
// about a whole file, and File is "" too for one that has no place.
type Finding struct {
	Code      Code   `json:"code"`
	Severity  string `json:"severity"` // "error" or "warning"
	Summary   string `json:"summary"`
	Detail    string `json:"detail"` // may have several lines
	File      string `json:"file,omitempty"`
	Line      int    `json:"line,omitempty"`
	Column    int    `json:"column,omitempty"`
	EndLine   int    `json:"end_line,omitempty"`
	EndColumn int    `json:"end_column,omitempty"`

	// Snippet is the first line of the range, for people: cut to about a hundred
	// columns, and what does not print is escaped. Marker goes below it, with
	// carets under the range. Both are "" without the source.
	Snippet string `json:"snippet,omitempty"`
	Marker  string `json:"marker,omitempty"`

	// Accepted is the reason of the accept block that accepts the finding, "" if it is
	// open. Only open findings are shown to people.
	Accepted string `json:"accepted,omitempty"`

	more [2]int // errors and warnings that it is there for, see [First] and [Few]
}

// Strict makes an error of an open warning.
func (f *Finding) Strict() {
	if f.Accepted == "" {
		f.Severity = "error"
		// The warnings that it is there for become errors with it.
		f.more = [2]int{f.more[0] + f.more[1], 0}
	}
}

// Findings returns the public form of diagnostics: imported, sorted, and without
// duplicates. Of thousands it has those that [Few] keeps, and one in place of the others. A
// file that is not in sources, or is shorter than a range says, costs the finding its
// snippet, nothing else.
func Findings(diags hcl.Diagnostics, sources Sources) []Finding {
	indexes := map[string]*index{}
	out := []Finding{}
	var few Few
	few.Add(Import(diags)...)
	for _, d := range Sort(few.All()) {
		f := Finding{Code: Of(d), Severity: severityName(d.Severity), Summary: d.Summary, Detail: d.Detail}
		if more, ok := d.Extra.(more); ok {
			f.more = more.left
		}
		// Import gives the zero range to what has no place.
		if d.Subject != nil && d.Subject.Filename != "" {
			f.locate(*d.Subject, indexOf(indexes, sources, d.Subject.Filename))
		}
		out = append(out, f)
	}
	return out
}

// indexOf returns the index of a file, made when it is first asked for; nil if there
// is no such file.
func indexOf(indexes map[string]*index, sources Sources, name string) *index {
	x, known := indexes[name]
	if !known {
		if src, ok := sources[name]; ok {
			x = newIndex(src)
		}
		indexes[name] = x
	}
	return x
}

// locate sets the place. The byte offsets count if the file has them; otherwise the
// lines and columns of the range are taken as they are.
func (f *Finding) locate(rng hcl.Range, x *index) {
	f.File = rng.Filename
	// About the file as a whole: a position of hcl has at least line 1.
	if rng.Start == (hcl.Pos{}) {
		return
	}
	if x != nil {
		if start, ok := x.offset(rng.Start); ok {
			f.show(x, start, rng.End)
			return
		}
	}
	if rng.Start.Line < 1 {
		return
	}
	f.Line, f.Column = rng.Start.Line, max(rng.Start.Column, 1)
	// A range that runs backwards ends where it starts.
	f.EndLine, f.EndColumn = f.Line, f.Column
	if rng.End.Line > f.Line || rng.End.Line == f.Line && rng.End.Column > f.Column {
		f.EndLine, f.EndColumn = rng.End.Line, max(rng.End.Column, 1)
	}
}

// show sets the place and the snippet from the source.
func (f *Finding) show(x *index, start int, endPos hcl.Pos) {
	end, ok := x.offset(endPos)
	if !ok && endPos.Byte > start {
		// The file is shorter than the range says: it may have been cut since it was parsed.
		end = len(x.src)
	}
	// Half a character cannot be shown.
	start = runeStart(x.src, start)
	end = max(start, end)
	f.Line, f.Column = x.line(start), x.column(start)
	f.EndLine, f.EndColumn = x.line(end), x.column(end)
	lineStart, lineEnd := x.bounds(f.Line)
	f.Snippet, f.Marker = snippet(x.src[lineStart:lineEnd], start-lineStart, end-lineStart)
}
