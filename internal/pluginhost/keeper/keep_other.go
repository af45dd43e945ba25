//go:build !linux

package keeper

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// keep starts the plug-in in a group of its own and kills that group when the
// pipe to Skysift ends. Only Linux can limit it, and find what left the group.
func keep(order Order) int {
	if order.Sandbox != nil {
		return fail(unstarted + "only Linux has sandboxes")
	}
	command := exec.Command(order.Path, order.Args...)
	command.Stdout, command.Stderr = os.Stdout, os.Stderr
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := command.Start(); err != nil {
		return fail(unstarted+"%v", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	select {
	case <-ended:
	case <-life():
		_ = syscall.Kill(-command.Process.Pid, syscall.SIGTERM)
		select {
		case <-ended:
		case <-time.After(grace):
		}
	}
	_ = syscall.Kill(-command.Process.Pid, syscall.SIGKILL)
	return max(command.ProcessState.ExitCode(), 0)
}

func become(Order) error { return errors.New("only Linux limits a plug-in") }
