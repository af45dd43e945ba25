package kafka

import (
	"time"

	kafkago "github.com/segmentio/kafka-go"

	"github.com/skysift/skysift/runtime/kafka/secure"
)

// connectors returns the things of kafka-go that open connections. Both take
// them from one dialer, ready for requests: encrypted and logged in.
func (c Cluster) connectors() (*secure.Dialer, *kafkago.Dialer, *kafkago.Transport, error) {
	clientID := c.ClientID
	if clientID == "" {
		clientID = defaultClientID
	}
	connect, err := secure.NewDialer(secure.Config{TLS: c.TLS, SASL: c.SASL}, clientID)
	if err != nil {
		return nil, nil, nil, err
	}
	dialer := &kafkago.Dialer{ClientID: clientID, Timeout: connectTimeout, DialFunc: connect.Dial}
	transport := &kafkago.Transport{
		ClientID:    clientID,
		DialTimeout: connectTimeout,
		IdleTimeout: time.Minute,
		Dial:        connect.Dial,
		// The transport polls metadata only to know the brokers' addresses;
		// empty but not nil asks for no topics.
		MetadataTopics: []string{},
		MetadataTTL:    2 * time.Second,
	}
	return connect, dialer, transport, nil
}
