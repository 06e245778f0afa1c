package source

import (
	"net/url"
	"strings"
	"time"
	"unicode"

	"docket/internal/alert"
)

// said is one alert as a body told it.
type said struct {
	labels, annotations alert.Labels
	startsAt, endsAt    time.Time
	// link is the generatorURL, safe to follow; id is what the source calls the alert.
	link, id string
	status   alert.Status
	// The rest is said by formats that have a word of their own for it; "" and zero where not.

	// ident names the alert in place of its labels, as PagerDuty's dedup_key does: an end may
	// come with nothing else.
	ident string
	// title and severity go before those of the labels.
	title    string
	severity alert.Severity
	// elsewhere is a link for want of a better one; value is what was measured.
	elsewhere, value string
}

const (
	// defaultResolve is Alertmanager's resolve_timeout default
	// (https://prometheus.io/docs/alerting/latest/configuration/, read 2026-11-23).
	defaultResolve = 5 * time.Minute
	// maxAhead is how far in the future a start may lie before it is taken for a wrong clock.
	maxAhead = 24 * time.Hour
	// farthestExpiry bounds an end that is given as "never".
	farthestExpiry = 365 * 24 * time.Hour
)

// believable returns t, or zero ("not said") where no clock shows it: before 1970, or
// more than a day ahead. An alert must not be lost for its sender's clock.
func believable(t, now time.Time) time.Time {
	if t.Unix() < 0 || t.Sub(now) > maxAhead {
		return time.Time{}
	}
	return t
}

// alert makes the alert of what was said. A start that is not said, or that no clock
// shows, is the end where that lies in the past, else now. A firing alert has no end, a
// resolved one has an end that is not before its start.
func (s Source) alert(t said, now time.Time) alert.Alert {
	name := s.Name
	if families[s.Format] {
		name = ""
	}
	a := alert.Alert{
		Source: s.Name, ID: fit(t.id), Severity: t.severity,
		Status: alert.Firing, SaidAt: now, Title: title(t), Link: t.link,
	}
	if a.Severity == 0 {
		a.Severity = alert.SeverityOf(t.labels.Get("severity"), s.Severity)
	}
	// The keys are made of what was said, before texts are made fit for the databases.
	named := t.labels
	if t.ident != "" {
		named = alert.Labels{{Name: "dedup_key", Value: t.ident}}
	}
	a.Fingerprint = alert.Fingerprint(name, named)
	a.Key = s.key(name, t, a.Fingerprint)
	a.Labels, a.Annotations = keepable(t.labels), keepable(t.annotations)
	a.StartsAt = believable(t.startsAt, now)
	if t.status == alert.Resolved {
		a.Status, a.EndsAt = alert.Resolved, believable(t.endsAt, now)
		if a.EndsAt.IsZero() {
			a.EndsAt = now
		}
	}
	if a.StartsAt.IsZero() {
		a.StartsAt = now
		if a.Status == alert.Resolved && a.EndsAt.Before(now) {
			a.StartsAt = a.EndsAt
		}
	}
	if a.Status == alert.Resolved && a.EndsAt.Before(a.StartsAt) {
		a.EndsAt = a.StartsAt
	}
	a.StartsAt, a.EndsAt = a.StartsAt.UTC().Truncate(time.Microsecond), a.EndsAt.UTC().Truncate(time.Microsecond)
	return a
}

// key is the alert_key: the fingerprint, unless the source's identity says otherwise.
func (s Source) key(name string, t said, fingerprint alert.Key) alert.Key {
	id := s.Identity
	if !id.ByAlertID && len(id.Drop) == 0 && len(id.Keep) == 0 {
		return fingerprint
	}
	if id.ByAlertID && t.id == "" && families[s.Format] {
		// Only some of the family's ways tell the fingerprint. All must come to one key.
		t.id = fingerprint.String()
	}
	return id.Key(name, t.labels, t.id)
}

// title is what people call an alert: what the format says, or its alertname, else the first
// line of its title or summary.
func title(t said) string {
	for _, text := range [...]string{t.title, t.labels.Get("alertname"), t.annotations.Get("title"), t.annotations.Get("summary")} {
		line, _, _ := strings.Cut(text, "\n")
		if line = strings.TrimSpace(line); line != "" {
			return fit(line)
		}
	}
	return "alert"
}

// keepable makes labels fit for both databases, in place.
func keepable(ls alert.Labels) alert.Labels {
	renamed := false
	for i, l := range ls {
		if strings.IndexByte(l.Value, 0) >= 0 {
			ls[i].Value = fit(l.Value)
		}
		if strings.IndexByte(l.Name, 0) >= 0 {
			ls[i].Name, renamed = fit(l.Name), true
		}
	}
	if renamed {
		return ls.Sort()
	}
	return ls
}

// fit replaces NUL, which PostgreSQL cannot keep in a text.
func fit(s string) string {
	if strings.IndexByte(s, 0) < 0 {
		return s
	}
	return strings.ReplaceAll(s, "\x00", "\uFFFD")
}

// httpLink lets only links through that a browser may follow safely.
func httpLink(link string) string {
	if !strings.HasPrefix(link, "http://") && !strings.HasPrefix(link, "https://") || len(link) > maxValueBytes {
		return ""
	}
	// In a fragment url.Parse lets control characters through.
	if u, err := url.Parse(link); err != nil || u.Host == "" || strings.ContainsFunc(link, unicode.IsControl) {
		return ""
	}
	return link
}
