package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"

	"docket/internal/answer"
	"docket/internal/auth"
	"docket/internal/intake"
	"docket/internal/source"
)

// maxEvent is the size limit for an event in PagerDuty's Events API v2
// (https://developer.pagerduty.com/docs/events-api-v2-overview#size-limits, read 2026-11-23).
const maxEvent = 512 << 10

// postEnqueue is PagerDuty's POST /v2/enqueue: whatever can page through PagerDuty can file tickets here. The event's
// routing_key is the token of a source with the format pagerduty. It responds the way PagerDuty does, but only once the
// event is durably stored. PagerDuty's clients do not retry after a 400, but do after a 5xx.
func (s *server) postEnqueue(w http.ResponseWriter, r *http.Request) {
	var buf bytes.Buffer
	r.Body = http.MaxBytesReader(w, r.Body, maxEvent)
	if status, sentence := readBody(w, r, &buf); status != 0 {
		if status == http.StatusRequestEntityTooLarge {
			sentence = "the event is larger than 512 KB"
		}
		eventRefused(w, status, sentence)
		return
	}
	key := source.RoutingKey(buf.Bytes())
	if key == "" {
		key = auth.Credential(r)
	}
	src, known, err := s.eventSource(r.Context(), key)
	if err != nil {
		w.Header().Set("Retry-After", "5")
		answer.JSON(w, http.StatusServiceUnavailable,
			map[string]any{"status": "error", "message": "Docket cannot check this key now: " + s.Store.Explain(err) + "; send the event again"})
		return
	}
	if !known {
		eventRefused(w, http.StatusBadRequest, "'routing_key' is not the token of a source with the format pagerduty")
		return
	}
	s.take(w, r, src, buf.Bytes(), replies{
		bad:  func(w http.ResponseWriter, err error) { eventRefused(w, http.StatusBadRequest, eventFault(err)) },
		kept: eventKept,
		away: func(w http.ResponseWriter, sentence string) {
			answer.JSON(w, http.StatusServiceUnavailable, map[string]any{"status": "error", "message": sentence})
		},
	})
}

// eventSource finds the source whose token is the routing key. The key may also be a token with the scope ingest and,
// if no tokens are required, anything at all; then the first source without a token of its own is used.
func (s *server) eventSource(ctx context.Context, key string) (source.Source, bool, error) {
	var free []source.Source
	for _, name := range s.sourceNames() {
		src := s.Sources[name]
		if src.Format != "pagerduty" {
			continue
		}
		match, has := s.Guard.SourceOf(name, key)
		if match {
			return src, true, nil
		}
		if !has {
			free = append(free, src)
		}
	}
	granted, err := s.Guard.MayIngest(ctx, key)
	if err != nil || !granted || len(free) == 0 {
		return source.Source{}, false, err
	}
	return free[0], true, nil
}

// eventKept responds with the dedup_key that the sender can use to resolve the alert.
func eventKept(w http.ResponseWriter, b source.Batch, _ intake.Receipt) {
	key := b.Acknowledged
	if len(b.Alerts) > 0 {
		key = b.Alerts[0].ID
	}
	answer.JSON(w, http.StatusAccepted, map[string]string{"status": "success", "message": "Event processed", "dedup_key": key})
}

func eventRefused(w http.ResponseWriter, status int, faults ...string) {
	answer.JSON(w, status, map[string]any{"status": "invalid event", "message": "Event object is invalid", "errors": faults})
}

func eventFault(err error) string {
	bad, ok := errors.AsType[*source.BadInput](err)
	if !ok {
		return err.Error()
	}
	return fmt.Sprintf("'%s' %s", bad.Field, bad.Reason)
}
