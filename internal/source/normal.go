package source

import (
	"net/url"
	"strings"
	"time"
	"unicode"

	"docket/internal/alert"
)

// report is one alert as reported in a body.
type report struct {
	labels, annotations alert.Labels
	startsAt, endsAt    time.Time
	// link is the generatorURL, if safe to follow; id is the source's own id of the alert.
	link, id string
	status   alert.Status
	// The rest is set by formats that have a field of their own for it; otherwise "" and zero.

	// ident identifies the alert instead of its labels, as PagerDuty's dedup_key does: a resolve may contain
	// nothing else.
	ident string
	// title and severity take precedence over those in the labels.
	title    string
	severity alert.Severity
	// elsewhere is a fallback link; value is what was measured.
	elsewhere, value string
}

const (
	// defaultResolve is Alertmanager's resolve_timeout default
	// (https://prometheus.io/docs/alerting/latest/configuration/, read 2026-11-23).
	defaultResolve = 5 * time.Minute
	// maxAhead is how far in the future a start may be before it counts as a wrong clock.
	maxAhead = 24 * time.Hour
	// farthestExpiry limits an end that means "never".
	farthestExpiry = 365 * 24 * time.Hour
)

// believable returns t, or zero ("not set") if it is implausible: before 1970, or more than a day ahead. An
// alert must not be lost because of its sender's clock.
func believable(t, now time.Time) time.Time {
	if t.Unix() < 0 || t.Sub(now) > maxAhead {
		return time.Time{}
	}
	return t
}

// alert makes the alert from a report. If the start is missing or implausible, it is the end if that is in
// the past, otherwise now. A firing alert has no end, a resolved one has an end that is not before its start.
func (s Source) alert(t report, now time.Time) alert.Alert {
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
	// Keys are computed from the reported labels, before texts are cleaned for the databases.
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
func (s Source) key(name string, t report, fingerprint alert.Key) alert.Key {
	id := s.Identity
	if !id.ByAlertID && len(id.Drop) == 0 && len(id.Keep) == 0 {
		return fingerprint
	}
	if id.ByAlertID && t.id == "" && families[s.Format] {
		// Only some formats of the family report the fingerprint. All must give the same key.
		t.id = fingerprint.String()
	}
	return id.Key(name, t.labels, t.id)
}

// title is what people call an alert: the format's own title, or its alertname, otherwise the first line of
// its title or summary.
func title(t report) string {
	for _, text := range [...]string{t.title, t.labels.Get("alertname"), t.annotations.Get("title"), t.annotations.Get("summary")} {
		line, _, _ := strings.Cut(text, "\n")
		if line = strings.TrimSpace(line); line != "" {
			return fit(line)
		}
	}
	return "alert"
}

// keepable makes labels storable in both databases, in place.
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

// fit replaces NUL, which PostgreSQL cannot store in a text.
func fit(s string) string {
	if strings.IndexByte(s, 0) < 0 {
		return s
	}
	return strings.ReplaceAll(s, "\x00", "\uFFFD")
}

// httpLink allows only links that a browser may follow safely.
func httpLink(link string) string {
	if !strings.HasPrefix(link, "http://") && !strings.HasPrefix(link, "https://") || len(link) > maxValueBytes {
		return ""
	}
	// url.Parse allows control characters in a fragment.
	if u, err := url.Parse(link); err != nil || u.Host == "" || strings.ContainsFunc(link, unicode.IsControl) {
		return ""
	}
	return link
}
