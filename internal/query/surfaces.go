package query

import (
	"context"
	"slices"
	"time"

	"docket/internal/surface"
)

// SurfaceRow is one surface in a listing.
type SurfaceRow struct {
	Name   string     `json:"name"`
	Title  string     `json:"title"`
	Group  string     `json:"group"`
	Status string     `json:"status" enum:"operational,degraded,down,unknown"`
	Since  *time.Time `json:"since"`
	Reason string     `json:"reason" doc:"The problem that the last reading found; empty while operational."`
	ReadAt *time.Time `json:"read_at"`
	// LatencyMS is the latency of the last reading in milliseconds, 0 if none was measured.
	LatencyMS float64 `json:"latency_ms"`
}

// Surfaces lists the configured surfaces, worst first.
func (r Reader) Surfaces(ctx context.Context, configured []surface.Surface, now time.Time) ([]SurfaceRow, error) {
	tiles, err := r.Store.Tiles(ctx)
	if err != nil {
		return nil, err
	}
	states := make(map[string]surface.State, len(tiles))
	for _, t := range tiles {
		states[t.Name] = t.State
	}
	rows := make([]SurfaceRow, len(configured))
	for n, on := range configured {
		s := states[on.Name].Shown(on, now)
		rows[n] = SurfaceRow{
			Name: on.Name, Title: on.Title, Group: on.Group, Status: string(s.Status),
			Since: orNull(s.Since), Reason: s.Last.Reason, ReadAt: orNull(s.Last.At),
			LatencyMS: float64(s.Last.Latency.Microseconds()) / 1000,
		}
	}
	rank := map[string]int{string(surface.Down): 0, string(surface.Degraded): 1, string(surface.Unknown): 2, string(surface.Operational): 3}
	slices.SortStableFunc(rows, func(a, b SurfaceRow) int { return rank[a.Status] - rank[b.Status] })
	return rows, nil
}
