// Package powershell writes the script of a change, such as failover.ps1, and rollback.ps1 from a plan.
//
// A script has two parts. The first is data and is for this change alone: help,
// parameters, $Plan and $Stages, which read from top to bottom as the procedure, with
// literal commands and values. The second is the folder runtime, its files joined, the same bytes in every
// script of an edgeplan version; a reviewer reads it once, by its SHA-256.
//
// Scripts are pure ASCII with CRLF, for Windows PowerShell 3.0 and later: Windows
// PowerShell reads a file without a byte order mark as ANSI, where bytes of UTF-8 can
// become quotes. Every text that comes from a plan enters through [Quote].
package powershell
