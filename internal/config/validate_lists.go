package config

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/alertmanager/pkg/labels"

	"docket/internal/notify/webhook"
	"docket/internal/probe"
	"docket/internal/source"
	"docket/internal/template"
)

var goodName = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,62}$`)

// checkName: a name that may stand in an address, once in its list.
func (l *loader) checkName(path, name string, seen map[string]bool) {
	switch {
	case name == "":
		l.wrong(path, "is missing")
	case !goodName.MatchString(name):
		l.wrong(path, "%s is not a name: write at most 63 lower-case letters, digits, - and _, beginning with a letter or digit", quoted(name))
	case seen[name]:
		l.wrong(path, "%s stands twice", quoted(name))
	}
	seen[name] = true
}

func (l *loader) checkSources() {
	seen := map[string]bool{}
	for i, s := range l.config.Sources {
		at := fmt.Sprintf("sources[%d]", i)
		l.checkName(at+".name", s.Name, seen)
		l.checkIdentity(at+".identity", s.Identity)
		l.checkSecret(at+".token", s.Token)
		l.checkHMAC(at+".hmac", s)
		l.checkReading(at, s)
		if s.Poll != "" {
			l.checkPolled(at, s)
			continue
		}
		if s.Name == "slack" {
			l.wrong(at+".name", "/hooks/slack is where Slack's buttons come in: write another name")
		}
		if !slices.Contains(source.Formats(), s.Format) {
			l.wrong(at+".format", "%s is not supported by this version: write one of %s", quoted(s.Format), strings.Join(source.Formats(), ", "))
		}
		for _, key := range []string{"url", "every"} {
			if l.given[at+"."+key] {
				l.wrong(at+"."+key, "belongs to a polled source: write poll: %s", strings.Join(source.PollKinds(), " or poll: "))
			}
		}
	}
}

func (l *loader) checkPolled(at string, s SourceConfig) {
	if !slices.Contains(source.PollKinds(), s.Poll) {
		l.wrong(at+".poll", "%s is not supported by this version: write one of %s", quoted(s.Poll), strings.Join(source.PollKinds(), ", "))
	}
	for _, key := range []string{"format", "resolve_timeout"} {
		if l.given[at+"."+key] {
			l.wrong(at+"."+key, "belongs to a pushed source, and this one is polled")
		}
	}
	if s.URL == "" {
		l.wrong(at+".url", "is missing: a polled source needs the address to ask")
	} else {
		l.checkURL(at+".url", s.URL)
	}
	l.atLeastASecond(at+".every", s.Every)
}

func (l *loader) checkIdentity(path string, c IdentityConfig) {
	ways := 0
	for _, there := range []bool{len(c.Drop) > 0, len(c.Keep) > 0, c.AlertID} {
		if there {
			ways++
		}
	}
	if ways > 1 {
		l.wrong(path, "drop, keep and alert_id exclude each other")
	}
	if slices.Contains(c.Drop, "") || slices.Contains(c.Keep, "") {
		l.wrong(path, "a label without a name stands here")
	}
}

func (l *loader) checkSurfaces() {
	seen := map[string]bool{}
	// Only to see whether the probes can be made: none is asked.
	prober := probe.New(nil, time.Time{}, "")
	for i, s := range l.config.Surfaces {
		at := fmt.Sprintf("surfaces[%d]", i)
		l.checkName(at+".name", s.Name, seen)
		l.atLeastASecond(at+".every", s.Every)
		if s.Timeout > s.Every && s.Every >= time.Second {
			l.wrong(at+".timeout", "%s is longer than every, which is %s", s.Timeout, s.Every)
		}
		if s.DegradedSeverity < s.Severity {
			l.wrong(at+".degraded_severity", "%s is worse than severity, which is %s", s.DegradedSeverity, s.Severity)
		}
		for j, link := range s.Links {
			l.checkLink(fmt.Sprintf("%s.links[%d].url", at, j), link.URL)
		}
		l.checkProbe(at+".probe", s, prober)
	}
}

func (l *loader) checkProbe(at string, s SurfaceConfig, prober *probe.Prober) {
	if l.said(at) {
		return
	}
	wrong := s.Probe.Check()
	if len(wrong) == 0 {
		// What only a file can show.
		_, err := prober.Make(s.Probe, SurfaceOf(s))
		if f, ok := errors.AsType[*probe.Fault](err); ok {
			wrong = append(wrong, f)
		}
	}
	for _, f := range wrong {
		l.wrong(strings.TrimSuffix(at+"."+f.Key, "."), "%s", plain(f.Reason))
	}
}

// checkLink: an address for people, which may have a query.
func (l *loader) checkLink(path, text string) {
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" || u.User != nil {
		l.wrong(path, "must be an http:// or https:// address without user or password")
	}
}

func (l *loader) checkWebhooks() {
	seen := map[string]bool{}
	for i, w := range l.config.Webhooks {
		at := fmt.Sprintf("webhooks[%d]", i)
		l.checkName(at+".name", w.Name, seen)
		if w.URL.Set() {
			l.checkLink(at+".url", w.URL.Reveal())
		} else if w.URLFile == "" {
			l.wrong(at+".url", "is missing: write url, or url_file")
		}
		l.checkSecret(at+".token", w.Token)
		l.checkSecret(at+".secret", w.Secret)
		if err := webhook.CheckSecret(w.Secret); err != nil {
			l.wrong(at+".secret", "%v", err)
		}
	}
}

func (l *loader) checkRoutes() {
	seen := map[string]bool{}
	for i, r := range l.config.Routes {
		at := fmt.Sprintf("routes[%d]", i)
		if len(r.Match) == 0 {
			l.wrong(at+".match", `is missing: write at least one matcher, such as ['team="shop"']`)
		}
		for j, text := range r.Match {
			l.checkMatcher(fmt.Sprintf("%s.match[%d]", at, j), text)
		}
		if l.given[at+".name"] {
			l.checkName(at+".name", r.Name, seen)
		} else if seen[r.Name] {
			l.wrong(at+".match", "these matchers stand in an earlier route, so this one matches nothing")
		}
		seen[r.Name] = true
		_, faults := template.New(r.Subject, r.Body)
		for _, f := range faults {
			where := ""
			if f.Line > 0 {
				where = fmt.Sprintf(" (in line %d, column %d of the template)", f.Line, max(1, f.Column))
			}
			l.wrong(at+"."+f.Part, "%s%s", plain(f.Reason), where)
		}
		if r.OnRecovery != "" {
			l.checkWord(at+".on_recovery", r.OnRecovery, recoveries...)
		}
		if r.Storm.Per != nil {
			l.atLeastASecond(at+".storm.per", *r.Storm.Per)
		}
		if slices.Contains(r.Tags, "") {
			l.wrong(at+".tags", "an empty tag stands here")
		}
	}
}

// checkMatcher: Alertmanager's library reads it.
func (l *loader) checkMatcher(path, text string) {
	parsed, err := labels.ParseMatchers(text)
	switch {
	case err != nil:
		l.wrong(path, `%s is not a matcher: write label="value", or !=, =~ or !~ in place of = (%s)`, quoted(text), plain(err.Error()))
	case len(parsed) == 0:
		l.wrong(path, "%s matches everything: write what it is to match", quoted(text))
	}
}
