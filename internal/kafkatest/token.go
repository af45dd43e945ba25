package kafkatest

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"
)

// TokenServer gives tokens for client credentials, as an identity provider
// does, unsigned: brokers of a secured cluster take them.
type TokenServer struct {
	URL string
	// Life is how long a token lasts; 0 stands for a minute. Negative, it
	// has expired when it is given.
	Life time.Duration

	given atomic.Int64
}

// The client whom a TokenServer knows. Brokers know it by its id.
const (
	ClientID     = "skysift-client"
	ClientSecret = "client-secret-91bd"
)

// StartTokenServer starts a server that ends with the test.
func StartTokenServer(t testing.TB, life time.Duration) *TokenServer {
	t.Helper()
	s := &TokenServer{Life: life}
	server := httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(server.Close)
	s.URL = server.URL + "/token"
	return s
}

// Given is how many tokens were given.
func (s *TokenServer) Given() int { return int(s.given.Load()) }

func (s *TokenServer) serve(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	id, secret, ok := r.BasicAuth()
	if !ok {
		id, secret = r.FormValue("client_id"), r.FormValue("client_secret")
	}
	if id != ClientID || secret != ClientSecret || r.FormValue("grant_type") != "client_credentials" {
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = w.Write([]byte(`{"error": "invalid_client", "error_description": "no such client or secret"}`))
		return
	}
	s.given.Add(1)
	life := s.Life
	if life == 0 {
		life = time.Minute
	}
	answer := map[string]any{"access_token": Token(id, life), "token_type": "Bearer", "expires_in": int(max(life, time.Second).Seconds())}
	_ = json.NewEncoder(w).Encode(answer)
}

// Token returns an unsigned token for a subject.
func Token(subject string, life time.Duration) string {
	now := time.Now()
	claims := fmt.Sprintf(`{"sub":%q,"iat":%d,"exp":%d}`, subject, now.Add(min(life, 0)-time.Second).Unix(), now.Add(life).Unix())
	return part(`{"alg":"none"}`) + "." + part(claims) + "."
}

func part(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
