package config

import (
	"errors"
	"strings"
	"time"

	"docket/internal/alert"
	"docket/internal/probe"
	"docket/internal/surface"
)

// SurfaceConfig is a thing that users rely on:
//
//	# A page of a web server.
//	- name: checkout
//	  title: Checkout
//	  group: Shop
//	  every: 30s
//	  timeout: 10s
//	  probe:
//	    http:
//	      url: https://example.org/health
//	      headers: {Authorization: Bearer the-probes-own-token}
//	      status: [2xx]
//	      contains: ok
//	      json: body.queue < 100
//	      degraded_over: 1s
//	      certificate_days: 14
//	  down_after: 2
//	  up_after: 2
//	  severity: P2
//	  degraded_severity: P3
//	  links: [{title: Runbook, url: https://example.org/runbooks/checkout}]
//	  investigate_window: 60m
//	- {name: mail, probe: {tcp: {address: "mail.example.org:25", expect: "220 ", degraded_over: 1s}}}
//	- {name: name, probe: {dns: {name: example.org, type: A, resolver: "192.0.2.53:53", expect: [192.0.2.1]}}}
//	- {name: certificate, probe: {tls: {address: "example.org:443", certificate_days: 30}}}
//	- {name: orders, probe: {grpc: {address: "orders.example.org:443", tls: true, service: shop.Orders}}}
//	- {name: router, probe: {icmp: {host: router.example.org, count: 3}}}
//	# The job calls POST /heartbeat/backup.
//	- {name: backup, every: 1m, probe: {heartbeat: {within: 24h, grace: 1h}}}
//	- {name: dynos, probe: {heroku: {app: shop, type: web, token: the-token-of-the-platform-api}}}
type SurfaceConfig struct {
	// The name of the surface, in addresses and in the alert_key.
	Name string `yaml:"name" format:"name" required:""`
	// The title of the tile. Unless set, it is the name.
	Title string `yaml:"title"`
	// The heading that the tile is shown under.
	Group string `yaml:"group"`
	// How often the probe runs.
	Every time.Duration `yaml:"every" default:"30s" min:"1s"`
	// How long one probe may take. Unless set, it is 10s or every, whichever is less.
	Timeout time.Duration `yaml:"timeout"`
	// What is probed: exactly one kind of probe, with its settings.
	Probe probe.Spec `yaml:"probe"`
	// How many readings in a row make the tile worse.
	DownAfter int64 `yaml:"down_after" default:"2"`
	// How many readings in a row make the tile better.
	UpAfter int64 `yaml:"up_after" default:"2"`
	// The severity of the alert while the tile is down.
	Severity alert.Severity `yaml:"severity" default:"P2"`
	// The severity of the alert while the tile is degraded, never worse than severity. Unless set, it is P3 or
	// severity, whichever is milder.
	DegradedSeverity alert.Severity `yaml:"degraded_severity"`
	// Links for people: a runbook, a dashboard.
	Links []surface.Link `yaml:"links"`
	// How long a second click on Investigate returns the open ticket of the first one. Unless set, that of the
	// policies.
	InvestigateWindow time.Duration `yaml:"investigate_window"`
}

// longestProbe is how long a probe may take where it is not set.
const longestProbe = 10 * time.Second

// settle fills in what follows from other keys.
func (s *SurfaceConfig) settle(at place) {
	if s.Timeout == 0 {
		s.Timeout = min(longestProbe, s.Every)
	}
	if s.Title == "" {
		s.Title = s.Name
	}
	if s.DegradedSeverity == 0 {
		s.DegradedSeverity = max(alert.P3, s.Severity)
	}
	if s.InvestigateWindow == 0 {
		s.InvestigateWindow = at.l.config.Policies.InvestigateWindow
	}
}

func (s *SurfaceConfig) check(at place) {
	if s.Timeout > s.Every && s.Every >= time.Second {
		at.wrong("timeout", "%s is longer than every, which is %s", short(s.Timeout), short(s.Every))
	}
	if s.DegradedSeverity < s.Severity {
		at.wrong("degraded_severity", "%s is worse than severity, which is %s", s.DegradedSeverity, s.Severity)
	}
	if at.reported("probe") {
		return
	}
	wrong := s.Probe.Check()
	if len(wrong) == 0 {
		// What only a file can show; no probe is run.
		_, err := probe.New(nil, time.Time{}, "").Make(s.Probe, SurfaceOf(*s))
		if f, ok := errors.AsType[*probe.Fault](err); ok {
			wrong = append(wrong, f)
		}
	}
	for _, f := range wrong {
		at.wrong(strings.TrimSuffix("probe."+f.Key, "."), "%s", plain(f.Reason))
	}
}

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
