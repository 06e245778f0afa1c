package incident

import (
	"time"

	"docket/internal/alert"
	"docket/internal/filing"
	"docket/internal/storm"
)

// OnRecovery says what happens to the ticket when its incident recovers.
type OnRecovery string

// The choices.
const (
	RecoveryNote  OnRecovery = "note"  // an internal note; a person closes the ticket
	RecoveryClose OnRecovery = "close" // a note, and the ticket is closed
	RecoveryNone  OnRecovery = "none"  // nothing
)

// Policy is all that configuration, flags and silences say about one incident at one moment.
type Policy struct {
	// TicketAt is the mildest severity that gets a ticket.
	TicketAt alert.Severity
	// FilingOn is the flag alerts.auto_ticket.
	FilingOn bool
	// InvestigateOn is the flag investigate.from_status.
	InvestigateOn bool
	// InvestigateWindow is how long a second click on Investigate is the first one over again;
	// a later one is noted on the ticket.
	InvestigateWindow time.Duration
	// MutedBy names what mutes every firing alert of the incident now, or the one that ended
	// last where none fires; "" for nothing. MutedUntil is when the first of them counts again.
	MutedBy    string
	MutedUntil time.Time
	// Storm bounds new tickets; StormInto is the storm that takes this incident, where the
	// ledger has found that there is one.
	Storm     storm.Policy
	StormInto alert.Mark
	// Backfill says what becomes of what fired and recovered during Outage, the desk's last one.
	Backfill storm.Backfill
	Outage   storm.Outage
	// Hold is how long an alert must fire before its incident opens.
	Hold time.Duration
	// StaleHold is how long a firing alert that may be a late repeat is held for its
	// end before it is believed.
	StaleHold time.Duration
	// Settle is how long an incident must be quiet before it counts as recovered.
	Settle time.Duration
	// OnRecovery is done to the ticket on recovery.
	OnRecovery OnRecovery
	// ReopenWithin is how long after a close the closed ticket is opened again when the alert
	// fires again, instead of a fresh one; 0 is never.
	ReopenWithin time.Duration
	// FlapNoteEvery is the least time between two notes about firing again on one ticket.
	FlapNoteEvery time.Duration
	// Tags are put on the ticket.
	Tags []string
	// Desk is where a ticket goes that is asked for now, "" for the default desk. A ticket that was
	// asked for stays at its own desk, whose Timing and Outage these are.
	Desk string
	// MaxText is how many bytes the desk takes in one text (a ticket's body or a note), 0 for no limit of its own.
	MaxText int
	// Timing is the desk's.
	filing.Timing
}

// Policies says which policy holds for an incident at a moment: that of its route and source, as
// the flags stand.
type Policies func(inc Incident, now time.Time) Policy

// DefaultPolicy is what holds where nothing is configured.
func DefaultPolicy() Policy {
	return Policy{
		TicketAt:          alert.P2,
		FilingOn:          true,
		InvestigateOn:     true,
		InvestigateWindow: time.Hour,
		StaleHold:         2 * time.Minute,
		OnRecovery:        RecoveryNote,
		FlapNoteEvery:     15 * time.Minute,
		Tags:              []string{TagAlert},
		Storm:             storm.Policy{Limit: 20, Per: 5 * time.Minute},
		Backfill:          storm.BackfillDigest,
		Timing:            filing.Timing{WaitOut: 90 * time.Second, CallTimeout: 30 * time.Second},
	}
}

// The tags that tell tickets of alerts from tickets of status tiles.
const (
	TagAlert  = "auto:alert"
	TagStatus = "auto:status"
)
