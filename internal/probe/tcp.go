package probe

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"docket/internal/surface"
)

// TCP connects to an address, and may say and expect something there.
type TCP struct {
	// Address is host:port.
	Address string `yaml:"address"`
	Send    string `yaml:"send"`
	// Expect is a text that must come within the first bytes.
	Expect       string        `yaml:"expect"`
	DegradedOver time.Duration `yaml:"degraded_over"`
	DownOver     time.Duration `yaml:"down_over"`
}

// TLS shakes hands at an address, and looks at the certificate.
type TLS struct {
	// Address is host:port.
	Address string `yaml:"address"`
	// ServerName is the name that the certificate must be for; the address' host unless set.
	ServerName      string        `yaml:"server_name"`
	CertificateDays int64         `yaml:"certificate_days"`
	DegradedOver    time.Duration `yaml:"degraded_over"`
	DownOver        time.Duration `yaml:"down_over"`
}

// maxExpect bounds what is read to find the expected text.
const maxExpect = 4 << 10

func checkAddress(address string) error {
	host, port, err := net.SplitHostPort(address)
	if err != nil || host == "" || port == "" {
		return errors.New("address must be host:port")
	}
	return nil
}

func (p *Prober) tcp(s Spec, _ surface.Surface) (Probe, error) {
	t := *s.TCP
	if err := errors.Join(checkAddress(t.Address), checkLimits(t.DegradedOver, t.DownOver)); err != nil {
		return nil, err
	}
	return func(ctx context.Context) surface.Reading {
		begin := p.now()
		conn, err := p.dial(ctx, "tcp", t.Address)
		if err != nil {
			return down(fault(err))
		}
		defer conn.Close() //nolint:errcheck // It was only looked at.
		if reason := t.talk(ctx, conn); reason != "" {
			return down(reason)
		}
		return slow(surface.Reading{Status: surface.Operational, Latency: p.now().Sub(begin)}, t.DegradedOver, t.DownOver)
	}, nil
}

// talk says what is to be said, and returns what is wrong with the answer.
func (t TCP) talk(ctx context.Context, conn net.Conn) string {
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			return fault(err)
		}
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) }) // It fails only on what is closed.
	defer stop()
	if t.Send != "" {
		if _, err := io.WriteString(conn, t.Send); err != nil {
			return fault(err)
		}
	}
	if t.Expect == "" {
		return ""
	}
	var got bytes.Buffer
	chunk := make([]byte, 512)
	for got.Len() < maxExpect {
		n, err := conn.Read(chunk)
		got.Write(chunk[:n])
		if bytes.Contains(got.Bytes(), []byte(t.Expect)) {
			return ""
		}
		if err != nil {
			return fmt.Sprintf("the answer lacks %.60q: it %s", t.Expect, fault(err))
		}
	}
	return fmt.Sprintf("the answer lacks %.60q", t.Expect)
}

func (p *Prober) tls(s Spec, _ surface.Surface) (Probe, error) {
	t := *s.TLS
	if err := errors.Join(checkAddress(t.Address), checkLimits(t.DegradedOver, t.DownOver)); err != nil {
		return nil, err
	}
	if t.ServerName == "" {
		t.ServerName, _, _ = net.SplitHostPort(t.Address)
	}
	if t.CertificateDays == 0 {
		t.CertificateDays = defaultCertDays
	}
	return func(ctx context.Context) surface.Reading {
		begin := p.now()
		raw, err := p.dial(ctx, "tcp", t.Address)
		if err != nil {
			return down(fault(err))
		}
		conn := tls.Client(raw, &tls.Config{ServerName: t.ServerName, MinVersion: tls.VersionTLS12})
		defer conn.Close() //nolint:errcheck // It was only looked at.
		if err := conn.HandshakeContext(ctx); err != nil {
			return down(fault(err))
		}
		r := surface.Reading{Status: surface.Operational, Latency: p.now().Sub(begin), Evidence: map[string]string{}}
		r = slow(r, t.DegradedOver, t.DownOver)
		return expiring(r, conn.ConnectionState().PeerCertificates[0].NotAfter, p.now(), t.CertificateDays)
	}, nil
}
