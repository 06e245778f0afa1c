package probe

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"

	"docket/internal/fault"
	"docket/internal/surface"
)

// TCP connects to a port, and talks to it if Send or Expect is set.
type TCP struct {
	// The address to connect to, host:port.
	Address string `yaml:"address"`
	// A text that is sent once connected.
	Send fault.Secret `yaml:"send"`
	// A text that must come back, within the first 64 KiB.
	Expect string `yaml:"expect"`
	// The surface is degraded when this takes longer. 0 is any time.
	DegradedOver time.Duration `yaml:"degraded_over"`
	// The surface is down when this takes longer. 0 is any time.
	DownOver time.Duration `yaml:"down_over"`
	// Whether the probe may ask addresses at which clouds hand out credentials.
	AllowMetadata bool `yaml:"allow_metadata"`
}

// maxReply is how much of a reply is read.
const maxReply = 64 << 10

func (t *TCP) target() string { return t.Address }

func (t *TCP) check(wrong *faults) {
	checkAddress(wrong, "tcp.address", t.Address)
	if len(t.Expect) > maxReply/2 {
		wrong.add("tcp.expect", fmt.Sprintf("is longer than %d bytes", maxReply/2))
	}
	checkLimits(wrong, "tcp", t.DegradedOver, t.DownOver)
}

// checkAddress requires a host and a port number.
func checkAddress(wrong *faults, key, address string) {
	host, port, err := net.SplitHostPort(address)
	n, portErr := strconv.Atoi(port)
	if err != nil || portErr != nil || host == "" || n < 1 || n > 65535 {
		wrong.add(key, "must be host:port, such as db.example.org:5432")
	}
}

type tcpProbe struct {
	TCP

	dialer *net.Dialer
	prober *Prober
}

func (t *TCP) open(prober *Prober, on surface.Surface) (Probe, error) {
	return (&tcpProbe{*t, dialer(on.Timeout, t.AllowMetadata), prober}).read, nil
}

// read connects once.
func (p *tcpProbe) read(ctx context.Context) surface.Reading {
	f := begin(p.prober.now)
	conn, err := p.dialer.DialContext(ctx, "tcp", p.Address)
	if err != nil {
		f.failed(ctx, err, false)
		return f.end()
	}
	defer conn.Close() //nolint:errcheck // Nothing is left to be lost.
	f.fact("address", conn.RemoteAddr().String())
	stop := endWith(ctx, conn)
	defer stop()
	if err := p.talk(f, conn); err != nil {
		f.failed(ctx, err, true)
		return f.end()
	}
	f.answered(p.DegradedOver, p.DownOver)
	return f.end()
}

// endWith makes reads and writes on a connection end when ctx does.
func endWith(ctx context.Context, conn interface{ SetDeadline(at time.Time) error }) (stop func() bool) {
	return context.AfterFunc(ctx, func() {
		_ = conn.SetDeadline(time.Unix(1, 0)) // A connection that is already closed has ended as well.
	})
}

func (p *tcpProbe) talk(f *finding, conn net.Conn) error {
	if p.Send.Set() {
		if _, err := io.WriteString(conn, p.Send.Reveal()); err != nil {
			return err
		}
	}
	if p.Expect == "" {
		return nil
	}
	reply := make([]byte, 0, 1<<10)
	for !bytes.Contains(reply, []byte(p.Expect)) {
		if len(reply) >= maxReply {
			f.worse(surface.Down, "the first %d KiB of the reply do not contain %q", maxReply>>10, p.Expect)
			return nil
		}
		if len(reply) == cap(reply) {
			reply = append(make([]byte, 0, 4*cap(reply)), reply...)
		}
		n, err := conn.Read(reply[len(reply):cap(reply)])
		reply = reply[:len(reply)+n]
		if errors.Is(err, io.EOF) && len(reply) > 0 && !bytes.Contains(reply, []byte(p.Expect)) {
			f.worse(surface.Down, "the reply does not contain %q", p.Expect)
			return nil
		}
		if err != nil && !bytes.Contains(reply, []byte(p.Expect)) {
			return err
		}
	}
	return nil
}
