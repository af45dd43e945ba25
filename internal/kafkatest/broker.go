package kafkatest

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/skysift/skysift/internal/child"
)

// broker is one broker's process. Its folder and ports outlive the process: a
// broker that is started again is the same broker.
type broker struct {
	id    int
	libs  string
	dir   string
	ports map[string]int

	mu      sync.Mutex
	process *child.Process // nil: stopped
}

func (b *broker) java(args ...string) *exec.Cmd {
	args = append([]string{"-Xms64m", "-Xmx512m", "-cp", filepath.Join(b.libs, "*"),
		"-Dorg.slf4j.simpleLogger.showDateTime=true",
		"-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS"}, args...)
	cmd := exec.Command("java", args...)
	cmd.Dir = b.dir
	return cmd
}

func (b *broker) format(properties map[string]string) error {
	if err := os.MkdirAll(b.dir, 0o755); err != nil {
		return err
	}
	if err := writeProperties(b.file("server.properties"), properties); err != nil {
		return err
	}
	cmd := b.java("kafka.tools.StorageTool", "format",
		"--cluster-id", clusterID, "--config", b.file("server.properties"))
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	p, err := child.Start(cmd)
	if err != nil {
		return err
	}
	<-p.Done()
	if !p.State().Success() {
		return fmt.Errorf("formatting the folder of broker %d: %v\n%s", b.id, p.State(), out.Bytes())
	}
	return nil
}

// start returns when the process is there, not when it answers.
func (b *broker) start() error {
	log, err := os.OpenFile(b.file("log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer log.Close() // the process has its own copy
	cmd := b.java("kafka.Kafka", b.file("server.properties"))
	cmd.Stdout, cmd.Stderr = log, log
	p, err := child.Start(cmd)
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.process = p
	return nil
}

// signal sends s to the broker's process.
func (b *broker) signal(s syscall.Signal) error {
	p := b.current()
	if p == nil {
		return fmt.Errorf("broker %d is not running", b.id)
	}
	return p.Signal(s)
}

// stop sends s and waits for the end; what does not end in time is killed.
func (b *broker) stop(s syscall.Signal, timeout time.Duration) error {
	p := b.current()
	if p == nil {
		return fmt.Errorf("broker %d is not running", b.id)
	}
	err := p.Stop(s, timeout)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.process = nil
	return err
}

func (b *broker) kill() {
	if p := b.current(); p != nil {
		p.Kill()
	}
}

func (b *broker) current() *child.Process {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.process
}

func (b *broker) running() bool { return b.current() != nil }

// exited says that the process ended without being told to.
func (b *broker) exited() bool {
	p := b.current()
	return p != nil && p.Ended()
}

func (b *broker) file(name string) string { return filepath.Join(b.dir, name) }

// tail returns the last lines of the broker's log.
func (b *broker) tail() string { return strings.Join(last(b.log(), 40), "\n") }

// complaints returns the last warnings and errors of the broker's log.
func (b *broker) complaints() string {
	lines := slices.DeleteFunc(b.log(), func(line string) bool {
		return !strings.Contains(line, "] WARN ") && !strings.Contains(line, "] ERROR ")
	})
	return strings.Join(last(lines, 15), "\n")
}

func (b *broker) log() []string {
	text, err := os.ReadFile(b.file("log"))
	if err != nil {
		return []string{err.Error()}
	}
	return strings.Split(strings.TrimSpace(string(text)), "\n")
}

func last(lines []string, n int) []string { return lines[max(0, len(lines)-n):] }
