package plugincheck

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"

	"github.com/skysift/skysift/filter/plugin/pluginpb"
)

// session is the checking of one program.
type session struct {
	config      Config
	folder      string // has one of its own for each process
	launches    int
	live        *running // nil: none has been started, or it was stopped
	description *pluginpb.Description
	page        *page // the alerts, as the program asks for them; nil until it is described
	lastID      uint64
}

// running is a process that serves, and our connection to it.
type running struct {
	*process
	*client
	folder  string
	address address
}

func (r *running) connect() (err error) {
	if r.client, err = dial(r.address); err == nil {
		go r.client.follow(r.log)
	}
	return err
}

func (r *running) stop() {
	if r.client != nil {
		_ = r.conn.Close()
	}
	r.kill()
	_ = os.RemoveAll(r.folder)
}

func (s *session) close() {
	if s.live != nil {
		s.live.stop()
		s.live = nil
	}
}

// begin starts a process without waiting for its line.
func (s *session) begin() (*running, error) {
	s.launches++
	folder := s.folder + "/" + strconv.Itoa(s.launches)
	if err := os.Mkdir(folder, 0o700); err != nil {
		return nil, err
	}
	p, err := s.launch(folder, true)
	if err != nil {
		return nil, err
	}
	return &running{process: p, folder: folder}, nil
}

// fresh starts a process and connects to it.
func (s *session) fresh() (*running, error) {
	r, err := s.begin()
	if err != nil {
		return nil, err
	}
	r.address, err = r.handshake(r.folder, s.config.Timeout)
	if err == nil {
		err = r.connect()
	}
	if err != nil {
		r.stop()
		return nil, fmt.Errorf("it does not start again: %w", err)
	}
	return r, nil
}

// serving returns the process in use, or a new one if that is gone.
func (s *session) serving() (*running, error) {
	if s.live != nil && s.live.alive() {
		return s.live, nil
	}
	s.close()
	var err error
	s.live, err = s.fresh()
	return s.live, err
}

// judge has the process in use judge batches over one stream.
func (s *session) judge(ctx context.Context, batches ...*pluginpb.Batch) ([]*pluginpb.Reply, error) {
	r, err := s.serving()
	if err != nil {
		return nil, err
	}
	return s.judgeBy(ctx, r, batches...)
}

func (s *session) judgeBy(ctx context.Context, r *running, batches ...*pluginpb.Batch) ([]*pluginpb.Reply, error) {
	ctx, cancel := context.WithTimeout(ctx, s.config.Timeout)
	defer cancel()
	replies, err := r.judge(ctx, s.credits(), batches...)
	return replies, s.explain(ctx, r, err)
}

// explain says of an error of a call what became of the process.
func (s *session) explain(ctx context.Context, r *running, err error) error {
	var known *mistake
	if err == nil || errors.As(err, &known) {
		return err
	}
	r.endsWithin(dying)
	switch {
	case !r.alive():
		return wrong("An error of one alert is that alert's: catch it, and give it as Detail.error. The SDKs do so, but cannot for what ends the process.", "it ended while it judged; %s", r.end())
	case ctx.Err() != nil:
		r.stop() // it may be stuck for good
		return wrong("Judge batches faster, ask for smaller ones (batch_size), or raise --timeout and the filter's deadline.", "no reply within %s", s.config.Timeout)
	}
	return wrong("See its stderr.", "the call failed: %v; %s", err, r.end())
}

func (s *session) credits() int { return int(min(max(s.description.GetCredits(), 1), mostCredits)) }

// largest is about how many bytes a batch has at most, as the host bounds it too.
const largest = 16 << 20

// size is how many alerts a batch of n may have.
func (s *session) size(n int) int {
	if most := int(s.description.GetBatchSize()); most > 0 {
		n = min(n, most)
	}
	return max(1, min(n, largest/s.page.perAlert()))
}

// batch makes a batch of rows of the page, each value as change gives it.
func (s *session) batch(rows []int, change change) *pluginpb.Batch {
	s.lastID++
	return s.page.batch(s.lastID, rows, change)
}

// batches cuts rows into batches of n at most.
func (s *session) batches(rows []int, n int) []*pluginpb.Batch {
	var made []*pluginpb.Batch
	for n = s.size(n); len(rows) > 0; rows = rows[min(n, len(rows)):] {
		made = append(made, s.batch(rows[:min(n, len(rows))], nil))
	}
	return made
}
