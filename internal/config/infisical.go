package config

import (
	"slices"
	"strings"
	"time"

	"docket/internal/desk/kinds"
	"docket/internal/fault"
)

// replaceable are the variables whose values may change while Docket runs, as the desks say.
func replaceable() []string {
	var names []string
	for _, k := range kinds.All() {
		for _, c := range k.Settings().Credentials() {
			names = append(names, c.Variable)
		}
	}
	return names
}

// VaultConfig is an Infisical that holds secrets of the desk.
type VaultConfig struct {
	// The address of the Infisical instance.
	URL string `yaml:"url" default:"https://app.infisical.com" format:"url"`
	// The id of the project that holds the secrets.
	ProjectID string `yaml:"project_id" example:"the-id-of-the-project"`
	// The slug of the environment that holds the secrets.
	Environment string `yaml:"environment" default:"prod"`
	// The client id of a machine identity (universal auth).
	ClientID string `yaml:"client_id" env:"INFISICAL_CLIENT_ID" example:"the-id-of-the-identity"`
	// The client secret of that identity.
	ClientSecret fault.Secret `yaml:"client_secret" env:"INFISICAL_CLIENT_SECRET" example:"the-secret-of-the-identity"`
	// An access token, instead of client_id and client_secret.
	Token fault.Secret `yaml:"token" env:"INFISICAL_TOKEN" example:""`
	// How often the secrets are read again.
	Every time.Duration `yaml:"every" default:"1m" min:"1s"`
	// Which variables the vault provides, and the folder that holds each.
	Secrets map[string]string `yaml:"secrets" example:"{DOCKET_GITHUB_TOKEN: /ops/github}"`
}

// check: which secrets, where they are, and who we are.
func (v *VaultConfig) check(at place) {
	for name, folder := range v.Secrets {
		switch {
		case !slices.Contains(replaceable(), name):
			at.wrong("secrets", "the vault cannot provide %s: it can provide %s", quoted(name), strings.Join(replaceable(), ", "))
		case folder == "" || folder[0] != '/':
			at.wrong("secrets", "the folder of %s must start with a slash", name)
		}
	}
	if len(v.Secrets) == 0 {
		return
	}
	if v.ProjectID == "" {
		at.wrong("project_id", "is missing: it is the project that holds the secrets")
	}
	if !v.Token.Set() && (v.ClientID == "" || !v.ClientSecret.Set()) {
		at.wrong("client_id", "%s", "is missing: write client_id and client_secret (INFISICAL_CLIENT_ID, "+
			"INFISICAL_CLIENT_SECRET), or token (INFISICAL_TOKEN)")
	}
}
