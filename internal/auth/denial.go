package auth

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"docket/internal/answer"
	"docket/internal/audit"
)

const (
	// denialBurst entries may be written at once, then one per denialPace, so that a scanner cannot flood the audit
	// log. The next entry says how many were left out.
	denialBurst = 20
	denialPace  = 10 * time.Second
)

// denials limits the rate of entries about denied callers.
type denials struct {
	limit *rate.Limiter

	mu   sync.Mutex // guards left
	left int
}

func newDenials() *denials {
	return &denials{limit: rate.NewLimiter(rate.Every(denialPace), denialBurst)}
}

// take reports whether an entry may be written now, and how many were left out before it.
func (d *denials) take(now time.Time) (left int, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.limit.AllowN(now, 1) {
		d.left++
		return 0, false
	}
	left, d.left = d.left, 0
	return left, true
}

// deny records a denial in the log and the audit log.
func (g *Guard) deny(r *http.Request, c Caller, why string, right Right) {
	g.denyAs(r, c.Actor(), why, right)
}

func (g *Guard) denyAs(r *http.Request, who audit.Actor, why string, right Right) {
	now := time.Now().UTC()
	left, ok := g.denied.take(now)
	if !ok {
		return
	}
	if who.Name == "" {
		who.Name = "unknown"
	}
	about := map[string]any{"reason": why, "method": clip(r.Method), "path": clip(r.URL.Path), "address": g.address(r).String()}
	if right != "" {
		about["needs"] = string(right)
	}
	if left > 0 {
		about["left_out_before"] = left
	}
	g.log.WarnContext(r.Context(), "caller refused", "actor", who.Name, "request", clip(r.URL.Path), "reason", why,
		"address", about["address"])
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), 5*time.Second)
	defer cancel()
	if err := g.store.AppendEntries(ctx, audit.Entry{CreatedAt: now, Actor: who, Action: audit.ActionDenied, Payload: about}); err != nil {
		g.log.WarnContext(ctx, "refusal could not be audited", "err", err)
	}
}

// clip limits what a stranger can write into the log.
func clip(s string) string {
	const longest = 200
	if len(s) > longest {
		return strings.ToValidUTF8(s[:longest], "") + "…"
	}
	return s
}

// Refuse responds to a request that Check rejected: with a page or a redirect to the login for browsers, with JSON for
// programs.
func (g *Guard) Refuse(w http.ResponseWriter, r *http.Request, status int, right Right) {
	switch status {
	case http.StatusServiceUnavailable:
		w.Header().Set("Retry-After", "5")
		g.answer(w, r, status, "Docket cannot check who you are because its database does not respond: try again in a moment")
	case http.StatusForbidden:
		if !wantsPage(r) {
			answer.Error(w, status, fmt.Sprintf("the caller lacks the right %s: use another token, or give this one the scope %s", right, right))
			return
		}
		c, _ := g.Identify(r) // Check has just identified the caller.
		g.page(w, r, "refused.html", status,
			page{Caller: c, Sentence: fmt.Sprintf("You are %s, without the right to %s. Ask an admin for it.", roleOf(c), right)})
	default:
		if wantsPage(r) && (g.cfg.Mode == ModePassword || g.cfg.Mode == ModeOIDC) {
			g.toLogin(w, r)
			return
		}
		if wantsPage(r) && g.cfg.Mode == ModeAccess {
			g.page(w, r, "login.html", http.StatusUnauthorized, page{})
			return
		}
		challenge := `Bearer realm="docket"`
		if wantsPage(r) && g.cfg.Mode == ModeNone {
			challenge = `Basic realm="docket: any name, and a token as the password", charset="UTF-8"` // This makes the browser ask for credentials.
		}
		w.Header().Set("WWW-Authenticate", challenge)
		g.answer(w, r, http.StatusUnauthorized, fmt.Sprintf("a token with the scope %s is needed: send it as Authorization: Bearer", right))
	}
}

func roleOf(c Caller) string {
	if c.Role == "" {
		return c.Name + ", without a role"
	}
	return fmt.Sprintf("%s, %s", c.Name, c.Role)
}

// toLogin redirects a browser to the login and back afterwards. A submitted form is lost: the way back leads to the
// page it was on.
func (g *Guard) toLogin(w http.ResponseWriter, r *http.Request) {
	next := r.URL.RequestURI()
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		next = defaultNext
	}
	http.Redirect(w, r, loginPath+nextQuery(next), http.StatusSeeOther)
}

// answer responds with one sentence: on a page for browsers, as JSON for programs.
func (g *Guard) answer(w http.ResponseWriter, r *http.Request, status int, sentence string) {
	if wantsPage(r) {
		g.page(w, r, "refused.html", status, page{Sentence: sentence})
		return
	}
	answer.Error(w, status, sentence)
}

// wantsPage reports whether a browser is requesting a page.
func wantsPage(r *http.Request) bool {
	return !isMachines(r.URL.Path) && strings.Contains(r.Header.Get("Accept"), "text/html")
}
