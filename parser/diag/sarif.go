package diag

import (
	"io"
	"net/url"
	"slices"
)

// The part of SARIF 2.1.0 (OASIS, errata 01) that edgeplan writes.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool       sarifTool     `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name  string      `json:"name"`
		Rules []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID            Code        `json:"id"`
		Short         sarifText   `json:"shortDescription"`
		Full          sarifText   `json:"fullDescription"`
		Help          sarifText   `json:"help"`
		Configuration sarifConfig `json:"defaultConfiguration"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifConfig struct {
		Level string `json:"level"`
	}
	sarifResult struct {
		RuleID    Code            `json:"ruleId"`
		RuleIndex int             `json:"ruleIndex"`
		Level     string          `json:"level"`
		Message   sarifText       `json:"message"`
		Locations []sarifLocation `json:"locations,omitempty"`
	}
	sarifLocation struct {
		Physical sarifPhysical `json:"physicalLocation"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn"`
		EndLine     int `json:"endLine"`
		EndColumn   int `json:"endColumn"` // exclusive, as ours
	}
)

// WriteSARIF prints findings as a SARIF 2.1.0 log with one run, which describes the
// rules that were broken. It has no time stamp and no absolute path.
func WriteSARIF(w io.Writer, findings []Finding) error {
	codes := brokenRules(findings)
	run := sarifRun{
		Tool:       sarifTool{sarifDriver{Name: "edgeplan", Rules: []sarifRule{}}},
		ColumnKind: "unicodeCodePoints",
		Results:    []sarifResult{},
	}
	index := map[Code]int{}
	for i, rule := range codes {
		index[rule.Code] = i
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRuleOf(rule))
	}
	for _, f := range findings {
		run.Results = append(run.Results, sarifResultOf(f, index[f.Code]))
	}
	return writeIndented(w, sarifLog{
		Schema:  "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
		Version: "2.1.0",
		Runs:    []sarifRun{run},
	})
}

// brokenRules returns the rules of findings, sorted by code. A finding that another
// version of edgeplan has made may have a code that is not in the registry.
func brokenRules(findings []Finding) []Rule {
	var out []Rule
	seen := map[Code]bool{}
	for _, f := range findings {
		if seen[f.Code] {
			continue
		}
		seen[f.Code] = true
		rule, ok := Lookup(f.Code)
		if !ok {
			rule = Rule{Code: f.Code, Summary: f.Summary, Means: f.Summary, Fix: f.Summary}
		}
		out = append(out, rule)
	}
	slices.SortFunc(out, byCode)
	return out
}

func sarifRuleOf(rule Rule) sarifRule {
	return sarifRule{
		ID:            rule.Code,
		Short:         sarifText{rule.Summary},
		Full:          sarifText{rule.Means},
		Help:          sarifText{Explain(rule)},
		Configuration: sarifConfig{severityName(rule.Severity)},
	}
}

func sarifResultOf(f Finding, rule int) sarifResult {
	out := sarifResult{RuleID: f.Code, RuleIndex: rule, Level: level(f), Message: sarifText{message(f)}}
	if f.File == "" {
		return out
	}
	place := sarifPhysical{Artifact: sarifArtifact{(&url.URL{Path: f.File}).String()}}
	if f.Line > 0 {
		place.Region = &sarifRegion{f.Line, f.Column, f.EndLine, f.EndColumn}
	}
	out.Locations = []sarifLocation{{place}}
	return out
}

// level is the severity as SARIF and GitHub name it, which have other levels too.
func level(f Finding) string {
	if f.Severity == "warning" {
		return "warning"
	}
	return "error"
}

// message is what a finding says where its summary is shown apart.
func message(f Finding) string {
	if f.Detail == "" {
		return f.Summary
	}
	return f.Detail
}
