package auth_test

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"docket/internal/audit"
	"docket/internal/auth"
	"docket/internal/store/storetest"
)

// oidcSite is a site whose people log in with an issuer.
func oidcSite(t *testing.T, database string, i *issuer) *site {
	t.Helper()
	return newSite(t, open(t, database),
		oidcConfig(i, map[auth.Role][]string{auth.RoleAdmin: {"ada@example.org"}, auth.RoleOperator: {"sre"}}))
}

func oidcConfig(i *issuer, roles map[auth.Role][]string) auth.Config {
	return auth.Config{
		Mode: auth.ModeOIDC, Client: i.srv.Client(), Roles: roles,
		OIDC: auth.OIDC{Issuer: i.srv.URL, ClientID: clientID, ClientSecret: clientSecret, Scopes: []string{"email"}, RoleClaim: "realm.groups"},
	}
}

// begun is a login on its way in a browser.
type begun struct {
	cookie string
	asked  url.Values
}

func (s *site) begin() begun {
	s.t.Helper()
	r := s.ask(http.MethodGet, "/console/login/oidc?next=/console/read", "")
	c := r.cookie("docket_login")
	if r.status != http.StatusSeeOther || c == nil || !c.HttpOnly {
		s.t.Fatalf("the login does not begin: %d %s", r.status, r.text)
	}
	return begun{"Cookie: docket_login=" + c.Value, query(s.t, r.header.Get("Location"))}
}

// back comes back from the issuer, which stands by a token for a code.
func (s *site) back(i *issuer, b begun, idToken string) reply {
	s.t.Helper()
	i.grant("code-1", grant{b.asked.Get("code_challenge"), idToken})
	return s.ask(http.MethodGet, "/console/login/callback?"+
		url.Values{"code": {"code-1"}, "state": {b.asked.Get("state")}}.Encode(), "", b.cookie)
}

func TestIssuersWordLetsInWithTheRoleOfAddressOrGroup(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database string) {
		i := newIssuer(t)
		s := oidcSite(t, database, i)
		for _, c := range []struct {
			name   string
			claims map[string]any
			role   auth.Role
		}{
			{"an address that the issuer has verified", map[string]any{"email": "Ada@example.org", "email_verified": true}, auth.RoleAdmin},
			{"an address that it has not verified", map[string]any{"email": "ada@example.org", "email_verified": false}, ""},
			{"an address of which it says nothing", map[string]any{"email": "ada@example.org"}, ""},
			{"a group", map[string]any{"realm": map[string]any{"groups": []string{"all", "sre"}}}, auth.RoleOperator},
			{"nobody we know", map[string]any{"email": "eve@example.org", "email_verified": true}, ""},
		} {
			b := s.begin()
			if b.asked.Get("code_challenge_method") != "S256" || b.asked.Get("redirect_uri") != s.url+"/console/login/callback" ||
				!strings.Contains(b.asked.Get("scope"), "openid") {
				t.Errorf("the issuer is asked %v", b.asked)
			}
			claims := i.claims(clientID, c.claims)
			claims["nonce"] = b.asked.Get("nonce")
			r := s.back(i, b, i.own()(claims))
			session := r.cookie("docket_session")
			if c.role == "" {
				if r.status != http.StatusForbidden || session != nil || !strings.Contains(r.text, "have no role in Docket") {
					t.Errorf("%s: %d %s", c.name, r.status, r.text)
				}
				continue
			}
			if r.status != http.StatusSeeOther || session == nil || r.header.Get("Location") != "/console/read" {
				t.Errorf("%s: %d %s", c.name, r.status, r.text)
				continue
			}
			cookie := "Cookie: docket_session=" + session.Value
			s.wants(http.StatusOK, "/console/operate", cookie)
			if got := s.ask(http.MethodGet, "/console/admin", "", cookie).status == http.StatusOK; got != (c.role == auth.RoleAdmin) {
				t.Errorf("%s: admin is %t", c.name, got)
			}
		}
		if n := len(s.audited(audit.ActionLogin)); n != 2 {
			t.Errorf("%d logins are audited, want 2", n)
		}
	})
}

func TestIssuersWordIsNotBelievedWhereAnythingIsWrong(t *testing.T) {
	i := newIssuer(t)
	s := oidcSite(t, storetest.URL(t, "sqlite"), i)
	refused := func(name string, r reply, status int) {
		t.Helper()
		if r.status != status || r.cookie("docket_session") != nil {
			t.Errorf("%s: %d %s", name, r.status, r.text)
		}
	}
	for name, c := range i.forged(clientID) {
		b := s.begin()
		if c.claims != nil {
			c.claims["nonce"] = b.asked.Get("nonce")
		}
		refused(name, s.back(i, b, c.sign(c.claims)), http.StatusBadGateway)
	}
	good := i.claims(clientID, map[string]any{"email": "ada@example.org", "email_verified": true})
	of := func(b begun) string {
		all := maps.Clone(good)
		all["nonce"] = b.asked.Get("nonce")
		return i.own()(all)
	}
	mine, theirs := s.begin(), s.begin()
	refused("made for another login", s.back(i, mine, of(theirs)), http.StatusBadGateway)
	refused("without a nonce", s.back(i, mine, i.own()(good)), http.StatusBadGateway)
	refused("begun in another browser", s.back(i, begun{mine.cookie, theirs.asked}, of(theirs)), http.StatusBadRequest)
	refused("begun in no browser", s.back(i, begun{"Cookie: a=b", mine.asked}, of(mine)), http.StatusBadRequest)
	i.grant("stolen", grant{theirs.asked.Get("code_challenge"), of(mine)})
	refused("a code that was given to another",
		s.ask(http.MethodGet, "/console/login/callback?code=stolen&state="+mine.asked.Get("state"), "", mine.cookie), http.StatusBadGateway)
	refused("the issuer's refusal",
		s.ask(http.MethodGet, "/console/login/callback?error=access_denied&state="+mine.asked.Get("state"), "",
			mine.cookie), http.StatusForbidden)
	if r := s.back(i, mine, of(mine)); r.status != http.StatusSeeOther {
		t.Errorf("the right one: %d %s", r.status, r.text)
	}
	refused("the same code again",
		s.ask(http.MethodGet, "/console/login/callback?code=code-1&state="+mine.asked.Get("state"), "", mine.cookie), http.StatusBadGateway)
	refused("a password", s.login("ada", password), http.StatusNotFound)
	if len(s.audited(audit.ActionDenied)) < 10 {
		t.Error("the refusals are not audited")
	}
	if log := s.log.String(); strings.Contains(log, clientSecret) || strings.Contains(log, mine.asked.Get("state")) {
		t.Errorf("a secret is in the log: %s", log)
	}
}

func TestIssuerThatIsAwayKeepsDocketNotFromStarting(t *testing.T) {
	i := newIssuer(t)
	i.away.Store(true)
	s := oidcSite(t, storetest.URL(t, "sqlite"), i)
	if r := s.ask(http.MethodGet, "/console/login/oidc", ""); r.status != http.StatusBadGateway ||
		!strings.Contains(r.text, "The identity provider does not respond") {
		t.Errorf("while it is away: %d %s", r.status, r.text)
	}
	i.away.Store(false)
	s.begin()
}

func TestWhoLosesARoleInTheConfigurationLosesTheSession(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database string) {
		i := newIssuer(t)
		s := oidcSite(t, database, i)
		b := s.begin()
		claims := i.claims(clientID, map[string]any{"email": "ada@example.org", "email_verified": true})
		claims["nonce"] = b.asked.Get("nonce")
		session := s.back(i, b, i.own()(claims)).cookie("docket_session")
		if session == nil {
			t.Fatal("no session")
		}
		cookie := "Cookie: docket_session=" + session.Value
		s.wants(http.StatusOK, "/console/admin", cookie)
		// The same roles, after a restart or on another replica: she stays logged in.
		same := newSite(t, s.st, oidcConfig(i, map[auth.Role][]string{auth.RoleAdmin: {"ada@example.org"}, auth.RoleOperator: {"sre"}}))
		same.wants(http.StatusOK, "/console/admin", cookie)
		for name, roles := range map[string]map[auth.Role][]string{
			"another role": {auth.RoleViewer: {"ada@example.org"}, auth.RoleOperator: {"sre"}},
			"none":         {auth.RoleOperator: {"sre"}},
		} {
			changed := newSite(t, s.st, oidcConfig(i, roles))
			for _, page := range []string{"/console/admin", "/console/operate", "/console/read"} {
				if got := changed.ask(http.MethodGet, page, "", cookie); got.status == http.StatusOK {
					t.Errorf("%s: %s still answers", name, page)
				}
			}
		}
	})
}
