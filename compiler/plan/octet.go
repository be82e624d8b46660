package plan

import "github.com/edgeplan/edgeplan/parser/dnsname"

// Octet is [dnsname.Octet], for the printers, which know no parser.
func Octet(name []byte) (c byte, n int, escaped bool, err error) { return dnsname.Octet(name) }
