package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

// untilSignal returns a context that ends at SIGTERM or SIGINT, after words to
// stderr. A second signal leaves at once.
func untilSignal(parent context.Context, io streams, words string) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(parent)
	signals := make(chan os.Signal, 2)
	gone := make(chan struct{})
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		select {
		case got := <-signals:
			fmt.Fprintf(io.err, "%v: %s\n", got, words)
			cancel()
		case <-gone:
			return
		}
		select {
		case <-signals:
			fmt.Fprintln(io.err, "second signal: leaving at once")
			os.Exit(exitInterrupted)
		case <-gone:
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		close(gone)
		cancel()
	}
}
