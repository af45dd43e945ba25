package main

import (
	"io"
	"log/slog"
)

// The forms and levels of the log.
const (
	logText = "text"
	logJSON = "json"
	logWarn = slog.LevelWarn
)

// newLogger returns a log on w.
func newLogger(w io.Writer, format string, level slog.Level) *slog.Logger {
	options := &slog.HandlerOptions{Level: level}
	if format == logJSON {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}
