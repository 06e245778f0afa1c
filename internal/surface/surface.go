package surface

import (
	"time"

	"docket/internal/alert"
)

// Status says how a surface does.
type Status string

// The statuses, best first. Unknown is no word about the surface, but that there is none.
const (
	Operational Status = "operational"
	Unknown     Status = "unknown"
	Degraded    Status = "degraded"
	Down        Status = "down"
)

// statuses are all of them, best first.
var statuses = [...]Status{Operational, Unknown, Degraded, Down}

// Valid reports whether s is one of the four words.
func (s Status) Valid() bool { return s.rank() >= 0 }

// Ill reports whether users feel it: degraded or down.
func (s Status) Ill() bool { return s == Degraded || s == Down }

func (s Status) rank() int {
	for rank, known := range statuses {
		if s == known {
			return rank
		}
	}
	return -1
}

// Worst returns the worst of several statuses, Unknown of none.
func Worst(all ...Status) Status {
	worst, rank := Unknown, -1
	for _, s := range all {
		if r := s.rank(); r > rank {
			worst, rank = s, r
		}
	}
	return worst
}

// Link leads to something about a surface: a runbook, a dashboard.
type Link struct {
	// What the link says.
	Title string `yaml:"title" json:"title"`
	// Where it leads to.
	URL string `yaml:"url" json:"url" format:"link" required:""`
}

// Surface is one thing that users touch, as it is configured.
type Surface struct {
	// Name is the surface's own, Title what people read, Group the heading above its tile.
	Name, Title, Group string
	// Every is the time between two readings, Timeout how long one may take.
	Every, Timeout time.Duration
	// DownAfter bad readings in a row turn the tile for the worse, UpAfter good ones for the
	// better; both are at least 1.
	DownAfter, UpAfter int
	// Severity is the alert's while the tile is down, DegradedSeverity while it is degraded.
	Severity, DegradedSeverity alert.Severity
	// Window is how long a second click on Investigate returns the first one's ticket.
	Window time.Duration
	// Kind is the kind of its probe, Target what it asks: for people, without secrets.
	Kind, Target string
	Links        []Link
}

// Source is the source of a tile's own alerts; it is part of their key.
const Source = "status"

// AlertKey is the alert_key of a surface's incidents, however they begin.
func AlertKey(name string) alert.Key {
	return alert.Fingerprint(Source, alert.Labels{{Name: "surface", Value: name}})
}

// silentTurns is how many intervals without a reading make a tile unknown.
const silentTurns = 3

// ExpiresAfter is how long a word about the surface holds when no other follows: well
// beyond a restart, and a replica's hand-over.
func (s Surface) ExpiresAfter() time.Duration { return silentTurns*s.Every + 5*time.Minute }

// Alert is what the tile says to the intake: firing while it is ill, over once it is
// operational. Of an unknown tile nobody can say that it is over: what it was ill with
// goes on.
func (s Surface) Alert(state State, now time.Time) alert.Alert {
	// What turns with the state is no label: degraded and down are one problem.
	labels := map[string]string{"alertname": s.Title, "surface": s.Name}
	if s.Group != "" {
		labels["group"] = s.Group
	}
	a := alert.Alert{
		Key: AlertKey(s.Name), Source: Source, Surface: s.Name, SaidAt: now, StartsAt: state.IllSince,
		Severity: s.DegradedSeverity, Status: alert.Firing, Title: s.Title + " is degraded",
		Annotations: alert.NewLabels(map[string]string{"summary": state.Last.Reason}),
	}
	if state.LastIll == Down {
		a.Severity, a.Title = s.Severity, s.Title+" is down"
	}
	a.Labels = alert.NewLabels(labels)
	a.Fingerprint = alert.Fingerprint(Source, a.Labels)
	if len(s.Links) > 0 {
		a.Link = s.Links[0].URL
	}
	if state.Status == Operational {
		a.Status, a.EndsAt = alert.Resolved, state.Since
		return a
	}
	a.ExpiresAt = now.Add(s.ExpiresAfter())
	return a
}
