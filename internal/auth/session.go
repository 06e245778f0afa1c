package auth

import (
	"context"
	"errors"
	"net/http"
	"time"

	"docket/internal/audit"
	"docket/internal/store"
)

const (
	// idleAfter ends an unused session; overAfter ends every session.
	idleAfter = 12 * time.Hour
	overAfter = 7 * 24 * time.Hour
	// touchAfter is how outdated a session's recorded last use may be, so that not every page causes a write.
	touchAfter = time.Minute
)

// cookieName is the name of a cookie. Over https it has a prefix with which no neighbouring site and no http page can
// set it (https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Set-Cookie, "__Host-", read 2026-11-23).
func (g *Guard) cookieName(r *http.Request, name string) string {
	if g.Secure(r) {
		return "__Host-" + name
	}
	return name
}

const (
	sessionCookie = "docket_session"
	flowCookie    = "docket_login"
)

func (g *Guard) setCookie(w http.ResponseWriter, r *http.Request, name, value string, maxAge time.Duration) {
	seconds := int(maxAge.Seconds())
	if value == "" {
		seconds = -1
	}
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // Secure wherever the request came by https.
		Name: g.cookieName(r, name), Value: value, Path: "/", MaxAge: seconds,
		HttpOnly: true, Secure: g.Secure(r), SameSite: http.SameSiteLaxMode,
	})
}

// cookie returns a cookie's value, "" if there is none or it cannot be ours.
func (g *Guard) cookie(r *http.Request, name string) string {
	c, err := r.Cookie(g.cookieName(r, name))
	if err != nil || len(c.Value) > 4096 {
		return ""
	}
	return c.Value
}

// session returns the caller to whom a request's session belongs.
func (g *Guard) session(r *http.Request, now time.Time) (Caller, error) {
	id := g.cookie(r, sessionCookie)
	if id == "" {
		return Caller{}, nil
	}
	s, err := g.store.LoadSession(r.Context(), hashOf(id), now.Add(-idleAfter), now.Add(-overAfter))
	if errors.Is(err, store.ErrNotFound) {
		return Caller{}, nil
	}
	if err != nil {
		return Caller{}, err
	}
	// The session is from another mode, or roles have been reconfigured since: log in again.
	if s.Kind != g.cfg.Mode || (s.Kind == ModeOIDC && s.Epoch != g.cfg.standing()) {
		return Caller{}, nil
	}
	if now.Sub(s.SeenAt) > touchAfter {
		if err := g.store.TouchSession(r.Context(), s.IDHash, now); err != nil {
			g.log.WarnContext(r.Context(), "session could not be updated", "err", err)
		}
	}
	return Caller{Name: s.Name, Kind: KindSession, Role: Role(s.Role)}, nil
}

// login starts a session under a new id, whatever the browser had before, so that an id planted by somebody else is
// worthless.
func (g *Guard) login(w http.ResponseWriter, r *http.Request, name string, role Role, epoch int64) error {
	now := time.Now().UTC()
	g.endSession(r, "logged in again")
	id := random()
	entry := audit.Entry{
		CreatedAt: now, Actor: audit.Person(name), Action: audit.ActionLogin,
		Payload: map[string]any{"mode": g.cfg.Mode, "role": string(role), "address": g.address(r).String()},
	}
	err := g.store.StartSession(r.Context(),
		store.Session{IDHash: hashOf(id), Kind: g.cfg.Mode, Name: name, Role: string(role), Epoch: epoch, CreatedAt: now, SeenAt: now}, entry)
	if err != nil {
		return err
	}
	g.log.InfoContext(r.Context(), "logged in", "actor", name, "mode", g.cfg.Mode)
	g.setCookie(w, r, sessionCookie, id, overAfter)
	return nil
}

// endSession ends the request's session, if it has one.
func (g *Guard) endSession(r *http.Request, why string) {
	id := g.cookie(r, sessionCookie)
	if id == "" {
		return
	}
	now := time.Now().UTC()
	s, err := g.store.LoadSession(r.Context(), hashOf(id), now.Add(-idleAfter), now.Add(-overAfter))
	if err == nil {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), 5*time.Second)
		defer cancel()
		err = g.store.EndSession(ctx, s.IDHash, audit.Entry{
			CreatedAt: now, Actor: audit.Person(s.Name), Action: audit.ActionLogout,
			Payload: map[string]any{"reason": why, "address": g.address(r).String()},
		})
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		g.log.WarnContext(r.Context(), "session could not be ended", "err", err)
	}
}
