package probe

import (
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"docket/internal/surface"
)

// nameServer answers by datagram and by connection, at one port; answer makes an answer of
// a question, nil for silence.
func nameServer(t *testing.T, answer func(network string, asked dnsmessage.Message) []byte) string {
	t.Helper()
	unpacked := func(network string, text []byte) []byte {
		var m dnsmessage.Message
		if m.Unpack(text) != nil || len(m.Questions) != 1 {
			return nil
		}
		return answer(network, m)
	}
	address := serve(t, func(c net.Conn) {
		head := make([]byte, 2)
		for {
			if _, err := io.ReadFull(c, head); err != nil {
				return
			}
			text := make([]byte, binary.BigEndian.Uint16(head))
			if _, err := io.ReadFull(c, text); err != nil {
				return
			}
			reply := unpacked("tcp", text)
			say(c, string(binary.BigEndian.AppendUint16(nil, uint16(len(reply))))+string(reply))
		}
	})
	packets, err := net.ListenPacket("udp", address)
	if err != nil {
		t.Fatal(err)
	}
	var loop sync.WaitGroup
	loop.Go(func() {
		buf := make([]byte, 1500)
		for {
			n, from, err := packets.ReadFrom(buf)
			if err != nil {
				return
			}
			if reply := unpacked("udp", buf[:n]); reply != nil {
				_, _ = packets.WriteTo(reply, from) // Who asked may have gone.
			}
		}
	})
	t.Cleanup(func() { packets.Close(); loop.Wait() })
	return address
}

// zone is what the tests' name server knows of shop.example.org and of the address 192.0.2.1.
func zone(asked dnsmessage.Message) dnsmessage.Message {
	q := asked.Questions[0]
	out := dnsmessage.Message{Header: dnsmessage.Header{ID: asked.ID, Response: true}, Questions: asked.Questions}
	name := dnsmessage.MustNewName
	add := func(bodies ...dnsmessage.ResourceBody) {
		for _, body := range bodies {
			out.Answers = append(out.Answers,
				dnsmessage.Resource{Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class, TTL: 1}, Body: body})
		}
	}
	switch host := strings.ToLower(q.Name.String()); {
	case host == "1.2.0.192.in-addr.arpa." && q.Type == dnsmessage.TypePTR:
		add(&dnsmessage.PTRResource{PTR: name("Shop.example.org.")})
	case strings.HasPrefix(host, "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"):
		add(&dnsmessage.PTRResource{PTR: name("six.example.org.")})
	case host == "ill.example.org.":
		out.RCode = dnsmessage.RCodeServerFailure
	case host == "odd.example.org.":
		out.RCode = 11
	case host != "shop.example.org.":
		out.RCode = dnsmessage.RCodeNameError
	case q.Type == dnsmessage.TypeA:
		add(&dnsmessage.AResource{A: [4]byte{192, 0, 2, 2}}, &dnsmessage.AResource{A: [4]byte{192, 0, 2, 1}})
	case q.Type == dnsmessage.TypeMX:
		add(&dnsmessage.MXResource{Pref: 10, MX: name("Mail.example.org.")})
	case q.Type == dnsmessage.TypeNS:
		add(&dnsmessage.NSResource{NS: name("ns1.example.org.")})
	case q.Type == dnsmessage.TypeCNAME:
		add(&dnsmessage.CNAMEResource{CNAME: name("front.example.net.")})
	case q.Type == dnsmessage.TypeSRV:
		add(&dnsmessage.SRVResource{Priority: 1, Weight: 2, Port: 5060, Target: name("sip.example.org.")})
	case q.Type == dnsmessage.TypeSOA:
		add(&dnsmessage.SOAResource{NS: name("ns1.example.org."), MBox: name("admin.example.org."), Serial: 7})
	case q.Type == dnsmessage.TypeTXT:
		add(&dnsmessage.TXTResource{TXT: []string{"v=spf1 ", "-all"}}, &dnsmessage.TXTResource{TXT: []string{"\xff\x00bad"}})
	}
	return out
}

func packed(t *testing.T, m dnsmessage.Message) []byte {
	text, err := m.Pack()
	if err != nil {
		t.Error(err)
	}
	return text
}

func TestAnswersOfANameServerAreJudged(t *testing.T) {
	server := nameServer(t, func(_ string, asked dnsmessage.Message) []byte { return packed(t, zone(asked)) })
	for _, c := range []struct {
		name   string
		set    DNS
		status surface.Status
		reason string
	}{
		{"any address", DNS{Name: "shop.example.org"}, surface.Operational, ""},
		{"an address that is expected", DNS{Name: "SHOP.example.org.", Expect: []string{"192.0.2.1"}}, surface.Operational, ""},
		{"an address that is not there", DNS{Name: "shop.example.org", Expect: []string{"192.0.2.9"}}, surface.Down,
			"the response lacks 192.0.2.9: it has 192.0.2.1, 192.0.2.2"},
		{"an address too many", DNS{Name: "shop.example.org", Expect: []string{"192.0.2.1"}, Only: true}, surface.Down,
			"the response has 192.0.2.2, which is not expected"},
		{"these addresses only", DNS{Name: "shop.example.org", Expect: []string{"192.0.2.1", "192.0.2.2"}, Only: true}, surface.Operational, ""},
		{"no record of the type", DNS{Name: "shop.example.org", Type: "AAAA"}, surface.Down, "the name shop.example.org has no AAAA record"},
		{"no such name", DNS{Name: "gone.example.org"}, surface.Down, "the name gone.example.org does not exist"},
		{"a server that cannot", DNS{Name: "ill.example.org"}, surface.Down, "the name server returned SERVFAIL"},
		{"a server that says something new", DNS{Name: "odd.example.org"}, surface.Down, "the name server returned code 11"},
		{"mail", DNS{Name: "shop.example.org", Type: "mx", Expect: []string{"10 mail.example.org"}}, surface.Operational, ""},
		{"mail without its preference", DNS{Name: "shop.example.org", Type: "MX", Expect: []string{"mail.example.org."}, Only: true},
			surface.Operational, ""},
		{"mail elsewhere", DNS{Name: "shop.example.org", Type: "MX", Expect: []string{"20 mail.example.org"}}, surface.Down,
			"the response lacks 20 mail.example.org: it has 10 Mail.example.org"},
		{"name servers", DNS{Name: "shop.example.org", Type: "NS", Expect: []string{"ns1.example.org"}}, surface.Operational, ""},
		{"another name", DNS{Name: "shop.example.org", Type: "CNAME", Expect: []string{"front.example.net"}}, surface.Operational, ""},
		{"a service", DNS{Name: "shop.example.org", Type: "SRV", Expect: []string{"1 2 5060 sip.example.org"}}, surface.Operational, ""},
		{"an authority", DNS{Name: "shop.example.org", Type: "SOA", Expect: []string{"ns1.example.org admin.example.org 7"}},
			surface.Operational, ""},
		{"a text in pieces, beside one that is none", DNS{Name: "shop.example.org", Type: "TXT", Expect: []string{"v=spf1 -all"}},
			surface.Operational, ""},
		{"a text in other letters", DNS{Name: "shop.example.org", Type: "TXT", Expect: []string{"V=spf1 -all"}}, surface.Down,
			"the response lacks V=spf1 -all"},
		{"an address' name", DNS{Name: "192.0.2.1", Type: "PTR", Expect: []string{"shop.example.org"}}, surface.Operational, ""},
		{"an IPv6 address' name", DNS{Name: "2001:db8::1", Type: "PTR", Expect: []string{"six.example.org"}}, surface.Operational, ""},
		{"slow", DNS{Name: "shop.example.org", DegradedOver: 1, DownOver: time.Minute}, surface.Degraded, "responded in "},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.set.Resolver = server
			r := read(t, Spec{&c.set}, 0)
			expect(t, r, c.status, c.reason)
			if r.Evidence["resolver"] != server {
				t.Errorf("the evidence is %v", r.Evidence)
			}
		})
	}
}

func TestLongAnswerComesByAConnection(t *testing.T) {
	server := nameServer(t, func(network string, asked dnsmessage.Message) []byte {
		m := zone(asked)
		if network == "udp" {
			m.Truncated, m.Answers = true, nil
		}
		return packed(t, m)
	})
	expect(t, read(t, Spec{&DNS{Name: "shop.example.org", Resolver: server, Expect: []string{"192.0.2.1"}}}, 0), surface.Operational, "")
}

func TestOnlyTheAnswerToTheQuestionCounts(t *testing.T) {
	server := nameServer(t, func(_ string, asked dnsmessage.Message) []byte {
		forged := zone(asked)
		forged.ID++
		return packed(t, forged)
	})
	expect(t, read(t, Spec{&DNS{Name: "shop.example.org", Resolver: server}}, 200*time.Millisecond),
		surface.Down, "no complete response within")
	server = nameServer(t, func(_ string, asked dnsmessage.Message) []byte {
		other := zone(asked)
		other.Questions = []dnsmessage.Question{{Name: dnsmessage.MustNewName("evil.example.org."), Type: dnsmessage.TypeA,
			Class: dnsmessage.ClassINET}}
		return packed(t, other)
	})
	expect(t, read(t, Spec{&DNS{Name: "shop.example.org", Resolver: server}}, 200*time.Millisecond),
		surface.Down, "no complete response within")
	server = nameServer(t, func(string, dnsmessage.Message) []byte { return []byte("\xff\xff no message at all \x00") })
	expect(t, read(t, Spec{&DNS{Name: "shop.example.org", Resolver: server}}, 200*time.Millisecond),
		surface.Down, "no complete response within")
}

func TestLostDatagramIsSentAgain(t *testing.T) {
	var asked atomic.Int32
	server := nameServer(t, func(_ string, q dnsmessage.Message) []byte {
		if asked.Add(1) == 1 {
			return nil
		}
		return packed(t, zone(q))
	})
	r := read(t, Spec{&DNS{Name: "shop.example.org", Resolver: server}}, 4*time.Second)
	expect(t, r, surface.Operational, "")
	if r.Latency < askAgainAfter {
		t.Errorf("a latency of %s hides the datagram that was lost", r.Latency)
	}
}

func TestNameServerThatIsNotThereIsDown(t *testing.T) {
	expect(t, read(t, Spec{&DNS{Name: "shop.example.org", Resolver: closedPort(t)}}, 0), surface.Down, "connection refused")
	expect(t, read(t, Spec{&DNS{Name: "shop.example.org", Resolver: "169.254.169.254:53"}}, 0), surface.Unknown, "allow_metadata")
}

func TestReverseNames(t *testing.T) {
	for ip, want := range map[string]string{
		"192.0.2.1":   "1.2.0.192.in-addr.arpa.",
		"2001:db8::1": "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.",
	} {
		if got := reverse(netip.MustParseAddr(ip)); got != want {
			t.Errorf("%s is %s, want %s", ip, got, want)
		}
	}
}

func FuzzAnswerOfANameServer(f *testing.F) {
	q := dnsmessage.Question{Name: dnsmessage.MustNewName("shop.example.org."), Type: dnsmessage.TypeA, Class: dnsmessage.ClassINET}
	for _, kind := range recordTypes {
		q.Type = kind
		m := zone(dnsmessage.Message{Questions: []dnsmessage.Question{q}})
		text, err := m.Pack()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var m dnsmessage.Message
		if m.Unpack(text) != nil || len(m.Questions) == 0 {
			return
		}
		answers(m, dnsmessage.Message{Questions: []dnsmessage.Question{q}})
		d := dnsProbe{DNS: DNS{Name: "shop.example.org", Expect: []string{"192.0.2.1"}}, question: m.Questions[0]}
		found := begin(time.Now)
		d.judge(found, m.RCode, d.values(m))
		if r := found.end(); (r.Status == surface.Operational) != (r.Reason == "") || len(r.Reason) > 300 {
			t.Errorf("%s with the reason %q", r.Status, r.Reason)
		}
	})
}
