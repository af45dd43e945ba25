//go:build unix

package docscheck

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// Checker runs documents.
type Checker struct {
	Root string // the repository
	Path string // the folders where commands are looked for
	// Broker is the address of a running broker; "" where there is none.
	Broker string
	// Log tells what runs; nil: nobody.
	Log func(format string, args ...any)
	// Patience is how long a block that holds eventually is tried again.
	Patience time.Duration
}

// Check runs the document in the empty folder dir and returns what is not as
// it says. It stops at the first block that fails, as a reader would.
func (c *Checker) Check(document Document, dir string) (problems []Problem) {
	run := &run{Checker: c, document: document, dir: dir, addresses: addresses{real: map[string]string{}}}
	defer func() { problems = append(problems, run.stopBackground()...) }()
	problems = append(problems, document.Problems...)
	if err := run.prepare(); err != nil {
		return append(problems, Problem{document.Path, 1, err.Error()})
	}
	for _, block := range document.Blocks {
		if problem := run.block(block); problem != nil {
			return append(problems, *problem)
		}
	}
	return problems
}

// run is one document under way.
type run struct {
	*Checker
	document   Document
	dir        string
	addresses  addresses
	background []*background
}

func (r *run) prepare() error {
	for _, need := range r.document.Needs {
		switch need.Name {
		case "kafka":
			if r.Broker == "" {
				return fmt.Errorf("the document needs a broker and none is running")
			}
			r.addresses.real[shownBroker] = r.Broker
		case "copy":
			text, err := os.ReadFile(filepath.Join(r.Root, need.Argument))
			if err != nil {
				return err
			}
			if err := r.write(filepath.Base(need.Argument), string(text)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *run) write(name, text string) error {
	text, err := r.addresses.there(text)
	if err != nil {
		return err
	}
	path := filepath.Join(r.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text), 0o644)
}

// block does with one block what its language and directives ask for.
func (r *run) block(b Block) *Problem {
	problem := func(line int, err error) *Problem {
		if err == nil {
			return nil
		}
		return &Problem{r.document.Path, line, err.Error()}
	}
	if reason, ok := b.directive("skip"); ok {
		return problem(b.Line, r.skip(b, reason))
	}
	if name, ok := b.directive("file"); ok {
		if err := r.write(name, b.Text); err != nil {
			return problem(b.Line, err)
		}
	}
	if b.Language == "go" && !b.has("file") || b.has("from") {
		if err := r.source(b); err != nil {
			return problem(b.Line, err)
		}
	}
	switch b.Language {
	case "sh", "console":
		line, err := r.commands(b)
		return problem(line, err)
	case "yaml":
		return problem(b.Line, r.filters(b))
	}
	return nil
}

func (r *run) skip(b Block, reason string) error {
	meaning, ok := SkipReasons()[reason]
	if !ok {
		return fmt.Errorf("%q is no reason to skip a command", reason)
	}
	if reason == "own-step" {
		if err := r.hasOwnStep(b); err != nil {
			return err
		}
	}
	r.log("%s:%d: skipped, as %s", r.document.Path, b.Line, meaning)
	return nil
}

var makeTarget = regexp.MustCompile(`^(?:\$ )?make ([a-z-]+)( [A-Z]+=\S+)*( *#.*)?$`)

// hasOwnStep holds the commands of a skipped block against the steps of
// .ci/run: a target, or its short form, is run there.
func (r *run) hasOwnStep(b Block) error {
	script, err := os.ReadFile(filepath.Join(r.Root, ".ci", "run"))
	if err != nil {
		return err
	}
	for line := range strings.Lines(b.Text) {
		target := makeTarget.FindStringSubmatch(strings.TrimSpace(line))
		if target == nil {
			return fmt.Errorf("%q is no make target: it cannot have a step of its own", strings.TrimSpace(line))
		}
		step := regexp.MustCompile(`(?m)\bmake ` + target[1] + `(-short)?$`)
		if !step.Match(script) {
			return fmt.Errorf("make %s has no step in .ci/run", target[1])
		}
	}
	return nil
}

func (r *run) commands(b Block) (int, error) {
	steps, err := b.steps()
	if err != nil {
		return b.Line, err
	}
	for _, s := range steps {
		if err := r.step(b, s); err != nil {
			return s.line, err
		}
	}
	return b.Line, nil
}

func (r *run) step(b Block, s step) error {
	if b.has("background") {
		return r.startBackground(s, r.folder(b))
	}
	deadline := time.Now()
	if b.has("eventually") {
		deadline = deadline.Add(r.Patience)
	}
	for {
		started := time.Now()
		err := r.execute(s, r.folder(b))
		if err == nil || time.Now().After(deadline) {
			r.log("%s:%d: %.1fs: %s", r.document.Path, s.line, time.Since(started).Seconds(), firstLine(s.script))
			return err
		}
		time.Sleep(200 * time.Millisecond)
	}
}

func (r *run) folder(b Block) string {
	if b.has("in-repository") {
		return r.Root
	}
	if name, ok := b.directive("in"); ok {
		return filepath.Join(r.dir, name)
	}
	return r.dir
}

// A file of filters as a whole has the key filters.
var wholeFile = regexp.MustCompile(`(?m)^filters:`)

// filters validates a yaml block that is a whole file of filters.
func (r *run) filters(b Block) error {
	if !wholeFile.MatchString(b.Text) {
		return nil
	}
	name, ok := b.directive("file")
	if !ok {
		name = fmt.Sprintf("shown-on-line-%d.yaml", b.Line)
		if err := r.write(name, b.Text); err != nil {
			return err
		}
	}
	b.Language = "sh"
	b.Text = "skysift validate " + name + "\n"
	_, err := r.commands(b)
	return err
}

// source holds a block against the file that it was taken from. For Go that is
// a must, unless the block becomes a file itself: the compiler and the file's
// tests check what is shown.
func (r *run) source(b Block) error {
	name, ok := b.directive("from")
	if !ok {
		return fmt.Errorf("a block of Go says which file it is taken from: <!-- docs-check: from PATH -->")
	}
	text, err := os.ReadFile(filepath.Join(r.Root, name))
	if err != nil {
		return err
	}
	if !strings.Contains(unindented(string(text)), unindented(b.Text)) {
		return fmt.Errorf("%s does not contain this", name)
	}
	return nil
}

// unindented drops what differs between a function's body and its quotation.
func unindented(source string) string {
	var lines []string
	for line := range strings.Lines(source) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

func (r *run) log(format string, args ...any) {
	if r.Log != nil {
		r.Log(format, args...)
	}
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return line
}
