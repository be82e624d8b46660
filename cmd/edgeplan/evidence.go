package main

import (
	"slices"

	"github.com/spf13/pflag"

	"github.com/edgeplan/edgeplan/compiler/procedure"
	"github.com/edgeplan/edgeplan/emit/evidence"
)

// maxLog bounds the evidence log that is read, in bytes.
const maxLog = 64 << 20

var evidenceCommand = command{
	name:  "evidence",
	args:  "PACKAGE LOG...",
	takes: []operand{aPlan, aLog},
	short: "check the evidence logs of a run against the plan, for the ticket",
	about: `PACKAGE is the folder of a package or its plan.json; LOG is an evidence log of a host,
a folder, for all logs below it that have the names their scripts give them, or - for
standard input. Give the logs of all hosts. The report says which stages ran where, by
whom and in what order, what was waived or attested, and what is missing.`,
	exits:   [3]string{"complete", "not complete, or rolled back", "usage, or the plan or a log cannot be read"},
	example: "edgeplan evidence out/edgepool1-to-edgepool2 logs",
	bind: func(fs *pflag.FlagSet) action {
		form := newChoice(fs, "format", "form of the report", "markdown", "json")
		return func(p *program, args []string) error {
			if len(args) < 2 {
				return usageError("evidence takes a package and at least one log")
			}
			if at := slices.Index(args, "-"); at >= 0 && slices.Contains(args[at+1:], "-") {
				return usageError("give - only once: there is one standard input")
			}
			return p.evidence(args[0], args[1:], form.value)
		}
	},
}

func (p *program) evidence(pack string, names []string, form string) error {
	pack, err := expandOne(pack)
	if err != nil {
		return err
	}
	if names, err = logsOf(names); err != nil {
		return err
	}
	name, text, err := p.input.readPlan(pack)
	if err != nil {
		return err
	}
	if isMatrix(text) {
		return notAPlan(name, errIndex)
	}
	of, err := procedure.Decode(text)
	if err != nil {
		return notAPlan(name, err)
	}
	var logs []evidence.Log
	for _, arg := range names {
		log, err := p.input.readLog(arg)
		if err != nil {
			return err
		}
		logs = append(logs, log)
	}
	report := evidence.Check(of, logs)
	if err := p.printReport(report, form); err != nil {
		return err
	}
	if !report.Complete {
		return errNo
	}
	return nil
}

// logEnding is how the scripts end the name of an evidence log.
const logEnding = ".evidence.jsonl"

// logsOf are the files that arguments name, each once.
func logsOf(args []string) ([]string, error) {
	paths, err := expand(args)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, path := range paths {
		logs, err := filesBelow(path, logEnding)
		if err != nil {
			return nil, err
		}
		out = append(out, logs...)
	}
	// After the folders were searched: a log may be named by itself and be in one of them.
	return unique(out), nil
}

func (in input) readLog(arg string) (evidence.Log, error) {
	name, data, err := in.readNamed(arg, maxLog)
	if err != nil {
		return evidence.Log{}, err
	}
	log, err := evidence.Read(name, data)
	if err != nil {
		return log, notAPlan(name, err)
	}
	return log, nil
}

func (p *program) printReport(report evidence.Report, form string) error {
	if form == "json" {
		text, err := report.JSON()
		// The error is that of making the text. One of writing is kept by the buffer until run flushes it.
		p.stdout.Write(text)
		return err
	}
	text, err := report.Markdown()
	p.stdout.WriteString(text)
	return err
}
