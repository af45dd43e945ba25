package spec

import (
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// syntaxMistake gives the YAML parser's error the place where the parser
// stopped, and words that say what to write.
func (s *source) syntaxMistake(data []byte, err error) *Error {
	reported, problem := splitProblem(err)
	line, atEnd := s.stoppedAt(data)
	if atEnd && strings.Contains(problem, "end of stream") {
		// Only here is the parser's own line that of the opening quote; a quote in
		// the first line it reports where the file ends.
		line = reported
		if line > len(s.lines) {
			line = 1
		}
	}
	for _, rule := range syntaxRules {
		if at, found := rule.search(s, line, problem); found {
			mistake := s.mistake(at, 1, errors.New(rule.words))
			mistake.Suggestion = rule.suggestion
			return mistake
		}
	}
	return s.mistake(s.firstCharacter(line), 0, errors.New("this is not YAML: "+problem))
}

func (s *source) firstCharacter(line int) position {
	text := s.line(line)
	return position{line, len(text) - len(strings.TrimLeft(text, " "))}
}

var problemLine = regexp.MustCompile(`^(?:yaml: )?(?:line (\d+): )?(.*)$`)

// splitProblem takes the parser's message apart; the line is 0 where it names none.
func splitProblem(err error) (int, string) {
	parts := problemLine.FindStringSubmatch(strings.ReplaceAll(err.Error(), "\n", " "))
	line, _ := strconv.Atoi(parts[1])
	return line, parts[2]
}

// stoppedAt returns the line in which the parser gave up, and whether it had
// come to the end. The line in its message is often that of the block around
// it, so it is fed byte by byte again, to see how far it read.
func (s *source) stoppedAt(data []byte) (line int, atEnd bool) {
	drip := &dripReader{data: data}
	decoder := yaml.NewDecoder(drip)
	for {
		if _, err := decode(decoder); err != nil {
			break
		}
	}
	// The parser looks at the character after a line's break before it has
	// done with the line.
	read := strings.TrimRight(string(data[:max(drip.read-1, 0)]), " \r\n")
	return len(splitLines(read)), drip.read == len(data)
}

// dripReader gives one byte at a time.
type dripReader struct {
	data []byte
	read int
}

func (r *dripReader) Read(p []byte) (int, error) {
	if r.read == len(r.data) {
		return 0, io.EOF
	}
	p[0] = r.data[r.read]
	r.read++
	return 1, nil
}
