package main

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/runtime"
)

const (
	redraw     = 250 * time.Millisecond // of the table, on a terminal
	plainLines = 5 * time.Second        // between lines, elsewhere
)

// live tells on stderr how the demo goes: a table that is drawn over itself on
// a terminal, elsewhere a line now and then.
type live struct {
	stage *stage
	began time.Time
	drawn int // lines of the table on the screen
	last  map[filter.Class]int64
	rates map[filter.Class]float64
	at    time.Time
	quit  chan struct{}
	done  chan struct{}
}

func startLive(s *stage, began time.Time) *live {
	l := &live{
		stage: s, began: began, at: began, last: map[filter.Class]int64{}, rates: map[filter.Class]float64{},
		quit: make(chan struct{}), done: make(chan struct{}),
	}
	show, every := l.line, plainLines
	if s.io.terminal(s.io.err) {
		show, every = l.table, redraw
	}
	go func() {
		defer close(l.done)
		ticks := time.NewTicker(every)
		defer ticks.Stop()
		for {
			select {
			case <-ticks.C:
				show(s.pipeline.Ledger().Counts())
			case <-l.quit:
				show(s.pipeline.Ledger().Counts())
				fmt.Fprintln(s.io.err)
				return
			}
		}
	}()
	return l
}

func (l *live) stop() {
	close(l.quit)
	<-l.done
}

// progress is the head of the table, and the whole of a line.
func (l *live) progress(c runtime.Counts) string {
	return fmt.Sprintf("%4.0f s  %d of %s judged", time.Since(l.began).Seconds(), c.Alerts, count(l.stage.night.Len(), "alert"))
}

func (l *live) line(c runtime.Counts) {
	text := l.progress(c)
	for _, class := range l.stage.filters.Classes() {
		text += fmt.Sprintf(", %d %s", c.Outputs[class], class)
	}
	fmt.Fprintln(l.stage.io.err, text)
}

// table draws over the table before.
func (l *live) table(c runtime.Counts) {
	l.measure(c)
	var text strings.Builder
	if l.drawn > 0 {
		fmt.Fprintf(&text, "\x1b[%dA\x1b[J", l.drawn)
	}
	fmt.Fprintln(&text, l.strong(l.progress(c)))
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "class\tpassed\talerts/s\t")
	for _, class := range l.stage.filters.Classes() {
		fmt.Fprintf(table, "%s\t%d\t%.1f\t\n", class, c.Outputs[class], l.rates[class])
	}
	_ = table.Flush() // a strings.Builder takes everything
	l.drawn = 2 + len(l.stage.filters.Classes())
	fmt.Fprint(l.stage.io.err, text.String())
}

// measure updates the rates, smoothed over a second or two.
func (l *live) measure(c runtime.Counts) {
	now := time.Now()
	elapsed := now.Sub(l.at).Seconds()
	for class, n := range c.Outputs {
		rate := float64(n-l.last[class]) / max(elapsed, 1e-3)
		l.rates[class] += (rate - l.rates[class]) * min(elapsed/1.5, 1)
		l.last[class] = n
	}
	l.at = now
}

// strong is bold where colours are welcome.
func (l *live) strong(text string) string {
	if l.stage.io.colour(l.stage.io.err) {
		return "\x1b[1m" + text + "\x1b[0m"
	}
	return text
}
