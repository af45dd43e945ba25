package child

import (
	"os/exec"
	"syscall"
	"testing"
	"time"
)

func TestStopEndsAProcess(t *testing.T) {
	p, err := Start(exec.Command("sleep", "60"))
	if err != nil {
		t.Fatal(err)
	}
	if p.Ended() {
		t.Fatal("ended before it was stopped")
	}
	if err := p.Stop(syscall.SIGTERM, time.Minute); err != nil {
		t.Fatal(err)
	}
	if p.State().Success() {
		t.Error("a process ended by a signal looks successful")
	}
}

func TestStopKillsWhatDoesNotEnd(t *testing.T) {
	p, err := Start(exec.Command("sh", "-c", "trap '' TERM; while :; do sleep 0.05; done"))
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(200 * time.Millisecond) // until the trap is set
	if err := p.Stop(syscall.SIGTERM, 100*time.Millisecond); err == nil {
		t.Error("no error for a process that ignores its signal")
	}
	if !p.Ended() {
		t.Error("the process lives on")
	}
}

func TestStartSaysWhatCannotBeStarted(t *testing.T) {
	if _, err := Start(exec.Command("/nowhere/nothing")); err == nil {
		t.Error("no error")
	}
}
