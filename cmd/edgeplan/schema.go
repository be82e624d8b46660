package main

import (
	"encoding/json"
	"slices"

	"github.com/spf13/pflag"

	"github.com/edgeplan/edgeplan/parser"
)

var schemaCommand = command{
	name:  "schema",
	args:  "[BLOCK...]",
	takes: []operand{aBlock},
	short: "print the blocks and arguments of the language as JSON",
	about: `BLOCK is a type of block such as edge_pool; without one all blocks are printed. The
form is described in docs/language.md.`,
	exits:   [3]string{"printed", "", "there is no such block"},
	example: "edgeplan schema edge_pool",
	bind: func(*pflag.FlagSet) action {
		return func(p *program, args []string) error { return p.schema(args) }
	},
}

// schemaVersion is raised when a key of the output changes its meaning or is removed.
const schemaVersion = 1

// languageSchema is what `edgeplan schema` prints.
type languageSchema struct {
	FormatVersion int            `json:"format_version"`
	Suffix        string         `json:"suffix"`
	Blocks        []parser.Block `json:"blocks"`
}

func (p *program) schema(types []string) error {
	out := languageSchema{FormatVersion: schemaVersion, Suffix: parser.Suffix, Blocks: parser.Schema()}
	if len(types) > 0 {
		known := blockTypes()
		for _, name := range types {
			// All names are checked first, so that nothing is printed beside an error.
			if !slices.Contains(known, name) {
				return usagef("there is no block %q%s", name, didYouMean(name, known))
			}
		}
		out.Blocks = slices.DeleteFunc(slices.Clone(out.Blocks), func(b parser.Block) bool {
			return !slices.Contains(types, b.Type)
		})
	}
	encoder := json.NewEncoder(p.stdout)
	// Texts have < and >, and the output is not put into HTML.
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(out)
}

func blockTypes() []string {
	var out []string
	for _, b := range parser.Schema() {
		out = append(out, b.Type)
	}
	return out
}
