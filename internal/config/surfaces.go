package config

import "docket/internal/surface"

// SurfaceOf is a surface as the program knows it.
func SurfaceOf(s SurfaceConfig) surface.Surface {
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
		all[n] = SurfaceOf(s)
	}
	return all
}
