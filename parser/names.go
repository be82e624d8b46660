package parser

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/edgeplan/edgeplan/internal/pattern"
	"github.com/edgeplan/edgeplan/parser/diag"
)

// advisor says in findings what to write, from what the spec has.
type advisor struct{ r *reader }

// imported is [diag.Import] with our words for a name that is not known.
func (ad advisor) imported(diags hcl.Diagnostics) hcl.Diagnostics {
	var out hcl.Diagnostics
	for _, d := range diags {
		expr, variable := d.Expression.(*hclsyntax.ScopeTraversalExpr)
		// hcl gives the name as data too, so its sentence need not be taken apart.
		call, function := hcl.DiagnosticExtra[hclsyntax.FunctionCallUnknownDiagExtra](d)
		switch {
		case function:
			d = diag.New(codeUnknownRef, d.Subject,
				unknownFunction(call.CalledFunctionName(), slices.Sorted(maps.Keys(ad.r.scope.ctx.Functions))))
		case variable && d.Summary == "Unknown variable":
			// The whole of var.x.y and not its root, at which hcl points: what to write depends on the rest.
			rng := expr.Traversal.SourceRange()
			d = diag.New(codeUnknownRef, &rng, ad.unknownVariable(rng, expr.Traversal.RootName(),
				ad.written(rng), variables(d.EvalContext)))
		case d.Summary == "Invalid template interpolation value":
			d = diag.New(codeWrongType, d.Subject, notInText(d))
		case d.Summary == "Not enough function arguments", d.Summary == "Too many function arguments":
			if call, ok := d.Expression.(*hclsyntax.FunctionCallExpr); ok {
				d = diag.New(codeWrongType, d.Subject, wrongCount(call, ad.r.scope.ctx.Functions[call.Name]))
			}
		}
		out = append(out, d)
	}
	return diag.Import(out)
}

// variables are the names of all variables in a context and those around it.
func variables(ctx *hcl.EvalContext) []string {
	var names []string
	// A for expression or a dynamic block binds its names in a context below that of the spec.
	for ; ctx != nil; ctx = ctx.Parent() {
		names = slices.AppendSeq(names, maps.Keys(ctx.Variables))
	}
	return names
}

// terraformNames are what expressions of Terraform begin with.
var terraformNames = map[string]string{
	"var": "Nothing is passed in from outside. Write the value itself, such as \"text\"; or declare it once, " +
		"locals { %[3]s = \"text\" }, and write local.%[2]s here",
	"locals": "A value that the block locals declares is written without s: local.%[2]s",
	"each": "Write the value itself. Only a dynamic block goes through a list: in dynamic \"TYPE\" the current " +
		"element is TYPE.value, and its key or number TYPE.key",
	"count": "Write the value itself. Only a dynamic block goes through a list: in dynamic \"TYPE\" the current " +
		"element is TYPE.value, and its key or number TYPE.key",
	"self": "Write the value itself, or declare it once, locals { NAME = VALUE }, and write local.NAME in both " +
		"places",
	"module":    "There are no modules: all files *.edge.hcl of the folder are one spec. Refer to the block itself",
	"data":      "Nothing is looked up. Refer to the block itself",
	"path":      "Paths are relative to the folder of the spec. Write the name of the file",
	"terraform": "This is not there. Write the value itself",
	"env":       "The environment is not read, so that a spec gives the same plan everywhere. Write the value itself",
}

// written is a name of several parts as the spec has it, without blanks and comments between them: fmt moves
// those, and what check says must not change by that.
func (ad advisor) written(rng hcl.Range) string {
	// What is wrong with the text is another finding's matter.
	tokens, _ := hclsyntax.LexExpression(rng.SliceBytes(ad.r.sources[rng.Filename]), rng.Filename, rng.Start)
	var out strings.Builder
	for _, token := range tokens {
		if token.Type != hclsyntax.TokenComment && token.Type != hclsyntax.TokenNewline {
			out.Write(token.Bytes)
		}
	}
	return out.String()
}

// unknownVariable says what the author may have meant by a name that expressions do not know, of
// which text is the whole.
func (ad advisor) unknownVariable(at hcl.Range, name, text string, known []string) string {
	s, rest := ad.r.scope, "NAME"
	if _, after, ok := strings.Cut(text, "."); ok {
		rest = after
	}
	first, _, _ := strings.Cut(rest, ".")
	// each.value in a dynamic block is the one case in which there is such a thing here, under another name.
	if element := ad.elementAt(name, at); element != "" {
		part, after, _ := strings.Cut(rest, ".")
		// each.key and count.index are both the key of the element, which is its number in a list.
		if part != "value" {
			part = "key"
		} else if after != "" {
			part += "." + after
		}
		return fmt.Sprintf("There is no %q here. In this dynamic block the current element is %s.value, and its key "+
			"or number %[2]s.key. Write %[2]s.%s", name, element, part)
	}
	// Where a reference is needed a variable of Terraform would hold a block that this spec has.
	if refs := s.refs(s.wants); name == "var" && refs != "" {
		return fmt.Sprintf("There is no \"var\" here. Nothing is passed in from outside. Write the block itself: %s",
			refs)
	}
	if says, ok := terraformNames[name]; ok {
		return fmt.Sprintf("There is no %q here. "+strings.NewReplacer("%[2]s", rest, "%[3]s", first).Replace(says)+".",
			name)
	}
	// yes, On or TRUE without marks is a variable to hcl.
	if word, ok := boolWord(name); ok && text == name {
		return fmt.Sprintf("Write %s, in small letters and without quotation marks.", word)
	}
	if text == name {
		var refs []string
		for _, kind := range kinds {
			for _, label := range s.labels[kind] {
				// A block of another type with this name would be a wrong reference.
				if s.wants != "" && s.wants != kind {
					continue
				}
				if strings.EqualFold(label, name) {
					refs = append(refs, refTo(kind, label))
				}
			}
		}
		if len(refs) > 0 {
			return fmt.Sprintf("A reference has the type of the block first. Write %s", strings.Join(refs, " or "))
		}
	}
	// Last of what is named, as it fits by chance more often than what was looked for above.
	if meant := diag.Suggest(name, known); meant != "" {
		return fmt.Sprintf("There is nothing named %q here. Did you mean %q?", cut(name), meant)
	}
	if refs := s.refs(s.wants); refs != "" {
		return fmt.Sprintf("There is no %q. A reference to a block %s is needed here. Write %s", cut(text), s.wants,
			refs)
	}
	return fmt.Sprintf("Text needs quotation marks. Write %q.", cut(text))
}

// refs are the references to all blocks of a kind, "" if there are none or too many to name.
func (s *scope) refs(kind string) string {
	labels := s.labels[kind]
	// more names than a person compares at a glance
	if len(labels) > 8 {
		return ""
	}
	var out []string
	for _, label := range labels {
		out = append(out, refTo(kind, label))
	}
	return strings.Join(out, " or ")
}

// elementAt is what the current element is called at a place: the type of the blocks that the
// innermost dynamic block around it makes, or its iterator; "" where there is none, or where
// another name than one of Terraform's for it is there.
func (ad advisor) elementAt(root string, at hcl.Range) string {
	// All blocks are looked through, so only the first findings of a spec have this.
	if root != "each" && root != "count" || !ad.r.scope.mayLook() {
		return ""
	}
	name := ""
	eachBlock(ad.r.written, func(block *hclsyntax.Block) {
		if rng := block.Range(); block.Type != "dynamic" || len(block.Labels) != 1 || rng.Filename != at.Filename ||
			at.Start.Byte < block.OpenBraceRange.Start.Byte || at.End.Byte > block.CloseBraceRange.End.Byte {
			return
		}
		// The outer block is visited first, so the innermost one around the place is noted last.
		name = block.Labels[0]
		if attr := block.Body.Attributes["iterator"]; attr != nil {
			name = hcl.ExprAsKeyword(attr.Expr)
		}
	})
	return name
}

// notInText says what is in ${ } of a text and cannot be.
func notInText(d *hcl.Diagnostic) string {
	what := "a list or a map"
	if value, diags := d.Expression.Value(d.EvalContext); !diags.HasErrors() {
		what = describe(value)
	}
	// ${site} is the object of all sites: its type says less than its name.
	if root := hcl.ExprAsKeyword(d.Expression); slices.Contains(kinds, root) {
		what = root + ", all blocks of that type"
	}
	return fmt.Sprintf("Only text, numbers, true and false can be in ${ } in a text; this is %s. Write the text "+
		"itself; or declare it once, locals { NAME = \"text\" }, and write ${local.NAME}", what)
}

// boolWord is true or false where a word, a number or text of another language means it.
func boolWord(word string) (string, bool) {
	// $true is PowerShell, yes and on are YAML, 1 and 0 the registry; ja and nein are German.
	switch strings.ToLower(strings.TrimPrefix(word, "$")) {
	case "true", "yes", "on", "enabled", "ja", "1":
		return "true", true
	case "false", "no", "off", "disabled", "nein", "0":
		return "false", true
	}
	return "", false
}

var identifier = pattern.New(`^[A-Za-z_][A-Za-z0-9_-]*$`)

// refTo is a reference as it is written.
func refTo(kind, label string) string {
	if identifier.MatchString(label) {
		return kind + "." + label
	}
	return fmt.Sprintf("%s[%q]", kind, label)
}

// terraformFunctions are functions that cannot be here, and what to do.
var terraformFunctions = map[string]string{
	"file": "An expression reads no files. Where the name of a file is wanted, write it in quotation marks " +
		"without file( )",
	"timestamp": "The clock is not read, so that a spec gives the same plan every day. Write the time itself, such " +
		"as \"2026-12-05T22:00:00Z\" for UTC, or with +01:00 in place of Z where clocks are an hour ahead of UTC on " +
		"that day",
	"env":         "The environment is not read, so that a spec gives the same plan everywhere. Write the value itself",
	"jsonencode":  "Values are written as they are, not as JSON. Write the list or the text without it",
	"uuid":        "Nothing is random, so that a spec gives the same plan every day. Write the value itself",
	"cidrsubnet":  "For an address of a network there is cidrhost, such as cidrhost(\"198.51.100.0/24\", 21)",
	"try":         "Write the value that is meant",
	"formatdate":  "Write the date or time itself",
	"templatestr": "Write the text itself; it can hold ${local.NAME}",
}

// sameAdvice has the functions of which the advice is that for another one.
var sameAdvice = map[string]string{
	"templatefile": "file", "fileexists": "file", "filebase64": "file",
	"abspath": "file", "fileset": "file",
	"pathexpand": "file", "basename": "file", "dirname": "file",
	"plantimestamp": "timestamp", "now": "timestamp", "time": "timestamp", "today": "timestamp",
	"jsondecode": "jsonencode", "yamlencode": "jsonencode", "yamldecode": "jsonencode",
	"base64encode": "jsonencode",
	"csvdecode":    "jsonencode",
	"getenv":       "env", "bcrypt": "uuid", "uuidv5": "uuid", "random": "uuid",
	"cidrsubnets": "cidrsubnet", "cidrnetmask": "cidrsubnet", "can": "try", "timeadd": "formatdate",
	"timecmp": "formatdate", "templatestring": "templatestr",
}

func unknownFunction(name string, known []string) string {
	// Functions of PowerShell and Excel are written in capitals, and mean the same.
	key := strings.ToLower(name)
	if other, ok := sameAdvice[key]; ok {
		key = other
	}
	text := fmt.Sprintf("There is no function %q.", cut(name))
	if says, ok := terraformFunctions[key]; ok {
		return text + " " + says + "."
	}
	if meant := diag.Suggest(name, known); meant != "" {
		return text + fmt.Sprintf(" Did you mean %q?", meant)
	}
	return text + " There are " + strings.Join(known, ", ") + "."
}

// missingKey is a finding about a key, an attribute or an index that a value does not have, nil
// if a diagnostic is about something else.
func (ad advisor) missingKey(expr hcl.Expression, d *hcl.Diagnostic) *hcl.Diagnostic {
	switch d.Summary {
	case "Invalid index", "Missing map element", "Unsupported attribute":
	default:
		return nil
	}
	// hcl points at the step that fails, and not at the value: the traversal with that step has both.
	for _, traversal := range expr.Variables() {
		for i := 1; i < len(traversal); i++ {
			step := traversal[i].SourceRange()
			if d.Subject == nil || step != *d.Subject {
				continue
			}
			// The value before the step is read again, since the finding of hcl does not hold it.
			value, diags := traversal[:i].TraverseAbs(ad.r.scope.at)
			if diags.HasErrors() || !value.IsKnown() || value.IsNull() {
				// unknown: the cause has a finding of its own
				return nil
			}
			rng := traversal.SourceRange()
			name := ad.written(hcl.RangeBetween(rng, traversal[i-1].SourceRange()))
			return diag.New(codeUnknownRef, d.Subject, ad.noSuchPart(cut(name), value, traversal[i]))
		}
	}
	return nil
}

func (ad advisor) noSuchPart(name string, value cty.Value, step hcl.Traverser) string {
	ty := value.Type()
	if key, ok := stepName(step); ok && (ty.IsObjectType() || ty.IsMapType()) {
		var known []string
		// Sorting the keys of a large map for each of many findings takes longer than reading the spec.
		if ad.r.scope.unknown < maxSuggestions {
			known = sortedNames(value.AsValueMap())
		}
		return ad.r.scope.noSuch("key", key, known, name+" has ")
	}
	if ty.IsTupleType() || ty.IsListType() {
		n := value.LengthInt()
		return fmt.Sprintf("%s has %d %s, counted from 0: write %s.", name, n,
			map[bool]string{true: "element", false: "elements"}[n == 1], indexes(name, n))
	}
	// edge_pool.X.fqdn: in Terraform a block has its arguments as attributes, here it is only named.
	if ty == referenceType {
		return noArguments(name, step)
	}
	return fmt.Sprintf("%s is %s, which has no parts.", name, describe(value))
}

// noArguments says that a block, by its reference, has no arguments that can be read.
func noArguments(ref string, step hcl.Traverser) string {
	name, ok := stepName(step)
	if !ok {
		name = "NAME"
	}
	return fmt.Sprintf("%s is the block itself; its arguments cannot be read from here. Write the value itself; or, "+
		"outside of all blocks, locals { %s = VALUE }, and local.%[2]s in both places.", ref, cut(name))
}

// portAdvice says how to write a port of the XMPP gateway where text is.
func portAdvice(name, number string) string {
	text := fmt.Sprintf(
		" Write the number without quotation marks; if the port is %d, the default of %s, "+
			"remove the line.",
		defaultPorts[name], name)
	// 5269 and 23456 are mixed up easily: one is for partners, the other for the Front End Servers.
	for other, port := range defaultPorts {
		if number == strconv.Itoa(port) && other != name {
			return text + fmt.Sprintf(" %s is the default of %s.", number, other)
		}
	}
	return text
}

// advice says how to write a value of the type that is wanted.
func advice(name string, value cty.Value, want cty.Type, words string) string {
	text := ""
	if value.Type() == cty.String && !value.IsNull() {
		text = value.AsString()
	}
	switch {
	case want == cty.Bool:
		if value.Type() == cty.Number {
			// 1 and 0 mean true and false in the registry and in many tables.
			text = value.AsBigFloat().Text('g', 10)
		}
		if word, ok := boolWord(text); ok {
			return fmt.Sprintf(" Write %s, without quotation marks.", word)
		}
		return " Write true or false, without quotation marks."
	case want == cty.Number:
		// Zone files of BIND may have TTLs such as 5m and 1h.
		if d := duration.FindStringSubmatch(text); d != nil && strings.Contains(words, "seconds") {
			n, _ := strconv.Atoi(d[1])
			return fmt.Sprintf(" Write %d.",
				n*map[string]int{"s": 1, "m": 60, "h": 3600, "d": 86400}[strings.ToLower(d[2])])
		}
		n := leadingNumber.FindString(text)
		if defaultPorts[name] > 0 {
			return portAdvice(name, n)
		}
		if n != "" {
			return fmt.Sprintf(" Write the number alone: %s.", n)
		}
		return " Write a number, such as 300."
	// A list in one text, as a cell of a table or a parameter of a cmdlet has it.
	case want.IsListType() && text != "":
		return fmt.Sprintf(" Write [%s].", strings.Join(quoted(strings.FieldsFunc(cut(text),
			func(r rune) bool { return strings.ContainsRune(",; \t", r) })), ", "))
	case want.IsListType():
		return ` Write ["a", "b"].`
	// Before the general advice, in which quotation marks around a list would make one text of it.
	case want == cty.String && (value.Type().IsTupleType() || value.Type().IsListType() || value.Type().IsSetType()):
		return oneOfList(name, value)
	case want == cty.String:
		return " Write the text in quotation marks."
	}
	return ""
}

// oneOfList says how one value is written where a list of them is.
func oneOfList(name string, value cty.Value) string {
	if value.IsNull() || !value.IsWhollyKnown() || value.LengthInt() == 0 {
		return " Write one text in quotation marks, without square brackets."
	}
	first := elements(value)[0]
	if name == "" || first.IsNull() || first.Type() != cty.String {
		return " Write one value, without square brackets."
	}
	text := fmt.Sprintf(" There is one value, without square brackets: %s = %q.", name, cut(first.AsString()))
	// Two addresses are mostly those of two servers of a pool: a server has one of each kind.
	if strings.HasPrefix(name, "public_ip") {
		text += " A second address is that of another server, which has a block server of its own."
	}
	return text
}

// withFQDN is the label of the block of a kind that has an FQDN, "" if there is none.
func (ad advisor) withFQDN(kind, fqdn string) string {
	if !ad.r.scope.mayLook() {
		return ""
	}
	// Once, and only if a finding asks: it goes through all blocks, making those again that were dropped.
	if ad.r.fqdns == nil {
		ad.r.fqdns = map[string]string{}
		for _, c := range ad.r.outline.chunks {
			eachBlock(c.nodes(), ad.noteFQDN)
		}
	}
	return ad.r.fqdns[kind+" "+strings.ToLower(fqdn)]
}

func (ad advisor) noteFQDN(block *hclsyntax.Block) {
	if len(block.Labels) != 1 || !slices.Contains(kinds, block.Type) {
		return
	}
	for _, name := range []string{"fqdn", "access_edge_fqdn"} {
		if attr := block.Body.Attributes[name]; attr != nil {
			key := block.Type + " " + strings.ToLower(literal(attr.Expr))
			// Two blocks with one FQDN are a finding of the compiler; either is as good here.
			if _, twice := ad.r.fqdns[key]; !twice {
				ad.r.fqdns[key] = block.Labels[0]
			}
		}
	}
}

// literal is the text of a string that is written out, "" for any other expression.
func literal(expr hcl.Expression) string {
	// Without a context only what is written out has a value.
	value, diags := expr.Value(nil)
	if diags.HasErrors() || value.IsNull() || !value.IsKnown() || value.Type() != cty.String {
		return ""
	}
	return value.AsString()
}

// duration is a short one as people write it, such as 5m or 1 hour.
var duration = pattern.New(`^([0-9]{1,5}) ?([smhdSMHD])[a-z]*$`)

var leadingNumber = pattern.New(`^[0-9]+`)

// notReference says how the reference is written that is wanted where another value is.
func (ad advisor) notReference(kind string, value cty.Value) string {
	s, label := ad.r.scope, ""
	switch {
	case value.Type() == referenceType && !value.IsNull():
		label = value.EncapsulatedValue().(*reference).label
	case value.Type() == cty.String && !value.IsNull():
		label = value.AsString()
		for _, known := range s.labels[kind] {
			// The reference is right but for the quotation marks around it.
			if label == kind+"."+known || label == refTo(kind, known) {
				return fmt.Sprintf("A reference has no quotation marks. Write %s", refTo(kind, known))
			}
		}
		// In Topology Builder a pool is called by its FQDN, so that is what people write.
		if named := ad.withFQDN(kind, label); named != "" {
			return fmt.Sprintf("A reference to a block %s is needed here, but this is its FQDN. Write %s, without "+
				"quotation marks: the name behind %q.", kind, refTo(kind, named), kind)
		}
	}
	// A block of the right type has the name of the wrong one, or the text is its label.
	if s.known(kind, label) {
		return fmt.Sprintf("A reference to a block %s is needed here, but this is %s. Write %s, without quotation "+
			"marks.", kind, describe(value), refTo(kind, label))
	}
	var refs []string
	for _, known := range s.labels[kind] {
		refs = append(refs, refTo(kind, known))
	}
	text := fmt.Sprintf("A reference to a block %s is needed here, but this is %s.", kind, describe(value))
	switch {
	case len(refs) == 0:
		return text + fmt.Sprintf(" No block %s is declared: add %s and write %s.NAME here, without quotation marks.",
			kind, form(kind), kind)
	case len(refs) > 8:
		return text + fmt.Sprintf(" Write %s, without quotation marks, or another one by the name of its block.",
			refs[0])
	}
	return text + fmt.Sprintf(" Write %s, without quotation marks: the name is the one behind %s, not an FQDN.",
		strings.Join(refs, " or "), strconv.Quote(kind))
}

// notReferences says how the list of references is written that is wanted where a single value is.
func (ad advisor) notReferences(kind string, value cty.Value) string {
	if value.Type() == referenceType && !value.IsNull() {
		ref := value.EncapsulatedValue().(*reference)
		if ref.kind == kind {
			return fmt.Sprintf("A list of references to blocks %s is needed here. Write [%s].", kind, refTo(kind, ref.label))
		}
	}
	return fmt.Sprintf("A list is needed here, in square brackets. %s", ad.notReference(kind, value))
}

func indexes(name string, n int) string {
	switch n {
	case 0:
		return "none of them"
	case 1:
		return name + "[0]"
	}
	return fmt.Sprintf("%s[0] to %s[%d]", name, name, n-1)
}

// badElement is the number of the first element of a list that is no text, -1 if there is none.
func badElement(value cty.Value) int {
	// Anything else than a list is wrong as a whole.
	if ty := value.Type(); !ty.IsTupleType() && !ty.IsListType() {
		return -1
	}
	return slices.IndexFunc(elements(value),
		func(v cty.Value) bool { return v.IsNull() || !v.Type().IsPrimitiveType() })
}
