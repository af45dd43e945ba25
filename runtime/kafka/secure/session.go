package secure

import (
	"context"
	"encoding/binary"
	"net"
	"sync"
	"time"

	"github.com/segmentio/kafka-go/protocol"
)

// session is a connection that logs in again before the broker's session ends
// (connections.max.reauth.ms, KIP-368). A broker closes connections that do
// not; a group would be put together anew each time.
//
// Invariant: it logs in between two requests, when each request so far has
// its answer: nobody else reads or writes then.
type session struct {
	net.Conn
	again func(net.Conn) (time.Duration, error)

	mu             sync.Mutex
	due            time.Time
	sent, answered frames
}

// session wraps a connection whose login lasts for life; 0: for ever.
func (d *Dialer) session(conn net.Conn, versions map[protocol.ApiKey]int16, address string, life time.Duration) net.Conn {
	if life <= 0 {
		return conn
	}
	s := &session{Conn: conn, due: dueAfter(life)}
	s.again = func(conn net.Conn) (time.Duration, error) {
		ctx, cancel := context.WithTimeout(context.Background(), loginTimeout)
		defer cancel()
		life, err := d.authenticate(ctx, conn, versions, address)
		d.note(err)
		return life, err
	}
	return s
}

// dueAfter leaves a fifth of the session for what is under way.
func dueAfter(life time.Duration) time.Time { return time.Now().Add(life * 4 / 5) }

// Write sends a part of a request, after a login where one is due.
func (s *session) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Now().After(s.due) && s.quiet() {
		if err := s.renew(); err != nil {
			return 0, err
		}
	}
	n, err := s.Conn.Write(b)
	s.sent.pass(b[:n])
	return n, err
}

// quiet says that nothing is under way.
func (s *session) quiet() bool {
	return s.sent.whole() && s.answered.whole() && s.sent.count == s.answered.count
}

// renew logs in. The request's own deadline holds, and where there is none the
// connection is closed in the end.
func (s *session) renew() error {
	late := time.AfterFunc(loginTimeout, func() { _ = s.Conn.Close() })
	defer late.Stop()
	life, err := s.again(s.Conn)
	if err != nil {
		return err
	}
	s.due = dueAfter(life)
	if life <= 0 { // from now on it lasts for ever
		s.due = time.Now().AddDate(100, 0, 0)
	}
	return nil
}

// Read receives a part of an answer.
func (s *session) Read(b []byte) (int, error) {
	n, err := s.Conn.Read(b)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answered.pass(b[:n])
	return n, err
}

// frames follows a stream of messages, each behind its length in four bytes.
type frames struct {
	count int
	head  [4]byte
	got   int // bytes of head
	left  int // bytes of the message's rest
}

func (f *frames) whole() bool { return f.got == 0 && f.left == 0 }

// pass follows the stream over b.
func (f *frames) pass(b []byte) {
	for len(b) > 0 {
		if f.left > 0 {
			n := min(f.left, len(b))
			f.left -= n
			b = b[n:]
		} else {
			n := copy(f.head[f.got:], b)
			f.got += n
			b = b[n:]
			if f.got == len(f.head) {
				f.left = int(binary.BigEndian.Uint32(f.head[:]))
			}
		}
		if f.got == len(f.head) && f.left == 0 {
			f.got = 0
			f.count++
		}
	}
}
