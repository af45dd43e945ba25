package pluginhost

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"

	"google.golang.org/grpc/credentials"
)

// refusals tells the first reason for which no TLS connection can come about, however
// often it is tried. gRPC, which goes on trying, would tell it only at the end.
type refusals chan error

// tell notes a reason that no further try takes away; others may pass.
func (r refusals) tell(err error) {
	var (
		certificate *tls.CertificateVerificationError
		noTLS       tls.RecordHeaderError
		alert       *net.OpError // crypto/tls's form of what the other side has against us
	)
	told := errors.As(err, &alert) && alert.Op == "remote error"
	if !told && !errors.As(err, &certificate) && !errors.As(err, &noTLS) {
		return
	}
	select {
	case r <- err:
	default:
	}
}

// within returns a context that ends with the first refusal, which is then its cause.
func (r refusals) within(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, end := context.WithCancelCause(ctx)
	go func() {
		select {
		case err := <-r:
			end(&refusal{err})
		case <-ctx.Done():
		}
	}()
	return ctx, func() { end(nil) }
}

// refusal is a TLS connection that did not come about.
type refusal struct{ err error }

func (e *refusal) Error() string {
	return fmt.Sprintf("no TLS connection to it comes about: %v%s", e.err, remoteAdvice(e.err.Error()))
}

func (e *refusal) Unwrap() error { return e.err }

// handshake is credentials whose refusals are told.
type handshake struct {
	credentials.TransportCredentials
	refused refusals
}

// ClientHandshake implements credentials.TransportCredentials.
func (h handshake) ClientHandshake(ctx context.Context, authority string, raw net.Conn) (net.Conn, credentials.AuthInfo, error) {
	secured, info, err := h.TransportCredentials.ClientHandshake(ctx, authority, raw)
	if err != nil {
		h.refused.tell(err)
		return nil, nil, err
	}
	return handshaken{secured, h.refused}, info, nil
}

// Clone implements credentials.TransportCredentials.
func (h handshake) Clone() credentials.TransportCredentials {
	return handshake{h.TransportCredentials.Clone(), h.refused}
}

// handshaken is a connection on which the other side may still refuse us: under TLS
// 1.3 it says only after the handshake that it wants another certificate of ours.
type handshaken struct {
	net.Conn
	refused refusals
}

func (c handshaken) Read(into []byte) (int, error) {
	n, err := c.Conn.Read(into)
	if err != nil {
		c.refused.tell(err)
	}
	return n, err
}

const noHost = "address: names no host that is known here: is it spelt right?"

// remoteAdvice says what to do about a connection to a remote plug-in that
// failed. gRPC passes on what its transport said as text only.
func remoteAdvice(message string) string {
	for _, known := range [...]struct{ says, advice string }{
		{"signed by unknown authority", "tls.ca_file must be the certificate of the authority that signed the plug-in's"},
		{"x509: certificate is valid for", "tls.server_name must be a name that the plug-in's certificate has"},
		{"x509: certificate is not valid for any names", "the plug-in needs a certificate that names its host (subjectAltName), or tls.server_name is wrong"},
		{"x509: cannot validate certificate for", "tls.server_name must be a name that the plug-in's certificate has"},
		{"legacy Common Name", "the plug-in needs a certificate that names its host as subjectAltName"},
		{"certificate has expired or is not yet valid", "the plug-in needs a new certificate, unless the clock here is wrong"},
		{"does not look like a TLS handshake", "the plug-in speaks no TLS: give it a certificate, or write tls: false, by which whoever is on the way can read and change what is said"},
		{"tls: certificate required", "the plug-in wants a certificate of ours: give tls.cert_file and tls.key_file"},
		{"tls: bad certificate", "the plug-in does not take our certificate: tls.cert_file must be one that its authority signed, for clients"},
		{"tls: unknown certificate authority", "the plug-in does not take our certificate: tls.cert_file must be one that its authority signed"},
		{"tls: expired certificate", "our certificate has expired: tls.cert_file must be a new one"},
		{"tls: protocol version not supported", "the plug-in speaks no TLS 1.2 or later: update it"},
		{"error reading server preface", "the plug-in may want TLS: leave out tls: false"},
		{"produced zero addresses", noHost},
		{"no such host", noHost},
		{"connection refused", "nothing listens there: is the plug-in up, and its address right?"},
	} {
		if strings.Contains(message, known.says) {
			return "; " + known.advice
		}
	}
	return ""
}
