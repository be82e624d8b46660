package parser

import (
	"bytes"
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/edgeplan/edgeplan/parser/diag"
)

// checkHeredocs reports flush heredocs, which begin with <<-, with lines between two markers such
// as %{ if } and %{ endif }. hcl takes the indentation off the lines of the heredoc only, so these
// lines would keep the indentation of the spec, which first shows in the change record.
func checkHeredocs(file File, start hcl.Pos) hcl.Diagnostics {
	// nearly no spec has both, and lexing it again takes as long as parsing
	if !bytes.Contains(file.Text, []byte("<<-")) || !bytes.Contains(file.Text, []byte("%{")) {
		return nil
	}
	var diags hcl.Diagnostics
	for tokens := range lexedInParts(file, start) {
		diags = append(diags, flushMarkers(tokens)...)
	}
	return diags
}

// flushMarkers is [checkHeredocs] for tokens that hold each heredoc as a whole.
func flushMarkers(tokens hclsyntax.Tokens) hcl.Diagnostics {
	var diags hcl.Diagnostics
	var heredocs []flushHeredoc
	for i, token := range tokens {
		var inner *flushHeredoc
		if len(heredocs) > 0 {
			inner = &heredocs[len(heredocs)-1]
		}
		switch token.Type {
		case hclsyntax.TokenOHeredoc:
			heredocs = append(heredocs, flushHeredoc{
				name:  string(bytes.TrimSpace(bytes.TrimLeft(token.Bytes, "<-"))),
				flush: bytes.HasPrefix(token.Bytes, []byte("<<-")),
			})
		case hclsyntax.TokenCHeredoc:
			if inner != nil {
				heredocs = heredocs[:len(heredocs)-1]
			}
		case hclsyntax.TokenTemplateControl:
			if inner != nil {
				inner.control(token, next(tokens[i:]))
			}
		case hclsyntax.TokenStringLit:
			// Text that follows a marker in the same line has no indentation of its own, so only lines count; one
			// finding says it for all of a heredoc.
			if inner != nil && inner.flush && inner.open > 0 && !inner.told &&
				bytes.HasSuffix(token.Bytes, []byte("\n")) {
				inner.told = true
				diags = append(diags, diag.New(codeFlushMarker, &inner.marker, fmt.Sprintf("The lines between %%{ "+
					"%[1]s } and %%{ end%[1]s } would keep the indentation that they have in this file: <<- takes it "+
					"off the other lines only. Write <<%[2]s without the hyphen, and begin each line of the text in "+
					"the first column. The last line, %[2]s, may remain as it is.", inner.word, cut(inner.name))))
			}
		}
	}
	return diags
}

// flushHeredoc is a heredoc that is open.
type flushHeredoc struct {
	name        string
	flush, told bool
	open        int       // markers whose end is still to come
	marker      hcl.Range // the first of them
	word        string    // if or for, of that one
}

// control counts a marker by its first word.
func (h *flushHeredoc) control(token hclsyntax.Token, word string) {
	switch word {
	case "if", "for":
		if h.open == 0 {
			h.marker, h.word = token.Range, word
		}
		h.open++
	case "endif", "endfor":
		// an end without a beginning is hcl's finding
		h.open = max(0, h.open-1)
	}
}
