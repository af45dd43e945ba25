package spec

import (
	"strconv"
	"strings"
)

// Error is one mistake in a file of filters, or one warning about it.
type Error struct {
	Path string
	// Line and Column count from 1, the column in characters. They are 0 where
	// the mistake is the whole file's.
	Line, Column int
	// Length is how many characters from Column on are wrong; 0 if unknown.
	Length int
	// Filter and Clause (from 1), Definition and Annotation say whose expression it is,
	// as far as it is one's.
	Filter     string
	Clause     int
	Definition string
	Annotation string
	// Err is what is wrong. Values that came from the environment are not in it.
	Err error
	// Suggestion is what to write instead, "" if there is none.
	Suggestion string

	// line is the line of the file, with secrets taken out.
	line string
}

// Error returns the mistake in one line, for a log.
func (e *Error) Error() string {
	if e.Suggestion == "" {
		return e.head()
	}
	return e.head() + " (" + e.Suggestion + ")"
}

// Unwrap returns what is wrong, without its place.
func (e *Error) Unwrap() error { return e.Err }

// Drawn returns the mistake as a person reads it: its place and words, the
// line it stands in, and a caret under what is wrong. It has no newline at its
// end.
func (e *Error) Drawn() string {
	var b strings.Builder
	b.WriteString(e.head())
	if e.line == "" {
		if e.Suggestion != "" {
			b.WriteString("\n    " + e.Suggestion)
		}
		return b.String()
	}
	text, column := clip(e.line, e.Column)
	width := min(max(e.Length, 1), max(len([]rune(text))-column, 1))
	b.WriteString("\n    " + text)
	b.WriteString("\n    " + strings.Repeat(" ", column) + strings.Repeat("^", width))
	if e.Suggestion != "" {
		b.WriteString(" " + e.Suggestion)
	}
	return b.String()
}

// head is the place, whose expression it is, and what is wrong.
func (e *Error) head() string {
	place := e.Path
	if e.Line > 0 {
		place += ":" + strconv.Itoa(e.Line) + ":" + strconv.Itoa(max(e.Column, 1))
	}
	return place + ": " + e.owner() + e.Err.Error()
}

func (e *Error) owner() string {
	var parts []string
	if e.Filter != "" {
		parts = append(parts, "filter "+strconv.Quote(e.Filter))
	}
	if e.Clause > 0 {
		parts = append(parts, "clause "+strconv.Itoa(e.Clause))
	}
	if e.Definition != "" {
		parts = append(parts, "definition "+strconv.Quote(e.Definition))
	}
	if e.Annotation != "" {
		parts = append(parts, "annotation "+strconv.Quote(e.Annotation))
	}
	if len(parts) == 0 {
		return ""
	}
	return strings.Join(parts, ", ") + ": "
}
