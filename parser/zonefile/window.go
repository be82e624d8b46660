package zonefile

import "bytes"

// window is a piece of the new text, made from the old one and the splices, that
// grows while it is read. So the new text never is in memory as a whole.
type window struct {
	src     []byte   // the old text
	splices []splice // those behind what is in buf
	buf     []byte
	at      int // where what follows buf begins in src
	shift   int // bytes by which the new text is longer than the old one up to at
	edited  int // where the last splice in buf ends in src

	segments []segment // of src
	segment  int       // the one that holds at
	first    int       // the one in which buf begins
	ends     []int     // where segments end in buf, from the first one on
}

// windowStep is how many bytes of the old text a window takes at first: about as much
// as it takes to be past a change. It takes more the larger it is, so that reading an
// entry of any length again and again stays cheap.
const windowStep = 512

// restart begins an empty window at an offset of the old text, in that segment, that is
// not behind the next splice.
func (w *window) restart(at, segment int) {
	w.buf, w.at, w.ends = w.buf[:0], at, w.ends[:0]
	w.segment, w.first = segment, segment
}

// copy takes the old text up to an offset.
func (w *window) copy(end int) {
	// Noted while copying, because splices move the ends of files.
	for w.segment < len(w.segments) && w.segments[w.segment].End < end {
		w.ends = append(w.ends, len(w.buf)+w.segments[w.segment].End-w.at)
		w.segment++
	}
	w.buf = append(w.buf, w.src[w.at:end]...)
	w.at = end
}

// end is where a segment ends in buf. whole is false if that is not in buf yet.
func (w *window) end(segment int) (end int, whole bool) {
	if n := segment - w.first; n < len(w.ends) {
		return w.ends[n], true
	}
	return len(w.buf), w.atEnd()
}

// more adds a step and the splices in it. The window then ends with a line of the new
// text, or with the text.
func (w *window) more() {
	stop := w.at + max(windowStep, len(w.buf))
	for {
		if len(w.splices) > 0 && w.splices[0].Start <= stop {
			w.splice()
			stop = max(stop, w.at)
			continue
		}
		end := lineEnd(w.src, min(stop, len(w.src)), true)
		if len(w.splices) > 0 && (w.splices[0].Start < end || end == len(w.src)) { // the last line may be open
			stop = w.splices[0].Start
			continue
		}
		w.copy(end)
		return
	}
}

// splice takes the next splice and the old text before it.
func (w *window) splice() {
	sp := w.splices[0]
	w.splices = w.splices[1:]
	w.copy(sp.Start)
	w.buf = append(w.buf, sp.text...)
	w.shift += len(sp.text) - (sp.End - sp.Start)
	w.at, w.edited = sp.End, sp.End
}

// atEnd reports that buf reaches to the end of the new text.
func (w *window) atEnd() bool { return w.at == len(w.src) && len(w.splices) == 0 }

// sameMeaning reports whether two scans in these states read the same
// records out of the same text.
func sameMeaning(a, b *state) bool {
	return a.ttl == b.ttl && a.class == b.class && bytes.Equal(a.lastOwner, b.lastOwner) &&
		bytes.Equal(a.origin.text, b.origin.text) && sameFrames(a.up, b.up)
}

// sameFrames reports whether scans bring back the same at the ends of included files.
func sameFrames(a, b *frame) bool {
	for a != b {
		if a == nil || b == nil || !bytes.Equal(a.owner, b.owner) || !bytes.Equal(a.origin.text, b.origin.text) {
			return false
		}
		a, b = a.up, b.up
	}
	return true
}
