package config

import (
	"fmt"
	"strings"
	"time"

	"docket/internal/alert"
	"docket/internal/desk"
	"docket/internal/template"
)

// RouteConfig narrows what happens to some alerts; the first that matches counts:
//
//	# The alerts of one team.
//	- name: shop
//	  match: ['team="shop"', 'env!~"dev|test"']
//	  desk: github
//	  tags: [shop]
//	  ticket_at: P3
//	  on_recovery: close
//	  hold: 2m
//	  settle: 5m
//	  storm: {limit: 5, per: 10m}
//	  subject: '{{.Severity}} {{.Title}} in {{index .Labels "team"}}'
//	  body: "{{.Summary}}\n\n{{.Words}}"
type RouteConfig struct {
	// The name of the route. Unless set, it is made of its matchers.
	Name string `yaml:"name" format:"name"`
	// Matchers in Alertmanager's syntax. All of them must match.
	Match []string `yaml:"match" format:"matcher" required:"write at least one matcher, such as ['team=\"shop\"']"`
	// The help desk that gets the tickets. Unless set, it is the one that desk names at the top of the file.
	Desk string `yaml:"desk" format:"desk"`
	// To is what the route says to its desk, with keys of the desk's own; nil for nothing.
	To desk.RouteSettings `yaml:"-"`
	// Tags for the tickets, besides Docket's own.
	Tags []string `yaml:"tags" format:"word"`
	// As in policies, for this route. It goes before that of a source.
	TicketAt alert.Severity `yaml:"ticket_at"`
	// As in policies, for this route.
	OnRecovery string `yaml:"on_recovery" oneof:"note close none" zero:"as the policies say"`
	// As in policies, for this route.
	Hold *time.Duration `yaml:"hold"`
	// As in policies, for this route.
	Settle *time.Duration `yaml:"settle"`
	// As in policies, for this route.
	Storm RouteStormConfig `yaml:"storm"`
	// A template for the subject of the tickets: docs/tickets.md. Unless set, the built-in text is used.
	Subject string `yaml:"subject"`
	// A template for the body of the tickets.
	Body string `yaml:"body"`
}

// RouteStormConfig bounds a route's new tickets; nil is as the policies say.
type RouteStormConfig struct {
	// How many new tickets may be filed within per. 0 is no limit.
	Limit *int64 `yaml:"limit" zero:"no limit"`
	// The time over which the limit counts.
	Per *time.Duration `yaml:"per" min:"1s"`
}

// settle names a route by its matchers.
func (r *RouteConfig) settle(place) {
	if r.Name == "" {
		r.Name = strings.Join(r.Match, ",")
	}
}

// check tries the templates.
func (r *RouteConfig) check(at place) {
	_, faults := template.New(r.Subject, r.Body)
	for _, f := range faults {
		where := ""
		if f.Line > 0 {
			where = fmt.Sprintf(" (in line %d, column %d of the template)", f.Line, max(1, f.Column))
		}
		at.wrong(f.Part, "%s%s", plain(f.Reason), where)
	}
}

// checkRoutes: a route that repeats the matchers of an earlier one would never match.
func (c *Config) checkRoutes(at place) {
	seen := map[string]bool{}
	for i, r := range c.Routes {
		item := index("routes", i)
		if seen[r.Name] && !at.given(item+".name") {
			at.wrong(item+".match", "an earlier route has the same matchers, so this one never applies")
		}
		seen[r.Name] = true
	}
}
