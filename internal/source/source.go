package source

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

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
	// Map reads bodies of the format generic; over one of the format cloudevents it goes
	// before the event's own words. nil where there is none.
	Map *Mapping
	// Lines reads the log of the format heroku; nil in every other.
	Lines *Lines
}

// Push is what a sender sent.
type Push struct {
	// Header is the request's header, which some formats read; nil where there is none.
	Header http.Header
	// Body is unpacked, and at most as long as the face allows.
	Body []byte
}

// Batch is what one body held.
type Batch struct {
	Alerts []alert.Alert
	// Rejected are the alerts that could not be kept, each for a reason of its own.
	Rejected []Rejection
	// Truncated is how many alerts the sender says it left out (Alertmanager's max_alerts).
	Truncated uint64
	// Acknowledged is the upstream id of an alert that a person has taken upstream; "" for
	// none. It changes nothing here.
	Acknowledged string
}

// Rejection names one alert of a batch that could not be kept.
type Rejection struct {
	// Index counts the body's alerts from 0.
	Index int `json:"index"`
	// Field is the path of what is wrong, such as alerts[3].labels.job.
	Field string `json:"field"`
	// Reason reads on behind the field: "must be a string, not a number".
	Reason string `json:"reason"`
}

// BadInput says why nothing of a body could be kept.
type BadInput struct {
	// Field is the path of what is wrong, "" where the body as a whole is.
	Field string
	// Reason reads on behind the field.
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

// format is one way of telling alerts: json reads a body that is one JSON value, raw reads
// any other push. One of them is set.
type format struct {
	json func(r *reader, s Source, now time.Time) (Batch, error)
	raw  func(p Push, s Source, now time.Time) (Batch, error)
}

// formats are all that can be pushed, by the name used in the configuration.
var formats = map[string]format{
	"alertmanager": {json: readWebhook},
	"cloudevents":  {raw: readCloudEvents},
	"generic":      {raw: readGeneric},
	"grafana":      {json: readGrafana},
	"heroku":       {raw: readHeroku},
	"pagerduty":    {json: readPagerDuty},
	"prometheus":   {json: readAPIv2},
}

// families are the formats of the Prometheus family: their keys leave the source's name
// out, so that one alert by several of these ways is one incident.
var families = map[string]bool{"alertmanager": true, "prometheus": true}

// Formats returns the names of the formats, sorted.
func Formats() []string { return slices.Sorted(maps.Keys(formats)) }

// Normalize reads a body without a header: see Read.
func (s Source) Normalize(body []byte, now time.Time) (Batch, error) {
	return s.Read(Push{Body: body}, now)
}

// Read reads a push of the source's format, as of now. The error is a *BadInput, and then
// nothing can be kept. The body may be changed afterwards: the alerts do not share it.
func (s Source) Read(p Push, now time.Time) (Batch, error) {
	f, ok := formats[s.Format]
	if !ok {
		return Batch{}, &BadInput{Reason: fmt.Sprintf("source %s has the unknown format %q", s.Name, s.Format)}
	}
	now = now.UTC().Truncate(time.Microsecond)
	if f.raw != nil {
		return f.raw(p, s, now)
	}
	r, err := newReader(p.Body)
	defer r.free()
	if err != nil {
		return Batch{}, err
	}
	batch, err := f.json(r, s, now)
	if err != nil {
		return Batch{}, r.whole(err)
	}
	return batch, nil
}
