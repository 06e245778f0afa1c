// Package infisical reads secrets from Infisical, with a machine identity (universal auth) or a token. It
// keeps the access token until it expires but never a secret, and its errors contain no secrets. Callers keep
// the last good value.
package infisical
