package sheet

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/edgeplan/edgeplan/emit/words/sample"
)

func TestRealistic(t *testing.T) {
	got := text(t)
	const stop = `
2. Stop
  type    .\failover.ps1 -Stage Stop
  on      edge2a.contoso.com
          edge2b.contoso.com
  does    Step 2. Stops all services of this Edge Server: no remote access through it until stage
          Start.
  who     Carried out by UC operations, on call. Tested by Service desk.
  takes   10 min
  step    (edgeplan) reads and compares: subordinate CAs in the trusted roots
  expect  P12 subordinate CAs in the trusted roots: none (with one the services may not start: KB
          2795828)
  step    (edgeplan) reads and compares: uses of certificates
          > Get-CsCertificate
  expect  P13 uses of certificates: Use has AccessEdgeExternal
  step    (edgeplan) reads and compares: faults of certificates
          > Get-CsCertificate
  expect  P14 faults of certificates: none (each in use is in the store My, has its private key and
          is valid now and until 2026-12-06T00:00:00Z)
  step    (edgeplan) reads and compares: XMPP partners in the local copy
          > Get-CsXmppAllowedPartner -LocalStore
  expect  P15 XMPP partners in the local copy: Identity or AdditionalDomains has gmail.example and
          jabber.example.org
  step    (edgeplan) reads and compares: XMPP service
          > Get-CsWindowsService -ExcludeActivityLevel
  expect  XMPP service: DisplayName is like *XMPP*
  step    (2) stops all Lync services of this server
          > Stop-CsWindowsService
  expect  every service is Stopped
  then    XMPP federation: no
          remote access, conferencing and media through EdgePool2: no
          SIP federation: yes, through EdgePool1
if not    Run the stage again: it stops what still runs.
`
	for _, want := range []string{
		stop, "\n  - xmpp.contoso.com. 3600 IN A 203.0.113.11\n", "\nROLLBACK", "  type    .\\rollback.ps1 -Stage Route\n",
		"          > Set-CsSite -Identity 'Site2' -XmppFederationRoute 'EdgeServer:edgepool2.contoso.com'\n",
		"  EP2003  error: address is shared with SIP federation (main.edge.hcl:12), accepted: Agreed",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the sheet lacks %q:\n%s", want, got)
		}
	}
	for line := range strings.Lines(got) {
		line = strings.TrimSuffix(line, "\n")
		if utf8.RuneCountInString(line) > columns && !strings.Contains(line, "> ") || strings.TrimRight(line, " ") != line {
			t.Errorf("too long, or a blank at the end: %q", line)
		}
	}
	if got != text(t) {
		t.Error("twice the same plan, not the same bytes")
	}
}

func FuzzHostile(f *testing.F) {
	for _, s := range []string{"\x1b[2J", "a\nb", "\u202e", strings.Repeat("long ", 40), "\u200b", "a\r", " "} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := Text(sample.Hostile(s))
		if err != nil {
			if utf8.ValidString(s) {
				t.Fatal(err)
			}
			return
		}
		for _, r := range got {
			if r != '\n' && !unicode.IsPrint(r) {
				t.Fatalf("%q: the sheet has %U", s, r)
			}
		}
		plain, _ := Text(sample.Hostile("x"))
		if g, w := titles(got), titles(plain); g != w {
			t.Fatalf("%q: %d titles, want %d", s, g, w)
		}
	})
}

// titles counts the lines that follow an empty one.
func titles(s string) int { return strings.Count(s, "\n\n") }

func TestUnwritableCommand(t *testing.T) {
	if _, err := Text(sample.Hostile("\xff")); err == nil {
		t.Error("a command that is not UTF-8 is printed")
	}
}

func text(t *testing.T) string {
	t.Helper()
	got, err := Text(sample.Plan())
	if err != nil {
		t.Fatal(err)
	}
	return got
}
