package config

import (
	"fmt"
	"strings"
	"time"

	"docket/internal/alert"
	"docket/internal/fault"
)

// The paces of what is asked again and again, where nothing else is said.
const (
	defaultEvery        = 30 * time.Second
	defaultProbeTimeout = 10 * time.Second
)

// settle fills in what follows from what is set.
func (l *loader) settle() {
	c := &l.config
	l.settleDesks()
	for i := range c.Webhooks {
		w, at := &c.Webhooks[i], fmt.Sprintf("webhooks[%d]", i)
		l.settleSecret(&w.URL, w.URLFile, at, "url")
		l.settleSecret(&w.Secret, w.SecretFile, at, "secret")
		l.settleToken(&w.Token, w.TokenFile, at)
	}
	for i := range c.Sources {
		l.settleSource(&c.Sources[i], fmt.Sprintf("sources[%d]", i))
	}
	for i := range c.Surfaces {
		l.settleSurface(&c.Surfaces[i], fmt.Sprintf("surfaces[%d]", i))
	}
	for i := range c.Routes {
		if c.Routes[i].Name == "" {
			c.Routes[i].Name = strings.Join(c.Routes[i].Match, ",")
		}
	}
	for i := range c.Auth.Tokens {
		t := &c.Auth.Tokens[i]
		l.settleToken(&t.Token, t.TokenFile, fmt.Sprintf("auth.tokens[%d]", i))
	}
	c.Auth.URL = strings.TrimRight(c.Auth.URL, "/")
	c.Auth.CF.Team = strings.TrimRight(c.Auth.CF.Team, "/")
	l.settleEnvToken("admin", c.Auth.Admin)
	l.settleEnvToken("ingest", c.Auth.Ingest)
}

// settleEnvToken puts a token of the environment beside those of the file; its name and its
// scope are one word.
func (l *loader) settleEnvToken(scope string, token fault.Secret) {
	variable, set := l.fromEnv["auth."+scope+"_token"]
	if !set || l.saidOf(variable) {
		return
	}
	l.fromEnv[fmt.Sprintf("auth.tokens[%d].token", len(l.config.Auth.Tokens))] = variable
	l.fromEnv[fmt.Sprintf("auth.tokens[%d].name", len(l.config.Auth.Tokens))] = variable
	l.config.Auth.Tokens = append(l.config.Auth.Tokens, TokenConfig{Name: scope, Token: token, Scopes: []string{scope}})
}

func (l *loader) settleSource(s *SourceConfig, path string) {
	if s.Poll != "" && s.Every == 0 && !l.given[path+".every"] {
		s.Every = defaultEvery
	}
	if s.Poll == "" && s.Format == "" {
		s.Format = "alertmanager"
	}
	if s.Codes.Limit > 0 && s.Codes.Per == 0 {
		s.Codes.Per = 5 * time.Minute
	}
	if s.Codes.Limit > 0 && s.Codes.Severity == 0 {
		s.Codes.Severity = alert.P2
	}
	if s.Expect.Alert != "" && s.Expect.Severity == 0 {
		s.Expect.Severity = alert.P2
	}
	l.settleToken(&s.Token, s.TokenFile, path)
	l.settleSecret(&s.HMAC.Secret, s.HMAC.SecretFile, path+".hmac", "secret")
	if s.HMAC.Secret.Set() {
		settleHMAC(&s.HMAC, l.given[path+".hmac.join"])
	}
}

// settleHMAC fills in Grafana's way, except that nothing is signed but the body.
func settleHMAC(h *HMACConfig, joined bool) {
	if h.TimestampHeader != "" && !joined {
		h.Join = ":"
	}
	if h.Tolerance == 0 {
		h.Tolerance = 5 * time.Minute
	}
}

func (l *loader) settleSurface(s *SurfaceConfig, path string) {
	if s.Every == 0 && !l.given[path+".every"] {
		s.Every = defaultEvery
	}
	if s.Timeout == 0 {
		s.Timeout = min(defaultProbeTimeout, s.Every)
	}
	if s.Title == "" {
		s.Title = s.Name
	}
	if s.DownAfter == 0 {
		s.DownAfter = 2
	}
	if s.UpAfter == 0 {
		s.UpAfter = 2
	}
	if s.Severity == 0 {
		s.Severity = alert.P2
	}
	if s.DegradedSeverity == 0 {
		s.DegradedSeverity = max(alert.P3, s.Severity)
	}
	if s.InvestigateWindow == 0 {
		s.InvestigateWindow = l.config.Policies.InvestigateWindow
	}
}

// settleToken reads the token that path.token_file names.
func (l *loader) settleToken(token *fault.Secret, file, path string) {
	l.settleSecret(token, file, path, "token")
}

// settleSecret reads the secret that its key with _file behind names.
func (l *loader) settleSecret(secret *fault.Secret, file, path, key string) {
	at := path + "." + key + "_file"
	if file == "" {
		return
	}
	if secret.Set() {
		l.wrong(at, "%s is set, too: set only one of them", key)
		return
	}
	text, err := ReadSecret(file)
	if err != nil {
		l.wrong(at, "%v", err)
		return
	}
	*secret = fault.Secret(text)
}
