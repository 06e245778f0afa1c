package app

import (
	"docket/internal/config"
	"docket/internal/probe"
	"docket/internal/watch"
)

// watched are the surfaces with their probes. Load has made each once, so none fails here.
func watched(cfg config.Config, prober *probe.Prober) ([]watch.Item, error) {
	items := make([]watch.Item, len(cfg.Surfaces))
	for n, s := range cfg.Surfaces {
		on := config.SurfaceOf(s)
		read, err := prober.Make(s.Probe, on)
		if err != nil {
			return nil, err
		}
		items[n] = watch.Item{Surface: on, Probe: read}
	}
	return items, nil
}

// heartbeats are the surfaces whose jobs check in.
func heartbeats(cfg config.Config) map[string]bool {
	names := map[string]bool{}
	for _, s := range cfg.Surfaces {
		if _, ok := s.Probe.Settings.(*probe.Heartbeat); ok {
			names[s.Name] = true
		}
	}
	return names
}
