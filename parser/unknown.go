package parser

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/edgeplan/edgeplan/parser/diag"
)

// isBlock tells whether blocks of a type are anywhere in the language.
func isBlock(name string) bool {
	// dynamic is not in the table: dynblock replaces it before the schema is asked.
	if name == "" || name == "dynamic" {
		return name != ""
	}
	_, known := schemas[name]
	return known || name == "locals"
}

// homes are the types of block for which a test of their schemas is true, in order.
func homes(has func(schema) bool) []string {
	var out []string
	for kind, s := range schemas {
		if kind != "" && has(s) {
			out = append(out, kind)
		}
	}
	// The order of a map is another one each time, and a finding has to be the same.
	slices.Sort(out)
	return out
}

// inWords says in the words of this language what hcl finds about the parts of a block, which
// another block may hold.
func (ad advisor) inWords(kind, holder string, diags hcl.Diagnostics) hcl.Diagnostics {
	var out hcl.Diagnostics
	for _, d := range diags {
		// for_each, labels and content are right in a dynamic block and in no other;
		// dynblock reports what is wrong with them.
		if d.Subject != nil && !ad.r.inDynamic[*d.Subject] {
			name := ""
			// The name is in the sentence of hcl only, between the first two quotation marks.
			if words := strings.SplitN(d.Detail, `"`, 3); len(words) == 3 {
				name = words[1]
			}
			switch {
			case d.Summary == "Unsupported argument":
				d = diag.New(codeUnknownArg, d.Subject, unknownArgument(kind, holder, name, ad.r.written, *d.Subject))
			case d.Summary == "Unsupported block type":
				d = diag.New(codeUnknownBlock, d.Subject, ad.unknownBlock(kind, name, *d.Subject))
			case d.Summary == "Missing required argument":
				d = diag.New(codeMissing, d.Subject, fmt.Sprintf(
					"The argument %q is missing in this block. Add a line, such as %s", name, example(name)))
			// Missing name for site; the summary has what the schema calls the label, and the type.
			case strings.HasPrefix(d.Summary, "Missing ") && strings.Contains(d.Summary, " for "):
				_, block, _ := strings.Cut(d.Summary, " for ")
				d = diag.New(codeSyntax, d.Subject, fmt.Sprintf("The name of this %s is missing. Write %s, with its "+
					"name in the quotation marks%s.", block, form(block), anyName[block]))
			case strings.HasPrefix(d.Summary, "Extraneous label for "):
				block := strings.TrimPrefix(d.Summary, "Extraneous label for ")
				d = diag.New(codeSyntax, d.Subject,
					fmt.Sprintf("This name is one too many. Remove it: %s", form(block)))
			}
		}
		out = append(out, d)
	}
	return out
}

// anyName says where a block may have any name.
var anyName = map[string]string{"topology": "; any name will do, it is compared with nothing"}

// fromTerraform says what people want who know Terraform.
var fromTerraform = map[string]string{
	"resource": "Write the block itself, without resource and the quotation marks around its type",
	"data":     "Nothing is looked up: write the block itself, without data and the quotation marks around its type",
	"variable": "Nothing is passed in from outside. Write locals { NAME = VALUE } in place of this block, and " +
		"local.NAME where the value is used",
	"output": "Nothing is returned: plan, build and show print the plans. Remove the block",
	"provider": "Nothing is contacted: edgeplan only writes files. Remove the block; a DNS server is named in the " +
		"dns_zone block",
	"module": "All files *.edge.hcl of the folder are one spec. Move the *.edge.hcl files of the module into " +
		"this folder, and remove the block",
	"terraform": "Remove the block; edgeplan version says which program this is",
	"moved":     "Remove the block",
	"import":    "Remove the block",
	"lifecycle": "Remove the block",
	"count":     `Remove the line, and write one block %[3]s } for each`,
	"for_each": `Remove the line, and write one block %[3]s } for each. To make them from a list, ` +
		`write dynamic ` +
		`"%[1]s" { } with %[2]s and content { } between ` +
		`its braces; the arguments belong in content`,
	"depends_on": "Remove it: the order of the steps comes from the procedure",
	"connection": "Remove the block", "provisioner": "Remove the block",
}

// dynamicParts are the arguments of a dynamic block that makes blocks of a type.
func dynamicParts(kind string) string {
	// A block without label has none to make.
	if form(kind) == kind+" {" {
		return "for_each"
	}
	return "for_each, labels = [" + kind + ".value]"
}

// notThere are arguments that people expect for good reasons, and why there are none.
var notThere = map[string]string{
	"virtual_ipv6": "Behind a hardware load balancer edgeplan publishes virtual_ipv4 only. Remove the line, and " +
		"change AAAA records of the load balancer yourself",
}

func unknownArgument(kind, holder, name string, written *hclsyntax.Body, at hcl.Range) string {
	s := schemas[kind].in(holder)
	text := fmt.Sprintf("A block %s has no argument %q.", kind, cut(name))
	// What one block of this type may have and another may not.
	differs := slices.Contains(schemas[kind].argNames(), name)
	if differs {
		text = fmt.Sprintf("A block %s inside %s has no argument %q.", kind, holder, name)
	}
	if kind == "" {
		text = fmt.Sprintf("The argument %q is outside of all blocks.", cut(name))
	}
	meant := diag.Suggest(name, s.argNames())
	elsewhere := homes(func(s schema) bool { return slices.Contains(s.argNames(), name) })
	switch {
	case slices.Contains(s.blockNames(), name) && isTable(written, at):
		return fmt.Sprintf("%q is a block and no argument. Remove the equals sign: %s", name, form(name))
	case slices.Contains(s.blockNames(), name):
		return fmt.Sprintf("%q is a block and no argument. Write %s } in place of this line, and between the braces "+
			"what is to be set in it.", name, form(name))
	// Before Suggest: virtual_ipv6 is near virtual_ipv4, which would be wrong.
	case notThere[name] != "":
		return text + " " + notThere[name] + "."
	case meant != "" && !differs:
		return text + fmt.Sprintf(" Did you mean %q?", meant)
	case fromTerraform[name] != "":
		parts := strings.NewReplacer("%[1]s", kind, "%[2]s", dynamicParts(kind), "%[3]s", form(kind))
		return text + " " + parts.Replace(fromTerraform[name]) + "."
	case len(elsewhere) > 0:
		return text + fmt.Sprintf(" It belongs in %s.", blocksOf(elsewhere, name))
	case kind == "":
		return text + " A value of your own belongs in a block locals { }."
	}
	return text + has(s)
}

// has lists what a block can hold.
func has(s schema) string {
	var text string
	if args := s.argNames(); len(args) > 0 {
		text += " It can have " + strings.Join(args, ", ") + "."
	}
	if blocks := s.blockNames(); len(blocks) > 0 {
		text += " Blocks in it: " + strings.Join(blocks, ", ") + "."
	}
	if text == "" {
		text = " It has none."
	}
	return text
}

// blocksOf lists blocks of some types, those in which an argument may be.
func blocksOf(kinds []string, argument string) string {
	var out []string
	for _, kind := range kinds {
		text := "a block " + kind
		outer := slices.DeleteFunc(homes(func(s schema) bool { return slices.Contains(s.blockNames(), kind) }),
			func(holder string) bool { return !slices.Contains(schemas[kind].in(holder).argNames(), argument) })
		if len(outer) > 0 {
			text += " inside " + strings.Join(outer, " or ")
		}
		out = append(out, text)
	}
	return strings.Join(out, ", or ")
}

func (ad advisor) unknownBlock(kind, name string, at hcl.Range) string {
	s := schemas[kind]
	text := fmt.Sprintf("A block %s cannot hold a block %q.", kind, cut(name))
	if kind == "" {
		text = fmt.Sprintf("Edgeplan has no blocks of the type %q.", cut(name))
	}
	// edge-pool: HCL takes hyphens in names, and people who write YAML use them.
	meant := diag.Suggest(strings.ReplaceAll(name, "-", "_"), s.blockNames())
	// Suggest leaves out a name that is the same, which this one is without its hyphens.
	if under := strings.ReplaceAll(name, "-", "_"); slices.Contains(s.blockNames(), under) {
		meant = under
	}
	outer := homes(func(s schema) bool { return slices.Contains(s.blockNames(), name) })
	switch {
	// ticket "CHG1" { }: with one label that is the value, so the line can be shown.
	case slices.Contains(s.argNames(), name):
		if block := ad.rawBlock(at); block != nil && len(block.Labels) == 1 {
			return fmt.Sprintf("%q is an argument and no block. Write %s = %q.", name, name, block.Labels[0])
		}
		return fmt.Sprintf("%q is an argument and no block. Write %s", name, example(name))
	// Before the test for a near name: server outside of its pool is no slip of sip_domain.
	case len(outer) > 0:
		return fmt.Sprintf("A block %s belongs inside a block %s. Move it between the braces of the one that it is "+
			"part of.", name, strings.Join(outer, " or "))
	case isBlock(name):
		return fmt.Sprintf("A block %s is not part of another block. Move it out of the braces.", name)
	case meant != "":
		return text + fmt.Sprintf(" Did you mean %q?", meant)
	// resource "edge_pool" "X": the first label of Terraform is the type here.
	case name == "resource" || name == "data":
		if block := ad.rawBlock(at); block != nil && len(block.Labels) == 2 && isBlock(block.Labels[0]) {
			return text + fmt.Sprintf(" %s: %s %q {", fromTerraform[name], block.Labels[0], block.Labels[1])
		}
		return text + " " + fromTerraform[name] + "."
	case name == "module":
		if block := ad.rawBlock(at); block != nil && block.Body.Attributes["source"] != nil {
			// Only a path is a folder that can be moved; other sources are addresses of a registry.
			if source := literal(block.Body.Attributes["source"].Expr); strings.HasPrefix(source, ".") {
				return text + " " + strings.Replace(fromTerraform[name], "the module", cut(source), 1) + "."
			}
		}
		return text + " " + fromTerraform[name] + "."
	case fromTerraform[name] != "":
		return text + " " + fromTerraform[name] + "."
	}
	if kind == "" {
		return text + " There are " + strings.Join(s.blockNames(), ", ") + "."
	}
	return text + has(s)
}

// isTable tells whether the argument whose name is at a place has a value in braces: it is a block with an equals
// sign, whose body follows.
func isTable(written *hclsyntax.Body, at hcl.Range) bool {
	found := false
	look := func(body *hclsyntax.Body) {
		for _, attr := range body.Attributes {
			if attr.NameRange != at {
				continue
			}
			expr := attr.Expr
			if guarded, ok := expr.(*root); ok {
				expr = guarded.Expression
			}
			_, found = expr.(*hclsyntax.ObjectConsExpr)
		}
	}
	look(written)
	eachBlock(written, func(block *hclsyntax.Block) { look(block.Body) })
	return found
}

// rawBlock is the block whose type is at a place, as it was written.
func (ad advisor) rawBlock(at hcl.Range) *hclsyntax.Block {
	var found *hclsyntax.Block
	// hcl gives a finding the place of the type, and not the block.
	eachBlock(ad.r.written, func(block *hclsyntax.Block) {
		if block.TypeRange == at {
			found = block
		}
	})
	return found
}

func eachBlock(body *hclsyntax.Body, f func(*hclsyntax.Block)) {
	for _, block := range body.Blocks {
		f(block)
		eachBlock(block.Body, f)
	}
}

// noteDynamic notes the names of the parts of dynamic blocks.
func (ad advisor) noteDynamic(body *hclsyntax.Body) {
	eachBlock(body, func(block *hclsyntax.Block) {
		if block.Type == "dynamic" {
			// By their places: the same names elsewhere are no part of it.
			for _, attr := range block.Body.Attributes {
				ad.r.inDynamic[attr.NameRange] = true
			}
			for _, inner := range block.Body.Blocks {
				ad.r.inDynamic[inner.TypeRange] = true
			}
		}
	})
}

// isLost tells whether a block that is not known may be one that another finding is about: its
// type is misspelt, or its label is missing.
func (ad advisor) isLost(kind, label string) bool {
	return ad.r.outline.lost[kind+" "] || ad.r.outline.lost[label]
}

// sortedNames are the keys of a map, in order.
func sortedNames[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
