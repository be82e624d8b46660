// Package partners is the test that keeps docs/partners.md true: Prosody, with and without
// lua-unbound, and ejabberd play the partners of a deployment whose DNS is BIND with zones
// that edgeplan made. `make partners` runs it; it needs root on Linux and the programs
// below, and takes two to six minutes.
//
// All programs run in namespaces of their own (network, mounts, processes). The public
// addresses of the specs are on the loopback there, nothing reaches another computer, and
// when the test ends, however it does, the kernel ends all of them.
package partners

import (
	"github.com/edgeplan/edgeplan/internal/loud"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// inside is set for the copy of the test that runs in the namespaces.
const inside = "EDGEPLAN_PARTNERS_INSIDE"

// programs are what the suite runs, and modules files that two of them need.
var (
	programs = []string{"unshare", "mount", "ip", "nft", "named", "prosody", "erl"}
	modules  = []string{"/usr/lib/*/lua/5.4/lunbound.so", ejabberdBeams}
)

const ejabberdBeams = "/usr/lib/*/ejabberd-*/ebin"

func TestPartners(t *testing.T) {
	if os.Getenv(inside) != "" {
		runRows(t)
		return
	}
	if os.Getenv("EDGEPLAN_PARTNERS") != "all" {
		loud.Skip(t, "no XMPP server was asked; make partners does that, as root on Linux")
	}
	if why := lacking(); why != "" {
		if os.Getenv("EDGEPLAN_PARTNERS_REQUIRED") != "" {
			t.Fatal(why)
		}
		loud.Skip(t, "%s; no XMPP server was asked", why)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	args := []string{"--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--propagation", "private", self}
	for _, arg := range os.Args[1:] {
		if strings.HasPrefix(arg, "-test.timeout") {
			args = append(args, arg)
		}
	}
	run := "^TestPartners$"
	if only := os.Getenv("EDGEPLAN_PARTNERS_ROWS"); only != "" {
		run += "/" + only
	}
	cmd := exec.Command("unshare", append(args, "-test.run="+run, "-test.v=true", "-test.parallel=400")...)
	cmd.Env = append(os.Environ(), inside+"=1")
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		t.Errorf("in the namespaces: %v", err)
	}
}

// lacking is what the suite needs and does not have here, or "".
func lacking() string {
	if runtime.GOOS != "linux" || os.Geteuid() != 0 {
		return "the suite makes namespaces, for which it has to be root on Linux"
	}
	const debian = " is not here (Debian: bind9, prosody, lua-unbound, ejabberd, nftables, iproute2)"
	for _, name := range programs {
		if _, err := exec.LookPath(name); err != nil {
			return name + debian
		}
	}
	for _, pattern := range modules {
		if found, _ := filepath.Glob(pattern); len(found) == 0 {
			return pattern + debian
		}
	}
	return ""
}
