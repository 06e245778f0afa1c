package web

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"docket/internal/courier"
	"docket/internal/filing"
	"docket/internal/incident"
	"docket/internal/intake"
	"docket/internal/ledger"
	"docket/internal/notifier"
	"docket/internal/store"
	"docket/internal/surface"
)

// Metrics are Docket's own. None is labelled by anything that grows with the alerts.
type Metrics struct {
	alerts    *prometheus.CounterVec
	truncated *prometheus.CounterVec
	decisions *prometheus.CounterVec
	hooks     *prometheus.CounterVec
	clicks    *prometheus.CounterVec
	commits   prometheus.Histogram
	failed    prometheus.Counter
	batch     prometheus.Histogram
	probes    *prometheus.CounterVec
	late      prometheus.Histogram
	notices   *prometheus.CounterVec
}

// NewMetrics registers the metrics; staleAfter is when an open ticket counts as stale.
func NewMetrics(reg prometheus.Registerer, st *store.Store, staleAfter time.Duration) *Metrics {
	m := &Metrics{
		alerts:    prometheus.NewCounterVec(prometheus.CounterOpts{Name: "docket_alerts_received_total", Help: "Alerts received, by source and what became of them."}, []string{"source", "result"}),
		truncated: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "docket_alerts_left_out_total", Help: "Alerts that a sender said it left out of what it sent (Alertmanager's max_alerts)."}, []string{"source"}),
		decisions: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "docket_decisions_total", Help: "Decisions about incidents, by reason."}, []string{"reason"}),
		commits:   prometheus.NewHistogram(prometheus.HistogramOpts{Name: "docket_ledger_commit_seconds", Help: "How long one ledger transaction took.", Buckets: prometheus.ExponentialBuckets(0.0005, 2, 16)}),
		failed:    prometheus.NewCounter(prometheus.CounterOpts{Name: "docket_ledger_failures_total", Help: "Ledger transactions that were not kept."}),
		batch:     prometheus.NewHistogram(prometheus.HistogramOpts{Name: "docket_ledger_commit_inputs", Help: "How many inputs shared one ledger transaction.", Buckets: prometheus.ExponentialBuckets(1, 4, 8)}),
	}
	m.probes = prometheus.NewCounterVec(prometheus.CounterOpts{Name: "docket_probes_total", Help: "Readings of surfaces, by what they were."}, []string{"status"})
	m.late = prometheus.NewHistogram(prometheus.HistogramOpts{Name: "docket_probe_lateness_seconds", Help: "How long after its moment a probe began.", Buckets: []float64{0.001, 0.005, 0.025, 0.1, 0.5, 1, 5, 30}})
	m.hooks = prometheus.NewCounterVec(prometheus.CounterOpts{Name: "docket_desk_hooks_total", Help: "Webhooks of the desk, by what became of them."}, []string{"result"})
	m.notices = prometheus.NewCounterVec(prometheus.CounterOpts{Name: "docket_notices_total", Help: "Attempts to tell somebody, by notifier and outcome."}, []string{"notifier", "outcome"})
	m.clicks = prometheus.NewCounterVec(prometheus.CounterOpts{Name: "docket_slack_clicks_total", Help: "Presses of buttons in Slack, by what became of them."}, []string{"result"})
	reg.MustRegister(m.notices, m.hooks, m.clicks, m.probes, m.late, m.alerts, m.truncated, m.decisions, m.commits, m.failed, m.batch, &stock{st, staleAfter})
	return m
}

// Follows registers whether the configuration file could be taken when it was last read, and
// since when what is in force is.
func (m *Metrics) Follows(reg prometheus.Registerer, state func() (taken bool, since time.Time)) {
	reg.MustRegister(
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "docket_config_last_reload_successful", Help: "1 where what the configuration file says is in force, 0 where it could not be taken."}, func() float64 {
			if taken, _ := state(); taken {
				return 1
			}
			return 0
		}),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "docket_config_in_force_since_seconds", Help: "When the configuration in force was taken up, in seconds since 1970."}, func() float64 {
			_, since := state()
			return float64(since.UnixMilli()) / 1000
		}),
	)
}

// Probed is what the watch calls for each reading.
func (m *Metrics) Probed(late time.Duration, r surface.Reading) {
	m.probes.WithLabelValues(string(r.Status)).Inc()
	m.late.Observe(late.Seconds())
}

func (m *Metrics) received(source, result string, n int) {
	if n > 0 {
		m.alerts.WithLabelValues(source, result).Add(float64(n))
	}
}

func (m *Metrics) hooked(result string) { m.hooks.WithLabelValues(result).Inc() }

func (m *Metrics) clicked(result string) { m.clicks.WithLabelValues(result).Inc() }

func (m *Metrics) leftOut(source string, n uint64) {
	m.truncated.WithLabelValues(source).Add(float64(n))
}

// Told counts an attempt to tell somebody.
func (m *Metrics) Told(notifier string, outcome filing.Outcome) {
	m.notices.WithLabelValues(notifier, string(outcome)).Inc()
}

// LedgerCounts is what the ledger calls.
func (m *Metrics) LedgerCounts() ledger.Counts {
	return ledger.Counts{
		Decided: func(reason incident.Reason) { m.decisions.WithLabelValues(string(reason)).Inc() },
		Commit: func(inputs int, took time.Duration, err error) {
			m.commits.Observe(took.Seconds())
			m.batch.Observe(float64(inputs))
			if err != nil {
				m.failed.Inc()
			}
		},
	}
}

// stock counts what the database holds, at each scrape.
type stock struct {
	store      *store.Store
	staleAfter time.Duration
}

var (
	stockAlerts    = prometheus.NewDesc("docket_alerts_firing", "Alerts that fire.", nil, nil)
	stockIncidents = prometheus.NewDesc("docket_incidents", "Live incidents, by state.", []string{"state"}, nil)
	stockEffects   = prometheus.NewDesc("docket_effects_waiting", "Things to be done in the world that are not done yet, by kind and state.", []string{"kind", "state"}, nil)
	stockStale     = prometheus.NewDesc("docket_tickets_stale", "Open tickets whose alerts have recovered longer ago than policies.stale_after.", nil, nil)
	stockNotices   = prometheus.NewDesc("docket_notices", "Messages to people, by notifier and state.", []string{"notifier", "state"}, nil)
	stockUp        = prometheus.NewDesc("docket_database_up", "Whether the database answered this scrape.", nil, nil)
)

// scrapeTimeout bounds the counting.
const scrapeTimeout = 3 * time.Second

// Describe lists the metrics.
func (s *stock) Describe(ch chan<- *prometheus.Desc) {
	ch <- stockAlerts
	ch <- stockIncidents
	ch <- stockEffects
	ch <- stockStale
	ch <- stockNotices
	ch <- stockUp
}

// Collect counts. A database that does not answer is told by docket_database_up alone.
func (s *stock) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeTimeout)
	defer cancel()
	gauge := func(d *prometheus.Desc, n int64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(n), labels...)
	}
	firing, err := s.store.CountAlerts(ctx)
	if err != nil {
		gauge(stockUp, 0)
		return
	}
	gauge(stockUp, 1)
	gauge(stockAlerts, firing)
	if states, err := s.store.CountIncidents(ctx); err == nil {
		for state, n := range states {
			gauge(stockIncidents, n, string(state))
		}
	}
	if stale, err := s.store.CountStale(ctx, time.Now().Add(-s.staleAfter)); err == nil {
		gauge(stockStale, stale)
	}
	if waiting, err := s.store.Backlog(ctx); err == nil {
		for key, n := range waiting {
			gauge(stockEffects, n, key[0], key[1])
		}
	}
	if notices, err := s.store.CountNotices(ctx); err == nil {
		for key, n := range notices {
			gauge(stockNotices, n, key[0], key[1])
		}
	}
}

// outside tells, at each scrape, how the sources and the desk were last met.
type outside struct {
	intake *intake.Intake
	health *courier.Health
	herald *notifier.Herald
}

var (
	sourceHeard = prometheus.NewDesc("docket_source_last_heard_timestamp_seconds", "When a source last sent something or was last polled with success.", []string{"source"}, nil)
	sourceUp    = prometheus.NewDesc("docket_source_up", "Whether a source's last poll succeeded; 1 for a source that pushes.", []string{"source"}, nil)
	deskUp      = prometheus.NewDesc("docket_desk_up", "Whether the desk's last answer was a good one; absent before the first.", []string{"desk"}, nil)
	noticeUp    = prometheus.NewDesc("docket_notifier_up", "Whether people can be told this way; absent before the first message.", []string{"notifier"}, nil)
	noticeHeard = prometheus.NewDesc("docket_notifier_last_success_timestamp_seconds", "When somebody was last told this way.", []string{"notifier"}, nil)
	deskHeard   = prometheus.NewDesc("docket_desk_last_success_timestamp_seconds", "When the desk last did what it was asked.", []string{"desk"}, nil)
)

// Describe lists the metrics.
func (o *outside) Describe(ch chan<- *prometheus.Desc) {
	ch <- sourceHeard
	ch <- sourceUp
	ch <- deskUp
	ch <- deskHeard
	ch <- noticeUp
	ch <- noticeHeard
}

// Collect tells what is in memory; it asks nobody.
func (o *outside) Collect(ch chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, label string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, label)
	}
	for name, s := range o.intake.Heard() {
		gauge(sourceUp, truth(s.Fault == ""), name)
		if !s.At.IsZero() {
			gauge(sourceHeard, seconds(s.At), name)
		}
	}
	desk := o.health.State()
	if desk.Heard {
		gauge(deskUp, truth(desk.Well), desk.Desk)
	}
	if !desk.LastSuccess.IsZero() {
		gauge(deskHeard, seconds(desk.LastSuccess), desk.Desk)
	}
	if o.herald == nil {
		return
	}
	for _, n := range o.herald.States() {
		if n.Heard {
			gauge(noticeUp, truth(n.Well), n.Notifier)
		}
		if !n.LastSuccess.IsZero() {
			gauge(noticeHeard, seconds(n.LastSuccess), n.Notifier)
		}
	}
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func seconds(t time.Time) float64 { return float64(t.UnixMicro()) / 1e6 }
