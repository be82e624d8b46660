package zones

import (
	"testing"
)

// A name exists if it has records or a name below it has.
func TestNodes(t *testing.T) {
	n := nodes{"contoso.com.": false, "_tcp.contoso.com.": false, "a.contoso.com.": false, "com.": false}
	for _, owner := range []string{`x\._tcp.contoso.com.`, "a.contoso.net.", "bcontoso.com.", "_sip._tcp.contoso.com.", "_sip._tcp.contoso.com."} {
		n.note([]byte(owner))
	}
	for name, want := range map[string]bool{"contoso.com.": true, "_tcp.contoso.com.": true, "a.contoso.com.": false, "com.": true} {
		if n[name] != want {
			t.Errorf("%s exists: %v", name, n[name])
		}
	}
	nodes(nil).note([]byte("a."))
}
