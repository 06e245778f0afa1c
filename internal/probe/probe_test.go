package probe_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"docket/internal/desk"
	"docket/internal/probe"
	"docket/internal/surface"
)

// beats is what jobs said.
type beats struct {
	at  time.Time
	err error
}

func (b beats) LastBeat(context.Context, string) (time.Time, error) { return b.at, b.err }

// read makes a probe and reads once.
func read(t *testing.T, s probe.Spec) surface.Reading {
	t.Helper()
	return readWith(t, probe.New(beats{}, time.Now(), "docket/test"), s, 2*time.Second)
}

func readWith(t *testing.T, p *probe.Prober, s probe.Spec, within time.Duration) surface.Reading {
	t.Helper()
	do, err := p.Make(s, surface.Surface{Name: "it", Every: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	return do(ctx)
}

// wants checks a reading's status and a part of its reason.
func wants(t *testing.T, r surface.Reading, status surface.Status, reason string) {
	t.Helper()
	if r.Status != status || !strings.Contains(r.Reason, reason) || (reason == "" && r.Reason != "") {
		t.Errorf("read %s %q, want %s %q", r.Status, r.Reason, status, reason)
	}
}

func TestHTTPConditions(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("/ok", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Kind", "shop")
		_, _ = fmt.Fprintf(w, `{"status": "ok", "who": %q, "agent": %q, "method": %q}`, r.Header.Get("X-Token"), r.UserAgent(), r.Method)
	})
	mux.HandleFunc("/ill", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusServiceUnavailable) })
	mux.HandleFunc("/loop", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/loop", http.StatusFound) })
	mux.HandleFunc("/moved", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/ok", http.StatusFound) })
	mux.HandleFunc("/slow", func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-time.After(150 * time.Millisecond):
		case <-r.Context().Done():
		}
		_, _ = io.WriteString(w, "ok")
	})
	mux.HandleFunc("/stuck", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	mux.HandleFunc("/huge", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.Copy(w, io.LimitReader(endless{}, 8<<20)) })
	mux.HandleFunc("/cut", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		_, _ = io.WriteString(w, "half")
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	at := func(path string) string { return server.URL + path }
	for _, c := range []struct {
		name   string
		http   probe.HTTP
		status surface.Status
		reason string
	}{
		{"well", probe.HTTP{URL: at("/ok")}, surface.Operational, ""},
		{"another status", probe.HTTP{URL: at("/ill")}, surface.Down, "answered 503 Service Unavailable, expected 2xx"},
		{"a status that is wanted", probe.HTTP{URL: at("/ill"), Status: []string{"200", "500-599"}}, surface.Operational, ""},
		{"a text that is there", probe.HTTP{URL: at("/ok"), Contains: `"ok"`, Matches: `"status": *"ok"`}, surface.Operational, ""},
		{"a text that is not", probe.HTTP{URL: at("/ok"), Contains: "fine"}, surface.Down, `the answer lacks "fine"`},
		{"a text that must not be", probe.HTTP{URL: at("/ok"), Lacks: "status"}, surface.Down, `the answer contains "status"`},
		{"a pattern", probe.HTTP{URL: at("/ok"), Matches: "^nothing$"}, surface.Down, "does not match"},
		{"a header of the answer", probe.HTTP{URL: at("/ok"), AnswerHeaders: map[string]string{"X-Kind": "book"}}, surface.Down, `the header X-Kind is "shop"`},
		{"headers and method that are sent", probe.HTTP{URL: at("/ok"), Method: "POST", Headers: map[string]desk.Secret{"X-Token": "s3cret"}, Contains: `"who": "s3cret", "agent": "docket/test", "method": "POST"`}, surface.Operational, ""},
		{"redirects are followed", probe.HTTP{URL: at("/moved"), Contains: "ok"}, surface.Operational, ""},
		{"redirects are refused", probe.HTTP{URL: at("/moved"), Redirects: "refuse", Status: []string{"302"}}, surface.Operational, ""},
		{"redirects without end", probe.HTTP{URL: at("/loop")}, surface.Down, "redirects more than 5 times"},
		{"slow", probe.HTTP{URL: at("/slow"), DegradedOver: 20 * time.Millisecond}, surface.Degraded, "more than 20ms"},
		{"too slow", probe.HTTP{URL: at("/slow"), DegradedOver: 20 * time.Millisecond, DownOver: 40 * time.Millisecond}, surface.Down, "more than 40ms"},
		{"a huge answer is read in part", probe.HTTP{URL: at("/huge"), Contains: "xxx"}, surface.Operational, ""},
		{"a cut answer", probe.HTTP{URL: at("/cut")}, surface.Down, "answered 200 and then cut the connection"},
		{"nobody there", probe.HTTP{URL: "http://127.0.0.1:1/?token=s3cret"}, surface.Down, "connection refused"},
		{"a name that is not", probe.HTTP{URL: "http://docket.invalid/"}, surface.Down, "docket.invalid"},
		{"a metadata service", probe.HTTP{URL: "http://169.254.169.254/latest/meta-data/"}, surface.Down, "metadata service"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := read(t, probe.Spec{HTTP: &c.http})
			wants(t, r, c.status, c.reason)
			if strings.Contains(r.Reason, "s3cret") {
				t.Error("the reason holds a secret")
			}
		})
	}
	t.Run("no answer", func(t *testing.T) {
		r := readWith(t, probe.New(beats{}, time.Now(), ""), probe.Spec{HTTP: &probe.HTTP{URL: at("/stuck")}}, 100*time.Millisecond)
		wants(t, r, surface.Down, "did not answer in time")
	})
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

func TestCertificates(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok") }))
	defer server.Close()
	address := strings.TrimPrefix(server.URL, "https://")
	wants(t, read(t, probe.Spec{HTTP: &probe.HTTP{URL: server.URL}}), surface.Down, "authority that is not trusted")
	wants(t, read(t, probe.Spec{TLS: &probe.TLS{Address: address}}), surface.Down, "authority that is not trusted")
	ok := read(t, probe.Spec{HTTP: &probe.HTTP{URL: server.URL, Insecure: true}})
	wants(t, ok, surface.Operational, "")
	if ok.Evidence["certificate_expires"] == "" {
		t.Error("the certificate's end is not told")
	}
	wants(t, read(t, probe.Spec{HTTP: &probe.HTTP{URL: server.URL, Insecure: true, CertificateDays: 40_000}}), surface.Degraded, "the certificate expires in")
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	wants(t, read(t, probe.Spec{TLS: &probe.TLS{Address: strings.TrimPrefix(plain.URL, "http://")}}), surface.Down, "does not speak TLS")
}

func TestTCPTalks(t *testing.T) {
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = io.WriteString(conn, "220 mail.example.org ready\r\n")
			_ = conn.Close()
		}
	}()
	address := listener.Addr().String()
	wants(t, read(t, probe.Spec{TCP: &probe.TCP{Address: address}}), surface.Operational, "")
	wants(t, read(t, probe.Spec{TCP: &probe.TCP{Address: address, Expect: "220 "}}), surface.Operational, "")
	wants(t, read(t, probe.Spec{TCP: &probe.TCP{Address: address, Expect: "554 "}}), surface.Down, `the answer lacks "554 "`)
	wants(t, read(t, probe.Spec{TCP: &probe.TCP{Address: "127.0.0.1:1"}}), surface.Down, "connection refused")
}

// nameServer answers A and TXT questions about shop.example.org.
func nameServer(t *testing.T) string {
	t.Helper()
	conn, err := new(net.ListenConfig).ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	go func() {
		buf := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(buf[:n]) != nil || len(m.Questions) != 1 {
				continue
			}
			q := m.Questions[0]
			out := dnsmessage.Message{Header: dnsmessage.Header{ID: m.ID, Response: true, Authoritative: true}, Questions: m.Questions}
			head := dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class, TTL: 1}
			switch {
			case q.Name.String() != "shop.example.org.":
				out.RCode = dnsmessage.RCodeNameError
			case q.Type == dnsmessage.TypeA:
				out.Answers = []dnsmessage.Resource{{Header: head, Body: &dnsmessage.AResource{A: [4]byte{192, 0, 2, 1}}}}
			case q.Type == dnsmessage.TypeTXT:
				out.Answers = []dnsmessage.Resource{{Header: head, Body: &dnsmessage.TXTResource{TXT: []string{"v=1"}}}}
			}
			if text, err := out.Pack(); err == nil {
				_, _ = conn.WriteTo(text, from)
			}
		}
	}()
	return conn.LocalAddr().String()
}

func TestDNSAnswers(t *testing.T) {
	server := nameServer(t)
	wants(t, read(t, probe.Spec{DNS: &probe.DNS{Name: "shop.example.org", Resolver: server, Expect: []string{"192.0.2.1"}}}), surface.Operational, "")
	wants(t, read(t, probe.Spec{DNS: &probe.DNS{Name: "shop.example.org", Type: "TXT", Resolver: server, Expect: []string{"v=1"}}}), surface.Operational, "")
	wants(t, read(t, probe.Spec{DNS: &probe.DNS{Name: "shop.example.org", Resolver: server, Expect: []string{"192.0.2.9"}}}), surface.Down, `the answer lacks "192.0.2.9"`)
	wants(t, read(t, probe.Spec{DNS: &probe.DNS{Name: "gone.example.org", Resolver: server}}), surface.Down, "gone.example.org")
}

func TestSilenceOfAJobIsTheFault(t *testing.T) {
	now := time.Now()
	spec := probe.Spec{Heartbeat: &probe.Heartbeat{Within: time.Hour, Grace: 10 * time.Minute}}
	for _, c := range []struct {
		name   string
		beats  beats
		booted time.Time
		status surface.Status
		reason string
	}{
		{"in time", beats{at: now.Add(-30 * time.Minute)}, now, surface.Operational, ""},
		{"late", beats{at: now.Add(-65 * time.Minute)}, now, surface.Degraded, "has not checked in for 1h5m0s"},
		{"silent", beats{at: now.Add(-2 * time.Hour)}, now, surface.Down, "has not checked in for 2h0m0s, expected every 1h0m0s"},
		{"never, and docket has just begun", beats{}, now, surface.Unknown, "has not checked in yet"},
		{"never", beats{}, now.Add(-2 * time.Hour), surface.Down, "has never checked in"},
		{"not known", beats{err: errors.New("away")}, now, surface.Unknown, "docket's own database"},
	} {
		t.Run(c.name, func(t *testing.T) {
			wants(t, readWith(t, probe.New(c.beats, c.booted, ""), spec, time.Second), c.status, c.reason)
		})
	}
}

func TestHerokuDynos(t *testing.T) {
	answer, status := "[]", http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/apps/shop/dynos" || r.Header.Get("Authorization") != "Bearer s3cret" || r.Header.Get("Accept") != "application/vnd.heroku+json; version=3" {
			w.WriteHeader(http.StatusTeapot)
			return
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, answer)
	}))
	defer server.Close()
	spec := probe.Spec{Heroku: &probe.Heroku{App: "shop", Token: "s3cret", APIURL: server.URL}}
	for _, c := range []struct {
		name, answer string
		status       int
		want         surface.Status
		reason       string
	}{
		{"all up", `[{"type":"web","state":"up"},{"type":"worker","state":"crashed"}]`, 200, surface.Operational, ""},
		{"some up", `[{"type":"web","state":"up"},{"type":"web","state":"crashed"}]`, 200, surface.Degraded, "1 of 2 web dynos are up: 1 crashed, 1 up"},
		{"none up", `[{"type":"web","state":"crashed"}]`, 200, surface.Down, "none of 1 web dynos is up: 1 crashed"},
		{"none there", `[]`, 200, surface.Down, "no web dyno runs"},
		{"the API is ill", `oops`, 503, surface.Unknown, "Heroku's API answered 503"},
		{"the API is busy", `{}`, 429, surface.Unknown, "Heroku's API answered 429"},
		{"the token is refused", `{}`, 401, surface.Unknown, "refused the token"},
		{"not JSON", `<html>`, 200, surface.Unknown, "no list of dynos"},
	} {
		t.Run(c.name, func(t *testing.T) {
			answer, status = c.answer, c.status
			wants(t, read(t, spec), c.want, c.reason)
		})
	}
}

func TestMistakesOfASpecAreSentences(t *testing.T) {
	p := probe.New(beats{}, time.Now(), "")
	for _, c := range []struct {
		spec probe.Spec
		want string
	}{
		{probe.Spec{}, "must have one of http, tcp, dns, tls, heartbeat, heroku"},
		{probe.Spec{TCP: &probe.TCP{Address: "x:1"}, TLS: &probe.TLS{Address: "x:1"}}, "must have one of"},
		{probe.Spec{HTTP: &probe.HTTP{URL: "ftp://x"}}, "url must be"},
		{probe.Spec{HTTP: &probe.HTTP{URL: "http://x", Status: []string{"fine"}}}, `status "fine" is none`},
		{probe.Spec{HTTP: &probe.HTTP{URL: "http://x", Matches: "("}}, "matches is no regular expression"},
		{probe.Spec{HTTP: &probe.HTTP{URL: "http://x", Method: "GE T"}}, "is not one of HTTP"},
		{probe.Spec{HTTP: &probe.HTTP{URL: "http://x", Redirects: "maybe"}}, "write follow or refuse"},
		{probe.Spec{HTTP: &probe.HTTP{URL: "http://x", DegradedOver: 2, DownOver: 1}}, "degraded_over must be less"},
		{probe.Spec{TCP: &probe.TCP{Address: "x"}}, "host:port"},
		{probe.Spec{DNS: &probe.DNS{Name: "x", Type: "Q"}}, "is none of A, AAAA"},
		{probe.Spec{DNS: &probe.DNS{}}, "name is missing"},
		{probe.Spec{Heroku: &probe.Heroku{App: "x"}}, "app and token are needed"},
	} {
		if _, err := p.Make(c.spec, surface.Surface{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want %q", c.spec, err, c.want)
		}
	}
}
