package main

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"docket/internal/alert"
	"docket/internal/query"
	"docket/internal/store"
)

type incidentsCmd struct {
	List    incidentsListCmd    `cmd:"" default:"withargs" help:"List incidents, newest first."`
	Show    incidentsShowCmd    `cmd:"" help:"Show an incident and its history."`
	Explain incidentsExplainCmd `cmd:"" help:"Explain why a ticket was filed, or why not."`
}

type incidentsListCmd struct {
	listing
	Live bool `help:"Only open incidents."`
}

// Run lists incidents.
func (c *incidentsListCmd) Run(s *session) error {
	return list[query.IncidentRow]{
		path: "/api/v1/incidents", query: c.query("live", strconv.FormatBool(c.Live)),
		own: func(ctx context.Context, r query.Reader) ([]query.IncidentRow, error) {
			return r.Incidents(ctx, store.IncidentFilter{Live: c.Live, Limit: c.rows()})
		},
		look: look[query.IncidentRow]{
			[]string{"ID", "SEVERITY", "STATE", "OPENED", "TICKET", "REASON", "TITLE"},
			func(r query.IncidentRow) []string {
				ticket := "-"
				if r.Ticket != nil {
					ticket = "#" + r.Ticket.Number + " " + r.Ticket.State
				}
				return []string{r.ID, r.Severity, r.State, local(r.OpenedAt), ticket, r.Reason, r.Title}
			},
			"No incidents yet.",
		},
	}.run(s, c.JSON)
}

type incidentsShowCmd struct {
	ID   string `arg:"" help:"The id of an incident, or an alert_key for its latest one."`
	JSON bool   `name:"json" help:"Print JSON."`
}

// Run shows one incident.
func (c *incidentsShowCmd) Run(s *session) error {
	d, err := read(s, viaGet[query.IncidentDetail](s, "/api/v1/incidents/"+url.PathEscape(c.ID), nil),
		func(ctx context.Context, r query.Reader) (query.IncidentDetail, error) { return r.Incident(ctx, c.ID) })
	return printOne(s, c.JSON, d, err, incidentText)
}

// incidentText formats one incident for people.
func incidentText(d query.IncidentDetail) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s  %s\n%s\n", d.ID, d.Severity, d.State, oneLine(d.Title))
	if d.Ticket != nil {
		fmt.Fprintf(&b, "ticket #%s (%s) %s\n", d.Ticket.Number, d.Ticket.State, d.Ticket.URL)
	}
	b.WriteString("\nhistory\n")
	for _, m := range d.Timeline {
		line := fmt.Sprintf("  %s  %-9s %s %s", local(m.At), m.To, m.Sentence, oneLine(m.Detail))
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	b.WriteString("\nalerts\n")
	for _, a := range d.Alerts {
		fmt.Fprintf(&b, "  %s  %s  %s\n", a.Status, local(a.StartsAt), oneLine(labelText(a.Labels)))
	}
	writeEffects(&b, d.Effects)
	return b.String()
}

// writeEffects lists the help desk operations and their status.
func writeEffects(b *strings.Builder, effects []query.EffectRow) {
	if len(effects) == 0 {
		return
	}
	b.WriteString("\nhelp desk operations\n")
	for _, e := range effects {
		fmt.Fprintf(b, "  %s  %s, sent %s", e.ID, e.State, count(e.Attempt, "time"))
		if e.Fault != "" {
			fmt.Fprintf(b, "; last error %s: %s", e.Fault, oneLine(e.Detail))
		}
		if e.DoneAt == nil && e.NotBefore != nil {
			fmt.Fprintf(b, "; next attempt %s", local(*e.NotBefore))
		}
		b.WriteByte('\n')
	}
}

type incidentsExplainCmd struct {
	ID   string `arg:"" help:"The id of an incident, or an alert_key for its latest one."`
	JSON bool   `name:"json" help:"Print JSON."`
}

// Run explains one incident.
func (c *incidentsExplainCmd) Run(s *session) error {
	x, err := read(s, viaGet[query.Explanation](s, "/api/v1/incidents/"+url.PathEscape(c.ID)+"/explain", nil),
		func(ctx context.Context, r query.Reader) (query.Explanation, error) { return r.Explain(ctx, c.ID) })
	return printOne(s, c.JSON, x, err, explanationText)
}

// explanationText formats the reasons why a ticket was filed or not.
func explanationText(x query.Explanation) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n\nbecause\n", x.ID, lines(x.Sentence))
	for _, line := range x.Because {
		fmt.Fprintf(&b, "  %s\n", strings.Map(harmless, line))
	}
	writeEffects(&b, x.Effects)
	fmt.Fprintf(&b, "\nnext\n  %s\n", x.Next)
	return b.String()
}

// labelText prints labels sorted by name.
func labelText(m map[string]string) string { return alert.NewLabels(m).String() }
