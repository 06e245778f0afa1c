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

// LineConfig makes alerts of the lines of a log that its pattern matches.
type LineConfig struct {
	// Match is a regular expression; its named groups become labels.
	Match string `yaml:"match"`
	// Title and Severity are taken where no group says them.
	Title    string         `yaml:"title"`
	Severity alert.Severity `yaml:"severity"`
}

// CodesConfig makes alerts of Heroku's error codes; limit 0 is never.
type CodesConfig struct {
	Limit    int64          `yaml:"limit"`
	Per      time.Duration  `yaml:"per"`
	Severity alert.Severity `yaml:"severity"`
}

// ExpectConfig is an alert that always fires while all is well, such as Prometheus' Watchdog.
type ExpectConfig struct {
	// Alert is its title, "" for none.
	Alert string `yaml:"alert"`
	// Every is how often it comes at least.
	Every time.Duration `yaml:"every"`
	// Severity is that of its absence.
	Severity alert.Severity `yaml:"severity"`
}

// checkReading looks at what says how a source's bodies are read.
func (l *loader) checkReading(at string, s SourceConfig) {
	mapped, logged := s.Format == "generic" || s.Format == "cloudevents", s.Format == "heroku"
	for _, key := range []struct {
		name    string
		allowed bool
		formats string
	}{{"map", mapped, "generic or cloudevents"}, {"lines", logged, "heroku"}, {"codes", logged, "heroku"}} {
		if !key.allowed && l.given[at+"."+key.name] {
			l.wrong(at+"."+key.name, "belongs to a source of the format %s", key.formats)
		}
	}
	if mapped && (s.Format == "generic" || len(s.Map) > 0) {
		l.checkMap(at+".map", s)
	}
	if logged {
		l.checkLines(at, s)
	}
	l.checkExpect(at+".expect", s.Expect)
}

// checkMap compiles the expressions. A mistake stands at its expression, and says where in it.
func (l *loader) checkMap(at string, s SourceConfig) {
	_, faults := source.NewMapping(s.Map, s.Format == "generic")
	for _, f := range faults {
		where := ""
		if f.Line > 0 {
			where = fmt.Sprintf(" (in line %d, column %d of the expression)", f.Line, f.Column)
		}
		l.wrong(join(at, f.Field), "%s%s", plain(f.Reason), where)
	}
}

func (l *loader) checkLines(at string, s SourceConfig) {
	if len(s.Lines) == 0 && s.Codes.Limit == 0 {
		l.wrong(at+".lines", "is missing: set lines, or codes.limit")
	}
	for i, line := range s.Lines {
		if _, err := source.ParseLinePattern(line.Match); err != nil {
			l.wrong(fmt.Sprintf("%s.lines[%d].match", at, i), "%s is not a regular expression: %s", quoted(line.Match), plain(err.Error()))
		}
	}
	if s.Codes.Limit == 0 && l.given[at+".codes"] {
		l.wrong(at+".codes.limit", "is missing: how many lines within per make an alert")
	}
	if s.Codes.Limit > maxCodeLimit {
		l.wrong(at+".codes.limit", "is more than %d", maxCodeLimit)
	}
	if s.Codes.Limit > 0 {
		l.atLeastASecond(at+".codes.per", s.Codes.Per)
	}
}

// maxCodeLimit bounds what is kept in memory for a code.
const maxCodeLimit = 10_000

func (l *loader) checkExpect(at string, e ExpectConfig) {
	if !l.given[at] {
		return
	}
	if e.Alert == "" {
		l.wrong(at+".alert", "is missing: the alert that must come, such as Watchdog")
	}
	if !l.given[at+".every"] {
		l.wrong(at+".every", "is missing: how often it comes at least, such as 5m")
		return
	}
	l.atLeastASecond(at+".every", e.Every)
}

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
				Name: s.Name, Format: s.Format, Severity: s.Severity, Identity: identity(s.Identity), ResolveTimeout: s.ResolveTimeout, Map: mappingOf(s), Lines: linesOf(s),
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
	m, _ := source.NewMapping(s.Map, s.Format == "generic") // Checked: nil would be a mistake already said.
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
		return source.Batch{}, fmt.Errorf("there is no pushed source named %s; known are %s", quoted(name), strings.Join(slices.Sorted(maps.Keys(Pushed(cfg))), ", "))
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
			all = append(all, TimedPoll{source.Poll{Name: s.Name, Kind: s.Poll, URL: s.URL, Token: s.Token.Reveal(), Severity: s.Severity, Identity: identity(s.Identity)}, s.Every})
		}
	}
	return all
}
