package secure

import (
	"context"
	"crypto/tls"
	"net"
	"time"

	kafkago "github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol"
	"github.com/segmentio/kafka-go/protocol/saslhandshake"
)

// probeTimeout bounds one question of what a port speaks.
const probeTimeout = 3 * time.Second

// Diagnose finds out why a broker closes our connections without a word, as
// brokers do whose listener wants TLS or a login that we do not offer. It
// returns nil where it wants neither.
func (d *Dialer) Diagnose(ctx context.Context, address string) error {
	if d.config.TLS == nil && d.speaksTLS(ctx, address) {
		return tlsWanted(address)
	}
	if d.config.SASL != nil {
		return nil
	}
	code, mechanisms, err := d.askSASL(ctx, address, d.connect)
	if err != nil || code != kafkago.UnsupportedSASLMechanism {
		return nil
	}
	return &Refused{Broker: address, What: "it wants a login", Remedy: "give sasl with one of the mechanisms it takes: " + listed(mechanisms)}
}

func tlsWanted(address string) *Refused {
	return &Refused{Broker: address, What: "it speaks TLS on this port", Remedy: "give tls, or use the port of its plain listener"}
}

// speaksTLS says whether a port answers a TLS handshake, whatever its
// certificate is worth: nothing is told to it.
func (d *Dialer) speaksTLS(ctx context.Context, address string) bool {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return false
	}
	defer conn.Close()
	return tls.Client(conn, &tls.Config{InsecureSkipVerify: true}).HandshakeContext(ctx) == nil
}

// speaksPlain says whether a port answers Kafka's protocol in plain text.
func (d *Dialer) speaksPlain(ctx context.Context, address string) bool {
	_, _, err := d.askSASL(ctx, address, new(net.Dialer).DialContext)
	return err == nil
}

// askSASL asks a broker for a mechanism that there is not. One that wants a
// login tells which mechanisms it takes; another says that nobody logs in.
func (d *Dialer) askSASL(ctx context.Context, address string, dial func(context.Context, string, string) (net.Conn, error)) (kafkago.Error, []string, error) {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	conn, err := dial(ctx, "tcp", address)
	if err != nil {
		return 0, nil, err
	}
	defer conn.Close()
	deadline, _ := ctx.Deadline()
	_ = conn.SetDeadline(deadline)
	asking := protocol.NewConn(conn, d.clientID)
	asking.SetVersions(map[protocol.ApiKey]int16{protocol.SaslHandshake: 1})
	answer, err := asking.RoundTrip(&saslhandshake.Request{Mechanism: "NONE"})
	if err != nil {
		return 0, nil, err
	}
	response, ok := answer.(*saslhandshake.Response)
	if !ok {
		return 0, nil, net.ErrClosed
	}
	return kafkago.Error(response.ErrorCode), response.Mechanisms, nil
}
