package main

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"github.com/skysift/skysift/filter/spec"
	"github.com/skysift/skysift/runtime/kafka/secure"
)

// securityFlags are how one cluster's connections are secured, as far as flags
// say it. Secrets have no flag, since others see a command line: they come
// from variables, or from files that flags name.
type securityFlags struct {
	prefix string // of the flags: "", or "output-"
	tls    bool

	caFile, certFile, keyFile, serverName string
	mechanism, username, passwordFile     string
	tokenURL, clientID, secretFile        string
	tokenCAFile                           string
	scopes                                []string

	set *pflag.FlagSet
}

// add adds the flags of the cluster that whose names.
func (f *securityFlags) add(set *pflag.FlagSet, prefix, whose string) {
	f.set, f.prefix = set, prefix
	text := func(at *string, name, usage string) { set.StringVar(at, prefix+name, "", usage+whose) }
	set.BoolVar(&f.tls, prefix+"tls", false, "encrypt the connections to"+whose)
	text(&f.caFile, "tls-ca-file", "the `FILE` of the authorities that are trusted in place of the system's, for")
	text(&f.certFile, "tls-cert-file", "the `FILE` of our certificate for")
	text(&f.keyFile, "tls-key-file", "the `FILE` of that certificate's key, for")
	text(&f.serverName, "tls-server-name", "the `NAME` in the certificates of")
	text(&f.mechanism, "sasl-mechanism", "log in by this `MECHANISM` ("+strings.Join(secure.Mechanisms(), ", ")+") to")
	text(&f.username, "sasl-username", "the user's `NAME` at")
	text(&f.passwordFile, "sasl-password-file", "the `FILE` of the password (or set "+variable(prefix+"sasl-password")+") for")
	text(&f.tokenURL, "sasl-token-url", "the `URL` that gives tokens for")
	text(&f.clientID, "sasl-client-id", "the client's `ID` there, for")
	text(&f.secretFile, "sasl-client-secret-file", "the `FILE` of the client's secret (or set "+variable(prefix+"sasl-client-secret")+") for")
	text(&f.tokenCAFile, "sasl-token-ca-file", "the `FILE` of the authorities that are trusted for the token URL of")
	set.StringSliceVar(&f.scopes, prefix+"sasl-scope", nil, "the `SCOPES` of tokens for"+whose)
}

// given reports whether any of the flags that begin so is set.
func (f *securityFlags) given(group string) bool {
	found := false
	f.set.Visit(func(flag *pflag.Flag) { found = found || strings.HasPrefix(flag.Name, f.prefix+group) })
	return found
}

// settle puts together what the flags, the environment and the file say of one
// cluster. section is the file's: "stream" or "output".
func (f *securityFlags) settle(section string, tls *spec.TLS, sasl *spec.SASL, env func(string) (string, bool)) (secure.Config, error) {
	var config secure.Config
	config.TLS = f.settleTLS(tls)
	s, wanted := f.settleSASL(sasl, env)
	if wanted {
		if err := f.complete(section, s); err != nil {
			return config, err
		}
		config.SASL = loginOf(s)
	}
	if err := config.Check(); err != nil {
		return config, fmt.Errorf("%s: %w", section, err)
	}
	return config, nil
}

func (f *securityFlags) settleTLS(file *spec.TLS) *secure.TLS {
	if f.set.Changed(f.prefix+"tls") && !f.tls || file == nil && !f.given("tls") {
		return nil
	}
	if file == nil {
		file = &spec.TLS{}
	}
	return &secure.TLS{
		CAFile: cmp.Or(f.caFile, file.CAFile), CertFile: cmp.Or(f.certFile, file.CertFile),
		KeyFile: cmp.Or(f.keyFile, file.KeyFile), ServerName: cmp.Or(f.serverName, file.ServerName),
	}
}

// settleSASL also reports whether there is to be a login at all.
func (f *securityFlags) settleSASL(file *spec.SASL, env func(string) (string, bool)) (spec.SASL, bool) {
	wanted := file != nil || f.given("sasl")
	if file == nil {
		file = &spec.SASL{}
	}
	s := *file
	s.Mechanism = strings.ToUpper(cmp.Or(f.mechanism, file.Mechanism))
	s.Username, s.TokenURL = cmp.Or(f.username, file.Username), cmp.Or(f.tokenURL, file.TokenURL)
	s.ClientID, s.TokenCAFile = cmp.Or(f.clientID, file.ClientID), cmp.Or(f.tokenCAFile, file.TokenCAFile)
	s.Scopes = either(f.scopes, file.Scopes)
	s.Password = f.secret("sasl-password", f.passwordFile, file.Password, env)
	s.ClientSecret = f.secret("sasl-client-secret", f.secretFile, file.ClientSecret, env)
	return s, wanted
}

// secret is where a secret comes from: the flag's file, else the variable,
// else what the file of filters says.
func (f *securityFlags) secret(name, path string, file spec.Secret, env func(string) (string, bool)) spec.Secret {
	if path != "" {
		return spec.SecretIn(path)
	}
	if value, set := env(variable(f.prefix + name)); set && value != "" {
		return spec.SecretOf(variable(f.prefix+name), env)
	}
	return file
}

// complete says what a login lacks.
func (f *securityFlags) complete(section string, s spec.SASL) error {
	type want struct {
		flag, what, key string
		there           bool
	}
	wants := []want{{"sasl-mechanism", "no SASL mechanism", "mechanism", s.Mechanism != ""}}
	switch s.Mechanism {
	case "":
	case secure.OAuthBearer:
		wants = append(wants,
			want{"sasl-token-url", "no token URL for OAUTHBEARER", "token_url", s.TokenURL != ""},
			want{"sasl-client-id", "no client id for OAUTHBEARER", "client_id", s.ClientID != ""},
			want{"sasl-client-secret-file", "no client secret for OAUTHBEARER", "client_secret", s.ClientSecret.Given()})
	default:
		wants = append(wants,
			want{"sasl-username", "no user for " + s.Mechanism, "username", s.Username != ""},
			want{"sasl-password-file", "no password for " + s.Mechanism, "password", s.Password.Given()})
	}
	for _, w := range wants {
		if !w.there {
			return missing(f.prefix+w.flag, w.what, section+".sasl."+w.key)
		}
	}
	return nil
}

func loginOf(s spec.SASL) *secure.SASL {
	login := &secure.SASL{Mechanism: s.Mechanism, Extensions: s.Extensions}
	if s.Mechanism != secure.OAuthBearer {
		login.Username, login.Password = s.Username, s.Password.Reveal
		return login
	}
	login.Token = &secure.TokenEndpoint{
		URL: s.TokenURL, ClientID: s.ClientID, ClientSecret: s.ClientSecret.Reveal, Scopes: s.Scopes, CAFile: s.TokenCAFile,
	}
	return login
}

// inTheClear reports whether a password would go over the network as it is.
func inTheClear(config secure.Config) bool {
	return config.TLS == nil && config.SASL != nil && (config.SASL.Mechanism == secure.Plain || config.SASL.Mechanism == secure.OAuthBearer)
}
