package main

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/edgeplan/edgeplan/compiler"
	"github.com/edgeplan/edgeplan/internal/pattern"
	"github.com/edgeplan/edgeplan/parser"
	"github.com/edgeplan/edgeplan/parser/diag"
)

//go:embed completion
var completionScripts embed.FS

// shells are those that completion knows, with the script that each loads.
var shells = []struct{ name, script string }{
	{"bash", "edgeplan.bash"}, {"zsh", "edgeplan.zsh"}, {"fish", "edgeplan.fish"}, {"powershell", "edgeplan.ps1"},
}

// completionCommand is a function because it reads the table that it is in.
func completionCommand() command {
	return command{
		name:  "completion",
		args:  "SHELL [-- WORD...]",
		takes: []operand{aShell},
		short: "print a script that makes a shell complete edgeplan",
		about: `SHELL is bash, zsh, fish or powershell. The script completes commands, flags, their
values, names of plans and blocks, folders and files. Load it with a line in the file that the
shell reads when it starts:
  bash         eval "$(edgeplan completion bash)"
  zsh          source <(edgeplan completion zsh)
  fish         edgeplan completion fish | source
  PowerShell   edgeplan completion powershell | Out-String | Invoke-Expression
The script asks edgeplan, which then prints what the last WORD could become: first the
kind of path (none, folders, or an ending of files), then a word and what it means on
each line.`,
		exits:   [3]string{"printed", "", "usage"},
		example: "edgeplan completion bash",
		bind: func(*pflag.FlagSet) action {
			return func(p *program, args []string) error { return p.completion(args) }
		},
	}
}

func (p *program) completion(args []string) error {
	if len(args) == 0 {
		return usageError("completion takes the name of a shell: " + strings.Join(shellNames(), ", "))
	}
	at := slices.Index(shellNames(), args[0])
	if at < 0 {
		return usagef("there is no completion for %q, but for %s", args[0], strings.Join(shellNames(), ", "))
	}
	if len(args) == 1 {
		text, err := completionScripts.ReadFile("completion/" + shells[at].script)
		p.stdout.Write(text)
		return err
	}
	// pflag has taken the -- before the words.
	answer := complete(wordsOf(args[0], args[1:]))
	fmt.Fprintln(p.stdout, answer.kind())
	for _, o := range answer.offers {
		if args[0] == "bash" { // for which an equals sign ends a word
			o.word = o.word[strings.Index(o.word, "=")+1:]
		}
		fmt.Fprintf(p.stdout, "%s\t%s\n", o.word, o.about)
	}
	return nil
}

func shellNames() []string {
	var out []string
	for _, s := range shells {
		out = append(out, s.name)
	}
	return out
}

// wordsOf makes the words of a command line of what a shell sends: bash parts words at
// equals signs, and the script for PowerShell puts one before each word.
func wordsOf(shell string, sent []string) []string {
	var out []string
	for i, word := range sent {
		switch {
		case shell == "powershell": // Windows PowerShell 5.1 drops an argument that is empty
			out = append(out, strings.TrimPrefix(word, "="))
		case shell == "bash" && i > 0 && (word == "=" || sent[i-1] == "=") && strings.HasPrefix(out[len(out)-1], "--"):
			// = is in its COMP_WORDBREAKS, so a flag and its value are three words.
			out[len(out)-1] += word
		default:
			out = append(out, word)
		}
	}
	return out
}

// operand is a kind of argument.
type operand int

const (
	noPath operand = iota
	aSpec          // a folder or a file of a spec
	aFolder
	aPlan // a package or a plan.json
	aLog  // a folder or an evidence log
	aCode
	aBlock
	aCommand
	aShell
)

// offer is a word that could be there, and what it means.
type offer struct{ word, about string }

// answer is what could be in the place of a word.
type answer struct {
	paths  operand
	offers []offer
}

// kind says in the form that the scripts read which paths could be there.
func (a answer) kind() string {
	switch a.paths {
	case aSpec:
		return parser.Suffix
	case aFolder:
		return "folders"
	case aPlan:
		return ".json"
	case aLog:
		return ".jsonl"
	}
	return "none"
}

// complete says what the last of the words after edgeplan could become.
func complete(words []string) answer {
	last := words[len(words)-1]
	if len(words) == 1 {
		a := answer{offers: commandOffers()}
		if strings.HasPrefix(last, "-") {
			a.offers = []offer{{"--help", "print how to use edgeplan"}, {"--version", "print the version"}}
		}
		return a.starting(last)
	}
	c, err := find(words[0])
	if err != nil {
		return answer{}
	}
	fs, _ := c.flags()
	line := readLine(fs, words[1:len(words)-1])
	name, value, assigned := strings.Cut(last, "=")
	flag := fs.Lookup(strings.TrimPrefix(name, "--"))
	switch {
	case line.pending != nil:
		return valuesOf(line.pending, line).starting(last)
	case line.ended || !strings.HasPrefix(last, "-"):
		return c.operandAt(len(line.operands)).starting(last)
	case assigned && strings.HasPrefix(name, "--") && flag != nil:
		// The shell replaces the whole word, so each offer begins with the flag.
		a := valuesOf(flag, line).starting(value)
		for i := range a.offers {
			a.offers[i].word = name + "=" + a.offers[i].word
		}
		return a
	}
	return flagOffers(fs).starting(last)
}

// commandLine is what comes before the word that is completed.
type commandLine struct {
	operands []string
	pending  *pflag.Flag // that wants a value; nil: none does
	ended    bool        // by --, so that nothing more is a flag
}

// readLine reads words as pflag does, but passes over what is wrong.
func readLine(fs *pflag.FlagSet, words []string) commandLine {
	var line commandLine
	for _, word := range words {
		switch {
		case line.pending != nil: // whatever it is: a value may begin with a hyphen
			line.pending = nil
		case line.ended || !strings.HasPrefix(word, "-") || word == "-":
			line.operands = append(line.operands, word)
		case word == "--":
			line.ended = true
		default:
			line.pending = wantsValue(fs, word)
		}
	}
	return line
}

// wantsValue returns the flag of a word if its value is the next word.
func wantsValue(fs *pflag.FlagSet, word string) *pflag.Flag {
	if long, ok := strings.CutPrefix(word, "--"); ok {
		// A flag with such a value, as one that is on or off, takes another only behind an equals sign.
		if flag := fs.Lookup(long); flag != nil && flag.NoOptDefVal == "" {
			return flag
		}
		return nil
	}
	for i := 1; i < len(word); i++ { // -wd are two flags, -oDIR is one with its value
		flag := fs.ShorthandLookup(word[i : i+1])
		if flag == nil || flag.NoOptDefVal == "" {
			if i == len(word)-1 {
				return flag
			}
			return nil
		}
	}
	return nil
}

// starting keeps the words that begin as a word does, and that no shell would read as
// anything but a word.
func (a answer) starting(word string) answer {
	a.offers = slices.DeleteFunc(a.offers, func(o offer) bool {
		return !strings.HasPrefix(o.word, word) || !plainWord.MatchString(o.word)
	})
	return a
}

// plainWord has characters only that no shell gives a meaning. The names of plans are
// among them: EP1009 refuses others.
var plainWord = pattern.New(`^[A-Za-z0-9=._-]+$`)

func (c command) operandAt(n int) answer {
	if len(c.takes) == 0 {
		// The command takes no arguments, so nothing is offered.
		return answer{}
	}
	a := answer{paths: c.takes[min(n, len(c.takes)-1)]}
	switch a.paths {
	case aCode:
		for _, rule := range diag.Rules() {
			a.offers = append(a.offers, offer{string(rule.Code), rule.Summary})
		}
	case aBlock:
		for _, b := range parser.Schema() {
			a.offers = append(a.offers, offer{b.Type, b.Doc})
		}
	case aCommand:
		a.offers = commandOffers()
	case aShell:
		for _, name := range shellNames() {
			a.offers = append(a.offers, offer{name, "the script for " + name})
		}
	}
	return a
}

func commandOffers() []offer {
	var out []offer
	for _, c := range commands() {
		out = append(out, offer{c.name, c.short})
	}
	return out
}

func flagOffers(fs *pflag.FlagSet) answer {
	var a answer
	fs.VisitAll(func(f *pflag.Flag) {
		_, about := pflag.UnquoteUsage(f)
		a.offers = append(a.offers, offer{"--" + f.Name, about})
		if f.Shorthand != "" {
			a.offers = append(a.offers, offer{"-" + f.Shorthand, about})
		}
	})
	return a
}

// valuesOf says what the value of a flag could be.
func valuesOf(flag *pflag.Flag, line commandLine) answer {
	var a answer
	if c, ok := flag.Value.(*choice); ok {
		for _, word := range c.words {
			a.offers = append(a.offers, offer{word, flag.Usage})
		}
	}
	switch flag.Name {
	case "output":
		a.paths = aFolder
	case "failover":
		a.offers = planOffers(line.operands)
	}
	return a
}

// planOffers are the names of the plans of the specs that the arguments name, or of that
// in the current folder. What cannot be read has none.
func planOffers(args []string) []offer {
	var out []offer
	if len(args) == 0 {
		args = []string{"."}
	}
	// Shells complete a word before they expand the tilde in it.
	home, _ := os.UserHomeDir()
	for _, arg := range args {
		if rest, ok := strings.CutPrefix(arg, "~/"); ok && home != "" {
			arg = filepath.Join(home, rest)
		}
		specs, _ := sources([]string{arg})
		for _, s := range specs {
			out = append(out, plansOf(s)...)
		}
	}
	return out
}

// plansOf reads the files of a spec, but no zone, which is not needed and may be large.
func plansOf(s source) []offer {
	var files []parser.File
	for _, name := range s.names {
		// Completion has no place for errors; what can be read is offered.
		if text, err := readFile(filepath.Join(s.dir, name), maxStdin); err == nil {
			files = append(files, parser.File{Name: name, Text: text})
		}
	}
	spec, _, _ := parser.Parse(noFiles{}, files)
	var out []offer
	for _, asked := range spec.Asked() {
		out = append(out, offer{asked.Name, "a " + asked.Type + " block"})
	}
	for _, m := range spec.Matrices {
		for _, name := range compiler.PairNames(spec, m) {
			out = append(out, offer{name, "a pair of matrix " + m.Name.V})
		}
	}
	return out
}

// noFiles is a folder without files.
type noFiles struct{}

func (noFiles) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}
