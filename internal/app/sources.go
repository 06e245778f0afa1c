package app

import (
	"docket/internal/config"
	"docket/internal/intake"
)

// expectations are the alerts that must come.
func expectations(cfg config.Config) []intake.Expectation {
	var all []intake.Expectation
	for _, s := range cfg.Sources {
		if s.Expect.Alert != "" {
			all = append(all, intake.Expectation{Source: s.Name, Alert: s.Expect.Alert, Every: s.Expect.Every, Severity: s.Expect.Severity})
		}
	}
	return all
}
