package metrics

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"docket/internal/filing"
	"docket/internal/incident"
	"docket/internal/ledger"
	"docket/internal/surface"
)

// Metrics are the counters and histograms. A field's tags declare it: the name, the labels, the help text and, for a
// histogram, its buckets ("a,b,c" or "first*factor^count").
type Metrics struct {
	Alerts      Counter `name:"docket_alerts_received_total" labels:"source,result" help:"Alerts received, by source and what became of them."`
	LeftOut     Counter `name:"docket_alerts_left_out_total" labels:"source" help:"Alerts that a sender left out (max_alerts)."`
	Decisions   Counter `name:"docket_decisions_total" labels:"reason" help:"Decisions about incidents, by reason."`
	DeskHooks   Counter `name:"docket_desk_hooks_total" labels:"result" help:"Webhooks of the desk, by what became of them."`
	Notices     Counter `name:"docket_notices_total" labels:"notifier,outcome" help:"Attempts to notify somebody, by notifier and outcome."`
	SlackClicks Counter `name:"docket_slack_clicks_total" labels:"result" help:"Presses of buttons in Slack, by what became of them."`
	Probes      Counter `name:"docket_probes_total" labels:"status" help:"Readings of surfaces, by what they were."`

	ProbeLateness  Histogram `name:"docket_probe_lateness_seconds" buckets:"0.001,0.005,0.025,0.1,0.5,1,5,30" help:"How late a probe began."`
	CommitSeconds  Histogram `name:"docket_ledger_commit_seconds" buckets:"0.0005*2^16" help:"How long one ledger transaction took."`
	CommitInputs   Histogram `name:"docket_ledger_commit_inputs" buckets:"1*4^8" help:"How many inputs shared one ledger transaction."`
	CommitFailures Counter   `name:"docket_ledger_failures_total" help:"Ledger transactions that were not kept."`
}

// New creates and registers the metrics.
func New(reg prometheus.Registerer) *Metrics {
	m := new(Metrics)
	all := reflect.ValueOf(m).Elem()
	for i := range all.NumField() {
		tag := all.Type().Field(i).Tag
		var labels []string
		if text := tag.Get("labels"); text != "" {
			labels = strings.Split(text, ",")
		}
		switch f := all.Field(i).Addr().Interface().(type) {
		case *Counter:
			f.vec = prometheus.NewCounterVec(prometheus.CounterOpts{Name: tag.Get("name"), Help: tag.Get("help")}, labels)
			if len(labels) == 0 {
				f.vec.WithLabelValues() // Show it as 0 from the start.
			}
			reg.MustRegister(f.vec)
		case *Histogram:
			f.Histogram = prometheus.NewHistogram(prometheus.HistogramOpts{
				Name: tag.Get("name"), Help: tag.Get("help"), Buckets: buckets(tag.Get("buckets")),
			})
			reg.MustRegister(f.Histogram)
		}
	}
	return m
}

// Counter is a counter for each combination of its labels.
type Counter struct{ vec *prometheus.CounterVec }

// Inc adds one. labels are in the order of the declaration.
func (c Counter) Inc(labels ...string) { c.vec.WithLabelValues(labels...).Inc() }

// Add adds n. It does nothing for 0, so that what never happened is not shown.
func (c Counter) Add(n int, labels ...string) {
	if n > 0 {
		c.vec.WithLabelValues(labels...).Add(float64(n))
	}
}

// Histogram sorts its observations into buckets.
type Histogram struct{ prometheus.Histogram }

// buckets parses the buckets in a tag. A tag that cannot be parsed is a bug.
func buckets(text string) []float64 {
	number := func(s string) float64 {
		f, err := strconv.ParseFloat(s, 64)
		if err != nil {
			panic(fmt.Sprintf("the buckets %q of a metric cannot be read", text)) //nolint:forbidigo // At start, and only by our own tags.
		}
		return f
	}
	first, rest, exponential := strings.Cut(text, "*")
	if exponential {
		factor, count, _ := strings.Cut(rest, "^")
		return prometheus.ExponentialBuckets(number(first), number(factor), int(number(count)))
	}
	var all []float64
	for s := range strings.SplitSeq(text, ",") {
		all = append(all, number(s))
	}
	return all
}

// Probed is called by the watch for each reading.
func (m *Metrics) Probed(late time.Duration, r surface.Reading) {
	m.Probes.Inc(string(r.Status))
	m.ProbeLateness.Observe(late.Seconds())
}

// Notified is called by the notifier for each attempt.
func (m *Metrics) Notified(notifier string, outcome filing.Outcome) {
	m.Notices.Inc(notifier, string(outcome))
}

// LedgerCounts returns the counters that the ledger updates.
func (m *Metrics) LedgerCounts() ledger.Counts {
	return ledger.Counts{
		Decided: func(reason incident.Reason) { m.Decisions.Inc(string(reason)) },
		Commit: func(inputs int, took time.Duration, err error) {
			m.CommitSeconds.Observe(took.Seconds())
			m.CommitInputs.Observe(float64(inputs))
			if err != nil {
				m.CommitFailures.Inc()
			}
		},
	}
}
