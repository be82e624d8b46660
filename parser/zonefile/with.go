package zonefile

import "slices"

// With is the source with other texts in its files, in the order of Files. A file that an $INCLUDE
// line of the new texts names is the one that it named before; one that was never named is not read.
// The Source refers to the texts, which must not be changed afterwards.
func (src *Source) With(texts [][]byte) *Source {
	out := Gather(File{Name: src.Files[0].Name, Text: texts[0]}, func(name string) (File, error) {
		f, known := src.named[name]
		switch {
		case !known:
			return File{}, &UnreadError{Why: "no line named it before"}
		case f.unread != nil:
			return File{}, f.unread
		}
		return File{Name: src.Files[f.file].Name, Text: texts[f.file]}, nil
	})
	// The paths are those of the server, also where a text names a file no more.
	for i, file := range out.Files {
		at := slices.IndexFunc(src.Files, func(old File) bool { return old.Name == file.Name })
		out.Files[i].Paths = src.Files[at].Paths
	}
	out.Zones = src.Zones
	return out
}
