package pluginhost

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// The states of a plug-in.
const (
	stateStopped  = "stopped"
	stateStarting = "starting" // its process is on its way up, or about to be
	stateServing  = "serving"
	stateTrial    = "trial" // it is up after the breaker was open, and has yet to answer
	stateOpen     = "open"  // the breaker is open: it failed too often, and rests
)

// stands says how a plug-in in trouble stands, to people.
func stands(state string) string {
	switch state {
	case stateOpen:
		return "rests"
	case stateTrial:
		return "is on trial"
	case stateServing:
		return "is up"
	}
	return "is being started"
}

// healthInterval is how often a plug-in that is asked nothing is asked whether
// it is well; healthFailures of them in a row are a failure.
const (
	healthInterval = 10 * time.Second
	healthFailures = 3
)

// supervisor keeps one session of a plug-in in service.
//
// Invariants:
//   - At most one session is open, and each is opened once: a failed one is
//     thrown away.
//   - While the breaker is open nobody waits but those who can wait for ever;
//     after it, one question goes first, and only such a one waits for its answer.
type supervisor struct {
	host   *Host
	config Config
	log    *slog.Logger
	out    *stderr
	held   atomic.Bool // Config.Held, which may change

	mu       sync.Mutex
	state    string
	session  *session
	changed  chan struct{} // closed at the next change of what is above
	breaker  breaker
	starts   time.Duration // how long the last start took
	restarts int64
	trial    bool  // somebody asks on trial
	cause    error // of the last failure that still counts
	stop     context.CancelFunc
	stopped  chan struct{}
	failed   chan failure
	answered int64
}

// failure is what somebody has to say of a session.
type failure struct {
	session *session
	cause   error
}

func newSupervisor(h *Host, c Config) *supervisor {
	log := h.logger().With("filter", c.Filter, "plugin", c.name())
	s := &supervisor{
		host: h, config: c, log: log, out: newStderr(log, time.Now),
		state: stateStopped, changed: make(chan struct{}), failed: make(chan failure),
	}
	s.held.Store(c.Held)
	return s
}

// start begins to keep a session in service: first, where it is not nil.
func (s *supervisor) start(first *session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stop != nil {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	s.stop, s.stopped = cancel, make(chan struct{})
	s.turn(stateStarting, nil)
	go s.run(ctx, first, s.stopped)
}

// end ends what is in service.
func (s *supervisor) end() {
	s.mu.Lock()
	stop, stopped := s.stop, s.stopped
	s.stop = nil
	s.mu.Unlock()
	if stop != nil {
		stop()
		<-stopped
	}
}

// run opens session after session until ctx ends.
func (s *supervisor) run(ctx context.Context, current *session, stopped chan struct{}) {
	defer close(stopped)
	for ctx.Err() == nil {
		var cause error
		if current == nil {
			began := time.Now()
			current, cause = s.host.open(ctx, s.config, s.out)
			s.noteStart(time.Since(began))
		}
		if cause == nil {
			s.serve(current)
			cause = s.watch(ctx, current)
		}
		wait := s.retire(ctx, cause)
		if current != nil {
			current.close(ctx.Err() != nil) // gently where it has not failed
		}
		current = nil
		select {
		case <-time.After(wait):
		case <-ctx.Done():
		}
	}
	if current != nil {
		current.close(true) // it was ended before it began to serve
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.turn(stateStopped, nil)
}

// noteStart notes how long a start took, or the try of one.
func (s *supervisor) noteStart(took time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.starts = took
}

// turn changes the state; it is called with mu held.
func (s *supervisor) turn(state string, current *session) {
	s.state, s.session, s.trial = state, current, false
	close(s.changed)
	s.changed = make(chan struct{})
}

// serve puts a session in service.
func (s *supervisor) serve(current *session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.breaker.inTrouble() {
		s.restarts++
		s.log.Info("the plug-in is up again", "failures", s.breaker.row, "lately", s.breaker.lately)
	}
	state := stateServing
	if s.breaker.up(time.Now()) {
		state = stateTrial
	}
	s.turn(state, current)
}

// watch waits for the end of a session's service.
func (s *supervisor) watch(ctx context.Context, current *session) error {
	ticks := time.NewTicker(healthInterval)
	defer ticks.Stop()
	unwell, seen := 0, int64(0)
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-current.ended:
			return current.reason(errors.New("it ended"))
		case f := <-s.failed:
			if f.session == current {
				return f.cause
			}
		case <-ticks.C:
			if n := s.answers(); n != seen {
				unwell, seen = 0, n // it has answered lately: it is well
				continue
			}
			err := current.healthy(ctx)
			if unwell++; err == nil {
				unwell = 0
			}
			if unwell >= healthFailures {
				return err
			}
		}
	}
}

func (s *supervisor) answers() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.answered
}

// retire takes the session out of service, notes why unless ctx has ended, and
// returns how long to wait before the next start.
func (s *supervisor) retire(ctx context.Context, cause error) (wait time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ctx.Err() != nil {
		s.turn(stateStarting, nil)
		return 0
	}
	s.breaker.rest = 0
	if s.held.Load() {
		s.breaker.rest = restAfter(s.starts)
	}
	wait, s.cause = s.breaker.fail(time.Now(), errors.Is(cause, errDeadline)), cause
	if s.breaker.isOpen() {
		s.turn(stateOpen, nil)
	} else {
		s.turn(stateStarting, nil)
	}
	s.log.Warn("the plug-in failed and is started again", "cause", cause,
		"failures", s.breaker.row, "lately", s.breaker.lately, "in", wait.Round(time.Millisecond))
	return wait
}

// take returns the session in service. It waits for one, unless patient is false, and
// the breaker is open or this is not the plug-in's first failure lately and its alerts can
// be held. doubt, where it is not nil, is why the session is on trial:
// this is the one question that a plug-in gets which failed too often.
func (s *supervisor) take(ctx context.Context, patient bool) (current *session, doubt, err error) {
	s.start(nil)
	for {
		s.mu.Lock()
		changed := s.changed
		switch {
		case s.state == stateServing:
			defer s.mu.Unlock()
			return s.session, nil, nil
		case s.state == stateTrial && !s.trial:
			s.trial = true
			defer s.mu.Unlock()
			return s.session, s.cause, nil
		case !patient && (s.state == stateOpen || s.state == stateTrial),
			!patient && s.state == stateStarting && s.held.Load() && s.breaker.lately >= failuresToHold:
			defer s.mu.Unlock()
			return nil, nil, s.cause
		}
		cause := s.cause
		s.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, nil, errors.Join(context.Cause(ctx), cause)
		}
	}
}

// done notes how a question to a session ended: err is the plug-in's failure;
// nil and answered, that it has answered; neither, that nobody knows.
func (s *supervisor) done(ctx context.Context, current *session, answered bool, err error) {
	s.mu.Lock()
	if s.session != current {
		s.mu.Unlock()
		return
	}
	stopped := s.stopped
	switch {
	case answered:
		s.answered++
		s.breaker.answer(time.Now())
		if !s.breaker.inTrouble() {
			s.cause = nil
		}
		if s.state == stateTrial {
			s.turn(stateServing, current)
		}
	case err == nil && s.state == stateTrial:
		s.turn(stateTrial, current) // the next one tries
	}
	s.mu.Unlock()
	if err == nil {
		return
	}
	// Whoever asks meanwhile fails too: to tell it once is enough.
	select {
	case s.failed <- failure{current, err}:
	case <-stopped:
	case <-ctx.Done():
	case <-time.After(time.Second):
	}
}

// trouble says what is wrong with the plug-in, and since when; "" if nothing.
func (s *supervisor) trouble() (reason string, since time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := &s.breaker
	b.forgive(time.Now())
	switch {
	case s.cause == nil || !b.inTrouble():
		return "", time.Time{}
	case b.row == 0:
		return fmt.Sprintf("its plug-in answers, and fails again and again: %d times lately, so that it rests longer each time; the last time: %v", b.lately, s.cause), b.since
	}
	return fmt.Sprintf("its plug-in failed %d times in a row, %s, and is started again and again: %v", b.row, stands(s.state), s.cause), b.since
}
