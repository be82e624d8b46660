package main

import (
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"github.com/edgeplan/edgeplan/parser/diag"
)

var explainCommand = command{
	name:    "explain",
	args:    "[CODE...]",
	takes:   []operand{aCode},
	short:   "say what a finding means, why it matters and how to fix it",
	about:   "Without a CODE all codes are listed.",
	exits:   [3]string{"printed", "", "there is no such code"},
	example: "edgeplan explain EP1001",
	bind: func(*pflag.FlagSet) action {
		return func(p *program, args []string) error { return p.explain(args) }
	},
}

func (p *program) explain(codes []string) error {
	if len(codes) == 0 {
		for _, rule := range diag.Rules() {
			fmt.Fprintf(p.stdout, "%s  %s\n", rule.Code, rule.Summary)
		}
		return nil
	}
	var texts []string
	for _, code := range codes {
		rule, ok := diag.Lookup(diag.Code(strings.ToUpper(code)))
		if !ok {
			return usagef("there is no code %q%s", code, didYouMean(code, knownCodes()))
		}
		// Printed at the end, so that a code that does not exist is all that is said.
		texts = append(texts, diag.Explain(rule))
	}
	fmt.Fprint(p.stdout, strings.Join(texts, "\n"))
	return nil
}

func knownCodes() []string {
	var out []string
	for _, rule := range diag.Rules() {
		out = append(out, string(rule.Code))
	}
	return out
}
