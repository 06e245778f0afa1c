package main

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"docket/internal/alert"
	"docket/internal/query"
	"docket/internal/store"
	"docket/internal/web"
)

type incidentsCmd struct {
	List    incidentsListCmd    `cmd:"" default:"withargs" help:"List incidents, the latest first."`
	Show    incidentsShowCmd    `cmd:"" help:"Show an incident with its story."`
	Explain incidentsExplainCmd `cmd:"" help:"Why was its ticket filed, or not?"`
}

type incidentsListCmd struct {
	listing
	Live bool `help:"Only those that go on."`
}

// Run lists incidents.
func (c *incidentsListCmd) Run(s *session) error {
	rows, err := read(s,
		func(cl *web.Client) (rows []query.IncidentRow, err error) {
			q := limit(c.rows())
			if c.Live {
				if q == nil {
					q = url.Values{}
				}
				q.Set("live", "true")
			}
			return rows, cl.Get(s.ctx, "/api/v1/incidents", q, &rows)
		},
		func(ctx context.Context, r query.Reader) ([]query.IncidentRow, error) {
			return r.Incidents(ctx, store.IncidentFilter{Live: c.Live, Limit: c.rows()})
		})
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s.out, rows)
	}
	var lines [][]string
	for _, r := range rows {
		ticket := "-"
		if r.Ticket != nil {
			ticket = "#" + r.Ticket.Number + " " + r.Ticket.State
		}
		lines = append(lines, []string{r.ID, r.Severity, r.State, local(r.OpenedAt), ticket, r.Reason, r.Title})
	}
	return table(s.out, []string{"ID", "SEVERITY", "STATE", "OPENED", "TICKET", "REASON", "TITLE"}, lines, "No incidents yet.")
}

type incidentsShowCmd struct {
	ID   string `arg:"" help:"The incident's id, or an alert_key for its latest incident."`
	JSON bool   `name:"json" help:"Print JSON."`
}

// Run shows one incident.
func (c *incidentsShowCmd) Run(s *session) error {
	d, err := read(s,
		func(cl *web.Client) (d query.IncidentDetail, err error) {
			return d, cl.Get(s.ctx, "/api/v1/incidents/"+url.PathEscape(c.ID), nil, &d)
		},
		func(ctx context.Context, r query.Reader) (query.IncidentDetail, error) { return r.Incident(ctx, c.ID) })
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s.out, d)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s  %s\n%s\n", d.ID, d.Severity, d.State, oneLine(d.Title))
	if d.Ticket != nil {
		fmt.Fprintf(&b, "ticket #%s (%s) %s\n", d.Ticket.Number, d.Ticket.State, d.Ticket.URL)
	}
	b.WriteString("\nstory\n")
	for _, m := range d.Timeline {
		line := fmt.Sprintf("  %s  %-9s %s %s", local(m.At), m.To, m.Sentence, oneLine(m.Detail))
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	b.WriteString("\nalerts\n")
	for _, a := range d.Alerts {
		fmt.Fprintf(&b, "  %s  %s  %s\n", a.Status, local(a.StartsAt), oneLine(labelText(a.Labels)))
	}
	writeEffects(&b, d.Effects)
	_, err = fmt.Fprint(s.out, b.String())
	return err
}

// writeEffects says what was asked of the desk and where it stands.
func writeEffects(b *strings.Builder, effects []query.EffectRow) {
	if len(effects) == 0 {
		return
	}
	b.WriteString("\ndone, or to be done, in the desk\n")
	for _, e := range effects {
		fmt.Fprintf(b, "  %s  %s, sent %s", e.ID, e.State, count(e.Attempt, "time"))
		if e.Fault != "" {
			fmt.Fprintf(b, "; last fault %s: %s", e.Fault, oneLine(e.Detail))
		}
		if e.DoneAt == nil && e.NotBefore != nil {
			fmt.Fprintf(b, "; next move %s", local(*e.NotBefore))
		}
		b.WriteByte('\n')
	}
}

type incidentsExplainCmd struct {
	ID   string `arg:"" help:"The incident's id, or an alert_key for its latest incident."`
	JSON bool   `name:"json" help:"Print JSON."`
}

// Run explains one incident.
func (c *incidentsExplainCmd) Run(s *session) error {
	x, err := read(s,
		func(cl *web.Client) (x query.Explanation, err error) {
			return x, cl.Get(s.ctx, "/api/v1/incidents/"+url.PathEscape(c.ID)+"/explain", nil, &x)
		},
		func(ctx context.Context, r query.Reader) (query.Explanation, error) { return r.Explain(ctx, c.ID) })
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s.out, x)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n\nbecause\n", x.ID, lines(x.Sentence))
	for _, line := range x.Because {
		fmt.Fprintf(&b, "  %s\n", strings.Map(harmless, line))
	}
	writeEffects(&b, x.Effects)
	fmt.Fprintf(&b, "\nnext\n  %s\n", x.Next)
	_, err = fmt.Fprint(s.out, b.String())
	return err
}

// labelText prints labels in name order.
func labelText(m map[string]string) string { return alert.NewLabels(m).String() }
