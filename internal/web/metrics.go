package web

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"docket/internal/incident"
	"docket/internal/ledger"
	"docket/internal/store"
)

// Metrics are Docket's own. None is labelled by anything that grows with the alerts.
type Metrics struct {
	alerts    *prometheus.CounterVec
	decisions *prometheus.CounterVec
	commits   prometheus.Histogram
	failed    prometheus.Counter
	batch     prometheus.Histogram
}

// NewMetrics registers the metrics.
func NewMetrics(reg prometheus.Registerer, st *store.Store) *Metrics {
	m := &Metrics{
		alerts:    prometheus.NewCounterVec(prometheus.CounterOpts{Name: "docket_alerts_received_total", Help: "Alerts received, by source and what became of them."}, []string{"source", "result"}),
		decisions: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "docket_decisions_total", Help: "Decisions about incidents, by reason."}, []string{"reason"}),
		commits:   prometheus.NewHistogram(prometheus.HistogramOpts{Name: "docket_ledger_commit_seconds", Help: "How long one ledger transaction took.", Buckets: prometheus.ExponentialBuckets(0.0005, 2, 16)}),
		failed:    prometheus.NewCounter(prometheus.CounterOpts{Name: "docket_ledger_failures_total", Help: "Ledger transactions that were not kept."}),
		batch:     prometheus.NewHistogram(prometheus.HistogramOpts{Name: "docket_ledger_commit_inputs", Help: "How many inputs shared one ledger transaction.", Buckets: prometheus.ExponentialBuckets(1, 4, 8)}),
	}
	reg.MustRegister(m.alerts, m.decisions, m.commits, m.failed, m.batch, &stock{store: st})
	return m
}

func (m *Metrics) received(source, result string, n int) {
	if n > 0 {
		m.alerts.WithLabelValues(source, result).Add(float64(n))
	}
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
type stock struct{ store *store.Store }

var (
	stockAlerts    = prometheus.NewDesc("docket_alerts_firing", "Alerts that fire.", nil, nil)
	stockIncidents = prometheus.NewDesc("docket_incidents", "Live incidents, by state.", []string{"state"}, nil)
	stockEffects   = prometheus.NewDesc("docket_effects_waiting", "Things to be done in the world that are not done yet, by kind and state.", []string{"kind", "state"}, nil)
	stockUp        = prometheus.NewDesc("docket_database_up", "Whether the database answered this scrape.", nil, nil)
)

// scrapeTimeout bounds the counting.
const scrapeTimeout = 3 * time.Second

// Describe lists the metrics.
func (s *stock) Describe(ch chan<- *prometheus.Desc) {
	ch <- stockAlerts
	ch <- stockIncidents
	ch <- stockEffects
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
	if waiting, err := s.store.Backlog(ctx); err == nil {
		for key, n := range waiting {
			gauge(stockEffects, n, key[0], key[1])
		}
	}
}
