package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"docket/internal/alert"
	"docket/internal/audit"
	"docket/internal/filing"
	"docket/internal/incident"
	"docket/internal/store"
	"docket/internal/surface"
)

// stock is the amount of data that the pages are measured with.
type stock struct{ surfaces, incidents, audited int }

// pages measures how long the console's pages take on the server, with a year of history, on each database in turn.
func (b *bench) pages(ctx context.Context) error {
	n := stock{b.count(5000), b.count(10_000), b.count(1_000_000)}
	fmt.Printf("\nPages, ms from the request to the last byte on loopback (%d surfaces with a year of days, %d incidents, %d audit rows)\n",
		n.surfaces, n.incidents, n.audited)
	row("page", "server", "median", "slowest of 15", "bytes")
	if err := b.pagesOn(ctx, n, "docket sqlite"); err != nil || b.pg == "" {
		return err
	}
	return b.pagesOn(ctx, n, "docket postgres")
}

func (b *bench) pagesOn(ctx context.Context, n stock, name string) error {
	dir := filepath.Join(b.dir, strings.ReplaceAll("pages "+name, " ", "-"))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make a folder: %w", err)
	}
	url := filepath.Join(dir, "docket.db")
	if name == "docket postgres" {
		var stop func()
		var err error
		if url, stop, err = b.postgres(ctx, dir); err != nil {
			return err
		}
		defer stop()
	}
	if err := fill(ctx, url, n); err != nil {
		return fmt.Errorf("fill a database: %w", err)
	}
	var more strings.Builder
	more.WriteString("surfaces:\n")
	for i := range n.surfaces {
		// Probe once an hour, so that probing does not count.
		fmt.Fprintf(&more, "  - {name: s%d, title: Surface %d, group: Group %d, every: 1h, probe: {tcp: {address: \"127.0.0.1:9\"}}}\n",
			i, i, i%40)
	}
	r, err := b.startDocket(ctx, scene{more: more.String()}, dir, url)
	if err != nil {
		return err
	}
	defer r.stop()
	client := &http.Client{Timeout: time.Minute}
	for _, page := range []string{
		"/console", "/console/status", "/console/status?only=down", "/console/status?q=Surface+49", "/console/status/s7",
		"/console/status/s7?span=90d", "/console/incidents", "/console/incidents?show=all", "/console/incidents?show=all&q=disk",
		"/console/incidents/" + markOf(77).String(), "/console/tickets", "/console/tickets?show=stale", "/console/silences", "/console/flags",
		"/console/audit", "/console/audit?action=console.flags.changed", "/console/audit?actor=nobody",
		"/console/audit?q=0000000000000abc", "/console/doctor", "/console/settings", "/status", "/status.json", "/status.atom", "/badge/s7.svg",
	} {
		var took []time.Duration
		size := int64(0)
		for range 15 {
			begin := time.Now()
			if size, err = fetch(ctx, client, r.url+page); err != nil {
				return err
			}
			took = append(took, time.Since(begin))
		}
		slices.Sort(took)
		row(page, name, ms(took[len(took)/2]), ms(took[len(took)-1]), fmt.Sprint(size))
	}
	return nil
}

func fetch(ctx context.Context, client *http.Client, url string) (int64, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return 0, fmt.Errorf("ask for a page: %w", err)
	}
	resp, err := client.Do(req)
	if err != nil {
		return 0, fmt.Errorf("ask for a page: %w", err)
	}
	defer resp.Body.Close() //nolint:errcheck // It is read to its end.
	n, err := io.Copy(io.Discard, resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s answered %d", url, resp.StatusCode)
	}
	return n, err
}

func markOf(n int) alert.Mark {
	return alert.Mark{Key: alert.Key(uint64(n) * 0x9E3779B97F4A7C15), Generation: 1}
}

// fill creates a database with a year of history.
func fill(ctx context.Context, url string, n stock) error {
	st, err := store.Open(ctx, url, store.Options{Exclusive: true, Create: true})
	if err != nil {
		return err
	}
	defer st.Close() //nolint:errcheck // A failed write was already reported.
	if err := st.Migrate(ctx); err != nil {
		return err
	}
	now := time.Now().UTC().Truncate(time.Hour)
	if err := fillSurfaces(ctx, st, n.surfaces, now); err != nil {
		return err
	}
	if err := fillIncidents(ctx, st, n.incidents, now); err != nil {
		return err
	}
	for done := 0; done < n.audited; {
		run := min(20_000, n.audited-done)
		entries := make([]audit.Entry, run)
		for i := range entries {
			key := markOf((done + i) % max(n.incidents, 1)).Key.String()
			entries[i] = audit.Entry{
				CreatedAt: now.Add(-time.Duration(n.audited-done-i) * time.Second), Actor: audit.System(),
				Action:  []string{audit.ActionAccepted, audit.ActionTicketAsked, audit.ActionTicketFiled}[i%3],
				Payload: map[string]any{"alert_key": key, "severity": "P2", "ticket_id": fmt.Sprint(i)},
			}
		}
		err := st.Write(ctx, func(t *store.Tx) error {
			head, err := t.AuditHead(ctx)
			if err != nil {
				return err
			}
			return t.AppendAudit(ctx, head, entries)
		})
		if err != nil {
			return err
		}
		done += run
	}
	return nil
}

// fillSurfaces gives each surface one reading a day for a year, and one surface in a hundred one an hour.
func fillSurfaces(ctx context.Context, st *store.Store, n int, now time.Time) error {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("s%d", i)
	}
	ids, err := st.EnsureSurfaces(ctx, names)
	if err != nil {
		return err
	}
	on := surface.Surface{Every: time.Hour, DownAfter: 1, UpAfter: 1}
	for i, name := range names {
		step := 24 * time.Hour
		if i%100 == 7 {
			step = time.Hour
		}
		var batch []store.Observed
		var state surface.State
		for at := now.AddDate(-1, 0, 1); !at.After(now); at = at.Add(step) {
			r := surface.Reading{At: at, Status: surface.Operational, Latency: 20 * time.Millisecond}
			if (int(at.Unix()/86400)+i)%97 == 0 || (i%50 == 0 && now.Sub(at) < 25*time.Hour) {
				r.Status, r.Reason, r.Latency = surface.Down, "connection refused", 0
			}
			var turn *surface.Turn
			state, turn = surface.Observe(state, r, on)
			batch = append(batch, store.Observed{ID: ids[name], Reading: r, Turn: turn, State: state})
		}
		if err := st.SaveObserved(ctx, batch, now); err != nil {
			return err
		}
	}
	return nil
}

// fillIncidents creates incidents, a tenth of them live.
func fillIncidents(ctx context.Context, st *store.Store, n int, now time.Time) error {
	all := make([]incident.Incident, n)
	for i := range all {
		opened := now.Add(-time.Duration(i) * 50 * time.Minute)
		inc := incident.Incident{
			Mark: markOf(i), Version: 1, Recipe: alert.Recipe, State: incident.Closed, Severity: alert.P2,
			Title: fmt.Sprintf("Disk %d almost full", i), Source: "prometheus", OpenedAt: opened, FiredAt: opened,
			RecoveredAt: opened.Add(time.Hour), ClosedAt: opened.Add(2 * time.Hour), Reason: incident.ReasonTicketFiled,
			Ticket: filing.Ticket{State: filing.TicketClosed, Desk: "freescout", ID: fmt.Sprint(1000 + i), Number: fmt.Sprint(i),
				URL: fmt.Sprintf("https://tickets.example.org/conversation/%d", i)},
		}
		if i%10 == 0 {
			inc.State, inc.RecoveredAt, inc.ClosedAt, inc.Ticket.State = incident.Open, time.Time{}, time.Time{}, filing.TicketFiled
		}
		inc.Timeline = []incident.Moment{{At: opened, Event: incident.AlertFired{}.Kind(), To: inc.State, Reason: inc.Reason}}
		all[i] = inc
	}
	return st.Write(ctx, func(t *store.Tx) error { return t.AddIncidents(ctx, all) })
}
