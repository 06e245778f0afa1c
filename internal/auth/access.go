package auth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"docket/internal/audit"
)

// accessHeader carries Cloudflare Access's assertion to the origin
// (https://developers.cloudflare.com/cloudflare-one/access-controls/applications/http-apps/authorization-cookie/validating-json/,
// read 2026-11-23: validate the header, because the cookie is not always passed on).
const accessHeader = "Cf-Access-Jwt-Assertion"

// Access configures Cloudflare Access in front of Docket.
type Access struct {
	// Team is the team's address, https://TEAM.cloudflareaccess.com.
	Team string
	// Audience are the AUD tags of the applications that protect Docket.
	Audience []string
	// RoleClaim is the claim matched against Config.Roles, besides the e-mail address and a service token's client id.
	// Dots lead into objects.
	RoleClaim string
}

// assertion checks Cloudflare Access's assertion, which comes with every request.
type assertion struct {
	cfg    Config
	keys   *keySet
	claims *oidc.Config // how claims are checked

	mu sync.Mutex // guards seen
	// seen holds the hashes of the assertions whose first use has been audited as a login.
	seen map[string]bool
}

func newAssertion(cfg Config) *assertion {
	return &assertion{cfg: cfg, seen: map[string]bool{},
		keys: newKeySet(cfg.Access.Team+"/cdn-cgi/access/certs", cfg.Client), claims: &oidc.Config{
			SupportedSigningAlgs: []string{oidc.RS256, oidc.ES256},
			SkipClientIDCheck:    true, // There may be several; read checks them.
			Now:                  func() time.Time { return time.Now().Add(-leeway) },
		}}
}

// behindAccess returns the caller that Cloudflare Access let through. An invalid assertion makes the caller nobody;
// keys that cannot be fetched are an error.
func (g *Guard) behindAccess(r *http.Request, now time.Time) (Caller, error) {
	raw := r.Header.Get(accessHeader)
	if raw == "" {
		return Caller{}, nil
	}
	ctx, cancel := context.WithTimeout(r.Context(), issuerTimeout)
	defer cancel()
	c, err := g.access.read(ctx, raw)
	if errors.Is(err, errNoKeys) {
		return Caller{}, err
	}
	if err != nil {
		g.log.DebugContext(ctx, "token of Cloudflare Access refused", "err", err)
		return Caller{}, nil
	}
	if g.access.first(raw) {
		g.tellAccess(ctx, r, c, now)
	}
	return c, nil
}

// tellAccess audits the first use of an Access session as a login.
func (g *Guard) tellAccess(ctx context.Context, r *http.Request, c Caller, now time.Time) {
	err := g.store.AppendEntries(ctx, audit.Entry{
		CreatedAt: now, Actor: c.Actor(), Action: audit.ActionLogin,
		Payload: map[string]any{"mode": ModeAccess, "role": string(c.Role), "address": g.address(r).String()},
	})
	if err != nil {
		g.log.WarnContext(ctx, "login could not be audited", "err", err)
	}
}

// first reports whether this process sees an assertion for the first time.
func (a *assertion) first(raw string) bool {
	hash := hashOf(raw)
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.seen[hash] {
		return false
	}
	if len(a.seen) >= maxRecent {
		clear(a.seen)
	}
	a.seen[hash] = true
	return true
}

// read checks an assertion and returns its caller. A person without a role is known but may do nothing.
func (a *assertion) read(ctx context.Context, raw string) (Caller, error) {
	keys := &tellingKeys{keySet: a.keys}
	id, err := oidc.NewVerifier(a.cfg.Access.Team, keys, a.claims).Verify(ctx, raw)
	if err != nil {
		return Caller{}, fmt.Errorf("verify: %w", errors.Join(err, keys.err))
	}
	if !slices.ContainsFunc(id.Audience, func(aud string) bool { return slices.Contains(a.cfg.Access.Audience, aud) }) {
		return Caller{}, errors.New("verify: it is for another application")
	}
	var claims map[string]any
	if err := id.Claims(&claims); err != nil {
		return Caller{}, fmt.Errorf("read: %w", err)
	}
	// A person has an e-mail address; a service token has its client id as common_name.
	name := textAt(claims, "email")
	if name == "" {
		name = textAt(claims, "common_name")
	}
	if name == "" {
		return Caller{}, errors.New("read: it names nobody")
	}
	return Caller{Name: name, Kind: KindAccess, Role: a.cfg.roleFor(append(wordsAt(claims, a.cfg.Access.RoleClaim), name))}, nil
}
