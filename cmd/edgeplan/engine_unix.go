//go:build unix

package main

import (
	"os/exec"
	"syscall"
)

// ownGroup makes the command one of a group of its own, all of which ends with it: pwsh may be a script that starts
// another program.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
