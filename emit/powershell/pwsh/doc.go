// Package pwsh finds the PowerShell engine that tests run scripts with.
//
// In: the environment and the path of commands. Out: an [Engine], or a test that is
// skipped because there is none. Only tests import this package: it may start processes,
// which the packages that emit may not.
package pwsh
