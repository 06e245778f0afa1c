package ledger

import (
	"context"

	"docket/internal/incident"
)

// decideInvestigate steps the surface's live incident, or a new one.
func (w *work) decideInvestigate(ctx context.Context, in InvestigateClicked) (Result, error) {
	tile := in.Tile
	if known := w.alerts[tile.Fingerprint]; known != nil {
		tile.Key = known.Key // As long as its incident is open, whatever the configuration has become.
	}
	target := w.live(tile)
	d, err := w.step(ctx, target, incident.Investigated{Alert: tile, By: in.Actor.Name, Window: in.Window, Brief: in.Brief}, in.Actor)
	res := Result{Mark: d.Next.Mark, Changed: d.Changed, Reason: d.Reason}
	if d.Successor != nil {
		res.Mark, res.Reason = d.Successor.Mark, d.Successor.Reason
	}
	return res, err
}
