package powershell

import (
	"slices"
	"strings"
)

// automatic are variables that the engine sets, and that a script must not.
var automatic = strings.Fields("args input matches error host profile foreach switch this pid home pwd true false lastexitcode psitem shellid pscmdlet psboundparameters myinvocation psscriptroot pscommandpath executioncontext ofs")

// newer are variables that PowerShell 3.0 to 5.1 do not have.
var newer = strings.Fields("iswindows islinux ismacos iscoreclr psstyle psedition enabledexperimentalfeatures")

// value is a text, a number, a variable or a type.
func (w *walker) value(f *frame, t token) {
	switch t.kind {
	case variableToken:
		w.variable(f, t)
	case typeToken:
		name := strings.Trim(t.text, "[]")
		w.out.types = append(w.out.types, name)
		if next := w.near(1); strings.EqualFold(name, "ordered") && next.text != "@{" {
			w.fail(t, "[ordered] before what is no literal")
		}
	}
	switch f.mode {
	case keyPlace:
		if t.kind == stringToken {
			w.key(f, t)
		} else {
			w.fail(t, "a key that is no word: %s", t.text)
		}
	case arguments:
		w.argument(f, t)
	default:
		f.mode = expression
	}
}

func (w *walker) variable(f *frame, t token) {
	name := strings.ToLower(t.text[1:])
	if slices.Contains(newer, name) {
		w.fail(t, "the variable %s of PowerShell 6", t.text)
	}
	before, next := w.near(-1), w.near(1)
	parameter := f.role == "param" && before.text != "="
	if parameter {
		list := w.out.params[f.fn.name]
		if slices.ContainsFunc(list, func(p string) bool { return strings.EqualFold(p, t.text[1:]) }) {
			w.fail(t, "the parameter %s stands twice", t.text)
		}
		w.out.params[f.fn.name] = append(list, t.text[1:])
	}
	if w.inParam() && slices.Contains([]string{"psscriptroot", "pscommandpath", "myinvocation"}, name) {
		w.fail(t, "%s in a default, where powershell.exe -File has none", t.text)
	}
	assigned := f.role != "attribute" && (next.text == "=" || next.text == "+=") && next.kind == signToken
	if (assigned || parameter) && slices.Contains(automatic, name) {
		w.fail(t, "the automatic variable %s is set", t.text)
	}
	if assigned && f.role != "param" {
		w.out.assigned = append(w.out.assigned, t.text)
		if name == "erroractionpreference" {
			f.fn.ignores = w.near(2).text == "'Continue'"
		}
	}
}

func (w *walker) inParam() bool {
	return slices.ContainsFunc(w.frames, func(f *frame) bool { return f.role == "param" })
}

func (w *walker) key(f *frame, t token) {
	key := strings.Trim(t.text, "'")
	if next := w.near(1); next.text != "=" {
		w.fail(t, "a key without a value: %s", t.text)
	}
	if slices.ContainsFunc(f.keys, func(k string) bool { return strings.EqualFold(k, key) }) {
		w.fail(t, "the key %s stands twice", key)
	}
	f.keys = append(f.keys, key)
	w.out.keys = append(w.out.keys, key)
	f.mode = expression
}

func (w *walker) sign(f *frame, t token) {
	switch t.text {
	case "(", "@(", "@{", "{", "[":
		w.opens(f, t)
	case ")", "}", "]":
		w.closes(t)
	case ";":
		w.endStatement(f)
	case "|":
		if f.mode == begin {
			w.fail(t, "a pipe without a command before it")
		}
		if next := w.near(1); next.text == "|" {
			w.fail(t, "an empty pipe")
		}
		f.call, f.mode = nil, begin
	case ",":
		w.comma(f, t)
	case "=", "+=":
		if f.role != "attribute" && f.role != "param" {
			f.call, f.mode = nil, begin
		}
	case "&":
		if next := w.near(1); f.mode != begin || next.kind != variableToken {
			w.fail(t, "& other than before a block in a variable")
		}
		w.at++
		w.command(f, t, w.tokens[w.at].text)
	default: // + and -
		if f.mode == arguments {
			w.fail(t, "%s among arguments", t.text)
		}
	}
}

func (w *walker) comma(f *frame, t token) {
	before := w.near(-1)
	if f.mode == begin || before.text == "," && before.kind == signToken || before.kind == dashToken && f.mode == expression {
		w.fail(t, "a comma with nothing before it")
	}
	if f.mode == arguments {
		f.call.joined = true
	}
}

func (w *walker) opens(f *frame, t token) {
	before, touch := w.near(-1), w.touches[w.at]
	sub := &frame{open: t.text, line: t.line, fn: f.fn}
	continues := touch && (before.kind == memberToken && t.text == "(" || t.text == "[")
	control := f.control
	switch {
	case t.text == "@{":
		sub.mode = keyPlace
	case t.text == "[" && continues:
		sub.role, sub.mode = "index", expression
	case t.text == "[":
		sub.role, sub.mode = "attribute", expression
	case t.text == "(" && f.role == "attribute":
		sub.role, sub.mode = "attribute", expression
	case continues:
		sub.role, sub.mode = "method", expression
	case t.text == "(" && f.mode == begin && (control == "param" || control == "function"):
		sub.role, sub.mode = "param", expression
		if control == "param" {
			f.control = ""
		}
	case t.text == "(" && f.mode == begin:
		sub.role = control
	case t.text == "{" && (f.mode != begin || control == ""):
		w.block(f, sub)
	}
	if !continues {
		w.counts(f, t, control)
	}
	w.frames = append(w.frames, sub)
}

// block is a script block that is a value. In a variable it can have parameters.
func (w *walker) block(f, sub *frame) {
	if f.last == "replace" {
		w.fail(w.tokens[w.at], "-replace with a block (6.1)")
	}
	if name := w.near(-2); f.mode == begin && w.near(-1).text == "=" && name.kind == variableToken && f.open != "@{" {
		sub.fn = &function{name: name.text}
		w.out.params[name.text] = nil
	}
}

// counts takes an opened bracket for a value, unless it belongs to a keyword.
func (w *walker) counts(f *frame, t token, control string) {
	switch {
	case f.role == "attribute" || f.role == "param":
	case f.mode == arguments:
		w.argument(f, t)
	case f.mode == keyPlace:
		w.fail(t, "a key that is no word: %s", t.text)
	case control == "" && t.text != "[":
		f.mode = expression
	}
}

func (w *walker) closes(t token) {
	if len(w.frames) == 1 || closes[w.top().open] != t.text {
		w.fail(t, "%s closes nothing", t.text)
		return
	}
	w.endBlock(w.top(), token{kind: lineToken})
	if w.top().role == "attribute" && t.text == "]" {
		w.attribute = w.at
	}
	w.frames = w.frames[:len(w.frames)-1]
	f := w.top()
	if t.text == "}" && f.mode == begin && f.control != "" {
		f.after, f.control = f.control, ""
		if f.after == "function" {
			f.fn = f.outer
		}
	}
}
