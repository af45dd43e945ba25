package main

import (
	"io"
	"os"

	"golang.org/x/term"

	"github.com/skysift/skysift/internal/pluginhost"
)

// streams are what a command talks through. The answer goes to out, the story
// to err; tests give it buffers and an environment of their own.
type streams struct {
	in  io.Reader
	out io.Writer
	err io.Writer
	env func(name string) (string, bool)
	// plugins has the plug-ins that the command's filters name.
	plugins *pluginhost.Host
}

func systemStreams() streams {
	return streams{in: os.Stdin, out: os.Stdout, err: os.Stderr, env: os.LookupEnv}
}

// terminal reports whether w is a screen that somebody watches.
func (s streams) terminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// colour reports whether w may be given colours: a terminal, and NO_COLOR
// (https://no-color.org) is unset or empty.
func (s streams) colour(w io.Writer) bool {
	if value, set := s.env("NO_COLOR"); set && value != "" {
		return false
	}
	return s.terminal(w)
}
