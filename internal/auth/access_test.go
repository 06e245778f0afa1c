package auth_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"docket/internal/audit"
	"docket/internal/auth"
	"docket/internal/store/storetest"
)

const (
	audience = "aud-of-docket"
	word     = "Cf-Access-Jwt-Assertion: "
)

// accessSite is a site behind Cloudflare Access.
func accessSite(t *testing.T, database string, i *issuer) *site {
	t.Helper()
	return newSite(t, open(t, database), auth.Config{
		Mode: auth.ModeAccess, Client: i.srv.Client(),
		Access: auth.Access{Team: i.srv.URL, Audience: []string{"aud-of-another", audience}, RoleClaim: "custom.groups"},
		Roles: map[auth.Role][]string{auth.RoleAdmin: {"ada@example.org"}, auth.RoleOperator: {"deploy.access", "sre"},
			auth.RoleViewer: {"bob@example.org"}},
	})
}

func TestAccessWordLetsInWithItsRole(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database string) {
		i := newIssuer(t)
		s := accessSite(t, database, i)
		for _, c := range []struct {
			name                 string
			claims               map[string]any
			read, operate, admin int
		}{
			{"an admin's address", map[string]any{"email": "ada@example.org"}, 200, 200, 200},
			{"a group", map[string]any{"email": "cyd@example.org", "custom": map[string]any{"groups": []any{map[string]any{"name": "sre"}}}},
				200, 200, 403},
			{"a service token", map[string]any{"sub": "", "common_name": "deploy.access"}, 200, 200, 403},
			{"a viewer's address", map[string]any{"email": "bob@example.org"}, 200, 403, 403},
			{"ended half a minute ago by a clock that is before ours",
				map[string]any{"email": "bob@example.org", "exp": time.Now().Add(-30 * time.Second).Unix()}, 200, 403, 403},
			{"somebody without a role", map[string]any{"email": "eve@example.org"}, 403, 403, 403},
			{"nobody", nil, 401, 401, 401},
		} {
			token := word + i.own()(i.claims(audience, c.claims))
			for path, status := range map[string]int{"/console/read": c.read, "/console/operate": c.operate, "/console/admin": c.admin} {
				if r := s.ask(http.MethodGet, path, "", token); r.status != status {
					t.Errorf("%s: GET %s: %d, want %d", c.name, path, r.status, status)
				}
			}
		}
		if n := len(s.audited(audit.ActionLogin)); n != 6 {
			t.Errorf("%d first uses are audited, want 6", n)
		}
	})
}

func TestAccessWordIsNotBelievedWhereAnythingIsWrong(t *testing.T) {
	i := newIssuer(t)
	s := accessSite(t, storetest.URL(t, "sqlite"), i)
	good := word + i.own()(i.claims(audience, map[string]any{"email": "ada@example.org"}))
	s.wants(http.StatusOK, "/console/admin", good)
	for name, c := range i.forged(audience) {
		if r := s.ask(http.MethodGet, "/console/read", "", word+c.sign(c.claims)); r.status != http.StatusUnauthorized {
			t.Errorf("%s: %d", name, r.status)
		}
	}
	s.wants(http.StatusUnauthorized, "/console/read")
	s.wants(http.StatusUnauthorized, "/console/read", "Cf-Access-Authenticated-User-Email: ada@example.org") // Anybody can write that.
	if len(s.audited(audit.ActionDenied)) != 11 {
		t.Errorf("%d refusals are audited, want one for each word", len(s.audited(audit.ActionDenied)))
	}
}

func TestAccessKeysAreKeptAndNotAskedForByStrangers(t *testing.T) {
	i := newIssuer(t)
	s := accessSite(t, storetest.URL(t, "sqlite"), i)
	good := word + i.own()(i.claims(audience, map[string]any{"email": "ada@example.org"}))
	i.away.Store(true)
	s.wants(http.StatusServiceUnavailable, "/console/read", good)
	i.away.Store(false)
	s.wants(http.StatusOK, "/console/read", good)
	for n := range 20 {
		stranger := i.signed(jose.RS256, i.key, fmt.Sprintf("invented-%d", n))
		s.wants(http.StatusUnauthorized, "/console/read", word+stranger(i.claims(audience, map[string]any{"email": "ada@example.org"})))
	}
	if n := i.fetches.Load(); n > 2 {
		t.Errorf("strangers made us ask %d times for the keys", n)
	}
	i.away.Store(true)
	s.wants(http.StatusOK, "/console/read", good)
}
