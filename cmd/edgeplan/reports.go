package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/edgeplan/edgeplan/compiler/hunk"
	"github.com/edgeplan/edgeplan/compiler/plan"
	"github.com/edgeplan/edgeplan/emit"
	"github.com/edgeplan/edgeplan/emit/page"
	"github.com/edgeplan/edgeplan/emit/record"
	"github.com/edgeplan/edgeplan/emit/rehearsed"
)

// interrupted is a context that ends when the user ends the program.
func interrupted() (context.Context, context.CancelFunc) {
	return signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
}

// reportFiles are the files of a report: its text, and what a person reads.
func reportFiles(report rehearsed.Report) ([]emit.Artifact, error) {
	text, err := rehearsed.Encode(report)
	if err != nil {
		return nil, err
	}
	if report, err = rehearsed.Decode(text); err != nil { // which has the ID
		return nil, fmt.Errorf("internal error: %w", err)
	}
	if len(text) > maxReport {
		return nil, fmt.Errorf("the report has %d bytes, and none has more than %d", len(text), maxReport)
	}
	return []emit.Artifact{
		{Name: emit.ReportName, Text: hunk.TextOf(text)},
		{Name: emit.ReportPageName, Text: hunk.TextOf(reportPage(report))},
	}, nil
}

// reportPage is the page of a report. Its last line has the sum of those before, by which an edit is seen.
func reportPage(report rehearsed.Report) []byte {
	text := page.Plain("Report of a rehearsal", rehearsed.Document(report), report.ID)
	return []byte(text + sealOf([]byte(text)))
}

func sealOf(text []byte) string { return "<!-- SHA-256 of the lines above: " + sumOf(text) + " -->\n" }

// isOwnReport tells whether edgeplan wrote a file of a report, and it was not edited since.
func isOwnReport(name string, text []byte) bool {
	text = plainLines(text)
	if name == emit.ReportName {
		_, err := rehearsed.Decode(text)
		return err == nil
	}
	at := bytes.LastIndexByte(bytes.TrimSuffix(text, []byte("\n")), '\n') + 1
	return string(text[at:]) == sealOf(text[:at])
}

// deliverReport writes the report of a rehearsal into the folder of its kit, all of it or nothing, and says what came of it.
func (p *program) deliverReport(d delivery, name string, report rehearsed.Report) error {
	files, err := reportFiles(report)
	if err != nil {
		return err
	}
	lock, err := lockFolder(d.dir)
	if err != nil {
		return notWritten(err)
	}
	one, err := surveyReport(lock.root, name, files)
	if err == nil && !d.force {
		err = refusal(d.dir, []pack{one})
	}
	if err != nil {
		lock.release(len(lock.past) > 0)
		return err
	}
	if err := notWritten(lock.write(d.dir, []pack{one}, asRehearsal)); err != nil {
		return err
	}
	at := path.Join(shown(d.dir), name, emit.ReportName)
	for _, try := range report.Tries {
		p.say("%s: %s: %s", at, try.Try, strings.Join(append([]string{string(try.Verdict)}, try.Why...), "; "))
	}
	p.say("%s: %s (plan %s)", at, report.Verdict, report.Plan)
	return nil
}

// surveyReport compares a report with what is in the folder of its kit.
func surveyReport(root *os.Root, name string, files []emit.Artifact) (pack, error) {
	d, err := openDisk(root, name)
	if err != nil {
		return pack{}, cannot(name, err)
	}
	one := pack{name: name, files: len(files)}
	for _, file := range files {
		text, exists, err := d.read(file.Name, maxReport)
		if err != nil {
			return pack{}, cannot(path.Join(name, file.Name), err)
		}
		c := change{name: file.Name, exists: exists, new: file.Text, sum: file.Text.SHA256()}
		if exists && !isOwnReport(file.Name, text) {
			c.edited = "not as edgeplan wrote it"
		}
		one.changes = append(one.changes, c)
	}
	return one, nil
}

// kitOf is the folder of the kit of a plan, beside its package.
func kitOf(plan string) string { return plan + asRehearsal.suffix }

// noteReports says which reports beside packages or in kits are of an earlier plan.
func (p *program) noteReports(dir string, plans []*plan.Plan) {
	root, err := openFolder(dir)
	if err != nil {
		return // what was written there says it
	}
	defer root.Close()
	for _, of := range plans {
		name := path.Join(kitOf(of.Name), emit.ReportName)
		// Most packages have none, and then nothing is listed.
		if info, err := root.Lstat(name); err != nil || !info.Mode().IsRegular() {
			continue
		}
		var head struct {
			Plan string `json:"plan"`
		}
		text, err := readUnder(root, name, maxReport)
		if err == nil && json.Unmarshal(text, &head) == nil && head.Plan != of.ID {
			p.note(path.Join(shown(dir), name), "it is of an earlier plan, and verify refuses it: rehearse again, with edgeplan rehearse --run")
		}
	}
}

// errNoReport is where a report is wanted and none is there.
var errNoReport = errors.New("there is no report of a rehearsal: write one with edgeplan rehearse --run")

// reportBeside reads the report of a plan from the folder in which its package is. The page is nil where there is none. The
// error is errNoReport, or why the report is not one of this plan.
func reportBeside(root *os.Root, of *plan.Plan, scripts []rehearsed.Sum) (report rehearsed.Report, page []byte, err error) {
	// Before the folder is listed: without a report, what is there is nothing to verify.
	if _, err := root.Lstat(path.Join(kitOf(of.Name), emit.ReportName)); err != nil {
		return report, nil, errNoReport
	}
	d, err := openDisk(root, kitOf(of.Name))
	if err != nil {
		return report, nil, err
	}
	text, exists, err := d.read(emit.ReportName, maxReport)
	if err != nil {
		return report, nil, err
	}
	if !exists {
		return report, nil, errNoReport
	}
	if report, err = rehearsed.Decode(text); err == nil {
		err = report.Follows(of, scripts)
	}
	if err != nil {
		return report, nil, err
	}
	page, _, err = d.read(emit.ReportPageName, maxReport)
	return report, page, err
}

// scriptSums are the sums of the scripts among artifacts.
func scriptSums(artifacts []emit.Artifact) []rehearsed.Sum {
	var out []rehearsed.Sum
	for _, a := range artifacts {
		if emit.IsScript(a.Name) {
			out = append(out, rehearsed.Sum{Name: a.Name, SHA256: a.Text.SHA256()})
		}
	}
	return out
}

// above opens the folder in which a folder is, by whatever path that is reached.
func above(dir string) (*os.Root, error) {
	real, err := filepath.EvalSymlinks(dir)
	if err == nil {
		real, err = filepath.Abs(real)
	}
	if err != nil {
		return nil, err
	}
	return openFolder(filepath.Dir(real))
}

// checkReport looks for a report of a rehearsal beside the package, and wants it to be of this plan. With wanted there has
// to be one that passed.
func (in *inspection) checkReport(root *os.Root, dir, name string, wanted bool) {
	if in.plan == nil {
		return
	}
	if name == "." {
		var err error
		if root, err = above(dir); err != nil {
			return // nothing is beside it that can be read
		}
		defer root.Close()
	}
	report, page, err := reportBeside(root, in.plan, in.scripts)
	at := path.Join("..", kitOf(in.name), emit.ReportName)
	switch {
	case errors.Is(err, errNoReport):
		if wanted {
			in.problem("", "%v", err)
		}
		return
	case err != nil:
		in.problem(at, "%v", bare(err))
		return
	case page != nil && !bytes.Equal(plainLines(page), reportPage(report)):
		in.problem(path.Join(path.Dir(at), emit.ReportPageName), "it is not what %s makes", emit.ReportName)
		return
	case wanted && report.Verdict != rehearsed.Passed:
		in.problem(at, "the rehearsal failed: %s", strings.Join(report.Why, "; "))
		return
	}
	in.rehearsed = fmt.Sprintf("rehearsed: %s; report %s of this plan and these scripts, PowerShell %s (%s) on %s, %s, tried: %d",
		report.Verdict, report.ID, report.Engine.Version, report.Engine.Edition, report.Engine.System, report.Ended, len(report.Tries))
}

// showReports prints the reports of rehearsals that are beside packages.
func (p *program) showReports(args []string, html bool) error {
	paths, err := expand(args)
	if err != nil {
		return err
	}
	var packs []string
	for _, path := range unique(paths) {
		packs = append(packs, packagesIn(path)...)
	}
	if html && len(packs) > 1 {
		return usageError("show --rehearsal --html takes one package")
	}
	for i, pack := range packs {
		report, err := p.reportOf(pack)
		switch {
		case err != nil:
			return err
		case html:
			p.stdout.Write(reportPage(report))
			continue
		case i > 0:
			p.stdout.WriteString("\n")
		}
		p.stdout.WriteString(record.Markdown(rehearsed.Document(report)))
	}
	return nil
}

// reportOf is the report beside a package, or beside that of a plan.json.
func (p *program) reportOf(pack string) (rehearsed.Report, error) {
	if pack == "-" {
		return rehearsed.Report{}, usageError("show --rehearsal takes a package, beside which the report is, and no -")
	}
	name, text, err := p.input.readPlan(pack)
	if err != nil {
		return rehearsed.Report{}, err
	}
	if isMatrix(text) {
		return rehearsed.Report{}, notAPlan(name, errIndex)
	}
	of, artifacts, err := determined(plainLines(text))
	if err != nil {
		return rehearsed.Report{}, notAPlan(name, err)
	}
	root, err := above(filepath.Dir(name))
	if err != nil {
		return rehearsed.Report{}, cannot(name, err)
	}
	defer root.Close()
	report, _, err := reportBeside(root, of, scriptSums(artifacts))
	if err != nil {
		return report, notAPlan(path.Join(path.Dir(path.Dir(name)), kitOf(of.Name), emit.ReportName), bare(err))
	}
	return report, nil
}
