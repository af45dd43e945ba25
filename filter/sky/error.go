package sky

import (
	"errors"
	"fmt"
	"io/fs"
	"strconv"
)

// Error is one mistake: in a file's line, or in what was said of the file.
type Error struct {
	Path string
	// Line counts from 1; 0 where the mistake is the whole file's.
	Line int
	// Key is the key of what was said that is to be mended ("radius"); "" where
	// the file is.
	Key string
	Err error
	// Suggestion is what to do, "" if there is nothing to say.
	Suggestion string
}

// Error returns the place, what is wrong, and what to do.
func (e *Error) Error() string {
	text := e.Where() + e.Err.Error()
	if e.Suggestion != "" {
		text += " (" + e.Suggestion + ")"
	}
	return text
}

// Unwrap returns what is wrong.
func (e *Error) Unwrap() error { return e.Err }

// Where is the file and the line, with a colon behind each; "" where there is
// no file.
func (e *Error) Where() string {
	if e.Path == "" {
		return ""
	}
	if e.Line > 0 {
		return e.Path + ":" + strconv.Itoa(e.Line) + ": "
	}
	return e.Path + ": "
}

// mistake is an Error before its file is known.
func mistake(line int, suggestion, format string, args ...any) *Error {
	return &Error{Line: line, Err: fmt.Errorf(format, args...), Suggestion: suggestion}
}

// about is a mistake that is mended in what is said of the file, not in it.
func about(key, suggestion, format string, args ...any) *Error {
	return &Error{Key: key, Err: fmt.Errorf(format, args...), Suggestion: suggestion}
}

// in gives mistakes their file.
func in(path string, all []*Error) []*Error {
	for _, e := range all {
		e.Path = path
	}
	return all
}

// asError is any error as a mistake of the whole file.
func asError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		err = pathError.Err
	}
	return &Error{Err: err}
}
