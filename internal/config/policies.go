package config

import (
	"time"

	"docket/internal/alert"
	"docket/internal/incident"
)

// PolicyConfig is what holds for every alert unless its route says otherwise. Its defaults are
// those of the rule.
type PolicyConfig struct {
	// The mildest severity that gets a ticket: P1 (the worst) to P5.
	TicketAt alert.Severity `yaml:"ticket_at"`
	// What happens to the ticket when its alert recovers: note (a note is added, and a person closes the ticket),
	// close (it is also closed) or none.
	OnRecovery string `yaml:"on_recovery" oneof:"note close none"`
	// How long an alert must fire before its ticket is filed.
	Hold time.Duration `yaml:"hold"`
	// How long an alert must be quiet before its incident ends.
	Settle time.Duration `yaml:"settle"`
	// How long a firing alert that may be a late repeat of an ended one is held back before it is believed.
	DoubtHold time.Duration `yaml:"doubt_hold"`
	// Which alerts that fired and recovered while the help desk was away are filed once it is back: digest (one
	// ticket lists them all), all (each gets its own ticket) or active (none of them, only what still fires).
	Backfill string `yaml:"backfill" oneof:"digest all active"`
	// When an alert fires again within this time after its ticket was closed, that ticket is reopened instead of a
	// new one being filed. 0 is never.
	ReopenWithin time.Duration `yaml:"reopen_within"`
	// How long a second click on Investigate returns the open ticket of the first one.
	InvestigateWindow time.Duration `yaml:"investigate_window"`
	// How long after its recovery a ticket that is still open counts as stale. `docket tickets --stale` lists those.
	StaleAfter time.Duration `yaml:"stale_after" default:"24h" min:"1s"`
	// How often one message reminds the operators of stale tickets, at most every hour. 0 is never.
	StaleRemind time.Duration `yaml:"stale_remind" min:"1h" zero:"never"`
	// What happens when a source reports an alert under ever new ids while it fires: log (it is logged, audited, and
	// reported by the doctor) or ticket (there is also one alert about that source, UnstableAlertIDs, which gets a
	// ticket like any other; routes choose its desk).
	UnstableIDs string `yaml:"unstable_ids" oneof:"log ticket" default:"log"`
	// When many alerts want a ticket at once, those above the limit are listed in one storm ticket.
	Storm StormConfig `yaml:"storm"`
}

// UnstableTicket is the choice of policies.unstable_ids that files a ticket.
const UnstableTicket = "ticket"

// StormConfig bounds new tickets.
type StormConfig struct {
	// How many new tickets may be filed within per. 0 is no limit.
	Limit int64 `yaml:"limit" zero:"no limit"`
	// The time over which the limit counts.
	Per time.Duration `yaml:"per"`
}

// defaults are the rule's own, so that each appears once.
func (p *PolicyConfig) defaults() {
	d := incident.DefaultPolicy()
	p.TicketAt, p.OnRecovery, p.Backfill = d.TicketAt, string(d.OnRecovery), string(d.Backfill)
	p.Hold, p.Settle, p.DoubtHold, p.ReopenWithin, p.InvestigateWindow = d.Hold, d.Settle, d.StaleHold, d.ReopenWithin, d.InvestigateWindow
	p.Storm = StormConfig{Limit: int64(d.Storm.Limit), Per: d.Storm.Per}
}

func (p *PolicyConfig) check(at place) {
	if p.Storm.Limit > 0 {
		at.shortest("storm.per", p.Storm.Per, time.Second)
	}
}

// ReconcileConfig paces the comparison with the desk.
type ReconcileConfig struct {
	// How often everything is compared.
	Every time.Duration `yaml:"every" default:"5m" min:"1s"`
}
