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
	// idleAfter ends a session that is not used, overAfter every session.
	idleAfter = 12 * time.Hour
	overAfter = 7 * 24 * time.Hour
	// touchAfter is how old the note of a session's use may grow: not every page writes.
	touchAfter = time.Minute
)

// cookieName is the session's: by https one that no neighbouring site and no http page can
// set for us (https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Set-Cookie,
// "__Host-", read 2026-11-23).
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

// cookie returns a cookie's value, "" where there is none or it cannot be ours.
func (g *Guard) cookie(r *http.Request, name string) string {
	c, err := r.Cookie(g.cookieName(r, name))
	if err != nil || len(c.Value) > 4096 {
		return ""
	}
	return c.Value
}

// session tells who a request's session belongs to.
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
	// Of another mode, or of roles that were configured otherwise: who is it now?
	if s.Kind != g.cfg.Mode || (s.Kind == ModeOIDC && s.Epoch != g.cfg.standing()) {
		return Caller{}, nil
	}
	if now.Sub(s.SeenAt) > touchAfter {
		if err := g.store.TouchSession(r.Context(), s.IDHash, now); err != nil {
			g.log.WarnContext(r.Context(), "the use of a session was not noted", "err", err)
		}
	}
	return Caller{Name: s.Name, Kind: KindSession, Role: Role(s.Role)}, nil
}

// login starts a session under a new id, whatever the browser held before: an id that
// somebody else may have put there is worth nothing.
func (g *Guard) login(w http.ResponseWriter, r *http.Request, name string, role Role, epoch int64) error {
	now := time.Now().UTC()
	g.endSession(r, "logged in again")
	id := random()
	entry := audit.Entry{
		CreatedAt: now, Actor: audit.Person(name), Action: audit.ActionLogin,
		Payload: map[string]any{"mode": g.cfg.Mode, "role": string(role), "address": g.address(r).String()},
	}
	err := g.store.StartSession(r.Context(), store.Session{IDHash: hashOf(id), Kind: g.cfg.Mode, Name: name, Role: string(role), Epoch: epoch, CreatedAt: now, SeenAt: now}, entry)
	if err != nil {
		return err
	}
	g.log.InfoContext(r.Context(), "logged in", "actor", name, "mode", g.cfg.Mode)
	g.setCookie(w, r, sessionCookie, id, overAfter)
	return nil
}

// endSession ends the session that a request carries, where it carries one.
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
		g.log.WarnContext(r.Context(), "a session was not ended", "err", err)
	}
}
