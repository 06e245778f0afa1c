package rule_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"docket/internal/alert"
	"docket/internal/filing"
	"docket/internal/incident"
	"docket/internal/rule"
)

// noon is when every story begins.
var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// problem is the alert_key of every story.
const problem alert.Key = 0x0123456789abcdef

// story plays what happens to one problem, step by step, and keeps what the ledger keeps.
type story struct {
	t       *testing.T
	p       incident.Policy
	now     time.Time
	inc     incident.Incident
	past    []incident.Incident
	effects []filing.Effect
}

// tell begins a story under the default policy, changed as given.
func tell(t *testing.T, change ...func(*incident.Policy)) *story {
	t.Helper()
	p := incident.DefaultPolicy()
	p.Tags = nil
	for _, c := range change {
		c(&p)
	}
	return &story{t: t, p: p, now: noon, inc: blank(1)}
}

// blank is the zero incident that the ledger hands in where none is live.
func blank(generation int) incident.Incident {
	return incident.Incident{Mark: alert.Mark{Key: problem, Generation: generation}, Recipe: alert.Recipe}
}

func signal(s alert.Severity) alert.Alert {
	return alert.Alert{Key: problem, Fingerprint: problem, Source: "prometheus", Severity: s, Title: "DiskFull",
		Status: alert.Firing, StartsAt: noon}
}

// step plays one event and takes its decision over, as ledger.Apply does.
func (s *story) step(ev incident.Event) rule.Decision {
	s.t.Helper()
	if _, answer := ev.(incident.EffectAnswered); s.inc.State == incident.Closed && !answer {
		s.past = append(s.past, s.inc)
		earlier := s.inc.Past()
		s.inc = blank(s.inc.Generation + 1)
		s.inc.Earlier = earlier
	}
	d := rule.Step(s.inc, ev, s.p, s.now)
	if d.Changed {
		s.inc = d.Next
	}
	if d.EffectChanged {
		s.effects[s.at(d.Effect.ID)] = d.Effect
	}
	for _, e := range d.Effects {
		if slices.ContainsFunc(s.effects, func(f filing.Effect) bool { return f.ID == e.ID }) {
			s.t.Fatalf("%s was asked for twice", e.ID)
		}
		s.effects = append(s.effects, e)
	}
	if d.Successor != nil {
		s.past = append(s.past, s.inc)
		s.inc = *d.Successor
	}
	return d
}

func (s *story) fire(sev alert.Severity) rule.Decision {
	s.t.Helper()
	return s.step(incident.AlertFired{Alert: signal(sev)})
}

func (s *story) doubt(sev alert.Severity) rule.Decision {
	s.t.Helper()
	return s.step(incident.AlertMaybeStale{Alert: signal(sev)})
}

func (s *story) end() rule.Decision {
	s.t.Helper()
	return s.step(incident.AlertEnded{Alert: signal(alert.P2)})
}

func (s *story) seen(closed bool, at time.Time) rule.Decision {
	s.t.Helper()
	return s.step(incident.TicketSeen{Closed: closed, ClosedAt: at})
}

// pass lets time go by and, where something is due, lets time decide.
func (s *story) pass(d time.Duration) rule.Decision {
	s.t.Helper()
	s.now = s.now.Add(d)
	return s.step(incident.TimeCame{})
}

// answer plays the world's answer to the present attempt of an effect.
func (s *story) answer(id string, a filing.Answer) rule.Decision {
	s.t.Helper()
	e := s.effects[s.at(id)]
	a.Attempt = e.Attempt
	ev := incident.EffectAnswered{Effect: e, Answer: a}
	if live := s.inc; e.Mark != live.Mark {
		i := slices.IndexFunc(s.past, func(p incident.Incident) bool { return p.Mark == e.Mark })
		d := rule.Step(s.past[i], ev, s.p, s.now)
		if d.Changed {
			s.t.Fatalf("an answer changed the closed incident %s: %s", e.Mark, d.Reason)
		}
		s.effects[s.at(id)] = d.Effect
		return d
	}
	return s.step(ev)
}

// outcome answers with nothing but an outcome.
func (s *story) outcome(id string, o filing.Outcome) rule.Decision {
	s.t.Helper()
	return s.answer(id, filing.Answer{Outcome: o})
}

// file takes the ticket of the present incident all the way.
func (s *story) file() rule.Decision {
	s.t.Helper()
	id := "file/" + s.inc.Mark.String()
	ticket := filing.Ticket{Desk: "local", ID: "id-" + s.inc.Mark.String(), Number: "1001", URL: "http://desk/1001"}
	s.outcome(id, filing.OutcomeStarted)
	s.answer(id, filing.Answer{Outcome: filing.OutcomeSent, Ticket: filing.Ticket{ID: ticket.ID}})
	return s.answer(id, filing.Answer{Outcome: filing.OutcomeConfirmed, Ticket: ticket})
}

// checked answers a check of the ticket.
func (s *story) checked(id string, closed bool, at time.Time) rule.Decision {
	s.t.Helper()
	return s.answer(id, filing.Answer{Outcome: filing.OutcomeSent, TicketStatusClosed: closed, ClosedAt: at})
}

func (s *story) at(id string) int {
	s.t.Helper()
	i := slices.IndexFunc(s.effects, func(e filing.Effect) bool { return e.ID == id })
	if i < 0 {
		s.t.Fatalf("no effect %s; there are %s", id, s.asked(""))
	}
	return i
}

// asked lists the ids of the effects so far whose id begins with prefix.
func (s *story) asked(prefix string) []string {
	var ids []string
	for _, e := range s.effects {
		if strings.HasPrefix(e.ID, prefix) {
			ids = append(ids, e.ID)
		}
	}
	return ids
}

// expect checks where the incident stands and why.
func (s *story) expect(d rule.Decision, state incident.State, ticket filing.TicketState, why incident.Reason) {
	s.t.Helper()
	if s.inc.State != state || s.inc.Ticket.State != ticket || d.Reason != why {
		s.t.Fatalf("%s with ticket %s because %s, want %s with ticket %s because %s", s.inc.State, s.inc.Ticket.State,
			d.Reason, state, ticket, why)
	}
}

// expectAsked checks all that was asked of the world so far.
func (s *story) expectAsked(want ...string) {
	s.t.Helper()
	if got := s.asked(""); !slices.Equal(got, want) {
		s.t.Fatalf("asked for %q, want %q", got, want)
	}
}
