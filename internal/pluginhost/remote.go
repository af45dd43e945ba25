package pluginhost

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"

	"github.com/skysift/skysift/filter/plugin"
)

// The bounds of a message. A batch to the plug-in is cut well below them; a
// reply has a few bytes an alert.
const (
	maxSent     = plugin.MaxMessage
	maxReceived = 16 << 20
)

func limits() []grpc.DialOption {
	return []grpc.DialOption{
		grpc.WithDefaultCallOptions(grpc.MaxCallSendMsgSize(maxSent), grpc.MaxCallRecvMsgSize(maxReceived)),
	}
}

// dialRemote opens a connection to a remote plug-in. Nothing is sent yet.
func dialRemote(c Config) (*grpc.ClientConn, error) {
	secure := insecure.NewCredentials()
	if !c.TLS.Off {
		config, err := c.tlsConfig()
		if err != nil {
			return nil, err
		}
		secure = credentials.NewTLS(config)
	}
	connection, err := grpc.NewClient("dns:///"+c.Address, append(limits(),
		grpc.WithTransportCredentials(secure),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 30 * time.Second, Timeout: 10 * time.Second}),
		grpc.WithConnectParams(grpc.ConnectParams{
			Backoff: backoff.Config{BaseDelay: 100 * time.Millisecond, Multiplier: 2, Jitter: 0.2, MaxDelay: 5 * time.Second}, MinConnectTimeout: 5 * time.Second,
		}))...)
	if err != nil {
		return nil, fmt.Errorf("address %s: %w", c.Address, err)
	}
	return connection, nil
}

func (c Config) tlsConfig() (*tls.Config, error) {
	host, _, err := net.SplitHostPort(c.Address)
	if err != nil {
		return nil, fmt.Errorf("address %s: %w", c.Address, err)
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: host}
	if c.TLS.ServerName != "" {
		config.ServerName = c.TLS.ServerName
	}
	if c.TLS.CA != "" {
		text, err := os.ReadFile(c.TLS.CA)
		if err != nil {
			return nil, fmt.Errorf("tls.ca_file: %w", err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("tls.ca_file: %s has no certificate in PEM", c.TLS.CA)
		}
	}
	if c.TLS.Certificate != "" {
		pair, err := tls.LoadX509KeyPair(c.TLS.Certificate, c.TLS.Key)
		if err != nil {
			return nil, fmt.Errorf("tls.cert_file and tls.key_file: %w", err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return config, nil
}

// remoteAdvice says what to do about a connection to a remote plug-in that
// failed. gRPC passes on what its transport said as text only.
func remoteAdvice(message string) string {
	for _, known := range [...]struct{ says, advice string }{
		{"signed by unknown authority", "tls.ca_file must be the certificate of the authority that signed the plug-in's"},
		{"x509: certificate is valid for", "tls.server_name must be a name that the plug-in's certificate has"},
		{"x509: cannot validate certificate for", "tls.server_name must be a name that the plug-in's certificate has"},
		{"does not look like a TLS handshake", "the plug-in speaks no TLS: give it a certificate, or write tls: false, by which whoever is on the way can read and change what is said"},
		{"tls: certificate required", "the plug-in wants a certificate of ours: give tls.cert_file and tls.key_file"},
		{"error reading server preface", "the plug-in may want TLS: leave out tls: false"},
		{"connection refused", "nothing listens there: is the plug-in up, and its address right?"},
	} {
		if strings.Contains(message, known.says) {
			return "; " + known.advice
		}
	}
	return ""
}
