package plugincheck

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/plugin/pluginpb"
)

func checkEmpty(ctx context.Context, s *session) (string, error) {
	_, err := s.judge(ctx, s.batch(nil, nil))
	return "", err
}

func checkOne(ctx context.Context, s *session) (string, error) {
	_, err := s.judge(ctx, s.batch(s.page.rows(1), nil))
	return "", err
}

const thousand = 1000

// checkThousand also wants every alert judged from which nothing is missing.
func checkThousand(ctx context.Context, s *session) (string, error) {
	rows := s.page.rows(thousand)
	batches := s.batches(rows, thousand)
	began := time.Now()
	replies, err := s.judge(ctx, batches...)
	if err != nil {
		return "", err
	}
	took := time.Since(began)
	verdicts := verdictsOf(replies)
	passed := 0
	for i, v := range verdicts {
		if v.Error != "" && s.page.complete(rows[i]) {
			return "", wrong("An alert that is an error is not passed, only counted and logged: give an error only where that is meant.",
				"%s could not be judged, though nothing is missing from it: %s", s.page.alerts[rows[i]].Source, v.Error)
		}
		if v.Passed {
			passed++
		}
	}
	return fmt.Sprintf("%d of %d pass; %.1f µs an alert", passed, thousand, float64(took.Nanoseconds())/1e3/thousand), nil
}

// checkOrder has as many batches in hand as may be, on two streams at a time.
func checkOrder(ctx context.Context, s *session) (string, error) {
	r, err := s.serving()
	if err != nil {
		return "", err
	}
	const streams = 2
	ended := make(chan error, streams)
	for range streams {
		batches := s.batches(s.page.rows(thousand), 50)
		go func() {
			_, err := s.judgeBy(ctx, r, batches...)
			ended <- err
		}()
	}
	for range streams {
		if one := <-ended; err == nil { // both say the same of a plug-in that has ended
			err = one
		}
	}
	return fmt.Sprintf("%d in hand", s.credits()), err
}

const missingMend = "Any value may be missing from any alert: test for it before you use it (None in Python, Has in Go). An alert that is an error is not passed, only counted and logged."

// checkMissing takes one field away from all alerts, then all of them, then
// each from some, and judges the alerts that miss something as they are.
func checkMissing(ctx context.Context, s *session) (string, error) {
	rows := s.page.rows(min(len(s.page.alerts), 100))
	for column, path := range s.page.paths {
		without := func(c int, v filter.Value) filter.Value {
			if c == column {
				return filter.Value{}
			}
			return v
		}
		if err := s.noErrors(ctx, rows, without, path+" is missing"); err != nil {
			return "", err
		}
	}
	count := 0
	some := func(_ int, v filter.Value) filter.Value {
		count++
		if count%3 == 0 {
			return filter.Value{}
		}
		return v
	}
	none := func(int, filter.Value) filter.Value { return filter.Value{} }
	return "", errors.Join(
		s.noErrors(ctx, rows, none, "all fields are missing"),
		s.noErrors(ctx, rows, some, "some fields are missing"),
		s.noErrors(ctx, rows, nil, "something is missing, or nothing"),
	)
}

// noErrors wants alerts judged of which it is true that so.
func (s *session) noErrors(ctx context.Context, rows []int, change change, so string) error {
	for len(rows) > 0 {
		n := s.size(len(rows))
		replies, err := s.judge(ctx, s.batch(rows[:n], change))
		if err != nil {
			return fmt.Errorf("where %s: %w", so, err)
		}
		for i, v := range verdictsOf(replies) {
			if v.Error != "" && (change != nil || !s.page.complete(rows[i])) {
				return wrong(missingMend, "%s could not be judged where %s: %s", s.page.alerts[rows[i]].Source, so, v.Error)
			}
		}
		rows = rows[n:]
	}
	return nil
}

// checkIntegers gives integers that no float64 has, and looks for their like in
// the annotations: what is near one and not it went through a float.
func checkIntegers(ctx context.Context, s *session) (string, error) {
	columns := s.page.columnsOf(filter.Int)
	if len(columns) == 0 {
		return "", skip("it asks for no integers")
	}
	given := map[int64]bool{}
	next := int64(math.MaxInt64 - 25)
	large := func(_ int, v filter.Value) filter.Value {
		if v.Kind() != filter.Int {
			return v
		}
		given[next] = true
		next -= 1000
		return filter.IntOf(next + 1000)
	}
	replies, err := s.judge(ctx, s.batch(s.page.rows(s.size(50)), large))
	if err != nil {
		return "", err
	}
	for _, v := range verdictsOf(replies) {
		for name, value := range v.values {
			if f := value.Float(); value.IsNumber() && f > 1<<62 && !(value.Kind() == filter.Int && given[value.Int()]) {
				return "", wrong("Keep identifiers as 64-bit integers from end to end: a float64 has 53 bits, and so have numbers in JSON for many readers.",
					"the annotation %s is %s, which is none of the integers given: the last bits are lost", name, value.AppendJSON(nil))
			}
		}
	}
	return "", nil
}

// checkCutouts damages the bytes, such as images, in every way but one: errors
// are fine, a crash is not.
func checkCutouts(ctx context.Context, s *session) (string, error) {
	columns := s.page.columnsOf(filter.Bytes)
	if len(columns) == 0 {
		return "", skip("it asks for no cutouts")
	}
	large := make([]byte, 1<<20)
	for name, damage := range map[string]func([]byte) []byte{
		"empty": func([]byte) []byte { return nil },
		"cut":   func(b []byte) []byte { return b[:len(b)/2] },
		"no image": func([]byte) []byte {
			return []byte("SIMPLE  =                    T, or so it says")
		},
		"flipped": func(b []byte) []byte {
			b = append([]byte(nil), b...)
			for i := 20; i < len(b); i += 37 {
				b[i] ^= 0xff
			}
			return b
		},
		"large": func([]byte) []byte { return large },
	} {
		damaged := func(_ int, v filter.Value) filter.Value {
			if v.Kind() != filter.Bytes {
				return v
			}
			return filter.BytesOf(damage(v.Bytes()))
		}
		if _, err := s.judge(ctx, s.batch(s.page.rows(s.size(5)), damaged)); err != nil {
			return "", fmt.Errorf("cutouts that are %s: %w", name, err)
		}
	}
	return "", nil
}

// checkKinds gives values of other kinds than the program expects, as a new
// version of a schema might: errors are fine, a crash is not. What is in a list
// stays in one.
func checkKinds(ctx context.Context, s *session) (string, error) {
	if len(s.page.paths) == 0 {
		return "", skip("it asks for no fields")
	}
	strange := []filter.Value{
		filter.FloatOf(math.Inf(1)), filter.FloatOf(-1e308), filter.IntOf(math.MinInt64), filter.StringOf(""), filter.StringOf("\u2028 \U0001F52D"),
		filter.BoolOf(true), filter.BytesOf([]byte{0}), filter.ListOf(nil), filter.ListOf([]filter.Value{{}, filter.IntOf(1), filter.StringOf("x")}),
		filter.MapOf([]filter.Entry{{Key: "k", Value: filter.FloatOf(1)}}),
	}
	for shift := range 2 {
		count := shift
		other := func(column int, _ filter.Value) filter.Value {
			count++
			return s.page.within(column, strange[count%len(strange)])
		}
		if _, err := s.judge(ctx, s.batch(s.page.rows(s.size(31)), other)); err != nil {
			return "", err
		}
	}
	for _, v := range strange { // a column of one other kind
		if _, err := s.judge(ctx, s.batch(s.page.rows(s.size(3)), func(column int, _ filter.Value) filter.Value { return s.page.within(column, v) })); err != nil {
			return "", err
		}
	}
	return "", nil
}

// verdict is what a program said of one alert.
type verdict struct {
	Passed      bool         `json:"passed"`
	Class       string       `json:"class,omitempty"`
	Annotations []annotation `json:"annotations,omitempty"`
	Error       string       `json:"error,omitempty"`
	values      map[string]filter.Value
}

// annotation is a value as JSON, which keeps every digit.
type annotation struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// verdictsOf are the verdicts in replies that checkReply has seen.
func verdictsOf(replies []*pluginpb.Reply) []verdict {
	var all []verdict
	for _, reply := range replies {
		verdicts := make([]verdict, reply.GetAlerts())
		for i := range verdicts {
			verdicts[i].Passed = pluginpb.Bit(reply.GetPassed(), i)
		}
		for _, detail := range reply.GetDetails() {
			v := &verdicts[detail.GetAlert()]
			v.Class, v.Error, v.values = detail.GetClass(), detail.GetError(), map[string]filter.Value{}
			for _, a := range detail.GetAnnotations() {
				value := a.GetValue().Filter()
				v.Annotations = append(v.Annotations, annotation{a.GetName(), string(value.AppendJSON(nil))})
				v.values[a.GetName()] = value
			}
		}
		all = append(all, verdicts...)
	}
	return all
}
