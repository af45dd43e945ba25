package secure

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

// tokens gets tokens from an endpoint and keeps the newest.
//
// Invariant: a token that is given has at least half of its life before it, so
// that no session is so short that it is over before it is renewed.
type tokens struct {
	endpoint *TokenEndpoint
	// turn is held by who asks the endpoint; the others wait for its answer.
	turn  chan struct{}
	token string
	until time.Time // when another is got; zero: never
}

func newTokens(endpoint *TokenEndpoint) *tokens {
	return &tokens{endpoint: endpoint, turn: make(chan struct{}, 1)}
}

func (t *tokens) get(ctx context.Context) (string, error) {
	select {
	case t.turn <- struct{}{}:
	case <-ctx.Done():
		return "", ctx.Err()
	}
	defer func() { <-t.turn }()
	if t.token != "" && (t.until.IsZero() || time.Now().Before(t.until)) {
		return t.token, nil
	}
	token, err := t.endpoint.ask(ctx)
	if err != nil {
		return "", err
	}
	t.token, t.until = token.AccessToken, time.Time{}
	if !token.Expiry.IsZero() {
		t.until = time.Now().Add(time.Until(token.Expiry) / 2)
	}
	return t.token, nil
}

// forget makes the next login get another token.
func (t *tokens) forget() {
	t.turn <- struct{}{}
	t.token = ""
	<-t.turn
}

// ask gets a token from the endpoint.
func (e *TokenEndpoint) ask(ctx context.Context) (*oauth2.Token, error) {
	secret, err := e.ClientSecret()
	if err != nil {
		return nil, fmt.Errorf("the client secret: %w", err)
	}
	client, err := e.client()
	if err != nil {
		return nil, err
	}
	defer client.CloseIdleConnections()
	grant := clientcredentials.Config{ClientID: e.ClientID, ClientSecret: secret, TokenURL: e.URL, Scopes: e.Scopes}
	token, err := grant.Token(context.WithValue(ctx, oauth2.HTTPClient, client))
	if err != nil {
		return nil, e.explain(ctx, err)
	}
	return token, nil
}

// client is an HTTP client that trusts the endpoint's authorities and goes
// nowhere else with the secret.
func (e *TokenEndpoint) client() (*http.Client, error) {
	address, err := url.Parse(e.URL)
	if err != nil || address.Scheme != "https" && address.Scheme != "http" || address.Host == "" || address.User != nil {
		return nil, fmt.Errorf("token URL %q is no address of the web without a user in it, such as https://auth.example.org/oauth2/token", redacted(e.URL))
	}
	if address.Scheme == "http" && !loopback(address.Hostname()) {
		return nil, fmt.Errorf("token URL %s sends the client secret in plain text: use https", e.URL)
	}
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, TLSHandshakeTimeout: dialTimeout}
	trust := &TLS{CAFile: e.CAFile}
	if transport.TLSClientConfig, err = trust.client(address.Hostname()); err != nil {
		return nil, fmt.Errorf("the token endpoint: %w", err)
	}
	return &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}, nil
}

// loopback says that a host is this machine.
func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// redacted is an address without what may be a secret in it.
func redacted(address string) string {
	if at := strings.LastIndexByte(address, '@'); at >= 0 {
		return "…" + address[at:]
	}
	return address
}

// explain says why there is no token. An endpoint that answers, and refuses,
// waits for a person; one that does not answer may come back.
func (e *TokenEndpoint) explain(ctx context.Context, err error) error {
	var refusal *oauth2.RetrieveError
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("token endpoint %s does not answer in time: %w", redacted(e.URL), ctx.Err())
	case !errors.As(err, &refusal):
		return fmt.Errorf("token endpoint %s: %w", redacted(e.URL), err)
	case refusal.Response.StatusCode >= http.StatusInternalServerError, refusal.Response.StatusCode == http.StatusTooManyRequests:
		return fmt.Errorf("token endpoint %s answers %s: %w", redacted(e.URL), refusal.Response.Status, errUnavailable)
	}
	// The answer itself is not repeated: it is the endpoint's, not ours to trust.
	words := refusal.Response.Status
	if refusal.ErrorCode != "" {
		words += ": " + strings.TrimSpace(refusal.ErrorCode+" "+refusal.ErrorDescription)
	}
	return &endpointRefusal{fmt.Sprintf("token endpoint %s refuses client %s (%s)", redacted(e.URL), e.ClientID, words)}
}

// endpointRefusal is an endpoint's refusal to give a token.
type endpointRefusal struct{ words string }

func (e *endpointRefusal) Error() string { return e.words }

// unavailable is an endpoint's trouble of its own. As a net.Error it counts
// among what passes.
type unavailable struct{}

func (unavailable) Error() string   { return "it has trouble of its own" }
func (unavailable) Timeout() bool   { return false }
func (unavailable) Temporary() bool { return true }

var errUnavailable error = unavailable{}
