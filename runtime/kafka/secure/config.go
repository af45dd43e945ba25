package secure

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Config says how the connections to one cluster are secured. Its zero value
// is plain text and nobody's name.
type Config struct {
	TLS  *TLS
	SASL *SASL
}

// TLS says how connections are encrypted. Its zero value trusts the system's
// authorities and shows no certificate. Files are PEM.
type TLS struct {
	// CAFile has the authorities that are trusted in place of the system's.
	CAFile string
	// CertFile and KeyFile are what we show to brokers that ask who we are.
	CertFile, KeyFile string
	// ServerName is the name that the brokers' certificates are for; "" for
	// the one by which each is reached.
	ServerName string
}

// The mechanisms of SASL.
const (
	Plain       = "PLAIN"
	ScramSHA256 = "SCRAM-SHA-256"
	ScramSHA512 = "SCRAM-SHA-512"
	OAuthBearer = "OAUTHBEARER"
)

// Mechanisms lists the mechanisms of SASL that are spoken.
func Mechanisms() []string { return []string{Plain, ScramSHA256, ScramSHA512, OAuthBearer} }

// SASL says as whom to log in. Secrets are functions, so that nothing that
// prints a configuration can print them; they are called for each login.
type SASL struct {
	Mechanism string

	// Username and Password are for PLAIN and SCRAM.
	Username string
	Password func() (string, error)

	// Token is for OAUTHBEARER.
	Token *TokenEndpoint
	// Extensions go with the token, as some services want them.
	Extensions map[string]string
}

// TokenEndpoint gives tokens for client credentials, as of RFC 6749, 4.4.
type TokenEndpoint struct {
	URL          string
	ClientID     string
	ClientSecret func() (string, error)
	Scopes       []string
	// CAFile has the authorities that are trusted in place of the system's.
	CAFile string
}

// Check returns what is wrong with the configuration: what is missing, and
// files or secrets that cannot be read. No secret is in the error.
func (c Config) Check() error {
	var errs []error
	if c.TLS != nil {
		_, err := c.TLS.client("broker")
		errs = append(errs, err)
	}
	if c.SASL != nil {
		errs = append(errs, c.SASL.check())
	}
	return errors.Join(errs...)
}

func (s *SASL) check() error {
	if !slices.Contains(Mechanisms(), s.Mechanism) {
		return fmt.Errorf("SASL mechanism %q is none of %s", s.Mechanism, strings.Join(Mechanisms(), ", "))
	}
	if s.Mechanism == OAuthBearer {
		return s.checkToken()
	}
	if s.Username == "" || s.Password == nil {
		return fmt.Errorf("SASL %s needs a username and a password", s.Mechanism)
	}
	_, err := s.mechanism(nil)
	return err
}

func (s *SASL) checkToken() error {
	t := s.Token
	if t == nil || t.URL == "" || t.ClientID == "" || t.ClientSecret == nil {
		return errors.New("SASL OAUTHBEARER needs a token URL, a client id and a client secret")
	}
	for name := range s.Extensions {
		if name == "" || name == "auth" || strings.ContainsFunc(name, func(r rune) bool { return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') }) {
			return fmt.Errorf("SASL extension %q is no name: letters alone, and not auth", name)
		}
	}
	_, err := t.ClientSecret()
	if err != nil {
		return fmt.Errorf("the client secret: %w", err)
	}
	_, err = t.client()
	return err
}
