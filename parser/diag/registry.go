package diag

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/hashicorp/hcl/v2"

	"github.com/edgeplan/edgeplan/internal/pattern"
)

// Code names one kind of finding, such as "EP1001". It never changes its meaning.
type Code string

// Rule is what the registry knows of a code. See languageRules for the form of the texts.
type Rule struct {
	Code       Code
	Severity   hcl.DiagnosticSeverity // DiagError or DiagWarning
	Summary    string                 // at most eight words, lower-case start, no full stop
	Means      string                 // what is wrong
	Why        string                 // why it matters
	Source     string                 // where that is written
	Fix        string                 // how to fix it
	Acceptable bool                   // an accept block may accept it
	Program    bool                   // about arguments, files or packages, so that no spec can show it

	extra any // Code, as a diagnostic has it: made once for all that have the code
}

// Rules returns all rules, sorted by code. The caller may change the slice.
func Rules() []Rule {
	return slices.Clone(table().sorted)
}

// Lookup returns the rule of a code.
func Lookup(code Code) (Rule, bool) {
	rule, ok := table().byCode[code]
	return rule, ok
}

type registry struct {
	sorted []Rule
	byCode map[Code]Rule
}

var table = sync.OnceValue(func() registry {
	return build(slices.Concat(languageRules, topologyRules, sipRules, nextHopRules, mediaRules, changeRules, dnsRules, zoneFileRules,
		programRules))
})

// build panics if the rules contradict each other or break the form of a rule.
func build(rules []Rule) registry {
	reg := registry{sorted: slices.Clone(rules), byCode: map[Code]Rule{}}
	slices.SortFunc(reg.sorted, byCode)
	for _, rule := range reg.sorted {
		if _, twice := reg.byCode[rule.Code]; twice {
			panic(fmt.Sprintf("internal error: code %s is registered twice", rule.Code))
		}
		if fault := rule.fault(); fault != "" {
			panic(fmt.Sprintf("internal error: rule %q: %s", rule.Code, fault))
		}
		rule.extra = rule.Code
		reg.byCode[rule.Code] = rule
	}
	return reg
}

func byCode(a, b Rule) int { return cmp.Compare(a.Code, b.Code) }

var codeForm = pattern.New(`^EP[0-9]{4}$`)

// fault says what is wrong with the form of a rule, "" if nothing is.
func (r Rule) fault() string {
	words := strings.Fields(r.Summary)
	switch {
	case !codeForm.MatchString(string(r.Code)):
		return "the code is not EP and four digits"
	case r.Severity != hcl.DiagError && r.Severity != hcl.DiagWarning:
		return "the severity is neither error nor warning"
	case len(words) == 0 || len(words) > 8:
		return "the summary has no words or more than eight"
	case r.Summary != strings.Join(words, " "):
		return "the summary has white space to spare"
	case capitalised(words[0]):
		return "the summary starts with a capital"
	case strings.HasSuffix(r.Summary, "."):
		return "the summary ends with a full stop"
	}
	texts := []struct{ name, text string }{{"Means", r.Means}, {"Why", r.Why}, {"Source", r.Source}, {"Fix", r.Fix}}
	for _, t := range texts {
		if t.text == "" || t.text != strings.TrimSpace(t.text) || strings.ContainsAny(t.text, "\t\r") {
			return t.name + " is empty, or has tabs or white space around it"
		}
	}
	return ""
}

// capitalised reports whether a word is written as at the start of a sentence. An
// acronym is not: "DNS name without a zone" is a good summary.
func capitalised(word string) bool {
	runes := []rune(word)
	return unicode.IsUpper(runes[0]) && (len(runes) == 1 || unicode.IsLower(runes[1]))
}

// severityName is "error" for everything that is not a warning.
func severityName(s hcl.DiagnosticSeverity) string {
	if s == hcl.DiagWarning {
		return "warning"
	}
	return "error"
}
