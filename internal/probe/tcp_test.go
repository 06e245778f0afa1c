package probe

import (
	"crypto/tls"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"docket/internal/surface"
)

func TestPortIsJudged(t *testing.T) {
	quiet := serve(t, func(c net.Conn) { swallow(c) })
	greets := serve(t, func(c net.Conn) { say(c, "+OK \xff ready\r\n") })
	echoes := serve(t, func(c net.Conn) { _, _ = io.Copy(c, c) })
	chatters := serve(t, func(c net.Conn) {
		for err := error(nil); err == nil; {
			_, err = io.WriteString(c, strings.Repeat("bla ", 1000))
		}
	})
	for _, c := range []struct {
		name   string
		set    TCP
		status surface.Status
		reason string
	}{
		{"connected", TCP{Address: quiet}, surface.Operational, ""},
		{"a greeting", TCP{Address: greets, Expect: "ready"}, surface.Operational, ""},
		{"another greeting", TCP{Address: greets, Expect: "ESMTP"}, surface.Down, `the reply does not contain "ESMTP"`},
		{"asked and answered", TCP{Address: echoes, Send: "PING\r\n", Expect: "PING"}, surface.Operational, ""},
		{"no answer", TCP{Address: quiet, Send: "PING\r\n", Expect: "PONG"}, surface.Down, "connected, but no complete response within"},
		{"talk without end", TCP{Address: chatters, Expect: "PONG"}, surface.Down, "the first 64 KiB of the reply do not contain"},
		{"nobody there", TCP{Address: closedPort(t)}, surface.Down, "connection refused by 127.0.0.1:"},
		{"slow", TCP{Address: quiet, DegradedOver: 1}, surface.Degraded, "responded in "},
	} {
		t.Run(c.name, func(t *testing.T) {
			timeout := 2 * time.Second
			if strings.Contains(c.reason, "within") {
				timeout = 100 * time.Millisecond
			}
			expect(t, read(t, Spec{&c.set}, timeout), c.status, c.reason)
		})
	}
}

func TestHandshakeIsJudged(t *testing.T) {
	ca := newAuthority(t)
	shake := func(config *tls.Config) string {
		return serve(t, func(c net.Conn) {
			conn := tls.Server(c, config)
			if conn.Handshake() == nil {
				swallow(conn)
			}
		})
	}
	good := shake(ca.server(t, "mail.example.org", day, 90*day))
	soon := shake(ca.server(t, "mail.example.org", 80*day, 10*day))
	over := shake(ca.server(t, "mail.example.org", 80*day, -day))
	old := ca.server(t, "mail.example.org", day, 90*day)
	old.MaxVersion = tls.VersionTLS11
	silent := serve(t, func(c net.Conn) { swallow(c) })
	plain := serve(t, func(c net.Conn) { say(c, "220 mail.example.org ESMTP\r\n"); swallow(c) })
	for _, c := range []struct {
		name   string
		set    TLS
		status surface.Status
		reason string
	}{
		{"good", TLS{Address: good, CAFile: ca.file}, surface.Operational, ""},
		{"good by its name", TLS{Address: good, CAFile: ca.file, ServerName: "mail.example.org"}, surface.Operational, ""},
		{"another name", TLS{Address: good, CAFile: ca.file, ServerName: "www.example.org"}, surface.Down,
			"the certificate is not for www.example.org"},
		{"unknown authority", TLS{Address: good}, surface.Down, "signed by an unknown authority"},
		{"ends soon", TLS{Address: soon, CAFile: ca.file}, surface.Degraded, "the certificate expires in 9 days"},
		{"ends soon, insecure", TLS{Address: soon, Insecure: true}, surface.Degraded, "the certificate expires in 9 days"},
		{"over", TLS{Address: over, CAFile: ca.file}, surface.Down, "the certificate is only valid from"},
		{"an old protocol", TLS{Address: shake(old), CAFile: ca.file}, surface.Down, "the TLS handshake was refused: "},
		{"no TLS", TLS{Address: plain}, surface.Down, "the server does not speak TLS"},
		{"no answer", TLS{Address: silent}, surface.Down, "connected, but no complete response within"},
		{"nobody there", TLS{Address: closedPort(t)}, surface.Down, "connection refused"},
	} {
		t.Run(c.name, func(t *testing.T) {
			timeout := 2 * time.Second
			if strings.Contains(c.reason, "within") {
				timeout = 100 * time.Millisecond
			}
			expect(t, read(t, Spec{&c.set}, timeout), c.status, c.reason)
		})
	}
}

func TestMetadataAddressesAreRefused(t *testing.T) {
	for _, address := range []string{
		"169.254.169.254:80", "[fd00:ec2::254]:80", "[::ffff:169.254.169.254]:80", "[64:ff9b::a9fe:a9fe]:80", "169.254.170.2:80",
		"[fe80::a9fe:a9fe%lo]:80",
	} {
		for _, s := range []Spec{{&HTTP{URL: "http://" + strings.ReplaceAll(address, "%", "%25")}}, {&TCP{Address: address}},
			{&TLS{Address: address}}} {
			expect(t, read(t, s, 0), surface.Unknown, "allow_metadata")
		}
	}
	expect(t, read(t, Spec{&HTTP{URL: redirector(t, "http://169.254.169.254/latest/meta-data/iam")}}, 0), surface.Unknown, "allow_metadata")
	for _, open := range []string{"127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.1.1", "fd00::1", "::1", "93.184.216.34", "2606:2800::1"} {
		if isMetadata(netip.MustParseAddr(open)) {
			t.Errorf("%s is refused", open)
		}
	}
	// Allowed, it is asked: whatever comes of that, it was not refused.
	r := read(t, Spec{&TCP{Address: "169.254.169.254:80", AllowMetadata: true}}, 100*time.Millisecond)
	if strings.Contains(r.Reason, "allow_metadata") {
		t.Errorf("allowed, and yet: %s", r.Reason)
	}
}

func redirector(t *testing.T, to string) (url string) {
	t.Helper()
	return "http://" + serve(t, func(c net.Conn) {
		hear(c)
		say(c, "HTTP/1.1 302 Found\r\nLocation: "+to+"\r\nContent-Length: 0\r\n\r\n")
	})
}
