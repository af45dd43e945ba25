package child

import "syscall"

// dieWithParent puts a process in a group of its own, away from the terminal's
// signals, and has it killed when the thread that starts it ends.
func dieWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
