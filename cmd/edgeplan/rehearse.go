package main

import (
	"time"

	"github.com/spf13/pflag"
)

var rehearseCommand = command{
	name:  "rehearse",
	args:  "[PATH...] -o DIR",
	takes: []operand{aSpec},
	short: "write a rehearsal kit of each plan into DIR/NAME.rehearsal, and run it",
	about: `The kit holds the scripts as build writes them, the deployment of the spec as a
simulation, and rehearse.ps1. That runs the whole change and its rollback, on any
computer with PowerShell 5.1 or later, and touches nothing real.

With --run edgeplan then runs it, in a scratch folder and with the PowerShell on PATH (pwsh,
on Windows also powershell): undisturbed, each stage out of order, each stage twice, with a
host that goes down in the middle, with a cmdlet that fails, and with other records at the
DNS server. What came of it is written beside the kit, as report.json and as report.html for
the board; verify ties it to the package. The cmdlets are simulated: no server is touched.
An engine that hangs is ended, and then no report is written.`,
	exits:   [3]string{"written, or already there; with --run the rehearsal passed", specExits[1] + "; or with --run the rehearsal failed", noDelivery + "; or with --run there is no PowerShell, or it did not come to its end"},
	example: "edgeplan rehearse specs/contoso -o out --run",
	bind:    func(fs *pflag.FlagSet) action { return bindDelivery(fs, asRehearsal) },
}

// maxSilent bounds --timeout: a multiple of it has to be a time too; see [boundsOf].
const maxSilent = 24 * time.Hour

// bindRun binds the flags of a command that can run what it writes.
func bindRun(fs *pflag.FlagSet, of kind) (run *bool, silent *time.Duration) {
	run, silent = new(bool), new(time.Duration)
	*silent = 5 * time.Minute
	if of.suffix != "" {
		run = fs.Bool("run", false, "run the kits in PowerShell, and write report.json and report.html beside them")
		silent = fs.Duration("timeout", *silent, "end a PowerShell that prints nothing for that `TIME`")
	}
	return run, silent
}
