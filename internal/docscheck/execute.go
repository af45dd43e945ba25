//go:build unix

package docscheck

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

const (
	// commandLimit ends a command that hangs.
	commandLimit = 5 * time.Minute
	// drainLimit is how long a service may take to end, as the documents promise.
	drainLimit = 10 * time.Second
)

// execute runs a step and returns what is not as the document says.
func (r *run) execute(s step, dir string) error {
	ctx, cancel := context.WithTimeout(context.Background(), commandLimit)
	defer cancel()
	command, output, err := r.command(ctx, s, dir)
	if err != nil {
		return err
	}
	err = command.Run()
	text := r.addresses.back(output.String())
	if ctx.Err() != nil {
		return fmt.Errorf("%s\n  did not end within %s:\n%s", firstLine(s.script), commandLimit, indent(text))
	}
	if code, err := exitCode(err); err != nil {
		return err
	} else if code != s.exit {
		return fmt.Errorf("%s\n  exits with %d, not %d:\n%s", firstLine(s.script), code, s.exit, indent(text))
	}
	return s.compare(text)
}

// nameFailing says which of a script's commands it was that failed.
const nameFailing = `trap 'echo "this failed: $BASH_COMMAND" >&2' ERR; `

// command prepares a shell that stops at the first failing command, in a
// process group of its own.
func (r *run) command(ctx context.Context, s step, dir string) (*exec.Cmd, *bytes.Buffer, error) {
	script, err := r.addresses.there(s.script)
	if err != nil {
		return nil, nil, err
	}
	if !s.compared {
		script = nameFailing + script
	}
	output := new(bytes.Buffer)
	command := exec.CommandContext(ctx, "bash", "-e", "-o", "pipefail", "-c", script)
	command.Dir = dir
	command.Env = r.environment()
	command.Stdout, command.Stderr = output, output
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	command.Cancel = func() error { return syscall.Kill(-command.Process.Pid, syscall.SIGKILL) }
	command.WaitDelay = time.Second
	return command, output, nil
}

// environment is the caller's without our own variables, which would change
// what the commands do.
func (r *run) environment() []string {
	var environment []string
	for _, pair := range os.Environ() {
		if !strings.HasPrefix(pair, "SKYSIFT_") && !strings.HasPrefix(pair, "PATH=") {
			environment = append(environment, pair)
		}
	}
	return append(environment, "PATH="+r.Path, "NO_COLOR=1")
}

func exitCode(err error) (int, error) {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0, nil
	case errors.As(err, &exit):
		return exit.ExitCode(), nil
	}
	return 0, err
}

// background is a command that runs on while the document goes on.
type background struct {
	step    step
	command *exec.Cmd
	output  *bytes.Buffer
	ended   chan error
}

func (r *run) startBackground(s step, dir string) error {
	// A shell in between would keep SIGTERM to itself.
	s.script = "exec " + s.script
	command, output, err := r.command(context.Background(), s, dir)
	if err != nil {
		return err
	}
	if err := command.Start(); err != nil {
		return err
	}
	b := &background{step: s, command: command, output: output, ended: make(chan error, 1)}
	go func() { b.ended <- command.Wait() }()
	r.background = append(r.background, b)
	r.log("%s:%d: started: %s", r.document.Path, s.line, firstLine(s.script))
	return nil
}

// stopBackground ends what still runs, the last first, and returns what did
// not end well.
func (r *run) stopBackground() []Problem {
	var problems []Problem
	for i := len(r.background) - 1; i >= 0; i-- {
		b := r.background[i]
		if text := b.stop(); text != "" {
			problems = append(problems, Problem{r.document.Path, b.step.line, fmt.Sprintf("%s\n  %s:\n%s", firstLine(b.step.script), text, indent(r.addresses.back(b.output.String())))})
		}
	}
	return problems
}

func (b *background) stop() string {
	_ = b.command.Process.Signal(syscall.SIGTERM) // it may have ended by itself
	select {
	case err := <-b.ended:
		if code, err := exitCode(err); err != nil || code != 0 {
			return fmt.Sprintf("ended with exit code %d, not 0", code)
		}
		return ""
	case <-time.After(drainLimit):
		_ = b.command.Cancel()
		<-b.ended
		return fmt.Sprintf("did not end within %s of SIGTERM", drainLimit)
	}
}
