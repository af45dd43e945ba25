package secure

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	kafkago "github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol"
	"github.com/segmentio/kafka-go/protocol/apiversions"
	"github.com/segmentio/kafka-go/protocol/saslauthenticate"
	"github.com/segmentio/kafka-go/protocol/saslhandshake"
	"github.com/segmentio/kafka-go/sasl"
)

// loginTimeout bounds a login, a token's way among it, where the context does
// not end sooner.
const loginTimeout = 15 * time.Second

// logIn greets the broker, which proves that TLS is through, and logs in.
func (d *Dialer) logIn(ctx context.Context, conn net.Conn, address string) (net.Conn, error) {
	_ = conn.SetDeadline(deadlineOf(ctx))
	versions, err := d.greet(conn)
	if err != nil {
		return nil, d.explainGreeting(ctx, address, err)
	}
	ready := conn
	if d.config.SASL != nil {
		life, err := d.authenticate(ctx, conn, versions, address)
		d.note(err)
		if err != nil {
			return nil, err
		}
		ready = d.session(conn, versions, address, life)
	}
	return ready, conn.SetDeadline(time.Time{})
}

func deadlineOf(ctx context.Context) time.Time {
	limit := time.Now().Add(loginTimeout)
	if deadline, ok := ctx.Deadline(); ok && deadline.Before(limit) {
		return deadline
	}
	return limit
}

// greet asks for the versions of requests that the broker speaks.
func (d *Dialer) greet(conn net.Conn) (map[protocol.ApiKey]int16, error) {
	answer, err := protocol.NewConn(conn, d.clientID).RoundTrip(new(apiversions.Request))
	if err != nil {
		return nil, err
	}
	response, ok := answer.(*apiversions.Response)
	if !ok || response.ErrorCode != 0 {
		return nil, fmt.Errorf("asking for versions: %w", kafkago.Error(response.ErrorCode))
	}
	versions := make(map[protocol.ApiKey]int16, len(response.ApiKeys))
	for _, r := range response.ApiKeys {
		key := protocol.ApiKey(r.ApiKey)
		versions[key] = key.SelectVersion(r.MinVersion, r.MaxVersion)
	}
	return versions, nil
}

func (d *Dialer) explainGreeting(ctx context.Context, address string, err error) error {
	switch {
	case d.config.TLS != nil:
		return d.explainAlert(address, err)
	case ctx.Err() == nil && d.speaksTLS(ctx, address):
		return tlsWanted(address)
	}
	return err
}

// authenticate logs in and returns how long the broker's session lasts; 0:
// for ever.
func (d *Dialer) authenticate(ctx context.Context, conn net.Conn, versions map[protocol.ApiKey]int16, address string) (time.Duration, error) {
	login := &login{sasl: d.config.SASL, broker: address, conn: protocol.NewConn(conn, d.clientID)}
	login.conn.SetVersions(versions)
	mechanism, err := d.config.SASL.mechanism(d.tokens)
	if err != nil {
		return 0, login.refused("no login", "", err)
	}
	if err := login.handshake(mechanism.Name()); err != nil {
		return 0, err
	}
	return login.exchange(ctx, mechanism)
}

// login is one login on one connection.
type login struct {
	sasl   *SASL
	broker string
	conn   *protocol.Conn
}

func (l *login) refused(what, remedy string, err error) *Refused {
	return &Refused{Broker: l.broker, What: what, Remedy: remedy, Err: err}
}

// handshake agrees with the broker upon the mechanism.
func (l *login) handshake(mechanism string) error {
	answer, err := l.conn.RoundTrip(&saslhandshake.Request{Mechanism: mechanism})
	if err != nil {
		return fmt.Errorf("broker %s: agreeing upon SASL: %w", l.broker, err)
	}
	response, ok := answer.(*saslhandshake.Response)
	if !ok {
		return fmt.Errorf("broker %s: agreeing upon SASL: it answers %T", l.broker, answer)
	}
	switch kafkago.Error(response.ErrorCode) {
	case 0:
		return nil
	case kafkago.UnsupportedSASLMechanism:
		return l.refused("it does not take SASL "+mechanism, "it takes "+listed(response.Mechanisms)+": say so as mechanism of sasl", nil)
	case kafkago.IllegalSASLState:
		return l.refused("nobody logs in on this port", "use the port of its SASL listener, or leave sasl out", nil)
	}
	return l.refused("it does not agree upon SASL", "", kafkago.Error(response.ErrorCode))
}

func listed(mechanisms []string) string {
	if len(mechanisms) == 0 {
		return "none that it tells"
	}
	return strings.Join(mechanisms, ", ")
}

// exchange proves who we are.
func (l *login) exchange(ctx context.Context, mechanism sasl.Mechanism) (time.Duration, error) {
	state, message, err := mechanism.Start(ctx)
	if err != nil {
		return 0, l.explainStart(err)
	}
	for {
		answer, err := l.conn.RoundTrip(&saslauthenticate.Request{AuthBytes: message})
		if silent(err) {
			// Some brokers refuse a login so.
			return 0, l.explain(kafkago.SASLAuthenticationFailed, "it closes the connection")
		}
		if err != nil {
			return 0, fmt.Errorf("broker %s: logging in: %w", l.broker, err)
		}
		response, ok := answer.(*saslauthenticate.Response)
		if !ok {
			return 0, fmt.Errorf("broker %s: logging in: it answers %T", l.broker, answer)
		}
		if response.ErrorCode != 0 {
			return 0, l.explain(kafkago.Error(response.ErrorCode), response.ErrorMessage)
		}
		done, next, err := state.Next(ctx, response.AuthBytes)
		if err != nil {
			// With SCRAM the broker, too, proves that it knows the password.
			return 0, l.refused("it does not prove that it knows the password", "is this the right broker?", err)
		}
		if done {
			return time.Duration(response.SessionLifetimeMs) * time.Millisecond, nil
		}
		message = next
	}
}

// explainStart explains why a login cannot begin: no token.
func (l *login) explainStart(err error) error {
	if refusal := (*endpointRefusal)(nil); errors.As(err, &refusal) {
		return l.refused("no login: "+refusal.words, "check token_url, client_id, client_secret and scope of sasl", nil)
	}
	return fmt.Errorf("broker %s: logging in: %w", l.broker, err)
}

// explain explains the broker's refusal.
func (l *login) explain(code kafkago.Error, words string) error {
	if code != kafkago.SASLAuthenticationFailed && code != kafkago.IllegalSASLState {
		// It is in trouble of its own, and says which.
		return fmt.Errorf("broker %s: logging in: %w: %s", l.broker, code, words)
	}
	var err error = code
	if words != "" {
		err = fmt.Errorf("%w: %s", code, words)
	}
	if l.sasl.Mechanism == OAuthBearer {
		return l.refused("it refuses the token of client "+l.sasl.Token.ClientID, "check that the token endpoint, the scope and the audience are the ones it trusts", err)
	}
	return l.refused(fmt.Sprintf("it refuses user %s by %s", l.sasl.Username, l.sasl.Mechanism), "check the username and the password of sasl", err)
}
