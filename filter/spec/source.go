package spec

import (
	"strings"
	"unicode/utf8"
)

// source is the text of one file.
type source struct {
	path  string
	lines []string // without their breaks; broken where YAML breaks them
}

func newSource(path, text string) *source {
	return &source{path: path, lines: splitLines(text)}
}

// splitLines breaks text at each of YAML's line breaks, so that line numbers
// agree with the parser's.
func splitLines(text string) []string {
	var lines []string
	start := 0
	for i := 0; i < len(text); {
		width := breakAt(text[i:])
		if width == 0 {
			i++
			continue
		}
		lines = append(lines, text[start:i])
		i += width
		start = i
	}
	return append(lines, text[start:])
}

// breakAt returns the bytes of the line break that text begins with: LF, CR,
// CRLF, NEL, LS or PS; 0 if it begins with none.
func breakAt(text string) int {
	switch text[0] {
	case '\n':
		return 1
	case '\r':
		if strings.HasPrefix(text, "\r\n") {
			return 2
		}
		return 1
	case 0xC2:
		if strings.HasPrefix(text, "\u0085") {
			return 2
		}
	case 0xE2:
		if strings.HasPrefix(text, "\u2028") || strings.HasPrefix(text, "\u2029") {
			return 3
		}
	}
	return 0
}

// line returns the line with a number from 1 on; "" where there is none.
func (s *source) line(number int) string {
	if number < 1 || number > len(s.lines) {
		return ""
	}
	return s.lines[number-1]
}

// position is a place in a source: a line from 1 on, and the byte in it from
// 0 on.
type position struct{ line, offset int }

// column returns the position's column, in characters from 1 on.
func (s *source) column(p position) int {
	line := s.line(p.line)
	return utf8.RuneCountInString(line[:min(p.offset, len(line))]) + 1
}

// byteOf returns the position of a column, in characters from 1 on.
func (s *source) byteOf(line, column int) position {
	text := s.line(line)
	offset := 0
	for i := 1; i < column && offset < len(text); i++ {
		_, width := utf8.DecodeRuneInString(text[offset:])
		offset += width
	}
	return position{line, offset}
}
