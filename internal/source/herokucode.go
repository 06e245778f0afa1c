package source

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"time"

	"docket/internal/alert"
)

// Codes counts Heroku's own error codes (https://devcenter.heroku.com/articles/error-codes, read 2026-11-23)
// and makes an alert from one that occurs too often. It counts in the memory of this process: after a restart
// the count begins again, while firing alerts stay as they are.
type Codes struct {
	// Limit is how many lines with one code within Per make an alert.
	Limit int64
	Per   time.Duration
	// Severity is the severity of the alert.
	Severity alert.Severity

	mu sync.Mutex // guards seen
	// seen holds the times of each code's latest lines, at most Limit of them.
	seen map[string][]time.Time
}

var (
	// A router's line: at=error code=H12 desc="Request timeout" ...
	routerCode = regexp.MustCompile(`(?:^| )at=(?:error|warning) code=(H[0-9]{2}) desc="([^"]{0,200})"`)
	// A dyno's or Logplex' line: Error R14 (Memory quota exceeded).
	dynoCode = regexp.MustCompile(`^Error ([RL][0-9]{2}) \(([^)]{0,200})\)`)
)

// maxCodeKeys limits how much is counted at once: a drain has a few codes and process types.
const maxCodeKeys = 1000

// report is the alert for a line with a code, once that code has occurred often enough.
func (c *Codes) report(line logLine, now time.Time) (report, bool) {
	m := routerCode.FindStringSubmatch(line.text)
	if m == nil {
		m = dynoCode.FindStringSubmatch(line.text)
	}
	if m == nil {
		return report{}, false
	}
	code, desc := m[1], m[2]
	kind, _, _ := strings.Cut(line.process, ".") // web.3 and web.4 are one problem.
	first, often := c.count(code+" "+kind, now)
	if !often {
		return report{}, false
	}
	labels := map[string]string{"alertname": "Heroku " + code, "code": code, "process": kind}
	return report{
		status: alert.Firing, severity: c.Severity, title: fmt.Sprintf("Heroku %s %s (%s)", code, desc, kind), startsAt: first,
		labels: alert.NewLabels(labels),
		annotations: alert.NewLabels(map[string]string{
			"summary": fmt.Sprintf("%d lines with %s within %s", c.Limit, code, c.Per), "line": line.text,
			"runbook_url": "https://devcenter.heroku.com/articles/error-codes#" + strings.ToLower(code),
		}),
	}, true
}

// count counts a line with a code, and reports whether the limit is reached, and since when. It uses our own
// clock: Logplex delivers within seconds, and a drain may replay.
func (c *Codes) count(key string, now time.Time) (first time.Time, often bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.seen == nil {
		c.seen = map[string][]time.Time{}
	}
	times, known := c.seen[key]
	if !known && len(c.seen) >= maxCodeKeys {
		c.forget(now)
		if len(c.seen) >= maxCodeKeys {
			return time.Time{}, false
		}
	}
	times = append(times, now)
	if over := len(times) - int(c.Limit); over > 0 {
		times = append(times[:0], times[over:]...)
	}
	c.seen[key] = times
	return times[0], int64(len(times)) >= c.Limit && now.Sub(times[0]) <= c.Per
}

// forget drops what has not occurred within Per. The lock must be held.
func (c *Codes) forget(now time.Time) {
	for key, times := range c.seen {
		if now.Sub(times[len(times)-1]) > c.Per {
			delete(c.seen, key)
		}
	}
}
