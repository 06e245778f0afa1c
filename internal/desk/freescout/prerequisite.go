package freescout

import (
	"regexp"
	"strings"

	"docket/internal/desk"
	"docket/internal/fault"
)

// prerequisite is a variable of the runbook's step 0, and its value.
type prerequisite struct {
	name   string
	value  string
	needed bool
	// secret values are compared with one another, id marks the Access client id.
	secret, id bool
}

// Variables are those of the runbook's step 0, by their names, and what looks wrong about
// them; what the file sets counts as set. No value is shown.
func (s *Settings) Variables() []desk.Variable {
	all := []prerequisite{
		{name: "FREESCOUT_API_URL", value: s.APIURL, needed: true},
		{name: "FREESCOUT_INSTANCE_URL", value: s.InstanceURL},
		{name: keyVariable, value: s.APIKey.Reveal(), needed: true, secret: true},
		{name: "FREESCOUT_OPERATIONS_MAILBOX_ID", value: s.Place(), needed: true},
		{name: idVariable, value: s.AccessClientID.Reveal(), secret: true, id: true},
		{name: secretVariable, value: s.AccessClientSecret.Reveal(), secret: true},
	}
	vars := make([]desk.Variable, 0, len(all))
	for _, p := range all {
		vars = append(vars, desk.Variable{Name: p.name, Set: p.value != "", Needed: p.needed, Doubt: p.doubt(all)})
	}
	return vars
}

// What values look like: Cloudflare's client ids end in .access, its secrets are 64
// hexadecimal characters or, since 2026-08-26, begin with cfast_
// (https://developers.cloudflare.com/cloudflare-one/identity/service-tokens/, read 2026-11-23).
var (
	accessSecret = regexp.MustCompile(`^([0-9a-f]{64}|cfast_[A-Za-z0-9_-]+)$`)
	placeholder  = regexp.MustCompile(`(?i)^(<.*>|\$\{?[a-z_]+\}?|change-?me|todo|xxx+|your[-_ ].*|\.\.\.)$`)
)

// doubt says what looks wrong about a value, "" for nothing; it never shows the value.
func (p prerequisite) doubt(all []prerequisite) string {
	v := p.value
	switch {
	case v == "":
		return ""
	case len(v) > 1 && (v[0] == '"' || v[0] == '\'') && v[len(v)-1] == v[0]:
		return "is in quotation marks, which become part of the value"
	case strings.HasPrefix(v, p.name+"="):
		return "begins with its own name and an equals sign"
	case placeholder.MatchString(v):
		return "looks like a placeholder"
	case !p.secret:
		return ""
	case strings.HasPrefix(strings.ToLower(v), "bearer "):
		return "begins with the word Bearer"
	case strings.HasPrefix(v, "https://"), strings.HasPrefix(v, "http://"):
		return "looks like an address"
	case p.id && accessSecret.MatchString(v):
		return "looks like a Cloudflare Access client secret"
	case !p.id && strings.HasSuffix(v, ".access"):
		return "looks like a Cloudflare Access client id"
	case p.id && !strings.HasSuffix(v, ".access"):
		return "does not end in .access, as Cloudflare's client ids do"
	case p.name == secretVariable && !accessSecret.MatchString(v):
		return "is neither 64 hexadecimal characters nor begins with cfast_, as Cloudflare's secrets do"
	}
	for _, other := range all {
		if other.name != p.name && other.secret && fault.Secret(other.value) == fault.Secret(v) {
			return "is the same as " + other.name
		}
	}
	return ""
}
