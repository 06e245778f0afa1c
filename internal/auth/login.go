package auth

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"docket/internal/answer"
	"docket/internal/audit"
	"docket/internal/store"
)

//go:embed templates
var files embed.FS

const (
	loginPath = "/console/login"
	// defaultNext is where a login leads if it did not start on a page.
	defaultNext = "/console"
	// tryWindow is the time span over which login attempts are counted. Within it, a name has maxTriesName attempts and
	// a network maxTriesNet.
	tryWindow    = 15 * time.Minute
	maxTriesName = 10
	maxTriesNet  = 30
)

// Mount puts the login routes on the mux. They are open to everybody.
func (g *Guard) Mount(mux *http.ServeMux) {
	mux.HandleFunc("GET "+loginPath, g.getLogin)
	mux.HandleFunc("POST "+loginPath, g.postLogin)
	mux.HandleFunc("GET "+loginPath+"/oidc", g.getOIDC)
	mux.HandleFunc("GET "+loginPath+"/callback", g.getCallback)
	mux.HandleFunc("GET "+loginPath+".css", g.getStylesheet)
	mux.HandleFunc("POST /console/logout", g.postLogout)
}

// page is the data of the templates.
type page struct {
	Mode, Next, Name, Sentence, Missing, Stylesheet, Issuer string
	Caller                                                  Caller
}

func (g *Guard) page(w http.ResponseWriter, r *http.Request, name string, status int, p page) {
	p.Mode, p.Stylesheet = g.cfg.Mode, g.cfg.Stylesheet
	p.Missing = g.Missing(r.Context())
	if u, err := url.Parse(g.cfg.OIDC.Issuer); err == nil {
		p.Issuer = u.Hostname()
	}
	if p.Next == "" {
		p.Next = defaultNext
	}
	var out bytes.Buffer
	if err := g.pages.ExecuteTemplate(&out, name, p); err != nil {
		g.log.ErrorContext(r.Context(), "page failed", "err", err)
		http.Error(w, "the page cannot be shown", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(out.Bytes()) // If this fails, the caller has disconnected.
}

func (g *Guard) getStylesheet(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "public, max-age=3600")
	http.ServeFileFS(w, r, files, "templates/login.css")
}

func (g *Guard) getLogin(w http.ResponseWriter, r *http.Request) {
	next := safeNext(r.URL.Query().Get("next"))
	if c, err := g.Identify(r); err == nil && c.Kind != KindNobody {
		http.Redirect(w, r, next, http.StatusSeeOther) //nolint:gosec // safeNext has left only paths of ours.
		return
	}
	g.page(w, r, "login.html", http.StatusOK, page{Next: next})
}

// postLogin logs in with a password.
func (g *Guard) postLogin(w http.ResponseWriter, r *http.Request) {
	if g.cfg.Mode != ModePassword {
		g.answer(w, r, http.StatusNotFound, "login by password is not enabled")
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
	if err := r.ParseForm(); err != nil {
		g.answer(w, r, http.StatusBadRequest, "the form could not be read")
		return
	}
	name, password, next := strings.ToLower(strings.TrimSpace(r.PostForm.Get("name"))), r.PostForm.Get("password"), safeNext(r.PostForm.Get(
		"next"))
	ctx, cancel := context.WithTimeout(r.Context(), 10*time.Second)
	defer cancel()
	account, err := g.tryPassword(ctx, r, name, password)
	if err == nil {
		err = g.login(w, r, account.Name, Role(account.Role), account.Epoch)
	}
	status, sentence := http.StatusServiceUnavailable, "Docket cannot check the password now. Try again in a moment."
	switch {
	case err == nil:
		http.Redirect(w, r, next, http.StatusSeeOther) //nolint:gosec // safeNext has left only paths of ours.
		return
	case errors.Is(err, errWrong):
		status, sentence = http.StatusUnauthorized, "The name or the password is wrong."
	case errors.Is(err, errTooMany):
		w.Header().Set("Retry-After", strconv.Itoa(int(tryWindow.Seconds())))
		status, sentence = http.StatusTooManyRequests, "Too many attempts. Wait 15 minutes."
	default:
		g.log.WarnContext(r.Context(), "login could not be checked", "err", err)
	}
	if !wantsPage(r) {
		answer.Error(w, status, sentence)
		return
	}
	g.page(w, r, "login.html", status, page{Next: next, Name: clip(name), Sentence: sentence})
}

var (
	errWrong   = errors.New("the name or the password is wrong")
	errTooMany = errors.New("too many login attempts")
)

// tryPassword checks a name and its password. An attempt is counted before it is checked, so that parallel attempts on
// many replicas are limited as strictly as sequential ones. Known and unknown names are treated alike, in the response
// and in the time it takes.
func (g *Guard) tryPassword(ctx context.Context, r *http.Request, name, password string) (store.Account, error) {
	now := time.Now().UTC()
	bounds := []struct {
		subject string
		limit   int64
	}{{"address " + network(g.address(r)), maxTriesNet}, {"name " + hashOf(name), maxTriesName}}
	for _, b := range bounds {
		tries, err := g.store.CountTry(ctx, b.subject, now.Add(-tryWindow), now)
		if err != nil {
			return store.Account{}, err
		}
		if tries > b.limit {
			g.deny(r, Caller{}, "too many login attempts", "")
			return store.Account{}, errTooMany
		}
	}
	account, err := g.store.Account(ctx, name)
	known := err == nil
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return store.Account{}, err
	}
	hash := g.decoy
	if known {
		hash = account.Password
	}
	if len(password) > longestPassword {
		password = ""
	}
	good, err := g.matches(ctx, password, hash)
	if err != nil {
		return store.Account{}, err
	}
	if !good || !known {
		// An unknown name is not recorded, because people type passwords there by mistake.
		who := audit.Actor{Kind: audit.KindPerson}
		if known {
			who.Name = account.Name
		}
		g.denyAs(r, who, "wrong name or password", "")
		return store.Account{}, errWrong
	}
	if err := g.store.ForgetTries(ctx, bounds[1].subject); err != nil {
		return store.Account{}, err
	}
	return account, nil
}

func (g *Guard) postLogout(w http.ResponseWriter, r *http.Request) {
	g.endSession(r, "logged out")
	g.setCookie(w, r, sessionCookie, "", 0)
	if g.cfg.Mode == ModeAccess { // The session is Cloudflare's and ends there.
		http.Redirect(w, r, "/cdn-cgi/access/logout", http.StatusSeeOther)
		return
	}
	http.Redirect(w, r, loginPath, http.StatusSeeOther)
}

// safeNext returns next if it leads to this site, and defaultNext otherwise.
func safeNext(next string) string {
	u, err := url.Parse(next)
	if err != nil || len(next) > 2000 || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") ||
		strings.ContainsAny(next, "\\\r\n\t") ||
		u.Host != "" || u.Scheme != "" || strings.HasPrefix(u.Path, loginPath) {
		return defaultNext
	}
	return next
}

func nextQuery(next string) string {
	if next = safeNext(next); next == defaultNext {
		return ""
	}
	return "?" + url.Values{"next": {next}}.Encode()
}
