package pwsh

import (
	"slices"
	"strings"
	"testing"
)

// The engine runs a command with the home it was given and without a profile.
func TestFind(t *testing.T) {
	e := Find(t)
	home := t.TempDir()
	out, err := e.Command(home, "-Command", "'{0}|{1}|{2}' -f $PSVersionTable.PSVersion, $env:HOME, $env:POWERSHELL_UPDATECHECK").CombinedOutput()
	if want := e.Version + "|" + home + "|Off"; err != nil || strings.TrimSpace(string(out)) != want {
		t.Errorf("%v: %q, not %q", err, out, want)
	}
}

// Windows PowerShell would refuse unsigned scripts by its policy; PowerShell on other
// systems has no policy to set.
func TestCommand(t *testing.T) {
	for _, e := range []Engine{{Path: "x"}, {Path: "x", Desktop: true}} {
		args := e.Command("h", "-File", "y").Args
		if slices.Contains(args, "Bypass") != e.Desktop || !slices.Equal(args[len(args)-2:], []string{"-File", "y"}) {
			t.Errorf("%q", args)
		}
	}
}

// A name that is no engine is an error, not another engine.
func TestNamedButMissing(t *testing.T) {
	t.Setenv(PathVariable, "no-such-engine")
	if e, err := look(); err == nil {
		t.Errorf("found %s", e)
	}
}
