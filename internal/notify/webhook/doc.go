// Package webhook tells programs: it posts JSON to an address, signed as Standard Webhooks
// (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md,
// read 2026-11-23) has it.
//
// It never follows a redirect, never logs or returns the address (it may hold a secret), and
// reads of an answer nothing but its status.
package webhook
