package auth_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"docket/internal/audit"
	"docket/internal/auth"
	"docket/internal/store"
	"docket/internal/store/storetest"
)

func TestPasswordLetsInWithTheAccountsRoleOnEveryReplica(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database string) {
		st := open(t, database)
		one, two := newSite(t, st, auth.Config{Mode: auth.ModePassword}), newSite(t, st, auth.Config{Mode: auth.ModePassword})
		if r := one.ask(http.MethodGet, "/console/login", ""); !strings.Contains(r.text, "docket auth set NAME --role admin") {
			t.Errorf("without an account, the login page does not say how to make one: %s", r.text)
		}
		account(t, st, "ada", auth.RoleOperator, password)
		if r := one.ask(http.MethodGet, "/console/read?a=b", ""); r.status != http.StatusSeeOther ||
			r.header.Get("Location") != "/console/login?next=%2Fconsole%2Fread%3Fa%3Db" {
			t.Errorf("a stranger is sent to %q with %d", r.header.Get("Location"), r.status)
		}
		ada := one.session(" Ada ", password)
		for _, s := range []*site{one, two} {
			s.wants(http.StatusOK, "/console/read", ada)
			s.wants(http.StatusOK, "/console/operate", ada)
			s.wants(http.StatusForbidden, "/console/admin", ada)
		}
		if len(one.audited(audit.ActionLogin)) != 1 || len(one.audited(audit.ActionDenied)) != 2 {
			t.Error("one login and two refusals are not what the audit log tells")
		}
		two.ask(http.MethodPost, "/console/logout", "", ada)
		one.wants(http.StatusSeeOther, "/console/read", ada)
		if all := one.audited(audit.ActionLogout); len(all) != 1 || all[0].Actor.Name != "ada" {
			t.Errorf("the logout is audited as %v", all)
		}
	})
}

func TestSessionCookieIsNotForScriptsNorForeignSites(t *testing.T) {
	st := open(t, storetest.URL(t, "sqlite"))
	s := newSite(t, st, auth.Config{Mode: auth.ModePassword, Proxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}})
	stranger := newSite(t, st, auth.Config{Mode: auth.ModePassword})
	account(t, st, "ada", auth.RoleViewer, password)
	const https = "X-Forwarded-Proto: https"
	for _, c := range []struct {
		name   string
		site   *site
		cookie string
		secure bool
	}{
		{"by https through a trusted proxy", s, "__Host-docket_session", true},
		{"somebody says that it came by https", stranger, "docket_session", false},
	} {
		r := c.site.login("ada", password, https)
		cookie := r.cookie(c.cookie)
		if cookie == nil {
			t.Errorf("%s: no cookie %s among %v", c.name, c.cookie, r.cookies)
			continue
		}
		if !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || cookie.Path != "/" || cookie.Domain != "" || cookie.Secure != c.secure {
			t.Errorf("%s: %+v", c.name, cookie)
		}
		if hsts := r.header.Get("Strict-Transport-Security"); (hsts != "") != c.secure {
			t.Errorf("%s: HSTS %q", c.name, hsts)
		}
		if csp := r.header.Get("Content-Security-Policy"); !strings.Contains(csp, "frame-ancestors 'none'") || strings.Contains(csp, "unsafe") ||
			r.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: headers %v", c.name, r.header)
		}
	}
}

func TestLoginTakesNoSessionThatSomebodyElsePlanted(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database string) {
		st := open(t, database)
		s := newSite(t, st, auth.Config{Mode: auth.ModePassword})
		account(t, st, "ada", auth.RoleAdmin, password)
		account(t, st, "eve", auth.RoleViewer, password)
		for _, planted := range []string{"Cookie: docket_session=chosen-by-eve", s.session("eve", password)} {
			ada := s.session("ada", password, planted)
			if ada == planted {
				t.Fatal("the planted id became the session's")
			}
			s.wants(http.StatusSeeOther, "/console/admin", planted)
			s.wants(http.StatusSeeOther, "/console/read", planted)
			s.wants(http.StatusOK, "/console/admin", ada)
		}
	})
}

func TestSessionEndsWithAnotherPasswordAndWithItsAccount(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database string) {
		st := open(t, database)
		s := newSite(t, st, auth.Config{Mode: auth.ModePassword})
		account(t, st, "ada", auth.RoleAdmin, password)
		ada := s.session("ada", password)
		if err := st.PutAccount(t.Context(), store.Account{Name: "ada", Role: string(auth.RoleViewer)},
			entry(audit.ActionAccountSet)); err != nil {
			t.Fatal(err)
		}
		s.wants(http.StatusForbidden, "/console/operate", ada) // The role counts at once.
		s.wants(http.StatusOK, "/console/read", ada)
		account(t, st, "ada", auth.RoleAdmin, "another long password")
		s.wants(http.StatusSeeOther, "/console/read", ada)
		if r := s.login("ada", password); r.status != http.StatusUnauthorized {
			t.Errorf("the old password: %d", r.status)
		}
		again := s.session("ada", "another long password")
		if err := st.RemoveAccount(t.Context(), "ada", entry(audit.ActionAccountGone)); err != nil {
			t.Fatal(err)
		}
		s.wants(http.StatusSeeOther, "/console/read", again)
	})
}

func TestSessionEndsUnusedAfterTwelveHoursAndAfterSevenDays(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database string) {
		st := open(t, database)
		s := newSite(t, st, auth.Config{Mode: auth.ModePassword})
		account(t, st, "ada", auth.RoleViewer, password)
		for i, c := range []struct {
			born, seen time.Duration
			status     int
		}{
			{2 * time.Hour, time.Hour, http.StatusOK},
			{6 * 24 * time.Hour, 11 * time.Hour, http.StatusOK},
			{13 * time.Hour, 13 * time.Hour, http.StatusSeeOther},
			{7*24*time.Hour + time.Minute, time.Minute, http.StatusSeeOther},
		} {
			id, now := fmt.Sprintf("session-%d", i), time.Now().UTC()
			sum := sha256.Sum256([]byte(id))
			kept := store.Session{IDHash: hex.EncodeToString(sum[:]), Kind: auth.ModePassword, Name: "ada", Role: "viewer", Epoch: 1,
				CreatedAt: now.Add(-c.born), SeenAt: now.Add(-c.seen)}
			if err := st.StartSession(t.Context(), kept, entry(audit.ActionLogin)); err != nil {
				t.Fatal(err)
			}
			s.wants(c.status, "/console/read", "Cookie: docket_session="+id)
			s.wants(http.StatusSeeOther, "/console/read", "Cookie: docket_session="+kept.IDHash) // Who reads the table has no session.
		}
	})
}

func TestTriesToLogInAreCountedOverAllReplicas(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database string) {
		st := open(t, database)
		replicas := []*site{newSite(t, st, auth.Config{Mode: auth.ModePassword}), newSite(t, st, auth.Config{Mode: auth.ModePassword})}
		account(t, st, "ada", auth.RoleAdmin, password)
		for _, name := range []string{"ada", "nobody"} { // An unknown name is treated alike.
			for i := range 10 {
				r := replicas[i%2].login(name, mistyped)
				if r.status != http.StatusUnauthorized || !strings.Contains(r.text, "The name or the password is wrong.") {
					t.Fatalf("try %d as %s: %d %s", i, name, r.status, r.text)
				}
			}
			for _, s := range replicas {
				if r := s.login(name, password); r.status != http.StatusTooManyRequests || r.header.Get("Retry-After") == "" {
					t.Errorf("after ten tries as %s, the right password: %d", name, r.status)
				}
			}
		}
		denied := replicas[0].audited(audit.ActionDenied)
		if len(denied) != 24 {
			t.Errorf("%d refusals are audited, want 24", len(denied))
		}
		for _, e := range denied {
			if text := fmt.Sprint(e.Actor, e.Payload); strings.Contains(text, mistyped) || strings.Contains(text, "nobody") {
				t.Errorf("what was typed is in the audit log: %s", text)
			}
		}
	})
}

func TestOneAddressCannotTryOneNameAfterTheOther(t *testing.T) {
	st := open(t, storetest.URL(t, "sqlite"))
	s := newSite(t, st, auth.Config{Mode: auth.ModePassword, Proxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}})
	account(t, st, "ada", auth.RoleAdmin, password)
	const eve = "X-Forwarded-For: 10.0.0.1, 203.0.113.9"
	for i := range 30 {
		if r := s.login(fmt.Sprintf("name%d", i), mistyped, eve); r.status != http.StatusUnauthorized {
			t.Fatalf("try %d: %d", i, r.status)
		}
	}
	// What stands before the proxy's own word anybody can write.
	if r := s.login("ada", password, "X-Forwarded-For: 10.9.9.9, 203.0.113.9"); r.status != http.StatusTooManyRequests {
		t.Errorf("the 31st try: %d", r.status)
	}
	if r := s.login("ada", password, "X-Forwarded-For: 203.0.113.10"); r.status != http.StatusSeeOther {
		t.Errorf("another address is kept out, too: %d", r.status)
	}
	if denied := s.audited(audit.ActionDenied); len(denied) < 20 || len(denied) > 25 {
		t.Errorf("31 refusals in a moment make %d entries: a scanner would flood the audit log", len(denied))
	}
}

func TestPageOfAnotherSiteLogsNobodyInOrOut(t *testing.T) {
	st := open(t, storetest.URL(t, "sqlite"))
	s := newSite(t, st, auth.Config{Mode: auth.ModePassword})
	account(t, st, "ada", auth.RoleAdmin, password)
	ada := s.session("ada", password)
	for _, foreign := range []string{"Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site",
		"Origin: https://evil.example", "Origin: null"} {
		if r := s.login("ada", password, foreign); r.status != http.StatusForbidden || len(r.cookies) > 0 {
			t.Errorf("login with %s: %d %v", foreign, r.status, r.cookies)
		}
		for _, path := range []string{"/console/operate", "/console/logout"} {
			if r := s.ask(http.MethodPost, path, "", ada, foreign); r.status != http.StatusForbidden {
				t.Errorf("POST %s with %s: %d", path, foreign, r.status)
			}
		}
	}
	s.wants(http.StatusOK, "/console/admin", ada)
	if r := s.ask(http.MethodPost, "/console/operate", "", ada, "Sec-Fetch-Site: same-origin"); r.status != http.StatusOK {
		t.Errorf("its own page: %d", r.status)
	}
}

func TestLoginLeadsNowhereElse(t *testing.T) {
	st := open(t, storetest.URL(t, "sqlite"))
	s := newSite(t, st, auth.Config{Mode: auth.ModePassword})
	account(t, st, "ada", auth.RoleAdmin, password)
	for next, want := range map[string]string{
		"/console/tickets?a=b": "/console/tickets?a=b", "": "/console", "//evil.example": "/console", "https://evil.example": "/console",
		`/\evil.example`: "/console",
		"/\tevil":        "/console", "javascript:alert(1)": "/console", "/console/login?next=x": "/console", "evil.example": "/console",
	} {
		r := s.ask(http.MethodPost, "/console/login", url.Values{"name": {"ada"}, "password": {password}, "next": {next}}.Encode())
		if at := r.header.Get("Location"); at != want {
			t.Errorf("next %q leads to %q, want %q", next, at, want)
		}
	}
	if r := s.login(`"><script>alert(1)</script>`, mistyped); strings.Contains(r.text, "<script") {
		t.Errorf("a name is not escaped: %s", r.text)
	}
	if strings.Contains(s.log.String(), password) {
		t.Error("the password is in the log")
	}
}

func TestTokenOfTheDatabaseIsGoodUntilItIsRemoved(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database string) {
		st := open(t, database)
		s := newSite(t, st, auth.Config{Mode: auth.ModePassword})
		token, hash := auth.NewToken()
		if err := st.AddAPIToken(t.Context(), store.APIToken{Name: "grafana", Hash: hash, Scopes: []string{"read"}},
			entry(audit.ActionTokenMade)); err != nil {
			t.Fatal(err)
		}
		bearer := "Authorization: Bearer " + token.Reveal()
		s.wants(http.StatusOK, "/console/read", bearer)
		s.wants(http.StatusForbidden, "/console/operate", bearer)
		s.wants(http.StatusSeeOther, "/console/read", "Authorization: Bearer "+hash)
		s.wants(http.StatusSeeOther, "/console/read", bearer+"x")
		if err := st.RemoveAPIToken(t.Context(), "grafana", entry(audit.ActionTokenGone)); err != nil {
			t.Fatal(err)
		}
		newSite(t, st, auth.Config{Mode: auth.ModePassword}).wants(http.StatusSeeOther, "/console/read", bearer)
	})
}
