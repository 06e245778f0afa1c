package probe

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"docket/internal/surface"
)

// read makes a probe and asks once, within two seconds where within is 0.
func read(t *testing.T, s Spec, within time.Duration) surface.Reading {
	t.Helper()
	return readBy(t, New(nil, time.Now(), "docket/test"), s, within)
}

func readBy(t *testing.T, by *Prober, s Spec, within time.Duration) surface.Reading {
	t.Helper()
	if within == 0 {
		within = 2 * time.Second
	}
	ask, err := by.Make(s, surface.Surface{Name: "it", Every: time.Minute, Timeout: within})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	began := time.Now()
	r := ask(ctx)
	if took := time.Since(began); took > within+2*time.Second {
		t.Errorf("it took %s with a timeout of %s", took, within)
	}
	if len(r.Reason) > 300 || strings.Contains(r.Reason, "\n") {
		t.Errorf("the reason %q is no short line", r.Reason)
	}
	if (r.Status == surface.Operational) != (r.Reason == "") {
		t.Errorf("%s with the reason %q", r.Status, r.Reason)
	}
	return r
}

// expect holds a reading against a status and what its reason must say.
func expect(t *testing.T, r surface.Reading, status surface.Status, reason string) {
	t.Helper()
	if r.Status != status || !strings.Contains(r.Reason, reason) {
		t.Errorf("it is %s: %q; want %s: %q", r.Status, r.Reason, status, reason)
	}
}

// serve listens on loopback and hands each connection to talk, in a goroutine of its own,
// until the test ends.
func serve(t *testing.T, talk func(net.Conn)) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() {
				defer conn.Close()
				stop := context.AfterFunc(t.Context(), func() { conn.Close() })
				defer stop()
				talk(conn)
			})
		}
	})
	t.Cleanup(func() { l.Close(); all.Wait() })
	return l.Addr().String()
}

// closedPort is an address of this machine where nobody listens.
func closedPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// authority is a certificate authority of a test.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	// file holds its certificate.
	file string
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{file: filepath.Join(t.TempDir(), "ca.pem")}
	a.cert, a.key = a.sign(t, &x509.Certificate{
		Subject: pkix.Name{CommonName: "Test CA"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
		NotBefore: time.Now().Add(-24 * time.Hour), NotAfter: time.Now().Add(10 * 365 * 24 * time.Hour),
	})
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.cert.Raw})
	if err := os.WriteFile(a.file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return a
}

// sign signs a certificate, itself where there is no authority yet.
func (a *authority) sign(t *testing.T, c *x509.Certificate) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if c.SerialNumber, err = rand.Int(rand.Reader, big.NewInt(1<<62)); err != nil {
		t.Fatal(err)
	}
	parent, signer := a.cert, a.key
	if parent == nil {
		parent, signer = c, key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert, key
}

// server is a TLS server's settings, with a certificate for the name and 127.0.0.1, valid
// from before until after now.
func (a *authority) server(t *testing.T, name string, before, after time.Duration) *tls.Config {
	t.Helper()
	cert, key := a.sign(t, &x509.Certificate{
		Subject: pkix.Name{CommonName: name}, DNSNames: []string{name}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-before), NotAfter: time.Now().Add(after), ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	})
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{cert.Raw}, PrivateKey: key}}}
}

const day = 24 * time.Hour

// What the other side of a connection does not take, or say, is its own affair.

func say(w io.Writer, text string) { _, _ = io.WriteString(w, text) }

func hear(r io.Reader) { _, _ = r.Read(make([]byte, 4096)) }

func swallow(r io.Reader) { _, _ = io.Copy(io.Discard, r) }

func flush(w http.ResponseWriter) { _ = http.NewResponseController(w).Flush() }
