package console

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"docket/internal/answer"
	"docket/internal/auth"
	"docket/internal/intake"
	"docket/internal/query"
	"docket/internal/store"
	"docket/internal/surface"
)

// postInvestigate requests a ticket for a surface in the name of whoever clicked.
func (c *Console) postInvestigate(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("surface")
	on, ok := c.byName[name]
	if !ok {
		c.refuse(w, r, http.StatusNotFound, fmt.Sprintf("There is no surface named %q.", clip(name, 100)))
		return
	}
	at, tilePage := now(), "/console/status/"+url.PathEscape(name)
	stored, err := c.Store.Tile(r.Context(), name)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		c.failed(w, r, err)
		return
	}
	state := stored.State.Shown(on, at)
	if !state.Status.Affected() {
		c.refuse(w, r, http.StatusConflict, on.Title+" is "+string(state.Status)+", so there is nothing to investigate.")
		return
	}
	caller := auth.From(r.Context())
	brief, err := c.brief(r, on, state, at)
	if err != nil {
		c.failed(w, r, err)
		return
	}
	click := intake.Click{Alert: on.Alert(state, at), Window: on.Window, Brief: brief, Actor: caller.Actor()}
	click.DeskAway = func() (string, bool) { return c.Away(click.Alert) }
	got, err := c.Investigate(r.Context(), click)
	switch {
	case errors.Is(err, intake.ErrInvestigateOff):
		c.refuse(w, r, http.StatusConflict, "Investigate is switched off (flag investigate.from_status). An operator can turn it on under Flags.")
		return
	case err != nil:
		c.failed(w, r, err)
		return
	}
	link := c.ticketLink(got.Ticket)
	if !wantsJSON(r) {
		kind := "good"
		if got.Degraded {
			kind = "warn"
		}
		c.back(w, r, tilePage, result{kind, got.Message, link})
		return
	}
	out := map[string]any{"incident": got.Mark.String(), "message": got.Message}
	if got.Degraded {
		out["degraded"] = true
	}
	if got.Ticket.ID != "" {
		out["ticket_id"], out["ticket_number"], out["ticket_url"] = got.Ticket.ID, got.Ticket.Number, got.Ticket.URL
	}
	answer.JSON(w, http.StatusOK, out)
}

// refuse responds to a form that cannot be processed, to a program or to a person.
func (c *Console) refuse(w http.ResponseWriter, r *http.Request, status int, sentence string) {
	if wantsJSON(r) {
		answer.Error(w, status, sentence)
		return
	}
	title := "This is not possible"
	if status == http.StatusNotFound {
		title = "Not found"
	}
	c.sorry(w, r, status, title, sentence)
}

// brief is the ticket's text: what an operator needs to know first.
func (c *Console) brief(r *http.Request, on surface.Surface, state surface.State, at time.Time) (string, error) {
	ctx := r.Context()
	var b strings.Builder
	fmt.Fprintf(&b, "%s has been %s since %s (%s).\n", on.Title, state.Status, state.Since.Format("2006-01-02 15:04:05 UTC"),
		span(at.Sub(state.Since)))
	if state.Last.Reason != "" {
		fmt.Fprintf(&b, "Last reading, %s: %s\n", state.Last.At.Format("15:04:05 UTC"), state.Last.Reason)
	}
	if !state.LastOperational.IsZero() {
		fmt.Fprintf(&b, "Last operational reading: %s.\n", state.LastOperational.Format("2006-01-02 15:04:05 UTC"))
	}
	fmt.Fprintf(&b, "Probe: %s %s every %s.\n", on.Kind, on.Target, on.Every)
	tile, err := c.Store.Tile(ctx, on.Name)
	if err != nil {
		return "", err
	}
	readings, err := c.Store.Readings(ctx, tile.ID, at.Add(-2*time.Hour), at.Add(time.Minute), 10_000)
	if err != nil {
		return "", err
	}
	fmt.Fprintf(&b, "%s\n", latencyWords(readings))
	turns, err := c.Store.Turns(ctx, on.Name, at.AddDate(0, 0, -7), 3)
	if err != nil {
		return "", err
	}
	for _, t := range turns {
		fmt.Fprintf(&b, "Changed from %[2]s to %[1]s at %[3]s.\n", t.To, t.From, t.At.Format("2006-01-02 15:04:05 UTC"))
	}
	if err := c.briefNeighbours(r, &b, on, at); err != nil {
		return "", err
	}
	for _, f := range c.Board.Flags() {
		if !f.ChangedAt.IsZero() && at.Sub(f.ChangedAt) < 24*time.Hour {
			fmt.Fprintf(&b, "Flag %s was switched %s by %s at %s.\n", f.Name, query.OnOff(f.On), f.ChangedBy,
				f.ChangedAt.Format("2006-01-02 15:04:05 UTC"))
		}
	}
	for _, l := range on.Links {
		fmt.Fprintf(&b, "%s: %s\n", cmp.Or(l.Title, "Link"), l.URL)
	}
	fmt.Fprintf(&b, "Tile: %s/console/status/%s\n", c.origin(r), url.PathEscape(on.Name))
	return b.String(), nil
}

// briefNeighbours names the other surfaces with problems, starting with those in the same group.
func (c *Console) briefNeighbours(r *http.Request, b *strings.Builder, on surface.Surface, at time.Time) error {
	heads, err := c.heads(r.Context(), at)
	if err != nil {
		return err
	}
	var near, far []string
	for _, h := range heads {
		other := c.byName[h.Name]
		if !h.Status.Affected() || h.Name == on.Name {
			continue
		}
		line := fmt.Sprintf("%s (%s since %s)", other.Title, h.Status, h.Since.Format("15:04:05 UTC"))
		if other.Group == on.Group {
			near = append(near, line)
		} else {
			far = append(far, line)
		}
	}
	all := slices.Concat(near, far)
	if len(all) == 0 {
		b.WriteString("No other surface has problems.\n")
		return nil
	}
	const most = 10
	more := ""
	if len(all) > most {
		more = fmt.Sprintf(" and %d more", len(all)-most)
		all = all[:most]
	}
	fmt.Fprintf(b, "Other surfaces with problems: %s%s.\n", strings.Join(all, ", "), more)
	return nil
}

// latencyWords sums up two hours of latency in a sentence.
func latencyWords(readings []surface.Reading) string {
	var before, recent surface.Sum
	for n, r := range readings {
		if n < len(readings)-10 {
			before = before.Add(r)
		} else {
			recent = recent.Add(r)
		}
	}
	words := fmt.Sprintf("The last %d readings: %d operational, %d degraded, %d down", min(10, len(readings)), recent.Operational,
		recent.Degraded, recent.Down)
	if recent.Measured > 0 {
		words += fmt.Sprintf("; latency %s on average, %s at most", millis(recent.Mean()), millis(recent.Slowest))
	}
	if before.Measured > 0 {
		words += fmt.Sprintf(" (in the two hours before: %s on average, %s at most)", millis(before.Mean()), millis(before.Slowest))
	}
	return words + "."
}
