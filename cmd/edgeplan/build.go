package main

import (
	"fmt"
	"path"
	"path/filepath"
	"slices"

	"github.com/spf13/pflag"
)

var buildCommand = command{
	name:  "build",
	args:  "[PATH...] -o DIR",
	takes: []operand{aSpec},
	short: "write the package of each failover into DIR/NAME",
	about: `All or nothing: nothing is written if the spec has errors or a package cannot be made.
Files that already have the right bytes are left alone, and so is a script that is signed
where the text before the signature is right. Where a file was edited, or signed with another
text, nothing is written unless --force is given. A file that is no longer part of a package,
and a package whose failover is no longer in the spec, are removed if edgeplan wrote them and
they were not changed since; other files stay and are reported. Only one edgeplan at a time
writes into DIR. If one is killed, the next build completes its work.`,
	exits:   [3]string{"written, or already there", specExits[1], noDelivery},
	example: "edgeplan build specs/contoso -o out",
	bind:    func(fs *pflag.FlagSet) action { return bindDelivery(fs, asPackage) },
}

// noDelivery is what exit code 2 of such a command means.
const noDelivery = "the spec has errors, usage, or a file cannot be read or written"

// bindDelivery binds the flags of a command that writes what is made of each plan below
// a folder, and says what was done.
func bindDelivery(fs *pflag.FlagSet, of kind) action {
	strict, failovers := bindStrict(fs), bindFailovers(fs)
	dir := fs.StringP("output", "o", "", "write "+of.plural+" into `DIR`; it is made if needed")
	force := fs.Bool("force", false, "overwrite files that were edited or signed")
	run, silent := bindRun(fs, of)
	return func(p *program, args []string) error {
		switch {
		case *dir == "":
			return usagef("%s needs -o DIR", fs.Name())
		case fs.Changed("timeout") && !*run:
			return usageError("--timeout is for --run")
		case *silent <= 0 || *silent > maxSilent:
			return usageError("--timeout takes a time such as 5m, of 24h at most")
		}
		plans, matrices, err := p.compile(args, *failovers, *strict)
		if err != nil {
			return err
		}
		// With --failover packages of other plans are not stale: their failovers are in the spec.
		d := delivery{dir: filepath.Clean(*dir), of: of, whole: len(*failovers) == 0, force: *force}
		// All files are made before the first is written: one that cannot be made changes nothing.
		if d.made, err = render(d.dir, plans, matrices, of); err != nil {
			return err
		}
		packs, err := d.deliver(p)
		if err != nil {
			return err
		}
		p.account(d.dir, packs)
		if *run {
			return p.rehearse(d, plans, *silent)
		}
		p.noteReports(d.dir, plans)
		return nil
	}
}

// delivery is what build or rehearse has to bring into a folder.
type delivery struct {
	dir   string
	of    kind
	made  []made
	whole bool // of all plans, so that packages of others are stale
	force bool
}

// deliver writes what is made into the folder. Where nothing is to do it only reads.
func (d delivery) deliver(p *program) ([]pack, error) {
	packs, err := survey(d.dir, d.made, d.of, d.whole, nil)
	changed := slices.ContainsFunc(packs, func(one pack) bool { return len(one.changes) > 0 })
	// No lock where nothing is to do: the folder may be read-only then (TestNoChangeNoWrite).
	if err == nil && !changed && !unfinished(d.dir) {
		return packs, nil
	}
	lock, err := lockFolder(d.dir)
	if err != nil {
		return nil, notWritten(err)
	}
	if lock.shaky {
		p.note(shown(d.dir),
			"this file system has no locks; make sure that no other edgeplan writes here at the same time")
	}
	// Another build may have ended between the first survey and the lock.
	packs, err = survey(d.dir, d.made, d.of, d.whole, lock.past[d.of.plural])
	if err == nil && !d.force {
		err = refusal(d.dir, packs)
	}
	if err != nil {
		// The journal of a killed build stays: its packages are not complete yet.
		lock.release(len(lock.past) > 0)
		return nil, err
	}
	return packs, notWritten(lock.write(d.dir, packs, d.of))
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
		at := path.Join(shown(dir), one.name)
		// A package that only has files of another version is a note below, and no line of the result.
		if one.files > 0 || len(one.changes) > 0 {
			p.say("%s: %s", at, text)
		}
		for _, name := range one.signed {
			p.say("%s: left as it is: signed; the text before the signature is what build writes", path.Join(at, name))
		}
		for _, c := range one.changes {
			if c.edited != "" {
				p.note(path.Join(at, c.name), "overwritten because of --force; it was "+c.edited)
			}
		}
		for i, name := range one.extras {
			p.note(path.Join(at, name), "left there: "+one.notes[i])
		}
		if one.old > 0 {
			p.note(at, fmt.Sprintf("files that are left and that another version of edgeplan may have written: %d. "+
				"If they are not needed, remove them or move them away: verify reports them as extra", one.old))
		}
	}
}
