package config

import (
	"slices"
	"strings"

	"docket/internal/desk/kinds"
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

// checkVault: which secrets, where they lie, and who we are.
func (l *loader) checkVault() {
	v := l.config.Vault
	l.checkURL("vault.url", v.URL)
	l.checkSecret("vault.client_secret", v.ClientSecret)
	l.checkSecret("vault.token", v.Token)
	l.atLeastASecond("vault.every", v.Every)
	for name, folder := range v.Secrets {
		switch {
		case !slices.Contains(replaceable(), name):
			l.wrong("vault.secrets", "%s is none of those that the vault can give: %s", quoted(name), strings.Join(replaceable(), ", "))
		case folder == "" || folder[0] != '/':
			l.wrong("vault.secrets", "the folder of %s must begin with a slash", name)
		}
	}
	if len(v.Secrets) == 0 {
		return
	}
	if v.ProjectID == "" {
		l.wrong("vault.project_id", "is missing: it says in which project the secrets lie")
	}
	if !v.Token.Set() && (v.ClientID == "" || !v.ClientSecret.Set()) {
		l.wrong("vault.client_id", "is missing: write client_id and client_secret (INFISICAL_CLIENT_ID, INFISICAL_CLIENT_SECRET), or token (INFISICAL_TOKEN)")
	}
}
