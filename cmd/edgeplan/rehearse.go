package main

import "github.com/spf13/pflag"

var rehearseCommand = command{
	name:  "rehearse",
	args:  "[PATH...] -o DIR",
	takes: []operand{aSpec},
	short: "write a rehearsal kit of each plan into DIR/NAME.rehearsal",
	about: `The kit holds the scripts as build writes them, the deployment of the spec as a
simulation, and rehearse.ps1. That runs the whole change and its rollback, on any
computer with PowerShell 5.1 or later, and touches nothing real.`,
	exits:   [3]string{"written, or already there", specExits[1], noDelivery},
	example: "edgeplan rehearse specs/contoso -o out",
	bind:    func(fs *pflag.FlagSet) action { return bindDelivery(fs, asRehearsal) },
}
