package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"docket/internal/alert"
	"docket/internal/source"
)

// Pushed are the sources that may push: the built-in ones, unless configured otherwise,
// and the configured ones.
func Pushed(cfg Config) map[string]source.Source {
	all := map[string]source.Source{
		"alertmanager": {Name: "alertmanager", Format: "alertmanager"},
		"grafana":      {Name: "grafana", Format: "grafana"},
		"pagerduty":    {Name: "pagerduty", Format: "pagerduty"},
		"prometheus":   {Name: "prometheus", Format: "prometheus"},
	}
	for _, s := range cfg.Sources {
		if s.Poll == "" {
			all[s.Name] = source.Source{
				Name: s.Name, Format: s.Format, Severity: s.Severity, Identity: identity(s.Identity), ResolveTimeout: s.ResolveTimeout,
				Map: mappingOf(s), Lines: linesOf(s),
			}
		}
	}
	return all
}

// mappingOf compiles what checkMap has found good.
func mappingOf(s SourceConfig) *source.Mapping {
	if len(s.Map) == 0 {
		return nil
	}
	m, _ := source.NewMapping(s.Map, s.Format == "generic") // Checked: nil would be a mistake already reported.
	return m
}

func linesOf(s SourceConfig) *source.Lines {
	if s.Format != "heroku" {
		return nil
	}
	l := &source.Lines{}
	for _, line := range s.Lines {
		pattern, err := source.ParseLinePattern(line.Match)
		if err != nil {
			continue // checkLines has named it, and the program does not start.
		}
		l.Patterns = append(l.Patterns, source.LinePattern{Match: pattern, Title: line.Title, Severity: line.Severity})
	}
	if s.Codes.Limit > 0 {
		l.Codes = &source.Codes{Limit: s.Codes.Limit, Per: s.Codes.Per, Severity: s.Codes.Severity}
	}
	return l
}

// Sample reads one body as a source would, without keeping anything: for those who write a
// mapping. header may be nil.
func Sample(cfg Config, name string, push source.Push, now time.Time) (source.Batch, error) {
	s, ok := Pushed(cfg)[name]
	if !ok {
		known := strings.Join(slices.Sorted(maps.Keys(Pushed(cfg))), ", ")
		return source.Batch{}, fmt.Errorf("there is no pushed source named %s; the pushed sources are %s", quoted(name), known)
	}
	return s.Read(push, now)
}

func identity(c IdentityConfig) alert.Identity {
	return alert.Identity{Drop: c.Drop, Keep: c.Keep, ByAlertID: c.AlertID}
}

// TimedPoll is a poll and its pace.
type TimedPoll struct {
	source.Poll
	Every time.Duration
}

// Polls are the sources that are polled.
func Polls(cfg Config) []TimedPoll {
	var all []TimedPoll
	for _, s := range cfg.Sources {
		if s.Poll != "" {
			poll := source.Poll{
				Name: s.Name, Kind: s.Poll, URL: s.URL, Token: s.Token.Reveal(), Severity: s.Severity, Identity: identity(s.Identity),
			}
			all = append(all, TimedPoll{poll, s.Every})
		}
	}
	return all
}
