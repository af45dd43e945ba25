package pluginhost

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"github.com/hashicorp/go-plugin/runner"
)

// process is a plug-in's keeper as go-plugin runs it. It is killed by closing
// the pipe that the keeper watches, which is what happens when we are killed
// too.
type process struct {
	command *exec.Cmd
	folder  string // of its sockets
	stdout  io.ReadCloser
	stderr  io.ReadCloser
	life    *os.File // the end whose closing ends it
	closing sync.Once
	done    chan struct{} // closed when it has ended
	waiting sync.Once
	err     error
}

var _ runner.Runner = (*process)(nil)

// newProcess makes a process of the keeper's command; folder is for sockets.
func newProcess(command *exec.Cmd, folder string) (*process, error) {
	p := &process{command: command, folder: folder, done: make(chan struct{})}
	theirs, ours, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	command.ExtraFiles = []*os.File{theirs}
	// The terminal's Ctrl-C is ours to answer: the plug-in has alerts in hand.
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	p.life = ours
	if p.stdout, err = command.StdoutPipe(); err == nil {
		p.stderr, err = command.StderrPipe()
	}
	if err != nil {
		theirs.Close()
		ours.Close()
		return nil, err
	}
	return p, nil
}

// Start implements runner.Runner.
func (p *process) Start(context.Context) error {
	err := p.command.Start()
	p.command.ExtraFiles[0].Close()
	if err != nil {
		p.life.Close()
	}
	return err
}

// Wait implements runner.Runner.
func (p *process) Wait(context.Context) error {
	p.waiting.Do(func() {
		p.err = p.command.Wait()
		p.closing.Do(func() { p.life.Close() })
		close(p.done)
	})
	<-p.done
	return p.err
}

// Kill implements runner.Runner.
func (p *process) Kill(context.Context) error {
	p.closing.Do(func() { p.life.Close() })
	return nil
}

// Stdout, Stderr, Name, ID and Diagnose implement runner.Runner.
func (p *process) Stdout() io.ReadCloser           { return p.stdout }
func (p *process) Stderr() io.ReadCloser           { return p.stderr }
func (p *process) Name() string                    { return "plugin" }
func (p *process) Diagnose(context.Context) string { return "" }
func (p *process) ID() string {
	if p.command.Process == nil {
		return ""
	}
	return strconv.Itoa(p.command.Process.Pid)
}

// PluginToHost refuses an address that is no socket in the plug-in's own
// folder: it must not send us anywhere else.
func (p *process) PluginToHost(network, address string) (string, string, error) {
	inside := strings.HasPrefix(filepath.Clean(address), p.folder+string(filepath.Separator))
	if network != "unix" || !inside {
		return "", "", fmt.Errorf("the plug-in names the address %s %.100q, and must listen on a Unix socket in the folder PLUGIN_UNIX_SOCKET_DIR", network, address)
	}
	return network, address, nil
}

// HostToPlugin implements runner.Runner.
func (p *process) HostToPlugin(network, address string) (string, string, error) {
	return network, address, nil
}
