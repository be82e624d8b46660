// Package dnsname has what can be said of a DNS name, or of the data of an SRV record, without
// a zone: how names compare, what lies under what, which are host names, and why not.
//
// In: text. Out: names in ASCII, absolute ones in lower case with a final dot, or a sentence
// about what is wrong, "" if nothing is.
package dnsname
