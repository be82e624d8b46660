package record

import "github.com/edgeplan/edgeplan/emit/words"

// Document is what the change record says, without the form in which it is printed.
type Document struct {
	Title    words.Text
	Sections []Section
}

// Section is a part of a document under a title. ID is a word that links can name; Level is 2, or 3
// for a part of the section before it.
type Section struct {
	ID     string
	Level  int
	Title  words.Text
	Blocks []Block
}

// Block is a [Paragraph], a [List], a [Table] or a [Listing].
type Block interface{ empty() bool }

// Paragraph is running text.
type Paragraph words.Text

// List has one text an item.
type List []words.Text

// Table has rows with a cell for each of its heads. One about a part of a stage of the change names that by its
// number over all stages, from 1, and for each row the step that it is about, empty for none.
type Table struct {
	Head  []words.Text
	Rows  [][]words.Text
	Part  int
	Steps []string
}

// Listing is text that is typed, sent or compared as it stands, in visible characters.
type Listing struct {
	Language string // powershell, sh, diff, text or [Mermaid]
	Lines    []string
}

// Mermaid is the language of a drawing, which sites that show Markdown draw, and a page draws itself.
const Mermaid = "mermaid"

func (p Paragraph) empty() bool { return len(p) == 0 }
func (l List) empty() bool      { return len(l) == 0 }
func (t Table) empty() bool     { return len(t.Rows) == 0 }
func (l Listing) empty() bool   { return false }

// section begins one.
func (b *builder) section(id string, title words.Text) {
	b.doc.Sections = append(b.doc.Sections, Section{ID: id, Level: 2, Title: title})
}

// part begins a part of the section.
func (b *builder) part(id string, title words.Text) {
	b.doc.Sections = append(b.doc.Sections, Section{ID: id, Level: 3, Title: title})
}

// add adds a block to the last section, unless nothing is in it.
func (b *builder) add(block Block) {
	if !block.empty() {
		last := &b.doc.Sections[len(b.doc.Sections)-1]
		last.Blocks = append(last.Blocks, block)
	}
}

func (b *builder) text(parts ...words.Text) { b.add(Paragraph(words.Join("", parts...))) }

// head are own words above the columns of a table.
func head(names ...string) []words.Text {
	out := make([]words.Text, len(names))
	for i, name := range names {
		out[i] = words.Own(name)
	}
	return out
}
