// Command edgeplan compiles a description of Edge pools, sites and DNS zones into the
// change package of a failover of XMPP federation, and checks such packages.
//
// It is the only part that knows flags, files, terminals and exit codes; what a spec
// means and what artifacts say is decided in the packages that it calls.
//
// Results go to standard output, findings and errors to standard error. Exit code 0
// means done, 1 that the answer is no, 2 that it could not be done. Nothing is ever
// asked, and standard input is read only where "-" says so.
package main
