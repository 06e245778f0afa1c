package app

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"time"

	"docket/internal/alert"
	"docket/internal/config"
	"docket/internal/controls"
	"docket/internal/doctor"
	"docket/internal/filing"
	"docket/internal/flag"
	"docket/internal/health"
	"docket/internal/incident"
	"docket/internal/intake"
	"docket/internal/outbound"
	"docket/internal/rule"
	"docket/internal/store"
)

// Patient is what the doctor examines where no server runs: the way to the desk and the
// database. The store may be nil, where it cannot be opened.
func Patient(ctx context.Context, cfg config.Config, st *store.Store, version string) (doctor.Patient, error) {
	a := &App{config: cfg, version: version}
	desks, err := a.makeDesks(ctx, st)
	if err != nil {
		return doctor.Patient{}, err
	}
	board, err := Board(ctx, cfg, st)
	if err != nil {
		return doctor.Patient{}, err
	}
	r, err := newRules(cfg, desks.timings(), flagsOf(board))
	if err != nil {
		return doctor.Patient{}, err
	}
	for _, one := range desks {
		if one.keys = newKeyring(cfg, one.desk, one.settings, nil, slog.New(slog.DiscardHandler)); one.keys != nil {
			_ = one.keys.turn(ctx, time.Now().UTC()) // What fails is in its state.
		}
	}
	people, err := a.notifiers()
	if err != nil {
		return doctor.Patient{}, err
	}
	return a.patient(st, desks, people, board, r), nil
}

// patient is what can be looked at with or without a server.
func (a *App) patient(st *store.Store, desks posts, people channels, board *controls.Board, r *rules) doctor.Patient {
	cfg := a.config
	all := desks.patients(cfg)
	p := doctor.Patient{Store: st, Desk: all[0].Desk, Variables: all[0].Variables, Keys: all[0].Keys, Mailboxes: all[0].Mailboxes,
		Others: all[1:],
		Lost:   desks.lost(st), Stale: cfg.Policies.StaleAfter, Flags: flagsFor(board), Emit: emits(r, board)}
	p.Notifiers, p.Checks = people.patients(nil), a.checks()
	return p
}

// checks are the doctor's checks of what only the configuration knows.
func (a *App) checks() []doctor.Check {
	return []doctor.Check{
		doctor.Disk(a.sqliteFile()),
		doctor.PublicAddress(a.config.PublicURL, "docket/"+a.version),
	}
}

// sqliteFile is the path of the database, "" for PostgreSQL.
func (a *App) sqliteFile() string {
	if url := a.config.Database.Reveal(); !store.IsPostgres(url) {
		return strings.TrimPrefix(url, "sqlite://")
	}
	return ""
}

// serving adds what only a running server knows.
func (a *App) serving(p doctor.Patient, in *intake.Intake) doctor.Patient {
	p.Server, p.Booted = true, a.booted
	every := map[string]time.Duration{}
	for _, s := range config.Polls(a.config) {
		every[s.Name] = s.Every
	}
	p.Sources = func() []doctor.Source {
		heard := in.Heard()
		var all []doctor.Source
		for name, s := range heard {
			all = append(all, doctor.Source{Name: name, At: s.At, Fault: s.Fault, Every: every[name]})
		}
		for name, pace := range every {
			if _, known := heard[name]; !known {
				all = append(all, doctor.Source{Name: name, Every: pace})
			}
		}
		return all
	}
	return p
}

func flagsFor(board *controls.Board) func() []doctor.Flag {
	return func() []doctor.Flag {
		var all []doctor.Flag
		for _, f := range board.Flags() {
			all = append(all, doctor.Flag{Name: f.Name, On: f.On, Pinned: f.Pinned, By: f.ChangedBy, At: f.ChangedAt})
		}
		return all
	}
}

// emits asks the rule itself, dry: would an alert of P1 become a ticket now?
func emits(r *rules, board *controls.Board) func(context.Context) (bool, string) {
	return func(ctx context.Context) (bool, string) {
		if !board.On(ctx, flag.AutoTicket) {
			return false, incident.ReasonFilingOff.Sentence()
		}
		now := time.Now().UTC()
		labels := alert.NewLabels(map[string]string{"alertname": "docket canary", "severity": "P1"})
		a := alert.Alert{Key: alert.Fingerprint("", labels), Labels: labels, Severity: alert.P1, Status: alert.Firing, Title: "docket canary",
			StartsAt: now, SaidAt: now}
		a.Fingerprint = a.Key
		route := r.route(a)
		p := r.policy(incident.Incident{Route: route}, now)
		if m, muted := board.Mutes(now).Mutes([]alert.Alert{a}, now); muted {
			p.MutedBy, p.MutedUntil = m.By, m.Until
		}
		d := rule.Step(incident.Incident{Mark: alert.Mark{Key: a.Key, Generation: 1}, Route: route}, incident.AlertFired{Alert: a}, p, now)
		asks := d.Next.Ticket.State == filing.TicketAsked || d.Next.State == incident.Held
		return asks, d.Reason.Sentence()
	}
}

// turnTick is how often the desk is checked for a change.
const turnTick = 5 * time.Second

// turning lets the doctor look, without a canary, whenever the way to the desk fails in
// another way, or recovers: a fault is named in the log and in Slack although nobody asked.
type turning struct {
	desks func() []health.State
	look  func(ctx context.Context, now time.Time) error
	// faults are each desk's at the last look; only turn touches them.
	faults map[string]string
}

func (t *turning) turn(ctx context.Context, now time.Time) error {
	states := t.desks()
	if !slices.ContainsFunc(states, func(s health.State) bool { return s.Asked && s.Fault != t.faults[s.Name] }) {
		return nil
	}
	if err := t.look(ctx, now); err != nil {
		return err
	}
	for _, s := range states {
		if s.Asked {
			t.faults[s.Name] = s.Fault
		}
	}
	return nil
}

// round is the doctor's own round; every 0 makes none.
func (a *App) round(tell func(context.Context, string, string) error) doctor.Round {
	c := a.config.Canary
	return doctor.Round{
		Canary: c.Ticket, Place: doctor.PlaceOf(c.MailboxID), PingURL: c.PingURL.Reveal(), Tell: tell,
		Client: outbound.Client(nil),
	}
}
