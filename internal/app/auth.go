package app

import (
	"log/slog"
	"net"

	"docket/internal/auth"
	"docket/internal/config"
	"docket/internal/store"
)

// newGuard makes the guard of what is configured.
func newGuard(cfg config.Config, st *store.Store, log *slog.Logger) (*auth.Guard, error) {
	a := cfg.Auth
	host, _, err := net.SplitHostPort(cfg.Listen)
	c := auth.Config{
		Mode: a.Mode, Loopback: err == nil && config.IsLoopback(host), PublicStatus: a.PublicStatus, OpenMetrics: a.OpenMetrics,
		URL: a.URL, Senders: senders(cfg),
		Roles: map[auth.Role][]string{auth.RoleAdmin: a.Roles.Admin, auth.RoleOperator: a.Roles.Operator, auth.RoleViewer: a.Roles.Viewer},
		OIDC: auth.OIDC{Issuer: a.OIDC.Issuer, ClientID: a.OIDC.ClientID, ClientSecret: a.OIDC.ClientSecret, Scopes: a.OIDC.Scopes,
			RoleClaim: a.OIDC.RoleClaim},
		Access: auth.Access{Team: a.CF.Team, Audience: a.CF.Audience, RoleClaim: a.CF.RoleClaim},
	}
	for _, t := range a.Tokens {
		c.Tokens = append(c.Tokens, auth.Token{Name: t.Name, Secret: t.Token, Scopes: t.Scopes})
	}
	for _, text := range a.TrustedProxies {
		p, err := config.ParseNetwork(text)
		if err != nil {
			return nil, err // checkAuth has named it, and the program does not start.
		}
		c.Proxies = append(c.Proxies, p)
	}
	return auth.New(c, st, log)
}

// senders are the pushed sources whose senders have a token or a signature of their own.
func senders(cfg config.Config) map[string]auth.Sender {
	all := map[string]auth.Sender{}
	for _, s := range cfg.Sources {
		switch {
		case s.Poll != "":
		case s.HMAC.Secret.Set():
			h := s.HMAC
			all[s.Name] = auth.Sender{Signature: &auth.Signature{Secret: h.Secret, Header: h.Header, TimestampHeader: h.TimestampHeader,
				Join: h.Join, Tolerance: h.Tolerance}}
		case s.Token.Set():
			all[s.Name] = auth.Sender{Token: s.Token}
		}
	}
	return all
}
