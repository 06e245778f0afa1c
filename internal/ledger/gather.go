package ledger

import (
	"context"
	"errors"
	"fmt"

	"docket/internal/alert"
	"docket/internal/failpoint"
	"docket/internal/incident"
	"docket/internal/store"
)

// asksForTicket reports whether a decision asks for a ticket that a storm may take over:
// one that nobody clicked for, of an incident that gathers no others.
func asksForTicket(d incident.Decision, ev incident.Event) bool {
	asking := asker(d)
	if ev.Kind == incident.Investigated || asking.Gathers != incident.NoGathering || asking.Inquiry.Asked {
		return false
	}
	for _, e := range d.Effects {
		if e.Kind == incident.KindFile {
			return true
		}
	}
	return false
}

// asker is the incident that a decision's new effects are of.
func asker(d incident.Decision) incident.Incident {
	if d.Successor != nil {
		return *d.Successor
	}
	return d.Next
}

// admit notes that an incident asks for a ticket, and returns the storm that takes it, if any.
func (w *work) admit(ctx context.Context, d incident.Decision, p incident.StormPolicy) (incident.Mark, error) {
	if p.Limit <= 0 {
		return incident.Mark{}, nil
	}
	inc := asker(d)
	c := w.crowds[inc.Route]
	if c == nil {
		loaded, err := w.tx.Crowd(ctx, inc.Route)
		if err != nil {
			return incident.Mark{}, err
		}
		c = &loaded
		w.crowds[inc.Route] = c
	}
	next, into := c.Admit(inc, p, w.now)
	*c = next
	if into == (incident.Mark{}) {
		return into, nil
	}
	target, err := w.gathering(ctx, into, incident.Storm, inc.Route)
	if err != nil {
		return into, err
	}
	c.Storm = target.Mark
	return target.Mark, nil
}

// gathering returns the gathering of a mark, or a fresh one where that is over or its ticket
// closed: what comes now must not be listed where nobody looks any more.
func (w *work) gathering(ctx context.Context, m incident.Mark, kind incident.Gathering, route string) (*incidentEntry, error) {
	for {
		e := w.latest[m.Key]
		if e == nil || e.Mark != m {
			stored, err := w.tx.Incident(ctx, m)
			if errors.Is(err, store.ErrNotFound) {
				return &incidentEntry{Incident: incident.Incident{Mark: m, Recipe: alert.Recipe, Route: route, Gathers: kind}}, nil
			}
			if err != nil {
				return nil, err
			}
			e = &incidentEntry{Incident: stored, stored: stored.Version}
			w.latest[m.Key] = e
			w.incidents = append(w.incidents, e)
		}
		if e.Live() && e.Ticket.State != incident.TicketClosed {
			return e, nil
		}
		m = incident.GatheringMark(kind, route, w.now, 1)
	}
}

// gather lets the gathering know of a member that a decision gives it. The gathering may be
// a later one than the rule named.
func (w *work) gather(ctx context.Context, d *incident.Decision, in *Input) error {
	if d.Gather == (incident.Mark{}) {
		return nil
	}
	member := &d.Next
	if d.Successor != nil {
		member = d.Successor
	}
	kind := incident.Storm
	if d.Reason == incident.ReasonDigest {
		kind = incident.Digest
	}
	route := member.Route
	if kind == incident.Digest {
		route = ""
	}
	target, err := w.gathering(ctx, d.Gather, kind, route)
	if err != nil {
		return err
	}
	member.Within = target.Mark
	failpoint.Hit("ledger-gathered")
	w.listings = append(w.listings, store.Entry{Mark: member.Mark, Within: target.Mark, AddedAt: w.now})
	_, err = w.step(ctx, target, incident.Event{Kind: incident.Gathered, Alert: alert.Alert{Severity: member.Severity}}, in)
	return err
}

// survey fills in what a gathering has to know when its moment comes.
func (w *work) survey(ctx context.Context, inc incident.Incident, ev *incident.Event) error {
	members, err := w.tx.WaitingMembers(ctx, inc.Mark, incident.MaxListed)
	if err != nil {
		return err
	}
	ev.Members = incident.ListMembers(inc, members)
	if ev.LiveMembers, err = w.tx.LiveMembers(ctx, inc.Mark); err != nil {
		return fmt.Errorf("count the live members of %s: %w", inc.Mark, err)
	}
	if inc.Gathers == incident.Storm {
		c, err := w.tx.Crowd(ctx, inc.Route)
		if err != nil {
			return err
		}
		ev.Crowded = c.Storm == inc.Mark && w.now.Sub(c.GatheredAt) < w.rules.Policy(inc, w.now).Storm.Per
	}
	return nil
}

// tellMembers lets the members that an effect's text lists know that they are in the ticket.
func (w *work) tellMembers(ctx context.Context, gathering incident.Incident, e incident.Effect, in *Input) error {
	failpoint.Hit("ledger-telling-members")
	marks, err := w.tx.ListedIn(ctx, e.ID)
	if err != nil {
		return fmt.Errorf("load what %s lists: %w", e.ID, err)
	}
	var missing []alert.Key
	for _, m := range marks {
		if known := w.latest[m.Key]; known == nil {
			missing = append(missing, m.Key)
		}
	}
	found, err := w.tx.LatestIncidents(ctx, missing)
	if err != nil {
		return err
	}
	for k, i := range found {
		w.latest[k] = &incidentEntry{Incident: i, stored: i.Version}
		w.incidents = append(w.incidents, w.latest[k])
	}
	for _, m := range marks {
		target := w.latest[m.Key]
		if target == nil || target.Mark != m {
			i, err := w.tx.Incident(ctx, m)
			if err != nil {
				return err
			}
			target = &incidentEntry{Incident: i, stored: i.Version}
			w.incidents = append(w.incidents, target)
		}
		if _, err := w.step(ctx, target, incident.Event{Kind: incident.Listed, Ticket: gathering.Ticket}, in); err != nil {
			return err
		}
	}
	return nil
}

// saveGatherings writes who is in which gathering, and what lists whom.
func (w *work) saveGatherings(ctx context.Context) error {
	for _, c := range w.crowds {
		if err := w.tx.SaveCrowd(ctx, *c); err != nil {
			return err
		}
	}
	if err := w.tx.AddListings(ctx, w.listings); err != nil {
		return err
	}
	for id, members := range w.listed {
		if err := w.tx.MarkListed(ctx, id, members); err != nil {
			return err
		}
	}
	return nil
}

// severity is how urgent an effect is: a ticket by its incident; what follows on a ticket
// comes after all tickets.
func (w *work) severity(e incident.Effect) alert.Severity {
	if e.Kind != incident.KindFile {
		return alert.P5
	}
	if i := w.latest[e.Mark.Key]; i != nil {
		return i.Severity
	}
	return alert.P5
}
