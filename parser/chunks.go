package parser

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"golang.org/x/text/unicode/norm"

	"github.com/edgeplan/edgeplan/parser/diag"
)

// What hcl makes of a text is thirty times as long as the text. So it is made piece by piece, twice:
// once to see that there is no mistake, and for what must be known of the whole spec before
// any value is: labels, local values, dynamic blocks. Then each piece is read into the Spec
// and dropped.

// chunk is a piece of a spec file.
type chunk struct {
	file   *File
	start  hcl.Pos
	end    int
	body   *hclsyntax.Body // nil: it is made again when it is read
	made   bool            // it has dynamic blocks at the top
	root   *content        // of a chunk that is made, once it has been opened
	labels [][]string      // of the blocks that expressions can refer to, as [kinds]
	zones  int
	plans  int
	blocks int // of known types
}

// outline is what is known of all files before any value is.
type outline struct {
	chunks []*chunk
	locals hcl.Blocks
	lost   map[string]bool // labels of blocks whose type is misspelt; "TYPE " where a label is missing
	start  hcl.Range       // of the first file
	left   int             // bytes of text whose nodes are kept
	syntax bool            // nothing is read, so nothing is noted
}

// keptBytes is of how much text the nodes are kept: a usual spec is parsed once. Tests make it 0.
var keptBytes = 48 << 10

func newOutline() *outline {
	return &outline{lost: map[string]bool{}, start: hcl.EmptyBody().MissingItemRange(), left: keptBytes}
}

// add lexes and parses a file piece by piece. Lexing goes from left to right, so pieces that end
// where nothing is open give the tokens that the whole text gives.
func (o *outline) add(file *File, ends []int) hcl.Diagnostics {
	var warnings hcl.Diagnostics
	pos := hcl.InitialPos
	places := map[string]int{} // of arguments outside of blocks
	for i, end := range ends {
		piece := File{Name: file.Name, Text: file.Text[pos.Byte:end]}
		// ten times faster, and most pieces of a large spec are plain
		body, plain := quickParse(piece, pos)
		ok := plain
		if !ok {
			body, ok = parseInParts(piece, pos)
		}
		var diags hcl.Diagnostics
		if !ok {
			body, diags = parsePiece(*file, pos, end, i == len(ends)-1)
		}
		if body != nil {
			diags = append(diags, setTwice(*file, body, places)...)
		}
		if diags.HasErrors() {
			return diags
		}
		// a finding that something is missing points to where the spec begins
		if len(o.chunks) == 0 {
			o.start = body.MissingItemRange()
		}
		if !o.syntax {
			o.note(&chunk{file: file, start: pos, end: end}, body)
		}
		if !plain {
			warnings = append(warnings, checkHeredocs(piece, pos)...)
		}
		pos = below(pos, piece.Text)
	}
	return warnings
}

// parsePiece returns the body of a piece of a file that begins at a place where nothing is open; last
// tells whether it is the last one.
func parsePiece(file File, start hcl.Pos, end int, last bool) (*hclsyntax.Body, hcl.Diagnostics) {
	piece := File{Name: file.Name, Text: file.Text[start.Byte:end]}
	found, closed := checkTokens(piece, start, 0)
	if found == nil && !closed && !last {
		found = diag.New(codeSyntax, &hcl.Range{Filename: file.Name, Start: start, End: start}, "Somewhere behind "+
			"this place a quote, a bracket or a heredoc is not closed. Take out half of what follows, and half of "+
			"that, to find it.")
	}
	if found != nil {
		return nil, hcl.Diagnostics{found}
	}
	parsed, diags := hclsyntax.ParseConfig(piece.Text, file.Name, start)
	diags = explainSyntax(file, start, end, diags)
	if parsed == nil {
		return nil, diags
	}
	return parsed.Body.(*hclsyntax.Body), diags
}

// parseInParts returns the body of a piece that is one block with a long body. The lines of that are parsed some at a
// time, as if they were a file: hclsyntax has all tokens of what it parses in memory. It returns false if the piece is
// anything else, or if there is anything to report.
func parseInParts(piece File, start hcl.Pos) (*hclsyntax.Body, bool) {
	text := piece.Text
	s := newSurveyor(text)
	s.deepest = 1
	ends := s.survey().ends
	if s.closes != 1 {
		return nil, false
	}
	// the line of the brace that closes the block, which has nothing before it
	last := bytes.LastIndexByte(text[:s.closed], '\n') + 1
	if len(ends) < 2 || ends[0] >= last || len(bytes.TrimLeft(text[last:s.closed], " \t")) > 0 {
		return nil, false
	}
	first := ends[0]
	body, ok := parsePart(File{Name: piece.Name, Text: slices.Concat(text[:first], text[last:])}, start, 0)
	if !ok || len(body.Blocks) != 1 || len(body.Attributes) > 0 {
		return nil, false
	}
	block := body.Blocks[0]
	at, pos := first, below(start, text[:first])
	for _, end := range append(ends[1:], last) {
		if end <= at || end > last {
			continue
		}
		part, ok := parsePart(File{Name: piece.Name, Text: text[at:end]}, pos, 1)
		if !ok {
			return nil, false
		}
		for name, attr := range part.Attributes {
			if block.Body.Attributes[name] != nil {
				return nil, false
			}
			block.Body.Attributes[name] = attr
		}
		block.Body.Blocks = append(block.Body.Blocks, part.Blocks...)
		at, pos = end, below(pos, text[at:end])
	}
	// What ends with the block was parsed as if the first part was all of it.
	lines, size := bytes.Count(text[first:last], []byte("\n")), last-first
	for _, end := range []*hcl.Pos{
		&block.CloseBraceRange.Start, &block.CloseBraceRange.End, &block.Body.SrcRange.End,
		&block.Body.EndRange.Start, &block.Body.EndRange.End, &body.SrcRange.End, &body.EndRange.Start, &body.EndRange.End,
	} {
		end.Line += lines
		end.Byte += size
	}
	return body, true
}

// parsePart returns the body of some lines that are inside so many brackets, or false if there is anything to report.
func parsePart(part File, start hcl.Pos, inside int) (*hclsyntax.Body, bool) {
	if body, ok := quickParse(part, start); ok {
		return body, true
	}
	if found, closed := checkTokens(part, start, inside); found != nil || !closed {
		return nil, false
	}
	parsed, diags := hclsyntax.ParseConfig(part.Text, part.Name, start)
	if len(diags) > 0 {
		return nil, false
	}
	return parsed.Body.(*hclsyntax.Body), true
}

// below is the place behind some lines that begin at another one.
func below(start hcl.Pos, lines []byte) hcl.Pos {
	return hcl.Pos{Line: start.Line + bytes.Count(lines, []byte("\n")), Column: 1, Byte: start.Byte + len(lines)}
}

// setTwice reports arguments outside of blocks that another piece of the file has, too. They are none
// that edgeplan knows, but hcl would say so of one piece.
func setTwice(file File, body *hclsyntax.Body, places map[string]int) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for name, attr := range body.Attributes {
		if at, twice := places[name]; twice {
			diags = append(diags, diag.New(codeDuplicate, &attr.NameRange,
				fmt.Sprintf("The argument %q was already set at %s. Each argument may be set only once.", name,
					rangeAt(file, at, at+len(name)))))
			continue
		}
		places[name] = attr.NameRange.Start.Byte
	}
	return diags
}

// note keeps of a body what must be known before any value is.
func (o *outline) note(c *chunk, body *hclsyntax.Body) {
	normLabels(body)
	// the findings of PartialContent come again when the chunk is read
	written, _, _ := body.PartialContent(topSchema)
	o.locals = append(o.locals, written.Blocks.OfType("locals")...)
	c.count(written.Blocks)
	top := schemas[""].blockNames()
	for _, block := range body.Blocks {
		switch known := slices.Contains(top, block.Type); {
		case known && len(block.Labels) == 0 && slices.Contains(kinds, block.Type):
			o.lost[block.Type+" "] = true
		case block.Type == "dynamic":
			c.made = true
		case !known && len(block.Labels) > 0:
			o.lost[block.Labels[len(block.Labels)-1]] = true
		}
	}
	size := c.end - c.start.Byte
	for i, block := range body.Blocks {
		if block.Type == "locals" { // the rest of it is in o.locals
			// expressions of locals are evaluated once, from o.locals; here only the place of the block
			// counts
			head := *block
			head.Body = &hclsyntax.Body{SrcRange: block.Body.SrcRange, EndRange: block.Body.EndRange}
			body.Blocks[i] = &head
			size -= block.CloseBraceRange.End.Byte - block.TypeRange.Start.Byte
		}
	}
	if c.made || size <= o.left {
		c.body = body
		// the first pieces are kept, which are all of a usual spec
		o.left -= size
	}
	o.chunks = append(o.chunks, c)
}

var topSchema = schemas[""].hcl()

// normLabels gives labels the form NFC, which all strings that expressions make have, so that references
// by any spelling find them.
func normLabels(body *hclsyntax.Body) {
	for _, block := range body.Blocks {
		for i, label := range block.Labels {
			block.Labels[i] = norm.NFC.String(label)
		}
		normLabels(block.Body)
	}
}

// count notes the blocks that a chunk has.
func (c *chunk) count(blocks hcl.Blocks) {
	c.labels, c.zones, c.plans, c.blocks = make([][]string, len(kinds)), 0, 0, len(blocks)
	for _, block := range blocks {
		if i := slices.Index(kinds, block.Type); i >= 0 && len(block.Labels) == 1 {
			c.labels[i] = append(c.labels[i], block.Labels[0])
		}
		switch {
		case block.Type == "dns_zone":
			c.zones++
		default:
			c.plans += plansOf(block)
		}
	}
}

// plansOf is the number of plans that a block asks for; a matrix, whose pairs are counted once its pools are
// known, counts for one.
func plansOf(block *hcl.Block) int {
	switch {
	case !slices.Contains(planBlocks, block.Type):
		return 0
	case asksBack(block.Body):
		return 2
	}
	return 1
}

// asksBack tells whether the body of a failover has a block failback, or a dynamic block that may make one.
func asksBack(body hcl.Body) bool {
	written, plain := body.(*hclsyntax.Body)
	if !plain { // of a dynamic block
		content, _, _ := body.PartialContent(&hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{{Type: failbackBlock}}})
		return content != nil && len(content.Blocks) > 0
	}
	return slices.ContainsFunc(written.Blocks, func(b *hclsyntax.Block) bool {
		return b.Type == failbackBlock || b.Type == "dynamic" && slices.Equal(b.Labels, []string{failbackBlock})
	})
}

// nodes are those of the text, made again if they have been dropped.
func (c *chunk) nodes() *hclsyntax.Body {
	if c.body != nil {
		return c.body
	}
	piece := File{Name: c.file.Name, Text: c.file.Text[c.start.Byte:c.end]}
	body, ok := quickParse(piece, c.start)
	if !ok {
		body, ok = parseInParts(piece, c.start)
	}
	if !ok {
		// add has parsed the same bytes without an error
		parsed, _ := hclsyntax.ParseConfig(piece.Text, piece.Name, c.start)
		body = parsed.Body.(*hclsyntax.Body)
	}
	normLabels(body)
	return body
}
