// Package webhook notifies other programs: it posts JSON to an address, signed according to Standard Webhooks
// (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md, read
// 2026-11-23).
//
// It never follows a redirect, never logs or returns the address (it may contain a secret), and uses only the
// status of a response.
package webhook
