package docscheck

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// step is one thing to run, and what the document says comes of it.
type step struct {
	line     int
	script   string
	exit     int
	output   string
	compared bool // output is what the document shows
}

// steps are what a block of commands asks to run: an sh block as one script,
// a console block command by command.
func (b Block) steps() ([]step, error) {
	exit := 0
	if argument, ok := b.directive("expect-exit"); ok {
		code, err := strconv.Atoi(argument)
		if err != nil {
			return nil, fmt.Errorf("expect-exit wants a number, not %q", argument)
		}
		exit = code
	}
	steps := []step{{line: b.Line, script: b.Text}}
	if b.Language == "console" {
		var err error
		if steps, err = b.consoleSteps(); err != nil {
			return nil, err
		}
	}
	steps[len(steps)-1].exit = exit
	return steps, nil
}

// consoleSteps reads "$ command" lines, "\" at a line's end goes on, and the
// output below each; no output shown means that none is compared.
func (b Block) consoleSteps() ([]step, error) {
	var steps []step
	continued := false
	for i, line := range strings.Split(strings.TrimSuffix(b.Text, "\n"), "\n") {
		command, isCommand := strings.CutPrefix(line, "$ ")
		switch {
		case isCommand && !continued:
			steps = append(steps, step{line: b.Line + i, script: command + "\n"})
		case len(steps) == 0:
			return nil, fmt.Errorf("a console block begins with a command: $ skysift …")
		case continued:
			steps[len(steps)-1].script += line + "\n"
		default:
			steps[len(steps)-1].output += line + "\n"
			steps[len(steps)-1].compared = true
		}
		continued = (isCommand || continued) && strings.HasSuffix(line, `\`)
	}
	return steps, nil
}

// compare returns what differs between the output that the document shows and
// the one there was. "…" stands for any text within a line, and on a line of
// its own for any number of lines.
func (s step) compare(output string) error {
	if !s.compared || shown(s.output).MatchString(trimLines(output)) {
		return nil
	}
	return fmt.Errorf("the document shows\n%sbut there was\n%s", indent(s.output), indent(output))
}

func shown(text string) *regexp.Regexp {
	var pattern strings.Builder
	for line := range strings.Lines(trimLines(text)) {
		if strings.TrimSpace(line) == "…" {
			pattern.WriteString(`(?:[^\n]*\n)*?`)
			continue
		}
		pattern.WriteString(strings.ReplaceAll(regexp.QuoteMeta(line), "…", `[^\n]*`))
	}
	return regexp.MustCompile(`\A` + pattern.String() + `\z`)
}

var spaceAtEnds = regexp.MustCompile(`[ \t\r]+\n`)

func trimLines(text string) string {
	text = strings.Trim(spaceAtEnds.ReplaceAllString(text+"\n", "\n"), "\n")
	if text == "" {
		return ""
	}
	return text + "\n"
}

func indent(text string) string {
	return "    " + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n    ") + "\n"
}
