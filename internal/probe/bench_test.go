package probe

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"docket/internal/surface"
)

// BenchmarkReading reads once, with the server in the same process.
func BenchmarkReading(b *testing.B) {
	answer := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { say(w, `{"state": "ready", "queue": 3}`) })
	plain, secure := httptest.NewServer(answer), httptest.NewTLSServer(answer)
	defer plain.Close()
	defer secure.Close()
	for _, c := range []struct {
		name  string
		every time.Duration
		set   HTTP
	}{
		{"kept", time.Second, HTTP{URL: plain.URL}},
		{"new", time.Minute, HTTP{URL: plain.URL}},
		{"new with json", time.Minute, HTTP{URL: plain.URL, JSON: `body.state == "ready" && body.queue < 10`}},
		{"new with TLS", time.Minute, HTTP{URL: secure.URL, Insecure: true}},
	} {
		b.Run(c.name, func(b *testing.B) {
			ask, err := New(nil, time.Now(), "docket").Make(Spec{&c.set}, surface.Surface{Every: c.every})
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if r := ask(b.Context()); r.Status != surface.Operational {
					b.Fatal(r.Reason)
				}
			}
		})
	}
}
