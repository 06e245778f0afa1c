package surface

import (
	"time"

	"docket/internal/alert"
)

// Status is the health of a surface.
type Status string

// The statuses, best first. Unknown means that there is no information about the surface.
const (
	Operational Status = "operational"
	Unknown     Status = "unknown"
	Degraded    Status = "degraded"
	Down        Status = "down"
)

// statuses lists all of them, best first.
var statuses = [...]Status{Operational, Unknown, Degraded, Down}

// Valid reports whether s is one of the four statuses.
func (s Status) Valid() bool { return s.rank() >= 0 }

// Affected reports whether users are affected: degraded or down.
func (s Status) Affected() bool { return s == Degraded || s == Down }

func (s Status) rank() int {
	for rank, known := range statuses {
		if s == known {
			return rank
		}
	}
	return -1
}

// Worst returns the worst of several statuses, Unknown if there are none.
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

// Surface is one thing that users touch, as configured.
type Surface struct {
	// Name identifies the surface, Title is what people read, Group the heading above its tile.
	Name, Title, Group string
	// Every is the interval between readings, Timeout the limit for one.
	Every, Timeout time.Duration
	// After DownAfter bad readings in a row the tile gets worse, after UpAfter good ones it gets better; both
	// are at least 1.
	DownAfter, UpAfter int
	// Severity is the alert's severity while the tile is down, DegradedSeverity while it is degraded.
	Severity, DegradedSeverity alert.Severity
	// Window is how long another click on Investigate returns the ticket of the first click.
	Window time.Duration
	// Kind is the kind of its probe and Target what it checks: for people, without secrets.
	Kind, Target string
	Links        []Link
}

// Source is the source of a tile's own alerts; it is part of their key.
const Source = "status"

// AlertKey is the alert_key of a surface's incidents, whatever opened them.
func AlertKey(name string) alert.Key {
	return alert.Fingerprint(Source, alert.Labels{{Name: "surface", Value: name}})
}

// silentTurns is how many intervals without a reading make a tile unknown.
const silentTurns = 3

// ExpiresAfter is how long the surface's alert stays valid without an update: well beyond a restart or a
// handover to another replica.
func (s Surface) ExpiresAfter() time.Duration { return silentTurns*s.Every + 5*time.Minute }

// Alert returns the alert that the tile sends to the intake: firing while the tile is degraded or down,
// resolved once it is operational. An unknown tile cannot resolve anything, so the previous problem stays
// open.
func (s Surface) Alert(state State, now time.Time) alert.Alert {
	// What changes with the status is not a label: degraded and down are one problem.
	labels := map[string]string{"alertname": s.Title, "surface": s.Name}
	if s.Group != "" {
		labels["group"] = s.Group
	}
	a := alert.Alert{
		Key: AlertKey(s.Name), Source: Source, Surface: s.Name, SaidAt: now, StartsAt: state.AffectedSince,
		Severity: s.DegradedSeverity, Status: alert.Firing, Title: s.Title + " is degraded",
		Annotations: alert.NewLabels(map[string]string{"summary": state.Last.Reason}),
	}
	if state.LastAffected == Down {
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
