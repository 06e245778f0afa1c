package app

import (
	"fmt"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/alertmanager/pkg/labels"

	"docket/internal/source"
)

// settle fills in what follows from what is set.
func (l *loader) settle() {
	c := &l.config
	if c.Desk == "" {
		c.Desk = "local"
		if c.FreeScout.APIURL != "" {
			c.Desk = "freescout"
		}
	}
	if c.FreeScout.InstanceURL == "" {
		c.FreeScout.InstanceURL = strings.TrimSuffix(strings.TrimSuffix(c.FreeScout.APIURL, "/"), "/api")
	}
	for i := range c.Sources {
		s := &c.Sources[i]
		if s.Poll != "" && s.Every == 0 {
			s.Every = 30 * time.Second
		}
		if s.Poll == "" && s.Format == "" {
			s.Format = "alertmanager"
		}
	}
	for i := range c.Routes {
		if c.Routes[i].Name == "" {
			c.Routes[i].Name = strings.Join(c.Routes[i].Match, ",")
		}
	}
}

// validate adds every mistake that a value has beyond its type.
func (l *loader) validate() {
	c := &l.config
	l.checkListen()
	if c.Database == "" {
		l.wrong("database", "must name a file or a postgres:// URL")
	}
	l.checkWord("desk", c.Desk, "local", "freescout")
	if c.Desk == "freescout" {
		l.checkFreeScout()
	}
	if (c.Access.ClientID == "") != (c.Access.ClientSecret == "") {
		missing, there := "CF_ACCESS_SVC_TICKETS_CLIENT_SECRET", "CF_ACCESS_SVC_TICKETS_CLIENT_ID"
		if c.Access.ClientID == "" {
			missing, there = there, missing
		}
		l.mistakes = append(l.mistakes, Mistake{Path: missing, Text: "is missing, but " + there + " is set: Cloudflare Access needs both"})
	}
	l.checkURL("slack.api_url", c.Slack.APIURL)
	l.checkSources()
	l.checkSurfaces()
	l.checkRoutes()
	p := c.Policies
	l.checkWord("policies.on_recovery", p.OnRecovery, "note", "close", "none")
	l.checkWord("policies.backfill", p.Backfill, "digest", "all", "active")
	if p.Storm.Limit > 0 && p.Storm.Per == 0 {
		l.wrong("policies.storm.per", "must be longer than 0")
	}
	l.checkWord("log.level", c.Log.Level, "debug", "info", "warning", "error")
	l.checkAuth()
}

func isPort(s string) bool {
	n, err := strconv.Atoi(s)
	return err == nil && n > 0 && n < 65536
}

// checkListen: beyond loopback only with authentication, and only by PORT.
func (l *loader) checkListen() {
	host, port, err := net.SplitHostPort(l.config.Listen)
	if err != nil || (!isPort(port) && port != "0") {
		l.wrong("listen", "%q is not host:port, for example 127.0.0.1:8080", l.config.Listen)
		return
	}
	if isLoopback(host) {
		return
	}
	if l.fromEnv["listen"] != "PORT" {
		l.wrong("listen", "%q is not a loopback address: listen on 127.0.0.1, or set PORT to listen on all addresses", l.config.Listen)
		return
	}
	if l.config.Auth.Mode == "none" && len(l.config.Auth.Tokens) == 0 {
		l.wrong("listen", "listens on all addresses without authentication: set auth.tokens, or listen on a loopback address with DOCKET_LISTEN")
	}
}

func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

func (l *loader) checkWord(path, have string, allowed ...string) {
	if !slices.Contains(allowed, have) {
		l.wrong(path, "%q is none of %s", have, strings.Join(allowed, ", "))
	}
}

func (l *loader) checkURL(path, text string) {
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.User != nil {
		l.wrong(path, "must be an http:// or https:// address without user or password")
	}
}

func (l *loader) checkFreeScout() {
	f := l.config.FreeScout
	for _, need := range []struct {
		path, name string
		missing    bool
	}{
		{"freescout.api_url", "FREESCOUT_API_URL", f.APIURL == ""},
		{"freescout.api_key", "FREESCOUT_API_KEY", f.APIKey == ""},
		{"freescout.mailbox_id", "FREESCOUT_OPERATIONS_MAILBOX_ID", f.MailboxID == 0},
	} {
		if need.missing && !l.said(need.name) {
			l.wrong(need.path, "is missing: the freescout desk needs it (or the variable %s)", need.name)
		}
	}
	if f.APIURL != "" {
		l.checkURL("freescout.api_url", f.APIURL)
	}
	if f.InstanceURL != "" {
		l.checkURL("freescout.instance_url", f.InstanceURL)
	}
	if f.WaitOut < time.Second {
		l.wrong("freescout.wait_out", "%s is too short: it must cover the desk's search lag and its slowest create", f.WaitOut)
	}
}

// said reports whether a mistake about a variable is listed already.
func (l *loader) said(name string) bool {
	return slices.ContainsFunc(l.mistakes, func(m Mistake) bool { return m.Path == name || m.Path == name+"_FILE" })
}

var goodName = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,62}$`)

func (l *loader) checkSources() {
	seen := map[string]bool{}
	for i, s := range l.config.Sources {
		at := fmt.Sprintf("sources[%d]", i)
		l.checkName(at+".name", s.Name, seen)
		if len(s.Identity.Drop) > 0 && len(s.Identity.Keep) > 0 {
			l.wrong(at+".identity", "drop and keep exclude each other")
		}
		if s.Poll == "" {
			l.checkWord(at+".format", s.Format, source.Formats()...)
			if s.URL != "" {
				l.wrong(at+".url", "belongs to a polled source; say poll: alertmanager or poll: prometheus")
			}
			continue
		}
		l.checkWord(at+".poll", s.Poll, source.PollKinds()...)
		l.checkURL(at+".url", s.URL)
		if s.Every < time.Second {
			l.wrong(at+".every", "%s is too short: 1s is the shortest", s.Every)
		}
	}
}

func (l *loader) checkName(path, name string, seen map[string]bool) {
	switch {
	case !goodName.MatchString(name):
		l.wrong(path, "%q is not a name: use lower-case letters, digits, - and _", name)
	case seen[name]:
		l.wrong(path, "%q stands twice", name)
	}
	seen[name] = true
}

// probeKinds are the probes that a surface may have (design section 7).
var probeKinds = []string{"http", "tcp", "dns", "tls", "heartbeat", "heroku"}

func (l *loader) checkSurfaces() {
	seen := map[string]bool{}
	for i, s := range l.config.Surfaces {
		at := fmt.Sprintf("surfaces[%d]", i)
		l.checkName(at+".name", s.Name, seen)
		if s.Every != 0 && s.Every < time.Second {
			l.wrong(at+".every", "%s is too short: 1s is the shortest", s.Every)
		}
		for kind := range s.Probe {
			l.checkWord(at+".probe."+kind, kind, probeKinds...)
		}
		if len(s.Probe) != 1 {
			l.wrong(at+".probe", "needs exactly one of %s", strings.Join(probeKinds, ", "))
		}
	}
}

func (l *loader) checkRoutes() {
	seen := map[string]bool{}
	for i, r := range l.config.Routes {
		at := fmt.Sprintf("routes[%d]", i)
		if len(r.Match) == 0 {
			l.wrong(at+".match", `needs at least one matcher, for example ['team="shop"']`)
		}
		for j, m := range r.Match {
			if _, err := labels.ParseMatchers(m); err != nil {
				l.wrong(fmt.Sprintf("%s.match[%d]", at, j), "%q is not a matcher: %v", m, err)
			}
		}
		if r.OnRecovery != "" {
			l.checkWord(at+".on_recovery", r.OnRecovery, "note", "close", "none")
		}
		if seen[r.Name] {
			l.wrong(at+".name", "%q stands twice", r.Name)
		}
		seen[r.Name] = true
	}
}

// scopes are what a token may be good for.
var scopes = []string{"ingest", "read", "operate", "admin"}

func (l *loader) checkAuth() {
	a := l.config.Auth
	l.checkWord("auth.mode", a.Mode, "none")
	seen := map[string]bool{}
	for i, t := range a.Tokens {
		at := fmt.Sprintf("auth.tokens[%d]", i)
		l.checkName(at+".name", t.Name, seen)
		if len(t.Token) < 16 {
			l.wrong(at+".token", "is missing or shorter than 16 characters")
		}
		if len(t.Scopes) == 0 {
			l.wrong(at+".scopes", "needs at least one of %s", strings.Join(scopes, ", "))
		}
		for j, s := range t.Scopes {
			l.checkWord(fmt.Sprintf("%s.scopes[%d]", at, j), s, scopes...)
		}
	}
}
