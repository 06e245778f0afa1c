package incident

import (
	"fmt"
	"strings"
	"time"

	"docket/internal/alert"
)

// Gathering says that an incident gathers others, which share its ticket: each of them
// stands in it as one entry, exactly once.
type Gathering string

// The gatherings.
const (
	NoGathering Gathering = ""       // an ordinary incident
	Storm       Gathering = "storm"  // what came above the storm's limit
	Digest      Gathering = "digest" // what recovered while the desk was away
)

// Member is an incident that is to be listed in a gathering's ticket.
type Member struct {
	Incident Incident
	Labels   alert.Labels
	Summary  string
}

// The pace of gatherings: the first text waits a moment for company; later entries are told
// together.
const (
	gatherFor  = 10 * time.Second
	listEvery  = 5 * time.Second
	watchEvery = 30 * time.Second
)

// stepGathering is Step for an incident that gathers others.
func stepGathering(inc Incident, ev Event, p Policy, now time.Time) Decision {
	switch ev.Kind {
	case Gathered:
		return gathered(inc, ev, now)
	case TimeCame:
		if inc.DueAt.IsZero() || now.Before(inc.DueAt) {
			return Decision{Next: inc, Reason: ReasonNothing}
		}
		return gatheringDue(inc, ev, p, now)
	case EffectAnswered:
		return answered(inc, ev, p, now)
	case TicketSeen:
		if ev.outdated(inc) {
			return Decision{Next: inc, Reason: ReasonStale}
		}
		if ev.TicketClosed && inc.Ticket.State == TicketFiled && inc.State != Recovered {
			// It goes on until all its members are listed and over; only its ticket is closed.
			inc.Ticket.State = TicketClosed
			return Decision{Next: inc, Changed: true, Reason: ReasonClosedByPerson}
		}
		return ticketSeen(inc, ev, p, now)
	case TagsMissing:
		return tagsMissing(inc, ev, p, now)
	case TicketMissing, TwinSeen, OrphanSeen: // Told to people, not mended: its lists are in notes.
	case AlertFired, AlertDoubted, AlertEnded, AlertChanged, Investigated, Reconsidered, Listed, Missed, Acknowledged:
	}
	return Decision{Next: inc, Reason: ReasonNothing}
}

// gathered: one more incident is to be listed.
func gathered(inc Incident, ev Event, now time.Time) Decision {
	if inc.State == "" {
		inc.State, inc.OpenedAt, inc.FiredAt = Open, now, now
		inc.Severity, inc.Source, inc.Ticket.State = ev.Alert.Severity, "docket", TicketNone
		inc.Title = gatheringTitle(inc)
		inc.DueAt = now.Add(gatherFor)
		return Decision{Next: inc, Changed: true, Reason: ReasonGathering}
	}
	changed := false
	if ev.Alert.Severity < inc.Severity {
		inc.Severity, changed = ev.Alert.Severity, true
	}
	if soon := now.Add(listEvery); inc.Ticket.ID != "" && (inc.DueAt.IsZero() || inc.DueAt.After(soon)) {
		inc.DueAt, changed = soon, true
	}
	if inc.State == Recovered {
		inc.State, inc.RecoveredAt, changed = Open, time.Time{}, true
	}
	return Decision{Next: inc, Changed: changed, Reason: ReasonGathering}
}

func gatheringTitle(inc Incident) string {
	if inc.Gathers == Digest {
		return "While the help desk was away: alerts that fired and recovered"
	}
	if inc.Route != "" {
		return "Alert storm on route " + inc.Route
	}
	return "Alert storm"
}

// gatheringDue asks for the ticket, lists who waits to be listed, or sees that all are over.
func gatheringDue(inc Incident, ev Event, p Policy, now time.Time) Decision {
	inc.DueAt = time.Time{}
	switch inc.Ticket.State {
	case TicketNone:
		if len(ev.Members) == 0 {
			return closeIncident(inc, ReasonOver, now)
		}
		if !p.FilingOn {
			inc.DueAt = now.Add(watchEvery)
			return Decision{Next: inc, Changed: inc.Reason != ReasonFilingOff, Reason: ReasonFilingOff}
		}
		inc.Ticket.State = TicketAsked
		file := newEffect(inc, KindFile, "", now)
		file.Text = listText(inc, ev.Members)
		return Decision{Next: inc, Changed: true, Reason: ReasonTicketAsked, Effects: []Effect{file}, Listed: marksOf(ev.Members)}
	case TicketAsked: // The ticket, once it is filed, sets the next moment.
		return Decision{Next: inc, Quiet: true, Changed: true, Reason: ReasonGathering}
	case TicketFiled, TicketClosed:
	}
	if len(ev.Members) > 0 {
		inc.Fires++
		note := newEffect(inc, KindNote, fmt.Sprintf("list-%d", inc.Fires), now)
		note.Text = listText(inc, ev.Members) + note.NoteMark()
		inc.DueAt = now
		return Decision{Next: inc, Changed: true, Reason: ReasonListing, Effects: []Effect{note}, Listed: marksOf(ev.Members)}
	}
	if ev.LiveMembers > 0 || ev.Crowded {
		inc.DueAt = now.Add(watchEvery)
		return Decision{Next: inc, Quiet: true, Changed: true, Reason: ReasonGathering}
	}
	if inc.Gathers == Digest {
		p.OnRecovery = RecoveryNone // All of it had recovered before it was filed: the ticket says so.
	}
	return recovered(inc, p, now)
}

func marksOf(members []Member) []Mark {
	marks := make([]Mark, len(members))
	for i, m := range members {
		marks[i] = m.Incident.Mark
	}
	return marks
}

// listed: the gathering's ticket lists this incident now.
func listed(inc Incident, ev Event, now time.Time) Decision {
	if inc.Within == (Mark{}) || inc.Ticket.State != TicketAsked {
		return Decision{Next: inc, Reason: ReasonNothing}
	}
	inc.Ticket = ev.Ticket
	inc.Ticket.State = TicketFiled
	d := Decision{Next: inc, Changed: true, Reason: ReasonListed, Detail: ev.Ticket.Number}
	if inc.State == Recovered {
		d.Next = closeIncident(inc, ReasonListed, now).Next
	}
	return d
}

// listed reports whether it shares a gathering's ticket.
func (i Incident) listed() bool { return i.Within != (Mark{}) }

// Missed reports whether an effect would file a ticket for an alert that came and went
// while the desk was away: then the ledger is asked first, with a Missed event.
func (e Effect) Missed(inc Incident, p Policy) bool {
	return p.Backfill != BackfillAll && p.Backfill != "" && e.Kind == KindFile && e.State == Queued && inc.Gathers == NoGathering &&
		inc.State == Recovered && inc.Ticket.State == TicketAsked && !inc.Inquiry.Alone && p.Outage.covers(inc.RecoveredAt)
}

// missed: it goes into the digest of the outage, or nowhere where the policy says so.
func missed(inc Incident, ev Event, p Policy, now time.Time) Decision {
	if !ev.Effect.Missed(inc, p) {
		return Decision{Next: inc, Effect: ev.Effect, Reason: ReasonNothing}
	}
	var d Decision
	if p.Backfill == BackfillActive {
		inc.Ticket.State = TicketNone
		d = closeIncident(inc, ReasonNoBackfill, now)
	} else {
		d = gatherInto(inc, GatheringMark(Digest, "", p.Outage.Began, 1), ReasonDigest)
	}
	d.Effect, d.EffectChanged = ev.Effect, true
	d.Effect.State, d.Effect.DoneAt = Dropped, now
	return d
}

// gatherInto lets a gathering list the incident, instead of a ticket of its own.
func gatherInto(inc Incident, within Mark, reason Reason) Decision {
	inc.Within, inc.Ticket.State, inc.DueAt = within, TicketAsked, time.Time{}
	return Decision{Next: inc, Changed: true, Reason: reason, Detail: within.String(), Gather: within}
}

// MaxListed bounds the entries of one text, MaxListText its bytes, about.
const (
	MaxListed   = 3000
	maxListText = 200_000
	maxEntry    = 2000
	// fullTexts is how many notes of one ticket list their members with all labels: a desk has
	// to show it to a person.
	fullTexts = 10
)

// ListMembers cuts members to what the gathering's next text holds.
func ListMembers(inc Incident, members []Member) []Member {
	text, size := inc.Fires, 0
	if inc.Ticket.State != TicketNone {
		text++
	}
	for i, m := range members {
		if size += len(told(m, text)); i > 0 && (size > maxListText || i >= MaxListed) {
			return members[:i]
		}
	}
	return members
}

// told is a member in one of a ticket's texts, which count from 0: in full, or in a line once the
// ticket has become long.
func told(m Member, text int) string {
	if text > fullTexts {
		return line(m)
	}
	return entry(m)
}

func listText(inc Incident, members []Member) string {
	var b strings.Builder
	switch {
	case inc.Gathers == Digest && inc.Fires == 0:
		b.WriteString("These alerts fired while the help desk could not be reached, and had recovered before it could.\n")
	case inc.Gathers == Digest:
		b.WriteString("More alerts that fired and recovered while the help desk could not be reached.\n")
	case inc.Fires == 0:
		b.WriteString("Many alerts came at once. This ticket stands for all that are listed here and in its notes; each is in no other ticket.\n")
	default:
		b.WriteString("More alerts of this storm.\n")
	}
	b.WriteString("\n")
	if inc.Fires > fullTexts {
		b.WriteString("From here on one line each; docket incidents show MARK has the rest.\n\n")
	}
	for _, m := range members {
		b.WriteString(told(m, inc.Fires))
	}
	return b.String()
}

// line is one member in a ticket that has become long.
func line(m Member) string {
	return fmt.Sprintf("%s %s %s\n", m.Incident.Severity, clip(oneLine(m.Incident.Title), maxEntry/10), m.Incident.Mark)
}

// entry is one member's lines: title, labels and mark, character for character.
func entry(m Member) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", m.Incident.Severity, oneLine(m.Incident.Title))
	if s := oneLine(m.Summary); s != "" && s != m.Incident.Title {
		fmt.Fprintf(&b, ": %s", clip(s, maxEntry/4))
	}
	b.WriteString("\n")
	for _, l := range m.Labels {
		fmt.Fprintf(&b, "  %s: %s\n", l.Name, l.Value)
		if b.Len() > 4*maxEntry {
			b.WriteString("  and more labels\n")
			break
		}
	}
	fmt.Fprintf(&b, "  fired: %s", m.Incident.OpenedAt.UTC().Format(timeLayout))
	if !m.Incident.RecoveredAt.IsZero() {
		fmt.Fprintf(&b, ", recovered: %s", m.Incident.RecoveredAt.UTC().Format(timeLayout))
	}
	fmt.Fprintf(&b, "\n  %s\n\n", m.Incident.Mark)
	return b.String()
}

// clip cuts a text to at most n runes.
func clip(text string, n int) string {
	runes := []rune(text)
	if len(runes) <= n {
		return text
	}
	return string(runes[:n-1]) + "…"
}
