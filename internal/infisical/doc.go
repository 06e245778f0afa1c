// Package infisical reads secrets from Infisical, by a machine identity (universal auth) or a
// token. It keeps the access token until it expires, never a secret, and none is in its
// errors: its callers keep the last good value.
package infisical
