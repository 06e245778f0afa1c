package metrics

import (
	"context"
	"runtime"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"docket/internal/health"
	"docket/internal/intake"
	"docket/internal/notifier"
	"docket/internal/reconcile"
	"docket/internal/store"
)

// Seen is what is read at each scrape. A nil field has no metrics.
type Seen struct {
	// Version is Docket's version.
	Version string
	Store   *store.Store
	// StaleAfter is how long after its recovery an incident's open ticket counts as stale.
	StaleAfter time.Duration
	Intake     *intake.Intake
	// Desks are all desks in use.
	Desks     []Desk
	Notifiers *notifier.Herald
	// Configuration reports whether the configuration file was valid when it was last read, and since when the current
	// configuration has been in force; nil if no file is watched.
	Configuration func() (taken bool, since time.Time)
}

// Desk is a desk in use: the health of its connection, and its reconciler, nil for none.
type Desk struct {
	Health    *health.Health
	Reconcile *reconcile.Reconciler
}

// set sets a value with label values in the order of the row.
type set func(value float64, labels ...string)

// row declares one metric that is read at each scrape; read takes a fromMemory or a fromStore.
type row[R any] struct {
	kind       prometheus.ValueType
	name, help string
	labels     []string
	read       R
}

type (
	fromMemory func(Seen, set)
	fromStore  func(context.Context, Seen, set) error
)

const (
	gauge   = prometheus.GaugeValue
	counter = prometheus.CounterValue
)

// known are the metrics read from memory.
func known() []row[fromMemory] {
	return []row[fromMemory]{
		{gauge, "docket_build_info", "Always 1; the labels say what runs.", []string{"version", "go_version"},
			func(s Seen, set set) { set(1, s.Version, runtime.Version()) }},
		{gauge, "docket_source_last_heard_timestamp_seconds", "When a source last sent something or was last polled with success.",
			[]string{"source"}, sourceHeard},
		{gauge, "docket_source_up", "Whether a source's last poll succeeded; 1 for a source that pushes.", []string{"source"}, sourceUp},
		{gauge, "docket_desk_up", "Whether the desk's last answer was a good one; absent before the first.", []string{"desk"}, deskUp},
		{gauge, "docket_desk_last_success_timestamp_seconds", "When the desk last did what it was asked.", []string{"desk"}, deskSuccess},
		{counter, "docket_desk_watch_calls_total",
			"Calls to the desk that ask what changed, by what for: watch (every 20 s, and webhooks) or compare (reconcile).",
			[]string{"desk", "for"}, watchCalls},
		{gauge, "docket_desk_watch_last_success_timestamp_seconds", "When the desk was last asked what changed, and answered.",
			[]string{"desk"}, watchedAt},
		{gauge, "docket_reconcile_last_success_timestamp_seconds", "When everything was last compared with the desk.",
			[]string{"desk"}, comparedAt},
		{counter, "docket_reconcile_findings_total", "Mismatches found, by desk and kind.", []string{"desk", "kind"}, findings},
		{gauge, "docket_notifier_up", "Whether people can be notified this way; absent before the first message.",
			[]string{"notifier"}, notifierUp},
		{gauge, "docket_notifier_last_success_timestamp_seconds", "When somebody was last notified this way.",
			[]string{"notifier"}, notifierSuccess},
		{gauge, "docket_config_last_reload_successful", "1 where what the configuration file says is in force, 0 where it is not valid.",
			nil, reloaded},
		{gauge, "docket_config_in_force_since_seconds", "When the configuration in force was loaded, in seconds since 1970.",
			nil, inForceSince},
	}
}

// stored are the metrics counted in the database.
func stored() []row[fromStore] {
	return []row[fromStore]{
		{gauge, "docket_alerts_firing", "Alerts that fire.", nil, alertsFiring},
		{gauge, "docket_incidents", "Live incidents, by state.", []string{"state"}, liveIncidents},
		{gauge, "docket_tickets_stale", "Open tickets whose alerts have recovered longer ago than policies.stale_after.", nil, staleTickets},
		{gauge, "docket_effects_waiting", "Pending help desk operations, by kind and state.", []string{"kind", "state"}, waitingEffects},
		{gauge, "docket_notices", "Messages to people, by notifier and state.", []string{"notifier", "state"}, notices},
	}
}
