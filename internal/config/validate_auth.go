package config

import (
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"golang.org/x/net/http/httpguts"

	"docket/internal/auth"
	"docket/internal/fault"
)

// scopes are what a token may be good for.
var scopes = []string{"ingest", "read", "operate", "admin"}

// shortestToken is how long an API token must be, so that nobody guesses it.
const shortestToken = 16

func (l *loader) checkAuth() {
	a := l.config.Auth
	l.checkWord("auth.mode", a.Mode, auth.ModeNone, auth.ModePassword, auth.ModeOIDC, auth.ModeAccess)
	l.checkTokens(a.Tokens)
	if a.URL != "" {
		l.checkURL("auth.url", a.URL)
	}
	for i, text := range a.TrustedProxies {
		if _, err := ParseNetwork(text); err != nil {
			l.wrong(fmt.Sprintf("auth.trusted_proxies[%d]", i), "%s is no network: write 10.0.0.0/8 or 10.1.2.3", quoted(text))
		}
	}
	switch a.Mode {
	case auth.ModeOIDC:
		l.checkOIDC()
	case auth.ModeAccess:
		l.checkCF()
	}
	if a.Mode == auth.ModeOIDC || a.Mode == auth.ModeAccess {
		l.checkRoles()
	}
}

// ParseNetwork reads a network, or one address.
func ParseNetwork(text string) (netip.Prefix, error) {
	if strings.Contains(text, "/") {
		p, err := netip.ParsePrefix(text)
		return p.Masked(), err
	}
	a, err := netip.ParseAddr(text)
	if err != nil {
		return netip.Prefix{}, err
	}
	return a.Unmap().Prefix(a.Unmap().BitLen())
}

func (l *loader) checkTokens(tokens []TokenConfig) {
	names, owners := map[string]bool{}, map[fault.Secret]string{}
	for i, t := range tokens {
		at := fmt.Sprintf("auth.tokens[%d]", i)
		l.checkName(at+".name", t.Name, names)
		owner, twice := owners[t.Token]
		switch {
		case !t.Token.Set() && !l.said(at+".token_file"):
			l.wrong(at+".token", "is missing: set token or token_file")
		case t.Token.Set() && len(t.Token) < shortestToken:
			l.wrong(at+".token", "is shorter than %d characters", shortestToken)
		case t.Token.Set() && twice:
			l.wrong(at+".token", "is the token of %s, too", quoted(owner))
		}
		owners[t.Token] = t.Name
		l.checkSecret(at+".token", t.Token)
		if len(t.Scopes) == 0 {
			l.wrong(at+".scopes", "is missing: set one or more of %s", strings.Join(scopes, ", "))
		}
		for j, s := range t.Scopes {
			l.checkWord(fmt.Sprintf("%s.scopes[%d]", at, j), s, scopes...)
		}
	}
}

// wanted: a key that a mode cannot do without.
func (l *loader) wanted(path, mode string, there bool) {
	if !there && !l.said(path) {
		l.wrong(path, "is missing: auth.mode %s needs it", mode)
	}
}

func (l *loader) checkOIDC() {
	o := l.config.Auth.OIDC
	l.wanted("auth.oidc.issuer", auth.ModeOIDC, o.Issuer != "")
	l.wanted("auth.oidc.client_id", auth.ModeOIDC, o.ClientID != "")
	l.wanted("auth.oidc.role_claim", auth.ModeOIDC, o.RoleClaim != "")
	l.wanted("auth.url", auth.ModeOIDC, l.config.Auth.URL != "")
	if o.Issuer != "" {
		l.checkSafeURL("auth.oidc.issuer", o.Issuer)
	}
	l.checkSecret("auth.oidc.client_secret", o.ClientSecret)
}

// checkSafeURL: who is asked there decides who may come in, so nobody may stand between.
func (l *loader) checkSafeURL(path, text string) {
	l.checkURL(path, text)
	if u, err := url.Parse(text); err == nil && u.Scheme == "http" && !IsLoopback(u.Hostname()) {
		l.wrong(path, "must be an https:// address")
	}
}

func (l *loader) checkCF() {
	c := l.config.Auth.CF
	l.wanted("auth.cloudflare_access.team", auth.ModeAccess, c.Team != "")
	l.wanted("auth.cloudflare_access.audience", auth.ModeAccess, len(c.Audience) > 0)
	if c.Team != "" {
		l.checkSafeURL("auth.cloudflare_access.team", c.Team)
	}
	for i, aud := range c.Audience {
		if aud == "" {
			l.wrong(fmt.Sprintf("auth.cloudflare_access.audience[%d]", i), "is empty")
		}
	}
}

// checkRoles: without any, nobody could do anything.
func (l *loader) checkRoles() {
	r := l.config.Auth.Roles
	if len(r.Admin)+len(r.Operator)+len(r.Viewer) == 0 {
		l.wrong("auth.roles", "is missing: say which e-mail addresses or groups are admin, operator and viewer")
	}
	for _, list := range []struct {
		name  string
		words []string
	}{{"admin", r.Admin}, {"operator", r.Operator}, {"viewer", r.Viewer}} {
		for i, word := range list.words {
			if strings.TrimSpace(word) == "" {
				l.wrong(fmt.Sprintf("auth.roles.%s[%d]", list.name, i), "is empty")
			}
		}
	}
}

// checkHMAC looks at how a source's sender signs.
func (l *loader) checkHMAC(at string, s SourceConfig) {
	if !l.given[at] {
		return
	}
	h := s.HMAC
	switch {
	case s.Poll != "":
		l.wrong(at, "belongs to a pushed source")
		return
	case s.Token.Set():
		l.wrong(at, "token is set, too: set only one of them")
	}
	switch {
	case !h.Secret.Set() && !l.said(at+".secret_file"):
		l.wrong(at+".secret", "is missing: set secret or secret_file")
	case h.Secret.Set() && len(h.Secret) < shortestToken:
		l.wrong(at+".secret", "is shorter than %d characters", shortestToken)
	}
	l.checkSecret(at+".secret", h.Secret)
	if h.Header == "" {
		l.wrong(at+".header", "is missing: the header that holds the signature, such as X-Hub-Signature-256")
	}
	for key, name := range map[string]string{"header": h.Header, "timestamp_header": h.TimestampHeader} {
		if name != "" && !httpguts.ValidHeaderFieldName(name) {
			l.wrong(at+"."+key, "%s is not a header's name", quoted(name))
		}
		if http.CanonicalHeaderKey(name) == "Authorization" {
			l.wrong(at+"."+key, "must not be Authorization, which holds tokens")
		}
	}
	if h.TimestampHeader != "" {
		l.atLeastASecond(at+".tolerance", h.Tolerance)
	}
}
