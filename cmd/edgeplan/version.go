package main

import (
	"fmt"

	"github.com/spf13/pflag"

	"github.com/edgeplan/edgeplan/emit/powershell"
)

// Version of edgeplan. The same version makes the same bytes of the same spec.
const Version = "0.1.0"

var versionCommand = command{
	name:    "version",
	short:   "print the version, and the hash of the fixed part of the scripts",
	exits:   [3]string{"printed", "", "usage"},
	example: "edgeplan version",
	bind: func(*pflag.FlagSet) action {
		return func(p *program, args []string) error {
			if len(args) > 0 {
				return usageError("version takes no arguments")
			}
			fmt.Fprintf(p.stdout, "edgeplan %s\nruntime sha256:%s\nruntime for Windows DNS servers sha256:%s\n",
				Version, powershell.Runtime().SHA256(), powershell.WindowsDNS().SHA256())
			return nil
		}
	},
}
