package probe

import (
	"context"
	"fmt"
	"time"

	"docket/internal/surface"
)

// Heartbeat is a job that checks in by POST /heartbeat/NAME; its silence is the fault.
type Heartbeat struct {
	// Within is how often it must check in; the surface's every unless set.
	Within time.Duration `yaml:"within"`
	// Grace is how much later it may be before it is down: until then it is degraded.
	Grace time.Duration `yaml:"grace"`
}

func (p *Prober) heartbeat(s Spec, on surface.Surface) (Probe, error) {
	h := *s.Heartbeat
	if h.Within == 0 {
		h.Within = on.Every
	}
	return func(ctx context.Context) surface.Reading {
		last, err := p.beats.LastBeat(ctx, on.Name)
		if err != nil {
			return surface.Reading{Status: surface.Unknown, Reason: "docket's own database did not say when it last checked in"}
		}
		return h.read(last, p.booted, p.now())
	}, nil
}

// read judges the last check-in; zero is never.
func (h Heartbeat) read(last, booted, now time.Time) surface.Reading {
	if last.IsZero() {
		if now.Sub(booted) <= h.Within+h.Grace {
			return surface.Reading{Status: surface.Unknown, Reason: "has not checked in yet"}
		}
		return down(fmt.Sprintf("has never checked in, expected every %s", h.Within))
	}
	silent := now.Sub(last)
	r := surface.Reading{Status: surface.Operational, Evidence: map[string]string{"last_beat": last.UTC().Format(time.RFC3339)}}
	switch {
	case silent > h.Within+h.Grace:
		r.Status = surface.Down
	case silent > h.Within:
		r.Status = surface.Degraded
	default:
		return r
	}
	r.Reason = fmt.Sprintf("has not checked in for %s, expected every %s", silent.Round(time.Second), h.Within)
	return r
}
