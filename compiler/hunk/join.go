package hunk

import "slices"

// Join makes one hunk of all, with the lines of old that are between them as context,
// if there are at most maxLines of these, from the first hunk to the last, with at most
// maxBytes. Otherwise, or if there are not two, it gives the hunks as they are. The hunks
// must fit old.
//
// Programs differ in what they do where one hunk fits and another does not: GNU patch and
// Mercurial apply the one that fits. One hunk alone is applied whole or not at all.
func Join(old []byte, hunks []Hunk, maxLines, maxBytes int) []Hunk {
	if len(hunks) < 2 {
		return hunks
	}
	at := cursor{text: old}
	from, to := hunks[0].oldEnd(), linesBefore(hunks[len(hunks)-1].OldStart, hunks[len(hunks)-1].OldCount())
	// the number of lines first: it costs nothing, the bytes are counted in the text
	if to-from > maxLines || !at.seek(from) {
		return hunks
	}
	first := at.at
	if !at.seek(to) || at.at-first > maxBytes {
		return hunks
	}
	whole := Hunk{
		// joined, a side has lines, so its start is a first line and no line before
		OldStart: linesBefore(hunks[0].OldStart, hunks[0].OldCount()) + 1,
		NewStart: linesBefore(hunks[0].NewStart, hunks[0].NewCount()) + 1,
		Lines:    slices.Clone(hunks[0].Lines),
	}
	for i, h := range hunks[1:] {
		// hunks[i] is the one before h, as the range starts at 1
		for _, text := range at.lines(hunks[i].oldEnd(), linesBefore(h.OldStart, h.OldCount())) {
			whole.Lines = append(whole.Lines, Line{Op: Context, Text: text})
		}
		whole.Lines = append(whole.Lines, h.Lines...)
	}
	// hunks without a line between them make one run
	whole.Lines = deletesFirst(whole.Lines)
	return []Hunk{whole}
}

// oldEnd is how many lines of the old text there are up to the end of the hunk.
func (h Hunk) oldEnd() int { return linesBefore(h.OldStart, h.OldCount()) + h.OldCount() }
