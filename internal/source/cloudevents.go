package source

import (
	"fmt"
	"mime"
	"net/url"
	"strings"
	"time"

	"docket/internal/alert"
	"docket/internal/line"
)

// readCloudEvents reads CloudEvents 1.0 over HTTP in structured, batched and binary mode
// (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md, read
// 2026-11-23). An event identifies an alert by its source, its subject and its type: a type that ends in a
// word such as resolved ends the alert that the same type with firing started. A mapping takes precedence;
// its body is the event in structured form, whatever the mode.
func readCloudEvents(p Push, s Source, now time.Time) (Batch, error) {
	events, err := cloudEvents(p)
	if err != nil {
		return Batch{}, wholeBody(err)
	}
	var batch Batch
	for i, e := range events {
		one, err := s.mapped(&run{mapping: s.Map, body: e, header: shownHeader(p.Header)}, now, eventReport)
		bad := asBad(err)
		switch {
		case err == nil:
			batch.Alerts = append(batch.Alerts, one.Alerts...)
			batch.Rejected = append(batch.Rejected, one.Rejected...)
		case len(events) == 1:
			return Batch{}, err
		default:
			batch.Rejected = append(batch.Rejected, Rejection{Index: i, Field: fmt.Sprintf("[%d].%s", i, bad.Field), Reason: bad.Reason})
		}
	}
	return batch, nil
}

// cloudEvents converts the events of a push to structured form.
func cloudEvents(p Push) ([]any, error) {
	media, _, err := mime.ParseMediaType(p.Header.Get("Content-Type"))
	if err != nil {
		media = ""
	}
	if !strings.HasPrefix(media, "application/cloudevents") && p.Header.Get("Ce-Specversion") != "" {
		e, err := binaryEvent(p, media)
		return []any{e}, err
	}
	tree, err := readTree(p.Body)
	if err != nil {
		return nil, err
	}
	list, isList := tree.([]any)
	if !isList {
		return []any{tree}, nil
	}
	if len(list) > maxItems {
		return nil, &fieldError{"body", fmt.Sprintf("more than %d events in one body: send fewer at once", maxItems)}
	}
	return list, nil
}

// binaryEvent reads the attributes from the header and the data from the body.
func binaryEvent(p Push, media string) (any, error) {
	e := map[string]any{}
	for name, values := range p.Header {
		attribute, ok := strings.CutPrefix(strings.ToLower(name), "ce-")
		if !ok || attribute == "" || attribute == "data" || len(values) == 0 || len(values[0]) > maxValueBytes {
			continue
		}
		value, err := url.PathUnescape(values[0])
		if err != nil {
			return nil, &fieldError{"header " + cut(name, maxQuoted), "is not percent-encoded as CloudEvents require"}
		}
		e[strings.ToValidUTF8(attribute, "\uFFFD")] = strings.ToValidUTF8(value, "\uFFFD")
	}
	if media != "" {
		e["datacontenttype"] = media
	}
	if len(p.Body) == 0 {
		return e, nil
	}
	if media != "" && media != "application/json" && !strings.HasSuffix(media, "+json") {
		e["data"] = cut(strings.ToValidUTF8(string(p.Body), "\uFFFD"), maxValueBytes)
		return e, nil
	}
	data, err := readTree(p.Body)
	e["data"] = data
	return e, err
}

// eventReport reads an alert from an event without a mapping.
func eventReport(item any) (report, error) {
	e, ok := item.(map[string]any)
	if !ok {
		return report{}, &fieldError{"event", "must be an object"}
	}
	for _, name := range []string{"specversion", "id", "source", "type"} {
		text, isText := e[name].(string)
		if !isText || strings.TrimSpace(text) == "" {
			return report{}, &fieldError{name, "is missing: a CloudEvent must have it, as text"}
		}
		if len(text) > maxValueBytes {
			return report{}, &fieldError{name, fmt.Sprintf("is longer than %d bytes", maxValueBytes)}
		}
	}
	if version := words(e["specversion"]); !strings.HasPrefix(version, "1.") {
		return report{}, &fieldError{"specversion",
			fmt.Sprintf("%q is not supported; this source accepts CloudEvents 1.0", cut(version, maxQuoted))}
	}
	data, _ := e["data"].(map[string]any)
	stem, status := splitType(words(e["type"]))
	if s, known := statusOf(words(data["status"])); known {
		status = s
	}
	subject := words(e["subject"])
	t := report{
		id: cut(words(e["id"]), maxNameBytes), status: status, annotations: flatten(e["data"]), link: httpLink(words(data["link"])),
		ident: words(e["source"]) + "\n" + subject + "\n" + stem,
		title: firstLine(words(data["title"]), words(data["summary"]), words(data["message"]), strings.TrimSpace(stem+" "+subject)),
	}
	t.labels = eventLabels(e, data, stem)
	at := looseTime(words(e["time"]))
	if t.startsAt = at; status == alert.Resolved {
		t.startsAt, t.endsAt = time.Time{}, at
	}
	return t, nil
}

// splitType removes the word for firing or resolved from the end of a type.
func splitType(full string) (stem string, s alert.Status) {
	if i := strings.LastIndexAny(full, ".:/"); i > 0 {
		if s, known := statusOf(full[i+1:]); known {
			return full[:i], s
		}
	}
	return full, alert.Firing
}

// eventLabels are the event's attributes, and the labels and severity of its data.
func eventLabels(e, data map[string]any, stem string) alert.Labels {
	all := map[string]string{}
	for name, value := range e {
		switch name {
		case "specversion", "id", "time", "data", "data_base64", "datacontenttype", "dataschema":
			continue
		}
		if len(all) < maxFlat && name != "" && len(name) <= maxNameBytes {
			all[name] = cut(words(value), maxValueBytes)
		}
	}
	all["type"] = cut(stem, maxValueBytes)
	if own, ok := data["labels"].(map[string]any); ok {
		for name, value := range own {
			if _, taken := all[name]; !taken && len(all) < 2*maxFlat && name != "" && len(name) <= maxNameBytes {
				all[name] = cut(words(value), maxValueBytes)
			}
		}
	}
	if word := words(data["severity"]); all["severity"] == "" {
		all["severity"] = cut(word, maxNameBytes)
	}
	return alert.NewLabels(all)
}

// firstLine is the first line that is not empty.
func firstLine(texts ...string) string {
	for _, text := range texts {
		first, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
		if first = strings.TrimSpace(first); first != "" {
			return line.Clip(first, maxSummaryRunes)
		}
	}
	return ""
}
