package freescout

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
)

// fromAccess reports whether Cloudflare Access answered and not FreeScout. Its signs are
// in Cloudflare's and cloudflared's sources; "cf-ray" and "server: cloudflare" are none,
// FreeScout's own answers carry them too.
func fromAccess(x exchange) bool {
	if x.status >= 300 && x.status < 400 {
		u, err := url.Parse(x.header.Get("Location"))
		host := ""
		if err == nil {
			host = strings.ToLower(u.Hostname())
		}
		if err == nil && (host == "cloudflareaccess.com" || strings.HasSuffix(host, ".cloudflareaccess.com") ||
			strings.HasPrefix(u.Path, "/cdn-cgi/access/")) {
			return true
		}
	} else if x.status != http.StatusUnauthorized && x.status != http.StatusForbidden {
		return false
	}
	for _, value := range x.header.Values("Www-Authenticate") {
		if strings.Contains(strings.ToLower(value), "cloudflare-access") {
			return true
		}
	}
	if words, fields := validation(x.body); words != "" || len(fields) > 0 {
		return accessJSON(x.body) // a success before may have left the cookie on FreeScout's own refusal
	}
	for _, cookie := range x.header.Values("Set-Cookie") {
		if strings.HasPrefix(cookie, "CF_AppSession=") || strings.HasPrefix(cookie, "CF_Authorization=") {
			return true
		}
	}
	return accessJSON(x.body)
}

// accessJSON recognises fields that Cloudflare puts into a JSON refusal and FreeScout
// does not have.
func accessJSON(body []byte) bool {
	var fields map[string]json.RawMessage
	if json.Unmarshal(body, &fields) != nil {
		return false
	}
	for _, name := range [...]string{"ray_id", "aud", "team_domain", "service_token_status"} {
		if _, found := fields[name]; found {
			return true
		}
	}
	return false
}

// Gated reports whether Cloudflare Access is in front of FreeScout: it asks once without key
// and service token. The answer to that call is not believed about anything else.
func (d *Desk) Gated(ctx context.Context) (standing bool, err error) {
	if err := d.turn(ctx); err != nil {
		return false, d.scrubbed(err)
	}
	ctx, cancel := context.WithTimeout(ctx, d.config.Timeout)
	defer cancel()
	x := d.exchange(ctx, call{action: reading, method: http.MethodGet, path: "/mailboxes", list: true,
		query: url.Values{"pageSize": {"1"}}, bare: true})
	if x.err != nil {
		return false, d.scrubbed(classifyFailure(x))
	}
	fault := classify(x)
	return fault != nil && (fault.Name == "access_token_missing" || fault.Name == "challenge_refused"), nil
}
