package ledger

import (
	"context"
	"errors"
	"fmt"

	"docket/internal/alert"
	"docket/internal/audit"
	"docket/internal/brief"
	"docket/internal/failpoint"
	"docket/internal/filing"
	"docket/internal/incident"
	"docket/internal/rule"
	"docket/internal/store"
	"docket/internal/storm"
)

// asksForTicket reports whether a decision asks for a ticket that a storm may take over:
// one that nobody clicked for, of an incident that gathers no others.
func asksForTicket(d rule.Decision, ev incident.Event) bool {
	asking := asker(d)
	if _, clicked := ev.(incident.Investigated); clicked || asking.Shared != storm.NotShared || asking.Inquiry.Asked {
		return false
	}
	for _, e := range d.Effects {
		if e.Kind == filing.KindFile {
			return true
		}
	}
	return false
}

// asker is the incident that a decision's new effects are of.
func asker(d rule.Decision) incident.Incident {
	if d.Successor != nil {
		return *d.Successor
	}
	return d.Next
}

// admit notes that an incident asks for a ticket, and returns the storm that takes it, if any.
func (w *work) admit(ctx context.Context, d rule.Decision, p storm.Policy) (alert.Mark, error) {
	if p.Limit <= 0 {
		return alert.Mark{}, nil
	}
	inc := asker(d)
	c := w.windows[inc.Route]
	if c == nil {
		loaded, err := w.tx.StormWindow(ctx, inc.Route)
		if err != nil {
			return alert.Mark{}, err
		}
		c = &loaded
		w.windows[inc.Route] = c
	}
	next, into := c.Admit(inc.Title, inc.Severity, p, w.now)
	*c = next
	if into == (alert.Mark{}) {
		return into, nil
	}
	target, err := w.sharedTicket(ctx, into, storm.Storm, inc)
	if err != nil {
		return into, err
	}
	c.Storm = target.Mark
	return target.Mark, nil
}

// gathering returns the gathering of a mark, or a fresh one where that is over or its ticket
// closed: what comes now must not be listed where nobody looks any more. Nor is it listed at
// another desk than its own, which is so where a route was given another one meanwhile.
func (w *work) sharedTicket(ctx context.Context, m alert.Mark, kind storm.SharedTicket, member incident.Incident) (*incidentEntry, error) {
	route, desk := member.Route, member.Ticket.Desk
	if kind == storm.Digest {
		route = ""
	}
	for {
		e := w.latest[m.Key]
		if e == nil || e.Mark != m {
			stored, err := w.tx.Incident(ctx, m)
			if errors.Is(err, store.ErrNotFound) {
				return &incidentEntry{Incident: incident.Incident{
					Mark: m, Recipe: alert.Recipe, Route: route, Shared: kind, Ticket: filing.Ticket{Desk: desk},
				}}, nil
			}
			if err != nil {
				return nil, err
			}
			e = &incidentEntry{Incident: stored, stored: stored.Version}
			w.latest[m.Key] = e
			w.incidents = append(w.incidents, e)
		}
		elsewhere := e.Ticket.Desk != "" && desk != "" && e.Ticket.Desk != desk
		if e.Live() && e.Ticket.State != filing.TicketClosed && !elsewhere {
			return e, nil
		}
		name := route
		if elsewhere {
			name += " at " + desk
		}
		m = storm.MarkOf(kind, name, w.now)
	}
}

// gather lets the gathering know of a member that a decision gives it. The gathering may be
// a later one than the rule named.
func (w *work) join(ctx context.Context, d *rule.Decision, actor audit.Actor) error {
	if d.Joins == (alert.Mark{}) {
		return nil
	}
	member := &d.Next
	if d.Successor != nil {
		member = d.Successor
	}
	kind := storm.Storm
	if d.Reason == incident.ReasonDigest {
		kind = storm.Digest
	}
	target, err := w.sharedTicket(ctx, d.Joins, kind, *member)
	if err != nil {
		return err
	}
	member.Within = target.Mark
	failpoint.Hit("ledger-gathered")
	w.listings = append(w.listings, store.Entry{Mark: member.Mark, Within: target.Mark, AddedAt: w.now})
	_, err = w.step(ctx, target, incident.MemberJoined{Severity: member.Severity}, actor)
	return err
}

// survey gathers what has to be known when the moment of a shared ticket comes.
func (w *work) survey(ctx context.Context, inc incident.Incident) (ev incident.SharedTimeCame, err error) {
	members, err := w.tx.WaitingMembers(ctx, inc.Mark, brief.MaxListed)
	if err != nil {
		return ev, err
	}
	policy := w.rules.Policy(inc, w.now)
	ev.Members = brief.Fit(inc, members, policy.MaxText)
	if ev.LiveMembers, err = w.tx.LiveMembers(ctx, inc.Mark); err != nil {
		return ev, fmt.Errorf("count the live members of %s: %w", inc.Mark, err)
	}
	if inc.Shared == storm.Storm {
		c, err := w.tx.StormWindow(ctx, inc.Route)
		if err != nil {
			return ev, err
		}
		ev.MoreMayCome = c.Storm == inc.Mark && w.now.Sub(c.JoinedAt) < policy.Storm.Per
	}
	return ev, nil
}

// tellMembers lets the members that an effect's text lists know that they are in the ticket.
func (w *work) notifyMembers(ctx context.Context, gathering incident.Incident, e filing.Effect) error {
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
		if _, err := w.step(ctx, target, incident.Listed{Ticket: gathering.Ticket}, audit.Actor{}); err != nil {
			return err
		}
	}
	return nil
}

// saveGatherings writes who is in which gathering, and what lists whom.
func (w *work) saveShared(ctx context.Context) error {
	for _, c := range w.windows {
		if err := w.tx.SaveStormWindow(ctx, *c); err != nil {
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
func (w *work) severity(e filing.Effect) alert.Severity {
	if e.Kind != filing.KindFile {
		return alert.P5
	}
	if i := w.latest[e.Mark.Key]; i != nil {
		return i.Severity
	}
	return alert.P5
}
