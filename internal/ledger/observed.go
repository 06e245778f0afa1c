package ledger

import (
	"cmp"
	"time"

	"docket/internal/filing"
	"docket/internal/incident"
)

// View is what was seen in the desk. The fields are those of incident.Event.
type View struct {
	// Kind is TicketSeen unless set.
	Kind       incident.EventKind
	Shown, Own filing.Shown
	TicketID   string
	AsOf       time.Time
}

func seenEvent(in *Input) incident.Event {
	v := in.View
	return incident.Event{
		Kind: cmp.Or(v.Kind, incident.TicketSeen), TicketClosed: in.TicketClosed, ClosedAt: in.ClosedAt, Shown: v.Shown, Own: v.Own, TicketID: v.TicketID, AsOf: v.AsOf,
	}
}
