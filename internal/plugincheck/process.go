package plugincheck

import (
	"bufio"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/skysift/skysift/filter/plugin"
)

// killed is how long a process that was killed may take to be gone.
const killed = 5 * time.Second

// process is a program that was started, in a process group of its own.
type process struct {
	command *exec.Cmd
	lines   chan string // the first line of stdout; closed at its end
	log     *tail
	ended   chan struct{}
}

// launch starts the program in the folder as the host does: with nothing in its
// environment but what it is said to need. hosted adds what the protocol has
// there.
func (s *session) launch(folder string, hosted bool) (*process, error) {
	command := exec.Command(s.config.Command[0], s.config.Command[1:]...)
	command.Dir = folder
	command.Env = append([]string{"TMPDIR=" + folder}, s.config.Environment...)
	if hosted {
		handshake := plugin.Handshake()
		command.Env = append(command.Env, handshake.MagicCookieKey+"="+handshake.MagicCookieValue,
			"PLUGIN_PROTOCOL_VERSIONS=2,1", "PLUGIN_UNIX_SOCKET_DIR="+folder)
	}
	p := &process{command: command, lines: make(chan string, 1), log: &tail{}, ended: make(chan struct{})}
	command.Stderr = p.log
	command.SysProcAttr = processGroup()
	out, in, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	command.Stdout = in
	if err := command.Start(); err != nil {
		return nil, errors.Join(startMistake(s.config.Command[0], err), in.Close(), out.Close())
	}
	_ = in.Close()
	go p.read(out)
	// A child that keeps stderr open must not hold back the program's end.
	command.WaitDelay = 100 * time.Millisecond
	go func() { _ = command.Wait(); close(p.ended) }()
	return p, nil
}

func startMistake(path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrPermission):
		return wrong("chmod +x "+path, "%s may not be executed", path)
	case errors.Is(err, syscall.ENOEXEC):
		return wrong("Give a compiled program, or a script whose first line names its interpreter: #!/usr/bin/env python3", "%s is no program that this machine can run", path)
	case errors.Is(err, fs.ErrNotExist):
		return wrong("Does the interpreter exist that the first line names?", "%s cannot be started: %v", path, err)
	}
	return wrong("", "%s cannot be started: %v", path, err)
}

// read takes the first line and lets the rest go by, as a full pipe would stop
// the program.
func (p *process) read(out io.ReadCloser) {
	defer out.Close()
	reader := bufio.NewReaderSize(out, 4096)
	line, err := reader.ReadString('\n')
	if err == nil || line != "" {
		p.lines <- strings.TrimSuffix(line, "\n")
	}
	close(p.lines)
	_, _ = io.Copy(io.Discard, reader)
}

// alive reports whether the process has not ended.
func (p *process) alive() bool {
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}

// endsWithin reports whether the process ends in time.
func (p *process) endsWithin(limit time.Duration) bool {
	select {
	case <-p.ended:
		return true
	case <-time.After(limit):
		return false
	}
}

// kill ends the process and all it has started.
func (p *process) kill() {
	_ = killGroup(p.command.Process.Pid)
	p.endsWithin(killed)
}

// end says how the process ended, with the last it wrote on stderr.
func (p *process) end() string {
	text := "it still runs"
	if !p.alive() {
		text = "it ended: " + p.command.ProcessState.String()
	}
	if said := p.log.String(); said != "" {
		text += "; its stderr ends:\n" + indent(said)
	}
	return text
}

// tail keeps the end of what is written to it.
type tail struct {
	mu   sync.Mutex
	text []byte
}

const (
	tailSize  = 2000
	tailLines = 12
)

func (t *tail) Write(text []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, text[max(0, len(text)-tailSize):]...)
	t.text = t.text[max(0, len(t.text)-tailSize):]
	return len(text), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := strings.Split(strings.ToValidUTF8(strings.TrimSpace(string(t.text)), "\uFFFD"), "\n")
	return strings.Join(lines[max(0, len(lines)-tailLines):], "\n")
}

func indent(text string) string { return "    " + strings.ReplaceAll(text, "\n", "\n    ") }
