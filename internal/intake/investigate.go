package intake

import (
	"context"
	"errors"
	"fmt"
	"time"

	"docket/internal/alert"
	"docket/internal/audit"
	"docket/internal/filing"
	"docket/internal/incident"
	"docket/internal/ledger"
)

// Click is one click on Investigate.
type Click struct {
	// Alert is the degraded surface's own alert as it is.
	Alert alert.Alert
	// Window is the surface's own idempotency window; zero for the policy's.
	Window time.Duration
	// Brief is what is known of the surface, in words, for the ticket.
	Brief string
	// Actor is who clicked.
	Actor audit.Actor
	// DeskAway says whether the desk is known to be away, and a sentence why.
	DeskAway func() (sentence string, away bool)
}

// Investigation is what a click brought.
type Investigation struct {
	// Mark is the surface's incident.
	Mark alert.Mark
	// Ticket is its ticket. While Degraded it is the one last known, or zero.
	Ticket filing.Ticket
	// Degraded says that the desk did not bring or confirm the ticket in time; the request is kept.
	Degraded bool
	// Message says to the person who clicked what was done, or what happens next.
	Message string
}

// ErrInvestigateOff says that the flag investigate.from_status is off.
var ErrInvestigateOff = errors.New("Investigate is switched off (flag investigate.from_status)")

const (
	// investigateWithin is how long a person who clicked waits for the ticket.
	investigateWithin = 4500 * time.Millisecond
	investigatePace   = 25 * time.Millisecond
	// clickedAlertHolds is how long the alert that a click brings along counts, unless the watch repeats it.
	clickedAlertHolds = 5 * time.Minute
)

// Investigate asks for the surface's ticket and waits a moment for it. Many clicks at once,
// on any replica, come to the same ticket. An error means that the request was not kept.
func (i *Intake) Investigate(ctx context.Context, c Click) (Investigation, error) {
	ctx, cancel := context.WithTimeout(ctx, investigateWithin)
	defer cancel()
	// The tile's alert goes along, so that no incident is left that nothing could end: should
	// the tile have healed a moment ago, this word expires.
	c.Alert.ExpiresAt = c.Alert.SaidAt.Add(clickedAlertHolds)
	results, err := i.ledger.Apply(ctx, ledger.AlertReceived{Alert: c.Alert},
		ledger.InvestigateClicked{Tile: c.Alert, Window: c.Window, Brief: c.Brief, Actor: c.Actor})
	if err != nil {
		return Investigation{}, fmt.Errorf("investigate %s: %w", c.Alert.Surface, err)
	}
	results = results[1:]
	if results[0].Reason == incident.ReasonInvestigateOff {
		return Investigation{}, ErrInvestigateOff
	}
	out := Investigation{Mark: results[0].Mark}
	ticker := time.NewTicker(investigatePace)
	defer ticker.Stop()
	for {
		inc, settled, err := i.inquired(ctx, c.Alert.Key)
		if err == nil {
			out.Mark, out.Ticket = inc.Mark, filing.Ticket{}
			if inc.Ticket.State == filing.TicketFiled {
				out.Ticket = inc.Ticket
			}
		}
		if err == nil && settled {
			out.Message = fmt.Sprintf("Ticket %s is open for this.", out.Ticket.Number)
			return out, nil
		}
		sentence, away := c.DeskAway()
		if away || ctx.Err() != nil {
			return degraded(out, c, sentence), nil
		}
		select {
		case <-ctx.Done():
		case <-ticker.C:
		}
	}
}

// inquired loads the key's latest incident; settled says that its ticket is filed and that
// no question about it is on its way to the desk.
func (i *Intake) inquired(ctx context.Context, key alert.Key) (inc incident.Incident, settled bool, err error) {
	inc, err = i.store.LatestIncident(ctx, key)
	if err != nil || inc.Ticket.State != filing.TicketFiled {
		return inc, false, err
	}
	effects, err := i.store.EffectsOf(ctx, inc.Mark)
	if err != nil {
		return inc, false, err
	}
	for _, e := range effects {
		if e.Kind == filing.KindCheck && !e.Finished() {
			return inc, false, nil
		}
	}
	// A question answered between the two reads has changed the incident, or closed it.
	again, err := i.store.LatestIncident(ctx, key)
	return again, err == nil && again.Mark == inc.Mark && again.Version == inc.Version, err
}

// degraded says what happens next where the desk has not answered.
func degraded(out Investigation, c Click, sentence string) Investigation {
	out.Degraded = true
	if sentence == "" {
		sentence = "The help desk did not respond in time."
	}
	if out.Ticket.ID != "" {
		out.Message = fmt.Sprintf("%s Ticket %s was open when Docket last saw it.", sentence, out.Ticket.Number)
		return out
	}
	out.Message = fmt.Sprintf("%s Your request is saved as incident %s: the ticket is filed as soon as the help desk responds, unless %s has "+
		"recovered by then.",
		sentence, out.Mark, c.Alert.Title)
	return out
}
