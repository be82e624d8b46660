package diag

import (
	"crypto/sha256"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/edgeplan/edgeplan/internal/pattern"
)

// Run says of which program, and of which run of it, a SARIF log is.
type Run struct {
	Version    string            // of edgeplan, as semantic versioning has it
	ID         string            // what the run is for, as a path; runs with one ID take the place of each other
	Properties map[string]string // of the system that ran it; may be nil
}

const (
	informationURI = "https://github.com/edgeplan/edgeplan"
	codesURI       = informationURI + "/blob/main/docs/codes.md"
	sarifSchema    = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

	// fingerprintName names how fingerprints are made; see fingerprints.
	fingerprintName = "edgeplanFinding/v1"
)

// The part of SARIF 2.1.0 (OASIS, errata 01) that edgeplan writes.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool        sarifTool         `json:"tool"`
		Automation  sarifAutomation   `json:"automationDetails"`
		Invocations []sarifInvocation `json:"invocations"`
		ColumnKind  string            `json:"columnKind"`
		Results     []sarifResult     `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name            string      `json:"name"`
		FullName        string      `json:"fullName"`
		Version         string      `json:"version"`
		SemanticVersion string      `json:"semanticVersion"`
		InformationURI  string      `json:"informationUri"`
		Rules           []sarifRule `json:"rules"`
		Notifications   []sarifRule `json:"notifications,omitempty"`
	}
	sarifAutomation struct {
		ID         string            `json:"id"`
		Properties map[string]string `json:"properties,omitempty"`
	}
	sarifInvocation struct {
		Successful    bool                `json:"executionSuccessful"`
		Notifications []sarifNotification `json:"toolExecutionNotifications,omitempty"`
	}
	sarifNotification struct {
		Descriptor sarifDescriptor `json:"descriptor"`
		Level      string          `json:"level"`
		Message    sarifText       `json:"message"`
	}
	sarifDescriptor struct {
		ID    Code `json:"id"`
		Index int  `json:"index"`
	}
	sarifRule struct {
		ID            Code        `json:"id"`
		Name          string      `json:"name"`
		Short         sarifText   `json:"shortDescription"`
		Full          sarifText   `json:"fullDescription"`
		HelpURI       string      `json:"helpUri"`
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
		RuleID       Code               `json:"ruleId"`
		RuleIndex    int                `json:"ruleIndex"`
		Level        string             `json:"level"`
		Message      sarifText          `json:"message"`
		Locations    []sarifLocation    `json:"locations"`
		Fingerprints map[string]string  `json:"partialFingerprints"`
		Suppressions []sarifSuppression `json:"suppressions"` // empty: it counts
	}
	sarifSuppression struct {
		Kind          string `json:"kind"`
		Status        string `json:"status"`
		Justification string `json:"justification"`
	}
	sarifLocation struct {
		Physical sarifPhysical `json:"physicalLocation"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   sarifRegion   `json:"region"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn,omitempty"`
		EndLine     int `json:"endLine,omitempty"`
		EndColumn   int `json:"endColumn,omitempty"` // exclusive, as ours
	}
)

// WriteSARIF prints findings as a SARIF 2.1.0 log with one run, which describes the
// rules that were broken. A finding that is accepted is a suppressed result. One that is
// about no file, such as a flag that does not exist, is a notification: a result needs a
// place. The log has no time stamp and no absolute path that the findings do not have.
func WriteSARIF(w io.Writer, findings []Finding, of Run) error {
	var placed, others []Finding
	for _, f := range findings {
		if f.File != "" {
			placed = append(placed, f)
		} else {
			others = append(others, f)
		}
	}
	run := sarifRun{
		Tool: sarifTool{sarifDriver{
			Name: "edgeplan", FullName: "edgeplan " + of.Version,
			Version: of.Version, SemanticVersion: of.Version,
			InformationURI: informationURI,
			Rules:          sarifRules(placed), Notifications: sarifRules(others),
		}},
		Automation:  sarifAutomation{of.ID, of.Properties},
		Invocations: []sarifInvocation{sarifInvocationOf(others)},
		ColumnKind:  "unicodeCodePoints",
		Results:     []sarifResult{},
	}
	index := sarifIndex(run.Tool.Driver.Rules)
	prints := fingerprints(placed)
	for i, f := range placed {
		run.Results = append(run.Results, sarifResultOf(f, index[f.Code], prints[i]))
	}
	return writeIndented(w, sarifLog{Schema: sarifSchema, Version: "2.1.0", Runs: []sarifRun{run}})
}

func sarifInvocationOf(findings []Finding) sarifInvocation {
	out := sarifInvocation{Successful: true}
	index := sarifIndex(sarifRules(findings))
	for _, f := range findings {
		// An error about no file, such as a wrong flag, kept the run from doing its work.
		out.Successful = out.Successful && level(f) == "warning"
		out.Notifications = append(out.Notifications, sarifNotification{
			sarifDescriptor{f.Code, index[f.Code]}, level(f), sarifText{message(f)},
		})
	}
	return out
}

func sarifIndex(rules []sarifRule) map[Code]int {
	out := map[Code]int{}
	for i, rule := range rules {
		out[rule.ID] = i
	}
	return out
}

// sarifRules describes the rules of findings, sorted by code. A finding that another
// version of edgeplan has made may have a code that is not in the registry.
func sarifRules(findings []Finding) []sarifRule {
	var rules []Rule
	seen := map[Code]bool{}
	for _, f := range findings {
		if seen[f.Code] {
			continue
		}
		seen[f.Code] = true
		// An unknown code gets a rule all the same, as each result refers to one by its index.
		rule, ok := Lookup(f.Code)
		if !ok {
			rule = Rule{Code: f.Code, Summary: f.Summary, Means: f.Summary, Fix: f.Summary}
		}
		rules = append(rules, rule)
	}
	slices.SortFunc(rules, byCode)
	out := []sarifRule{}
	for _, rule := range rules {
		out = append(out, sarifRule{
			ID: rule.Code, Name: ruleName(rule),
			Short: sarifText{capital(rule.Summary) + "."}, Full: sarifText{rule.Means},
			HelpURI: HelpURI(rule), Help: sarifText{Explain(rule)},
			Configuration: sarifConfig{severityName(rule.Severity)},
		})
	}
	return out
}

var (
	wordOfName = pattern.New(`[\pL\pN]+`)
	notInSlug  = pattern.New(`[^\pL\pN _-]`)
)

// ruleName is the summary as one word: "unknown argument" is UnknownArgument.
func ruleName(rule Rule) string {
	var out strings.Builder
	for _, word := range wordOfName.FindAllString(rule.Summary, -1) {
		out.WriteString(capital(word))
	}
	return out.String()
}

func capital(text string) string {
	r, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(r)) + text[size:]
}

// HelpURI is where the page of all codes, docs/codes.md, tells of a rule. The anchor is
// that which GitHub gives to the heading.
func HelpURI(rule Rule) string {
	heading := strings.ToLower(fmt.Sprintf("%s: %s", rule.Code, rule.Summary))
	return codesURI + "#" + url.PathEscape(strings.ReplaceAll(notInSlug.ReplaceAllString(heading, ""), " ", "-"))
}

func sarifResultOf(f Finding, rule int, print string) sarifResult {
	// A finding about a whole file is shown at its first line: GitHub wants one for each location.
	place := sarifPhysical{Artifact: sarifArtifact{fileURI(f.File)}, Region: sarifRegion{StartLine: 1}}
	if f.Line > 0 {
		place.Region = sarifRegion{
			StartLine: f.Line, StartColumn: f.Column, EndLine: f.EndLine, EndColumn: f.EndColumn,
		}
	}
	out := sarifResult{
		RuleID: f.Code, RuleIndex: rule, Level: level(f), Message: sarifText{message(f)},
		Locations:    []sarifLocation{{place}},
		Fingerprints: map[string]string{fingerprintName: print},
		Suppressions: []sarifSuppression{}, // not nil: an empty list says that it counts
	}
	if f.Accepted != "" {
		out.Suppressions = append(out.Suppressions, sarifSuppression{"inSource", "accepted", f.Accepted})
	}
	return out
}

var driveOfPath = pattern.New(`^[A-Za-z]:/`)

// fileURI is a path with slashes as a URI: relative as it is, absolute as one of a file,
// also from Windows.
func fileURI(path string) string {
	switch {
	case strings.HasPrefix(path, "//"): // a share of Windows, //host/folder
		host, rest, _ := strings.Cut(path[2:], "/")
		return (&url.URL{Scheme: "file", Host: host, Path: "/" + rest}).String()
	case strings.HasPrefix(path, "/"):
		return (&url.URL{Scheme: "file", Path: path}).String()
	case driveOfPath.MatchString(path):
		return (&url.URL{Scheme: "file", Path: "/" + path}).String()
	}
	return (&url.URL{Path: path}).String()
}

// fingerprints are what a finding is known by from one run to the next: its code, file
// and the text of its line, or what it says where it has no line; among equal ones, also
// which of them it is. Lines that move leave them as they are.
func fingerprints(findings []Finding) []string {
	seen := map[string]int{}
	var out []string
	for _, f := range findings {
		text := strings.TrimSpace(f.Snippet)
		// The line is not in it: lines before it may be added or removed.
		if text == "" {
			text = message(f)
		}
		key := fmt.Sprintf("%q", []string{string(f.Code), f.File, text})
		seen[key]++
		// 16 bytes of the hash, 32 digits.
		out = append(out, fmt.Sprintf("%.16x:%d", sha256.Sum256([]byte(key)), seen[key]))
	}
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
