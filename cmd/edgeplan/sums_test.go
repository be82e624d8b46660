package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestParseSums(t *testing.T) {
	sum := strings.Repeat("0a", 32)
	good := sum + "  a\n" + sum + "  dns/b.zone\n"
	listed, err := parseSums([]byte(good))
	if err != nil || len(listed) != 2 || !bytes.Equal(formatSums(listed), []byte(good)) {
		t.Fatalf("%v, %v", listed, err)
	}
	for name, bad := range map[string]string{
		"empty":         "",
		"no end":        sum + "  a",
		"blank line":    sum + "  a\n\n",
		"CRLF":          sum + "  a\r\n",
		"binary mark":   sum + " *a\n",
		"one blank":     sum + " a\n",
		"capitals":      strings.ToUpper(sum) + "  a\n",
		"short":         sum[1:] + "  a\n",
		"escape":        "\\" + sum + "  a\n",
		"parent":        sum + "  ../a\n",
		"inner parent":  sum + "  b/../../a\n",
		"absolute":      sum + "  /etc/passwd\n",
		"backslash":     sum + "  ..\\a\n",
		"drive":         sum + "  c:a\n",
		"dot":           sum + "  .\n",
		"itself":        sum + "  SHA256SUMS\n",
		"twice":         sum + "  a\n" + sum + "  a\n",
		"out of order":  sum + "  b\n" + sum + "  a\n",
		"control":       sum + "  a\x1b\n",
		"folder":        sum + "  dns/\n",
		"blank in name": sum + "  a b\n",
	} {
		if _, err := parseSums([]byte(bad)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
