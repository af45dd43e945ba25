package secure

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/skysift/skysift/internal/kafkatest"
)

func TestFramesFollowMessagesInAnyPieces(t *testing.T) {
	stream := []byte("\x00\x00\x00\x03abc\x00\x00\x00\x00\x00\x00\x00\x01z")
	for size := 1; size <= len(stream); size++ {
		var f frames
		for rest := stream; len(rest) > 0; rest = rest[min(size, len(rest)):] {
			f.pass(rest[:min(size, len(rest))])
		}
		if f.count != 3 || !f.whole() {
			t.Errorf("in pieces of %d: %d messages, whole: %v", size, f.count, f.whole())
		}
	}
	var f frames
	if f.pass(stream[:5]); f.whole() {
		t.Error("a part of a message counts as whole")
	}
}

func FuzzFrames(f *testing.F) {
	f.Add([]byte("\x00\x00\x00\x03abc\x00\x00"), 2)
	f.Fuzz(func(t *testing.T, stream []byte, at int) {
		var whole, parts frames
		whole.pass(stream)
		at = min(max(at, 0), len(stream))
		parts.pass(stream[:at])
		parts.pass(stream[at:])
		if whole != parts {
			t.Errorf("%+v in one piece, %+v in two", whole, parts)
		}
	})
}

// A login must wait until the request under way has its answer.
func TestASessionIsRenewedBetweenRequests(t *testing.T) {
	ours, theirs := net.Pipe()
	defer ours.Close()
	defer theirs.Close()
	logins := 0
	s := &session{Conn: ours, due: time.Now().Add(-time.Second), again: func(net.Conn) (time.Duration, error) {
		logins++
		return time.Hour, nil
	}}
	go func() { _, _ = io.Copy(io.Discard, io.LimitReader(theirs, 10)) }()
	s.sent.pass([]byte{0, 0, 0, 1, 'q'}) // a request without its answer
	if _, err := s.Write([]byte{0, 0, 0, 1, 'q'}); err != nil || logins != 0 {
		t.Fatalf("%d logins in the midst of a request, %v", logins, err)
	}
	s.answered.pass([]byte{0, 0, 0, 1, 'a', 0, 0, 0, 1, 'a'})
	if _, err := s.Write([]byte{0, 0, 0, 1, 'q'}); err != nil || logins != 1 {
		t.Fatalf("%d logins where one was due, %v", logins, err)
	}
}

func TestTokensAreKeptAndRenewed(t *testing.T) {
	server := kafkatest.StartTokenServer(t, time.Hour)
	endpoint := &TokenEndpoint{URL: server.URL, ClientID: kafkatest.ClientID, ClientSecret: func() (string, error) { return kafkatest.ClientSecret, nil }}
	kept := newTokens(endpoint)
	first, err := kept.get(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if again, err := kept.get(t.Context()); err != nil || again != first || server.Given() != 1 {
		t.Errorf("asked %d times for a token that lasts an hour: %v", server.Given(), err)
	}
	kept.until = time.Now().Add(-time.Millisecond)
	if _, err := kept.get(t.Context()); err != nil || server.Given() != 2 {
		t.Errorf("asked %d times though the token is old: %v", server.Given(), err)
	}
	kept.forget()
	if _, err := kept.get(t.Context()); err != nil || server.Given() != 3 {
		t.Errorf("asked %d times though the token was refused: %v", server.Given(), err)
	}
}

func TestAnEndpointThatRefusesIsToldFromOneInTrouble(t *testing.T) {
	server := kafkatest.StartTokenServer(t, time.Hour)
	endpoint := &TokenEndpoint{URL: server.URL, ClientID: kafkatest.ClientID, ClientSecret: func() (string, error) { return "wrong-secret", nil }}
	_, err := endpoint.ask(t.Context())
	if refusal := (*endpointRefusal)(nil); !errors.As(err, &refusal) || !strings.Contains(err.Error(), "invalid_client") || strings.Contains(err.Error(), "wrong-secret") {
		t.Errorf("a wrong secret: %v", err)
	}
	endpoint.URL = "http://127.0.0.1:1/token"
	if _, err := endpoint.ask(t.Context()); err == nil || errors.As(err, new(*endpointRefusal)) {
		t.Errorf("an endpoint that is down: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := endpoint.ask(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("nobody waits: %v", err)
	}
}

// The challenge is the broker's refusal, which it gives as an error once that
// is acknowledged.
func TestBearerSendsTheTokenAndItsExtensions(t *testing.T) {
	kept := newTokens(nil)
	kept.token = "the-token"
	b := &bearer{tokens: kept, extensions: map[string]string{"poolId": "p", "logicalCluster": "l"}}
	_, message, err := b.Start(t.Context())
	if want := "n,,\x01auth=Bearer the-token\x01logicalCluster=l\x01poolId=p\x01\x01"; err != nil || string(message) != want {
		t.Errorf("%q, %v; want %q", message, err, want)
	}
	if done, _, err := b.Next(t.Context(), nil); !done || err != nil {
		t.Errorf("no challenge: done %v, %v", done, err)
	}
	if done, answer, err := b.Next(t.Context(), []byte(`{"status":"invalid_token"}`)); done || string(answer) != "\x01" || err != nil || kept.token != "" {
		t.Errorf("a challenge: done %v, %q, %v", done, answer, err)
	}
}
