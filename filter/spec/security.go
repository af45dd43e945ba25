package spec

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/skysift/skysift/internal/spelling"
)

// TLS says how the connections to a cluster are encrypted. Each value may be
// missing.
type TLS struct {
	CAFile, CertFile, KeyFile string
	ServerName                string
}

// The mechanisms of SASL.
const (
	saslPlain  = "PLAIN"
	saslBearer = "OAUTHBEARER"
)

// saslMechanisms are the mechanisms of SASL that are spoken.
var saslMechanisms = []string{saslPlain, "SCRAM-SHA-256", "SCRAM-SHA-512", saslBearer}

// SASL says as whom to log in to a cluster. Each value may be missing: flags
// and the environment can give it too.
type SASL struct {
	Mechanism string
	// Username and Password are for PLAIN and SCRAM.
	Username string
	Password Secret
	// The others are for OAUTHBEARER.
	TokenURL     string
	ClientID     string
	ClientSecret Secret
	Scopes       []string
	Extensions   map[string]string
	TokenCAFile  string
}

// Same reports whether two logins are written alike.
func (s *SASL) Same(other *SASL) bool {
	if s == nil || other == nil {
		return s == other
	}
	return s.plainly() == other.plainly()
}

// plainly is all that is written of a login, in one line.
func (s *SASL) plainly() string {
	parts := []string{s.Mechanism, s.Username, s.Password.from, s.TokenURL, s.ClientID, s.ClientSecret.from, s.TokenCAFile}
	parts = append(parts, s.Scopes...)
	for name, value := range s.Extensions {
		parts = append(parts, name+"="+value)
	}
	slices.Sort(parts[7+len(s.Scopes):])
	return strings.Join(parts, "\x00")
}

// tls reads a tls section, or whether there is TLS at all.
func (r *reader) tls(node *yaml.Node) *TLS {
	node = aliased(node)
	if node.Tag == "!!bool" {
		if node.Value == "true" {
			return &TLS{}
		}
		return nil
	}
	t := &TLS{}
	r.mapping(node, "tls", []key{
		{"ca_file", func(n *yaml.Node) { t.CAFile = r.path(n, "ca_file") }},
		{"cert_file", func(n *yaml.Node) { t.CertFile = r.path(n, "cert_file") }},
		{"key_file", func(n *yaml.Node) { t.KeyFile = r.path(n, "key_file") }},
		{"server_name", func(n *yaml.Node) { t.ServerName = r.word(n, "server_name", nil) }},
	})
	return t
}

// sasl reads a sasl section.
func (r *reader) sasl(node *yaml.Node) *SASL {
	s := &SASL{}
	r.mapping(node, "sasl", []key{
		{"mechanism", func(n *yaml.Node) { s.Mechanism = r.mechanism(n) }},
		{"username", func(n *yaml.Node) { s.Username = r.word(n, "username", nil) }},
		{"password", func(n *yaml.Node) { s.Password = r.secret(n, "password") }},
		{"password_file", func(n *yaml.Node) { s.Password = r.secretFile(n, "password_file") }},
		{"token_url", func(n *yaml.Node) { s.TokenURL = r.word(n, "token_url", nil) }},
		{"client_id", func(n *yaml.Node) { s.ClientID = r.word(n, "client_id", nil) }},
		{"client_secret", func(n *yaml.Node) { s.ClientSecret = r.secret(n, "client_secret") }},
		{"client_secret_file", func(n *yaml.Node) { s.ClientSecret = r.secretFile(n, "client_secret_file") }},
		{"scope", func(n *yaml.Node) { s.Scopes = r.checked(n, "scope", func(string) error { return nil }) }},
		{"extensions", func(n *yaml.Node) { s.Extensions = r.extensions(n) }},
		{"token_ca_file", func(n *yaml.Node) { s.TokenCAFile = r.path(n, "token_ca_file") }},
	})
	r.checkSASL(node, s)
	return s
}

func (r *reader) mechanism(node *yaml.Node) string {
	t, ok := r.text(node, "mechanism")
	if !ok {
		return ""
	}
	name := strings.ToUpper(t.value)
	if slices.Contains(saslMechanisms, name) {
		return name
	}
	mistake := r.fail(t.mark.node, "mechanism is none of %s", strings.Join(saslMechanisms, ", "))
	if near := spelling.Nearest(name, saslMechanisms); near != "" {
		mistake.Suggestion = "did you mean " + near + "?"
	}
	return ""
}

// checkSASL refuses keys that contradict each other.
func (r *reader) checkSASL(node *yaml.Node, s *SASL) {
	for _, secret := range []string{"password", "client_secret"} {
		if lookup(node, secret) != nil && lookup(node, secret+"_file") != nil {
			r.fail(lookup(node, secret+"_file"), "%s and %s_file are both given: leave one out", secret, secret)
		}
	}
	needless, what := []string{"token_url", "client_id", "client_secret", "client_secret_file", "scope", "extensions", "token_ca_file"}, "only OAUTHBEARER has it"
	switch s.Mechanism {
	case "":
		return
	case saslBearer:
		needless, what = []string{"username", "password", "password_file"}, "OAUTHBEARER logs in with client_id and client_secret"
	}
	for _, name := range needless {
		if at := lookup(node, name); at != nil {
			mistake := r.fail(at, "%s does not go with mechanism %s: %s", name, s.Mechanism, what)
			mistake.line, mistake.Length = "", 0 // it may be a secret's
		}
	}
}

func (r *reader) extensions(node *yaml.Node) map[string]string {
	all := map[string]string{}
	r.pairs(node, "extensions", func(name string, _, value *yaml.Node) {
		all[name] = r.word(value, "extension "+quoted(name), nil)
	})
	return all
}

// path reads a file's name. It is looked for from the folder of the file that
// names it, wherever skysift is started.
func (r *reader) path(node *yaml.Node, what string) string {
	return r.beside(r.word(node, what, nil))
}
