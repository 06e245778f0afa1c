package main

import (
	"docket/internal/query"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	prom "github.com/prometheus/common/model"
)

// episode is one alert_key's state, as the model has it.
type episode struct {
	generation     int
	firing, closed bool
	ticket         string
}

// step is one thing that was done or seen: "claim" and "resolve" by senders, "file" as the
// audit log tells it, "close" by a person, "look" by anybody. ticket, generation and closed
// are what it was about or what it showed.
type step struct {
	deed       string
	key        string
	generation int
	ticket     string
	closed     bool
}

// tickets is the model: it shares nothing with the program's rules.
func tickets(state, input, _ any) (bool, any) {
	e, s := state.(episode), input.(step)
	switch s.deed {
	case "claim":
		if e.generation == 0 || (e.closed && !e.firing) {
			e = episode{generation: e.generation + 1}
		}
		e.firing = true
	case "resolve":
		e.firing = false
	case "file":
		if s.generation != e.generation || e.ticket != "" {
			return false, e
		}
		e.ticket = s.ticket
	case "close":
		e.closed = e.closed || s.ticket == e.ticket
	case "look":
		return s.generation == e.generation && s.ticket == e.ticket && s.closed == e.closed, e
	}
	return true, e
}

func model() porcupine.Model {
	return porcupine.Model{
		Init: func() any { return episode{} },
		Step: tickets,
		Partition: func(all []porcupine.Operation) [][]porcupine.Operation {
			by := map[string][]porcupine.Operation{}
			for _, op := range all {
				by[op.Input.(step).key] = append(by[op.Input.(step).key], op)
			}
			var parts [][]porcupine.Operation
			for _, part := range by {
				parts = append(parts, part)
			}
			return parts
		},
		DescribeOperation: func(in, _ any) string { return fmt.Sprintf("%+v", in) },
	}
}

// chronicle records what clients did and saw.
type chronicle struct {
	t  *testing.T
	mu sync.Mutex // guards ops
	// ops are all steps, in the order of their ends.
	ops []porcupine.Operation
}

// note does something and records when. do returns false where there is nothing to record.
func (h *chronicle) note(client int, do func() (step, bool)) {
	began := time.Now().UnixNano()
	s, ok := do()
	ended := time.Now().UnixNano()
	if !ok {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ops = append(h.ops, porcupine.Operation{ClientId: client, Input: s, Call: began, Return: ended})
}

// say tells an alert with its own times, as its source does: a repeat of an old word would
// be known as one.
func (h *chronicle) say(url, deed, name, key string, began, ended time.Time) (step, bool) {
	body := webhook("firing", name)
	if !ended.IsZero() {
		body = strings.ReplaceAll(body, `"firing"`, `"resolved"`)
		body = strings.Replace(body, "0001-01-01T00:00:00Z", ended.Format(time.RFC3339Nano), 1)
	}
	body = strings.Replace(body, "2026-11-23T09:00:00Z", began.Format(time.RFC3339Nano), 1)
	if err := sent(url+hook, body); err != nil {
		h.t.Error(err)
		return step{}, false
	}
	return step{deed: deed, key: key}, true
}

// look reads the latest incident of a key.
func (h *chronicle) look(url, key string) (step, bool) {
	s := step{deed: "look", key: key}
	resp, err := http.Get(url + "/api/v1/incidents?limit=1&alert_key=" + key)
	if err != nil {
		h.t.Error(err)
		return s, false
	}
	defer resp.Body.Close()
	var rows []query.IncidentRow
	if err := json.NewDecoder(resp.Body).Decode(&rows); err != nil {
		h.t.Error(err)
		return s, false
	}
	if len(rows) > 0 {
		s.generation = rows[0].Generation
		if ticket := rows[0].Ticket; ticket != nil && ticket.ID != "" {
			s.ticket, s.closed = ticket.ID, ticket.State == "closed"
		}
	}
	return s, true
}

// keyOf is the alert_key of webhook's alerts, as Prometheus' own library has it.
func keyOf(name string) string {
	return prom.LabelSet{"alertname": prom.LabelValue(name), "severity": "critical", "team": "shop"}.Fingerprint().String()
}

// filings adds what the audit log tells of tickets: asked for, then filed.
func (h *chronicle) filings(p *process) (claims, filed map[string]int) {
	var rows []struct {
		CreatedAt time.Time `json:"created_at"`
		Action    string
		Payload   struct {
			Effect, Kind, Mark string
			Key                string `json:"alert_key"`
			Ticket             string `json:"ticket_id"`
		}
	}
	asked := map[string]time.Time{}
	claims, filed = map[string]int{}, map[string]int{}
	p.get("/api/v1/audit?action=console.tickets.asked", &rows)
	for _, r := range rows {
		if r.Payload.Kind == "file" {
			asked[r.Payload.Mark] = r.CreatedAt
			claims[r.Payload.Mark]++
		}
	}
	rows = nil
	p.get("/api/v1/audit?action=console.alerts.ticket_filed", &rows)
	for _, r := range rows {
		s := step{deed: "file", key: r.Payload.Key, ticket: r.Payload.Ticket}
		if _, err := fmt.Sscanf(strings.TrimPrefix(r.Payload.Mark, r.Payload.Key), ".%d", &s.generation); err != nil {
			h.t.Fatalf("mark %q: %v", r.Payload.Mark, err)
		}
		filed[r.Payload.Mark]++
		// An entry's time is its transaction's beginning; 10 s is the longest that one may last.
		h.ops = append(h.ops,
			porcupine.Operation{ClientId: 9, Input: s, Call: asked[r.Payload.Mark].UnixNano(), Return: r.CreatedAt.Add(10 * time.Second).UnixNano()})
	}
	return claims, filed
}

// live plays one alert's life: it fires, told twice at once, ends, told twice at once, and
// meanwhile a person closes its ticket, or does not, and others look.
func (h *chronicle) live(urls []string, name, key string, episodes int) {
	stop := make(chan struct{})
	var readers sync.WaitGroup
	for i, url := range urls {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				case <-time.After(15 * time.Millisecond):
					h.note(5+i, func() (step, bool) { return h.look(url, key) })
				}
			}
		})
	}
	for n := range episodes {
		began, ended := time.Now().UTC(), time.Time{}
		for _, deed := range []string{"claim", "resolve"} {
			if deed == "resolve" {
				ended = time.Now().UTC()
			}
			var all sync.WaitGroup
			for i, url := range urls {
				all.Go(func() { h.note(i, func() (step, bool) { return h.say(url, deed, name, key, began, ended) }) })
			}
			if deed == "resolve" && n%3 != 2 {
				all.Go(func() { h.note(4, func() (step, bool) { return h.closeTicket(urls[0], key) }) })
			}
			all.Wait()
		}
	}
	close(stop)
	readers.Wait()
}

// closeTicket closes the ticket that is shown, as a person does.
func (h *chronicle) closeTicket(url, key string) (step, bool) {
	seen, ok := h.look(url, key)
	if !ok || seen.ticket == "" || seen.closed {
		return step{}, false
	}
	status, answer, err := post(url+"/api/v1/tickets/"+seen.ticket+"/close", "{}")
	if err != nil || status != http.StatusOK {
		h.t.Errorf("close ticket %s: %d %s %v", seen.ticket, status, answer, err)
		return step{}, false
	}
	return step{deed: "close", key: key, ticket: seen.ticket}, true
}

func TestHistoriesOfClaimFileResolveAndCloseAreThoseOfOneTicketAtATime(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		yaml := "policies: {storm: {limit: 0}}\n"
		replicas := []*process{start(t, setup{database: url, yaml: yaml})}
		if strings.HasPrefix(url, "postgres") {
			replicas = append(replicas, start(t, setup{database: url, yaml: yaml}))
		}
		urls := []string{replicas[0].url, replicas[len(replicas)-1].url}
		h := &chronicle{t: t}
		var lives sync.WaitGroup
		for _, name := range names("Life", 4) {
			lives.Go(func() { h.live(urls, name, keyOf(name), 15) })
		}
		lives.Wait()
		replicas[0].settled(30 * time.Second)
		claims, filed := h.filings(replicas[0])
		for mark, n := range claims {
			if n != 1 || filed[mark] != 1 {
				t.Errorf("%s was claimed %d times and filed %d times, want once each", mark, n, filed[mark])
			}
		}
		if len(claims) < 8 || len(filed) != len(claims) {
			t.Errorf("%d incidents claimed and %d filed: too little happened", len(claims), len(filed))
		}
		if result, info := porcupine.CheckOperationsVerbose(model(), h.ops, 60*time.Second); result != porcupine.Ok {
			page := t.ArtifactDir() + "/history.html"
			t.Errorf("the history of %d steps is %s; drawn in %s: %v", len(h.ops), result, page, porcupine.VisualizePath(model(), info, page))
		}
		t.Logf("%d steps, %d incidents", len(h.ops), len(claims))
	})
}

// The model must be able to fail.
func TestTheModelOfHistoriesRefusesASecondTicketAndAStaleLook(t *testing.T) {
	t.Parallel()
	ops := func(steps ...step) (all []porcupine.Operation) {
		for i, s := range steps {
			all = append(all, porcupine.Operation{Input: s, Call: int64(2 * i), Return: int64(2*i + 1)})
		}
		return all
	}
	claim, file := step{deed: "claim"}, step{deed: "file", generation: 1, ticket: "1"}
	for name, bad := range map[string][]porcupine.Operation{
		"a second ticket":      ops(claim, file, step{deed: "file", generation: 1, ticket: "2"}),
		"a ticket of nobody":   ops(file),
		"a stale look":         ops(claim, file, step{deed: "look", generation: 1}),
		"a close that is lost": ops(claim, file, step{deed: "close", ticket: "1"}, step{deed: "look", generation: 1, ticket: "1"}),
		"a twin while it fires": ops(claim, file, step{deed: "close", ticket: "1"}, claim,
			step{deed: "file", generation: 2, ticket: "2"}),
	} {
		if porcupine.CheckOperations(model(), bad) {
			t.Errorf("the model takes %s", name)
		}
	}
	good := ops(claim, claim, file, step{deed: "close", ticket: "1"}, step{deed: "resolve"}, claim,
		step{deed: "file", generation: 2, ticket: "2"})
	if !porcupine.CheckOperations(model(), good) {
		t.Error("the model refuses a fresh ticket after a close")
	}
}
