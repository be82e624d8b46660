package words

import "strings"

// Form is what a span of a text is to who prints it.
type Form int

const (
	// IsOwn are words of edgeplan alone, which no output language takes for more than text.
	IsOwn Form = iota
	// IsFree is a sentence that may hold names from the plan, hostile or not.
	IsFree
	// IsName is a name, a value or a command: shown so that it can be told from the words around it,
	// and copied.
	IsName
)

// Span is a piece of a text, and Text what one paragraph, item or cell says, without the form in
// which it is printed.
type (
	Span struct {
		Form Form
		Text string
	}
	Text []Span
)

// Own is a text of edgeplan's own words; what is between backticks is a name.
func Own(text string) Text {
	var out Text
	for i, part := range strings.Split(text, "`") {
		if part != "" {
			out = append(out, Span{[2]Form{IsOwn, IsName}[i%2], part})
		}
	}
	return out
}

// Free is a text of one sentence that may hold names from the plan.
func Free(s string) Text { return Text{{IsFree, s}} }

// Name is a text of one name, value or command.
func Name(s string) Text { return Text{{IsName, s}} }

// Join puts texts behind each other, with own words between each two of them.
func Join(between string, texts ...Text) Text {
	var out Text
	for i, text := range texts {
		if i > 0 && between != "" {
			out = append(out, Span{IsOwn, between})
		}
		out = append(out, text...)
	}
	return out
}

// Names are those of a list.
func Names(names []string) Text {
	texts := make([]Text, len(names))
	for i, name := range names {
		texts[i] = Name(name)
	}
	return Join(", ", texts...)
}

// String is the text with nothing told apart, for sentences in which names stand as they are.
func (t Text) String() string {
	var b strings.Builder
	for _, span := range t {
		b.WriteString(span.Text)
	}
	return b.String()
}
