package auth

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
)

// everybody in Config.Roles matches every caller that the issuer vouches for.
const everybody = "*"

// roleFor returns the most powerful role that one of the words has, "" for none. It ignores case, because e-mail
// addresses and groups come in any case.
func (c Config) roleFor(words []string) Role {
	for _, role := range Roles() {
		for _, want := range c.Roles[role] {
			if want == everybody || slices.ContainsFunc(words, func(w string) bool { return strings.EqualFold(w, want) }) {
				return role
			}
		}
	}
	return ""
}

// standing is a hash of everything that decides roles with OpenID Connect. A session stores it and ends when it
// changes, so that somebody whose role is removed from the configuration does not keep it for the session's lifetime of
// a week.
func (c Config) standing() int64 {
	h := sha256.New()
	for _, word := range []string{c.OIDC.Issuer, c.OIDC.ClientID, c.OIDC.RoleClaim} {
		_, _ = fmt.Fprintf(h, "%q ", word) // Writing to a hash never fails.
	}
	for _, role := range Roles() {
		_, _ = fmt.Fprintf(h, "%s%q ", role, c.Roles[role])
	}
	return int64(binary.BigEndian.Uint64(h.Sum(nil)) >> 1) // Drop the sign bit.
}

// wordsAt reads the strings at a path of claims, such as groups or custom.groups: a single string or a list.
func wordsAt(claims map[string]any, path string) []string {
	if v, ok := claims[path]; ok { // Some issuers use dots in claim names.
		return words(v)
	}
	key, rest, deeper := strings.Cut(path, ".")
	if inner, ok := claims[key].(map[string]any); deeper && ok {
		return wordsAt(inner, rest)
	}
	return nil
}

func words(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		var all []string
		for _, item := range v {
			all = append(all, words(item)...)
		}
		return all
	case map[string]any: // Cloudflare's groups look like {id, name, email}.
		return append(words(v["name"]), words(v["email"])...)
	}
	return nil
}

func textAt(claims map[string]any, key string) string {
	s, _ := claims[key].(string)
	return s
}

// noRoleError is somebody who is known but has no role here.
type noRoleError struct{ name string }

func (e *noRoleError) Error() string {
	return fmt.Sprintf("%s has no role: auth.roles names neither the address nor a group", e.name)
}
