package diag

import "fmt"

// maxShown is how many open findings are shown one by one. No one reads more, and a
// spec of a few MiB can have a hundred thousand.
const maxShown = 100

// First returns the findings that are shown: the accepted ones and the first hundred of
// the others, errors before warnings, in the order they had. One more says how many are
// left out; [Count] counts them all.
func First(findings []Finding) []Finding {
	errors, warnings := Count(findings)
	if errors+warnings <= maxShown {
		return findings
	}
	// Warnings have the places that errors leave.
	leftErrors := min(errors, maxShown)
	leftWarnings := maxShown - leftErrors
	var out []Finding
	rest := Finding{more: [2]int{errors - leftErrors, max(warnings-leftWarnings, 0)}}
	for _, f := range findings {
		left := &leftErrors
		if level(f) == "warning" {
			left = &leftWarnings
		}
		switch {
		case f.Accepted != "":
			out = append(out, f)
		case f.more != [2]int{}: // by Few, which keeps more than are shown
		case *left > 0:
			*left--
			out = append(out, f)
		// With an error among those that are left out, the line that counts them is an error.
		case rest.Code == "" || rest.Severity == "warning" && level(f) == "error":
			rest.Code, rest.Severity = f.Code, f.Severity
		}
	}
	rest.Summary = fmt.Sprintf("and %d more", rest.more[0]+rest.more[1])
	rest.Detail = fmt.Sprintf("These are the first %d findings; %d errors and %d warnings more were found, "+
		"the next of them with this code. Many findings often have one cause: "+
		"correct the first ones and check again.", maxShown, rest.more[0], rest.more[1])
	return append(out, rest)
}
