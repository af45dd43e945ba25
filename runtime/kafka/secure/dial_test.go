package secure_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	kafkago "github.com/segmentio/kafka-go"
	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/skysift/skysift/internal/kafkatest"
	"github.com/skysift/skysift/runtime/kafka/secure"
)

const secret = "hunter2-is-nobody's-business"

// given is a secret as a configuration has it.
func given(text string) func() (string, error) { return func() (string, error) { return text, nil } }

func broker(t *testing.T, options ...kfake.Opt) string {
	t.Helper()
	b, err := kfake.NewCluster(append(options, kfake.NumBrokers(1))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b.ListenAddrs()[0]
}

// dial opens a connection as kafka-go does, and asks something on it.
func dial(t *testing.T, config secure.Config, address string) error {
	t.Helper()
	d, err := secure.NewDialer(config, "test")
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	conn, err := (&kafkago.Dialer{DialFunc: d.Dial, Timeout: 20 * time.Second}).DialContext(ctx, "tcp", address)
	if err != nil {
		return err
	}
	defer conn.Close()
	_, err = conn.Brokers()
	if err != nil && (errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)) {
		if found := d.Diagnose(ctx, address); found != nil {
			return found
		}
	}
	return err
}

func TestLogins(t *testing.T) {
	address := broker(t, kfake.EnableSASL(), kfake.Superuser(secure.Plain, "ann", secret),
		kfake.Superuser(secure.ScramSHA256, "ann", secret), kfake.Superuser(secure.ScramSHA512, "ann", secret))
	for _, mechanism := range []string{secure.Plain, secure.ScramSHA256, secure.ScramSHA512} {
		t.Run(mechanism, func(t *testing.T) {
			login := &secure.SASL{Mechanism: mechanism, Username: "ann", Password: given(secret)}
			if err := dial(t, secure.Config{SASL: login}, address); err != nil {
				t.Error(err)
			}
			login.Password = given("another")
			err := dial(t, secure.Config{SASL: login}, address)
			var refused *secure.Refused
			if !errors.As(err, &refused) || !strings.Contains(err.Error(), "ann") {
				t.Errorf("another password: %v", err)
			}
		})
	}
	if err := dial(t, secure.Config{}, address); err == nil || !strings.Contains(err.Error(), "wants a login") {
		t.Errorf("without a login: %v", err)
	}
}

func TestTLS(t *testing.T) {
	ours, others := kafkatest.NewAuthority(t, "ours"), kafkatest.NewAuthority(t, "others")
	good := broker(t, kfake.TLS(ours.Sign(t, "good", time.Hour).TLS(t)))
	expired := broker(t, kfake.TLS(ours.Sign(t, "expired", -time.Hour).TLS(t)))
	named := broker(t, kfake.TLS(ours.SignFor(t, "named", time.Hour, []string{"kafka.example.org"}, nil).TLS(t)))
	plain := broker(t)
	trusting := secure.Config{TLS: &secure.TLS{CAFile: ours.File}}
	tests := []struct {
		name, address string
		config        secure.Config
		says          string // "": it connects
	}{
		{"trusted", good, trusting, ""},
		{"plain", plain, secure.Config{}, ""},
		{"another name, expected", named, secure.Config{TLS: &secure.TLS{CAFile: ours.File, ServerName: "kafka.example.org"}}, ""},
		{"another name", named, trusting, "not for the name 127.0.0.1"},
		{"expired", expired, trusting, "its certificate expired on"},
		{"another authority", good, secure.Config{TLS: &secure.TLS{CAFile: others.File}}, "authority that is not trusted here"},
		{"the system's authorities", good, secure.Config{TLS: &secure.TLS{}}, "authority that is not trusted here"},
		{"TLS on a plain port", plain, trusting, "plain text on this port"},
		{"plain on a TLS port", good, secure.Config{}, "speaks TLS on this port"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := dial(t, test.config, test.address)
			switch {
			case test.says == "" && err != nil:
				t.Error(err)
			case test.says != "" && (err == nil || !strings.Contains(err.Error(), test.says) || !errors.As(err, new(*secure.Refused))):
				t.Errorf("%v, which does not say %q", err, test.says)
			}
		})
	}
}

func TestABrokerThatIsDownIsNoRefusal(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	_ = listener.Close()
	for _, config := range []secure.Config{{}, {TLS: &secure.TLS{}}} {
		if err := dial(t, config, address); err == nil || errors.As(err, new(*secure.Refused)) {
			t.Errorf("%v", err)
		}
	}
}

func TestARefusedLoginIsNotRepeatedUntilTheSecretChanges(t *testing.T) {
	var logins atomic.Int64
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := broker(t, kfake.EnableSASL(), kfake.Superuser(secure.Plain, "ann", secret), kfake.ListenFn(func(string, string) (net.Listener, error) {
		return counting{listener, &logins}, nil
	}))
	password := "wrong"
	d, err := secure.NewDialer(secure.Config{SASL: &secure.SASL{Mechanism: secure.Plain, Username: "ann", Password: func() (string, error) { return password, nil }}}, "test")
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := d.Dial(t.Context(), "tcp", address); err == nil {
			t.Fatal("a wrong password is taken")
		}
	}
	if n := logins.Load(); n != 1 {
		t.Errorf("%d connections were opened", n)
	}
	password = secret
	conn, err := d.Dial(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.Close()
}

// counting counts the connections that are accepted.
type counting struct {
	net.Listener
	n *atomic.Int64
}

func (c counting) Accept() (net.Conn, error) {
	conn, err := c.Listener.Accept()
	if err == nil {
		c.n.Add(1)
	}
	return conn, err
}

func TestConfigurationsThatCannotBe(t *testing.T) {
	ours := kafkatest.NewAuthority(t, "ours")
	cert := ours.Sign(t, "client", time.Hour)
	bearer := func(url string) *secure.SASL {
		return &secure.SASL{Mechanism: secure.OAuthBearer, Token: &secure.TokenEndpoint{URL: url, ClientID: "me", ClientSecret: given(secret)}}
	}
	missing := filepath.Join(t.TempDir(), "missing.pem")
	tests := []struct {
		name   string
		config secure.Config
		says   string
	}{
		{"no CA file", secure.Config{TLS: &secure.TLS{CAFile: missing}}, "missing.pem"},
		{"a CA file of a key", secure.Config{TLS: &secure.TLS{CAFile: cert.KeyFile}}, "no certificate in PEM"},
		{"a certificate without a key", secure.Config{TLS: &secure.TLS{CertFile: cert.CertFile}}, "go together"},
		{"a certificate as a key", secure.Config{TLS: &secure.TLS{CertFile: cert.CertFile, KeyFile: cert.CertFile}}, "cannot be used"},
		{"an unknown mechanism", secure.Config{SASL: &secure.SASL{Mechanism: "GSSAPI"}}, "none of PLAIN"},
		{"no password", secure.Config{SASL: &secure.SASL{Mechanism: secure.Plain, Username: "ann"}}, "needs a username and a password"},
		{"a password that cannot be read", secure.Config{SASL: &secure.SASL{Mechanism: secure.Plain, Username: "ann", Password: func() (string, error) { return "", io.ErrNoProgress }}}, "the password of SASL user ann"},
		{"a control character for SCRAM", secure.Config{SASL: &secure.SASL{Mechanism: secure.ScramSHA256, Username: "ann", Password: given(secret + "\x07")}}, "does not allow"},
		{"a token URL without a host", secure.Config{SASL: bearer("https:/token")}, "no address of the web"},
		{"a token URL with a user", secure.Config{SASL: bearer("https://me:" + secret + "@example.org/token")}, "no address of the web"},
		{"a token URL in plain text", secure.Config{SASL: bearer("http://example.org/token")}, "use https"},
		{"no token URL", secure.Config{SASL: &secure.SASL{Mechanism: secure.OAuthBearer}}, "needs a token URL"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := test.config.Check()
			if err == nil || !strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), secret) {
				t.Errorf("%v, which does not say %q", err, test.says)
			}
			for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
				if strings.Contains(fmt.Sprintf(verb, test.config), secret) {
					t.Errorf("%s prints the secret", verb)
				}
			}
		})
	}
}
