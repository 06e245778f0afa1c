package auth

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"docket/internal/audit"
	"docket/internal/fault"
)

// OIDC configures an OpenID Connect issuer.
type OIDC struct {
	Issuer       string
	ClientID     string
	ClientSecret fault.Secret
	// Scopes are requested in addition to openid.
	Scopes []string
	// RoleClaim is the claim matched against Config.Roles, besides the verified e-mail address. Dots lead into objects.
	RoleClaim string
}

const (
	// issuerTimeout limits the calls to the issuer for one page.
	issuerTimeout = 10 * time.Second
	// flowAge is how long a login may take.
	flowAge = 10 * time.Minute
	// leeway is how far our clock and the issuer's may differ.
	leeway = time.Minute
)

// issuer is the connection to the issuer. It is set up at the first login, so an unreachable issuer does not prevent
// startup.
type issuer struct {
	cfg Config

	mu sync.Mutex // guards provider
	// provider is the issuer's metadata, nil until it has been fetched.
	provider *oidc.Provider
}

func newIssuer(cfg Config) *issuer { return &issuer{cfg: cfg} }

// flow is one login in progress, kept in a cookie of the browser that started it. state binds the response to that
// browser, nonce the ID token to this flow, and verifier the code to us (PKCE).
type flow struct {
	State    string `json:"s"`
	Nonce    string `json:"n"`
	Verifier string `json:"v"`
	Next     string `json:"t"`
}

func (i *issuer) look(ctx context.Context) (*oidc.Provider, error) {
	i.mu.Lock()
	known := i.provider
	i.mu.Unlock()
	if known != nil {
		return known, nil
	}
	// The provider keeps the context for fetching keys later, so it must not be canceled.
	asked, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), i.cfg.Client), i.cfg.OIDC.Issuer)
	if err != nil {
		return nil, fmt.Errorf("ask the issuer: %w", err)
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.provider = asked
	return asked, nil
}

func (i *issuer) oauth(p *oidc.Provider) *oauth2.Config {
	scopes := []string{oidc.ScopeOpenID}
	for _, s := range i.cfg.OIDC.Scopes {
		if !slices.Contains(scopes, s) {
			scopes = append(scopes, s)
		}
	}
	return &oauth2.Config{
		ClientID: i.cfg.OIDC.ClientID, ClientSecret: i.cfg.OIDC.ClientSecret.Reveal(), Endpoint: p.Endpoint(),
		RedirectURL: i.cfg.URL + loginPath + "/callback", Scopes: scopes,
	}
}

// getOIDC redirects the browser to the issuer.
func (g *Guard) getOIDC(w http.ResponseWriter, r *http.Request) {
	if g.oidc == nil {
		g.answer(w, r, http.StatusNotFound, "login by OpenID Connect is not enabled")
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), issuerTimeout)
	defer cancel()
	p, err := g.oidc.look(ctx)
	if err != nil {
		g.log.WarnContext(ctx, "issuer could not be reached", "err", err)
		g.page(w, r, "login.html", http.StatusBadGateway, page{Sentence: "The identity provider does not respond. Try again in a moment."})
		return
	}
	f := flow{State: random(), Nonce: random(), Verifier: oauth2.GenerateVerifier(), Next: safeNext(r.URL.Query().Get("next"))}
	text, err := json.Marshal(f)
	if err != nil {
		g.answer(w, r, http.StatusInternalServerError, "login could not start")
		return
	}
	g.setCookie(w, r, flowCookie, base64.RawURLEncoding.EncodeToString(text), flowAge)
	http.Redirect(w, r, g.oidc.oauth(p).AuthCodeURL(f.State, oidc.Nonce(f.Nonce), oauth2.S256ChallengeOption(f.Verifier)), http.StatusSeeOther)
}

// getCallback handles the redirect back from the issuer.
func (g *Guard) getCallback(w http.ResponseWriter, r *http.Request) {
	if g.oidc == nil {
		g.answer(w, r, http.StatusNotFound, "login by OpenID Connect is not enabled")
		return
	}
	f, ok := g.flow(r)
	g.setCookie(w, r, flowCookie, "", 0) // It is valid for one response only.
	query := r.URL.Query()
	if !ok || !same(query.Get("state"), fault.Secret(f.State)) {
		g.deny(r, Caller{}, "login did not start in this browser", "")
		g.page(w, r, "login.html", http.StatusBadRequest,
			page{Sentence: "This login did not start in this browser, or it took too long. Start again."})
		return
	}
	if query.Get("code") == "" {
		g.deny(r, Caller{}, "the issuer refused: "+clip(query.Get("error")), "")
		g.page(w, r, "login.html", http.StatusForbidden, page{Sentence: "The identity provider refused the login.", Next: f.Next})
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), issuerTimeout)
	defer cancel()
	name, role, err := g.oidc.redeem(ctx, f, query.Get("code"))
	if err == nil {
		err = g.login(w, r, name, role, g.cfg.standing())
	}
	if err != nil {
		g.refuseLogin(w, r, f.Next, err)
		return
	}
	http.Redirect(w, r, f.Next, http.StatusSeeOther)
}

func (g *Guard) refuseLogin(w http.ResponseWriter, r *http.Request, next string, err error) {
	if none, ok := errors.AsType[*noRoleError](err); ok {
		g.denyAs(r, audit.Person(none.name), "no role", "")
		g.page(w, r, "refused.html", http.StatusForbidden,
			page{Sentence: "You are " + none.name + ", and have no role in Docket. Ask an admin to add you to auth.roles."})
		return
	}
	g.log.WarnContext(r.Context(), "a login failed", "err", err)
	g.deny(r, Caller{}, "response of the issuer is not valid", "")
	g.page(w, r, "login.html", http.StatusBadGateway,
		page{Sentence: "The login failed. Try again; the log says why.", Next: next})
}

func (g *Guard) flow(r *http.Request) (flow, bool) {
	var f flow
	text, err := base64.RawURLEncoding.DecodeString(g.cookie(r, flowCookie))
	if err != nil || json.Unmarshal(text, &f) != nil || f.State == "" || f.Nonce == "" || f.Verifier == "" {
		return flow{}, false
	}
	f.Next = safeNext(f.Next)
	return f, true
}

// redeem exchanges a code for the ID token, verifies it, and returns the person's name and role.
func (i *issuer) redeem(ctx context.Context, f flow, code string) (name string, role Role, err error) {
	p, err := i.look(ctx)
	if err != nil {
		return "", "", err
	}
	token, err := i.oauth(p).Exchange(oidc.ClientContext(ctx, i.cfg.Client), code, oauth2.VerifierOption(f.Verifier))
	if err != nil {
		if refused, ok := errors.AsType[*oauth2.RetrieveError](err); ok { // Its own text contains the whole response.
			return "", "", fmt.Errorf("redeem the code: the issuer answered %d %.60q", refused.Response.StatusCode, refused.ErrorCode)
		}
		return "", "", fmt.Errorf("redeem the code: %w", err)
	}
	raw, _ := token.Extra("id_token").(string)
	if raw == "" {
		return "", "", errors.New("redeem the code: the response has no id_token")
	}
	now := func() time.Time { return time.Now().Add(-leeway) }
	id, err := p.VerifierContext(oidc.ClientContext(context.WithoutCancel(ctx), i.cfg.Client),
		&oidc.Config{ClientID: i.cfg.OIDC.ClientID, Now: now}).Verify(ctx, raw)
	if err != nil {
		return "", "", fmt.Errorf("verify the id token: %w", err)
	}
	if !same(id.Nonce, fault.Secret(f.Nonce)) {
		return "", "", errors.New("verify the id token: it was made for another login")
	}
	var claims map[string]any
	if err := id.Claims(&claims); err != nil {
		return "", "", fmt.Errorf("read the id token: %w", err)
	}
	name = id.Subject
	known := append(wordsAt(claims, i.cfg.OIDC.RoleClaim), id.Subject)
	// An address that the issuer has not verified could be anybody's.
	if email := textAt(claims, "email"); email != "" && claims["email_verified"] == true {
		name, known = email, append(known, email)
	}
	if role = i.cfg.roleFor(known); role == "" {
		return "", "", &noRoleError{name}
	}
	return name, role, nil
}
