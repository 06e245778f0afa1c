package probe

import (
	"context"
	"crypto/tls"
	"net"
	"time"

	"docket/internal/surface"
)

// TLS makes a handshake with a TLS server and checks its certificate: chain, name and expiry.
type TLS struct {
	// The address to connect to, host:port.
	Address string `yaml:"address"`
	// The name to ask for, which the certificate must be valid for. Unless set, it is the host of the address.
	ServerName string `yaml:"server_name"`
	// The surface is degraded this many days before its certificate ends. Unless set, it is 14, and less for
	// certificates that are valid for less than eight weeks.
	CertificateDays int64 `yaml:"certificate_days"`
	// The surface is degraded when the handshake takes longer, connecting included. 0 is any time.
	DegradedOver time.Duration `yaml:"degraded_over"`
	// The surface is down when the handshake takes longer. 0 is any time.
	DownOver time.Duration `yaml:"down_over"`
	// A file with certificates of authorities that are trusted besides the machine's own.
	CAFile string `yaml:"ca_file"`
	// Whether any certificate is trusted; its end is watched all the same.
	Insecure bool `yaml:"insecure"`
	// Whether the probe may ask addresses at which clouds hand out credentials.
	AllowMetadata bool `yaml:"allow_metadata"`
}

func (t *TLS) target() string { return t.Address }

func (t *TLS) check(wrong *faults) {
	checkAddress(wrong, "tls.address", t.Address)
	checkLimits(wrong, "tls", t.DegradedOver, t.DownOver)
	checkExpiry(wrong, "tls", t.CertificateDays)
}

type tlsProbe struct {
	TLS

	dialer *net.Dialer
	config *tls.Config
	prober *Prober
}

func (t *TLS) open(prober *Prober, on surface.Surface) (Probe, error) {
	config, err := prober.tlsConfig("tls", t.CAFile, t.Insecure)
	if err != nil {
		return nil, err
	}
	config.ServerName = t.ServerName
	if t.ServerName == "" {
		config.ServerName, _, _ = net.SplitHostPort(t.Address) // check has already split it.
	}
	return (&tlsProbe{*t, dialer(on.Timeout, t.AllowMetadata), config, prober}).read, nil
}

// read makes one handshake.
func (p *tlsProbe) read(ctx context.Context) surface.Reading {
	f := begin(p.prober.now)
	raw, err := p.dialer.DialContext(ctx, "tcp", p.Address)
	if err != nil {
		f.failed(ctx, err, false)
		return f.end()
	}
	defer raw.Close() //nolint:errcheck // Nothing is left to be lost.
	f.fact("address", raw.RemoteAddr().String())
	conn := tls.Client(raw, p.config)
	if err := conn.HandshakeContext(ctx); err != nil {
		f.failed(ctx, err, true)
		return f.end()
	}
	f.answered(p.DegradedOver, p.DownOver)
	state := conn.ConnectionState()
	f.fact("tls", tls.VersionName(state.Version))
	f.certificate(&state, p.CertificateDays, p.prober.now())
	return f.end()
}
