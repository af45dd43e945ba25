package keeper

import (
	"fmt"
	"os"
	goruntime "runtime"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// keep starts the plug-in and returns its exit code when it, and all that it
// started, have ended.
func keep(order Order) int {
	// Linux kills the plug-in when the thread that started it ends; the main
	// thread ends last.
	goruntime.LockOSThread()
	unix.CloseOnExec(LifeFile)
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return fail("processes that the plug-in starts could not be kept: %v", err)
	}
	plugin, err := os.StartProcess("/proc/self/exe", []string{os.Args[0], enter, order.text()}, &os.ProcAttr{
		Env:   os.Environ(),
		Files: []*os.File{nil, os.Stdout, os.Stderr},
		Sys:   &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL},
	})
	if err != nil {
		return fail(unstarted+"%v", err)
	}
	// Where it may, it goes before the processes that it has to count and kill.
	_ = unix.Setpriority(unix.PRIO_PROCESS, 0, -10)
	k := &kept{group: plugin.Pid, ended: make(chan int, 1), order: order}
	go k.reap()
	code := k.watch(life())
	k.killAll()
	return code
}

// kept is the plug-in with all processes it has started.
type kept struct {
	order Order
	group int // the plug-in's own process, and its group
	ended chan int
}

// watch returns when the plug-in has ended or has to.
func (k *kept) watch(over <-chan struct{}) int {
	ticks := time.NewTicker(watchInterval)
	defer ticks.Stop()
	for {
		select {
		case code := <-k.ended:
			return code
		case <-over:
			return k.stop()
		case <-ticks.C:
			if excess := k.excess(); excess != "" {
				return fail("the plug-in is killed: %s", excess)
			}
		}
	}
}

// stop asks the plug-in to end, and waits a little.
func (k *kept) stop() int {
	_ = syscall.Kill(-k.group, syscall.SIGTERM)
	select {
	case code := <-k.ended:
		return code
	case <-time.After(grace):
		return failed
	}
}

// excess says what the plug-in takes too much of; "" if nothing.
func (k *kept) excess() string {
	all := descendants(os.Getpid())
	if k.order.Processes > 0 && len(all) > k.order.Processes {
		return fmt.Sprintf("it has %d processes and may have %d", len(all), k.order.Processes)
	}
	if k.order.Memory > 0 {
		if used := resident(all); used > k.order.Memory {
			return fmt.Sprintf("it has %d MiB of memory and may have %d", used>>20, k.order.Memory>>20)
		}
	}
	return ""
}

// reap waits for every process that ends: the plug-in's own, and those that
// were left to the keeper.
func (k *kept) reap() {
	for {
		var status syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &status, 0, nil)
		switch {
		case err == syscall.EINTR:
		case err != nil:
			time.Sleep(10 * time.Millisecond) // no child now, which may change
		case pid == k.group && (status.Exited() || status.Signaled()):
			k.ended <- exitCode(status)
		}
	}
}

func exitCode(status syscall.WaitStatus) int {
	if status.Signaled() {
		return 128 + int(status.Signal())
	}
	return status.ExitStatus()
}

// killAll kills until nothing is left. A group is killed at once, so that no
// process of it can fork on; what has left the group is stopped as long as more
// of it are found, lest it outrun us, and then killed.
func (k *kept) killAll() {
	_ = syscall.Kill(-k.group, syscall.SIGKILL)
	for {
		stopped := map[int]bool{}
		for found := true; found; {
			found = false
			for _, pid := range descendants(os.Getpid()) {
				if !stopped[pid] {
					found, stopped[pid] = true, true
					_ = syscall.Kill(pid, syscall.SIGSTOP)
				}
			}
		}
		if len(stopped) == 0 {
			return
		}
		for pid := range stopped {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
		time.Sleep(2 * time.Millisecond)
	}
}
