package query

import (
	"context"
	"docket/internal/alert"
	"docket/internal/filing"
	"docket/internal/incident"
	"docket/internal/storm"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Explanation says why a ticket was filed or not.
type Explanation struct {
	ID       string   `json:"id"`
	Filed    bool     `json:"filed"`
	Sentence string   `json:"sentence" doc:"The answer in one sentence."`
	Because  []string `json:"because" doc:"The decisions that led to it, in order."`
	Next     string   `json:"next" doc:"What happens next by itself, or what a person can do."`
	// Policy is the policy for this incident now; Effects are its help desk operations.
	Policy  PolicyRow   `json:"policy"`
	Effects []EffectRow `json:"effects"`
}

// PolicyRow is the policy of one route at one point in time.
type PolicyRow struct {
	Route      string   `json:"route" doc:"Empty for the default policy."`
	TicketAt   string   `json:"ticket_at"`
	Filing     bool     `json:"filing"`
	MutedBy    string   `json:"muted_by"`
	Hold       string   `json:"hold"`
	Settle     string   `json:"settle"`
	OnRecovery string   `json:"on_recovery"`
	Tags       []string `json:"tags"`
}

func policyRow(route string, p incident.Policy) PolicyRow {
	return PolicyRow{
		route, p.TicketAt.String(), p.FilingOn, p.MutedBy, p.Hold.String(), p.Settle.String(), string(p.OnRecovery), orEmpty(p.Tags),
	}
}

// Explain says why an incident's ticket was filed or not, and what happens next.
func (r Reader) Explain(ctx context.Context, id string) (Explanation, error) {
	inc, err := r.find(ctx, id)
	if err != nil {
		return Explanation{}, err
	}
	effects, err := r.Store.EffectsOf(ctx, inc.Mark)
	if err != nil {
		return Explanation{}, err
	}
	now := time.Now().UTC()
	p, err := r.policyOf(ctx, inc, now)
	if err != nil {
		return Explanation{}, err
	}
	x := Explanation{ID: inc.Mark.String(), Filed: inc.Ticket.ID != "", Policy: policyRow(inc.Route, p), Effects: effectRows(effects)}
	x.Sentence, x.Next = verdict(inc, effects, p, now)
	for _, m := range inc.Timeline {
		line := fmt.Sprintf("%s %s: %s", m.At.UTC().Format(time.RFC3339), m.Event, m.Reason.Sentence())
		if m.Detail != "" {
			line += " (" + m.Detail + ")"
		}
		x.Because = append(x.Because, line)
	}
	x.Because = append(x.Because, fmt.Sprintf("Current policy: tickets from %s, filing %s, hold %s, settle %s, on recovery %s.",
		p.TicketAt, OnOff(p.FilingOn), p.Hold, p.Settle, p.OnRecovery))
	return x, nil
}

// policyOf returns what applies to an incident now: its route's policy, and what mutes its alerts.
func (r Reader) policyOf(ctx context.Context, inc incident.Incident, now time.Time) (incident.Policy, error) {
	p := r.Policy(inc, now)
	mutes := r.Board.Mutes(now)
	if mutes.Empty() || inc.Shared != storm.NotShared {
		return p, nil
	}
	alerts, err := r.Store.AlertsOf(ctx, inc.Key)
	if err != nil {
		return p, err
	}
	if len(alerts) == 0 {
		return p, nil
	}
	last := slices.MaxFunc(alerts, func(a, b alert.Alert) int { return a.EndsAt.Compare(b.EndsAt) })
	heard := slices.DeleteFunc(alerts, func(a alert.Alert) bool { return a.Status != alert.Firing })
	if len(heard) == 0 {
		heard = []alert.Alert{last}
	}
	if m, muted := mutes.Mutes(heard, now); muted {
		p.MutedBy, p.MutedUntil = m.By, m.Until
	}
	return p, nil
}

// OnOff formats a switch: "on" or "off".
func OnOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

// verdict returns the answer in one sentence, and what happens next.
func verdict(inc incident.Incident, effects []filing.Effect, p incident.Policy, now time.Time) (sentence, next string) {
	switch inc.Ticket.State {
	case filing.TicketFiled:
		return fmt.Sprintf("Yes: ticket %s was created and verified.", inc.Ticket.Number),
			"Close the ticket when you are done."
	case filing.TicketClosed:
		return fmt.Sprintf("Yes: ticket %s was created. It has been closed since.", inc.Ticket.Number),
			"If the alert recovers and fires again, a new ticket is created that links to this one."
	case filing.TicketAsked:
		return beingFiled(effects, p, now)
	case filing.TicketNone:
	}
	why := incident.Reason("")
	for _, m := range inc.Timeline {
		switch m.Reason {
		case incident.ReasonBelowTicketAt, incident.ReasonFilingOff, incident.ReasonMuted,
			incident.ReasonHeld, incident.ReasonMaybeStale, incident.ReasonEndedWhileHeld:
			why = m.Reason
		default:
		}
	}
	sentence = why.Sentence()
	if !strings.HasPrefix(sentence, "No ticket") {
		sentence = "No ticket yet. " + sentence
	}
	if !inc.DueAt.IsZero() {
		return sentence, "Docket decides again at " + inc.DueAt.UTC().Format(time.RFC3339) + "."
	}
	if inc.Live() && why == incident.ReasonFilingOff {
		return sentence, "To file it, switch filing on again: docket flags set alerts.auto_ticket on."
	}
	if inc.Live() {
		return sentence, "A ticket is created only if the severity is raised or the configuration changes."
	}
	return sentence, "The incident is closed."
}

// beingFiled describes the progress of filing.
func beingFiled(effects []filing.Effect, p incident.Policy, now time.Time) (sentence, next string) {
	for _, e := range effects {
		if e.Kind != filing.KindFile {
			continue
		}
		move := e.Next(p.Timing, now)
		next = "Docket tries again at once."
		if move.Do == filing.DoWait {
			next = "Docket continues at " + move.At.UTC().Format(time.RFC3339) + "."
		}
		fault := ""
		if e.Fault != "" {
			fault = fmt.Sprintf(" The help desk's last response: %s (%s).", e.Detail, e.Fault)
		}
		switch e.State {
		case filing.Unknown, filing.Sending:
			return "Not certain yet: a request was sent but its outcome is unknown, " +
				"so Docket looks for the ticket before it sends anything again." + fault, next
		case filing.Created:
			return "Almost: the help desk says that it created the ticket, and Docket is verifying that." + fault, next
		case filing.Queued, filing.Done, filing.Dropped:
		}
		return "Not yet: Docket is trying to create a ticket, but the help desk has not accepted it." + fault, next
	}
	return "Not yet: a ticket is being created.", "It is filed as soon as the help desk accepts it."
}
