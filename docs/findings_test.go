package docs

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestFindings: the page of findings has a row for each script, and each script says what
// was seen, with which version. The scripts themselves fetch packages and are not run.
func TestFindings(t *testing.T) {
	scripts, err := filepath.Glob(filepath.Join(root, "findings", "*.sh"))
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts in findings: %v", err)
	}
	var names []string
	for _, path := range scripts {
		name := filepath.Base(path)
		names = append(names, name)
		text := read(t, "findings/"+name)
		for _, part := range []string{"#!/usr/bin/env bash\n# ", "\n# Seen with ", "set -euo pipefail", "exit \"$failed\"\n"} {
			if !strings.Contains(text, part) {
				t.Errorf("findings/%s has no %q", name, part)
			}
		}
	}
	sameSet(t, "findings/README.md", column(t, "findings/README.md", "script"), names)
}
