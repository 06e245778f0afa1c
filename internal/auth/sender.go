package auth

import (
	"context"
	"net/http"
	"time"
)

// Sender checks who may send alerts of a source: whoever has the source's own token, or a
// token with the right to ingest. It returns 0, or the status to refuse with. Where the
// source's sender signs instead, signed is set, and Signed has the word once the body is read.
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

// Signed reports whether a body, as it was sent, bears its source's signature.
func (g *Guard) Signed(r *http.Request, name string, body []byte) bool {
	own := g.cfg.Senders[name]
	if own.Signature != nil && own.Signature.good(r.Header, body, time.Now()) {
		return true
	}
	g.deny(r, Caller{}, "a signature that is not good", Ingest)
	return false
}

// SourceOf reports whether a text is a source's own token, and whether it has a way of its own.
func (g *Guard) SourceOf(name, given string) (match, has bool) {
	own, has := g.cfg.Senders[name]
	return has && same(given, own.Token), has
}

// MayIngest reports whether a text is a token with the right to ingest, or nothing is asked.
func (g *Guard) MayIngest(ctx context.Context, given string) (bool, error) {
	if g.open() {
		return true, nil
	}
	c, known, err := g.tokens.find(ctx, given, time.Now())
	return known && c.Can(Ingest), err
}

// Credential is the token that a request carries, as bearer token or basic password.
func Credential(r *http.Request) string { return credential(r) }
