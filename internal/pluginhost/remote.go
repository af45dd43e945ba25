package pluginhost

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"os"
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
		grpc.WithDefaultCallOptions(grpc.MaxCallSendMsgSize(maxSent), grpc.MaxCallRecvMsgSize(maxReceived), grpc.ForceCodecV2(newCodec())),
	}
}

// dialRemote opens a connection to a remote plug-in, which tells its refusals.
// Nothing is sent yet.
func dialRemote(c Config, refused refusals) (*grpc.ClientConn, error) {
	secure := insecure.NewCredentials()
	if !c.TLS.Off {
		config, err := c.tlsConfig()
		if err != nil {
			return nil, err
		}
		secure = handshake{credentials.NewTLS(config), refused}
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
