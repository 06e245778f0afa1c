package ledger

import (
	"context"
	"log/slog"

	"docket/internal/alert"
	"docket/internal/audit"
	"docket/internal/filing"
	"docket/internal/incident"
	"docket/internal/rule"
	"docket/internal/storm"
)

// enterDecision writes a decision into the audit log's part of the transaction: actions that go out
// into the world get an entry each, before the action; all other decisions share one entry.
func (w *work) enterDecision(d rule.Decision, ev incident.Event, by audit.Actor) {
	actor := by
	if actor == (audit.Actor{}) {
		actor = audit.System()
	}
	for _, e := range d.Effects {
		w.enter(actor, audit.ActionTicketAsked, map[string]any{
			"effect": e.ID, "kind": string(e.Kind), "alert_key": e.Mark.Key.String(), "mark": e.Mark.String(), "reason": string(d.Reason),
		})
	}
	inc := d.Next
	about := map[string]any{
		"alert_key": inc.Key.String(), "mark": inc.Mark.String(), "severity": inc.Severity.String(), "title": inc.Title,
		"ticket_id": inc.Ticket.ID, "ticket_number": inc.Ticket.Number, "ticket_url": inc.Ticket.URL, "desk": inc.Ticket.Desk,
	}
	switch d.Reason {
	case incident.ReasonTicketFiled, incident.ReasonTookUp:
		if d.Effect.Refiles() {
			w.enter(actor, audit.ActionTicketRefiled, about)
			return
		}
		if d.Reason == incident.ReasonTookUp {
			about["earlier"] = alert.Mark{Key: inc.Key, Generation: inc.Generation - 1}.String()
		}
		about["attempts"] = d.Effect.Attempt
		if inc.Inquiry.Asked {
			about["surface"] = inc.Surface
			w.enter(audit.Person(inc.Inquiry.By), audit.ActionStatusFiled, about)
			return
		}
		w.enter(actor, audit.ActionTicketFiled, about)
	case incident.ReasonTicketAdopted:
		about["ticket_id"] = d.Effect.TicketID
		if answered, _ := ev.(incident.EffectAnswered); answered.Answer.Reopened {
			w.enter(actor, audit.ActionTicketReopened, about)
			return
		}
		w.enter(actor, audit.ActionTicketAdopted, about)
	case incident.ReasonTicketMissing, incident.ReasonTwinClosed, incident.ReasonOrphanAdopted, incident.ReasonTagsMissing,
		incident.ReasonMerged:
		about["reason"], about["detail"] = string(d.Reason), d.Detail
		w.enter(actor, audit.ActionRepaired, about)
	case incident.ReasonListed:
		about["within"] = inc.Within.String()
		w.enter(actor, audit.ActionTicketFiled, about)
	case incident.ReasonClosedByPerson, incident.ReasonTicketGone:
		if by == (audit.Actor{}) {
			// Nobody said who: it was seen in the desk.
			actor = audit.Actor{Kind: audit.KindDesk, Name: inc.Ticket.Desk}
		}
		w.enter(actor, audit.ActionTicketClosed, about)
	case incident.ReasonDone:
		w.recordDone(d, actor, about)
	case incident.ReasonInvestigateAsked, incident.ReasonInvestigateJoined:
		w.enter(actor, audit.ActionInvestigated, map[string]any{
			"alert_key": inc.Key.String(), "mark": inc.Mark.String(), "surface": inc.Surface, "reason": string(d.Reason),
		})
	case incident.ReasonAcknowledged:
		w.enter(actor, audit.ActionAcknowledged, about)
	default:
		if d.Reason == incident.ReasonTicketOpen && by.Kind == audit.KindPerson {
			w.enter(actor, audit.ActionTicketReopened, about)
			return
		}
		if d.Changed {
			w.decided = append(w.decided, decided{inc.Mark, d.Reason})
		}
	}
}

func (w *work) recordDone(d rule.Decision, actor audit.Actor, about map[string]any) {
	about["effect"] = d.Effect.ID
	switch d.Effect.Kind {
	case filing.KindNote:
		w.enter(actor, audit.ActionTicketNoted, about)
	case filing.KindClose:
		w.enter(actor, audit.ActionTicketClosed, about)
	case filing.KindFile, filing.KindTag, filing.KindCheck:
	}
}

func (w *work) enter(actor audit.Actor, action string, payload map[string]any) {
	w.entries = append(w.entries, audit.Entry{CreatedAt: w.now, Actor: actor, Action: action, Payload: payload})
}

// decided is one decision of the shared entry.
type decided struct {
	mark   alert.Mark
	reason incident.Reason
}

// saveAudit chains the transaction's entries. A transaction that decided nothing has none.
func (w *work) saveAudit(ctx context.Context) error {
	if len(w.decided) > 0 {
		byReason := map[string]any{}
		for _, d := range w.decided {
			marks, _ := byReason[string(d.reason)].([]any) // A missing reason starts an empty list.
			byReason[string(d.reason)] = append(marks, d.mark.String())
		}
		// First, so that what was decided comes before what was asked for because of it.
		shared := audit.Entry{CreatedAt: w.now, Actor: audit.System(), Action: audit.ActionAccepted, Payload: byReason}
		w.entries = append([]audit.Entry{shared}, w.entries...)
	}
	return w.tx.AppendAudit(ctx, w.head, w.entries)
}

// tell logs what was kept: one line for each decision that changed something.
func (w *work) log(ctx context.Context, log *slog.Logger, counts Counts) {
	for _, s := range w.stories {
		if counts.Decided != nil {
			counts.Decided(s.reason)
		}
		logEmit(ctx, log, s)
		level, msg := slog.LevelInfo, "decided"
		switch s.reason {
		case incident.ReasonTicketAsked, incident.ReasonStorm:
			msg = "auto_ticket"
		case incident.ReasonInvestigateAsked, incident.ReasonInvestigateJoined:
			msg = "investigate"
		case incident.ReasonTicketFiled:
			msg = "ticket_filed"
		case incident.ReasonSending, incident.ReasonCreated, incident.ReasonDone, incident.ReasonTicketOpen, incident.ReasonHeldBack,
			incident.ReasonShared, incident.ReasonListed:
			level = slog.LevelDebug
		case incident.ReasonNotSent, incident.ReasonRefused, incident.ReasonLookFailed, incident.ReasonUnknown, incident.ReasonVanished,
			incident.ReasonTwin:
			// The courier says these, with the desk's words.
			level = slog.LevelDebug
		default:
		}
		if !log.Enabled(ctx, level) {
			continue
		}
		attrs := []slog.Attr{
			slog.String("incident", s.next.Mark.String()), slog.String("alert_key", s.next.Key.String()),
			slog.String("severity", s.next.Severity.String()),
			slog.String("event", string(s.event)), slog.String("from", string(s.from)), slog.String("to", string(s.next.State)),
			slog.String("reason", string(s.reason)), slog.Int("effects", s.effects), slog.String("title", s.next.Title),
		}
		if s.effectID != "" {
			attrs = append(attrs, slog.String("job", s.effectID))
		}
		if s.reason == incident.ReasonTicketFiled {
			attrs = append(attrs, slog.String("desk", s.next.Ticket.Desk), slog.String("ticket", s.next.Ticket.Number),
				slog.String("ticket_url", s.next.Ticket.URL))
		}
		log.LogAttrs(ctx, level, msg, attrs...) //nolint:sloglint // One of the constants above.
	}
}

// tellEmit says that an alert of P2 or worse was first emitted or recovered, in the old
// system's words: the runbook greps for them.
func logEmit(ctx context.Context, log *slog.Logger, s story) {
	if !s.next.Severity.WorseOrEqual(alert.P2) || s.next.Shared != storm.NotShared {
		return
	}
	var status string
	switch {
	case s.from == "" && (s.event == incident.AlertFired{}.Kind() ||
		s.event == incident.AlertMaybeStale{}.Kind()), s.reason == incident.ReasonFiredAgain, s.reason == incident.ReasonFlapped:
		status = "firing"
	case s.reason == incident.ReasonRecovered &&
		s.from != incident.Recovered, s.reason == incident.ReasonOver, s.reason == incident.ReasonEndedWhileHeld:
		status = "recovered"
	default:
		return
	}
	log.LogAttrs(ctx, slog.LevelInfo, "alert_aggregator emit",
		slog.String("status", status), slog.String("alert_key", s.next.Key.String()), slog.String("severity", s.next.Severity.String()),
		slog.String("source", s.next.Source), slog.String("title", s.next.Title))
}
