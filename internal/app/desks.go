package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"slices"
	"time"

	"docket/internal/alert"
	"docket/internal/config"
	"docket/internal/courier"
	"docket/internal/desk"
	"docket/internal/desk/kinds"
	"docket/internal/desk/local"
	"docket/internal/doctor"
	"docket/internal/failpoint"
	"docket/internal/filing"
	"docket/internal/health"
	"docket/internal/ledger"
	"docket/internal/metrics"
	"docket/internal/queue"
	"docket/internal/reconcile"
	"docket/internal/store"
	"docket/internal/storm"
	"docket/internal/web"
)

// post is one desk that is filed into, with all that belongs to it alone.
type post struct {
	desk     desk.Desk
	settings desk.Settings
	health   *health.Health
	courier  *courier.Courier
	mirror   *reconcile.Reconciler
	// keys are nil where the desk's credentials never change.
	keys *keyring
}

// posts are the desks in use, the default first.
type posts []*post

// makeDesks opens the desks that tickets go to, and those that are configured and still have
// tickets of live incidents.
func (a *App) makeDesks(ctx context.Context, st *store.Store) (posts, error) {
	names := a.config.DesksInUse()
	if st != nil {
		held, err := st.LiveDesks(ctx)
		if err != nil && ctx.Err() != nil {
			return nil, err
		}
		for _, name := range held { // A database that cannot be read has none; the doctor says why.
			if a.config.Configured(name) && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	log := a.log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	var all posts
	for _, name := range names {
		settings := a.config.Desks[name]
		d, err := settings.Open(desk.Needs{
			Shelf: st, LinkBase: a.linkBase(), UserAgent: "docket/" + a.version, Transport: a.carrier,
			Later: func(variable string) bool { return a.config.Vault.Secrets[variable] != "" }, Places: a.config.PlacesOf(name),
		})
		if err != nil {
			return nil, err
		}
		all = append(all, &post{desk: d, settings: settings, health: courier.NewHealth(d, log)})
	}
	return all, nil
}

// linkBase leads people to a ticket of the local desk, its number appended.
func (a *App) linkBase() string { return "http://" + linkHost(a.config.Listen) + "/api/v1/tickets/" }

// linkHost is the host that links name when Docket listens on all addresses.
func linkHost(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if err != nil || host != "" {
		return listen
	}
	if name, err := os.Hostname(); err == nil {
		return net.JoinHostPort(name, port)
	}
	return net.JoinHostPort("localhost", port)
}

// local is the embedded desk for its pages: where it is in use, and where tickets are left in it
// from before. It is nil where there is none.
func (a *App) local(ctx context.Context, st *store.Store, desks posts) (*local.Desk, error) {
	for _, one := range desks {
		if d, ok := one.desk.(*local.Desk); ok {
			return d, nil
		}
	}
	left, err := st.ListDeskTickets(ctx, 1, 0)
	if err != nil || len(left) == 0 {
		return nil, err
	}
	return local.New(st, a.linkBase()), nil
}

// timings are what the rule has to know of each desk.
func (p posts) timings() map[string]deskRule {
	all := map[string]deskRule{}
	for _, one := range p {
		timing := filing.Timing{WaitOut: one.desk.WaitOut(), CallTimeout: failpoint.Hurried(queue.JobTimeout)}
		if _, ours := one.desk.(*local.Desk); ours {
			timing.CallTimeout = localCallTimeout
		}
		kind, _ := kinds.Find(one.desk.Name()) // Every desk is opened by its row.
		all[one.desk.Name()] = deskRule{timing, kind.MaxText, func() storm.Outage { return storm.Outage(one.health.Outage()) }}
	}
	return all
}

// deskRule is what the rule has to know of a desk.
type deskRule struct {
	timing  filing.Timing
	maxText int
	outage  func() storm.Outage
}

// couriers gives each desk its courier, and returns the one that knows them all.
func (p posts) couriers(st *store.Store, book *ledger.Ledger, rules courier.Rules, log *slog.Logger) *courier.Courier {
	var beside []*courier.Courier
	for n, one := range p {
		one.courier = courier.New(st, book, one.desk, rules, one.health, log)
		if n > 0 {
			beside = append(beside, one.courier)
		}
	}
	p[0].courier.Lead(queue.Workers, beside...)
	return p[0].courier
}

// mirrors gives each desk what watches it and compares with it.
func (p posts) mirrors(a *App, st *store.Store, book *ledger.Ledger, rules *rules) {
	for _, one := range p {
		way, settings := one.health, one.settings
		one.mirror = reconcile.New(reconcile.Deps{
			Store: st, Ledger: book, Desk: one.desk, Heard: way.Observe, Away: func() bool { _, away := way.Away(); return away },
			BackAt: func() time.Time { return way.Outage().Ended }, Holder: holder(a.started), Log: a.log,
			Rules: reconcile.Rules{
				Policy: rules.policy, Every: a.config.Reconcile.Every,
				Place: func(route string) string { return cmp.Or(rules.place(route), settings.Place()) },
			},
		})
	}
}

// run begins each desk's loops: its outages, its lost jobs, what changes in it, and its
// credentials. A desk that does not answer holds up its own loops alone.
func (p posts) run(work *group, tell courier.Teller, jobs *queue.Queue) {
	for n, one := range p {
		at := ""
		if n > 0 {
			at = " of " + one.desk.Name()
		}
		resumer := one.courier.Resumer(func(ctx context.Context, now time.Time) error { return one.courier.Hasten(ctx, jobs, now) })
		work.every("desk"+at, time.Second, func(ctx context.Context, now time.Time) error {
			return errors.Join(one.courier.WatchDesk(ctx, tell, now), resumer.Turn(ctx, time.Now().UTC()))
		})
		work.every("lost jobs"+at, 30*time.Second, func(ctx context.Context, now time.Time) error { return one.courier.Sweep(ctx, jobs, now) })
		work.run("hints"+at, one.mirror.Listen)
		work.every("watch desk"+at, reconcile.WatchEvery, one.mirror.Watch)
		work.every("reconcile"+at, reconcileTick, one.mirror.Timer)
		if one.keys != nil {
			work.every("keys"+at, keyTick, one.keys.turn)
		}
	}
}

// parts are the desks as web knows them.
func (p posts) parts() []web.DeskParts {
	var all []web.DeskParts
	for _, one := range p {
		all = append(all, web.DeskParts{Desk: one.desk, Reconcile: one.mirror})
	}
	return all
}

// states are what is known of the way to each desk.
func (p posts) states() []health.State {
	var all []health.State
	for _, one := range p {
		all = append(all, one.health.State())
	}
	return all
}

// patients are the desks as the doctor examines them.
func (p posts) patients(cfg config.Config) []doctor.Desk {
	var all []doctor.Desk
	for _, one := range p {
		it := doctor.Desk{Desk: one.desk, Variables: one.settings.Variables(), Mailboxes: cfg.HasMailboxes(one.desk.Name())}
		for i, v := range it.Variables { // One that the vault gives may be missing.
			it.Variables[i].Needed = v.Needed && cfg.Vault.Secrets[v.Name] == ""
		}
		if one.keys != nil {
			it.Keys = one.keys.state
		}
		all = append(all, it)
	}
	return all
}

// lost says which desks are named by live incidents and are not in use, and how many incidents
// each has.
func (p posts) lost(st *store.Store) func(context.Context) (map[string]int64, error) {
	return func(ctx context.Context) (map[string]int64, error) {
		held, err := st.CountLiveDesks(ctx)
		if err != nil {
			return nil, fmt.Errorf("count the incidents of each desk: %w", err)
		}
		for _, one := range p {
			delete(held, one.desk.Name())
		}
		return held, nil
	}
}

// away says whether the desk that an alert's ticket would go to is known to be away, and why.
func (p posts) away(route func(alert.Alert) string, deskOf func(route string) string) func(alert.Alert) (string, bool) {
	return func(a alert.Alert) (string, bool) {
		name := deskOf(route(a))
		for _, one := range p {
			if one.desk.Name() == name {
				return one.health.Away()
			}
		}
		return p[0].health.Away()
	}
}

// seen are the desks as their metrics are read.
func (p posts) seen() []metrics.Desk {
	var all []metrics.Desk
	for _, one := range p {
		all = append(all, metrics.Desk{Health: one.health, Reconcile: one.mirror})
	}
	return all
}
