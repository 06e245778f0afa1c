package config

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"docket/internal/alert"
	"docket/internal/fault"
	"docket/internal/source"
)

// SourceConfig is one source: pushed (format) or polled (poll):
//
//	# Pushed: POST /hooks/shop with the token as Bearer token or as the password of basic auth.
//	- name: shop
//	  format: alertmanager
//	  token_file: /run/secrets/docket_shop
//	  severity: {page: P1, ticket: P3}
//	  identity: {drop: [pod]}
//	  ticket_at: P1
//	  resolve_timeout: 5m
//	  expect: {alert: Watchdog, every: 5m, severity: P2}
//	# Pushed, and signed instead.
//	- name: signed
//	  format: grafana
//	  hmac:
//	    secret_file: /run/secrets/docket_grafana
//	    header: X-Grafana-Alerting-Signature
//	    timestamp_header: X-Grafana-Alerting-Timestamp
//	    join: ":"
//	    tolerance: 5m
//	# Any JSON, read by expressions in CEL. `docket config check --sample body.json --source orders` shows the result.
//	- name: orders
//	  format: generic
//	  map:
//	    key: body.check.id
//	    title: body.check.name
//	    status: 'body.ok ? "resolved" : "firing"'
//	    severity: body.level
//	    labels: '{"team": body.team}'
//	# A log drain: heroku drains:add https://x:TOKEN@docket.example.org/hooks/shop-log
//	- name: shop-log
//	  format: heroku
//	  lines:
//	    - {match: 'ALERT (?P<alertname>\w+): (?P<summary>.*)', title: Shop alert, severity: P2}
//	  codes: {limit: 10, per: 5m, severity: P2}
//	# Polled.
//	- name: am-main
//	  poll: alertmanager
//	  url: http://127.0.0.1:9093
//	  every: 30s
type SourceConfig struct {
	// The name of the source. A pushed source receives alerts at POST /hooks/NAME.
	Name string `yaml:"name" format:"name" required:""`
	// The format in which alerts are pushed: alertmanager (its webhook), prometheus (Alertmanager's API v2), grafana,
	// pagerduty, cloudevents, generic or heroku.
	Format string `yaml:"format" default:"alertmanager" without:"poll"`
	// What is polled, instead of waiting for pushes: alertmanager or prometheus.
	Poll string `yaml:"poll"`
	// The address of the server that is polled.
	URL string `yaml:"url" format:"url"`
	// How often it is polled.
	Every time.Duration `yaml:"every" default:"30s" with:"poll" min:"1s"`
	// The token that a sender must show, as Bearer token or as the password of basic auth; a poll shows it to the
	// server.
	Token fault.Secret `yaml:"token"`
	// How a sender signs its requests, instead of showing a token.
	HMAC HMACConfig `yaml:"hmac"`
	// What the words of the label severity mean, besides the built-in ones: {page: P1, ticket: P3}.
	Severity map[string]alert.Severity `yaml:"severity"`
	// Which labels name a problem. Unless set, all of them do. alert_id instead of a mapping means that the id which
	// the sender gives to the alert names it.
	Identity IdentityConfig `yaml:"identity"`
	// The mildest severity of this source that gets a ticket. Unless set, that of the route or of the policies.
	TicketAt alert.Severity `yaml:"ticket_at"`
	// How long a pushed alert without an end goes on firing unless it is repeated.
	ResolveTimeout time.Duration `yaml:"resolve_timeout"`
	// For the formats generic and cloudevents: an expression in CEL for each field of an alert. Known are key, title,
	// status, severity, labels, annotations, items, when, starts_at, ends_at, link and id.
	Map map[string]string `yaml:"map"`
	// For the format heroku: which lines of the log are alerts. The first pattern that matches a line counts.
	Lines []LineConfig `yaml:"lines"`
	// For the format heroku: alerts from Heroku's own H, R and L codes.
	Codes CodesConfig `yaml:"codes"`
	// An alert that always fires while everything works, such as Prometheus' Watchdog: its absence is the problem.
	Expect ExpectConfig `yaml:"expect"`
}

// HMACConfig is a sender's signature: HMAC-SHA256 over the body as it is sent.
type HMACConfig struct {
	// The secret that the sender signs with, at least 16 characters.
	Secret fault.Secret `yaml:"secret" min:"16"`
	// The header that holds the signature, in hex or base64.
	Header string `yaml:"header" format:"header"`
	// The header that holds the time of sending in seconds, where the sender signs it, too.
	TimestampHeader string `yaml:"timestamp_header" format:"header"`
	// What separates the time and the body in the signed text.
	Join string `yaml:"join" default:":" with:"timestamp_header"`
	// How far the time of sending may be from now.
	Tolerance time.Duration `yaml:"tolerance" default:"5m" with:"header" zero:"the default"`
}

// IdentityConfig says what names a problem: {drop: [...]}, {keep: [...]} or alert_id.
type IdentityConfig struct {
	// All labels name the problem, except these.
	Drop []string `yaml:"drop" format:"word"`
	// Only these labels name the problem.
	Keep []string `yaml:"keep" format:"word"`
	// The id that the sender gives to the alert names the problem.
	AlertID bool `yaml:"alert_id"`
}

// LineConfig makes alerts of the lines of a log that its pattern matches.
type LineConfig struct {
	// A regular expression (RE2). Its named groups become labels; title, severity, status, key and summary are read
	// as those.
	Match string `yaml:"match" format:"regexp" required:"write a regular expression"`
	// The title of the alert, where no group provides it.
	Title string `yaml:"title"`
	// The severity of the alert, where no group provides it.
	Severity alert.Severity `yaml:"severity"`
}

// CodesConfig makes alerts of Heroku's error codes.
type CodesConfig struct {
	// How many lines with the same code within per make an alert.
	Limit int64 `yaml:"limit" max:"10000"`
	// The time over which the lines are counted.
	Per time.Duration `yaml:"per" default:"5m" with:"limit" zero:"the default"`
	// The severity of the alert.
	Severity alert.Severity `yaml:"severity" default:"P2" with:"limit"`
}

// ExpectConfig is an alert that always fires while everything works.
type ExpectConfig struct {
	// The title of the alert.
	Alert string `yaml:"alert"`
	// How often it is received, at least.
	Every time.Duration `yaml:"every" min:"1s"`
	// The severity of its absence.
	Severity alert.Severity `yaml:"severity" default:"P2" with:"alert"`
}

func (s *SourceConfig) check(at place) {
	s.checkSignature(at)
	s.checkReading(at)
	if s.Poll != "" {
		s.checkPolled(at)
		return
	}
	if clicksArrive(s.Name) {
		at.wrong("name", "/hooks/%s receives button clicks: choose another name", s.Name)
	}
	if !slices.Contains(source.Formats(), s.Format) {
		at.wrong("format", "%s is not supported by this version: write one of %s", quoted(s.Format), strings.Join(source.Formats(), ", "))
	}
	for _, key := range []string{"url", "every"} {
		if at.given(key) {
			at.wrong(key, "is only for polled sources: set poll: %s", strings.Join(source.PollKinds(), " or poll: "))
		}
	}
}

func (s *SourceConfig) checkPolled(at place) {
	if !slices.Contains(source.PollKinds(), s.Poll) {
		at.wrong("poll", "%s is not supported by this version: write one of %s", quoted(s.Poll), strings.Join(source.PollKinds(), ", "))
	}
	for _, key := range []string{"format", "resolve_timeout"} {
		if at.given(key) {
			at.wrong(key, "is only for pushed sources, and this one is polled")
		}
	}
	if at.given("hmac") {
		at.wrong("hmac", "is only for pushed sources")
	}
	if s.URL == "" {
		at.wrong("url", "is missing: a polled source needs the address to poll")
	}
}

// checkSignature: a sender signs or shows a token, and it must be known where the signature is.
func (s *SourceConfig) checkSignature(at place) {
	if !at.given("hmac") || s.Poll != "" {
		return
	}
	if s.Token.Set() {
		at.wrong("hmac", "token is also set: set only one of them")
	}
	if !s.HMAC.Secret.Set() && !at.reported("hmac.secret_file") {
		at.wrong("hmac.secret", "is missing: set secret or secret_file")
	}
	if s.HMAC.Header == "" {
		at.wrong("hmac.header", "is missing: the header that holds the signature, such as X-Hub-Signature-256")
	}
	if s.HMAC.TimestampHeader != "" {
		at.shortest("hmac.tolerance", s.HMAC.Tolerance, time.Second)
	}
}

func (c *IdentityConfig) check(at place) {
	ways := 0
	for _, there := range []bool{len(c.Drop) > 0, len(c.Keep) > 0, c.AlertID} {
		if there {
			ways++
		}
	}
	if ways > 1 {
		at.wrong("", "drop, keep and alert_id cannot be combined")
	}
}

// checkReading looks at what says how a source's bodies are read.
func (s *SourceConfig) checkReading(at place) {
	mapped, logged := s.Format == "generic" || s.Format == "cloudevents", s.Format == "heroku"
	for _, key := range []struct {
		name    string
		allowed bool
		formats string
	}{{"map", mapped, "generic or cloudevents"}, {"lines", logged, "heroku"}, {"codes", logged, "heroku"}} {
		if !key.allowed && at.given(key.name) {
			at.wrong(key.name, "is only for sources with the format %s", key.formats)
		}
	}
	if mapped && (s.Format == "generic" || len(s.Map) > 0) {
		s.checkMap(at)
	}
	if logged && len(s.Lines) == 0 && s.Codes.Limit == 0 {
		at.wrong("lines", "is missing: set lines, or codes.limit")
	}
	if logged && s.Codes.Limit == 0 && at.given("codes") {
		at.wrong("codes.limit", "is missing: set how many lines within per raise an alert")
	}
}

// checkMap compiles the expressions. A mistake is reported at its expression, with the place in it.
func (s *SourceConfig) checkMap(at place) {
	_, faults := source.NewMapping(s.Map, s.Format == "generic")
	for _, f := range faults {
		where := ""
		if f.Line > 0 {
			where = fmt.Sprintf(" (in line %d, column %d of the expression)", f.Line, f.Column)
		}
		at.l.wrong(join(at.at("map"), f.Field), "%s%s", plain(f.Reason), where)
	}
}

func (c *CodesConfig) check(at place) {
	if c.Limit > 0 {
		at.shortest("per", c.Per, time.Second)
	}
}

func (e *ExpectConfig) check(at place) {
	if !at.given("") {
		return
	}
	if e.Alert == "" {
		at.wrong("alert", "is missing: the alert to expect, such as Watchdog")
	}
	if !at.given("every") {
		at.wrong("every", "is missing: how often the alert must be received, such as 5m")
	}
}
