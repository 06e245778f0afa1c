package probe

import (
	"context"
	"time"

	"docket/internal/surface"
)

// Heartbeat is a job that checks in with POST /heartbeat/NAME; if it stops checking in, that is the failure.
type Heartbeat struct {
	// How often the job must check in. Unless set, it is the surface's every.
	Within time.Duration `yaml:"within"`
	// How much later the job may check in before the surface is down; until then it is degraded.
	Grace time.Duration `yaml:"grace"`
}

func (h *Heartbeat) target() string { return "" }

func (h *Heartbeat) check(wrong *faults) {
	if h.Within < 0 {
		wrong.add("heartbeat.within", "is negative: write, for example, 24h or 10m")
	}
	if h.Grace < 0 {
		wrong.add("heartbeat.grace", "is negative: write, for example, 1h or 5m")
	}
}

func (h *Heartbeat) open(p *Prober, on surface.Surface) (Probe, error) {
	set := *h
	if set.Within == 0 {
		set.Within = on.Every
	}
	return func(ctx context.Context) surface.Reading {
		f := begin(p.now)
		last, err := p.beats.LastBeat(ctx, on.Name)
		if err != nil { // The cause is logged by the code that reads the database.
			f.unread("Docket's own database did not respond, so the last check-in is unknown")
			return f.end()
		}
		set.judge(f, last, p.booted)
		return f.end()
	}, nil
}

// judge looks at the last check-in; zero means never. A job that has never checked in gets the usual time,
// counted from Docket's start.
func (h Heartbeat) judge(f *finding, last, booted time.Time) {
	now := f.reading.At
	if last.IsZero() {
		if now.Sub(booted) > h.Within+h.Grace {
			f.worse(surface.Down, "has never checked in (expected every %s)", h.Within)
			return
		}
		f.unread("waiting for the first check-in")
		return
	}
	f.fact("last_beat", last.UTC().Format(time.RFC3339))
	switch silent := now.Sub(last); {
	case silent > h.Within+h.Grace:
		f.worse(surface.Down, "last checked in %s ago (expected every %s)", short(silent), h.Within)
	case silent > h.Within:
		f.worse(surface.Degraded, "last checked in %s ago (expected every %s)", short(silent), h.Within)
	}
}
