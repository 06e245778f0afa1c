package console

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"time"

	"docket/internal/auth"
	"docket/internal/store"
	"docket/internal/surface"
)

// surfacePage shows one surface: its tile, its latency chart, its readings and its history.
type surfacePage struct {
	tile
	Curve    curve
	Span     string
	Spans    []string
	Readings []surface.Reading
	Turns    []store.Turned
	// Incidents are its latest incidents.
	Incidents []*ticketed
	Key       string
	Evidence  [][2]string
}

// The time spans to choose from for a chart.
var curveSpans = map[string]time.Duration{"3h": 3 * time.Hour, "24h": 24 * time.Hour, "7d": 7 * 24 * time.Hour, "90d": 90 * 24 * time.Hour}

const (
	curvePoints   = 400
	readingsShown = 30
	turnsShown    = 25
)

func (c *Console) showSurface(r *http.Request) (shown, error) {
	on, ok := c.byName[r.PathValue("surface")]
	if !ok {
		sentence := fmt.Sprintf("The configuration has no surface named %q.", clip(r.PathValue("surface"), 100))
		return shown{}, &refusal{http.StatusNotFound, "No such surface", sentence}
	}
	p, err := c.surfacePage(r, on, now())
	if err != nil {
		return shown{}, err
	}
	return shown{title: on.Title, body: p}, nil
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

// points loads the points of a chart: raw readings for up to two days, then minutes, then hours.
func (c *Console) points(r *http.Request, id int64, on surface.Surface, from, to time.Time) ([]point, time.Duration, error) {
	var points []point
	if to.Sub(from) <= 48*time.Hour {
		raw, err := c.Store.Readings(r.Context(), id, from, to.Add(time.Minute), 200_000)
		for _, reading := range raw {
			points = append(points,
				point{reading.At, reading.Latency, reading.Status, reading.At.Format("2 Jan 15:04:05 UTC") + ": " +
					string(reading.Status) + " " + reading.Reason})
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
