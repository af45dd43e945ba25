package keeper

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"time"
)

// The first arguments by which a program is told to be a keeper, and by which
// the keeper tells the plug-in's process to limit itself before it becomes the
// plug-in.
const (
	Verb  = "plugin-keeper"
	enter = "plugin-enter"
)

// LifeFile is the descriptor of the pipe whose end is the keeper's.
const LifeFile = 3

// Order is what a keeper is to start, and within which limits.
type Order struct {
	Path string   `json:"path"`
	Args []string `json:"args,omitempty"`
	// Memory bounds the data of each of its processes, and what all of them
	// have resident, in bytes; 0: nothing does.
	Memory int64 `json:"memory,omitempty"`
	// Processes bounds how many there may be at a time; 0: nothing does.
	Processes int `json:"processes,omitempty"`
	// Sandbox, unless nil, is all it may touch.
	Sandbox *Sandbox `json:"sandbox,omitempty"`
}

// Sandbox is what a plug-in may touch besides the system's programs and
// libraries (to read) and its own temporary folder.
type Sandbox struct {
	Read    []string `json:"read,omitempty"`
	Write   []string `json:"write,omitempty"`
	Network bool     `json:"network,omitempty"`
}

// Arguments are what the program is started with to keep to the order.
func (o Order) Arguments() []string { return []string{Verb, o.text()} }

func (o Order) text() string {
	text, err := json.Marshal(o)
	if err != nil { // strings and numbers always marshal
		return "{}"
	}
	return string(text)
}

func parse(text string) (o Order, err error) {
	if err = json.Unmarshal([]byte(text), &o); err == nil && o.Path == "" {
		err = errors.New("it names no program")
	}
	return o, err
}

// Called reports whether the arguments of a program, its name aside, are a
// call for a keeper.
func Called(args []string) bool {
	return len(args) == 2 && (args[0] == Verb || args[0] == enter)
}

// Main obeys a call for a keeper and returns the exit code. It must run before
// anything else of the program, on the main thread.
func Main(args []string) int {
	order, err := parse(args[1])
	if err != nil {
		return fail("%s is for Skysift itself, which starts plug-ins with it: %v", args[0], err)
	}
	if args[0] == enter {
		return fail(unstarted+"%v", order.explain(become(order)))
	}
	return keep(order)
}

// failed is the keeper's exit code where the plug-in has none.
const failed = 70

// unstarted begins the line by which a keeper says that it could not even begin.
const unstarted = "the plug-in could not be started: "

// Refusal returns why a keeper did not start its plug-in, of the last line that it
// wrote; "" if the line says nothing of the kind.
func Refusal(line string) string {
	why, _ := strings.CutPrefix(line, "skysift: "+unstarted)
	if why == line {
		return ""
	}
	return "it could not be started: " + why
}

// explain says what keeps a file that is there from being a program, where exec itself says so.
func (o Order) explain(err error) error {
	_, missing := os.Stat(o.Path)
	switch {
	case err == syscall.ENOEXEC:
		return errors.New("it is no program of this machine's kind, and no script: that begins with #! and its interpreter")
	case err == syscall.ENOENT && missing == nil:
		return errors.New("the interpreter that its first line names after #! is not there")
	}
	return err
}

func fail(format string, args ...any) int {
	fmt.Fprintf(os.Stderr, "skysift: "+format+"\n", args...)
	return failed
}

const (
	// grace is how long a plug-in has between SIGTERM and SIGKILL.
	grace = 500 * time.Millisecond
	// watchInterval is how often its processes are counted.
	watchInterval = 50 * time.Millisecond
)

// life returns a channel that is closed when the pipe to Skysift ends.
func life() <-chan struct{} {
	over := make(chan struct{})
	go func() {
		defer close(over)
		_, _ = io.Copy(io.Discard, os.NewFile(LifeFile, "life"))
	}()
	return over
}
