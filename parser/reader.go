package parser

import (
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/dynblock"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"golang.org/x/text/unicode/norm"

	"github.com/edgeplan/edgeplan/internal/pattern"
	"github.com/edgeplan/edgeplan/parser/diag"
	"github.com/edgeplan/edgeplan/parser/topology"
)

// reader turns bodies into a Spec and collects findings on the way.
type reader struct {
	fsys    fs.FS
	sources diag.Sources
	scope   *scope
	work    *work
	// dynamics are the dynamic blocks that make nothing.
	dynamics  *dynamics
	found     diag.Few
	zoneBytes int64 // of the zone files so far, each as often as it is read

	outline *outline
	singles map[string]hcl.Range // blocks that are there once
	// What findings need to know of the text that is being read.
	written   *hclsyntax.Body
	inDynamic map[hcl.Range]bool // the names of the parts of dynamic blocks
	fqdns     map[string]string  // see [advisor.withFQDN]; nil before it is asked
}

func (r *reader) report(code diag.Code, rng hcl.Range, detail string) {
	r.add(hcl.Diagnostics{diag.New(code, &rng, detail)})
}

// add keeps findings, but none after the one that ends the work: what is unknown from
// there on would only give findings that follow from it.
func (r *reader) add(diags hcl.Diagnostics) {
	if !r.work.stopped() {
		r.found.Add(diags...)
	}
}

// content is one block being read.
type content struct {
	r     *reader
	attrs hcl.Attributes
	body  *hcl.BodyContent
	args  []Argument      // that it may have
	head  hcl.Range       // what a finding about something that is not there points to
	meant map[string]bool // names that are misspelt
}

// open reads the parts of the body of a block, which another block holds or, with the holder "",
// none.
func (r *reader) open(body hcl.Body, kind, holder string, head hcl.Range) *content {
	s := schemas[kind].in(holder)
	got, diags := body.Content(s.hcl())
	odd := withoutEchoes(advisor{r}.imported(advisor{r}.inWords(kind, holder, diags)))
	r.add(odd)
	return &content{r: r, attrs: got.Attributes, body: got, args: s.args, head: head, meant: meantNames(odd)}
}

// withoutEchoes drops the finding that an argument is missing where another one says
// that it is misspelt, and that a value is unknown, as only one with a finding is.
func withoutEchoes(diags hcl.Diagnostics) hcl.Diagnostics {
	meant := meantNames(diags)
	return slices.DeleteFunc(diags, func(d *hcl.Diagnostic) bool {
		// the expression that made it unknown has its finding
		if strings.HasPrefix(d.Detail, "This value is not yet known.") {
			return true
		}
		name := strings.SplitN(d.Detail, `"`, 3)
		return diag.Of(d) == codeMissing && len(name) == 3 && meant[name[1]]
	})
}

var meantName = pattern.New(
	`Did you mean "([^"]+)"\?|^"([^"]+)" is (?:a block|an argument) and no|^The name of this (\w+) is missing`)

// meantNames are the names that findings say are misspelt, or a block written as an
// argument or the reverse.
func meantNames(diags hcl.Diagnostics) map[string]bool {
	names := map[string]bool{}
	for _, d := range diags {
		if !strings.Contains(d.Detail, "Did you mean ") && !strings.HasPrefix(d.Detail, `"`) &&
			!strings.HasPrefix(d.Detail, "The name of this ") {
			continue // there can be a hundred thousand, and the expression is slow
		}
		for _, found := range meantName.FindAllStringSubmatch(d.Detail, -1) {
			// Of the three groups one has matched.
			names[found[1]+found[2]+found[3]] = true
		}
	}
	return names
}

// missing reports that a block is not there.
func (c *content) missing(kind, detail string) {
	// a misspelt block is there, and a dynamic block whose list is not known may make one
	if !c.meant[kind] && !c.r.dynamics.perhaps[kind] {
		c.r.report(codeMissing, c.head, detail)
	}
}

func (r *reader) openBlock(block *hcl.Block) *content { return r.openIn("", block) }

// openIn is openBlock for a block whose arguments depend on which block holds it.
func (r *reader) openIn(holder string, block *hcl.Block) *content {
	return r.open(block.Body, block.Type, holder, block.DefRange)
}

// each calls f for each block of a type, in order of declaration.
func (c *content) each(kind string, f func(*hcl.Block)) {
	for _, block := range c.body.Blocks {
		if block.Type == kind {
			f(block)
		}
	}
}

// one returns the only block of a type, nil if there is none; a second is a finding.
func (c *content) one(kind string) *hcl.Block {
	return c.oneOfAll(kind, map[string]hcl.Range{})
}

// oneOfAll is one with the places of those that have been read before.
func (c *content) oneOfAll(kind string, singles map[string]hcl.Range) *hcl.Block {
	var only *hcl.Block
	c.each(kind, func(block *hcl.Block) {
		// The first stays: the author may have pasted the second below it, and all
		// that refers to the first would change.
		if first, twice := singles[kind]; twice {
			c.r.report(codeDuplicate, block.DefRange, fmt.Sprintf("There is already one block %q, at %s:%d; only one "+
				"is allowed here.", kind, first.Filename, first.Start.Line))
			return
		}
		only, singles[kind] = block, block.DefRange
	})
	return only
}

// argument is what the table of the language says of an argument.
func (c *content) argument(name string) *Argument {
	for i := range c.args {
		if c.args[i].Name == name {
			return &c.args[i]
		}
	}
	// Only a name misspelt in this package gets here, and the first block of the type shows it.
	panic(fmt.Sprintf("internal error: the table of arguments has no %q here", name))
}

// value evaluates an argument; ok is false if it was left out, is null or is wrong.
func (c *content) value(name string, want cty.Type, words string) (cty.Value, hcl.Range, bool) {
	attr := c.attrs[name]
	if attr == nil {
		return cty.DynamicVal, c.head, false
	}
	rng := attr.Expr.Range()
	value, ok := c.r.evaluate(attr.Expr)
	if !ok {
		// A value that is not known, as in a dynamic block that makes nothing, has a type
		// all the same, and that can be wrong.
		c.r.misfit(value, want, rng, words)
	}
	// To hcl null is left out: x = null is not missing for it, even where x is required.
	if ok && value.IsNull() && c.argument(name).Required {
		c.r.report(codeMissing, rng, fmt.Sprintf("%s needs a value; it cannot be null.", name))
	}
	if !ok || value.IsNull() {
		return cty.DynamicVal, rng, false
	}
	// Before the conversion, whose finding is about the whole list and not about the one element.
	if i := badElement(value); want.IsListType() && i >= 0 {
		at := rng
		// only a list that is written out has places for its elements
		if list, _ := hcl.ExprList(attr.Expr); i < len(list) {
			at = list[i].Range()
		}
		c.r.report(codeWrongType, at, fmt.Sprintf("Element %d of this list is %s. Each element is a text in "+
			"quotation marks: write one, or remove it.", i+1, describe(elements(value)[i])))
		return cty.DynamicVal, rng, false
	}
	if words == listOfReferences { // whose elements have findings of their own
		return value, rng, true
	}
	value, ok = c.r.as(name, value, want, rng, words)
	return value, rng, ok
}

func (c *content) text(name string) topology.Value[string] {
	value, rng, ok := c.value(name, cty.String, "A string")
	if !ok {
		return topology.Value[string]{Range: rng}
	}
	return topology.Value[string]{V: value.AsString(), Set: true, Range: rng}
}

// filled is a text that says something.
func (c *content) filled(name string) topology.Value[string] {
	got := c.text(name)
	if got.Set && strings.TrimSpace(got.V) == "" {
		c.r.report(codeMalformed, got.Range, fmt.Sprintf("%s is empty. Write a value, such as %s", name, example(name)))
	}
	return got
}

// word is a text that must be one of the words of the argument; left out it is the first, or empty where an argument that is
// not required has no default.
func (c *content) word(name string) topology.Value[string] {
	arg, got := c.argument(name), c.text(name)
	if !got.Set && !arg.Required && arg.Default == nil {
		return got
	}
	return c.oneOf(got, arg.Words)
}

// wordMeant is the word that a text means, such as "Windows Server 2012 R2" for
// "windows-server-2012-r2": all parts of the word are in the text, and of no longer one.
func wordMeant(text string, words []string) string {
	if meant := diag.Suggest(text, words); meant != "" {
		return meant
	}
	// What Microsoft and Amazon call their products, in the form that the words of the language have.
	lower := strings.NewReplacer("skype for business", "sfb", "subscription edition", "se",
		"windows dns", "windows-dns", "route 53", "route53").Replace(strings.ToLower(text))
	parts := strings.FieldsFunc(lower, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	best := ""
	for _, word := range words {
		// "Windows 2012 R2" is said without Server, so that part of a word need not be there.
		all := !slices.ContainsFunc(strings.Split(word, "-"),
			func(part string) bool { return part != "server" && !slices.Contains(parts, part) })
		// Windows Server 2012 is in the text "Windows Server 2012 R2" too: the longer word is the one that is meant.
		if all && len(word) > len(best) {
			best = word
		}
	}
	return best
}

func (c *content) oneOf(got topology.Value[string], words []string) topology.Value[string] {
	if !got.Set {
		// The first word is what applies when nothing is written; Set remains false, so rules can tell the two apart.
		got.V = words[0]
		return got
	}
	if !slices.Contains(words, got.V) {
		detail := fmt.Sprintf("%q is not one of %s.", cut(got.V), strings.Join(quoted(words), ", "))
		if meant := wordMeant(got.V, words); meant != "" {
			detail += fmt.Sprintf(" Did you mean %q?", meant)
		} else if slices.Equal(words, topology.Deliveries()) {
			// What people write here is the name of their DNS server, which no word of the table is like.
			detail += " For BIND, Knot DNS or PowerDNS write \"zone-file\" to get a new zone file and its diff, or " +
				"\"nsupdate\" to get a dynamic update for nsupdate or knsupdate, if the server accepts such updates."
		}
		c.r.report(codeUnknownWord, got.Range, detail)
		// Not Set: a rule must not speak of a word that the author did not write.
		return topology.Value[string]{V: words[0], Range: got.Range}
	}
	return got
}

func (c *content) texts(name string) topology.Value[[]string] {
	value, rng, ok := c.value(name, cty.List(cty.String), "A list of strings")
	if !ok {
		return topology.Value[[]string]{Range: rng}
	}
	// not nil: partners = [] says that there are none, which is more than saying nothing
	list := []string{}
	for _, v := range value.AsValueSlice() {
		list = append(list, v.AsString())
	}
	return topology.Value[[]string]{V: list, Set: true, Range: rng}
}

// paths is a map of strings. The range of each is that of its key and value where they are
// written out, else that of the map.
func (c *content) paths(name string) topology.Value[map[string]topology.Value[string]] {
	value, rng, ok := c.value(name, cty.Map(cty.String), `A map of strings, { "path" = "path" }`)
	if !ok {
		return topology.Value[map[string]topology.Value[string]]{Range: rng}
	}
	paths := map[string]topology.Value[string]{}
	for key, v := range value.AsValueMap() {
		paths[key] = topology.Value[string]{V: v.AsString(), Set: true, Range: rng}
	}
	// The value has no places of its keys any more, but a map that is written out has.
	pairs, _ := hcl.ExprMap(c.attrs[name].Expr)
	for _, pair := range pairs {
		// Without a context: a key that is an expression is left with the place of the map.
		key, diags := pair.Key.Value(nil)
		if diags.HasErrors() || key.Type() != cty.String || key.IsNull() || !key.IsKnown() {
			continue
		}
		if path, ok := paths[key.AsString()]; ok {
			path.Range = hcl.RangeBetween(pair.Key.Range(), pair.Value.Range())
			paths[key.AsString()] = path
		}
	}
	return topology.Value[map[string]topology.Value[string]]{V: paths, Set: true, Range: rng}
}

func (c *content) flag(name string) topology.Value[bool] {
	value, rng, ok := c.value(name, cty.Bool, "true or false")
	return topology.Value[bool]{V: ok && value.True(), Set: ok, Range: rng}
}

// whole is a whole number in the bounds of the argument.
func (c *content) whole(name string) topology.Value[int] {
	arg := c.argument(name)
	what := map[Kind]string{Port: "A TCP port", Seconds: "A TTL in seconds", Minutes: "A number of minutes",
		Hours: "A number of hours"}[arg.Kind]
	otherwise, _ := arg.Default.(int) // of one without a default it means nothing
	least, most := int64(arg.Least), int64(arg.Most)
	value, rng, ok := c.value(name, cty.Number, what)
	if !ok {
		return topology.Value[int]{V: otherwise, Range: rng}
	}
	n, ok := wholeNumber(value.AsBigFloat(), least, most)
	if !ok {
		text := fmt.Sprintf("%s is a whole number from %d to %d.", what, least, most)
		// TTLs are small numbers to people who think in minutes: 5 means 300.
		if minutes, ok := wholeNumber(value.AsBigFloat(), 1, least-1); ok && arg.Kind == Seconds {
			text += fmt.Sprintf(" If %d minutes are meant, write %d.", minutes, 60*minutes)
		}
		c.r.report(codeMalformed, rng, text)
		return topology.Value[int]{V: otherwise, Range: rng}
	}
	return topology.Value[int]{V: n, Set: true, Range: rng}
}

// serial is a word for how a serial is raised, or the new serial as a number.
func (c *content) serial(name string) topology.Value[string] {
	got := c.text(name)
	if !digits.MatchString(got.V) {
		// With a digit, as a date with hyphens has it, a serial is meant: the list of words would not help.
		if got.Set && strings.ContainsAny(got.V, "0123456789") {
			c.r.report(codeMalformed, got.Range, fmt.Sprintf("%q is not a serial. Leave the line out, and edgeplan "+
				"raises the serial of the zone; or write a number without quotation marks: %s, or a larger one if "+
				"the zone has that already.", cut(got.V), likeSerial(got.V)))
			return topology.Value[string]{V: c.argument(name).Words[0], Range: got.Range}
		}
		return c.oneOf(got, c.argument(name).Words)
	}
	// 32 bits, RFC 1035 section 3.3.13
	if n, err := strconv.ParseUint(got.V, 10, 32); err != nil || n == 0 {
		c.r.report(codeMalformed, got.Range, "A serial is a whole number from 1 to 4294967295.")
		return topology.Value[string]{V: c.argument(name).Words[0], Range: got.Range}
	}
	return got
}

// likeSerial is a serial like the one that a text means: the digits of a date get a number.
func likeSerial(text string) string {
	number := notDigits.ReplaceAllString(text, "")
	if len(number) == len("20261205") {
		// serials that are dates have the number of the change of that day behind it
		number += "01"
	}
	if n, err := strconv.ParseUint(number, 10, 32); err != nil || n == 0 {
		// too large, or no digits: then any serial of the usual form shows what is meant
		return "2026120501"
	}
	return number
}

var notDigits = pattern.New(`[^0-9]+`)

var digits = pattern.New(`^[0-9]+$`)

// ref is an argument that names a block of one kind.
func (c *content) ref(name string) topology.Value[string] {
	kind := c.argument(name).RefersTo
	needed := fmt.Sprintf("A reference to a block %s", kind)
	// findings about names in the expression say what is wanted here
	c.r.scope.wants = kind
	defer func() { c.r.scope.wants = "" }()
	value, rng, ok := c.value(name, cty.DynamicPseudoType, needed)
	if !ok {
		return topology.Value[string]{Range: rng}
	}
	if value.Type() == referenceType {
		// site.X and edge_pool.X are values of one type: cty tells them apart only by what is in them.
		if ref := value.EncapsulatedValue().(*reference); ref.kind == kind {
			return topology.Value[string]{V: ref.label, Set: true, Range: rng}
		}
	}
	c.r.report(codeWrongType, rng, advisor{c.r}.notReference(kind, value))
	return topology.Value[string]{Range: rng}
}

// listOfReferences is what is needed where an argument names several blocks.
const listOfReferences = "A list of references"

// refs is an argument that names several blocks of one kind. The range of each is its own where the list
// is written out, else that of the list. Of a list with an element that is no such reference there is none.
func (c *content) refs(name string) topology.Value[[]topology.Value[string]] {
	kind := c.argument(name).RefersTo
	c.r.scope.wants = kind
	defer func() { c.r.scope.wants = "" }()
	value, rng, ok := c.value(name, cty.DynamicPseudoType, listOfReferences)
	none := topology.Value[[]topology.Value[string]]{Range: rng}
	if !ok {
		return none
	}
	if ty := value.Type(); !ty.IsTupleType() && !ty.IsListType() && !ty.IsSetType() {
		c.r.report(codeWrongType, rng, advisor{c.r}.notReferences(kind, value))
		return none
	}
	out := topology.Value[[]topology.Value[string]]{V: []topology.Value[string]{}, Set: true, Range: rng}
	written, _ := hcl.ExprList(c.attrs[name].Expr)
	for i, one := range elements(value) {
		at := rng
		if i < len(written) {
			at = written[i].Range()
		}
		if one.Type() == referenceType && one.IsKnown() && !one.IsNull() {
			if ref := one.EncapsulatedValue().(*reference); ref.kind == kind {
				out.V = append(out.V, topology.Value[string]{V: ref.label, Set: true, Range: at})
				continue
			}
		}
		c.r.report(codeWrongType, at, advisor{c.r}.notReference(kind, one))
		out.Set = false
	}
	if !out.Set {
		return none
	}
	return out
}

// label is the label of a block as a value.
func label(block *hcl.Block) topology.Value[string] {
	return topology.Value[string]{V: block.Labels[0], Set: true, Range: block.LabelRanges[0]}
}

// localValues are the arguments of blocks locals.
func (r *reader) localValues(blocks []*hcl.Block) map[string]*hcl.Attribute {
	attrs := map[string]*hcl.Attribute{}
	for _, block := range blocks {
		got, diags := block.Body.JustAttributes()
		r.add(diag.Import(diags))
		for _, attr := range inOrder(got) {
			// cty has the names of an object in NFC, so two spellings of é are one local value.
			name := norm.NFC.String(attr.Name)
			if first := attrs[name]; first != nil {
				r.report(codeDuplicate, attr.NameRange, fmt.Sprintf("The local value %q is already set at %s:%d.", name,
					first.NameRange.Filename, first.NameRange.Start.Line))
				continue
			}
			attrs[name] = attr
			// also of values that will be wrong: a reference to them is no second mistake
			r.scope.locals[name] = true
		}
	}
	return attrs
}

// locals evaluates local values, each after those that it refers to.
func (r *reader) locals(attrs map[string]*hcl.Attribute) {
	values := map[string]cty.Value{}
	for _, name := range r.localOrder(attrs) {
		// the guards and nodes of the values before it are gone by now
		expr := guards{r.work}.argument(attrs[name].Expr.(hclsyntax.Expression))
		attrs[name].Expr = nil
		// cty objects cannot be added to; see needed for why not all values are in each.
		r.scope.ctx.Variables["local"] = cty.ObjectVal(needed(expr, values))
		value, ok := r.evaluate(expr)
		if !ok {
			value = cty.DynamicVal // unknown: what uses it is not reported again
		}
		values[name] = value
	}
	for name := range attrs {
		if _, ok := values[name]; !ok {
			values[name] = cty.DynamicVal // in a circle, which is reported
		}
	}
	r.scope.ctx.Variables["local"] = cty.ObjectVal(values)
}

// inOrder sorts arguments by their places.
func inOrder(attrs hcl.Attributes) []*hcl.Attribute {
	return slices.SortedFunc(maps.Values(attrs),
		func(a, b *hcl.Attribute) int { return a.NameRange.Start.Byte - b.NameRange.Start.Byte })
}

// needed returns those of the local values that an expression refers to. To make an
// object of all of them for each local takes minutes when there are many.
func needed(expr hcl.Expression, values map[string]cty.Value) map[string]cty.Value {
	out := map[string]cty.Value{}
	for _, traversal := range expr.Variables() {
		if traversal.RootName() != "local" {
			continue
		}
		if len(traversal) < 2 {
			// local as a whole, as in a for expression, or an index that only evaluation tells: all may be needed
			return values
		}
		name, ok := stepName(traversal[1])
		if !ok {
			return values
		}
		if value, ok := values[name]; ok {
			out[name] = value
		}
	}
	return out
}

// localOrder sorts local values so that each comes after those it refers to, and
// reports a circle. Names that are ready together are in alphabetical order.
func (r *reader) localOrder(attrs map[string]*hcl.Attribute) []string {
	needs := map[string]map[string]bool{}
	users := map[string][]string{}
	for name, attr := range attrs {
		needs[name] = map[string]bool{}
		for _, traversal := range attr.Expr.Variables() {
			// local as a whole names none of them: it has the values that are ready by then.
			if traversal.RootName() != "local" || len(traversal) < 2 {
				continue
			}
			// A name that is used twice in one expression is one need, else its user would be ready twice.
			if other, ok := stepName(traversal[1]); ok && attrs[other] != nil && !needs[name][other] {
				needs[name][other] = true
				users[other] = append(users[other], name)
			}
		}
	}
	var ready, order []string
	for name := range attrs {
		if len(needs[name]) == 0 {
			ready = append(ready, name)
		}
	}
	// Maps have no order, and the same spec must give the same findings in the same order.
	slices.Sort(ready)
	for len(ready) > 0 {
		name := ready[0]
		ready = ready[1:]
		order = append(order, name)
		// maps have no order, and findings come in that of evaluation
		slices.Sort(users[name])
		for _, user := range users[name] {
			delete(needs[user], name)
			if len(needs[user]) == 0 {
				ready = append(ready, user)
			}
		}
	}
	r.reportCircles(attrs, needs)
	return order
}

// reportCircles reports local values that need each other, given what each needs and
// has not got. It follows one need of each, the first in the order of names.
func (r *reader) reportCircles(attrs map[string]*hcl.Attribute, needs map[string]map[string]bool) {
	walks := map[string]int{} // in which walk a name was met
	for i, start := range slices.Sorted(maps.Keys(needs)) {
		var path []string
		name := start
		for len(needs[name]) > 0 && walks[name] == 0 {
			walks[name] = i + 1
			path = append(path, name)
			// any of them leads into a circle; the first makes the finding the same each time
			name = slices.Min(slices.Collect(maps.Keys(needs[name])))
		}
		if walks[name] != i+1 {
			continue // it has all it needs, or leads to a circle that is reported
		}
		circle := path[slices.Index(path, name):]
		// The walk may enter a circle anywhere: begin with its first name, so that it reads the same from each.
		first := slices.Index(circle, slices.Min(circle))
		circle = slices.Concat(circle[first:], circle[:first])
		r.report(codeUnknownRef, attrs[circle[0]].NameRange,
			fmt.Sprintf("These local values need each other, so none has a value: %s.", strings.Join(circle, ", ")))
	}
}

// openChunk opens the top of a piece of a file, whose expressions are guarded from then on.
func (r *reader) openChunk(c *chunk) *content {
	body := c.nodes()
	r.written = body
	// its dynamic blocks were made when the labels were needed
	if c.root != nil {
		return c.root
	}
	advisor{r}.noteDynamic(body)
	body.Blocks = slices.DeleteFunc(body.Blocks, func(block *hclsyntax.Block) bool {
		// dynblock would make them, but by now all local values have been read, and these would be lost silently.
		odd := block.Type == "dynamic" && slices.Equal(block.Labels, []string{"locals"})
		if odd {
			r.report(codeUnknownBlock, block.DefRange(), "A dynamic block cannot make locals. Write the block locals "+
				"itself; a for expression can make the values in it.")
		}
		return odd
	})
	for _, block := range body.Blocks {
		if block.Type != "locals" { // which are guarded, and have been read
			guards{r.work}.guardBody(&hclsyntax.Body{Blocks: hclsyntax.Blocks{block}})
		}
	}
	// Before dynblock sees the body: it evaluates for_each as soon as the content is asked for.
	r.dynamics.watch(body, "")
	return r.open(r.expand(body), "", "", body.MissingItemRange())
}

// expand makes dynamic blocks look like blocks written out.
func (r *reader) expand(body hcl.Body) hcl.Body { return dynblock.Expand(body, r.scope.ctx) }
