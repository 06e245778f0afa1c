package metrics

import (
	"context"
	"docket/internal/reconcile"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Watch registers the metrics that are read at each scrape.
func Watch(reg prometheus.Registerer, s Seen) {
	c := &collector{seen: s, up: prometheus.NewDesc("docket_database_up", "Whether the database answered this scrape.", nil, nil)}
	for _, r := range known() {
		c.known = append(c.known, described[fromMemory]{r, prometheus.NewDesc(r.name, r.help, r.labels, nil)})
	}
	for _, r := range stored() {
		c.stored = append(c.stored, described[fromStore]{r, prometheus.NewDesc(r.name, r.help, r.labels, nil)})
	}
	reg.MustRegister(c)
}

// collector reads the rows at each scrape.
type collector struct {
	seen   Seen
	up     *prometheus.Desc
	known  []described[fromMemory]
	stored []described[fromStore]
}

// described is a row together with its Prometheus description.
type described[R any] struct {
	row[R]
	desc *prometheus.Desc
}

// to sends a row's values to a scrape.
func (d described[R]) to(ch chan<- prometheus.Metric) set {
	return func(value float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d.desc, d.kind, value, labels...)
	}
}

// Describe lists the metrics.
func (c *collector) Describe(ch chan<- *prometheus.Desc) {
	ch <- c.up
	for _, d := range c.known {
		ch <- d.desc
	}
	for _, d := range c.stored {
		ch <- d.desc
	}
}

// scrapeTimeout limits the time for counting.
const scrapeTimeout = 3 * time.Second

// Collect reads all rows. If the database does not respond, docket_database_up says so and the metrics counted there
// are absent.
func (c *collector) Collect(ch chan<- prometheus.Metric) {
	for _, d := range c.known {
		d.read(c.seen, d.to(ch))
	}
	ctx, cancel := context.WithTimeout(context.Background(), scrapeTimeout)
	defer cancel()
	for n, d := range c.stored {
		err := d.read(ctx, c.seen, d.to(ch))
		if n == 0 {
			ch <- prometheus.MustNewConstMetric(c.up, gauge, truth(err == nil))
		}
		if n == 0 && err != nil {
			return
		}
	}
}

func sourceHeard(s Seen, set set) {
	for name, one := range s.Intake.Heard() {
		set.at(one.At, name)
	}
}

func sourceUp(s Seen, set set) {
	for name, one := range s.Intake.Heard() {
		set(truth(one.Fault == ""), name)
	}
}

func deskUp(s Seen, set set) {
	for _, d := range s.Desks {
		if desk := d.Health.State(); desk.Asked {
			set(truth(desk.OK), desk.Name)
		}
	}
}

func deskSuccess(s Seen, set set) {
	for _, d := range s.Desks {
		desk := d.Health.State()
		set.at(desk.LastSuccess, desk.Name)
	}
}

// compared gives what is known of the comparison with each desk that is compared with.
func compared(s Seen, give func(desk string, state reconcile.State)) {
	for _, d := range s.Desks {
		if d.Reconcile != nil {
			give(d.Health.State().Name, d.Reconcile.State())
		}
	}
}

func watchCalls(s Seen, set set) {
	compared(s, func(desk string, state reconcile.State) {
		set(float64(state.WatchCalls), desk, "watch")
		set(float64(state.CompareCalls), desk, "compare")
	})
}

func watchedAt(s Seen, set set) {
	compared(s, func(desk string, state reconcile.State) { set.at(state.WatchedAt, desk) })
}

func comparedAt(s Seen, set set) {
	compared(s, func(desk string, state reconcile.State) { set.at(state.ComparedAt, desk) })
}

func findings(s Seen, set set) {
	compared(s, func(desk string, state reconcile.State) {
		for kind, n := range state.Found {
			set(float64(n), desk, string(kind))
		}
	})
}

func notifierUp(s Seen, set set) {
	if s.Notifiers == nil {
		return
	}
	for _, n := range s.Notifiers.States() {
		if n.Asked {
			set(truth(n.OK), n.Name)
		}
	}
}

func notifierSuccess(s Seen, set set) {
	if s.Notifiers == nil {
		return
	}
	for _, n := range s.Notifiers.States() {
		set.at(n.LastSuccess, n.Name)
	}
}

func reloaded(s Seen, set set) {
	if s.Configuration != nil {
		taken, _ := s.Configuration()
		set(truth(taken))
	}
}

func inForceSince(s Seen, set set) {
	if s.Configuration != nil {
		_, since := s.Configuration()
		set(float64(since.UnixMilli()) / 1000)
	}
}

func alertsFiring(ctx context.Context, s Seen, set set) error {
	n, err := s.Store.CountAlerts(ctx)
	if err == nil {
		set(float64(n))
	}
	return err
}

func liveIncidents(ctx context.Context, s Seen, set set) error {
	states, err := s.Store.CountIncidents(ctx)
	for state, n := range states {
		set(float64(n), string(state))
	}
	return err
}

func staleTickets(ctx context.Context, s Seen, set set) error {
	n, err := s.Store.CountStale(ctx, time.Now().Add(-s.StaleAfter))
	if err == nil {
		set(float64(n))
	}
	return err
}

func waitingEffects(ctx context.Context, s Seen, set set) error {
	waiting, err := s.Store.Backlog(ctx)
	for key, n := range waiting {
		set(float64(n), key[0], key[1])
	}
	return err
}

func notices(ctx context.Context, s Seen, set set) error {
	all, err := s.Store.CountNotices(ctx)
	for key, n := range all {
		set(float64(n), key[0], key[1])
	}
	return err
}

// at sets a time as seconds since 1970, or nothing if the time is zero.
func (set set) at(t time.Time, labels ...string) {
	if !t.IsZero() {
		set(float64(t.UnixMicro())/1e6, labels...)
	}
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
