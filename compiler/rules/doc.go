// Package rules has what a spec asks for, one [Request] a plan, and the rules outside DNS: of
// the topology alone, and of a failover. There is one file a subject. A rule is a function
// that looks at the topology, at the request where it needs one, and adds findings to a report.
package rules
