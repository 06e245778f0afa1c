package freescout

import (
	"context"
	"fmt"
	"net/http"

	"docket/internal/desk"
)

// Hops are the steps of the way to FreeScout.
func (d *Desk) Hops() []desk.Hop {
	return []desk.Hop{
		{Name: "desk name", OK: "The desk's host name can be resolved.", Faults: []string{"dns_error"}},
		{Name: "desk connection", OK: "The desk can be reached.", Faults: []string{"unreachable", "connection_failed", "connection_cut"}},
		{Name: "desk certificate", OK: "The desk's certificate is valid.", Faults: []string{"tls_error"}},
		{
			Name: "desk answers", OK: "The desk answers in time.", Rest: true,
			Faults: []string{"timeout", "service_unavailable", "proxy_error", "server_error", "rate_limited", desk.OwnLimit, "unavailable"},
		},
		{
			Name: "access gate", OK: "No gate in front of the desk blocks Docket.", Look: d.lookAtGate,
			Faults: []string{"access_refused", "access_token_missing", "challenge_refused", "proxy_refused"},
		},
		{
			Name: "desk address", OK: "The address leads to the desk's API.",
			Faults: []string{"wrong_base_url", "not_json", "bad_answer", "no_id", "method_refused"},
		},
		{Name: "desk module", OK: "The desk's API module is active.", Faults: []string{"module_missing"}},
		{Name: "desk key", OK: "The desk accepts the key.", Faults: []string{"key_refused"}},
		{
			Name: "mailbox", OK: "The mailbox exists, and Docket may use it.",
			Faults: []string{"mailbox_forbidden", "mailbox_missing", "rejected", "missing"},
		},
		{Name: "acting user", OK: "There is an agent in whose name Docket can write notes.", Look: d.lookForAgent},
	}
}

// lookAtGate tells whether a gate is in front of the desk at all; that it cannot be found out is no fault.
func (d *Desk) lookAtGate(ctx context.Context) (sentence, evidence string, err error) {
	switch standing, unknown := d.Gated(ctx); {
	case unknown != nil:
		return "", "", nil //nolint:nilerr // What cannot be found out about the gate is not a fault of the desk.
	case standing:
		return "Cloudflare Access is in front of the desk and lets Docket through.", "", nil
	}
	return "There is no gate in front of the desk.", "", nil
}

func (d *Desk) lookForAgent(ctx context.Context) (sentence, evidence string, err error) {
	id, err := d.ActingUser(ctx)
	return "", fmt.Sprintf("user %d", id), err
}

// Unhooked says what is missing before FreeScout's webhooks are taken.
func (d *Desk) Unhooked() string {
	if d.config.WebhookSecret.Set() {
		return ""
	}
	return "set FREESCOUT_WEBHOOK_SECRET to the secret shown under Manage > API & Webhooks"
}

// ParseHook checks and reads one of FreeScout's webhooks.
func (d *Desk) ParseHook(header http.Header, body []byte) (desk.Hook, error) {
	if !Signed(d.config.WebhookSecret, header.Get("X-FreeScout-Signature"), body) {
		return desk.Hook{}, fmt.Errorf("%w FreeScout's: compare FREESCOUT_WEBHOOK_SECRET with the secret shown under Manage > API & Webhooks",
			desk.ErrSignature)
	}
	hook, err := ParseHook(header.Get("X-FreeScout-Event"), body)
	return desk.Hook{Ticket: hook.Ticket, Gone: hook.Gone()}, err
}
