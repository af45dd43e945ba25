package kafka

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"time"

	kafkago "github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol"
)

// anyBroker routes a request to whichever broker answers.
const anyBroker int32 = -1

// exchange is one request and its answer on a connection of the transport,
// written and read by do. It is how requests go to the broker we chose, past
// the transport's own routing and caches, and how a fetch is read without a copy.
//
// Invariant: once send has returned, do is not running and will not run, so
// that what do refers to can be used again. The transport alone does not
// promise it: it leaves a request behind when its context ends.
type exchange struct {
	key    protocol.ApiKey
	broker int32
	do     func(rw io.ReadWriter, version int16) error

	version int16

	mu      sync.Mutex
	conn    net.Conn // while do runs
	gone    bool     // send has returned
	running chan struct{}
}

var errGone = errors.New("nobody waits for this request any more")

// send runs one exchange. It returns when do has, or cannot run any more.
func send(ctx context.Context, transport *kafkago.Transport, address net.Addr, x *exchange, timeout time.Duration) error {
	limited, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	_, err := transport.RoundTrip(limited, address, (*message)(x))
	x.abandon()
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// abandon makes do return at once if it runs, and keeps it from running.
func (x *exchange) abandon() {
	x.mu.Lock()
	x.gone = true
	conn, running := x.conn, x.running
	if conn != nil {
		// The deadline is past: what do reads or writes fails now.
		_ = conn.SetDeadline(time.Unix(1, 0))
	}
	x.mu.Unlock()
	if running != nil {
		<-running
	}
}

// begin notes the connection that do is about to use.
func (x *exchange) begin(conn net.Conn) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.gone {
		return false
	}
	x.conn, x.running = conn, make(chan struct{})
	return true
}

func (x *exchange) end() {
	x.mu.Lock()
	x.conn = nil
	x.mu.Unlock()
	close(x.running)
}

// message is an exchange as the transport sees it.
type message exchange

// ApiKey names the request's kind.
func (m *message) ApiKey() protocol.ApiKey { return m.key }

// Broker routes the request.
func (m *message) Broker(protocol.Cluster) (protocol.Broker, error) {
	return protocol.Broker{ID: m.broker}, nil
}

// Required notes the version that was agreed upon with the broker.
func (m *message) Required(versions map[protocol.ApiKey]int16) bool {
	m.version = versions[m.key]
	return true
}

// RawExchange runs the exchange on a connection of the transport.
func (m *message) RawExchange(rw io.ReadWriter) (protocol.Message, error) {
	x := (*exchange)(m)
	conn, ok := rw.(net.Conn)
	if !ok {
		return nil, errors.New("the transport gave no connection")
	}
	if !x.begin(conn) {
		return nil, errGone
	}
	defer x.end()
	if err := x.do(rw, m.version); err != nil {
		return nil, err
	}
	return reply{m.key}, nil
}

// reply tells the transport that the exchange is over; its content is with do.
type reply struct{ key protocol.ApiKey }

// ApiKey names the request's kind.
func (r reply) ApiKey() protocol.ApiKey { return r.key }
