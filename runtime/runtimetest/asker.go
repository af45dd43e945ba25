package runtimetest

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/skysift/skysift/filter"
)

// Asker judges outside of a set, for tests: it passes alerts whose field "mag"
// is below Limit, to the class in their field "class" if they have one, and
// fails on those whose field "fault" is 1.
type Asker struct {
	Limit float64
	// Size is how many alerts a page takes; 1 where 0.
	Size int

	mu    sync.Mutex
	down  bool
	pages []int
}

// ErrFault is what an Asker says of an alert with a fault.
var ErrFault = errors.New("the alert has a fault")

// SetDown takes the asker down, or up again.
func (a *Asker) SetDown(down bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.down = down
}

// Pages returns how many alerts each question had.
func (a *Asker) Pages() []int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]int(nil), a.pages...)
}

func (a *Asker) isDown() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.down
}

// Ask implements filter.Asker.
func (a *Asker) Ask(ctx context.Context, asked filter.Page, wait bool) ([]filter.Answer, error) {
	for a.isDown() {
		if !wait {
			return nil, filter.ErrUnavailable
		}
		select {
		case <-ctx.Done():
			return nil, filter.ErrUnavailable
		case <-time.After(time.Millisecond):
		}
	}
	p := asked.(*page)
	a.mu.Lock()
	a.pages = append(a.pages, len(p.alerts))
	a.mu.Unlock()
	answers := make([]filter.Answer, len(p.alerts))
	for i, alert := range p.alerts {
		answers[i] = filter.Answer{Passed: alert.mag < a.Limit, Class: alert.class}
		if alert.fault {
			answers[i] = filter.Answer{Err: ErrFault}
		}
		answers[i].Annotations = []filter.Annotation{{Name: "asked", Value: filter.FloatOf(alert.mag)}}
	}
	return answers, nil
}

// NewPage implements filter.Asker.
func (a *Asker) NewPage(fields []filter.Field) filter.Page {
	p := &page{size: max(a.Size, 1), slots: map[string]int{}}
	for slot, field := range fields {
		p.slots[field.Path] = slot
	}
	return p
}

type page struct {
	size   int
	slots  map[string]int
	alerts []pageAlert
}

type pageAlert struct {
	mag   float64
	class filter.Class
	fault bool
}

// Add implements filter.Page.
func (p *page) Add(alert *filter.Alert, _ []byte, _ string) {
	value := func(path string) filter.Value {
		if slot, ok := p.slots[path]; ok {
			return alert.Values[slot]
		}
		return filter.Value{}
	}
	p.alerts = append(p.alerts, pageAlert{
		mag: value("mag").Float(), class: filter.Class(value("class").Bytes()), fault: value("fault").Int() == 1,
	})
}

// Full, Len and Reset implement filter.Page.
func (p *page) Full() bool { return len(p.alerts) >= p.size }
func (p *page) Len() int   { return len(p.alerts) }
func (p *page) Reset()     { p.alerts = p.alerts[:0] }

// Ask returns the set with its filter of a name judged by asker: what it
// passed until now are the alerts that asker is asked about.
func Ask(set *filter.Set, name string, asker filter.Asker, onFailure filter.OnFailure) *filter.Set {
	set.Fields = append(set.Fields, filter.Field{Path: "class", Lazy: true}, filter.Field{Path: "fault", Lazy: true})
	if set.Asked == nil {
		set.Asked = make([]*filter.Asked, len(set.Filters))
	}
	for i, f := range set.Filters {
		if f.Name == name {
			set.Asked[i] = &filter.Asked{Asker: asker, OnFailure: onFailure}
		}
	}
	return set
}
