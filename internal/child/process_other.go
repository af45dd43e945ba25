//go:build !linux

package child

import "syscall"

// dieWithParent puts a process in a group of its own, away from the terminal's
// signals. Only Linux can tie its life to ours.
func dieWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}
