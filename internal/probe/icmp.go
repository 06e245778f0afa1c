package probe

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"syscall"
	"time"

	"golang.org/x/net/icmp"
	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"

	"docket/internal/surface"
)

// ICMP pings a host, without the privileges that a raw socket needs.
type ICMP struct {
	// The name or the address of the host, without a port.
	Host string `yaml:"host"`
	// How many pings are sent, one after the other. Unless set, it is 1.
	Count int64 `yaml:"count"`
	// The version of IP, 4 or 6. Unless set, it is the one that the machine prefers for this host.
	IPVersion int64 `yaml:"ip_version"`
	// The surface is degraded when a round trip takes longer on average. 0 is any time.
	DegradedOver time.Duration `yaml:"degraded_over"`
	// The surface is down when a round trip takes longer on average. 0 is any time.
	DownOver time.Duration `yaml:"down_over"`
	// Whether the probe may ask addresses at which clouds hand out credentials.
	AllowMetadata bool `yaml:"allow_metadata"`
}

const (
	maxPings = 20
	// pingForbidden says what to do if Linux does not allow ping sockets (icmp(7), ping_group_range).
	pingForbidden = `Docket's own machine does not allow pings: allow them with sysctl -w net.ipv4.ping_group_range="0 2147483647"`
)

func (i *ICMP) target() string { return i.Host }

func (i *ICMP) check(wrong *faults) {
	_, err := netip.ParseAddr(i.Host)
	if err != nil && (i.Host == "" || strings.ContainsAny(i.Host, ":/@ []")) {
		wrong.add("icmp.host", "must be a name or an address without a port, such as db.example.org")
	}
	if i.Count < 0 || i.Count > maxPings {
		wrong.add("icmp.count", fmt.Sprintf("must be from 1 to %d", maxPings))
	}
	if i.IPVersion != 0 && i.IPVersion != 4 && i.IPVersion != 6 {
		wrong.add("icmp.ip_version", "must be 4 or 6")
	}
	checkLimits(wrong, "icmp", i.DegradedOver, i.DownOver)
}

type icmpProbe struct {
	ICMP

	timeout time.Duration
	// listen opens a ping socket.
	listen func(network, address string) (net.PacketConn, error)
	prober *Prober
}

func (i *ICMP) open(prober *Prober, on surface.Surface) (Probe, error) {
	p := &icmpProbe{ICMP: *i, timeout: on.Timeout, prober: prober, listen: func(network, address string) (net.PacketConn, error) {
		return icmp.ListenPacket(network, address)
	}}
	p.Count = max(1, i.Count)
	return p.read, nil
}

// read sends Count pings; each waits for its share of the time limit.
func (p *icmpProbe) read(ctx context.Context) surface.Reading {
	ctx, cancel := context.WithTimeout(ctx, p.timeout)
	defer cancel()
	f := begin(p.prober.now)
	to, err := p.resolve(ctx)
	if err != nil {
		f.failed(ctx, err, false)
		return f.end()
	}
	f.fact("address", to.String())
	family := familyOf(to)
	conn, err := p.listen(family.network, family.any)
	switch {
	case errors.Is(err, syscall.EACCES), errors.Is(err, syscall.EPERM):
		f.unread(pingForbidden)
		return f.end()
	case err != nil:
		f.unread("Docket's own machine cannot ping: " + rootCause(err))
		return f.end()
	}
	defer conn.Close() //nolint:errcheck // Nothing is left to be lost.
	defer endWith(ctx, conn)()
	var trips []time.Duration
	for n := range int(p.Count) {
		deadline, _ := ctx.Deadline() // It was given one above.
		share := time.Until(deadline) / time.Duration(int(p.Count)-n)
		took, err := family.ping(ctx, conn, to, n, share)
		switch {
		case err == nil:
			trips = append(trips, took)
		case !errors.Is(err, errNoReply):
			f.failed(ctx, err, false)
			return f.end()
		}
	}
	p.judge(f, trips)
	return f.end()
}

// judge checks the round trips of the answered pings.
func (p *icmpProbe) judge(f *finding, trips []time.Duration) {
	lost := int(p.Count) - len(trips)
	f.fact("lost", fmt.Sprintf("%d of %d", lost, p.Count))
	if len(trips) == 0 {
		f.worse(surface.Down, "no reply to %s within %s", pings(int(p.Count)), short(p.timeout))
		return
	}
	if lost > 0 {
		f.worse(surface.Degraded, "no reply to %d of %s", lost, pings(int(p.Count)))
	}
	var sum time.Duration
	for _, t := range trips {
		sum += t
	}
	f.took(sum/time.Duration(len(trips)), p.DegradedOver, p.DownOver)
}

func pings(n int) string {
	if n == 1 {
		return "a ping"
	}
	return fmt.Sprintf("%d pings", n)
}

// resolve returns the address to ping.
func (p *icmpProbe) resolve(ctx context.Context) (netip.Addr, error) {
	network := "ip"
	if p.IPVersion != 0 {
		network = fmt.Sprintf("ip%d", p.IPVersion)
	}
	all, err := net.DefaultResolver.LookupNetIP(ctx, network, p.Host)
	if err != nil {
		return netip.Addr{}, err
	}
	to := all[0].Unmap() // If there is no error, there is at least one.
	if isMetadata(to) && !p.AllowMetadata {
		return netip.Addr{}, errMetadata
	}
	return to, nil
}

// family is what differs between the two versions of IP.
type family struct {
	network, any string
	protocol     int // IANA's number.
	echo, reply  icmp.Type
}

func familyOf(to netip.Addr) family {
	if to.Is4() {
		return family{"udp4", "0.0.0.0", 1, ipv4.ICMPTypeEcho, ipv4.ICMPTypeEchoReply}
	}
	return family{"udp6", "::", 58, ipv6.ICMPTypeEchoRequest, ipv6.ICMPTypeEchoReply}
}

// errNoReply is returned when a ping was sent and not answered in time.
var errNoReply = errors.New("no reply")

// ping sends one ping and waits for its reply; replies to others are ignored. The kernel replaces the id with
// the socket's own number, so replies are recognized by their data.
func (f family) ping(ctx context.Context, conn net.PacketConn, to netip.Addr, n int, within time.Duration) (time.Duration, error) {
	data := []byte("docket " + rand.Text())
	request, err := (&icmp.Message{Type: f.echo, Body: &icmp.Echo{Seq: n + 1, Data: data}}).Marshal(nil)
	if err != nil {
		return 0, fmt.Errorf("write the ping: %w", err)
	}
	began := time.Now()
	if err := conn.SetReadDeadline(began.Add(within)); err != nil {
		return 0, err
	}
	if ctx.Err() != nil { // Checked after the deadline: endWith may have set its own before.
		return 0, ctx.Err()
	}
	if _, err := conn.WriteTo(request, &net.UDPAddr{IP: to.AsSlice(), Zone: to.Zone()}); err != nil {
		return 0, err
	}
	buf := make([]byte, 1500)
	for {
		size, _, err := conn.ReadFrom(buf)
		var late net.Error
		switch {
		case errors.Is(ctx.Err(), context.Canceled):
			return 0, ctx.Err()
		case errors.As(err, &late) && late.Timeout():
			return 0, errNoReply
		case err != nil:
			return 0, err
		}
		reply, err := icmp.ParseMessage(f.protocol, buf[:size])
		if err != nil || reply.Type != f.reply {
			continue
		}
		if echo, ok := reply.Body.(*icmp.Echo); ok && bytes.Equal(echo.Data, data) {
			return time.Since(began), nil
		}
	}
}

// rootCause is the system's own text for an error.
func rootCause(err error) string {
	if cause, ok := errors.AsType[syscall.Errno](err); ok {
		return cause.Error()
	}
	return firstWords(err.Error())
}
