package incident

import (
	"log/slog"
	"slices"
	"time"

	"docket/internal/alert"
	"docket/internal/filing"
	"docket/internal/storm"
)

// State is the stage that an incident is in.
type State string

// The states. Every state but Closed is live, and a key has at most one live incident.
const (
	// Held: it fires, but not yet long enough or not certainly enough; DueAt says when it opens.
	Held State = "held"
	// Open: it fires.
	Open State = "open"
	// Settling: it stopped firing a moment ago; at DueAt that counts.
	Settling State = "settling"
	// Recovered: it stopped firing; its ticket is still open.
	Recovered State = "recovered"
	// Closed: the episode is over.
	Closed State = "closed"
)

// Incident is one episode of one alert_key.
type Incident struct {
	alert.Mark
	// Version counts saves, from 1; the store's compare-and-set is on it.
	Version int64
	// Recipe is the alert.Recipe that made Key.
	Recipe int
	State  State
	// Severity is the worst seen in this episode.
	Severity alert.Severity
	// Title, Source, Surface and Link are those of the alert that opened it.
	Title, Source, Surface, Link string
	// Route names the route whose policy holds, "" for the default one.
	Route string
	// OpenedAt is when the first alert of the episode came in.
	OpenedAt time.Time
	// FiredAt is when it last began to fire; a quiet shorter than the settle time does not count.
	FiredAt time.Time
	// RecoveredAt is when it last stopped firing; zero while it fires.
	RecoveredAt time.Time
	// ClosedAt is when the episode was over; zero while live.
	ClosedAt time.Time
	// DueAt is the next moment at which time alone decides; zero for none.
	DueAt time.Time
	// Fires counts how often it fired again after a recovery.
	Fires int
	// FiresNoted is how many of Fires the ticket's notes report.
	FiresNoted int
	// FlapNotedAt is when the last note about firing again was asked for; zero for never.
	FlapNotedAt time.Time
	// RecoveryNotedAt is when the last recovery note was asked for; zero for never.
	RecoveryNotedAt time.Time
	// Doubted says that it fires by a word that may be a late repeat.
	MaybeStale bool
	// Ticket is its ticket.
	Ticket filing.Ticket
	// Earlier is the ticket of the episode before, to link to; zero if there was none.
	Earlier filing.Ticket
	// Gathers says that it stands for others; NoGathering for an ordinary incident.
	Shared storm.SharedTicket
	// Within is the gathering whose ticket lists it, set for good; zero for a ticket of its own.
	Within alert.Mark
	// Inquiry is what operators asked for by Investigate; zero if nobody did.
	Inquiry Inquiry
	// Acknowledged is who acknowledged it; zero if nobody did.
	Acknowledged Acknowledgement
	// Told represents what people were last notified of (see Words); "" for nothing yet.
	Notified string
	// Reason is why it is as it is: the last decision's, or why there is still no ticket.
	Reason Reason
	// Timeline is the story so far, oldest first, at most maxTimeline steps.
	Timeline []Moment
}

// Acknowledgement is that somebody has taken an incident up. The first one counts.
type Acknowledgement struct {
	By string    `json:"by"`
	At time.Time `json:"at"`
}

// Inquiry is that operators look into an incident: they clicked Investigate.
type Inquiry struct {
	// Count counts the clicks, from 0.
	Count int `json:"count"`
	// At and By are the last click's moment and actor.
	At time.Time `json:"at"`
	By string    `json:"by"`
	// CheckedAt is when a click last had the desk asked whether the ticket is open; zero for never.
	CheckedAt time.Time `json:"checked_at,omitzero"`
	// Asked says that it was a click that asked for the ticket; Alone, that the alert would not
	// have got one then.
	Asked bool `json:"asked"`
	Alone bool `json:"alone"`
	// Brief is what was known of the surface at the click that asked for the ticket, in words.
	Brief string `json:"brief"`
}

// Moment is one step of an incident's story.
type Moment struct {
	At     time.Time `json:"at"`
	Event  EventKind `json:"event"`
	To     State     `json:"to"`
	Reason Reason    `json:"reason"`
	// Detail says more where the reason alone does not: a fault's name, a ticket's number.
	Detail string `json:"detail,omitempty"`
}

// maxTimeline bounds the story: the first half and the latest half are kept.
const maxTimeline = 100

// Begin fills in what the alert that opens the episode says.
func (i Incident) Begin(a alert.Alert, now time.Time) Incident {
	i.Severity, i.Title, i.Source, i.Surface, i.Link = a.Severity, a.Title, a.Source, a.Surface, a.Link
	i.OpenedAt, i.FiredAt = now, now
	i.Ticket.State = filing.TicketNone
	return i
}

// Live reports whether the episode goes on.
func (i Incident) Live() bool { return i.State != "" && i.State != Closed }

// Firing reports whether an alert of it fires, as far as is known.
func (i Incident) Firing() bool { return i.State == Held || i.State == Open }

// Listed reports whether a shared ticket lists it, so that it has none of its own.
func (i Incident) Listed() bool { return i.Within != (alert.Mark{}) }

// Tags are the tags that the incident's own ticket is to carry.
func (i Incident) Tags(p Policy) []string {
	if i.Inquiry.Count == 0 {
		return p.Tags
	}
	tags := slices.Clone(p.Tags)
	if i.Inquiry.Alone {
		tags = slices.DeleteFunc(tags, func(t string) bool { return t == TagAlert })
	}
	return append(tags, TagStatus)
}

// LogValue logs what names the incident.
func (i Incident) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", i.Mark.String()), slog.String("state", string(i.State)), slog.String("title", i.Title))
}

// Tell appends to the story, leaving out the middle once it is long.
func (i *Incident) Tell(m Moment) {
	if len(i.Timeline) >= maxTimeline {
		half := maxTimeline / 2
		kept := make([]Moment, 0, maxTimeline)
		kept = append(kept, i.Timeline[:half]...)
		i.Timeline = append(kept, i.Timeline[half+1:]...)
	}
	// A fresh slice: the incident before this step must not change under its reader.
	i.Timeline = append(slices.Clip(i.Timeline), m)
}

// Member is an incident that is to be listed in a gathering's ticket.
type Member struct {
	Incident Incident
	Labels   alert.Labels
	Summary  string
}
