package parser

import (
	"fmt"
	"strings"
	"testing"
)

// TestBlockTokens: what one block has, or those that are kept have together, is bounded whatever the size of the spec.
func TestBlockTokens(t *testing.T) {
	list := func(n int) string { return "[" + strings.Repeat("1,", n/2) + "]\n" }
	padding := "#" + strings.Repeat("x", 1<<20) + "\n"
	block := "locals {\n  a%d = " + list(maxBlockTokens/2) + "}\n"
	blocks := fmt.Sprintf(block, 1) + "# between\n" + fmt.Sprintf(block, 2)
	for _, test := range []struct{ text, want string }{
		{head + "locals {\n  a = " + list(maxBlockTokens-20) + "}\n" + padding, ""},
		{head + "locals {\n  a = " + list(maxBlockTokens) + "}\n" + padding, "EP1010 a.edge.hcl:5,1-1: This block has about 80009 names"},
		{head + "\n/* odd */ xmpp_federation {\n  partners = " + list(maxBlockTokens) + "}\n" + padding, "EP1010 a.edge.hcl:6,1-1: This block has about"},
		{head + blocks + padding, "EP1010 a.edge.hcl:9,1-1: The blocks locals and dynamic up to this one have more than 80000 names"},
		{head + strings.Replace(blocks, "locals", "dynamic \"site\"", 1) + padding, "EP1010 a.edge.hcl:9,1-1: The blocks locals and dynamic"},
		{head + fmt.Sprintf(block, 1) + strings.ReplaceAll(fmt.Sprintf(block, 2), "locals", "/* a */ locals") + padding, "EP1010 a.edge.hcl:8,1-1: The blocks locals"},
	} {
		_, diags := parseFiles([]File{{Name: "a.edge.hcl", Text: []byte(test.text)}}, false)
		if test.want == "" && len(diags) == 0 {
			continue
		}
		if len(diags) != 1 || !strings.HasPrefix(shown(diags)[0], test.want) || test.want == "" {
			t.Errorf("%.80q: %q, want %q", test.text[len(head):], shown(diags), test.want)
		}
	}
}
