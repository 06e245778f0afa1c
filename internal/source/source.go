package source

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"docket/internal/alert"
)

// Source is one configured source of pushed alerts.
type Source struct {
	// Name is the source's configured name; outside the Prometheus family it is part of every key.
	Name string
	// Format is one of Formats.
	Format string
	// Severity maps the severity label's words; the built-in words follow behind.
	Severity map[string]alert.Severity
	// Identity says what names a problem.
	Identity alert.Identity
	// ResolveTimeout is how long an alert without an end fires unless it is repeated;
	// 5 minutes where zero, Alertmanager's default.
	ResolveTimeout time.Duration
}

// Batch is what one body held.
type Batch struct {
	Alerts []alert.Alert
	// Rejected are the alerts that could not be kept, each for a reason of its own.
	Rejected []Rejection
	// Truncated is how many alerts the sender says it left out (Alertmanager's max_alerts).
	Truncated uint64
}

// Rejection names one alert of a batch that could not be kept.
type Rejection struct {
	Index  int    `json:"index"`
	Field  string `json:"field"`
	Reason string `json:"reason"`
}

// BadInput says why nothing of a body could be kept.
type BadInput struct {
	// Field is the path of what is wrong, "" where the body as a whole is.
	Field  string
	Reason string
	// Offset is the byte at which reading stopped.
	Offset int64
}

// Error names the field and the reason.
func (e *BadInput) Error() string {
	if e.Field == "" {
		return fmt.Sprintf("%s (at byte %d)", e.Reason, e.Offset)
	}
	return fmt.Sprintf("%s: %s (at byte %d)", e.Field, e.Reason, e.Offset)
}

// formats are all bodies that can be pushed, by the name used in the configuration.
var formats = map[string]func(r *reader, s Source, now time.Time) (Batch, error){
	"alertmanager": readWebhook,
	"prometheus":   readAPIv2,
}

// families are the formats of the Prometheus family: their keys leave the source's name
// out, so that one alert by several of these ways is one incident.
var families = map[string]bool{"alertmanager": true, "prometheus": true}

// Formats returns the names of the formats, sorted.
func Formats() []string { return slices.Sorted(maps.Keys(formats)) }

// Normalize reads a body of the source's format, as of now. The error is a *BadInput, and
// then nothing can be kept.
func (s Source) Normalize(body []byte, now time.Time) (Batch, error) {
	read, ok := formats[s.Format]
	if !ok {
		return Batch{}, &BadInput{Reason: fmt.Sprintf("source %s has the unknown format %q", s.Name, s.Format)}
	}
	r := newReader(body)
	defer r.free()
	batch, err := read(r, s, now.UTC().Truncate(time.Microsecond))
	if err != nil {
		return Batch{}, err
	}
	return batch, nil
}

// said is one alert as a body told it.
type said struct {
	labels, annotations alert.Labels
	startsAt, endsAt    time.Time
	link, id            string
	resolved            bool
	index               int
}

// The limits of one alert. Alertmanager has none; a database row and a ticket do.
const (
	maxLabels     = 512
	maxNameBytes  = 1 << 10
	maxValueBytes = 64 << 10
	// defaultResolve is Alertmanager's resolve_timeout default
	// (https://prometheus.io/docs/alerting/latest/configuration/, read 2026-11-23).
	defaultResolve = 5 * time.Minute
	// maxAhead is how far in the future a start may lie before it is taken for a wrong clock.
	maxAhead = 24 * time.Hour
	// farthestExpiry bounds an end that is given as "never".
	farthestExpiry = 365 * 24 * time.Hour
)

// alert makes the alert of what was said. Times that no clock shows (before 1970, or more
// than a day ahead) count as not said: an alert must not be lost for its sender's clock.
func (s Source) alert(t said, now time.Time) alert.Alert {
	name := s.Name
	if families[s.Format] {
		name = ""
	}
	a := alert.Alert{
		Source: s.Name, ID: t.id, Labels: t.labels, Annotations: t.annotations,
		Severity: alert.SeverityOf(t.labels.Get("severity"), s.Severity),
		Status:   alert.Firing, StartsAt: t.startsAt, EndsAt: t.endsAt, SaidAt: now, Link: httpLink(t.link),
	}
	// The keys are made of what was said, before texts are made fit for the databases.
	a.Fingerprint = alert.Fingerprint(name, t.labels)
	a.Key = a.Fingerprint
	if s.Identity.ByAlertID || len(s.Identity.Drop) > 0 || len(s.Identity.Keep) > 0 {
		a.Key = s.Identity.Key(name, t.labels, t.id)
	}
	a.Title = title(a)
	keepable(a.Labels)
	keepable(a.Annotations)
	if a.StartsAt.IsZero() || a.StartsAt.Unix() < 0 || a.StartsAt.Sub(now) > maxAhead {
		a.StartsAt = now
		if t.resolved && !a.EndsAt.IsZero() && a.EndsAt.Before(now) {
			a.StartsAt = a.EndsAt
		}
	}
	if t.resolved {
		a.Status = alert.Resolved
		if a.EndsAt.IsZero() || a.EndsAt.Unix() < 0 || a.EndsAt.After(now.Add(maxAhead)) {
			a.EndsAt = now
		}
	}
	a.StartsAt, a.EndsAt = a.StartsAt.UTC().Truncate(time.Microsecond), a.EndsAt.UTC().Truncate(time.Microsecond)
	return a
}

// title is what people call an alert.
func title(a alert.Alert) string {
	for _, text := range [...]string{a.Labels.Get("alertname"), a.Annotations.Get("title"), a.Annotations.Get("summary")} {
		line, _, _ := strings.Cut(text, "\n")
		if line = strings.TrimSpace(line); line != "" {
			return fit(line)
		}
	}
	return "alert"
}

// keepable makes labels fit for both databases, in place.
func keepable(ls alert.Labels) {
	for i := range ls {
		ls[i].Name, ls[i].Value = fit(ls[i].Name), fit(ls[i].Value)
	}
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
	if !strings.HasPrefix(link, "http://") && !strings.HasPrefix(link, "https://") || len(link) > maxValueBytes || !utf8.ValidString(link) {
		return ""
	}
	if u, err := url.Parse(link); err != nil || u.Host == "" {
		return ""
	}
	return fit(link)
}
