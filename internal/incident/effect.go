package incident

import (
	"fmt"
	"strings"
	"time"

	"docket/internal/filing"
	"docket/internal/storm"
)

// An incident's effects. What an effect is for names it, so that requesting it twice gives the same one.

// NewEffect returns a queued effect on the incident's ticket. The suffix tells several of one kind apart.
func (i Incident) NewEffect(kind filing.Kind, suffix string, now time.Time) filing.Effect {
	return filing.New(i.Mark, kind, suffix, i.Ticket.ID, now)
}

// RecoverySuffix tells the incident's recoveries apart: Fires differs at each of them.
func (i Incident) RecoverySuffix() string {
	if i.Ticket.Refiled > 0 {
		return fmt.Sprintf("recovered-%d-in-%s", i.Fires, i.Ticket.ID)
	}
	return fmt.Sprintf("recovered-%d", i.Fires)
}

// IsRecoveryNote reports whether an effect is the note about the recovery that the incident is in.
func (i Incident) IsRecoveryNote(e filing.Effect) bool {
	return e.ID == filing.ID(i.Mark, filing.KindNote, i.RecoverySuffix())
}

const inquiryPrefix = "investigated-"

// InquirySuffix tells the clicks on Investigate apart.
func (i Incident) InquirySuffix() string { return fmt.Sprintf("%s%d", inquiryPrefix, i.Inquiry.Count) }

// OfInquiry reports whether a click on Investigate requested an effect.
func OfInquiry(e filing.Effect) bool { return strings.HasPrefix(e.Suffix(), inquiryPrefix) }

// CameAndWent reports whether an effect would file a ticket for an alert that fired and recovered while the desk was
// unreachable. The ledger is then asked first, with a Missed event.
func (i Incident) CameAndWent(e filing.Effect, p Policy) bool {
	return p.Backfill != storm.BackfillAll && p.Backfill != "" && e.Kind == filing.KindFile && e.State == filing.Queued &&
		i.Shared == storm.NotShared && i.State == Recovered && i.Ticket.State == filing.TicketAsked && !i.Inquiry.Alone &&
		p.Outage.Covers(i.RecoveredAt)
}
