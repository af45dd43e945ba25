package pluginhost_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"

	"github.com/skysift/skysift/filter/plugin"
	"github.com/skysift/skysift/internal/pluginhost"
)

// authority signs certificates for 127.0.0.1 and plugin.example.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	file        string // of its certificate
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{certificate: &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "a test's authority"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}}
	pair := a.sign(t, a.certificate)
	a.key = pair.PrivateKey.(*ecdsa.PrivateKey)
	a.certificate, _ = x509.ParseCertificate(pair.Certificate[0])
	a.file = writePEM(t, "CERTIFICATE", pair.Certificate[0])
	return a
}

// sign makes a key and its certificate; the authority's own while it has none.
func (a *authority) sign(t *testing.T, template *x509.Certificate) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer := a.key
	if signer == nil {
		signer = key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func (a *authority) issue(t *testing.T) tls.Certificate {
	return a.issueUntil(t, time.Now().Add(time.Hour))
}

func (a *authority) issueUntil(t *testing.T, end time.Time) tls.Certificate {
	return a.sign(t, &x509.Certificate{
		SerialNumber: big.NewInt(2), NotBefore: end.Add(-2 * time.Hour), NotAfter: end,
		DNSNames: []string{"plugin.example"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	})
}

func writePEM(t *testing.T, kind string, der []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file.pem")
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// serveRemote serves the filter bright at an address until the test ends.
func serveRemote(t *testing.T, options ...grpc.ServerOption) (address string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer(options...)
	if err := plugin.Register(server, plugin.Filter{Name: "bright", Version: "1", Fields: []string{"mag"}, Judge: bright}); err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	return listener.Addr().String()
}

func remote(address string, secure pluginhost.TLS) pluginhost.Config {
	return pluginhost.Config{Filter: "remote", Address: address, TLS: secure, Deadline: 5 * time.Second}
}

func TestARemotePluginIsAskedInPlainTextWhereTLSIsOff(t *testing.T) {
	h, _ := newHost(t)
	p := open(t, h, remote(serveRemote(t), pluginhost.TLS{Off: true}))
	wantVerdicts(t, p, 17, 19)
	if p.Sum() != "" {
		t.Errorf("a remote plug-in has the sum %q", p.Sum())
	}
}

func TestARemotePluginIsAskedUnderTLS(t *testing.T) {
	ours := newAuthority(t)
	address := serveRemote(t, grpc.Creds(credentials.NewServerTLSFromCert(pair(ours.issue(t)))))
	for name, secure := range map[string]pluginhost.TLS{
		"by its address":    {CA: ours.file},
		"by another's name": {CA: ours.file, ServerName: "plugin.example"},
	} {
		t.Run(name, func(t *testing.T) {
			h, _ := newHost(t)
			wantVerdicts(t, open(t, h, remote(address, secure)), 17, 19)
		})
	}
}

func pair(c tls.Certificate) *tls.Certificate { return &c }

func TestARemotePluginThatWantsACertificateGetsOurs(t *testing.T) {
	ours := newAuthority(t)
	pool := x509.NewCertPool()
	pool.AddCert(ours.certificate)
	address := serveRemote(t, grpc.Creds(credentials.NewTLS(&tls.Config{
		Certificates: []tls.Certificate{ours.issue(t)}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: pool,
	})))
	client := ours.issue(t)
	key, err := x509.MarshalECPrivateKey(client.PrivateKey.(*ecdsa.PrivateKey))
	if err != nil {
		t.Fatal(err)
	}
	h, _ := newHost(t)
	wantVerdicts(t, open(t, h, remote(address, pluginhost.TLS{
		CA: ours.file, Certificate: writePEM(t, "CERTIFICATE", client.Certificate[0]), Key: writePEM(t, "EC PRIVATE KEY", key),
	})), 17, 19)
}

func TestARemotePluginThatCannotBeTrustedIsToldWithWhatToDo(t *testing.T) {
	ours, other := newAuthority(t), newAuthority(t)
	secured := serveRemote(t, grpc.Creds(credentials.NewServerTLSFromCert(pair(ours.issue(t)))))
	expired := serveRemote(t, grpc.Creds(credentials.NewServerTLSFromCert(pair(ours.issueUntil(t, time.Now().Add(-time.Minute))))))
	trusting := x509.NewCertPool()
	trusting.AddCert(ours.certificate)
	mutual := serveRemote(t, grpc.Creds(credentials.NewTLS(&tls.Config{
		Certificates: []tls.Certificate{ours.issue(t)}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: trusting,
	})))
	stranger := other.issue(t)
	strangersKey, err := x509.MarshalECPrivateKey(stranger.PrivateKey.(*ecdsa.PrivateKey))
	if err != nil {
		t.Fatal(err)
	}
	strangers := pluginhost.TLS{
		CA: ours.file, Certificate: writePEM(t, "CERTIFICATE", stranger.Certificate[0]), Key: writePEM(t, "EC PRIVATE KEY", strangersKey),
	}
	plain := serveRemote(t)
	noPEM := filepath.Join(t.TempDir(), "empty.pem")
	if err := os.WriteFile(noPEM, []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		address string
		tls     pluginhost.TLS
		want    []string
	}{
		"another authority":   {secured, pluginhost.TLS{CA: other.file}, []string{"unknown authority", "tls.ca_file must be"}},
		"the system's":        {secured, pluginhost.TLS{}, []string{"unknown authority", "tls.ca_file must be"}},
		"another name":        {secured, pluginhost.TLS{CA: ours.file, ServerName: "nowhere.example"}, []string{"plugin.example", "tls.server_name must be"}},
		"it has expired":      {expired, pluginhost.TLS{CA: ours.file}, []string{"certificate has expired", "needs a new certificate"}},
		"it wants ours":       {mutual, pluginhost.TLS{CA: ours.file}, []string{"certificate required", "give tls.cert_file"}},
		"not this of ours":    {mutual, strangers, []string{"does not take our certificate"}},
		"it speaks plainly":   {plain, pluginhost.TLS{CA: ours.file}, []string{"tls: false"}},
		"it wants TLS":        {secured, pluginhost.TLS{Off: true}, []string{"it gave no answer for 10s: ", "; the plug-in may want TLS: leave out tls: false"}},
		"nobody there":        {"127.0.0.1:1", pluginhost.TLS{}, []string{"it gave no answer for 10s: dial tcp 127.0.0.1:1: connect: connection refused; nothing listens there"}},
		"no such host":        {"nowhere.invalid:1", pluginhost.TLS{}, []string{"it gave no answer for 10s: ", "address: names no host that is known here"}},
		"no certificate file": {secured, pluginhost.TLS{CA: noPEM}, []string{"tls.ca_file", "has no certificate in PEM"}},
		"no such file":        {secured, pluginhost.TLS{CA: noPEM + "x"}, []string{"tls.ca_file", "no such file"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, _ := newHost(t)
			began := time.Now()
			_, err := h.NewLease().Open(t.Context(), remote(test.address, test.tls))
			if err == nil {
				t.Fatal("it is taken")
			}
			// Whether somebody will listen there is waited for, and not what only we can mend.
			if took := time.Since(began); took > 5*time.Second && name != "nobody there" && name != "it wants TLS" && name != "no such host" {
				t.Errorf("told after %v", took)
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q is not in: %v", want, err)
				}
			}
		})
	}
}
