package console

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"docket/internal/alert"
	"docket/internal/audit"
	"docket/internal/query"
	"docket/internal/store"
	"docket/internal/storm"
)

// incidentsPage is a page of incidents.
type incidentsPage struct {
	Rows []*ticketed
	// Query is the search text and Show the tab: live, waiting or all.
	Query, Show string
	Next        string
	Tabs        []tab
}

// tab is one of several choices.
type tab struct {
	Name, Title, URL string
	On               bool
}

const rowsPerPage = 50

func (c *Console) showIncidents(r *http.Request) (shown, error) {
	p := incidentsPage{Query: clip(r.FormValue("q"), 100), Show: r.FormValue("show")}
	f := store.IncidentFilter{Text: p.Query, Limit: rowsPerPage + 1}
	switch p.Show {
	case "all":
	case "waiting":
		f.Unfiled = true
	default:
		p.Show, f.Live = "live", true
	}
	p.Tabs = tabs(r.URL, "show", p.Show, [][2]string{{"live", "Live"}, {"waiting", "Waiting for a ticket"}, {"all", "All"}})
	if behind := r.FormValue("behind"); behind != "" {
		mark, err := alert.ParseMark(behind)
		if err != nil {
			return shown{}, &refusal{
				http.StatusBadRequest, "This page does not exist", "Its address does not name a valid incident. Go back to the list.",
			}
		}
		f.Behind = mark
	}
	rows, err := c.list(r, f)
	if err != nil {
		return shown{}, err
	}
	if len(rows) > rowsPerPage {
		rows = rows[:rowsPerPage]
		p.Next = with(r.URL, "behind", rows[len(rows)-1].Mark.String())
	}
	p.Rows = rows
	return shown{body: p}, nil
}

// with returns the address with one query value changed.
func with(u *url.URL, name, value string) string {
	q := u.Query()
	q.Set(name, value)
	return u.Path + "?" + q.Encode()
}

// tabs are links that change one query value and return to the first page.
func tabs(u *url.URL, name, on string, choices [][2]string) []tab {
	all := make([]tab, len(choices))
	for n, choice := range choices {
		q := u.Query()
		q.Set(name, choice[0])
		q.Del("behind")
		q.Del("page")
		all[n] = tab{choice[0], choice[1], u.Path + "?" + q.Encode(), choice[0] == on}
	}
	return all
}

// incidentPage shows one incident and its history.
type incidentPage struct {
	*ticketed
	Detail query.IncidentDetail
	Alerts []alertRow
	Why    query.Explanation
	// Audited are its audit entries, oldest first.
	Audited []audit.Entry
	// Members are the incidents that share its ticket, if it is a shared one.
	Members []*ticketed
}

// alertRow is an alert with the matchers that would silence it.
type alertRow struct {
	query.AlertRow
	Matchers string
}

// matchersOf returns the matchers that match an alert's labels exactly.
func matchersOf(labels map[string]string) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		fmt.Fprintf(&b, "%s=%s\n", name, strconv.Quote(labels[name]))
	}
	return b.String()
}

// auditedShown limits the audit entries on an incident's page.
const auditedShown = 100

func (c *Console) showIncident(r *http.Request) (shown, error) {
	p, err := c.incidentPage(r)
	if err != nil {
		return shown{}, missing(err, "No such incident")
	}
	return shown{title: p.Title, body: p}, nil
}

// missing turns a not-found error into a refusal with this title.
func missing(err error, title string) error {
	if errors.Is(err, query.ErrNoSuch) {
		return &refusal{http.StatusNotFound, title, err.Error() + "."}
	}
	return err
}

func (c *Console) incidentPage(r *http.Request) (p incidentPage, err error) {
	ctx, id := r.Context(), r.PathValue("id")
	if p.Detail, err = c.Reader.Incident(ctx, id); err != nil {
		return p, err
	}
	mark, err := alert.ParseMark(p.Detail.ID)
	if err != nil {
		return p, err
	}
	inc, err := c.Store.Incident(ctx, mark)
	if err != nil {
		return p, err
	}
	p.ticketed = c.ticketed(inc)
	for _, a := range p.Detail.Alerts {
		p.Alerts = append(p.Alerts, alertRow{a, matchersOf(a.Labels)})
	}
	if p.Why, err = c.Reader.Explain(ctx, p.Detail.ID); err != nil {
		return p, err
	}
	if p.Audited, err = c.Store.AuditOf(ctx, inc.Key, auditedShown); err != nil {
		return p, err
	}
	slices.Reverse(p.Audited)
	if inc.Shared == storm.NotShared {
		return p, nil
	}
	members, err := c.Store.Members(ctx, mark, rowsPerPage)
	for _, m := range members {
		p.Members = append(p.Members, c.ticketed(m))
	}
	return p, err
}
