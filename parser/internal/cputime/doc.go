// Package cputime serves tests that bound the work of this process, and not the time that
// passes meanwhile.
package cputime
