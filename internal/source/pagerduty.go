package source

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"docket/internal/alert"
	"docket/internal/line"
)

// The limits of PagerDuty's Events API v2
// (https://developer.pagerduty.com/docs/events-api-v2/trigger-events/, read 2026-11-23).
const (
	maxDedupRunes   = 255
	maxSummaryRunes = 1024
)

// event is one event of PagerDuty's Events API v2.
type event struct {
	action, dedup             string
	summary, source, severity string
	class, component, group   string
	client, clientURL, href   string
	timestamp                 string
	details                   any
	payload                   bool
}

// readPagerDuty reads the body of POST /v2/enqueue. An event's dedup_key identifies its alert, because a
// resolve may contain nothing else. Without one, the event's source, component, group, class and summary
// identify it. This differs from PagerDuty, where each such event is a new alert: one problem reported again
// and again is one ticket.
func readPagerDuty(r *reader, s Source, now time.Time) (Batch, error) {
	var e event
	if err := r.object("body", func(name string) error { return e.member(r, name) }); err != nil {
		return Batch{}, err
	}
	if err := e.check(); err != nil {
		return Batch{}, err
	}
	t := e.report(now)
	if e.action == "acknowledge" {
		return Batch{Acknowledged: t.ident}, nil
	}
	var batch Batch
	batch.Alerts = []alert.Alert{s.alert(t, now)}
	return batch, nil
}

func (e *event) member(r *reader, name string) (err error) {
	switch name {
	case "event_action":
		e.action, err = r.str(name)
	case "dedup_key":
		e.dedup, err = r.str(name)
	case "client":
		e.client, err = r.str(name)
	case "client_url":
		e.clientURL, err = r.safeLink(name)
	case "payload":
		e.payload = r.peek() != 'n'
		err = r.object("payload", func(name string) error { return e.detail(r, name) })
	case "links":
		err = e.links(r)
	default:
		r.skip()
	}
	return err
}

// detail reads a member of the payload.
func (e *event) detail(r *reader, name string) (err error) {
	field := "payload." + name
	switch name {
	case "summary":
		e.summary, err = r.str(field)
	case "source":
		e.source, err = r.str(field)
	case "severity":
		e.severity, err = r.str(field)
	case "timestamp":
		e.timestamp, err = r.str(field)
	case "component":
		e.component, err = r.str(field)
	case "group":
		e.group, err = r.str(field)
	case "class":
		e.class, err = r.str(field)
	case "custom_details":
		e.details, err = r.tree(field)
	default:
		r.skip()
	}
	return err
}

// links takes the first safe link; anything that is not a list of links is skipped.
func (e *event) links(r *reader) error {
	if r.peek() != '[' {
		r.skip()
		return nil
	}
	return r.array("links", func(int) error {
		if r.peek() != '{' {
			r.skip()
			return nil
		}
		return r.object("links", func(name string) error {
			if name != "href" || r.peek() != '"' {
				r.skip()
				return nil
			}
			href, err := r.safeLink("links.href")
			if e.href == "" {
				e.href = href
			}
			return err
		})
	})
}

// check reports what PagerDuty would refuse.
func (e *event) check() error {
	switch e.action {
	case "trigger", "acknowledge", "resolve":
	default:
		return &fieldError{"event_action", fmt.Sprintf("%q is not one of trigger, acknowledge, resolve", cut(e.action, maxQuoted))}
	}
	if len([]rune(e.dedup)) > maxDedupRunes {
		return &fieldError{"dedup_key", fmt.Sprintf("is longer than %d characters", maxDedupRunes)}
	}
	if e.action != "trigger" {
		if e.dedup == "" {
			return &fieldError{"dedup_key", "is missing: it identifies the alert to " + e.action}
		}
		return nil
	}
	if !e.payload {
		return &fieldError{"payload", "is missing"}
	}
	for _, need := range []struct{ name, value string }{{"summary", e.summary}, {"source", e.source}, {"severity", e.severity}} {
		if strings.TrimSpace(need.value) == "" {
			return &fieldError{"payload." + need.name, "is missing"}
		}
	}
	if _, err := alert.ParseSeverity(e.severity); err != nil {
		return &fieldError{"payload.severity", fmt.Sprintf("%q is not one of critical, error, warning, info", cut(e.severity, maxQuoted))}
	}
	return nil
}

// report converts an event to the form that the other formats produce.
func (e *event) report(now time.Time) report {
	labels := map[string]string{
		"source": e.source, "component": e.component, "group": e.group, "class": e.class,
		"severity": strings.ToLower(strings.TrimSpace(e.severity)), "client": e.client,
	}
	t := report{ident: e.dedup, status: alert.Firing, title: line.Clip(e.summary, maxSummaryRunes), link: e.href}
	if t.ident == "" {
		t.ident = alert.Fingerprint("", alert.NewLabels(map[string]string{
			"source": e.source, "component": e.component, "group": e.group, "class": e.class, "summary": e.summary,
		})).String()
	}
	t.id, labels["dedup_key"] = t.ident, t.ident
	for name, value := range labels {
		labels[name] = cut(value, maxValueBytes)
	}
	t.labels = alert.NewLabels(labels)
	if t.link == "" {
		t.link = e.clientURL
	}
	t.annotations = flatten(e.details)
	if e.action == "resolve" {
		t.status, t.endsAt = alert.Resolved, now
	}
	t.startsAt = looseTime(e.timestamp)
	return t
}

// looseTime parses an ISO 8601 time, as PagerDuty does; zero if it is not valid, because an alert must not be
// lost over it.
func looseTime(text string) time.Time {
	for _, layout := range append(layouts[:], "2006-01-02T15:04:05Z0700", "2006-01-02 15:04:05Z0700", "2006-01-02T15:04Z0700") {
		if t, err := time.Parse(layout, text); err == nil {
			return t
		}
	}
	return time.Time{}
}

// tree reads any value, its numbers as json.Number.
func (r *reader) tree(field string) (any, error) {
	r.peek()
	begin := r.at
	r.skip()
	dec := json.NewDecoder(bytes.NewReader(r.body[begin:r.at]))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, &fieldError{field, "cannot be read: " + cut(strings.ToValidUTF8(err.Error(), "\uFFFD"), maxPathBytes)}
	}
	return v, nil
}

// maxFlat limits how many values of a tree become annotations; the rest is dropped.
const maxFlat = 64

// flatten makes annotations from an object's values: a nested one is named by its path, and a value that is
// not an object becomes "details".
func flatten(v any) alert.Labels {
	all := map[string]string{}
	var walk func(name string, v any)
	walk = func(name string, v any) {
		if len(all) >= maxFlat || len(name) > maxNameBytes {
			return
		}
		switch v := v.(type) {
		case map[string]any:
			for _, key := range sortedKeys(v) {
				walk(strings.TrimPrefix(name+"."+key, "."), v[key])
			}
		case nil:
		default:
			if name == "" {
				name = "details"
			}
			all[name] = cut(plainText(v), maxValueBytes)
		}
	}
	walk("", v)
	return alert.NewLabels(all)
}

// plainText formats a JSON value for people.
func plainText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	case nil:
		return ""
	}
	text, err := json.Marshal(v)
	if err != nil {
		return "" // A tree that was read from JSON can always be written as JSON.
	}
	return string(text)
}

// RoutingKey is the routing_key of an event, "" if there is none or it cannot be read.
func RoutingKey(body []byte) string {
	r, err := newReader(body)
	defer r.free()
	if err != nil {
		return ""
	}
	key := ""
	_ = r.object("body", func(name string) (err error) { // Anything that is not an object has no key.
		if name != "routing_key" {
			r.skip()
			return nil
		}
		key, err = r.str(name)
		return err
	})
	return strings.Clone(key)
}
