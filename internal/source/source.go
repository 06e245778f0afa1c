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
	// Severity maps the severity label's words; the built-in words are the fallback.
	Severity map[string]alert.Severity
	// Identity says what identifies a problem.
	Identity alert.Identity
	// ResolveTimeout is how long an alert without an end fires unless it is repeated; 5 minutes if zero,
	// Alertmanager's default.
	ResolveTimeout time.Duration
	// Map reads bodies with the format generic; with the format cloudevents it takes precedence over the
	// event's own fields. nil if there is none.
	Map *Mapping
	// Lines reads the log of the format heroku; nil for every other format.
	Lines *Lines
}

// Push is one request from a sender.
type Push struct {
	// Header is the request's header, which some formats read; nil if there is none.
	Header http.Header
	// Body is decompressed, and at most as long as the HTTP API allows.
	Body []byte
}

// Batch is the content of one body.
type Batch struct {
	Alerts []alert.Alert
	// Rejected are the alerts that could not be kept, each with a reason.
	Rejected []Rejection
	// Truncated is how many alerts the sender left out by its own account (Alertmanager's max_alerts).
	Truncated uint64
	// Acknowledged is the upstream id of an alert that a person acknowledged upstream; "" for none. It
	// changes nothing here.
	Acknowledged string
}

// Rejection names one alert of a batch that could not be kept.
type Rejection struct {
	// Index counts the body's alerts from 0.
	Index int `json:"index"`
	// Field is the path of what is wrong, such as alerts[3].labels.job.
	Field string `json:"field"`
	// Reason continues after the field: "must be a string, not a number".
	Reason string `json:"reason"`
}

// BadInput says why nothing in a body could be kept.
type BadInput struct {
	// Field is the path of what is wrong, "" if it is the body as a whole.
	Field string
	// Reason continues after the field.
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

// format is one format of alerts: json reads a body that is one JSON value, raw reads any other push. One of
// them is set.
type format struct {
	json func(r *reader, s Source, now time.Time) (Batch, error)
	raw  func(p Push, s Source, now time.Time) (Batch, error)
}

// formats are all formats that can be pushed, by their name in the configuration.
var formats = map[string]format{
	"alertmanager": {json: readWebhook},
	"cloudevents":  {raw: readCloudEvents},
	"generic":      {raw: readGeneric},
	"grafana":      {json: readGrafana},
	"heroku":       {raw: readHeroku},
	"pagerduty":    {json: readPagerDuty},
	"prometheus":   {json: readAPIv2},
}

// families are the formats of the Prometheus family: their keys do not include the source's name, so that one
// alert received in several of these formats is one incident.
var families = map[string]bool{"alertmanager": true, "prometheus": true}

// Formats returns the names of the formats, sorted.
func Formats() []string { return slices.Sorted(maps.Keys(formats)) }

// Normalize reads a body without a header: see Read.
func (s Source) Normalize(body []byte, now time.Time) (Batch, error) {
	return s.Read(Push{Body: body}, now)
}

// Read reads a push in the source's format, as of now. If there is an error, it is a *BadInput and nothing
// can be kept. The body may be changed afterwards: the alerts do not share it.
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
