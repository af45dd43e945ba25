package main

import (
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/skysift/skysift/runtime/archive"
)

// bar shows how far a source has been read, on a terminal.
type bar struct {
	quit chan struct{}
	done chan struct{}
}

// startBar begins to draw on stderr, if that is a terminal.
func startBar(io streams, source *archive.Source) *bar {
	if !io.terminal(io.err) {
		return nil
	}
	drawn := progressbar.NewOptions64(source.Size(),
		progressbar.OptionSetWriter(io.err), progressbar.OptionShowBytes(true), progressbar.OptionFullWidth(),
		progressbar.OptionSetDescription("reading"), progressbar.OptionClearOnFinish(),
		progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionEnableColorCodes(false))
	b := &bar{quit: make(chan struct{}), done: make(chan struct{})}
	go func() {
		defer close(b.done)
		ticks := time.NewTicker(200 * time.Millisecond)
		defer ticks.Stop()
		for {
			select {
			case <-ticks.C:
				_ = drawn.Set64(source.Done()) // a screen that is gone shows nothing
			case <-b.quit:
				_ = drawn.Finish()
				return
			}
		}
	}()
	return b
}

// stop takes the bar off the screen.
func (b *bar) stop() {
	if b == nil {
		return
	}
	close(b.quit)
	<-b.done
}
