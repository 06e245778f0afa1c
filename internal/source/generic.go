package source

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"docket/internal/alert"
	"docket/internal/expression"
	"docket/internal/line"
)

// readGeneric reads any JSON by the source's mapping.
func readGeneric(p Push, s Source, now time.Time) (Batch, error) {
	if s.Map == nil {
		return Batch{}, &BadInput{Reason: fmt.Sprintf("source %s has no map, which says how to read its bodies", s.Name)}
	}
	body, err := readTree(p.Body)
	if err != nil {
		return Batch{}, err
	}
	return s.mapped(&run{mapping: s.Map, body: body, header: shownHeader(p.Header)}, now, func(any) (report, error) { return report{}, nil })
}

// readTree reads a whole body as a tree with CEL's numbers.
func readTree(body []byte) (any, error) {
	r, err := newReader(body)
	defer r.free()
	if err != nil {
		return nil, err
	}
	tree, err := r.tree("body")
	if err != nil {
		return nil, r.whole(err)
	}
	return expression.Value(tree), nil
}

// secretHeaders are hidden from expressions.
var secretHeaders = []string{"authorization", "proxy-authorization", "cookie", "cf-access-client-id", "cf-access-client-secret",
	"cf-access-jwt-assertion"}

func shownHeader(h http.Header) map[string]string {
	shown := map[string]string{}
	for name := range h {
		if lower := strings.ToLower(name); !slices.Contains(secretHeaders, lower) {
			shown[lower] = cut(strings.ToValidUTF8(h.Get(name), "\uFFFD"), maxValueBytes)
		}
	}
	return shown
}

// mapped reads a body's alerts. base is what an item gives without the mapping.
func (s Source) mapped(r *run, now time.Time, base func(item any) (report, error)) (Batch, error) {
	items, err := r.items()
	if err != nil {
		return Batch{}, wholeBody(err)
	}
	var batch Batch
	for i, item := range items {
		a, wanted, err := s.mapOne(r, item, now, base)
		fe := asField(err)
		switch {
		case err == nil && wanted:
			batch.Alerts = append(batch.Alerts, a)
		case err == nil:
		case fe == nil: // Too costly: what was read so far is dropped as well, because it will be sent again.
			return Batch{}, wholeBody(err)
		case len(items) == 1:
			return Batch{}, wholeBody(err)
		default:
			batch.Rejected = append(batch.Rejected, Rejection{Index: i, Field: fmt.Sprintf("items[%d] %s", i, fe.field), Reason: fe.reason})
		}
	}
	return batch, nil
}

// items is what the mapping selects as the body's alerts. Without that, each member of a list is an alert,
// and anything else is a single alert.
func (r *run) items() ([]any, error) {
	value, mapped, err := r.eval("items", r.body)
	if err != nil {
		return nil, err
	}
	if !mapped {
		return []any{r.body}, nil
	}
	list, ok := value.([]any)
	switch {
	case !ok && value != nil:
		return nil, &fieldError{"map.items", "is not a list"}
	case len(list) > maxItems:
		return nil, &fieldError{"map.items", fmt.Sprintf("holds more than %d alerts: send fewer at once", maxItems)}
	}
	return list, nil
}

// wholeBody is an error in the body as a whole.
func wholeBody(err error) error {
	if fe := asField(err); fe != nil {
		return &BadInput{Field: fe.field, Reason: fe.reason}
	}
	if _, ok := errors.AsType[*BadInput](err); ok {
		return err
	}
	return &BadInput{Field: "body", Reason: err.Error()}
}

// mapOne reads one alert; wanted is false if the mapping's when excludes it.
func (s Source) mapOne(r *run, item any, now time.Time, base func(any) (report, error)) (a alert.Alert, wanted bool, err error) {
	when, mapped, err := r.eval("when", item)
	if err != nil {
		return a, false, err
	}
	if mapped && when != true {
		if _, isBool := when.(bool); !isBool {
			return a, false, &fieldError{"map.when", "is neither true nor false"}
		}
		return a, false, nil
	}
	t, err := base(item)
	if err != nil {
		return a, false, err
	}
	for _, field := range mapOrder {
		value, mapped, err := r.eval(field, item)
		if err != nil {
			return a, false, err
		}
		if mapped {
			if err := s.set(&t, field, value); err != nil {
				return a, false, err
			}
		}
	}
	if t.status == 0 {
		t.status = alert.Firing
	}
	if t.labels.Get("alertname") == "" {
		t.labels = append(t.labels, alert.Label{Name: "alertname", Value: cut(t.title, maxValueBytes)}).Sort()
	}
	a = s.alert(t, now)
	if s.ResolveTimeout > 0 && a.Status == alert.Firing {
		a.ExpiresAt = later(now, a.StartsAt).Add(min(s.ResolveTimeout, farthestExpiry)).UTC().Truncate(time.Microsecond)
	}
	return a, true, nil
}

// mapOrder is the order in which fields are set: severity takes precedence over the one in the labels.
var mapOrder = []string{"key", "title", "labels", "annotations", "severity", "status", "starts_at", "ends_at", "link", "id"}

// set writes one mapped value into an alert.
func (s Source) set(t *report, field string, value any) (err error) {
	at := "map." + field
	switch field {
	case "key":
		if t.ident, err = textOf(at, value, maxNameBytes); err == nil && strings.TrimSpace(t.ident) == "" {
			return &fieldError{at, "is empty: an alert must have a key"}
		}
	case "title":
		var text string
		if text, err = textOf(at, value, maxValueBytes); err != nil {
			return err
		}
		text, _, _ = strings.Cut(strings.TrimSpace(text), "\n")
		if t.title = line.Clip(strings.TrimSpace(text), maxSummaryRunes); t.title == "" {
			return &fieldError{at, "is empty: an alert must have a title"}
		}
	case "labels":
		t.labels, err = labelsOf(at, value)
	case "annotations":
		t.annotations, err = labelsOf(at, value)
	case "severity":
		var word string
		if word, err = textOf(at, value, maxNameBytes); err == nil && word != "" {
			t.severity = alert.SeverityOf(word, s.Severity)
		}
	case "status":
		var known bool
		if t.status, known = statusOf(words(value)); !known {
			return &fieldError{at, fmt.Sprintf("%q is neither firing nor resolved: map it to one of these words", cut(words(value), maxQuoted))}
		}
	case "starts_at":
		t.startsAt, err = timeOf(at, value)
	case "ends_at":
		t.endsAt, err = timeOf(at, value)
	case "link":
		t.link = httpLink(words(value))
	case "id":
		t.id = cut(words(value), maxNameBytes)
	}
	return err
}
