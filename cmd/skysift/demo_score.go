package main

import (
	"context"
	"strconv"
	"sync"
	"time"

	"github.com/skysift/skysift/internal/simulate"
	"github.com/skysift/skysift/runtime"
)

// witness is a sink that remembers which filter passed which alert. An alert
// that is passed twice counts once.
type witness struct {
	mu     sync.Mutex
	passed map[string]map[string]bool // filter → ids
}

func newWitness() *witness { return &witness{passed: map[string]map[string]bool{}} }

func (w *witness) Write(ctx context.Context, outputs []runtime.Output) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range outputs {
		for _, match := range outputs[i].Matches {
			if w.passed[match.Filter] == nil {
				w.passed[match.Filter] = map[string]bool{}
			}
			w.passed[match.Filter][outputs[i].ID] = true
		}
	}
	return ctx.Err()
}

// score is how well one filter did.
type score struct {
	Filter string `json:"filter"`
	Class  string `json:"class"`
	Passed int    `json:"passed"`
	Errors int64  `json:"errors"`
	// Shows counts what the passed alerts really show.
	Shows map[simulate.Kind]int `json:"shows"`
	// Purity and Completeness are nil where the class is no kind of the truth,
	// and where there is nothing to divide by.
	Purity       *float64 `json:"purity"`
	Completeness *float64 `json:"completeness"`
}

// demoReport is what a demo came to.
type demoReport struct {
	Topic     string                `json:"topic"`
	Alerts    int                   `json:"alerts"`
	Seed      uint64                `json:"seed"`
	Seconds   float64               `json:"seconds"`
	Delivered int64                 `json:"delivered"`
	Dropped   int64                 `json:"dropped"`
	Rejected  int64                 `json:"rejected"`
	Truth     map[simulate.Kind]int `json:"truth"`
	Filters   []score               `json:"filters"`
}

func newDemoReport(s *stage, seed uint64, took time.Duration) demoReport {
	counts := s.pipeline.Ledger().Counts()
	report := demoReport{
		Topic: s.topic, Alerts: s.produced.Alerts, Seed: seed, Seconds: took.Seconds(),
		Delivered: counts.Delivered, Dropped: counts.Dropped, Rejected: counts.Rejected, Truth: s.produced.Kinds,
	}
	kinds := map[string]simulate.Kind{}
	for i := range s.night.Len() {
		truth := s.night.Truth(i)
		kinds[strconv.FormatInt(truth.Candid, 10)] = truth.Kind()
	}
	for _, f := range s.filters.set.Filters {
		found := newScore(f.Name, string(f.Class), s.witness.passed[f.Name], kinds, report.Truth)
		found.Errors = counts.Filters[f.Name].Errors
		report.Filters = append(report.Filters, found)
	}
	return report
}

// newScore judges a filter by the kinds of the alerts it passed. Its class
// says what it was meant for.
func newScore(name, class string, passed map[string]bool, kinds map[string]simulate.Kind, truth map[simulate.Kind]int) score {
	s := score{Filter: name, Class: class, Passed: len(passed), Shows: map[simulate.Kind]int{}}
	for id := range passed {
		s.Shows[kinds[id]]++
	}
	meant := simulate.Kind(class)
	for _, kind := range simulate.Kinds() {
		if kind == meant {
			s.Purity = share(s.Shows[meant], s.Passed)
			s.Completeness = share(s.Shows[meant], truth[meant])
		}
	}
	return s
}

// share is nil where there is no whole.
func share(part, whole int) *float64 {
	if whole == 0 {
		return nil
	}
	ratio := float64(part) / float64(whole)
	return &ratio
}
