package probe

import (
	"context"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/net/icmp"
	"golang.org/x/net/ipv4"

	"docket/internal/surface"
)

// Each machine shows what it does: one that forbids pings is named as the cause, and says
// nothing about the surface.
func TestLoopbackIsPingedOrTheMachineSaysWhyNot(t *testing.T) {
	for _, c := range []struct{ host, network, any string }{{"127.0.0.1", "udp4", "0.0.0.0"}, {"::1", "udp6", "::"}} {
		t.Run(c.host, func(t *testing.T) {
			r := read(t, Spec{&ICMP{Host: c.host, Count: 3}}, 0)
			conn, err := icmp.ListenPacket(c.network, c.any)
			if err != nil {
				t.Logf("this machine does not let us ping: %v", err)
				if !strings.Contains(r.Reason, "Docket's own machine") || r.Status != surface.Unknown {
					t.Errorf("pings are forbidden here, and the reading is %s: %q", r.Status, r.Reason)
				}
				if os.IsPermission(err) {
					expect(t, r, surface.Unknown, `sysctl -w net.ipv4.ping_group_range="0 2147483647"`)
				}
				return
			}
			_ = conn.Close() // Only to see whether it opens.
			if v6, err := net.Listen("tcp", net.JoinHostPort(c.host, "0")); err != nil {
				expect(t, r, surface.Unknown, "Docket's own machine cannot connect")
				return
			} else if err := v6.Close(); err != nil {
				t.Fatal(err)
			}
			expect(t, r, surface.Operational, "")
			if r.Evidence["lost"] != "0 of 3" || r.Evidence["address"] != c.host || r.Latency <= 0 {
				t.Errorf("its evidence is %v, its latency %s", r.Evidence, r.Latency)
			}
		})
	}
}

// network is a ping socket whose host answers all pings but those that are to be lost.
type network struct {
	net.PacketConn

	lost    []int // by number, from 1
	refuses error
	sent    int
	replies chan []byte
	until   time.Time
	stopped chan struct{}
}

func newNetwork(lost []int, refuses error) *network {
	return &network{lost: lost, refuses: refuses, replies: make(chan []byte, 100), stopped: make(chan struct{})}
}

func (n *network) Close() error { return nil }

func (n *network) SetDeadline(time.Time) error {
	close(n.stopped)
	return nil
}

func (n *network) SetReadDeadline(at time.Time) error {
	n.until = at
	return nil
}

func (n *network) WriteTo(b []byte, _ net.Addr) (int, error) {
	if n.refuses != nil {
		return 0, n.refuses
	}
	m, err := icmp.ParseMessage(1, b)
	if err != nil {
		return 0, err
	}
	n.sent++
	if slices.Contains(n.lost, n.sent) {
		return len(b), nil
	}
	m.Type = ipv4.ICMPTypeEchoReply
	reply, err := m.Marshal(nil)
	if err != nil {
		return 0, err
	}
	echo, _ := m.Body.(*icmp.Echo) // A request's body is one.
	echo = &icmp.Echo{ID: echo.ID, Seq: echo.Seq, Data: []byte("of another program")}
	other, err := (&icmp.Message{Type: ipv4.ICMPTypeEchoReply, Body: echo}).Marshal(nil)
	if err != nil {
		return 0, err
	}
	n.replies <- []byte("no ICMP")
	n.replies <- other
	n.replies <- reply
	return len(b), nil
}

func (n *network) ReadFrom(b []byte) (int, net.Addr, error) {
	select {
	case reply := <-n.replies:
		return copy(b, reply), nil, nil
	case <-time.After(time.Until(n.until)):
	case <-n.stopped:
	}
	return 0, nil, os.ErrDeadlineExceeded
}

func TestRoundTripsAndLossAreJudged(t *testing.T) {
	for _, c := range []struct {
		name    string
		set     ICMP
		lost    []int
		refuses error
		listen  error
		status  surface.Status
		reason  string
	}{
		{name: "answered", status: surface.Operational},
		{name: "one of three lost", set: ICMP{Count: 3}, lost: []int{2}, status: surface.Degraded, reason: "no reply to 1 of 3 pings"},
		{name: "the only one lost", lost: []int{1}, status: surface.Down, reason: "no reply to a ping within 300ms"},
		{name: "all lost", set: ICMP{Count: 2}, lost: []int{1, 2}, status: surface.Down, reason: "no reply to 2 pings within 300ms"},
		{name: "slow", set: ICMP{DownOver: 1}, status: surface.Down, reason: "responded in "},
		{
			name: "no way there", refuses: &net.OpError{Op: "write", Err: os.NewSyscallError("sendto", syscall.EHOSTUNREACH)},
			status: surface.Down, reason: "no route to the host",
		},
		{
			name: "no network here", refuses: os.NewSyscallError("sendto", syscall.ENETUNREACH),
			status: surface.Unknown, reason: "Docket's own machine cannot connect",
		},
		{
			name: "forbidden", listen: os.NewSyscallError("socket", syscall.EACCES),
			status: surface.Unknown, reason: `sysctl -w net.ipv4.ping_group_range="0 2147483647"`,
		},
		{
			name: "no such socket", listen: os.NewSyscallError("socket", syscall.EPROTONOSUPPORT),
			status: surface.Unknown, reason: "Docket's own machine cannot ping: protocol not supported",
		},
		{name: "an address of credentials", set: ICMP{Host: "169.254.169.254"}, status: surface.Unknown, reason: "allow_metadata"},
		{name: "an address of the other version", set: ICMP{Host: "127.0.0.1", IPVersion: 6}, status: surface.Down, reason: "127.0.0.1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.set.Count = max(1, c.set.Count)
			if c.set.Host == "" {
				c.set.Host = "192.0.2.1"
			}
			p := icmpProbe{c.set, 300 * time.Millisecond, func(string, string) (net.PacketConn, error) {
				if c.listen != nil {
					return nil, fmt.Errorf("listen: %w", c.listen)
				}
				return newNetwork(c.lost, c.refuses), nil
			}, New(nil, time.Now(), "")}
			expect(t, p.read(t.Context()), c.status, c.reason)
		})
	}
}

func TestPingEndsWithItsContext(t *testing.T) {
	conn := newNetwork([]int{1}, nil)
	ctx, cancel := context.WithCancel(t.Context())
	p := icmpProbe{ICMP{Host: "192.0.2.1", Count: 1}, time.Hour, func(string, string) (net.PacketConn, error) {
		time.AfterFunc(10*time.Millisecond, cancel)
		return conn, nil
	}, New(nil, time.Now(), "")}
	expect(t, p.read(ctx), surface.Unknown, "the probe was stopped")
}
