// Package auth says who calls and what they may do: API tokens, sessions by password or
// OIDC, Cloudflare Access, signatures of webhooks. It stands before every route.
//
// It never decides what a route needs: the route's owner says so, by Guard.Require. Its
// invariants: a caller who cannot be told is nobody, never somebody; a database that is away
// lets nobody in; no secret is in an error, a log, a page or the database (passwords are kept
// as argon2id, tokens and session ids as SHA-256); sessions and the count of failed logins
// are in the database, so that all replicas know them.
package auth
