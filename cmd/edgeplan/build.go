package main

import (
	"fmt"
	"path"
	"path/filepath"

	"github.com/spf13/pflag"
)

var buildCommand = command{
	name:  "build",
	args:  "[PATH...] -o DIR",
	short: "write the package of each failover into DIR/NAME",
	about: `All or nothing: nothing is written if the spec has errors or a package cannot be made.
Files that already have the right bytes are left alone. A file that is no longer part
of a package, and a package whose failover is gone, are removed if edgeplan wrote them
and nobody has changed them since; what else stands there stays and is named.`,
	exits:   [3]string{"written, or already there", specExits[1], "the spec has errors, usage, or a file cannot be read or written"},
	example: "edgeplan build specs/contoso -o out",
	bind:    func(fs *pflag.FlagSet) action { return bindDelivery(fs, asPackage) },
}

// bindDelivery binds the flags of a command that writes what is made of each plan below
// a folder, and says what was done.
func bindDelivery(fs *pflag.FlagSet, of kind) action {
	flags, failovers := bindFindings(fs), bindFailovers(fs)
	dir := fs.StringP("output", "o", "", "write "+of.plural+" into `DIR`; it is made if needed")
	return func(p *program, args []string) error {
		if *dir == "" {
			return usagef("%s needs -o DIR", fs.Name())
		}
		plans, err := p.compile(args, *failovers, flags)
		if err != nil {
			return err
		}
		out := filepath.Clean(*dir)
		packs, err := survey(out, plans, of, len(*failovers) == 0)
		if err != nil {
			return err
		}
		if err := write(out, packs); err != nil {
			return err
		}
		p.account(out, packs)
		return nil
	}
}

// account says what was done to each package.
func (p *program) account(dir string, packs []pack) {
	for _, one := range packs {
		changed, removed := 0, 0
		for _, c := range one.changes {
			if c.remove {
				removed++
			} else {
				changed++
			}
		}
		text := fmt.Sprintf("%d files, %d changed", one.files, changed)
		if removed > 0 {
			text += fmt.Sprintf(", %d removed", removed)
		}
		p.say("%s: %s", path.Join(shown(dir), one.name), text)
		for i, name := range one.extras {
			p.warn("%s: left there: %s", path.Join(shown(dir), one.name, name), one.notes[i])
		}
	}
}
