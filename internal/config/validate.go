package config

import (
	"fmt"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"docket/internal/fault"
	"docket/internal/store"
)

// validate adds every mistake that a value has beyond its type.
func (l *loader) validate() {
	c := &l.config
	l.checkListen()
	l.checkDatabase()
	l.checkDesks()
	l.checkSlack()
	l.checkWebhooks()
	l.checkSources()
	l.checkSurfaces()
	l.checkRoutes()
	l.checkPolicies()
	l.atLeastASecond("reconcile.every", c.Reconcile.Every)
	if l.config.Canary.Every != 0 {
		l.atLeastASecond("canary.every", l.config.Canary.Every)
	}
	if l.config.Canary.PingURL.Set() {
		l.checkLink("canary.ping_url", l.config.Canary.PingURL.Reveal())
	}
	l.checkVault()
	l.checkAuth()
	l.checkWord("log.level", c.Log.Level, "debug", "info", "warning", "error")
	if c.Client.URL != "" {
		l.checkURL("client.url", c.Client.URL)
	}
	l.checkSecret("client.token", c.Client.Token)
}

// checkWord: one of a few words.
func (l *loader) checkWord(path, have string, allowed ...string) {
	if !slices.Contains(allowed, have) {
		l.wrong(path, "%s is none of %s", quoted(have), strings.Join(allowed, ", "))
	}
}

// checkListen: beyond loopback only with authentication, and only by PORT.
func (l *loader) checkListen() {
	listen := l.config.Listen
	host, port, err := net.SplitHostPort(listen)
	if err != nil || (!isPort(port) && port != "0") {
		l.wrong("listen", "%s is not host:port: write 127.0.0.1:8080", quoted(listen))
		return
	}
	if IsLoopback(host) {
		return
	}
	if l.fromEnv["listen"] != "PORT" {
		l.wrong("listen", "%s is not a loopback address: write 127.0.0.1:%s, or set PORT to listen on all addresses", quoted(listen), port)
		return
	}
	if l.config.Auth.Mode == "none" && len(l.config.Auth.Tokens) == 0 {
		l.wrong("listen", "listens on all addresses, and nothing says who may come: set auth.mode or auth.tokens, or DOCKET_LISTEN to a loopback address")
	}
}

func isPort(s string) bool {
	n, err := strconv.ParseUint(s, 10, 16)
	return err == nil && n > 0
}

func IsLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}

func (l *loader) checkDatabase() {
	database := l.config.Database.Reveal()
	switch {
	case database == "" || strings.ContainsRune(database, 0):
		l.wrong("database", "must be a file's path or a postgres:// address")
	case !store.IsPostgres(database) && strings.Contains(database, "://"):
		l.wrong("database", "is an address of another kind: write a file's path or postgres://...")
	}
}

// checkURL: a base address without anything that may be a secret. It is not quoted,
// because it may hold one.
func (l *loader) checkURL(path, text string) {
	u, err := url.Parse(text)
	switch {
	case err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "":
		l.wrong(path, "must be an http:// or https:// address")
	case u.User != nil:
		l.wrong(path, "must not hold a user or a password")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		l.wrong(path, "must not hold a query or a fragment")
	}
}

// checkSecret: what is sent in a header must not be changed on its way. A pasted line break
// is the usual fault.
func (l *loader) checkSecret(path string, s fault.Secret) {
	text := s.Reveal()
	if text != strings.TrimSpace(text) || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		l.wrong(path, "holds a line break, a space at an end or a control character")
	}
}

func (l *loader) atLeastASecond(path string, have time.Duration) {
	if have < time.Second {
		l.wrong(path, "%s is too short: 1s is the shortest", have)
	}
}

// saidOf reports whether there is a mistake about a variable, or about its _FILE.
func (l *loader) saidOf(variable string) bool { return l.said(variable) || l.said(variable+"_FILE") }

var slackUser = regexp.MustCompile(`^\w{1,64}$`)

func (l *loader) checkSlack() {
	s := l.config.Slack
	l.checkURL("slack.api_url", s.APIURL)
	l.checkSecret("slack.token", s.Token)
	l.checkSecret("slack.signing_secret", s.SigningSecret)
	if l.config.PublicURL != "" {
		l.checkURL("public_url", l.config.PublicURL)
	}
	for i, user := range s.Users {
		path := fmt.Sprintf("slack.users[%d]", i)
		if _, ok := l.fromEnv["slack.users"]; ok {
			path = "slack.users"
		}
		if !slackUser.MatchString(user) {
			l.wrong(path, "%s is not a Slack user id: write one like U0123ABCD", quoted(user))
		}
	}
}

func (l *loader) checkPolicies() {
	p := l.config.Policies
	l.checkWord("policies.on_recovery", p.OnRecovery, recoveries...)
	l.checkWord("policies.backfill", p.Backfill, "digest", "all", "active")
	l.atLeastASecond("policies.stale_after", p.StaleAfter)
	if r := p.StaleRemind; r != 0 && r < time.Hour {
		l.wrong("policies.stale_remind", "%s is too often: 1h is the shortest, 0 is never", r)
	}
	if p.Storm.Limit > 0 {
		l.atLeastASecond("policies.storm.per", p.Storm.Per)
	}
}

// recoveries are what may happen to a ticket when its alert recovers.
var recoveries = []string{"note", "close", "none"}
