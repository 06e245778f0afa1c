package web

import (
	"bytes"
	"errors"
	"net/http"

	"docket/internal/answer"
	"docket/internal/desk"
	"docket/internal/reconcile"
	"docket/internal/store"
)

// postDeskHook receives the desk's own webhook. It is only a hint: it may arrive twice, out of order or late, or report
// what Docket did itself, so the desk is always asked before anything is decided. A lost hint loses nothing, because
// the desk is polled too.
func (s *server) postDeskHook(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("desk")
	at, _ := s.desk(name)
	hooked, ok := at.Desk.(desk.Hooked)
	if !ok {
		answer.Error(w, http.StatusNotFound, "no webhooks are accepted from this desk; the configured desk is "+s.Desk.Name())
		return
	}
	if todo := hooked.Unhooked(); todo != "" {
		answer.Error(w, http.StatusNotFound, "webhooks are not set up: "+todo)
		return
	}
	var buf bytes.Buffer
	if status, sentence := readBody(w, r, &buf); status != 0 {
		s.Metrics.DeskHooks.Inc("refused")
		answer.Error(w, status, sentence)
		return
	}
	hook, err := hooked.ParseHook(r.Header, buf.Bytes())
	switch {
	case errors.Is(err, desk.ErrSignature):
		s.Metrics.DeskHooks.Inc("bad_signature")
		answer.Error(w, http.StatusUnauthorized, err.Error())
		return
	case err != nil:
		s.Metrics.DeskHooks.Inc("unreadable")
		answer.Error(w, http.StatusBadRequest, "the body is not a ticket")
		return
	}
	result, err := s.hint(r, at, hook)
	if err != nil {
		s.Metrics.DeskHooks.Inc("failed")
		answer.Error(w, http.StatusServiceUnavailable, s.Store.Explain(err)) // The desk will retry.
		return
	}
	s.Metrics.DeskHooks.Inc(result)
	answer.JSON(w, http.StatusOK, map[string]any{"status": result})
}

// hint decides what to do with a webhook. A ticket without a live incident is not ours; a ticket in the state we
// already know is an echo or old news. Only the rest is worth asking the desk about.
func (s *server) hint(r *http.Request, at DeskParts, hook desk.Hook) (result string, err error) {
	ours, err := s.Store.AnyLiveIn(r.Context(), at.Desk.Name(), hook.Ticket.ID)
	if err != nil {
		return "", err
	}
	shown := store.TicketsShown{Open: []string{hook.Ticket.ID}}
	if hook.Ticket.Status == desk.StatusClosed || hook.Ticket.Status == desk.StatusDeleted {
		shown = store.TicketsShown{Closed: []string{hook.Ticket.ID}}
	}
	otherwise, err := s.Store.AnyKnownOtherwise(r.Context(), at.Desk.Name(), shown)
	if err != nil {
		return "", err
	}
	switch {
	case !ours:
		return "not_ours", nil
	case !otherwise && !hook.Gone:
		return "no_news", nil
	case !at.Reconcile.Suggest(reconcile.Hint{TicketID: hook.Ticket.ID, Gone: hook.Gone}):
		return "left_to_the_poll", nil
	}
	return "asked", nil
}
