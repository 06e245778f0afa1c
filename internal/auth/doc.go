// Package auth identifies callers and decides what they may do: API tokens, sessions by password or OIDC, Cloudflare
// Access, and signatures of webhooks. It runs before every route.
//
// It never decides what a route requires: the route's owner does, with Guard.Require. Its invariants: a caller who
// cannot be identified is nobody, never somebody; while the database is unavailable, nobody is let in; no secret
// appears in an error, a log, a page or the database (passwords are stored as argon2id, tokens and session ids as
// SHA-256); sessions and the counts of failed logins are in the database, so that all replicas know them.
package auth
