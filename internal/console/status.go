package console

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"docket/internal/auth"
	"docket/internal/intake"
	"docket/internal/store"
	"docket/internal/surface"
)

// statusPage is the tiles, by group, a page at a time.
type statusPage struct {
	Counts counts
	Groups []tileGroup
	// Query is what the reader looks for, Only the status, In the group.
	Query, Only, In string
	AllGroups       []group
	pager
}

// Choices are what Only may be.
func (statusPage) Choices() []string {
	return []string{"trouble", string(surface.Down), string(surface.Degraded), string(surface.Unknown), string(surface.Operational)}
}

// tileGroup is a heading with its tiles.
type tileGroup struct {
	Name  string
	Worst surface.Status
	Tiles []tile
}

// pager is where a listing stands.
type pager struct {
	Page, Pages, Found int
	// Prev and Next are the neighbours' addresses, "" where there is none.
	Prev, Next string
}

// tilesPerPage bounds one page of tiles.
const tilesPerPage = 48

func (c *Console) getStatus(w http.ResponseWriter, r *http.Request) {
	at := now()
	heads, err := c.heads(r.Context(), at)
	if err != nil {
		c.failed(w, r, err)
		return
	}
	p := statusPage{Counts: count(heads), AllGroups: c.grouped(heads), Query: clip(r.FormValue("q"), 100), Only: r.FormValue("only"), In: r.FormValue("group")}
	found := slices.DeleteFunc(heads, func(h store.Head) bool { return !p.wants(c.byName[h.Name], h) })
	found = p.cut(found, r.URL, tilesPerPage)
	tiles, err := c.tiles(r.Context(), auth.From(r.Context()), found, at)
	if err != nil {
		c.failed(w, r, err)
		return
	}
	p.Groups = byGroup(tiles)
	c.render(w, r, http.StatusOK, "status", page{Title: "Status", Nav: "status", Body: p})
}

// wants reports whether a tile is one of those looked for.
func (p *statusPage) wants(s surface.Surface, h store.Head) bool {
	switch {
	case p.Only == "trouble" && !h.Status.Ill() && h.Status != surface.Unknown:
		return false
	case surface.Status(p.Only).Valid() && h.Status != surface.Status(p.Only):
		return false
	case p.In != "" && s.Group != p.In:
		return false
	}
	q := strings.ToLower(p.Query)
	return q == "" || strings.Contains(strings.ToLower(s.Title), q) || strings.Contains(strings.ToLower(s.Name), q)
}

// cut keeps one page of a list.
func (p *pager) cut(all []store.Head, at *url.URL, size int) []store.Head {
	p.Found, p.Pages = len(all), max(1, (len(all)+size-1)/size)
	asked, _ := strconv.Atoi(at.Query().Get("page"))
	p.Page = min(max(1, asked), p.Pages)
	link := func(n int) string {
		q := at.Query()
		q.Set("page", strconv.Itoa(n))
		return at.Path + "?" + q.Encode()
	}
	if p.Page > 1 {
		p.Prev = link(p.Page - 1)
	}
	if p.Page < p.Pages {
		p.Next = link(p.Page + 1)
	}
	begin := (p.Page - 1) * size
	return all[begin:min(begin+size, len(all))]
}

// byGroup puts tiles under their headings, which come in the tiles' order.
func byGroup(tiles []tile) []tileGroup {
	var groups []tileGroup
	index := map[string]int{}
	for _, t := range tiles {
		n, ok := index[t.Group]
		if !ok {
			n = len(groups)
			index[t.Group] = n
			groups = append(groups, tileGroup{Name: t.Group, Worst: surface.Operational})
		}
		groups[n].Tiles = append(groups[n].Tiles, t)
		groups[n].Worst = surface.Worst(groups[n].Worst, t.State.Status)
	}
	return groups
}

// clip bounds a text from outside, in bytes at a rune's end.
func clip(s string, limit int) string {
	s = strings.ToValidUTF8(strings.TrimSpace(s), "")
	if len(s) <= limit {
		return s
	}
	return strings.ToValidUTF8(s[:limit], "")
}

// surfacePage is one surface: its tile, its curve, its readings and its history.
type surfacePage struct {
	tile
	Curve    curve
	Span     string
	Spans    []string
	Readings []surface.Reading
	Turns    []store.Turned
	// Incidents are its latest.
	Incidents []*ticketed
	Key       string
	Evidence  [][2]string
}

// The spans that a curve may have.
var curveSpans = map[string]time.Duration{"3h": 3 * time.Hour, "24h": 24 * time.Hour, "7d": 7 * 24 * time.Hour, "90d": 90 * 24 * time.Hour}

const (
	curvePoints   = 400
	readingsShown = 30
	turnsShown    = 25
)

func (c *Console) getSurface(w http.ResponseWriter, r *http.Request) {
	on, ok := c.byName[r.PathValue("surface")]
	if !ok {
		c.sorry(w, r, http.StatusNotFound, "There is no such surface", fmt.Sprintf("No surface is named %q in the configuration.", clip(r.PathValue("surface"), 100)))
		return
	}
	p, err := c.surfacePage(r, on, now())
	if err != nil {
		c.failed(w, r, err)
		return
	}
	c.render(w, r, http.StatusOK, "surface", page{Title: on.Title, Nav: "status", Body: p})
}

func (c *Console) surfacePage(r *http.Request, on surface.Surface, at time.Time) (p surfacePage, err error) {
	ctx := r.Context()
	p = surfacePage{Span: r.FormValue("span"), Spans: []string{"3h", "24h", "7d", "90d"}, Key: surface.AlertKey(on.Name).String()}
	span, ok := curveSpans[p.Span]
	if !ok {
		p.Span, span = "24h", curveSpans["24h"]
	}
	heads, err := c.heads(ctx, at)
	if err != nil {
		return p, err
	}
	n := slices.IndexFunc(heads, func(h store.Head) bool { return h.Name == on.Name })
	tiles, err := c.tiles(ctx, auth.From(ctx), heads[n:n+1], at)
	if err != nil {
		return p, err
	}
	p.tile = tiles[0]
	points, step, err := c.points(r, heads[n].ID, on, at.Add(-span), at)
	if err != nil {
		return p, err
	}
	p.Curve = curveOf(points, at.Add(-span), at, step)
	if p.Readings, err = c.Store.Readings(ctx, heads[n].ID, at.Add(-24*time.Hour), at.Add(time.Minute), readingsShown); err != nil {
		return p, err
	}
	slices.Reverse(p.Readings)
	if p.Turns, err = c.Store.Turns(ctx, on.Name, at.AddDate(-1, 0, 0), turnsShown); err != nil {
		return p, err
	}
	for name, value := range p.State.Last.Evidence {
		p.Evidence = append(p.Evidence, [2]string{name, value})
	}
	slices.SortFunc(p.Evidence, func(a, b [2]string) int { return cmp.Compare(a[0], b[0]) })
	p.Incidents, err = c.list(r, store.IncidentFilter{Surface: on.Name, Limit: overviewRows})
	return p, err
}

// points loads a curve's points: raw ones for up to two days, then minutes, then hours.
func (c *Console) points(r *http.Request, id int64, on surface.Surface, from, to time.Time) ([]point, time.Duration, error) {
	var points []point
	if to.Sub(from) <= 48*time.Hour {
		raw, err := c.Store.Readings(r.Context(), id, from, to.Add(time.Minute), 200_000)
		for _, reading := range raw {
			points = append(points, point{reading.At, reading.Latency, reading.Status, reading.At.Format("2 Jan 15:04:05 UTC") + ": " + string(reading.Status) + " " + reading.Reason})
		}
		thin := thinTo(points, curvePoints)
		step := on.Every
		if len(thin) > 0 {
			step *= time.Duration((len(points) + len(thin) - 1) / len(thin))
		}
		return thin, step, err
	}
	sums, err := c.Store.Sums(r.Context(), store.Hour, []int64{id}, from, to)
	for _, s := range sums[id] {
		points = append(points, point{s.At, s.Mean(), s.Worst(), fmt.Sprintf("%s: %s", s.At.Format("2 Jan 15:04 UTC"), s.Worst())})
	}
	thin := thinTo(points, curvePoints)
	return thin, max(time.Hour, to.Sub(from)/curvePoints), err
}

// postInvestigate asks for the surface's ticket in the name of who clicked.
func (c *Console) postInvestigate(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("surface")
	on, ok := c.byName[name]
	if !ok {
		c.refuse(w, r, http.StatusNotFound, fmt.Sprintf("There is no surface %q.", clip(name, 100)))
		return
	}
	at, tilePage := now(), "/console/status/"+url.PathEscape(name)
	stored, err := c.Store.Tile(r.Context(), name)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		c.failed(w, r, err)
		return
	}
	state := stored.State.Shown(on, at)
	if !state.Status.Ill() {
		c.refuse(w, r, http.StatusConflict, on.Title+" is "+string(state.Status)+": there is nothing to investigate.")
		return
	}
	caller := auth.From(r.Context())
	brief, err := c.brief(r, on, state, at)
	if err != nil {
		c.failed(w, r, err)
		return
	}
	got, err := c.Investigate(r.Context(), intake.Click{Alert: on.Alert(state, at), Window: on.Window, Brief: brief, Actor: caller.Actor(), DeskAway: c.Health.Away})
	switch {
	case errors.Is(err, intake.ErrInvestigateOff):
		c.refuse(w, r, http.StatusConflict, "Investigate is switched off (flag investigate.from_status): an operator can turn it on under Flags.")
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
		c.back(w, r, tilePage, said{kind, got.Message, link})
		return
	}
	answer := map[string]any{"incident": got.Mark.String(), "message": got.Message}
	if got.Degraded {
		answer["degraded"] = true
	}
	if got.Ticket.ID != "" {
		answer["ticket_id"], answer["ticket_number"], answer["ticket_url"] = got.Ticket.ID, got.Ticket.Number, got.Ticket.URL
	}
	writeJSON(w, http.StatusOK, answer)
}

// refuse answers a form that cannot be done, to a program or to a person.
func (c *Console) refuse(w http.ResponseWriter, r *http.Request, status int, sentence string) {
	if wantsJSON(r) {
		writeJSON(w, status, map[string]any{"error": sentence})
		return
	}
	title := "This cannot be done"
	if status == http.StatusNotFound {
		title = "Not found"
	}
	c.sorry(w, r, status, title, sentence)
}

// brief is what an operator needs first, in words, for the ticket.
func (c *Console) brief(r *http.Request, on surface.Surface, state surface.State, at time.Time) (string, error) {
	ctx := r.Context()
	var b strings.Builder
	fmt.Fprintf(&b, "%s is %s since %s (%s).\n", on.Title, state.Status, state.Since.Format("2006-01-02 15:04:05 UTC"), span(at.Sub(state.Since)))
	if state.Last.Reason != "" {
		fmt.Fprintf(&b, "Last reading, %s: %s\n", state.Last.At.Format("15:04:05 UTC"), state.Last.Reason)
	}
	if !state.Well.IsZero() {
		fmt.Fprintf(&b, "Last operational reading: %s.\n", state.Well.Format("2006-01-02 15:04:05 UTC"))
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
		fmt.Fprintf(&b, "Turned %s (was %s) at %s.\n", t.To, t.From, t.At.Format("2006-01-02 15:04:05 UTC"))
	}
	if err := c.briefNeighbours(r, &b, on, at); err != nil {
		return "", err
	}
	for _, f := range c.Board.Flags() {
		if !f.ChangedAt.IsZero() && at.Sub(f.ChangedAt) < 24*time.Hour {
			fmt.Fprintf(&b, "Flag %s was switched %s by %s at %s.\n", f.Name, onOff(f.On), f.ChangedBy, f.ChangedAt.Format("2006-01-02 15:04:05 UTC"))
		}
	}
	for _, l := range on.Links {
		fmt.Fprintf(&b, "%s: %s\n", cmp.Or(l.Title, "Link"), l.URL)
	}
	fmt.Fprintf(&b, "Tile: %s/console/status/%s\n", c.origin(r), url.PathEscape(on.Name))
	return b.String(), nil
}

// briefNeighbours names the other surfaces that are ill, those of the group first.
func (c *Console) briefNeighbours(r *http.Request, b *strings.Builder, on surface.Surface, at time.Time) error {
	heads, err := c.heads(r.Context(), at)
	if err != nil {
		return err
	}
	var near, far []string
	for _, h := range heads {
		other := c.byName[h.Name]
		if !h.Status.Ill() || h.Name == on.Name {
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
		b.WriteString("No other surface is in trouble.\n")
		return nil
	}
	const most = 10
	more := ""
	if len(all) > most {
		more = fmt.Sprintf(" and %d more", len(all)-most)
		all = all[:most]
	}
	fmt.Fprintf(b, "Also in trouble: %s%s.\n", strings.Join(all, ", "), more)
	return nil
}

// latencyWords is the latency picture of two hours in a sentence.
func latencyWords(readings []surface.Reading) string {
	var before, lately surface.Sum
	for n, r := range readings {
		if n < len(readings)-10 {
			before = before.Add(r)
		} else {
			lately = lately.Add(r)
		}
	}
	words := fmt.Sprintf("The last %d readings: %d good, %d degraded, %d down", min(10, len(readings)), lately.Operational, lately.Degraded, lately.Down)
	if lately.Measured > 0 {
		words += fmt.Sprintf("; latency %s on average, %s at most", millis(lately.Mean()), millis(lately.Slowest))
	}
	if before.Measured > 0 {
		words += fmt.Sprintf(" (before, over two hours: %s on average, %s at most)", millis(before.Mean()), millis(before.Slowest))
	}
	return words + "."
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

// origin is the address that people reach us by.
func (c *Console) origin(r *http.Request) string {
	if c.Public != "" {
		return strings.TrimSuffix(c.Public, "/")
	}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host
}
