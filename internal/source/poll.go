package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"docket/internal/alert"
)

// Poll is one configured source that is asked.
type Poll struct {
	// Name is the source's configured name.
	Name string
	// Kind is "alertmanager" or "prometheus".
	Kind string
	// URL is the server's base; Token goes out as a bearer token, where set.
	URL, Token string
	Severity   map[string]alert.Severity
	Identity   alert.Identity
}

// pollKinds are the servers that can be asked: the path, and what reads its answer.
var pollKinds = map[string]struct {
	path string
	read func(r *reader, p Poll, now time.Time) ([]alert.Alert, error)
}{
	// Silenced and inhibited alerts fire, too: what is muted here is Docket's own affair.
	"alertmanager": {"/api/v2/alerts?active=true&silenced=true&inhibited=true&unprocessed=true", readPolledAlertmanager},
	// Prometheus' own list lacks external_labels and alert_relabel_configs: its keys equal
	// those of the alerts it sends only where neither is used.
	"prometheus": {"/api/v1/alerts", readPolledPrometheus},
}

// PollKinds returns the kinds of servers that can be asked.
func PollKinds() []string { return []string{"alertmanager", "prometheus"} }

const (
	pollTimeout  = 10 * time.Second
	maxPollBytes = 64 << 20
)

// NewPollClient makes an HTTP client that follows no redirect: a poll of a login page is a failure.
func NewPollClient() *http.Client {
	return &http.Client{Timeout: pollTimeout, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// Fetch asks the server what fires, as of now. An error means that nothing was learnt.
func (p Poll) Fetch(ctx context.Context, client *http.Client, now time.Time) ([]alert.Alert, error) {
	k, ok := pollKinds[p.Kind]
	if !ok {
		return nil, fmt.Errorf("source %s cannot be polled: its kind %q is unknown", p.Name, p.Kind)
	}
	ctx, cancel := context.WithTimeout(ctx, pollTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(p.URL, "/")+k.path, nil)
	if err != nil {
		return nil, fmt.Errorf("make the poll of %s: the URL is not valid", p.Name)
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "docket")
	if p.Token != "" {
		req.Header.Set("Authorization", "Bearer "+p.Token)
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be reached: %w", p.Name, err)
	}
	defer resp.Body.Close() //nolint:errcheck // Only read from.
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answered %s instead of its alerts", p.Name, resp.Status)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxPollBytes+1))
	if err != nil {
		return nil, fmt.Errorf("the answer of %s broke off: %w", p.Name, err)
	}
	if len(body) > maxPollBytes {
		return nil, fmt.Errorf("the answer of %s is larger than %d MB", p.Name, maxPollBytes>>20)
	}
	return p.Decode(body, now)
}

// Decode reads a server's answer. A body of another shape is an error, never an empty list.
func (p Poll) Decode(body []byte, now time.Time) ([]alert.Alert, error) {
	r := newReader(body)
	defer r.free()
	shown, err := pollKinds[p.Kind].read(r, p, now.UTC().Truncate(time.Microsecond))
	if err != nil {
		return nil, fmt.Errorf("the answer of %s cannot be read: %w", p.Name, whole(r, err))
	}
	if err := r.end(); err != nil {
		return nil, fmt.Errorf("the answer of %s cannot be read: %w", p.Name, err)
	}
	return shown, nil
}

// source is the poll as a source, for what both share.
func (p Poll) source() Source {
	return Source{Name: p.Name, Format: "prometheus", Severity: p.Severity, Identity: p.Identity}
}

// shown makes one alert of the answer.
func (p Poll) shown(t said, now time.Time) alert.Alert {
	t.endsAt, t.resolved = time.Time{}, false
	a := p.source().alert(t, now)
	a.Poll = p.Name
	return a
}

// readPolledAlertmanager reads GET /api/v2/alerts: all that is listed fires.
func readPolledAlertmanager(r *reader, p Poll, now time.Time) ([]alert.Alert, error) {
	var all []alert.Alert
	var batch Batch
	err := readAlerts(r, "body", &batch, func(t said) error {
		all = append(all, p.shown(t, now))
		return nil
	})
	if err == nil && len(batch.Rejected) > 0 {
		// An alert that cannot be read must not look like one that is gone.
		err = &fieldError{batch.Rejected[0].Field, batch.Rejected[0].Reason}
	}
	return all, err
}

// readPolledPrometheus reads GET /api/v1/alerts: only what is in state firing fires
// (https://prometheus.io/docs/prometheus/latest/querying/api/#alerts, read 2026-11-23).
func readPolledPrometheus(r *reader, p Poll, now time.Time) ([]alert.Alert, error) {
	var all []alert.Alert
	var status string
	found := false
	err := r.object("body", func(name string) error {
		switch name {
		case "status":
			var err error
			status, err = r.str("status")
			return err
		case "data":
			return r.object("data", func(name string) error {
				if name != "alerts" {
					return r.skip()
				}
				found = true
				return r.array("data.alerts", func(int) error { return readPrometheusAlert(r, p, now, &all) })
			})
		}
		return r.skip()
	})
	switch {
	case err != nil:
		return nil, err
	case status != "success":
		return nil, &fieldError{"status", fmt.Sprintf("%q is not success", cut(status))}
	case !found:
		return nil, errors.New("data.alerts is missing")
	}
	return all, nil
}

func readPrometheusAlert(r *reader, p Poll, now time.Time, all *[]alert.Alert) error {
	var t said
	var state string
	err := r.object(wholeAlert, func(name string) (err error) {
		switch name {
		case "state":
			state, err = r.str("state")
		case "activeAt":
			t.startsAt, err = r.time("activeAt")
		case "labels", "annotations":
			err = readMember(r, name, &t)
		default:
			err = r.skip()
		}
		return err
	})
	if err == nil && len(t.labels) == 0 {
		err = &fieldError{"labels", "at least one label is needed"}
	}
	if err == nil && state == "firing" {
		*all = append(*all, p.shown(t, now))
	}
	return err
}
