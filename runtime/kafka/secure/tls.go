package secure

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"time"
)

// client returns the configuration for a connection to host.
func (t *TLS) client(host string) (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: host}
	if t.ServerName != "" {
		config.ServerName = t.ServerName
	}
	if t.CAFile != "" {
		pool, err := authorities(t.CAFile)
		if err != nil {
			return nil, err
		}
		config.RootCAs = pool
	}
	if (t.CertFile == "") != (t.KeyFile == "") {
		return nil, errors.New("a TLS client certificate and its key go together: give both files, or neither")
	}
	if t.CertFile != "" {
		own, err := tls.LoadX509KeyPair(t.CertFile, t.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("TLS client certificate %s with key %s cannot be used (both are PEM, the key without a password): %w", t.CertFile, t.KeyFile, err)
		}
		config.Certificates = []tls.Certificate{own}
	}
	return config, nil
}

// authorities reads the certificates of a PEM file.
func authorities(path string) (*x509.CertPool, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("TLS authorities: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("TLS authorities: %s has no certificate in PEM, which begins with -----BEGIN CERTIFICATE-----", path)
	}
	return pool, nil
}

// encrypt makes the TLS handshake on a connection, which it closes if that
// fails.
func (d *Dialer) encrypt(ctx context.Context, plain net.Conn, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		host = address
	}
	config, err := d.config.TLS.client(host)
	if err != nil {
		_ = plain.Close()
		return nil, &Refused{Broker: address, What: "no TLS connection", Err: err}
	}
	conn := tls.Client(plain, config)
	// A port without TLS may wait for more, so that there is an end before ctx's.
	limited, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	if err := conn.HandshakeContext(limited); err != nil {
		_ = plain.Close()
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, d.explainTLS(ctx, address, config, err)
	}
	return conn, nil
}

// explainTLS says in words why a handshake failed. What may pass by itself
// stays as it is.
func (d *Dialer) explainTLS(ctx context.Context, address string, config *tls.Config, err error) error {
	refused := &Refused{Broker: address, What: "TLS fails", Err: err}
	var (
		invalid   x509.CertificateInvalidError
		authority x509.UnknownAuthorityError
		host      x509.HostnameError
		header    tls.RecordHeaderError
	)
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		refused.What = validity(invalid.Cert)
		refused.Remedy = "its operators must renew it (or this machine's clock is wrong)"
	case errors.As(err, &authority):
		refused.What = "its certificate is signed by an authority that is not trusted here"
		refused.Remedy = "name the file of that authority's certificate as ca_file of tls"
	case errors.As(err, &host):
		refused.What = fmt.Sprintf("its certificate is not for the name %s", config.ServerName)
		refused.Remedy = "reach it by a name that its certificate has, or name that one as server_name of tls"
	case errors.As(err, &header), silent(err), errors.Is(err, context.DeadlineExceeded):
		if !d.speaksPlain(ctx, address) {
			return fmt.Errorf("broker %s: in the TLS handshake: %w", address, err)
		}
		refused.What = "it speaks plain text on this port, not TLS"
		refused.Remedy = "use the port of its TLS listener, or leave tls out"
	default:
		return d.explainAlert(address, err)
	}
	return refused
}

func validity(c *x509.Certificate) string {
	if time.Now().Before(c.NotBefore) {
		return "its certificate is valid only from " + c.NotBefore.UTC().Format(time.RFC3339)
	}
	return "its certificate expired on " + c.NotAfter.UTC().Format(time.RFC3339)
}

// explainAlert explains the broker's word that it does not go on with TLS. It
// comes in the handshake or, with TLS 1.3, in place of the first answer.
func (d *Dialer) explainAlert(address string, err error) error {
	var network *net.OpError
	if !errors.As(err, &network) || network.Op != "remote error" {
		return err
	}
	refused := &Refused{Broker: address, What: "it refuses TLS with us", Err: err}
	if d.config.TLS.CertFile == "" {
		refused.Remedy = "if it asks for a client certificate, name it as cert_file and key_file of tls"
	} else {
		refused.Remedy = "check that it trusts our client certificate, " + d.config.TLS.CertFile + ", and that this has not expired"
	}
	return refused
}

// silent says that a broker closed the connection without a word.
func silent(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}
