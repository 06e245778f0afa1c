package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"docket/internal/alert"
	"docket/internal/audit"
	"docket/internal/config"
	"docket/internal/console"
	"docket/internal/controls"
	"docket/internal/courier"
	"docket/internal/doctor"
	"docket/internal/intake"
	"docket/internal/ledger"
	"docket/internal/metrics"
	"docket/internal/notifier"
	"docket/internal/probe"
	"docket/internal/query"
	"docket/internal/queue"
	"docket/internal/source"
	"docket/internal/store"
	"docket/internal/surface"
	"docket/internal/watch"
	"docket/internal/web"
)

// jobsSoftStop is how long running jobs may finish: a platform gives 30 s for a stop, ours is far
// inside 10.
const jobsSoftStop = 5 * time.Second

// App is a running Docket's parts.
type App struct {
	config  config.Config
	log     *slog.Logger
	version string
	// started is when the process began, booted when it began with this configuration: what is
	// new in it cannot have been known before.
	started, booted time.Time
	gate            *gate
	// heard outlives a change of the configuration.
	heard *intake.Heard
	// follow offers a changed configuration, nil where none is followed.
	follow *follower
	// carrier is the way to the desks, nil for the network.
	carrier http.RoundTripper
	// beat is the shortest time between two turns of a loop, zero where each has its own: many
	// hours of fake time pass faster at a slower beat.
	beat time.Duration
}

// run wires every part in order, starts it, and stops it in the other order. It is one
// long straight line on purpose: here one sees what is given to whom.
func (a *App) run(ctx context.Context, outer *group, begun func()) (err error) {
	cfg, log := a.config, a.log
	st, err := a.openStore(ctx)
	if errors.Is(err, errStopped) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	if err := st.EndDeadLeases(ctx); err != nil {
		return err
	}

	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	desks, err := a.makeDesks(ctx, st)
	if err != nil {
		return err
	}
	d := desks[0].desk
	localDesk, err := a.local(ctx, st, desks)
	if err != nil {
		return err
	}
	board, err := controls.New(ctx, st, cfg.Flags, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, board.Close(context.WithoutCancel(ctx))) }()
	if err := board.Load(ctx); err != nil {
		return err
	}
	rules, err := newRules(cfg, desks.timings(), flagsOf(board))
	if err != nil {
		return err
	}
	counts := metrics.New(registry)
	book := ledger.New(st,
		ledger.Rules{Route: rules.route, Policy: rules.policy, Current: board.Current, Mutes: board.Mutes,
			Recipients: cfg.Recipients()}, counts.LedgerCounts(), log)
	couriers := desks.couriers(st, book, courier.Rules{Policy: rules.policy, Place: rules.place, Words: rules.words}, log)
	people, err := a.notifiers()
	if err != nil {
		return err
	}
	heralds := notifier.New(st, book,
		notifier.Options{Notifiers: people.services(), PublicURL: cfg.PublicURL, Told: counts.Notified, Log: log})
	jobs, err := queue.New(st, couriers.Perform,
		queue.Options{Notices: heralds.Perform, NoticeWorkers: people.workers(), SoftStop: jobsSoftStop, Poll: a.beat, Logger: log})
	if err != nil {
		return err
	}
	book.Bind(jobs)
	in := intake.New(st, book, a.booted, a.heard, log)
	in.Expect(expectations(cfg))
	guard, err := newGuard(cfg, st, log)
	if err != nil {
		return err
	}
	if missing := guard.Missing(ctx); missing != "" {
		log.WarnContext(ctx, "no account", "reason", missing)
	}
	ready := &readiness{store: st, desks: desks.states, intake: in}
	reader := query.Reader{Store: st, Desk: d.Name(), Several: len(desks) > 1, StaleAfter: cfg.Policies.StaleAfter, Policy: rules.policy,
		Words: rules.words, Board: board}
	var tickets *controls.TicketActions
	if localDesk != nil {
		reader.LinkBase, tickets = localDesk.LinkBase(), &controls.TicketActions{Local: localDesk, Ledger: book, Store: st}
	}
	for _, one := range desks {
		one.keys = newKeyring(cfg, one.desk, one.settings, one.health, log)
	}
	patient := a.serving(a.patient(st, desks, people, board, rules), in)
	if a.follow != nil {
		patient.Configuration = a.follow.state
	}
	patient.Notifiers = people.patients(heralds.States)
	patient.Unstable = func() []string { return unstable(book) }
	physician := doctor.New(patient, log)
	pages, err := console.New(console.Deps{
		Store: st, Reader: reader, Guard: guard, Board: board, Surfaces: config.Surfaces(cfg), Investigate: in.Investigate,
		Desks: desks.states, Lost: desks.lost(st), Away: desks.away(rules.route, rules.deskOf), Sources: in.Heard, Tickets: tickets,
		Doctor: physician, Settings: cfg.String(), Configuration: patient.Configuration, Public: cfg.Auth.URL, Demo: cfg.Demo, Booted: a.booted,
		Version: a.version, Log: log,
	})
	if err != nil {
		return err
	}
	items, err := watched(cfg, probe.New(st, a.booted, "docket/"+a.version))
	if err != nil {
		return err
	}
	watcher := watch.New(st, items, watch.Options{
		Name: rand.Text(), Log: log, Probed: counts.Probed, Turned: func(surface.Surface, surface.State) { pages.Turned() },
		Tell: func(ctx context.Context, all []alert.Alert) error {
			_, err := in.Receive(ctx, surface.Source, all, time.Now().UTC().Truncate(time.Microsecond))
			return err
		},
	})
	desks.mirrors(a, st, book, rules)

	// The ledger stops last: what the others learn while they stop is still kept.
	inner := newGroup(context.WithoutCancel(ctx), log)
	defer func() { err = errors.Join(err, inner.stop()) }()
	inner.run("ledger", book.Run)

	work := newGroup(ctx, log)
	work.beat = a.beat
	defer func() { err = errors.Join(err, work.stop()) }()
	work.run("queue", jobs.Run)
	work.every("replicas", queue.BeatEvery, jobs.TakeUp)
	desks.run(work, a.tell(book), jobs)
	work.run("switches", board.Listen)
	work.every("switches of others", controls.PollEvery, board.Refresh)
	work.every("what was held back", time.Second, func(ctx context.Context, now time.Time) error { return board.Settle(ctx, book, now) })
	work.every("what was switched long ago", time.Hour, board.Forget)
	work.every("due", time.Second, in.Due)
	work.every("expire", time.Second, in.Expire)
	work.every("missing", time.Second, in.Missing)
	work.every("lost notices", 30*time.Second, func(ctx context.Context, now time.Time) error { return heralds.Sweep(ctx, jobs, now) })
	client := source.NewPollClient()
	for _, p := range config.Polls(cfg) {
		pull := intake.Pull{Name: p.Name, Every: p.Every,
			Fetch: func(ctx context.Context, now time.Time) ([]alert.Alert, error) { return p.Fetch(ctx, client, now) }}
		work.every("poll "+p.Name, p.Every, func(ctx context.Context, now time.Time) error { return in.Poll(ctx, pull, now) })
	}

	work.run("watch", watcher.Run)
	work.run("pages", pages.Follow)
	if cfg.Canary.Every > 0 {
		round := a.round(a.tell(book))
		work.every("doctor", cfg.Canary.Every, func(ctx context.Context, now time.Time) error { return physician.Look(ctx, round, now) })
	}
	work.every("ids that change", 5*time.Second, func(ctx context.Context, now time.Time) error { return a.tellUnstable(ctx, st, book, now) })
	if cfg.Policies.UnstableIDs == config.UnstableTicket {
		work.every("sources whose ids change", 5*time.Second, in.ReportUnstable)
	}
	if every := cfg.Policies.StaleRemind; every > 0 {
		reminds := &reminder{store: st, reader: reader, every: every, tell: a.tell(book)}
		work.every("stale tickets", time.Minute, reminds.turn)
	}
	turned := turning{desks: desks.states, faults: map[string]string{}, look: func(ctx context.Context, now time.Time) error {
		return physician.Look(ctx, doctor.Round{Tell: a.tell(book)}, now)
	}}
	work.every("doctor when the desk turns", turnTick, turned.turn)
	work.every("sessions", 10*time.Minute, guard.Sweep)

	if err := a.enterChange(ctx, st); err != nil {
		return err
	}
	seen := metrics.Seen{Version: a.version, Store: st, StaleAfter: cfg.Policies.StaleAfter, Intake: in,
		Desks: desks.seen(), Notifiers: heralds}
	if a.follow != nil {
		seen.Configuration = a.follow.inForce
	}
	metrics.Watch(registry, seen)
	a.gate.open(web.New(web.Deps{
		Sources: config.Pushed(cfg), Guard: guard, Intake: in, Ledger: book, Store: st, Desk: d, Others: desks.parts()[1:],
		Local: localDesk, Board: board,
		Policy: rules.policy, Words: rules.words, Route: rules.route, Routes: routes(cfg), Booted: a.started, StaleAfter: cfg.Policies.StaleAfter,
		Reconcile: desks[0].mirror, Clicks: a.clicks(), PublicURL: cfg.PublicURL, Ready: ready.check, Registry: registry,
		Metrics: counts, Log: log, Version: a.version, Pages: pages.Mount, Heartbeats: heartbeats(cfg),
		Surfaces: config.Surfaces(cfg), Doctor: physician,
	}))
	begun()
	select {
	case <-ctx.Done():
	case <-work.ctx.Done():
	case <-inner.ctx.Done():
	case <-a.follow.offers():
		// What is on the wire is waited for first, and alerts are taken meanwhile. Then requests wait
		// at the gate for those who come next; the listener goes on.
		err := jobs.Drain(ctx)
		pages.Stop()
		a.gate.shut(swapDrain)
		return err
	}
	// First no more requests: the outer group owns the listener.
	pages.Stop()
	return outer.stop()
}

// openStore opens and migrates the database. A PostgreSQL server that cannot be reached
// is waited for, and /readyz says so; every other fault ends the start with a sentence. A
// stop while waiting is errStopped.
func (a *App) openStore(ctx context.Context) (*store.Store, error) {
	said := ""
	for {
		st, err := a.tryStore(ctx)
		if err == nil {
			return st, nil
		}
		var away *awayError
		if !errors.As(err, &away) {
			return nil, err
		}
		a.gate.wait(away.sentence)
		if said != away.sentence {
			a.log.WarnContext(ctx, "waiting for the database", "reason", away.sentence)
			said = away.sentence
		}
		select {
		case <-ctx.Done():
			return nil, errStopped
		case <-time.After(time.Second):
		}
	}
}

// awayError is a database that may come back by itself.
type awayError struct {
	sentence string
	err      error
}

func (e *awayError) Error() string { return e.sentence }
func (e *awayError) Unwrap() error { return e.err }

func (a *App) tryStore(ctx context.Context) (*store.Store, error) {
	url := a.config.Database.Reveal()
	st, err := store.Open(ctx, url, store.Options{Exclusive: true, Create: true})
	if err != nil {
		return nil, err
	}
	err = st.Migrate(ctx)
	if err == nil {
		return st, nil
	}
	defer st.Close() //nolint:errcheck // The start fails anyway, with a better error.
	switch {
	case errors.Is(err, store.ErrNewer):
		return nil, err
	case store.IsPostgres(url):
		return nil, &awayError{st.Explain(err), err}
	}
	return nil, fmt.Errorf("%s: %w", st.Explain(err), err)
}

// enterChange enters into the audit log that another configuration is about to be in force, and
// in which keys; the values may be secret.
func (a *App) enterChange(ctx context.Context, st *store.Store) error {
	keys := a.follow.changes(a.config)
	if len(keys) == 0 {
		return nil
	}
	return st.Enter(ctx, audit.Entry{CreatedAt: time.Now().UTC(), Actor: audit.System(), Action: audit.ActionConfigChanged,
		Payload: map[string]any{"keys": keys, "file": a.follow.state().Path}})
}

// reconcileTick is how often it is looked whether a comparison is due, or an outage is over.
const reconcileTick = 5 * time.Second

// holder names this process among the replicas.
func holder(started time.Time) string {
	name, err := os.Hostname()
	if err != nil {
		name = "unnamed"
	}
	return fmt.Sprintf("%s %d %d", name, os.Getpid(), started.UnixNano())
}

// tell tells the operator something that is not about one incident, in the log and by the
// notifiers.
func (a *App) tell(book *ledger.Ledger) courier.Teller {
	return func(ctx context.Context, key, text string) error {
		a.log.WarnContext(ctx, "operator told", "notice", key, "text", text)
		return book.Notify(ctx, key, text)
	}
}
