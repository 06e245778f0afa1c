package probe

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"docket/internal/fault"
	"docket/internal/surface"
)

// site is a web server that answers as its paths are called.
func site(t *testing.T) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("/ok", func(w http.ResponseWriter, _ *http.Request) { say(w, `{"state": "ready", "name": "checkout"}`) })
	mux.HandleFunc("/status/{n}", func(w http.ResponseWriter, r *http.Request) {
		if n, err := strconv.Atoi(r.PathValue("n")); err == nil {
			w.WriteHeader(n)
		}
	})
	mux.HandleFunc("/slow", func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-time.After(60 * time.Millisecond):
		case <-r.Context().Done():
		}
		say(w, "at last")
	})
	mux.HandleFunc("/never", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	mux.HandleFunc("/trickle", func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			say(w, "x")
			flush(w)
			select {
			case <-time.After(10 * time.Millisecond):
			case <-r.Context().Done():
			}
		}
	})
	mux.HandleFunc("/cut", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		say(w, "half")
		flush(w)
		panic(http.ErrAbortHandler)
	})
	mux.HandleFunc("/huge", func(w http.ResponseWriter, r *http.Request) {
		line := strings.Repeat("0123456789abcdef", 4096)
		for r.Context().Err() == nil {
			if _, err := io.WriteString(w, line); err != nil {
				return
			}
		}
	})
	mux.HandleFunc("/numbers", func(w http.ResponseWriter, _ *http.Request) {
		say(w, `{"queue": 3, "share": 0.5, "big": 1e400, "big": 9223372036854775808, "nodes": [{"up": true}], "many": [`+
			strings.Repeat("1,", 999)+"1]}")
	})
	mux.HandleFunc("/twice", func(w http.ResponseWriter, _ *http.Request) { say(w, "1 2") })
	mux.HandleFunc("/bytes", func(w http.ResponseWriter, _ *http.Request) { say(w, "\xff\xfe ok \x00\xc3") })
	mux.HandleFunc("/loop", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/loop", http.StatusFound) })
	mux.HandleFunc("/moved", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/ok", http.StatusMovedPermanently) })
	mux.HandleFunc("/file", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "file:///etc/passwd")
		w.WriteHeader(http.StatusFound)
	})
	mux.HandleFunc("/echo", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		say(w, fmt.Sprintf("%s host=%s auth=%s agent=%s body=%s", r.Method, r.Host, r.Header.Get("Authorization"), r.UserAgent(), body))
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

func TestWebAnswerIsJudged(t *testing.T) {
	s := site(t)
	for _, c := range []struct {
		name   string
		set    HTTP
		status surface.Status
		reason string
	}{
		{"a good answer", HTTP{URL: "/ok"}, surface.Operational, ""},
		{"a fault of the server", HTTP{URL: "/status/503"}, surface.Down, "HTTP 503 Service Unavailable (expected 2xx)"},
		{"a status without a name", HTTP{URL: "/status/299", Status: []string{"200-204", "301"}}, surface.Down,
			"HTTP 299 (expected 200-204 or 301)"},
		{"a status that is wanted", HTTP{URL: "/status/404", Status: []string{"200", "4xx"}}, surface.Operational, ""},
		{"a text that is there", HTTP{URL: "/ok", Contains: `"ready"`}, surface.Operational, ""},
		{"a text that is missing", HTTP{URL: "/ok", Contains: "healthy"}, surface.Down, `the response does not contain "healthy"`},
		{"a text that must not be there", HTTP{URL: "/ok", Lacks: "checkout"}, surface.Down, `the response contains "checkout"`},
		{"a pattern that matches", HTTP{URL: "/ok", Matches: `"state":\s*"(ready|busy)"`}, surface.Operational, ""},
		{"a pattern that does not", HTTP{URL: "/ok", Matches: `^ready$`}, surface.Down, `does not match "^ready$"`},
		{"bytes that are no text", HTTP{URL: "/bytes", Contains: "ok", Matches: "ok .."}, surface.Operational, ""},
		{"JSON that is good", HTTP{URL: "/ok", JSON: `body.state == "ready" && body.name.startsWith("check")`}, surface.Operational, ""},
		{"JSON with numbers and lists",
			HTTP{URL: "/numbers",
				JSON: `body.queue < 10 && body.share <= 0.5 && body.big > 9000000000000000000.0 && body.nodes.all(n, n.up) && ` +
					`body.?gone.orValue("x") == "x"`}, surface.Operational, ""},
		{"JSON that is not", HTTP{URL: "/ok", JSON: `body.state == "busy"`}, surface.Down,
			`json is false for the response: body.state == "busy"`},
		{"JSON without the member", HTTP{URL: "/ok", JSON: `body.queue < 10`}, surface.Down,
			"json could not be evaluated for the response: no such key: queue"},
		{"JSON of another type", HTTP{URL: "/ok", JSON: `body.state < 10`}, surface.Down,
			"json could not be evaluated for the response: no such overload"},
		{"JSON that is neither", HTTP{URL: "/ok", JSON: `body.state`}, surface.Down, "json is neither true nor false"},
		{"no JSON", HTTP{URL: "/bytes", JSON: `body.state == "ready"`}, surface.Down, "the response is not JSON"},
		{"JSON and more", HTTP{URL: "/twice", JSON: `body == 1`}, surface.Down, "the response is not JSON"},
		{"JSON without end", HTTP{URL: "/huge", JSON: `body == 1`}, surface.Down, "too large for json"},
		{"JSON that takes long", HTTP{URL: "/numbers", JSON: `body.many.all(a, body.many.all(b, body.many.all(c, a + b + c < 0 || true)))`},
			surface.Down, "actual cost limit exceeded"},
		{"a header that is there", HTTP{URL: "/ok", AnswerHeaders: map[string]string{"content-type": "text/plain"}}, surface.Operational, ""},
		{"a header with another value", HTTP{URL: "/ok", AnswerHeaders: map[string]string{"Content-Type": "json"}}, surface.Down,
			`the header Content-Type does not contain "json"`},
		{"a header that is missing", HTTP{URL: "/ok", AnswerHeaders: map[string]string{"X-Cache": ""}}, surface.Down,
			"the response has no header X-Cache"},
		{"slower than it should be", HTTP{URL: "/slow", DegradedOver: 20 * time.Millisecond}, surface.Degraded, "ms, more than 20ms"},
		{"much slower than it should be", HTTP{URL: "/slow", DegradedOver: 20 * time.Millisecond, DownOver: 40 * time.Millisecond},
			surface.Down, "more than 40ms"},
		{"fast enough", HTTP{URL: "/ok", DegradedOver: 20 * time.Second, DownOver: 40 * time.Second}, surface.Operational, ""},
		{"no answer at all", HTTP{URL: "/never"}, surface.Down, "connected, but no complete response within"},
		{"an answer that never ends", HTTP{URL: "/trickle", Contains: "ready"}, surface.Down, "connected, but no complete response within"},
		{"an endless answer that nobody looks into", HTTP{URL: "/trickle"}, surface.Operational, ""},
		{"an answer that breaks off", HTTP{URL: "/cut"}, surface.Down, "the response was cut off"},
		{"an answer that breaks off and is looked into", HTTP{URL: "/cut", Contains: "half"}, surface.Down, "the response was cut off"},
		{"an answer without end", HTTP{URL: "/huge", Contains: "ready"}, surface.Down, "the first MiB of the response does not contain"},
		{"a text early in it", HTTP{URL: "/huge", Contains: "cdef0123"}, surface.Operational, ""},
		{"an answer without end that nobody looks into", HTTP{URL: "/huge"}, surface.Operational, ""},
		{"a redirect", HTTP{URL: "/moved", Contains: "ready"}, surface.Operational, ""},
		{"a redirect that is not wanted", HTTP{URL: "/moved", Redirects: "refuse"}, surface.Down, "HTTP 301 Moved Permanently"},
		{"a redirect that is the good answer",
			HTTP{URL: "/moved", Redirects: "refuse", Status: []string{"301"}, AnswerHeaders: map[string]string{"Location": "/ok"}},
			surface.Operational, ""},
		{"redirects in a circle", HTTP{URL: "/loop"}, surface.Down, "the server redirects more than 10 times"},
		{"a redirect to a file", HTTP{URL: "/file"}, surface.Down, "unsupported protocol scheme"},
		{"a body that is sent", HTTP{URL: "/echo", Method: "POST", Body: "ping", Contains: "POST", Matches: "body=ping$"},
			surface.Operational, ""},
		{"headers that are sent",
			HTTP{URL: "/echo", Headers: map[string]fault.Secret{"authorization": "Bearer s3cret", "Host": "shop.example.org", "User-Agent": "mine"},
				Contains: "host=shop.example.org auth=Bearer s3cret agent=mine"}, surface.Operational, ""},
		{"HEAD", HTTP{URL: "/ok", Method: "HEAD"}, surface.Operational, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.set.URL = s.URL + c.set.URL
			timeout := 2 * time.Second
			if strings.Contains(c.reason, "within") {
				timeout = 100 * time.Millisecond
			}
			r := read(t, Spec{&c.set}, timeout)
			expect(t, r, c.status, c.reason)
			if r.Evidence["address"] != s.Listener.Addr().String() {
				t.Errorf("the evidence %v does not name the address %s", r.Evidence, s.Listener.Addr())
			}
			if c.status == surface.Operational && (r.Latency <= 0 || r.Evidence["status"] == "") {
				t.Errorf("a latency of %s, and the evidence %v", r.Latency, r.Evidence)
			}
		})
	}
}

func TestServersThatSpeakBadlyAreDown(t *testing.T) {
	for _, c := range []struct{ name, says, reason string }{
		{"not HTTP", "220 mail.example.org ESMTP\r\n", "the response is not HTTP"},
		{"nothing", "", "the connection was closed without a response"},
		{"half a header", "HTTP/1.1 200 OK\r\nContent-", "the response is not HTTP"},
		{"a header without end", "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 200<<10) + "\r\n\r\n", "server response headers exceeded"},
		{"informing for ever", strings.Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", 5000), "server response headers exceeded"},
		{"a status of another world", "HTTP/1.1 999 What\r\nContent-Length: 0\r\n\r\n", "HTTP 999"},
	} {
		t.Run(c.name, func(t *testing.T) {
			address := serve(t, func(conn net.Conn) {
				hear(conn)
				say(conn, c.says)
			})
			expect(t, read(t, Spec{&HTTP{URL: "http://" + address}}, 0), surface.Down, c.reason)
		})
	}
}

func TestHostThatCannotBeReachedIsDown(t *testing.T) {
	address := closedPort(t)
	expect(t, read(t, Spec{&HTTP{URL: "http://" + address}}, 0), surface.Down, "connection refused by "+address)
	// What a machine without a name server says of it is another matter.
	r := read(t, Spec{&HTTP{URL: "http://name.invalid/?token=s3cret"}}, 0)
	if r.Status == surface.Operational || strings.Contains(fmt.Sprint(r), "s3cret") {
		t.Errorf("a name that does not exist is %s: %q", r.Status, r.Reason)
	}
}

func TestNameServerThatCannotBeAskedSaysNothingOfTheSurface(t *testing.T) {
	nobody := closedPort(t)
	by := &net.Dialer{Resolver: &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, nobody)
	}}}
	_, err := by.DialContext(t.Context(), "tcp", "shop.example.org:443")
	f := begin(time.Now)
	f.failed(t.Context(), err, false)
	expect(t, f.end(), surface.Unknown, "Docket's own machine cannot reach its name server")
}

func TestSecretsStayWithTheirHost(t *testing.T) {
	var seen atomic.Value
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		seen.Store(fmt.Sprint(r.Header, r.URL, r.Host))
	}))
	t.Cleanup(other.Close)
	first := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", strings.TrimPrefix(other.URL, "http:")) // Without its scheme net/http keeps the Host header.
		w.WriteHeader(http.StatusTemporaryRedirect)
	}))
	t.Cleanup(first.Close)
	set := HTTP{URL: first.URL + "/?token=s3cret",
		Headers: map[string]fault.Secret{"X-Api-Key": "s3cret", "Authorization": "s3cret", "Host": "s3cret.example.org"}}
	expect(t, read(t, Spec{&set}, 0), surface.Operational, "")
	if got := fmt.Sprint(seen.Load()); strings.Contains(got, "s3cret") || !strings.Contains(got, "docket") {
		t.Errorf("the other host was sent %s", got)
	}
	set.Method, set.Body = "POST", "s3cret"
	expect(t, read(t, Spec{&set}, 0), surface.Down, "redirects the request and its body to another host")
}

func TestCertificatesOfAWebServerAreJudged(t *testing.T) {
	ca := newAuthority(t)
	for _, c := range []struct {
		name          string
		before, after time.Duration
		set           HTTP
		status        surface.Status
		reason        string
	}{
		{"good", day, 60 * day, HTTP{CAFile: ca.file}, surface.Operational, ""},
		{"ends soon", 80 * day, 10 * day, HTTP{CAFile: ca.file}, surface.Degraded, "the certificate expires in 9 days"},
		{"ends soon, and that is fine", 80 * day, 10 * day, HTTP{CAFile: ca.file, CertificateDays: 5}, surface.Operational, ""},
		{"ends sooner than is wanted", 30 * day, 60 * day, HTTP{CAFile: ca.file, CertificateDays: 70}, surface.Degraded, "expires in 59 days"},
		{"a short life, still young", day, 6 * day, HTTP{CAFile: ca.file}, surface.Operational, ""},
		{"a short life, nearly over", 6 * day, day, HTTP{CAFile: ca.file}, surface.Degraded, "expires in 23 hours"},
		{"over", 30 * day, -day, HTTP{CAFile: ca.file}, surface.Down, "the certificate is only valid from"},
		{"over, and nobody minds", 30 * day, -3 * day, HTTP{Insecure: true}, surface.Degraded, "the certificate expired 3 days ago"},
		{"of nobody known", day, 60 * day, HTTP{}, surface.Down, "signed by an unknown authority"},
		{"of nobody known, and nobody minds", day, 60 * day, HTTP{Insecure: true}, surface.Operational, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
			s.TLS = ca.server(t, "shop.example.org", c.before, c.after)
			s.Config.ErrorLog = log.New(io.Discard, "", 0)
			s.StartTLS()
			t.Cleanup(s.Close)
			c.set.URL = s.URL
			r := read(t, Spec{&c.set}, 0)
			expect(t, r, c.status, c.reason)
			if want := time.Now().Add(c.after).UTC().Format("2006-01-02T15"); r.Status != surface.Down &&
				!strings.HasPrefix(r.Evidence["certificate_expires"], want) {
				t.Errorf("the evidence is %v, want %s", r.Evidence, want)
			}
		})
	}
	t.Run("plain HTTP", func(t *testing.T) {
		address := strings.TrimPrefix(site(t).URL, "http://")
		expect(t, read(t, Spec{&HTTP{URL: "https://" + address}}, 0), surface.Down, "server gave HTTP response to HTTPS client")
	})
	t.Run("another name", func(t *testing.T) {
		s := httptest.NewUnstartedServer(http.NotFoundHandler())
		s.TLS = &tls.Config{Certificates: ca.server(t, "other.example.org", day, day).Certificates}
		s.Config.ErrorLog = log.New(io.Discard, "", 0)
		s.StartTLS()
		t.Cleanup(s.Close)
		r := read(t, Spec{&HTTP{URL: strings.Replace(s.URL, "127.0.0.1", "localhost", 1), CAFile: ca.file}}, 0)
		expect(t, r, surface.Down, "the certificate is not for localhost")
	})
}

func TestConnectionsAreKeptOnlyForReadingsThatComeSoon(t *testing.T) {
	for _, c := range []struct {
		every time.Duration
		set   HTTP
		want  int32
	}{
		{time.Second, HTTP{}, 1},
		{30 * time.Second, HTTP{}, 5},
		{time.Second, HTTP{Method: "POST"}, 5},
	} {
		var connections atomic.Int32
		s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { say(w, "ok") }))
		s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
			if state == http.StateNew {
				connections.Add(1)
			}
		}
		s.Start()
		c.set.URL = s.URL
		ask, err := New(nil, time.Now(), "docket").Make(Spec{&c.set}, surface.Surface{Every: c.every})
		if err != nil {
			t.Fatal(err)
		}
		for range 5 {
			expect(t, ask(t.Context()), surface.Operational, "")
		}
		if got := connections.Load(); got != c.want {
			t.Errorf("every %s, %s: %d connections for 5 readings, want %d", c.every, c.set.method(), got, c.want)
		}
		s.Close()
	}
}

func TestReadingThatIsStoppedSaysNothingOfTheSurface(t *testing.T) {
	s := site(t)
	ask, err := New(nil, time.Now(), "docket").Make(Spec{&HTTP{URL: s.URL + "/never"}}, surface.Surface{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, cancel)
	expect(t, ask(ctx), surface.Unknown, "the probe was stopped")
}

func TestTooManyLargeBodiesAreNotHeldAtOnce(t *testing.T) {
	s, by := site(t), New(nil, time.Now(), "docket")
	by.held.Store(maxHeldBodies)
	expect(t, readBy(t, by, Spec{&HTTP{URL: s.URL + "/ok", Contains: "ready"}}, 0), surface.Operational, "")
	expect(t, readBy(t, by, Spec{&HTTP{URL: s.URL + "/huge", Contains: "ready"}}, 0), surface.Unknown, "too many large responses")
	if got := by.held.Load(); got != maxHeldBodies {
		t.Errorf("%d bytes are counted after all is over, want %d", got, maxHeldBodies)
	}
}
