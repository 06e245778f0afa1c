package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"docket/internal/desk/fakedesk"
)

// hooked is a receiver of Docket's webhooks.
type hooked struct {
	url string

	mu   sync.Mutex // guards both below
	down bool
	// told are the bodies by their webhook-id, so that a repeated delivery is one.
	told map[string]map[string]any
}

func newHooked(t *testing.T) *hooked {
	t.Helper()
	h := &hooked{told: map[string]map[string]any{}}
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(r.Body)
		h.mu.Lock()
		down := h.down
		h.mu.Unlock()
		if down { // It hangs, as long as Docket has patience.
			select {
			case <-r.Context().Done():
			case <-release:
			}
			return
		}
		var body map[string]any
		if err != nil || (r.Method == http.MethodPost && json.Unmarshal(text, &body) != nil) {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		h.mu.Lock()
		defer h.mu.Unlock()
		if body != nil {
			h.told[r.Header.Get("Webhook-Id")] = body
		}
	}))
	t.Cleanup(func() {
		close(release)
		server.CloseClientConnections()
		server.Close()
	})
	h.url = server.URL + "/s3cret-path"
	return h
}

// of are the events that were told of an alert.
func (h *hooked) of(title string) (events, tickets string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, body := range h.told {
		if body["title"] == title {
			events += fmt.Sprint(body["event"], " ")
			tickets += fmt.Sprint(body["ticket_url"], " ")
		}
	}
	return events, tickets
}

func (h *hooked) set(down bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.down = down
}

func TestAWebhookIsToldAnIncidentFromFiringToRecovery(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		f, h := newFreeScout(t, fakedesk.Options{}), newHooked(t)
		p := start(t, setup{database: url,
			yaml: f.yaml(time.Second) + fmt.Sprintf("webhooks: [{name: ops, url: %q, secret: s3cret-key}]\n", h.url)})
		p.mustPost(hook, webhook("firing", "Told"))
		eventually(t, 30*time.Second, "it is told of the firing and of the ticket", func() bool {
			events, tickets := h.of("Told")
			return strings.Contains(events, "incident.firing") && strings.Contains(tickets, f.url+"/conversation/")
		})
		p.mustPost(hook, webhook("resolved", "Told"))
		eventually(t, 30*time.Second, "it is told of the recovery", func() bool {
			events, _ := h.of("Told")
			return strings.Contains(events, "incident.recovered")
		})
		p.mustPost(hook, strings.ReplaceAll(webhook("firing", "Mild"), `"critical"`, `"warning"`))
		p.settled(20 * time.Second)
		if events, _ := h.of("Mild"); events != "" {
			t.Errorf("what is milder than P2 is told: %s", events)
		}
		if strings.Contains(p.log.String(), "s3cret") {
			t.Error("a secret is in the log")
		}
	})
}

func TestAWebhookThatIsDownHoldsNeitherSlackNorTicketsUpAndIsNamed(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		f, h := newFreeScout(t, fakedesk.Options{}), newHooked(t)
		s, env := newSlack(t)
		h.set(true)
		p := start(t, setup{database: url, yaml: f.yaml(time.Second) + fmt.Sprintf("webhooks: [{name: ops, url: %q}]\n", h.url), env: env})
		alerts := names("NoHook", 5)
		began := time.Now()
		p.mustPost(hook, webhook("firing", alerts...))
		f.oneTicketEach(t, 20*time.Second, alerts)
		for _, name := range alerts {
			tells(t, s, name, "|#")
		}
		if took := time.Since(began); took > 25*time.Second {
			t.Errorf("five messages took %s beside a webhook that hangs", took)
		}
		eventually(t, 30*time.Second, "the log names it", func() bool {
			return strings.Contains(p.log.String(), "notifier=webhook:ops fault=timeout")
		})
		status, answer, err := post(p.url+"/api/v1/doctor", "{}")
		if err != nil || status != http.StatusOK || !strings.Contains(answer, "The webhook ops did not respond in time") ||
			strings.Contains(answer, "s3cret") {
			t.Errorf("the doctor: %d %v %s", status, err, answer)
		}
		h.set(false)
		eventually(t, 120*time.Second, "all of it is told once it is back", func() bool {
			for _, name := range alerts {
				if _, tickets := h.of(name); !strings.Contains(tickets, "/conversation/") {
					return false
				}
			}
			return true
		})
	})
}
