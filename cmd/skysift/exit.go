package main

import (
	"errors"
	"fmt"
)

// The exit codes, the same for every verb.
const (
	exitGood        = 0
	exitFailed      = 1 // it ran and failed
	exitWrong       = 2 // wrong usage or a wrong file
	exitTestsFailed = 3
	exitInterrupted = 130 // a second signal: 128 + SIGINT, as shells say it
)

// exitError is an error with an exit code of its own. An error without one
// means exitFailed.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string { return e.err.Error() }
func (e *exitError) Unwrap() error { return e.err }

// wrong is an error of the caller's making: wrong usage or a wrong file.
func wrong(format string, args ...any) error {
	return &exitError{code: exitWrong, err: fmt.Errorf(format, args...)}
}

// asWrong marks err as one of the caller's making; nil stays nil.
func asWrong(err error) error {
	if err == nil {
		return nil
	}
	return &exitError{code: exitWrong, err: err}
}

func exitCode(err error) int {
	var coded *exitError
	switch {
	case err == nil:
		return exitGood
	case errors.As(err, &coded):
		return coded.code
	}
	return exitFailed
}
