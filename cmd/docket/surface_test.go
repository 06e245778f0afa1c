package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// tiles are the statuses on the public page.
func (p *process) tiles() map[string]string {
	var page struct {
		Surfaces []struct{ Name, Status string }
	}
	p.get("/status.json", &page)
	tiles := map[string]string{}
	for _, s := range page.Surfaces {
		tiles[s.Name] = s.Status
	}
	return tiles
}

// TestSurfaceThatIsDownGetsOneTicket follows a shop that breaks and a job that falls silent
// through the real program, a kill -9 in between, until both are well again.
func TestSurfaceThatIsDownGetsOneTicket(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		var ill atomic.Bool
		shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if ill.Load() {
				w.WriteHeader(http.StatusServiceUnavailable)
				return
			}
			w.Header().Set("Content-Type", "application/json; charset=utf-8")
			_, _ = fmt.Fprintf(w, `{"state": "ready", "key": %q}`, r.Header.Get("X-Key"))
		}))
		defer shop.Close()
		s := setup{database: url, dir: t.TempDir(), yaml: fmt.Sprintf(`
surfaces:
  - {name: shop, title: The shop, every: 1s, probe: {http: {url: '%s/health?token=s3cret', headers: {X-Key: s3cret-key},
    json: 'body.state == "ready" && body.key == "s3cret-key"'}}}
  - {name: backup, title: The backup, every: 1s, probe: {heartbeat: {within: 20s}}}
  - {name: gone, title: Gone, every: 1s, severity: P4, probe: {tcp: {address: '127.0.0.1:1'}}}
  - {name: metadata, title: Metadata, every: 1s, probe: {http: {url: 'http://169.254.169.254/'}}}
`, shop.URL)}
		p := start(t, s)
		beat := func() {
			if status, answer, err := post(p.url+"/heartbeat/backup", ""); err != nil || status != http.StatusNoContent {
				t.Fatalf("the heartbeat was not taken: %d %s %v", status, answer, err)
			}
		}
		beat()
		eventually(t, 30*time.Second, "each tile is what its probe says", func() bool {
			tiles := p.tiles()
			return tiles["shop"] == "operational" && tiles["backup"] == "operational" && tiles["gone"] == "down" && tiles["metadata"] == "unknown"
		})
		var tickets []struct{ Subject, Surface, Status string }
		if p.get("/api/v1/tickets", &tickets); len(tickets) != 0 {
			t.Errorf("%v were filed while all that counts is well", tickets)
		}

		ill.Store(true)
		beat()
		count := func(title string) (n int) {
			tickets = nil
			p.get("/api/v1/tickets", &tickets)
			for _, ticket := range tickets {
				if strings.Contains(ticket.Subject, title) {
					n++
				}
			}
			return n
		}
		eventually(t, 30*time.Second, "the shop's ticket", func() bool { return count("The shop is down") == 1 })
		p.kill()
		p = start(t, s)
		eventually(t, 60*time.Second, "the silent backup's ticket", func() bool { return count("The backup is down") == 1 })
		if n := count(""); n != 2 {
			t.Errorf("%d tickets: %v, want the shop's and the backup's", n, tickets)
		}

		ill.Store(false)
		eventually(t, 60*time.Second, "all is well again", func() bool {
			beat()
			var incidents []struct{ Surface, State string }
			p.get("/api/v1/incidents", &incidents)
			over := 0
			for _, i := range incidents {
				if i.State == "recovered" && (i.Surface == "shop" || i.Surface == "backup") {
					over++
				}
			}
			return over == 2 && p.tiles()["shop"] == "operational"
		})
		if log := p.log.String(); strings.Contains(log, "s3cret") {
			t.Error("the log holds a secret")
		}
	})
}
