package source

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"docket/internal/alert"
)

// The limits on one delivery of a log drain. Logplex cuts messages at 10,000 bytes
// (https://devcenter.heroku.com/articles/log-drains, read 2026-11-23) and sends a few hundred per delivery.
const (
	maxFrames = 20_000
	maxFrame  = 64 << 10
)

// logLine is one line of a drain.
type logLine struct {
	at time.Time
	// app is the sender ("app", or "heroku" for Heroku itself), process its dyno or router.
	app, process string
	text         string
}

// Lines are the patterns of a source with the format heroku.
type Lines struct {
	// Patterns are tried in order; the first match makes the alert.
	Patterns []LinePattern
	// Codes says when Heroku's own error codes make an alert; nil for never.
	Codes *Codes
}

// LinePattern makes an alert from the lines that it matches. The pattern's named groups become labels; title,
// severity, status, key and summary set those fields.
type LinePattern struct {
	Match *regexp.Regexp
	// Title is the alert's title if no group sets it.
	Title string
	// Severity is used if no group sets it; zero means the default.
	Severity alert.Severity
}

// lineFields are the groups that do not become labels.
var lineFields = []string{"title", "severity", "status", "key", "summary"}

// readHeroku reads one delivery from Logplex: syslog frames, each preceded by its length
// (https://devcenter.heroku.com/articles/log-drains, read 2026-11-23). Lines that no pattern matches are
// skipped. An alert from a line fires until no line has repeated it for the source's resolve_timeout, or
// until a line says that it is over.
func readHeroku(p Push, s Source, now time.Time) (Batch, error) {
	if s.Lines == nil {
		return Batch{}, &BadInput{Reason: fmt.Sprintf("source %s has no lines", s.Name)}
	}
	var batch Batch
	for i, at := 0, 0; at < len(p.Body); i++ {
		frame, next, err := nextFrame(p.Body, at)
		if err == nil && i >= maxFrames {
			err = fmt.Errorf("more than %d lines in one delivery", maxFrames)
		}
		if err != nil && i == 0 {
			return Batch{}, &BadInput{Field: "body", Reason: err.Error(), Offset: int64(at)}
		}
		if err != nil {
			// After a malformed frame, nobody knows where the next one begins.
			batch.Rejected = append(batch.Rejected,
				Rejection{Index: i, Field: fmt.Sprintf("frames[%d]", i), Reason: fmt.Sprintf("%s (at byte %d)", err, at)})
			break
		}
		at = next
		line, ok := parseLine(frame)
		if !ok {
			batch.Rejected = append(batch.Rejected,
				Rejection{Index: i, Field: fmt.Sprintf("frames[%d]", i),
					Reason: "is not a syslog line such as <40>1 2026-11-23T10:41:00+00:00 host app web.1 - text"})
			continue
		}
		if t, found := s.Lines.report(line, s, now); found {
			batch.Alerts = append(batch.Alerts, s.logged(t, now))
		}
	}
	batch.Alerts = lastOfEach(batch.Alerts)
	return batch, nil
}

// nextFrame reads the frame at offset at, and returns where the next one begins.
func nextFrame(body []byte, at int) (frame []byte, next int, err error) {
	space := bytes.IndexByte(body[at:min(len(body), at+8)], ' ')
	if space <= 0 {
		return nil, 0, errors.New("a frame must start with its length and a space")
	}
	size, err := strconv.ParseUint(string(body[at:at+space]), 10, 32)
	if err != nil || size == 0 || size > maxFrame {
		return nil, 0, fmt.Errorf("a frame's length must be a number from 1 to %d", maxFrame)
	}
	begin := at + space + 1
	end := begin + int(size)
	if end > len(body) {
		return nil, 0, errors.New("the last frame is incomplete")
	}
	next = end
	// Some log shippers do not count the line break in the length.
	for next < len(body) && (body[next] == '\n' || body[next] == '\r') {
		next++
	}
	return body[begin:end], next, nil
}

// parseLine reads <PRI>1 TIME HOST APP PROCESS MSGID text. Logplex omits the structured data, without the "-"
// that RFC 5424 requires in its place.
func parseLine(frame []byte) (logLine, bool) {
	if !bytes.HasPrefix(frame, []byte("<")) {
		return logLine{}, false
	}
	parts := strings.SplitN(strings.ToValidUTF8(string(frame), "\uFFFD"), " ", 7)
	if len(parts) < 6 || !strings.HasSuffix(parts[0], ">1") {
		return logLine{}, false
	}
	at, err := time.Parse(time.RFC3339Nano, parts[1])
	if err != nil {
		return logLine{}, false
	}
	l := logLine{at: at, app: cut(parts[3], maxNameBytes), process: cut(parts[4], maxNameBytes)}
	if len(parts) == 7 {
		l.text = strings.TrimPrefix(strings.TrimRight(parts[6], "\r\n"), "- ")
	}
	return l, true
}

// report is the alert that a line reports, if any.
func (l *Lines) report(line logLine, s Source, now time.Time) (report, bool) {
	for _, p := range l.Patterns {
		if groups := p.Match.FindStringSubmatch(line.text); groups != nil {
			return p.report(groups, line, s), true
		}
	}
	if l.Codes != nil && line.app == "heroku" {
		return l.Codes.report(line, now)
	}
	return report{}, false
}

func (p LinePattern) report(groups []string, line logLine, s Source) report {
	t := report{status: alert.Firing, title: p.Title, severity: p.Severity, startsAt: line.at}
	labels, field := map[string]string{}, map[string]string{}
	for i, name := range p.Match.SubexpNames() {
		switch {
		case i == 0 || name == "" || groups[i] == "":
		case slices.Contains(lineFields, name):
			field[name] = groups[i]
		default:
			labels[name] = groups[i]
		}
	}
	if t.title = firstLine(field["title"], labels["alertname"], t.title, line.text); t.title == "" {
		t.title = "log line"
	}
	if labels["alertname"] == "" {
		labels["alertname"] = firstLine(p.Title, field["title"], p.Match.String())
	}
	if word := field["severity"]; word != "" {
		t.severity = alert.SeverityOf(word, s.Severity)
	}
	if status, known := statusOf(field["status"]); known {
		t.status = status
	}
	if t.status == alert.Resolved {
		t.startsAt, t.endsAt = time.Time{}, line.at
	}
	t.ident = field["key"]
	summary := field["summary"]
	if summary == "" {
		summary = line.text
	}
	t.labels = alert.NewLabels(labels)
	t.annotations = alert.NewLabels(map[string]string{"summary": summary, "line": line.text, "process": line.process})
	return t
}

// logged makes the alert of a line: it expires, because a log rarely says that everything works again.
func (s Source) logged(t report, now time.Time) alert.Alert {
	a := s.alert(t, now)
	if a.Status == alert.Firing {
		a.ExpiresAt = later(now, a.StartsAt).Add(min(s.resolveTimeout(), farthestExpiry)).UTC().Truncate(time.Microsecond)
	}
	return a
}

// lastOfEach keeps the last of several lines about one alert, with the start of the first one if all of them
// are firing.
func lastOfEach(all []alert.Alert) []alert.Alert {
	place := map[alert.Key]int{}
	var kept []alert.Alert
	for _, a := range all {
		i, seen := place[a.Fingerprint]
		if !seen {
			place[a.Fingerprint] = len(kept)
			kept = append(kept, a)
			continue
		}
		if a.Status == alert.Firing && kept[i].Status == alert.Firing && kept[i].StartsAt.Before(a.StartsAt) {
			a.StartsAt = kept[i].StartsAt
		}
		kept[i] = a
	}
	return kept
}

// ParseLinePattern parses a pattern: Go's regular expressions, which match in time linear in the line's
// length.
func ParseLinePattern(text string) (*regexp.Regexp, error) {
	const most = 4 << 10
	if text == "" || len(text) > most || !utf8.ValidString(text) {
		return nil, fmt.Errorf("must be a regular expression of at most %d bytes", most)
	}
	return regexp.Compile(text)
}
