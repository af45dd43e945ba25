package secure

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/segmentio/kafka-go/sasl"
	"github.com/segmentio/kafka-go/sasl/plain"
	"github.com/segmentio/kafka-go/sasl/scram"
)

// mechanism returns the mechanism with the secrets as they are now.
func (s *SASL) mechanism(t *tokens) (sasl.Mechanism, error) {
	if s.Mechanism == OAuthBearer {
		return &bearer{tokens: t, extensions: s.Extensions}, nil
	}
	password, err := s.Password()
	if err != nil {
		return nil, fmt.Errorf("the password of SASL user %s: %w", s.Username, err)
	}
	switch s.Mechanism {
	case Plain:
		return plain.Mechanism{Username: s.Username, Password: password}, nil
	case ScramSHA256:
		return prepared(scram.Mechanism(scram.SHA256, s.Username, password))
	}
	return prepared(scram.Mechanism(scram.SHA512, s.Username, password))
}

// prepared leaves out what the library says of a password that it does not
// take, since that may repeat it.
func prepared(m sasl.Mechanism, err error) (sasl.Mechanism, error) {
	if err != nil {
		return nil, errors.New("the SASL username or password has characters that SCRAM does not allow, such as control characters")
	}
	return m, nil
}

// fingerprint tells one secret from another without holding it.
func (s *SASL) fingerprint() string {
	secret := s.Password
	if s.Token != nil {
		secret = s.Token.ClientSecret
	}
	text, err := secret()
	if err != nil {
		text = err.Error()
	}
	digest := sha256.Sum256([]byte(text))
	return string(digest[:])
}

// bearer is OAUTHBEARER, as of RFC 7628, which kafka-go does not have.
type bearer struct {
	tokens     *tokens
	extensions map[string]string
}

// Name is the mechanism's name.
func (*bearer) Name() string { return OAuthBearer }

// Start gets a token and returns the message with it.
func (b *bearer) Start(ctx context.Context) (sasl.StateMachine, []byte, error) {
	token, err := b.tokens.get(ctx)
	if err != nil {
		return nil, nil, err
	}
	var message strings.Builder
	message.WriteString("n,,\x01auth=Bearer " + token + "\x01")
	for _, name := range slices.Sorted(maps.Keys(b.extensions)) {
		message.WriteString(name + "=" + b.extensions[name] + "\x01")
	}
	message.WriteString("\x01")
	return b, []byte(message.String()), nil
}

// Next ends the exchange. A challenge is the broker's word that it refuses the
// token; it goes on to say so as an error once that is acknowledged.
func (b *bearer) Next(_ context.Context, challenge []byte) (bool, []byte, error) {
	if len(challenge) == 0 {
		return true, nil, nil
	}
	b.tokens.forget()
	return false, []byte{1}, nil
}
