package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"docket/internal/alert"
	"docket/internal/fault"
	"docket/internal/query"
	"docket/internal/silence"
	"docket/internal/web"
)

type replayCmd struct {
	To        string        `placeholder:"URL" help:"The Docket to send to; by default, the alerts are printed as an Alertmanager webhook."`
	TokenFile string        `type:"path" placeholder:"FILE" help:"A file with an ingest token of that Docket; DOCKET_TOKEN is not sent."`
	Match     []string      `sep:"none" placeholder:"MATCHER" help:"Only alerts that match, in Alertmanager's syntax; can be repeated."`
	Since     time.Duration `placeholder:"DURATION" help:"Only alerts that started within this time, for example 24h."`
	Ended     bool          `help:"Include alerts that have ended, each with its start and its end."`
	Speed     float64       `placeholder:"N" help:"With --to: keep the original intervals, N times as fast (default: send all at once)."`
}

// happening is one event of an alert, and when it happened.
type happening struct {
	at  time.Time
	row query.AlertRow
	// ended is true for the end of the alert, false for its start.
	ended bool
}

// Run exports the alerts from the server, or from the database if no server is running, and posts or prints them.
// Docket identifies alerts by their labels, so alerts it already knows change nothing: you can safely repeat a replay
// that was interrupted.
func (c *replayCmd) Run(s *session) error {
	if err := c.check(); err != nil {
		return err
	}
	rows, err := read(s, viaGet[[]query.AlertRow](s, "/api/v1/alerts", nil),
		func(ctx context.Context, r query.Reader) ([]query.AlertRow, error) { return r.Alerts(ctx, 0) })
	if err != nil {
		return err
	}
	rows, strange, err := c.choose(rows, time.Now())
	if err != nil {
		return err
	}
	if c.To == "" {
		err = printJSON(s.out, webhookOf(lastWords(rows)))
	} else {
		err = c.post(s, rows)
	}
	if err == nil && strange > 0 {
		return &exitError{exitWarnings, count(strange, "alert") +
			" skipped: only alerts from Prometheus and Alertmanager can be replayed"}
	}
	return err
}

func (c *replayCmd) check() error {
	if c.Speed < 0 || c.Since < 0 {
		return errors.New("--speed and --since cannot be negative")
	}
	if c.To == "" {
		if c.Speed != 0 || c.TokenFile != "" {
			return errors.New("--speed and --token-file need --to")
		}
		return nil
	}
	if u, err := url.Parse(c.To); err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return errors.New("--to is not a valid URL: write, for example, http://127.0.0.1:8080")
	}
	return nil
}

// choose keeps the requested alerts and counts those it has to skip: an alert of another format would get a different
// alert_key if it were sent in Alertmanager's format.
func (c *replayCmd) choose(rows []query.AlertRow, now time.Time) (chosen []query.AlertRow, strange int, err error) {
	var ms silence.Matchers
	if len(c.Match) > 0 {
		if ms, err = silence.ParseMatchers(c.Match...); err != nil {
			return nil, 0, err
		}
	}
	for _, r := range rows {
		ls := alert.NewLabels(r.Labels)
		switch {
		case r.Status != alert.Firing.String() && !c.Ended, c.Since > 0 && r.StartsAt.Before(now.Add(-c.Since)), ms != nil && !ms.Match(ls):
		case r.Fingerprint != alert.Fingerprint("", ls).String():
			strange++
		default:
			chosen = append(chosen, r)
		}
	}
	return chosen, strange, nil
}

// lastWords returns the alerts in their current state.
func lastWords(rows []query.AlertRow) []happening {
	all := make([]happening, len(rows))
	for i, r := range rows {
		all[i] = happening{r.StartsAt, r, r.EndsAt != nil}
	}
	return all
}

// history returns the alerts' events in chronological order.
func history(rows []query.AlertRow) []happening {
	var all []happening
	for _, r := range rows {
		all = append(all, happening{r.StartsAt, r, false})
		if r.EndsAt != nil {
			all = append(all, happening{*r.EndsAt, r, true})
		}
	}
	slices.SortStableFunc(all, func(a, b happening) int {
		return cmp.Or(a.at.Compare(b.at), strings.Compare(a.row.Fingerprint, b.row.Fingerprint))
	})
	return all
}

// replayRun is the maximum number of alerts per request.
const replayRun = 100

func (c *replayCmd) post(s *session, rows []query.AlertRow) error {
	var token fault.Secret
	if c.TokenFile != "" {
		text, err := os.ReadFile(c.TokenFile)
		if err != nil {
			return fmt.Errorf("read the token: %w", err)
		}
		token = fault.Secret(strings.TrimSpace(string(text)))
	}
	server := web.NewClient(c.To, token)
	server.TokenFrom = "the token in --token-file"
	all := history(rows)
	for begin := 0; begin < len(all); {
		end := begin + 1
		for end < len(all) && end-begin < replayRun && (c.Speed == 0 || all[end].at.Equal(all[begin].at)) {
			end++
		}
		if err := server.Post(s.ctx, "/hooks/alertmanager", webhookOf(all[begin:end]), nil); err != nil {
			return fmt.Errorf("stopped after %d of %d messages: %w", begin, len(all), err)
		}
		if c.Speed > 0 && end < len(all) {
			if err := pause(s.ctx, time.Duration(float64(all[end].at.Sub(all[begin].at))/c.Speed)); err != nil {
				return err
			}
		}
		begin = end
	}
	_, err := fmt.Fprintf(s.out, "replayed %s in %s to %s\n", count(len(rows), "alert"), count(len(all), "message"), c.To)
	return err
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// replayHook is the payload of Alertmanager's webhook, version 4.
type replayHook struct {
	Version  string        `json:"version"`
	GroupKey string        `json:"groupKey"`
	Status   string        `json:"status"`
	Receiver string        `json:"receiver"`
	Alerts   []replayAlert `json:"alerts"`
}

type replayAlert struct {
	Status       string            `json:"status"`
	Labels       map[string]string `json:"labels"`
	Annotations  map[string]string `json:"annotations"`
	StartsAt     time.Time         `json:"startsAt"`
	EndsAt       time.Time         `json:"endsAt"`
	GeneratorURL string            `json:"generatorURL"`
	Fingerprint  string            `json:"fingerprint"`
}

func webhookOf(all []happening) replayHook {
	w := replayHook{Version: "4", GroupKey: "{}:{}", Status: alert.Resolved.String(), Receiver: "docket",
		Alerts: make([]replayAlert, len(all))}
	for i, t := range all {
		a := replayAlert{
			Status: alert.Firing.String(), Labels: t.row.Labels, Annotations: t.row.Annotations, StartsAt: t.row.StartsAt,
			GeneratorURL: t.row.Link, Fingerprint: t.row.Fingerprint,
		}
		if t.ended {
			a.Status, a.EndsAt = alert.Resolved.String(), *t.row.EndsAt
		} else {
			w.Status = alert.Firing.String()
		}
		w.Alerts[i] = a
	}
	return w
}
