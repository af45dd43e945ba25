package kafka

import (
	"context"
	"net"
	"time"

	kafkago "github.com/segmentio/kafka-go"
)

const dialTimeout = 5 * time.Second

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

// dial leaves the receive buffer to the system, which lets it grow to what a
// large fetch needs; a size that is asked for stays as it is.
func dial(ctx context.Context, network, address string) (net.Conn, error) {
	d := net.Dialer{Timeout: dialTimeout, KeepAlive: 15 * time.Second}
	return d.DialContext(ctx, network, address)
}
