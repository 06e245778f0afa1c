package app

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"docket/internal/alert"
	"docket/internal/config"
	"docket/internal/flag"
	"docket/internal/incident"
	"docket/internal/silence"
	"docket/internal/storm"
	"docket/internal/template"
	"docket/internal/web"
)

// rules turn the configuration into policies.
type rules struct {
	base incident.Policy
	// on says whether a flag is on.
	on func(name string) bool
	// desks are the timing and the last outage of each desk in use; fallback names the default.
	desks    map[string]deskRule
	fallback string
	routes   []routeRule
	// ticketAt is the mildest severity that gets a ticket, by source, where one has its own.
	ticketAt map[string]alert.Severity
}

type routeRule struct {
	name     string
	matchers silence.Matchers
	policy   incident.Policy
	place    string
	words    *template.Words
	// ticketAt says that the policy's TicketAt is the route's own, which goes before the source's.
	ticketAt bool
}

// localCallTimeout: a create in the local desk is one transaction of our own database; an
// attempt that never answered is over once its process is.
const localCallTimeout = 0

func newRules(cfg config.Config, desks map[string]deskRule, on func(flag string) bool) (*rules, error) {
	p := incident.DefaultPolicy()
	c := cfg.Policies
	p.TicketAt, p.OnRecovery, p.Hold, p.StaleHold, p.Settle = c.TicketAt, incident.OnRecovery(c.OnRecovery), c.Hold, c.DoubtHold, c.Settle
	p.Desk = cfg.Desk
	p.InvestigateWindow, p.ReopenWithin = c.InvestigateWindow, c.ReopenWithin
	p.Storm = storm.Policy{Limit: int(c.Storm.Limit), Per: c.Storm.Per}
	p.Backfill = storm.Backfill(c.Backfill)
	r := &rules{base: p, on: on, desks: desks, fallback: cfg.Desk, ticketAt: map[string]alert.Severity{}}
	for _, s := range cfg.Sources {
		if s.TicketAt != 0 {
			r.ticketAt[s.Name] = s.TicketAt
		}
	}
	for _, rc := range cfg.Routes {
		rr := routeRule{name: rc.Name, policy: p}
		if rc.To != nil {
			rr.place = rc.To.Place()
		}
		rr.policy.Desk = cmp.Or(rc.Desk, cfg.Desk)
		var err error
		if rr.matchers, err = silence.ParseMatchers(rc.Match...); err != nil {
			return nil, fmt.Errorf("route %s: %w", rc.Name, err)
		}
		rr.policy.Tags = slices.Concat(p.Tags, rc.Tags, tagsFor(rc))
		if rc.TicketAt != 0 {
			rr.policy.TicketAt, rr.ticketAt = rc.TicketAt, true
		}
		if rc.OnRecovery != "" {
			rr.policy.OnRecovery = incident.OnRecovery(rc.OnRecovery)
		}
		if rc.Hold != nil {
			rr.policy.Hold = *rc.Hold
		}
		if rc.Settle != nil {
			rr.policy.Settle = *rc.Settle
		}
		if rc.Storm.Limit != nil {
			rr.policy.Storm.Limit = int(*rc.Storm.Limit)
		}
		if rc.Storm.Per != nil {
			rr.policy.Storm.Per = *rc.Storm.Per
		}
		var faults []template.Fault
		if rr.words, faults = template.New(rc.Subject, rc.Body); len(faults) > 0 {
			return nil, fmt.Errorf("route %s: the template for the %s: %s", rc.Name, faults[0].Part, faults[0].Reason)
		}
		r.routes = append(r.routes, rr)
	}
	return r, nil
}

// tagsFor are the tags that a route's settings for its desk add.
func tagsFor(rc config.RouteConfig) []string {
	if rc.To == nil {
		return nil
	}
	return rc.To.Tags()
}

// route returns the name of the first route that matches, "" for none.
func (r *rules) route(a alert.Alert) string {
	for _, rr := range r.routes {
		if rr.matchers.Match(a.Labels) {
			return rr.name
		}
	}
	return ""
}

// policy returns the policy of an incident's route and source as the flags stand; what mutes it
// is the ledger's to find out, by its alerts. A route that is not configured any more has the
// default.
func (r *rules) policy(inc incident.Incident, _ time.Time) incident.Policy {
	p, own := r.base, false
	for _, rr := range r.routes {
		if rr.name == inc.Route {
			p, own = rr.policy, rr.ticketAt
			break
		}
	}
	if at, ok := r.ticketAt[inc.Source]; ok && !own {
		p.TicketAt = at
	}
	p.FilingOn, p.InvestigateOn = r.on(flag.AutoTicket), r.on(flag.InvestigateFromStatus)
	d, known := r.desks[cmp.Or(inc.Ticket.Desk, p.Desk)]
	if !known { // Its desk is not configured any more: nothing is done there, and nothing hangs on it.
		d = r.desks[r.fallback]
	}
	p.Timing, p.MaxText, p.Outage = d.timing, d.maxText, d.outage()
	return p
}

// deskOf is the desk of a route.
func (r *rules) deskOf(route string) string {
	for _, rr := range r.routes {
		if rr.name == route {
			return rr.policy.Desk
		}
	}
	return r.fallback
}

// place is where in its desk a route's tickets go, "" for the desk's own place.
func (r *rules) place(route string) string {
	for _, rr := range r.routes {
		if rr.name == route {
			return rr.place
		}
	}
	return ""
}

// words are a route's own words for its tickets, nil for the built-in ones.
func (r *rules) words(route string) *template.Words {
	for _, rr := range r.routes {
		if rr.name == route {
			return rr.words
		}
	}
	return nil
}

// routes are the routes as Alertmanager's API shows them.
func routes(cfg config.Config) []web.Route {
	all := make([]web.Route, len(cfg.Routes))
	for i, r := range cfg.Routes {
		all[i] = web.Route{Name: r.Name, Match: r.Match}
	}
	return all
}
