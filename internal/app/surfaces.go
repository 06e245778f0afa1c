package app

import (
	"docket/internal/probe"
	"docket/internal/surface"
	"docket/internal/watch"
)

// surfaceOf is a surface as the program knows it.
func surfaceOf(s SurfaceConfig) surface.Surface {
	kind, target := s.Probe.Describe()
	return surface.Surface{
		Name: s.Name, Title: s.Title, Group: s.Group, Every: s.Every, Timeout: s.Timeout, DownAfter: int(s.DownAfter), UpAfter: int(s.UpAfter),
		Severity: s.Severity, DegradedSeverity: s.DegradedSeverity, Window: s.InvestigateWindow, Kind: kind, Target: target, Links: s.Links,
	}
}

// Surfaces are the configured surfaces, in their order.
func Surfaces(cfg Config) []surface.Surface {
	all := make([]surface.Surface, len(cfg.Surfaces))
	for n, s := range cfg.Surfaces {
		all[n] = surfaceOf(s)
	}
	return all
}

// watched are the surfaces with their probes. Load has made each once, so none fails here.
func watched(cfg Config, prober *probe.Prober) ([]watch.Item, error) {
	items := make([]watch.Item, len(cfg.Surfaces))
	for n, s := range cfg.Surfaces {
		on := surfaceOf(s)
		read, err := prober.Make(s.Probe, on)
		if err != nil {
			return nil, err
		}
		items[n] = watch.Item{Surface: on, Probe: read}
	}
	return items, nil
}

// heartbeats are the surfaces whose jobs check in.
func heartbeats(cfg Config) map[string]bool {
	names := map[string]bool{}
	for _, s := range cfg.Surfaces {
		if s.Probe.Heartbeat != nil {
			names[s.Name] = true
		}
	}
	return names
}
