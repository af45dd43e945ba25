package kafka

import (
	"context"
	"net"
	"time"

	kafkago "github.com/segmentio/kafka-go"
)

const (
	dialTimeout = 5 * time.Second
	// receiveBuffer is asked of the system for each connection, so that a
	// large fetch needs few reads.
	receiveBuffer = 1 << 20
)

// connectors returns the two things of kafka-go that open connections, made
// alike from one description of the cluster.
func (c Cluster) connectors() (*kafkago.Dialer, *kafkago.Transport) {
	clientID := c.ClientID
	if clientID == "" {
		clientID = defaultClientID
	}
	dialer := &kafkago.Dialer{
		ClientID:      clientID,
		Timeout:       dialTimeout,
		DialFunc:      dial,
		TLS:           c.TLS,
		SASLMechanism: c.SASL,
	}
	transport := &kafkago.Transport{
		ClientID:    clientID,
		DialTimeout: dialTimeout,
		IdleTimeout: time.Minute,
		Dial:        dial,
		TLS:         c.TLS,
		SASL:        c.SASL,
		// The transport polls metadata only to know the brokers' addresses;
		// empty but not nil asks for no topics.
		MetadataTopics: []string{},
		MetadataTTL:    2 * time.Second,
	}
	return dialer, transport
}

func dial(ctx context.Context, network, address string) (net.Conn, error) {
	d := net.Dialer{Timeout: dialTimeout, KeepAlive: 15 * time.Second}
	conn, err := d.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		// A smaller buffer is only slower.
		_ = tcp.SetReadBuffer(receiveBuffer)
	}
	return conn, nil
}
