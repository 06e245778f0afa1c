package freescout

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // FreeScout signs with it; as an HMAC it still holds.
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"

	"docket/internal/desk"
	"docket/internal/fault"
)

// Hook is what one of FreeScout's webhooks says. It may be old, come twice or out of order:
// it is a hint to ask, never the answer.
type Hook struct {
	// Event is FreeScout's word, from a header that is not signed.
	Event string
	// Ticket is the conversation as it was when the webhook was made.
	Ticket desk.Ticket
}

// Gone reports whether the webhook says that a person deleted the conversation for good.
func (h Hook) Gone() bool { return h.Event == "convo.deleted_forever" }

// Signed reports whether FreeScout signed the body with the secret: base64 of its HMAC-SHA1
// (freescout.net/module/api-webhooks, read 2026-11-23). Without a secret nothing is.
func Signed(secret fault.Secret, signature string, body []byte) bool {
	if !secret.Set() {
		return false
	}
	given, err := base64.StdEncoding.DecodeString(strings.TrimSpace(signature))
	if err != nil {
		return false
	}
	mac := hmac.New(sha1.New, []byte(secret.Reveal()))
	_, _ = mac.Write(body) // A hash never fails to write.
	return hmac.Equal(given, mac.Sum(nil))
}

// ParseHook reads a webhook's body: the bare conversation. A webhook about anything else, a
// customer, has no ticket with a mark.
func ParseHook(event string, body []byte) (Hook, error) {
	var c conversation
	if err := json.Unmarshal(body, &c); err != nil {
		return Hook{}, fmt.Errorf("read a webhook: %w", err)
	}
	if c.ID == 0 {
		return Hook{}, fmt.Errorf("read a webhook: no id in it: %w", errShape)
	}
	if len(event) > maxEvent {
		event = event[:maxEvent]
	}
	t := c.ticket("")
	t.URL = ""
	return Hook{Event: strings.ToValidUTF8(event, ""), Ticket: t}, nil
}

// maxEvent is longer than any event's name.
const maxEvent = 64
