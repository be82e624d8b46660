package sample

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// Characters that PowerShell takes for single quotes, double quotes, dashes, blanks and
// line ends, and others that have broken something somewhere.
const (
	Singles = "'\u2018\u2019\u201A\u201B"
	Doubles = "\"\u201C\u201D\u201E"
	Dashes  = "-\u2013\u2014\u2015"
	Blanks  = " \t\v\f\u0085\u00A0\u1680\u2003\u2028\u2029\u202F\u3000"
	Ends    = "\r\n\x00\x1A\x1B\x7F\u0080\u009F"
	Bidi    = "\u200B\u200E\u202A\u202E\u2066\u2069\uFEFF\uFFFD\uFFFE\uFFFF"
	Beyond  = "\U0001F600\U00010000\U0010FFFF\u00E9e\u0301\uD7FF\uE000"
	Special = Singles + Doubles + Dashes + Blanks + Ends + Bidi + Beyond
	signs   = "`$#@{}()[];|&,+%\\!*?~^=<>_:/"
)

// Pieces are what hostile texts are made of.
func Pieces() []string {
	// Typographic quotes close a literal of PowerShell as the ASCII one does, and so have pieces of their own.
	return append(strings.Split(Special, ""),
		"a", "Site2", "''", "'''", "\u2019; Write-Output INJECTED; \u2018", "'; Write-Output INJECTED; '",
		"$(Get-Date)", "${x}", "$x: y", "`", "`n", "`u{41}",
		"#>", "<#", "# SIG # Begin signature block", "#requires -Version 9", "@'\n", "\n'@", "\n\u2019@", "@{", "}",
		")", "(", ";", "|", "&", ",", "+", "%", "\\", "{0}", "{{",
		"[char]0x27", "[x]", "*", "--%", "\r\n.SYNOPSIS\r\n", "\nsend\n", "\n; ", "$INCLUDE /etc/passwd\n",
		"](http://e.example)", "<script>", "@admin", "```", "\n# ", "\n| ")
}

// Texts are more than 17,000 different texts, the same in every run, that try to leave
// the place where they are quoted: in PowerShell, Markdown, zone files and nsupdate.
// All are UTF-8; see NotUTF8.
func Texts() []string {
	l := &list{seen: map[string]bool{}}
	for _, p := range Pieces() {
		l.add(p)
	}
	special := strings.Split(Special+signs, "")
	for _, c := range special {
		l.add(c, c+c, c+c+c, "a"+c, c+"a", "a"+c+"a", "'"+c+"'", "\""+c+"\"", "x\n"+c+"@\nx",
			"@"+c+"\nx\n"+c+"@; Write-Output INJECTED", "#"+c+">", "<"+c+"#")
		// Pairs: a quote after a backtick or a line end is read in another way than alone.
		for _, d := range special {
			l.add(c + d)
		}
	}
	core := strings.Split(Singles+"\"\u201C-\u2013`$\r\n\u2028\x00@#", "")
	for _, c := range core {
		// Triples only of what begins or ends literals: of all signs they would be over a million.
		for _, d := range core {
			for _, e := range core {
				l.add(c + d + e)
			}
		}
	}
	// To the end of General Punctuation, where the last known blanks and quotes are.
	for r := rune(1); r <= 0x206F; r += 4 {
		l.add("'" + string(r) + "'")
	}
	l.signatures()
	l.directives()
	// A fixed seed: a text that fails is there in the next run too.
	random, pieces := rand.New(rand.NewPCG(1, 2)), Pieces()
	for range 2500 {
		var b strings.Builder
		for range 2 + random.IntN(7) {
			b.WriteString(pieces[random.IntN(len(pieces))])
		}
		l.add(b.String())
	}
	return l.texts
}

// NotUTF8 are texts that no output can hold, each with the offset of its first bad byte:
// among them halves of characters above U+FFFF, alone, as some programs encode them.
func NotUTF8() map[string]int {
	// A surrogate alone is what a program leaves that cuts UTF-16 in two.
	return map[string]int{
		"\xff": 0, "a\x80": 1, "\u00e9\xc3": 2, "\xc0\x80": 0, "\uFFFD\xfe": 3, "'\xf5": 1, "ok\xe2\x80": 2,
		"\xed\xa0\x80": 0, "x\xed\xbf\xbf": 1, "\xed\xa0\xbd\xed\xb8\x80": 0, "'\u2019\xed\xaf\xbf'": 4,
		"\U0001F600\xed\xb0\x80": 4,
	}
}

type list struct {
	seen  map[string]bool
	texts []string
}

func (l *list) add(texts ...string) {
	for _, s := range texts {
		// Pieces, pairs and random texts overlap.
		if !l.seen[s] {
			l.seen[s] = true
			l.texts = append(l.texts, s)
		}
	}
}

// signatures are spellings of the line after which PowerShell takes no statement.
func (l *list) signatures() {
	for _, s := range []string{"# SIG # Begin signature block", "# sig # begin SIGNATURE block",
		"#SIG#Beginsignatureblock", "# Signature block", "SIG # Begin signature block",
		"# note: SIG # Begin signature block", "# SIG # Begin signature", "# SIG # End signature block",
		"# SIG # Begin\u00A0signature\u2003block"} {
		// At the start of a line PowerShell takes the rest for a signature; elsewhere it is a comment or text.
		for _, around := range []string{"%s", "\n%s", "\r%s\r", "\r\n%s\r\n", "'\n%s\n'", "a %s",
			"%s\nAAAA\n# SIG # End signature block", "\u2028%s", "#>%s", "\n'@\n%s"} {
			l.add(fmt.Sprintf(around, s))
		}
	}
}

// directives are what another line would be: of a script, a zone file, an nsupdate
// script, a Markdown page.
func (l *list) directives() {
	for _, s := range []string{"#requires -Version 9", "#Requires -RunAsAdministrator", "using module x",
		"Remove-Item C:\\ -Recurse", "exit 0", "}; exit", ")\nexit", ".SYNOPSIS", ".EXTERNALHELP x",
		"send", "server 192.0.2.66", "update delete contoso.com.", "prereq nxdomain x.", "$ORIGIN evil.", "$INCLUDE x",
		"$TTL 1", "@ IN A 192.0.2.66", "x IN TXT \"a\"",
		"# head", "> quote", "| a | b |\n|---|---|", "```\nx\n```", "<img src=x onerror=x>", "[x](javascript:x)",
		"![x](http://e.example)", "/close", "- [x] y", "@admin"} {
		// All that some reader takes for the end of a line, of a statement or of a literal.
		for _, end := range []string{"\n", "\r", "\r\n", "\u2028", "\u0085", "\v", "\n\n", ";", "'\n", "\u2019\n",
			"\"\n", "#>\n", ")\n", "\x00"} {
			l.add("a"+end+s, end+s+end)
		}
	}
}
