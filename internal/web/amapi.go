package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"docket/internal/alert"
	"docket/internal/answer"
	"docket/internal/auth"
	"docket/internal/controls"
	"docket/internal/silence"
)

// This is Alertmanager's API v2, so that amtool and other clients of that API work with Docket (prometheus/alertmanager
// api/v2/openapi.yaml, v0.34.0). Only firing alerts are listed; a receiver is a route; a group is the alerts of one
// route with the same alertname; nothing is inhibited.

// Route is one configured route, as Alertmanager's API shows it.
type Route struct {
	Name  string
	Match []string
}

// noRoute is the receiver of alerts that match no route.
const noRoute = "default"

// maxShown is the maximum number of alerts in one listing.
const maxShown = 100_000

// amTime formats like Alertmanager, with milliseconds.
type amTime time.Time

// MarshalText implements encoding.TextMarshaler.
func (t amTime) MarshalText() ([]byte, error) {
	return time.Time(t).UTC().AppendFormat(nil, "2006-01-02T15:04:05.000Z07:00"), nil
}

// amReceiver names a receiver.
type amReceiver struct {
	Name string `json:"name"`
}

// amStatus is an alert's status; its lists are never null.
type amStatus struct {
	State       string   `json:"state"`
	SilencedBy  []string `json:"silencedBy"`
	InhibitedBy []string `json:"inhibitedBy"`
	MutedBy     []string `json:"mutedBy"`
}

// amAlert is an alert as Alertmanager shows it.
type amAlert struct {
	Annotations  alert.Labels `json:"annotations"`
	EndsAt       amTime       `json:"endsAt"`
	Fingerprint  string       `json:"fingerprint"`
	Receivers    []amReceiver `json:"receivers"`
	StartsAt     amTime       `json:"startsAt"`
	Status       amStatus     `json:"status"`
	UpdatedAt    amTime       `json:"updatedAt"`
	GeneratorURL string       `json:"generatorURL,omitempty"`
	Labels       alert.Labels `json:"labels"`
}

// amGroup is a group of alerts.
type amGroup struct {
	Alerts      []amAlert    `json:"alerts"`
	Labels      alert.Labels `json:"labels"`
	Receiver    amReceiver   `json:"receiver"`
	RouteLabels alert.Labels `json:"routeLabels"`
}

// mayRead lets in callers with the right to read.
func (s *server) mayRead(w http.ResponseWriter, r *http.Request) bool {
	if _, refusal := s.Guard.Check(r, auth.Read); refusal != 0 {
		s.Guard.Refuse(w, r, refusal, auth.Read)
		return false
	}
	return true
}

func (s *server) getAlerts(w http.ResponseWriter, r *http.Request) {
	if !s.mayRead(w, r) {
		return
	}
	shown, err := s.amAlerts(r.Context(), r.URL.Query(), time.Now().UTC())
	if err != nil {
		s.amFail(w, r, err)
		return
	}
	answer.JSON(w, http.StatusOK, shown)
}

func (s *server) getGroups(w http.ResponseWriter, r *http.Request) {
	if !s.mayRead(w, r) {
		return
	}
	query := r.URL.Query()
	shown, err := s.amAlerts(r.Context(), query, time.Now().UTC())
	var muted bool
	if err == nil {
		muted, err = flag(query, "muted")
	}
	if err != nil {
		s.amFail(w, r, err)
		return
	}
	groups := map[string]*amGroup{}
	for _, a := range shown {
		name, receiver := a.Labels.Get("alertname"), a.Receivers[0]
		id := receiver.Name + "\x00" + name
		g := groups[id]
		if g == nil {
			ls := alert.NewLabels(map[string]string{"alertname": name})
			g = &amGroup{Labels: ls, Receiver: receiver, RouteLabels: alert.Labels{}}
			groups[id] = g
		}
		g.Alerts = append(g.Alerts, a)
	}
	all := make([]amGroup, 0, len(groups))
	for _, g := range groups {
		if muted || slices.ContainsFunc(g.Alerts, func(a amAlert) bool { return a.Status.State == "active" }) {
			all = append(all, *g)
		}
	}
	slices.SortFunc(all, func(a, b amGroup) int {
		return strings.Compare(a.Labels.Get("alertname")+"\x00"+a.Receiver.Name, b.Labels.Get("alertname")+"\x00"+b.Receiver.Name)
	})
	answer.JSON(w, http.StatusOK, all)
}

// badQuery is an error in the request.
type badQuery struct{ sentence string }

func (e *badQuery) Error() string { return e.sentence }

// flag reads a boolean parameter that defaults to true.
func flag(query url.Values, name string) (bool, error) {
	text := query.Get(name)
	if text == "" {
		return true, nil
	}
	on, err := strconv.ParseBool(text)
	if err != nil {
		return false, &badQuery{fmt.Sprintf("%s must be true or false, not %.40q", name, text)}
	}
	return on, nil
}

// amFilter selects the alerts to show.
type amFilter struct {
	active, silenced   bool
	matchers           silence.Matchers
	receiver           *regexp.Regexp
	unprocessed, inhib bool
}

func parseFilter(query url.Values) (f amFilter, err error) {
	for _, p := range []struct {
		name string
		on   *bool
	}{{"active", &f.active}, {"silenced", &f.silenced}, {"unprocessed", &f.unprocessed}, {"inhibited", &f.inhib}} {
		if *p.on, err = flag(query, p.name); err != nil {
			return f, err
		}
	}
	if texts := query["filter"]; len(texts) > 0 {
		if f.matchers, err = silence.ParseMatchers(texts...); err != nil {
			return f, &badQuery{"bad matcher format: " + err.Error()}
		}
	}
	if text := query.Get("receiver"); text != "" {
		if f.receiver, err = regexp.Compile("^(?:" + text + ")$"); err != nil {
			return f, &badQuery{"failed to parse receiver param: " + err.Error()}
		}
	}
	if len(query["receiver_matchers"]) > 0 {
		return f, &badQuery{"Docket's receivers have no labels: omit receiver_matchers"}
	}
	return f, nil
}

// amAlerts returns the firing alerts that match the query, sorted by fingerprint.
func (s *server) amAlerts(ctx context.Context, query url.Values, now time.Time) ([]amAlert, error) {
	f, err := parseFilter(query)
	if err != nil {
		return nil, err
	}
	firing, err := s.Store.FiringAlerts(ctx, maxShown)
	if err != nil {
		return nil, err
	}
	shown, held := []amAlert{}, s.Board.Mutes(now)
	for _, a := range firing {
		receiver := s.receiver(a)
		if len(f.matchers) > 0 && !f.matchers.Match(a.Labels) || f.receiver != nil && !f.receiver.MatchString(receiver) {
			continue
		}
		one := amAlertOf(a, receiver, held, now)
		if (one.Status.State == "active" && !f.active) || (len(one.Status.SilencedBy) > 0 && !f.silenced) {
			continue
		}
		shown = append(shown, one)
	}
	return shown, nil
}

func (s *server) receiver(a alert.Alert) string {
	if name := s.Route(a); name != "" {
		return name
	}
	return noRoute
}

// amAlertOf converts an alert to Alertmanager's form. An alert that does not expire gets an end a few minutes from now,
// as Alertmanager does for alerts without an end.
func amAlertOf(a alert.Alert, receiver string, held silence.Book, now time.Time) amAlert {
	const resolveTimeout = 5 * time.Minute
	ends := a.ExpiresAt
	if ends.IsZero() {
		ends = now.Add(resolveTimeout)
	}
	return amAlert{
		Annotations: a.Annotations, EndsAt: amTime(ends), Fingerprint: a.Fingerprint.String(), Receivers: []amReceiver{{receiver}},
		StartsAt:  amTime(a.StartsAt),
		Status:    amStatusOf(a.Labels, held),
		UpdatedAt: amTime(a.SaidAt), GeneratorURL: a.Link, Labels: a.Labels,
	}
}

func (s *server) getReceivers(w http.ResponseWriter, r *http.Request) {
	if !s.mayRead(w, r) {
		return
	}
	all := []amReceiver{{noRoute}}
	for _, route := range s.Routes {
		all = append(all, amReceiver{route.Name})
	}
	answer.JSON(w, http.StatusOK, all)
}

// getStatus returns what amtool shows about a server. The configuration lists the routes in Alertmanager's syntax, so
// that `amtool config routes` can show and test them.
func (s *server) getStatus(w http.ResponseWriter, r *http.Request) {
	if !s.mayRead(w, r) {
		return
	}
	answer.JSON(w, http.StatusOK, map[string]any{
		"cluster": map[string]any{"status": "disabled", "peers": []string{}},
		"versionInfo": map[string]string{"version": spokenVersion(), "revision": s.Version, "branch": "docket", "buildUser": "", "buildDate": "",
			"goVersion": runtime.Version()},
		"config": map[string]string{"original": s.amConfig()},
		"uptime": amTime(s.Booted),
	})
}

// spokenVersion is the Alertmanager version whose API this is: the version of the library Docket is built with. amtool
// warns about any version other than its own.
func spokenVersion() string {
	const module = "github.com/prometheus/alertmanager"
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, dep := range info.Deps {
		if dep.Path == module {
			return strings.TrimPrefix(dep.Version, "v")
		}
	}
	return ""
}

// amConfig returns the routes in the syntax of Alertmanager's configuration.
func (s *server) amConfig() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Docket's routes, in Alertmanager's format.\nroute:\n  receiver: %s\n  group_by: [alertname]\n", noRoute)
	if len(s.Routes) > 0 {
		b.WriteString("  routes:\n")
	}
	for _, route := range s.Routes {
		fmt.Fprintf(&b, "    - receiver: %s\n      matchers:\n", yamlText(route.Name))
		for _, m := range route.Match {
			fmt.Fprintf(&b, "        - %s\n", yamlText(m))
		}
	}
	fmt.Fprintf(&b, "receivers:\n  - name: %s\n", noRoute)
	for _, route := range s.Routes {
		fmt.Fprintf(&b, "  - name: %s\n", yamlText(route.Name))
	}
	return b.String()
}

// yamlText quotes text as a single-quoted YAML string, in which only the quote itself needs escaping.
func yamlText(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

// amFail responds to an error the way Alertmanager does: with a sentence as a JSON string.
func (s *server) amFail(w http.ResponseWriter, r *http.Request, err error) {
	switch bad, ok := errors.AsType[*badQuery](err); {
	case ok:
		answer.JSON(w, http.StatusBadRequest, bad.sentence)
		return
	case errors.Is(err, controls.ErrInvalid):
		answer.JSON(w, http.StatusBadRequest, err.Error())
		return
	case errors.Is(err, controls.ErrNoSuch):
		answer.JSON(w, http.StatusNotFound, err.Error())
		return
	}
	if !errors.Is(err, context.Canceled) { // The caller has disconnected, so there is nobody to respond to.
		s.Log.WarnContext(r.Context(), "request failed", "request", r.URL.Path, "err", err)
	}
	answer.JSON(w, http.StatusInternalServerError, s.Store.Explain(err))
}
