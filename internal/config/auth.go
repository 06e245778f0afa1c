package config

import (
	"strings"

	"docket/internal/auth"
	"docket/internal/fault"
)

// AuthConfig says who may do what.
type AuthConfig struct {
	// How people log in: none (from this machine only, unless there are tokens), password (`docket auth set` makes
	// the accounts), oidc, or cloudflare_access (Docket runs behind it).
	Mode string `yaml:"mode" default:"none" oneof:"none password oidc cloudflare_access"`
	// The address at which people reach Docket; oidc needs it.
	URL string `yaml:"url" format:"url" example:"https://docket.example.org"`
	// An OpenID Connect issuer, for the mode oidc.
	OIDC OIDCConfig `yaml:"oidc"`
	// Cloudflare Access in front of Docket, for the mode cloudflare_access.
	CF CFConfig `yaml:"cloudflare_access"`
	// Who has which role, for the modes oidc and cloudflare_access: verified e-mail addresses, groups, or the client
	// id of a service token; "*" is everybody who can log in. The most powerful role counts.
	Roles RolesConfig `yaml:"roles"`
	// The networks of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed.
	TrustedProxies []string `yaml:"trusted_proxies" format:"network" example:"[10.0.0.0/8]"`
	// Whether everybody may see /status.
	PublicStatus bool `yaml:"public_status" default:"true"`
	// Whether everybody may read /metrics. Otherwise that needs a token with the scope read, except on this machine.
	OpenMetrics bool `yaml:"open_metrics"`
	// Tokens for the API.
	Tokens []TokenConfig `yaml:"tokens"`
	// A token with the scope admin, for platforms that have no files: it is added to auth.tokens by the name admin.
	Admin fault.Secret `yaml:"-" env:"DOCKET_ADMIN_TOKEN" min:"16"`
	// A token with the scope ingest, by the name ingest.
	Ingest fault.Secret `yaml:"-" env:"DOCKET_INGEST_TOKEN" min:"16"`
}

// OIDCConfig is an OpenID Connect issuer.
type OIDCConfig struct {
	// The address of the issuer.
	Issuer string `yaml:"issuer" format:"https" example:"https://id.example.org"`
	// The id with which Docket is registered there.
	ClientID string `yaml:"client_id" example:"docket"`
	// The secret that belongs to client_id; a public client has none.
	ClientSecret fault.Secret `yaml:"client_secret" env:"DOCKET_OIDC_CLIENT_SECRET" example:"the-secret-of-the-client"`
	// The scopes to ask for, besides openid.
	Scopes []string `yaml:"scopes" default:"email,profile"`
	// The claim that holds the groups of a person. Dots lead into objects: realm_access.roles.
	RoleClaim string `yaml:"role_claim" default:"groups"`
}

// CFConfig is Cloudflare Access before Docket.
type CFConfig struct {
	// The address of your team, https://TEAM.cloudflareaccess.com.
	Team string `yaml:"team" format:"https" example:"https://myteam.cloudflareaccess.com"`
	// The AUD tags of the applications that protect Docket.
	Audience []string `yaml:"audience" format:"word" example:"[0123456789abcdef]"`
	// The claim that holds the groups of a person. Dots lead into objects.
	RoleClaim string `yaml:"role_claim" default:"custom.groups"`
}

// RolesConfig says who has which role.
type RolesConfig struct {
	// Who may do everything.
	Admin []string `yaml:"admin" format:"word" example:"[ada@example.org]"`
	// Who may see everything, and work on incidents.
	Operator []string `yaml:"operator" format:"word" example:"[sre]"`
	// Who may see everything.
	Viewer []string `yaml:"viewer" format:"word" example:"[\"*\"]"`
}

// TokenConfig is one API token:
//
//	# A token that may read.
//	- {name: grafana, token_file: /run/secrets/docket_grafana, scopes: [read]}
type TokenConfig struct {
	// The name of the token, as the audit log shows it.
	Name string `yaml:"name" format:"name" required:""`
	// The token itself, at least 16 characters.
	Token fault.Secret `yaml:"token" min:"16" required:"set token or token_file"`
	// What the token may do: ingest (send alerts), read, operate (change things), admin (everything).
	Scopes []string `yaml:"scopes" oneof:"ingest read operate admin" required:"set one or more of ingest, read, operate, admin"`
}

// settle puts the tokens of the environment beside those of the file.
func (a *AuthConfig) settle(at place) {
	a.URL, a.CF.Team = strings.TrimRight(a.URL, "/"), strings.TrimRight(a.CF.Team, "/")
	a.addToken(at.l, "DOCKET_ADMIN_TOKEN", "admin", a.Admin)
	a.addToken(at.l, "DOCKET_INGEST_TOKEN", "ingest", a.Ingest)
}

// addToken adds a token of the environment; its name and its scope are one word.
func (a *AuthConfig) addToken(l *loader, path, scope string, token fault.Secret) {
	variable, set := l.fromEnv[path]
	if !set || l.reported(variable) {
		return
	}
	for _, t := range a.Tokens {
		if t.Name == scope {
			l.wrongIn(variable, "%s is used twice", quoted(scope))
			return
		}
	}
	l.fromEnv[index("auth.tokens", len(a.Tokens))+".token"] = variable
	a.Tokens = append(a.Tokens, TokenConfig{Name: scope, Token: token, Scopes: []string{scope}})
}

// check: what a mode cannot do without, and no token for two.
func (a *AuthConfig) check(at place) {
	owners := map[fault.Secret]string{}
	for i, t := range a.Tokens {
		if owner, twice := owners[t.Token]; twice && t.Token.Set() {
			at.wrong(index("tokens", i)+".token", "is also the token of %s", quoted(owner))
		}
		owners[t.Token] = t.Name
	}
	need := func(key string, there bool) {
		if !there && !at.reported(key) {
			at.wrong(key, "is missing: auth.mode %s needs it", a.Mode)
		}
	}
	switch a.Mode {
	case auth.ModeOIDC:
		need("oidc.issuer", a.OIDC.Issuer != "")
		need("oidc.client_id", a.OIDC.ClientID != "")
		need("oidc.role_claim", a.OIDC.RoleClaim != "")
		need("url", a.URL != "")
	case auth.ModeAccess:
		need("cloudflare_access.team", a.CF.Team != "")
		need("cloudflare_access.audience", len(a.CF.Audience) > 0)
	default:
		return
	}
	if r := a.Roles; len(r.Admin)+len(r.Operator)+len(r.Viewer) == 0 {
		at.wrong("roles", "is missing: list the e-mail addresses or groups for admin, operator and viewer")
	}
}
