package secure

import (
	"context"
	"errors"
	"net"
	"sync"
	"time"
)

const (
	// dialTimeout bounds the way to a broker, the login not among it.
	dialTimeout = 5 * time.Second
	// refusalPause is how long a refused login is not tried again: brokers
	// count failures, and some lock the user out.
	refusalPause = 5 * time.Second
)

// Dialer opens connections to the brokers of one cluster. It is safe for
// concurrent use.
type Dialer struct {
	config   Config
	clientID string
	tokens   *tokens // nil without OAUTHBEARER

	mu      sync.Mutex
	refusal *Refused // the last login's
	since   time.Time
	with    string // fingerprint of the secret that was refused
}

// NewDialer returns a dialer. clientID names the program in the brokers' logs.
func NewDialer(config Config, clientID string) (*Dialer, error) {
	if err := config.Check(); err != nil {
		return nil, err
	}
	d := &Dialer{config: config, clientID: clientID}
	if config.SASL != nil && config.SASL.Token != nil {
		d.tokens = newTokens(config.SASL.Token)
	}
	return d, nil
}

// Dial returns a connection that is ready for requests. An error of type
// *Refused waits for a person; others may pass.
func (d *Dialer) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	if err := d.refused(); err != nil {
		return nil, err
	}
	conn, err := d.connect(ctx, network, address)
	if err != nil || d.config.SASL == nil && d.config.TLS == nil {
		return conn, err
	}
	ready, err := d.logIn(ctx, conn, address)
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return ready, nil
}

// connect returns a connection that is encrypted where it is to be.
func (d *Dialer) connect(ctx context.Context, network, address string) (net.Conn, error) {
	// The receive buffer is left to the system, which lets it grow to what a
	// large fetch needs; a size that is asked for stays as it is.
	plain := net.Dialer{Timeout: dialTimeout, KeepAlive: 15 * time.Second}
	conn, err := plain.DialContext(ctx, network, address)
	if err != nil || d.config.TLS == nil {
		return conn, err
	}
	return d.encrypt(ctx, conn, address)
}

// refused returns the last login's refusal while it is not to be tried again:
// for a while, unless the secret has changed.
func (d *Dialer) refused() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.refusal == nil || time.Since(d.since) > refusalPause || d.config.SASL.fingerprint() != d.with {
		return nil
	}
	return d.refusal
}

// note remembers how a login ended.
func (d *Dialer) note(err error) {
	var refusal *Refused
	if !errors.As(err, &refusal) {
		refusal = nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.refusal, d.since = refusal, time.Now()
	if refusal != nil {
		d.with = d.config.SASL.fingerprint()
	}
}
