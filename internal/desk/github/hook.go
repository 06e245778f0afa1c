package github

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"docket/internal/desk"
	"docket/internal/fault"
)

// The headers of GitHub's webhooks
// (https://docs.github.com/en/webhooks/webhook-events-and-payloads#delivery-headers, read 2026-11-27).
const (
	SignatureHeader = "X-Hub-Signature-256"
	EventHeader     = "X-GitHub-Event"
)

// Signed reports whether GitHub signed the body with the secret: "sha256=" and the hex of its
// HMAC-SHA256 (https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries, read
// 2026-11-27). Without a secret nothing is.
func Signed(secret fault.Secret, signature string, body []byte) bool {
	digest, named := strings.CutPrefix(strings.TrimSpace(signature), "sha256=")
	given, err := hex.DecodeString(digest)
	if !secret.Set() || !named || err != nil {
		return false
	}
	mac := hmac.New(sha256.New, []byte(secret.Reveal()))
	_, _ = mac.Write(body) // A hash never fails to write.
	return hmac.Equal(given, mac.Sum(nil))
}

// ParseHook checks and reads one of GitHub's webhooks. One about anything but an issue, such as a ping, has
// a ticket without an id. An issue that was moved counts as gone: where it can still be seen, it is found
// under its new id.
func (d *Desk) ParseHook(header http.Header, body []byte) (desk.Hook, error) {
	if !Signed(d.config.WebhookSecret, header.Get(SignatureHeader), body) {
		return desk.Hook{}, fmt.Errorf("%w GitHub's: compare %s with the secret of the webhook in the repository's settings",
			desk.ErrSignature, hookVariable)
	}
	event := header.Get(EventHeader)
	if event != "issues" && event != "issue_comment" {
		return desk.Hook{}, nil
	}
	var about struct {
		Action     string `json:"action"`
		Issue      *issue `json:"issue"`
		Repository struct {
			FullName string `json:"full_name"`
		} `json:"repository"`
	}
	if err := json.Unmarshal(body, &about); err != nil {
		return desk.Hook{}, fmt.Errorf("read a webhook: %w", err)
	}
	if about.Issue == nil || about.Issue.Number <= 0 || !isRepository(about.Repository.FullName) {
		return desk.Hook{}, fmt.Errorf("read a webhook: no issue in it: %w", errShape)
	}
	if about.Issue.isPull() {
		return desk.Hook{}, nil
	}
	i := *about.Issue
	i.RepositoryURL = "/repos/" + about.Repository.FullName
	gone := event == "issues" && (about.Action == "deleted" || about.Action == "transferred")
	hook := desk.Hook{Ticket: i.ticket(d.config.Repository), Gone: gone}
	hook.Ticket.URL = "" // People are led by what the desk itself shows.
	return hook, nil
}
