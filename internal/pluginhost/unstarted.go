package pluginhost

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/skysift/skysift/internal/pluginhost/keeper"
)

const firstLine = "1|VERSION|unix|SOCKET|grpc"

// explainStart says in our words why a plug-in could not be started. It has been
// stopped.
func (p *program) explainStart(err error, c Config, out *stderr) error {
	time.Sleep(20 * time.Millisecond) // its last words may still be on their way
	said := out.tail()
	if why := keeper.Refusal(out.lastLine()); why != "" {
		return errors.New(why)
	}
	text := err.Error()
	printed, unknown := strings.CutPrefix(text, "Unrecognized remote plugin message: ")
	switch {
	case unknown && strings.HasPrefix(printed, "\n"), strings.Contains(text, "exited before we could connect"):
		err = fmt.Errorf("it ended%s before it said on stdout where it listens, as plug-ins do%s", p.ending(), p.starved(c, said)+c.confined())
	case unknown:
		err = fmt.Errorf("its first line on stdout is %.80q and not %s: it is no plug-in, or it printed something before that line", printed, firstLine)
	case strings.Contains(text, "incompatible API version"):
		err = errors.New("it speaks another version of the protocol: this skysift speaks 1 and 2 (schemas/plugin.proto); build it against this version")
	case strings.Contains(text, "incompatible core API"):
		err = fmt.Errorf("its first line on stdout is not %s: it speaks go-plugin's protocol of another time", firstLine)
	case strings.Contains(text, "unsupported plugin protocol"):
		err = errors.New("it does not speak gRPC")
	case strings.Contains(text, "timeout while waiting"):
		err = fmt.Errorf("it wrote no line on stdout within %v: a plug-in says there where it listens", startTimeout)
	}
	if said == "" {
		return err
	}
	return fmt.Errorf("%w; it said: %s", err, said)
}

// ending says how the program ended, with a space before; "" where that is not known.
func (p *program) ending() string {
	if code, ok := p.exitCode(); ok {
		return " with " + endOf(code)
	}
	return ""
}

func (p *program) exitCode() (code int, ok bool) {
	made := p.process.Load()
	if made == nil {
		return 0, false
	}
	select {
	case <-made.done:
		return made.command.ProcessState.ExitCode(), made.command.ProcessState != nil
	case <-time.After(time.Second):
		return 0, false
	}
}

// starved names the memory limit where it may be what the program died of: an
// interpreter says so, and a program in Go, which cannot begin, ends by a signal.
func (p *program) starved(c Config, said string) string {
	code, _ := p.exitCode()
	if c.Memory == 0 || code <= 128 && !strings.Contains(strings.ToLower(said), "memory") {
		return ""
	}
	return fmt.Sprintf("; it may have %d MiB (plugin.memory), which may be too little", c.Memory>>20)
}

// confined names the sandbox, which what cannot begin may lack something for.
func (c Config) confined() string {
	if c.Sandbox == nil {
		return ""
	}
	return "; plugin.sandbox may keep it from what it needs, such as an interpreter that is not in /usr: sandbox: {read: [FOLDER]} lets it read more"
}
