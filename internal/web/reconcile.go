package web

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/prometheus/client_golang/prometheus"

	"docket/internal/auth"
	"docket/internal/query"
	"docket/internal/reconcile"
)

// compareTimeout bounds a comparison that somebody waits for; the timer's own may take longer.
const compareTimeout = 50 * time.Second

// reconcileInput says how to compare.
type reconcileInput struct {
	Body struct {
		DryRun        bool `json:"dry_run,omitempty" doc:"Find, and repair nothing."`
		AcceptMissing bool `json:"accept_missing,omitempty" doc:"File again even where more than half of the tickets are missing."`
	}
}

// runReconcile compares now, and answers with what was found.
func (s *server) runReconcile(ctx context.Context, in *reconcileInput) (*body[reconcile.Report], error) {
	if s.Reconcile == nil {
		return nil, huma.Error503ServiceUnavailable("nothing is compared here")
	}
	ctx, cancel := context.WithTimeout(ctx, compareTimeout)
	defer cancel()
	report, err := s.Reconcile.Run(ctx, reconcile.Options{
		DryRun: in.Body.DryRun, AcceptMissing: in.Body.AcceptMissing, Actor: auth.From(ctx).Actor(),
	})
	if err != nil {
		sentence, status := query.DeskSentence(err)
		if sentence == "" {
			return answer(s, reconcile.Report{}, err)
		}
		return nil, huma.NewError(status, sentence)
	}
	return &body[reconcile.Report]{report}, nil
}

// compared tells, at each scrape, what the comparison with the desk has seen.
type compared struct{ *reconcile.Reconciler }

var (
	watchCalls   = prometheus.NewDesc("docket_desk_watch_calls_total", "Calls to the desk that ask what changed, by what for: watch (every 20 s, and webhooks) or compare (reconcile).", []string{"for"}, nil)
	watchedAt    = prometheus.NewDesc("docket_desk_watch_last_success_timestamp_seconds", "When the desk was last asked what changed, and answered.", nil, nil)
	comparedAt   = prometheus.NewDesc("docket_reconcile_last_success_timestamp_seconds", "When everything was last compared with the desk.", nil, nil)
	comparedFind = prometheus.NewDesc("docket_reconcile_findings_total", "Mismatches found, by kind.", []string{"kind"}, nil)
)

// Describe lists the metrics.
func (c compared) Describe(ch chan<- *prometheus.Desc) {
	ch <- watchCalls
	ch <- watchedAt
	ch <- comparedAt
	ch <- comparedFind
}

// Collect tells what is in memory; it asks nobody.
func (c compared) Collect(ch chan<- prometheus.Metric) {
	s := c.State()
	ch <- prometheus.MustNewConstMetric(watchCalls, prometheus.CounterValue, float64(s.WatchCalls), "watch")
	ch <- prometheus.MustNewConstMetric(watchCalls, prometheus.CounterValue, float64(s.CompareCalls), "compare")
	if !s.WatchedAt.IsZero() {
		ch <- prometheus.MustNewConstMetric(watchedAt, prometheus.GaugeValue, seconds(s.WatchedAt))
	}
	if !s.ComparedAt.IsZero() {
		ch <- prometheus.MustNewConstMetric(comparedAt, prometheus.GaugeValue, seconds(s.ComparedAt))
	}
	for kind, n := range s.Found {
		ch <- prometheus.MustNewConstMetric(comparedFind, prometheus.CounterValue, float64(n), string(kind))
	}
}
