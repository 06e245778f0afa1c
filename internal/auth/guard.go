package auth

import (
	"context"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"docket/internal/fault"
	"docket/internal/store"
)

// The modes: how people log in.
const (
	ModeNone     = "none"
	ModePassword = "password"
	ModeOIDC     = "oidc"
	ModeAccess   = "cloudflare_access"
)

// Config configures who may do what.
type Config struct {
	// Mode is one of the modes.
	Mode string
	// Tokens are the configured API tokens. Without any, and with mode none, everybody on this machine may do
	// everything.
	Tokens []Token
	// Senders are the sources with their own way to authenticate, by name.
	Senders map[string]Sender
	// Loopback means that the listener is on a loopback address.
	Loopback bool
	// PublicStatus makes the status page public; OpenMetrics does so for the metrics.
	PublicStatus, OpenMetrics bool
	// Proxies are trusted for X-Forwarded-For and X-Forwarded-Proto.
	Proxies []netip.Prefix
	// URL is Docket's public address, without a trailing slash.
	URL string
	// Roles lists the e-mail addresses, groups and service tokens that have each role.
	Roles  map[Role][]string
	OIDC   OIDC
	Access Access
	// Stylesheet is the address of the console's stylesheet, "" for the login page's own.
	Stylesheet string
	// Client is used to talk to the issuer; nil for a default one with timeouts.
	Client *http.Client
}

// Sender is how a source authenticates: by its own token or by a signature.
type Sender struct {
	Token     fault.Secret
	Signature *Signature
}

// Guard checks the caller of every route.
type Guard struct {
	cfg    Config
	store  *store.Store
	log    *slog.Logger
	tokens *tokens
	pages  *template.Template
	denied *denials
	oidc   *issuer
	access *assertion
	// hashing limits how many passwords are hashed at once, because each takes memory.
	hashing chan struct{}
	// decoy is compared with if there is no such account, so that the response time reveals nothing.
	decoy string
}

// New returns a guard. It does not contact the issuer yet, so an unreachable issuer does not prevent startup.
func New(cfg Config, st *store.Store, log *slog.Logger) (*Guard, error) {
	pages, err := template.ParseFS(files, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("parse the login pages: %w", err)
	}
	decoy, err := HashPassword(fault.Secret(random()))
	if err != nil {
		return nil, err
	}
	if cfg.Client == nil {
		cfg.Client = &http.Client{Timeout: 10 * time.Second}
	}
	g := &Guard{
		cfg: cfg, store: st, log: log, pages: pages, decoy: decoy, denied: newDenials(), hashing: make(chan struct{}, 2),
		tokens: &tokens{configured: cfg.Tokens, store: st, recent: map[string]recentToken{}},
	}
	switch cfg.Mode {
	case ModeOIDC:
		g.oidc = newIssuer(cfg)
	case ModeAccess:
		g.access = newAssertion(cfg)
	}
	return g, nil
}

// open reports whether no login is required; then only requests from this machine are served.
func (g *Guard) open() bool { return g.cfg.Mode == ModeNone && len(g.cfg.Tokens) == 0 }

// Identify returns who sent a request: nobody if it has no credentials or wrong ones. An error means that this cannot
// be checked now. If the request has a token, only the token counts: a session does not make up for a wrong token.
func (g *Guard) Identify(r *http.Request) (Caller, error) {
	if c, ok := r.Context().Value(callerKey{}).(Caller); ok {
		return c, nil
	}
	now := time.Now().UTC()
	if g.open() {
		return Caller{Name: "local", Kind: KindLocal, Role: RoleAdmin}, nil
	}
	if r.Header.Get("Authorization") != "" {
		c, _, err := g.tokens.find(r.Context(), credential(r), now)
		return c, err
	}
	switch g.cfg.Mode {
	case ModeAccess:
		return g.behindAccess(r, now)
	case ModePassword, ModeOIDC:
		return g.session(r, now)
	}
	return Caller{}, nil
}

// Check returns who sent a request and 0, or the status code to reject it with: 401 for nobody, 403 for a caller who
// lacks the right, 503 if this cannot be checked now. A denial is audited.
func (g *Guard) Check(r *http.Request, right Right) (Caller, int) {
	c, err := g.Identify(r)
	switch {
	case err != nil:
		g.log.WarnContext(r.Context(), "caller could not be identified", "request", r.URL.Path, "err", err)
		return Caller{}, http.StatusServiceUnavailable
	case c.Can(right):
		return c, 0
	case c.Kind == KindNobody:
		if r.Header.Get("Authorization") != "" || r.Header.Get(accessHeader) != "" { // Otherwise the caller just has not logged in yet.
			g.deny(r, c, "not known", right)
		}
		return c, http.StatusUnauthorized
	}
	g.deny(r, c, "lacks the right", right)
	return c, http.StatusForbidden
}

// Require only lets through callers with a right. The caller is in the request's context.
func (g *Guard) Require(right Right, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, refusal := g.Check(r, right)
		if refusal != 0 {
			g.Refuse(w, r, refusal, right)
			return
		}
		h.ServeHTTP(w, r.WithContext(With(r.Context(), c)))
	})
}

// Public lets everybody through. A caller who can be identified is in the request's context.
func (g *Guard) Public(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c, err := g.Identify(r); err == nil { // Otherwise the caller is nobody here.
			r = r.WithContext(With(r.Context(), c))
		}
		h.ServeHTTP(w, r)
	})
}

// Status guards the public status page: it is public unless configured otherwise.
func (g *Guard) Status(h http.Handler) http.Handler {
	if g.cfg.PublicStatus {
		return g.Public(h)
	}
	return g.Require(Read, h)
}

// Metrics guards the metrics: public if so configured, and open to whoever connects to a loopback listener directly and
// not through a proxy.
func (g *Guard) Metrics(h http.Handler) http.Handler {
	guarded := g.Require(Read, h)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		direct := g.cfg.Loopback && isLoopbackHost(r.Host) && !forwarded(r)
		if g.cfg.OpenMetrics || direct {
			h.ServeHTTP(w, r)
			return
		}
		guarded.ServeHTTP(w, r)
	})
}

// Sweep deletes expired sessions and login attempts.
func (g *Guard) Sweep(ctx context.Context, now time.Time) error {
	return g.store.DropSessions(ctx, now.Add(-idleAfter), now.Add(-overAfter), now.Add(-tryWindow))
}

// Missing returns the command that creates the first account, "" if there is one or none is needed.
func (g *Guard) Missing(ctx context.Context) string {
	if g.cfg.Mode != ModePassword {
		return ""
	}
	if all, err := g.store.Accounts(ctx); err != nil || len(all) > 0 {
		return ""
	}
	return "nobody can log in yet: run docket auth set NAME --role admin on its machine"
}
