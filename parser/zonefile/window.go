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
}

// windowStep is how many bytes of the old text a window takes at first: about as much
// as it takes to be past a change. It takes more the larger it is, so that reading an
// entry of any length again and again stays cheap.
const windowStep = 512

// restart begins an empty window at an offset of the old text that is not behind the
// next splice.
func (w *window) restart(at int) { w.buf, w.at = w.buf[:0], at }

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
		if len(w.splices) > 0 && w.splices[0].Start < end {
			stop = w.splices[0].Start
			continue
		}
		w.buf = append(w.buf, w.src[w.at:end]...)
		w.at = end
		return
	}
}

// splice takes the next splice and the old text before it.
func (w *window) splice() {
	sp := w.splices[0]
	w.splices = w.splices[1:]
	w.buf = append(append(w.buf, w.src[w.at:sp.Start]...), sp.text...)
	w.shift += len(sp.text) - (sp.End - sp.Start)
	w.at, w.edited = sp.End, sp.End
}

// atEnd reports that buf reaches to the end of the new text.
func (w *window) atEnd() bool { return w.at == len(w.src) && len(w.splices) == 0 }

// sameMeaning reports whether two scans that stand in these states read the same
// records out of the same text.
func sameMeaning(a, b *state) bool {
	return a.ttl == b.ttl && a.class == b.class && bytes.Equal(a.lastOwner, b.lastOwner) && bytes.Equal(a.origin.text, b.origin.text)
}
