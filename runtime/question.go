package runtime

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/skysift/skysift/filter"
)

const (
	// inlinePatience is how long a batch waits for an answer before the filter
	// that owes it is held and the others go on.
	inlinePatience = time.Second
	// lossPatience is how long it waits where the filter's alerts are not held
	// but done without. It is longer than any such plug-in's deadline, so that one
	// that hangs is found at fault, and not waited for again and again.
	lossPatience = 12 * time.Second
	// flightsEach is how many pages of one filter are under way at a time.
	flightsEach = 4
)

// question is a filter's question about one alert of the batch in hand.
type question struct {
	record, alert int // the record's place in the batch; the alert's, counted over it
	filter        int
	output        Output // where the alert goes if the answer is yes
	answer        filter.Answer
	failure       error // there is no answer, and why
	void          bool  // it needs none any more
}

// inquiry asks one filter about a batch's alerts, page by page.
//
// Invariants: pages are filled, sent and read in order. Once one has no answer
// those after it count as unanswered too where the filter holds, so that its
// verdicts keep their order.
type inquiry struct {
	filter int
	asked  *filter.Asked
	fields []filter.Field
	page   filter.Page
	about  []int // which questions are on the page
	sent   []*flight
	free   []filter.Page
	broken bool // a page had no answer in this batch
}

// flight is one page under way.
type flight struct {
	page    filter.Page
	about   []int
	answers []filter.Answer
	err     error
	done    chan struct{}
}

func newInquiries(set *filter.Set, fields []filter.Field) []*inquiry {
	if set.Asked == nil {
		return nil
	}
	all := make([]*inquiry, len(set.Filters))
	for i, asked := range set.Asked {
		if asked != nil {
			all[i] = &inquiry{filter: i, asked: asked, fields: fields}
		}
	}
	return all
}

// add puts an alert on the page in hand, and sends the page when it is full.
func (q *inquiry) add(ctx context.Context, wait bool, number int, alert *filter.Alert, raw []byte, source string) {
	if q.page == nil {
		q.page = q.newPage()
	}
	q.page.Add(alert, raw, source)
	q.about = append(q.about, number)
	if q.page.Full() {
		q.send(ctx, wait)
	}
}

func (q *inquiry) newPage() filter.Page {
	if n := len(q.free); n > 0 {
		page := q.free[n-1]
		q.free = q.free[:n-1]
		return page
	}
	return q.asked.Asker.NewPage(q.fields)
}

// send asks what is on the page, beside what goes on.
func (q *inquiry) send(ctx context.Context, wait bool) {
	if q.page == nil {
		return
	}
	if n := len(q.sent); n >= flightsEach {
		<-q.sent[n-flightsEach].done
	}
	f := &flight{page: q.page, about: slices.Clone(q.about), done: make(chan struct{})}
	q.page, q.about = nil, q.about[:0]
	q.sent = append(q.sent, f)
	go func() {
		defer close(f.done)
		patience := inlinePatience
		if q.asked.OnFailure != filter.Hold {
			patience = lossPatience
		}
		if !wait {
			var stop context.CancelFunc
			ctx, stop = context.WithTimeoutCause(ctx, patience, errSlow)
			defer stop()
		}
		f.answers, f.err = q.asked.Asker.Ask(ctx, f.page, wait)
	}()
}

// errSlow is why a question was given up for now.
var errSlow = errors.New("there was no answer in time")

// collect waits for the answers and writes them to the questions.
func (q *inquiry) collect(questions []question) {
	for _, f := range q.sent {
		<-f.done
		q.broken = q.broken || f.err != nil
		for i, number := range f.about {
			switch {
			case f.err != nil:
				questions[number].failure = f.err
			case q.broken && q.asked.OnFailure == filter.Hold:
				questions[number].failure = errSlow
			default:
				questions[number].answer = f.answers[i]
			}
		}
		f.page.Reset()
		q.free = append(q.free, f.page)
	}
	q.sent, q.broken = q.sent[:0], false
}
