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
)

// Poll is one configured source that is asked.
type Poll struct {
	// Name is the source's configured name.
	Name string
	// Kind is "alertmanager" or "prometheus".
	Kind string
	// URL is the server's base; Token goes out as a bearer token, where set.
	URL, Token string
	// Severity and Identity are as in Source.
	Severity map[string]alert.Severity
	Identity alert.Identity
}

// String names the poll without its token.
func (p Poll) String() string { return "poll of " + p.Kind + " " + p.Name }

// GoString does as String, so that no way of printing shows the token.
func (p Poll) GoString() string { return p.String() }

// LogValue logs the poll as String does.
func (p Poll) LogValue() slog.Value { return slog.StringValue(p.String()) }

// pollKinds are the servers that can be asked: the path, and what reads its answer.
var pollKinds = map[string]struct {
	path string
	read func(r *reader, keep func(said) error) error
}{
	// Silenced and inhibited alerts fire, too: what is muted here is Docket's own affair.
	"alertmanager": {"/api/v2/alerts?active=true&silenced=true&inhibited=true&unprocessed=true", readPolledAlertmanager},
	// Prometheus' own list lacks external_labels and alert_relabel_configs: its keys equal
	// those of the alerts it sends only where neither is used.
	"prometheus": {"/api/v1/alerts", readPolledPrometheus},
}

// PollKinds returns the kinds of servers that can be asked, sorted.
func PollKinds() []string { return slices.Sorted(maps.Keys(pollKinds)) }

const (
	pollTimeout  = 10 * time.Second
	maxPollBytes = 64 << 20
)

// NewPollClient makes an HTTP client that follows no redirect: a poll of a login page is a failure.
func NewPollClient() *http.Client {
	return &http.Client{Timeout: pollTimeout, CheckRedirect: stay}
}

func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// Fetch asks the server what fires, as of now. An error means that nothing was learnt. The
// client's redirect rule is overruled: none is followed.
func (p Poll) Fetch(ctx context.Context, client *http.Client, now time.Time) ([]alert.Alert, error) {
	k, ok := pollKinds[p.Kind]
	if !ok {
		return nil, p.unknownKind()
	}
	ctx, cancel := context.WithTimeout(ctx, pollTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(p.URL, "/")+k.path, nil)
	if err != nil {
		return nil, fmt.Errorf("make the poll of %s: the URL is not valid", p.Name) // The cause would print the URL, and a password in it.
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "docket")
	if p.Token != "" {
		req.Header.Set("Authorization", "Bearer "+p.Token)
	}
	unmoved := *client
	unmoved.CheckRedirect = stay
	resp, err := unmoved.Do(req)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be reached: %w", p.Name, err)
	}
	defer resp.Body.Close() //nolint:errcheck // Only read from.
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answered %s instead of its alerts", p.Name, cut(resp.Status, maxQuoted))
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

func (p Poll) unknownKind() error {
	return fmt.Errorf("source %s cannot be polled: its kind %q is none of %s", p.Name, p.Kind, strings.Join(PollKinds(), ", "))
}

// Decode reads a server's answer. A body of another shape is an error, never an empty
// list, and so is a single alert that cannot be read: it must not look like one that is gone.
func (p Poll) Decode(body []byte, now time.Time) ([]alert.Alert, error) {
	k, ok := pollKinds[p.Kind]
	if !ok {
		return nil, p.unknownKind()
	}
	r, err := newReader(body)
	defer r.free()
	if err != nil {
		return nil, fmt.Errorf("the answer of %s cannot be read: %w", p.Name, err)
	}
	var all []alert.Alert
	now = now.UTC().Truncate(time.Microsecond)
	as := Source{Name: p.Name, Format: "prometheus", Severity: p.Severity, Identity: p.Identity}
	err = k.read(r, func(t said) error {
		// What is listed fires, until it is not listed any more.
		t.endsAt, t.status = time.Time{}, alert.Firing
		a := as.alert(t, now)
		a.Poll = p.Name
		all = append(all, a)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("the answer of %s cannot be read: %w", p.Name, r.whole(err))
	}
	return all, nil
}

// readPolledAlertmanager reads GET /api/v2/alerts: all that is listed fires, also what is
// suppressed there.
func readPolledAlertmanager(r *reader, keep func(said) error) error {
	return readAlerts(r, "", maxPolled, func(r *reader, name string, t *said) (err error) {
		if name == "fingerprint" {
			t.id, err = readFingerprint(r)
			return err
		}
		return readMember(r, name, t)
	}, keep, failPoll)
}

// readPolledPrometheus reads GET /api/v1/alerts: only what is in state firing fires
// (https://prometheus.io/docs/prometheus/latest/querying/api/#alerts, read 2026-11-23).
func readPolledPrometheus(r *reader, keep func(said) error) error {
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
				return readRuleAlerts(r, keep)
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
func readRuleAlerts(r *reader, keep func(said) error) error {
	var state string
	return readAlerts(r, "data.alerts", maxPolled, func(r *reader, name string, t *said) (err error) {
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
	}, func(t said) error {
		was := state
		state = ""
		switch was {
		case "firing":
			return keep(t)
		case "pending", "inactive":
			return nil
		}
		return &fieldError{"state", fmt.Sprintf("%q is none of firing, pending, inactive", cut(was, maxQuoted))}
	}, failPoll)
}

func failPoll(why Rejection) error { return &fieldError{why.Field, why.Reason} }
