package probe

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io/fs"
	"net"
	"net/http"
	"os"
	"time"
)

// way is what distinguishes one transport from another.
type way struct {
	caFile   string
	timeout  time.Duration
	insecure bool
	metadata bool
	keep     bool
}

// The limits of a transport. A connection is kept only if the next reading comes soon: 5,000 surfaces that
// are read twice a minute would hold 5,000 connections for 167 readings a second, and a real user's
// connection is new as well.
const (
	keepUpTo       = 10 * time.Second
	keepFor        = 15 * time.Second
	maxKept        = 1024
	maxKeptPerHost = 256
	connBuffer     = 2 << 10
	maxHeaderBytes = 64 << 10
	maxHeldBodies  = 64 << 20
)

// transport returns the transport of a way. The error is a *Fault: a CA file that cannot be read.
func (p *Prober) transport(on way) (*http.Transport, error) {
	config, err := p.tlsConfig("http", on.caFile, on.insecure)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if t, ok := p.transports[on]; ok {
		return t, nil
	}
	t := &http.Transport{
		// In net/http a dial outlives its request, including the handshake, so both get the reading's timeout
		// as their own.
		DialContext:       dialer(on.timeout, on.metadata).DialContext,
		TLSClientConfig:   config,
		DisableKeepAlives: !on.keep, MaxIdleConns: maxKept, MaxIdleConnsPerHost: maxKeptPerHost, IdleConnTimeout: keepFor,
		// Responses we did not ask to compress are not decompressed, so the limit on a body is the size on
		// the wire.
		DisableCompression: true, MaxResponseHeaderBytes: maxHeaderBytes, TLSHandshakeTimeout: on.timeout,
		ReadBufferSize: connBuffer, WriteBufferSize: connBuffer,
	}
	p.transports[on] = t
	return t, nil
}

// dialer connects within a timeout, and refuses metadata addresses unless they are allowed.
func dialer(timeout time.Duration, metadata bool) *net.Dialer {
	d := &net.Dialer{Timeout: timeout, KeepAliveConfig: net.KeepAliveConfig{Enable: false}, KeepAlive: -1}
	if !metadata {
		d.ControlContext = guard
	}
	return d
}

// fileReason is why a file cannot be read, without its name.
func fileReason(err error) string {
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		err = path.Err
	}
	return err.Error()
}

// tlsConfig trusts the machine's CA certificates and those in a file.
func (p *Prober) tlsConfig(kind, caFile string, insecure bool) (*tls.Config, error) {
	//nolint:gosec // Only if the configuration says insecure: true.
	config := &tls.Config{InsecureSkipVerify: insecure, MinVersion: tls.VersionTLS12}
	if caFile == "" {
		return config, nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	pool, ok := p.trust[caFile]
	if !ok {
		text, err := os.ReadFile(caFile) //nolint:gosec // The operator names it.
		if err != nil {
			return nil, &Fault{kind + ".ca_file", "cannot be read: " + fileReason(err)}
		}
		if pool, err = x509.SystemCertPool(); err != nil {
			pool = x509.NewCertPool()
		}
		if !pool.AppendCertsFromPEM(text) {
			return nil, &Fault{kind + ".ca_file", "names " + caFile + ", which contains no certificate in PEM"}
		}
		p.trust[caFile] = pool
	}
	config.RootCAs = pool
	return config, nil
}
