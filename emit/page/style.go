package page

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
)

// style has no < and no & in it: the page is well-formed XML with it.
//
//go:embed style.css
var style string

// styleHash allows it, and nothing else, in the policy of the page.
var styleHash = func() string {
	sum := sha256.Sum256([]byte(style))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}()
