package console

import (
	"net/http"
	"strings"
	"time"

	"docket/internal/auth"
	"docket/internal/controls"
	"docket/internal/silence"
	"docket/internal/store"
)

// silencesPage shows the silences and maintenance windows, with the forms to create them.
type silencesPage struct {
	Active, Pending, Over []store.Silence
	Windows               []windowRow
	// Draft is the content of the form; Preview is what it would mute now.
	Draft   silenceDraft
	Preview *controls.Preview
	Fault   string
	May     bool
}

// Weekdays are the days to choose from for a window.
func (silencesPage) Weekdays() []string {
	return []string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}
}

// windowRow is one maintenance window in the list.
type windowRow struct {
	store.Window
	When  string
	Holds bool
	Until time.Time
}

// silenceDraft is the content of the form, kept so that nobody has to type it twice.
type silenceDraft struct{ Matchers, For, Comment string }

const (
	silencesShown = 200
	overShown     = 20
)

func (c *Console) showSilences(r *http.Request) (shown, error) {
	p := silencesPage{Draft: silenceDraft{Matchers: clip(r.FormValue("matchers"), maxMatchers), For: "1h"}}
	err := c.fillSilences(r, &p)
	return shown{body: p}, err
}

const maxMatchers = 4000

// answerSilences shows the page again with the content of the form and the result.
func (c *Console) answerSilences(w http.ResponseWriter, r *http.Request, status int, p silencesPage) {
	if err := c.fillSilences(r, &p); err != nil {
		c.failed(w, r, err)
		return
	}
	c.render(w, r, status, "silences", page{Title: "Silences", Body: p})
}

// fillSilences loads the lists on the page.
func (c *Console) fillSilences(r *http.Request, p *silencesPage) error {
	ctx, at := r.Context(), now()
	all, err := c.Board.Silences(ctx, silencesShown)
	if err != nil {
		return err
	}
	for _, s := range all {
		switch {
		case !s.EndsAt.After(at):
			if len(p.Over) < overShown {
				p.Over = append(p.Over, s)
			}
		case s.StartsAt.After(at):
			p.Pending = append(p.Pending, s)
		default:
			p.Active = append(p.Active, s)
		}
	}
	windows, err := c.Board.Windows(ctx, false)
	if err != nil {
		return err
	}
	for _, m := range windows {
		row := windowRow{Window: m, When: planWords(m.Plan())}
		row.Until, row.Holds = m.Holds(at)
		p.Windows = append(p.Windows, row)
	}
	p.May = auth.From(ctx).Can(auth.Operate)
	return nil
}

// planWords describes when a maintenance window is active.
func planWords(p silence.Plan) string {
	if !p.StartsAt.IsZero() || !p.EndsAt.IsZero() {
		return "once, " + p.StartsAt.Format("2006-01-02 15:04") + " to " + p.EndsAt.Format("2006-01-02 15:04 UTC")
	}
	days := "every day"
	if len(p.Weekdays) > 0 {
		days = strings.Join(p.Weekdays, ", ")
	}
	zone := p.Zone
	if zone == "" {
		zone = "UTC"
	}
	return days + ", " + p.From + " to " + p.Until + " (" + zone + ")"
}

// lines returns a form's matchers, one per line.
func lines(text string) []string {
	var all []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, line)
		}
	}
	return all
}

// postSilence creates a silence, or previews what it would mute.
func (c *Console) postSilence(w http.ResponseWriter, r *http.Request) {
	p := silencesPage{Draft: silenceDraft{clip(r.FormValue("matchers"), maxMatchers), r.FormValue("for"),
		clip(r.FormValue("comment"), maxMatchers)}}
	matchers := lines(p.Draft.Matchers)
	if r.FormValue("do") == "preview" {
		preview, err := c.Board.Preview(r.Context(), matchers)
		if err != nil {
			p.Fault = sentence(err)
			c.answerSilences(w, r, http.StatusUnprocessableEntity, p)
			return
		}
		p.Preview = &preview
		c.answerSilences(w, r, http.StatusOK, p)
		return
	}
	d, err := time.ParseDuration(p.Draft.For)
	if err != nil || d <= 0 {
		p.Fault = "Enter a duration such as 30m, 4h or 48h."
		c.answerSilences(w, r, http.StatusUnprocessableEntity, p)
		return
	}
	at := now()
	made, err := c.Board.AddSilence(r.Context(), controls.Draft{Matchers: matchers, StartsAt: at, EndsAt: at.Add(d), Comment: p.Draft.Comment},
		auth.From(r.Context()).Actor())
	if err != nil {
		p.Fault = sentence(err)
		c.answerSilences(w, r, http.StatusUnprocessableEntity, p)
		return
	}
	until := made.EndsAt.Format("2006-01-02 15:04 UTC")
	c.back(w, r, "/console/silences", result{Kind: "good", Text: "The silence is active until " + until + "."})
}

func (c *Console) postExpire(w http.ResponseWriter, r *http.Request) {
	if _, err := c.Board.ExpireSilence(r.Context(), r.PathValue("id"), auth.From(r.Context()).Actor()); err != nil {
		c.refused(w, r, err)
		return
	}
	c.back(w, r, "/console/silences", result{Kind: "good", Text: "The silence has ended. Alerts that still fire get their tickets now."})
}

// postWindow creates a maintenance window.
func (c *Console) postWindow(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		c.refuse(w, r, http.StatusBadRequest, "The form could not be read.")
		return
	}
	plan := silence.Plan{
		Name: clip(r.FormValue("name"), 200), Matchers: lines(r.FormValue("matchers")), Weekdays: r.Form["weekday"],
		From: r.FormValue("from"), Until: r.FormValue("until"), Zone: strings.TrimSpace(r.FormValue("zone")),
	}
	if _, err := c.Board.AddWindow(r.Context(), plan, r.FormValue("comment"), auth.From(r.Context()).Actor()); err != nil {
		c.answerSilences(w, r, http.StatusUnprocessableEntity, silencesPage{Fault: sentence(err), Draft: silenceDraft{For: "1h"}})
		return
	}
	c.back(w, r, "/console/silences", result{Kind: "good", Text: "The maintenance window " + plan.Name + " was added."})
}

func (c *Console) postEndWindow(w http.ResponseWriter, r *http.Request) {
	ended, err := c.Board.EndWindow(r.Context(), r.PathValue("id"), auth.From(r.Context()).Actor())
	if err != nil {
		c.refused(w, r, err)
		return
	}
	c.back(w, r, "/console/silences", result{Kind: "good", Text: "The maintenance window " + ended.Name + " was removed."})
}
