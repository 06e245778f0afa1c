package auth

import (
	"context"
	"net/http"
	"time"
)

// Sender checks who may send alerts to a source: anyone with the source's own token, or a token with the right to
// ingest. It returns 0, or the status code to reject the request with. If the source's sender signs its requests
// instead, signed is true and Signed decides once the body has been read.
func (g *Guard) Sender(r *http.Request, name string) (signed bool, refusal int) {
	own, has := g.cfg.Senders[name]
	if has && same(credential(r), own.Token) {
		return false, 0
	}
	if has && own.Signature != nil && r.Header.Get("Authorization") == "" {
		if r.Header.Get(own.Signature.Header) == "" {
			g.deny(r, Caller{}, "no signature", Ingest)
			return false, http.StatusUnauthorized
		}
		return true, 0
	}
	if has && g.open() {
		g.deny(r, Caller{}, "not the source's token", Ingest)
		return false, http.StatusUnauthorized
	}
	_, refusal = g.Check(r, Ingest)
	return false, refusal
}

// Signed reports whether a body, as sent, has a valid signature of its source.
func (g *Guard) Signed(r *http.Request, name string, body []byte) bool {
	own := g.cfg.Senders[name]
	if own.Signature != nil && own.Signature.good(r.Header, body, time.Now()) {
		return true
	}
	g.deny(r, Caller{}, "invalid signature", Ingest)
	return false
}

// SourceOf reports whether a text is a source's own token, and whether the source has its own way to authenticate.
func (g *Guard) SourceOf(name, given string) (match, has bool) {
	own, has := g.cfg.Senders[name]
	return has && same(given, own.Token), has
}

// MayIngest reports whether a text is a token with the right to ingest, or no token is required.
func (g *Guard) MayIngest(ctx context.Context, given string) (bool, error) {
	if g.open() {
		return true, nil
	}
	c, known, err := g.tokens.find(ctx, given, time.Now())
	return known && c.Can(Ingest), err
}

// Credential is the token in a request, sent as a bearer token or as the basic auth password.
func Credential(r *http.Request) string { return credential(r) }
