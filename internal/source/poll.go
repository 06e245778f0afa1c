package source

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"docket/internal/alert"
	"docket/internal/outbound"
)

// Poll is one configured source that Docket polls.
type Poll struct {
	// Name is the source's configured name.
	Name string
	// Kind is "alertmanager" or "prometheus".
	Kind string
	// URL is the server's base address; Token is sent as a bearer token if set.
	URL, Token string
	// Severity and Identity are as in Source.
	Severity map[string]alert.Severity
	Identity alert.Identity
}

// String names the poll without its token.
func (p Poll) String() string { return "poll of " + p.Kind + " " + p.Name }

// GoString does the same as String, so that no way of printing shows the token.
func (p Poll) GoString() string { return p.String() }

// LogValue logs the poll as String does.
func (p Poll) LogValue() slog.Value { return slog.StringValue(p.String()) }

// pollKinds are the servers that can be polled: the path, and what reads the response.
var pollKinds = map[string]struct {
	path string
	read func(r *reader, take taker) error
}{
	// Silenced and inhibited alerts count as firing as well: what is muted here is Docket's own decision.
	"alertmanager": {"/api/v2/alerts?active=true&silenced=true&inhibited=true&unprocessed=true", readPolledAlertmanager},
	// Prometheus' own list lacks external_labels and alert_relabel_configs: its keys equal those of the
	// alerts it sends only if neither is used.
	"prometheus": {"/api/v1/alerts", readPolledPrometheus},
}

// PollKinds returns the kinds of servers that can be polled, sorted.
func PollKinds() []string { return slices.Sorted(maps.Keys(pollKinds)) }

const (
	pollTimeout  = 10 * time.Second
	maxPollBytes = 64 << 20
)

// NewPollClient makes an HTTP client that follows no redirects: a response from a login page is a failure.
func NewPollClient() *http.Client {
	return &http.Client{Timeout: pollTimeout, CheckRedirect: outbound.Stay}
}

// UnreadError means that some alerts of a poll could not be read. It is returned together with those that
// could be; any other error means that nothing was learned.
type UnreadError struct {
	// Poll is the source's name, Rejected what is wrong with the first alerts, Count how many there are.
	Poll     string
	Rejected []Rejection
	Count    int
	// Still holds the fingerprints of those that can be identified: they are not gone.
	Still []alert.Key
	// Nameless means that others cannot be identified, so that no alert can be considered gone.
	Nameless bool
}

// Error names the first one.
func (e *UnreadError) Error() string {
	first := e.Rejected[0]
	return fmt.Sprintf("%d alerts of %s could not be read; the first: %s: %s", e.Count, e.Poll, first.Field, first.Reason)
}

// maxUnread limits how many rejections of one poll are kept.
const maxUnread = 20

// Fetch asks the server what is firing, as of now. An *UnreadError is returned together with the alerts that
// could be read; any other error means that nothing was learned. Redirects are never followed, whatever the
// client's own rule.
func (p Poll) Fetch(ctx context.Context, client *http.Client, now time.Time) ([]alert.Alert, error) {
	k, ok := pollKinds[p.Kind]
	if !ok {
		return nil, p.unknownKind()
	}
	ctx, cancel := context.WithTimeout(ctx, pollTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(p.URL, "/")+k.path, nil)
	if err != nil {
		return nil, fmt.Errorf("make the poll of %s: the URL is not valid", p.Name) // The cause would contain the URL, and a password in it.
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "docket")
	if p.Token != "" {
		req.Header.Set("Authorization", "Bearer "+p.Token)
	}
	unmoved := *client
	unmoved.CheckRedirect = outbound.Stay
	resp, err := unmoved.Do(req)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be reached: %w", p.Name, err)
	}
	defer resp.Body.Close() //nolint:errcheck // Only read from.
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s returned %s instead of its alerts", p.Name, cut(resp.Status, maxQuoted))
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxPollBytes+1))
	if err != nil {
		return nil, fmt.Errorf("the response of %s was cut off: %w", p.Name, err)
	}
	if len(body) > maxPollBytes {
		return nil, fmt.Errorf("the response of %s is larger than %d MB", p.Name, maxPollBytes>>20)
	}
	return p.Decode(body, now)
}

func (p Poll) unknownKind() error {
	return fmt.Errorf("source %s cannot be polled: its kind %q is not one of %s", p.Name, p.Kind, strings.Join(PollKinds(), ", "))
}

// taker receives a poll's alerts one by one: keep those that are firing, reject those that cannot be read.
// fires says whether a rejected one is known to be firing.
type taker struct {
	keep   func(report) error
	reject func(t report, fires bool, why Rejection) error
}

// Decode reads a server's response. A body of another shape is an error, never an empty list. A single alert
// that cannot be read must neither affect the others nor look as if it were gone: see UnreadError. An alert
// with good labels is kept without the fields that cannot be read.
func (p Poll) Decode(body []byte, now time.Time) ([]alert.Alert, error) {
	k, ok := pollKinds[p.Kind]
	if !ok {
		return nil, p.unknownKind()
	}
	r, err := newReader(body)
	defer r.free()
	if err != nil {
		return nil, fmt.Errorf("the response of %s cannot be read: %w", p.Name, err)
	}
	var all []alert.Alert
	unread := UnreadError{Poll: p.Name}
	now = now.UTC().Truncate(time.Microsecond)
	as := Source{Name: p.Name, Format: "prometheus", Severity: p.Severity, Identity: p.Identity}
	keep := func(t report) {
		// A listed alert is firing until it is no longer listed.
		t.endsAt, t.status = time.Time{}, alert.Firing
		a := as.alert(t, now)
		a.Poll = p.Name
		all = append(all, a)
	}
	err = k.read(r, taker{func(t report) error { keep(t); return nil }, func(t report, fires bool, why Rejection) error {
		unread.add(t, why)
		if fires && len(t.labels) > 0 {
			keep(t)
		} else if len(t.labels) > 0 {
			unread.Still = append(unread.Still, as.alert(t, now).Fingerprint)
		}
		return nil
	}})
	switch {
	case err != nil:
		return nil, fmt.Errorf("the response of %s cannot be read: %w", p.Name, r.whole(err))
	case unread.Count == 0:
		return all, nil
	case len(all)+len(unread.Still) == 0:
		first := unread.Rejected[0]
		return nil, fmt.Errorf("the response of %s cannot be read: %w", p.Name, r.whole(&fieldError{first.Field, first.Reason}))
	}
	return all, &unread
}

// add counts an alert that could not be read. Labels that contain the fault identify nothing.
func (e *UnreadError) add(t report, why Rejection) {
	if e.Count++; len(e.Rejected) < maxUnread {
		e.Rejected = append(e.Rejected, why)
	}
	if len(t.labels) == 0 {
		e.Nameless = true
	}
}

// readPolledAlertmanager reads GET /api/v2/alerts: every listed alert is firing, including those suppressed
// there.
func readPolledAlertmanager(r *reader, take taker) error {
	return readAlerts(r, "", maxPolled, func(r *reader, name string, t *report) (err error) {
		if name == "fingerprint" {
			t.id, err = readFingerprint(r)
			return err
		}
		return readMember(r, name, t)
	}, take.keep, func(why Rejection) error { return take.reject(named(r.report, why), true, why) })
}

// named is a rejected alert, without labels if those contain the fault.
func named(t report, why Rejection) report {
	if _, field, _ := strings.Cut(why.Field, "]."); strings.HasPrefix(field, "labels") {
		t.labels = nil
	}
	return t
}

// readPolledPrometheus reads GET /api/v1/alerts: only alerts in state firing count
// (https://prometheus.io/docs/prometheus/latest/querying/api/#alerts, read 2026-11-23).
func readPolledPrometheus(r *reader, take taker) error {
	var status string
	found := false
	err := r.object("", func(name string) (err error) {
		switch name {
		case "status":
			status, err = r.str("status")
		case "data":
			err = r.object("data", func(name string) error {
				if name != "alerts" {
					r.skip()
					return nil
				}
				found = true
				return readRuleAlerts(r, take)
			})
		default:
			r.skip()
		}
		return err
	})
	switch {
	case err != nil:
		return err
	case status != "success":
		return &fieldError{"status", fmt.Sprintf("%q is not success", cut(status, maxQuoted))}
	case !found:
		return &fieldError{"data.alerts", "is missing"}
	}
	return nil
}

// readRuleAlerts reads Prometheus' own alerts.
func readRuleAlerts(r *reader, take taker) error {
	var state string
	return readAlerts(r, "data.alerts", maxPolled, func(r *reader, name string, t *report) (err error) {
		switch name {
		case "state":
			state, err = r.str("state")
		case "activeAt":
			t.startsAt, err = r.time("activeAt")
		case "labels", "annotations":
			err = readMember(r, name, t)
		default:
			r.skip()
		}
		return err
	}, func(t report) error {
		switch state {
		case "firing":
			state = ""
			return take.keep(t)
		case "pending", "inactive":
			state = ""
			return nil
		}
		return &fieldError{"state", fmt.Sprintf("%q is not one of firing, pending, inactive", cut(state, maxQuoted))}
	}, func(why Rejection) error {
		was := state
		state = ""
		if was == "pending" || was == "inactive" {
			return nil
		}
		return take.reject(named(r.report, why), was == "firing", why)
	})
}
