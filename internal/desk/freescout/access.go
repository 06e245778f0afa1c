package freescout

import (
	"context"
	"docket/internal/desk/rest"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
)

// fromAccess reports whether Cloudflare Access answered and not FreeScout. Its signs are
// in Cloudflare's and cloudflared's sources; "cf-ray" and "server: cloudflare" are none,
// FreeScout's own answers carry them too.
func fromAccess(x exchange) bool {
	if x.Status >= 300 && x.Status < 400 {
		u, err := url.Parse(x.Header.Get("Location"))
		host := ""
		if err == nil {
			host = strings.ToLower(u.Hostname())
		}
		if err == nil && (host == "cloudflareaccess.com" || strings.HasSuffix(host, ".cloudflareaccess.com") ||
			strings.HasPrefix(u.Path, "/cdn-cgi/access/")) {
			return true
		}
	} else if x.Status != http.StatusUnauthorized && x.Status != http.StatusForbidden {
		return false
	}
	for _, value := range x.Header.Values("Www-Authenticate") {
		if strings.Contains(strings.ToLower(value), "cloudflare-access") {
			return true
		}
	}
	if words, fields := validation(x.Body); words != "" || len(fields) > 0 {
		return accessJSON(x.Body) // a success before may have left the cookie on FreeScout's own refusal
	}
	for _, cookie := range x.Header.Values("Set-Cookie") {
		if strings.HasPrefix(cookie, "CF_AppSession=") || strings.HasPrefix(cookie, "CF_Authorization=") {
			return true
		}
	}
	return accessJSON(x.Body)
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
	if f := product.Turn(ctx, d.limiter); f != nil {
		return false, d.scrubbed(f)
	}
	x := d.exchange(ctx, call{action: rest.Reading, method: http.MethodGet, path: "/mailboxes", list: true,
		query: url.Values{"pageSize": {"1"}}, bare: true})
	if x.Err != nil {
		return false, d.scrubbed(product.Unanswered(x.Exchange))
	}
	fault := classify(x)
	return fault != nil && (fault.Name == "access_token_missing" || fault.Name == "challenge_refused"), nil
}
