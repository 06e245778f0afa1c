package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"docket/internal/fault"
)

// Signature is how a sender signs: HMAC-SHA256 over the body as sent. Grafana, GitHub and PagerDuty do this, each with
// its own header.
type Signature struct {
	Secret fault.Secret
	// Header contains the signature in hex or base64. A prefix such as sha256= is ignored. If it has several signatures
	// separated by commas, one of them must be valid.
	Header string
	// TimestampHeader, if set, contains the time of sending in seconds. It is signed too, before Join and the body.
	TimestampHeader string
	Join            string
	// Tolerance is how far the time of sending may be in the past or the future.
	Tolerance time.Duration
}

// maxSignatures limits how many signatures are compared.
const maxSignatures = 10

// good reports whether a body was signed with the secret, and recently if the sender includes a time. The same request
// again within the tolerance is valid: senders retry requests that got no response, and a repeated alert changes
// nothing.
func (s *Signature) good(header http.Header, body []byte, now time.Time) bool {
	mac := hmac.New(sha256.New, []byte(s.Secret.Reveal()))
	if s.TimestampHeader != "" {
		text := header.Get(s.TimestampHeader)
		second, err := strconv.ParseInt(text, 10, 64)
		if err != nil || second < 0 || second > 1<<40 {
			return false
		}
		if away := now.Sub(time.Unix(second, 0)).Abs(); away > s.Tolerance {
			return false
		}
		_, _ = mac.Write([]byte(text + s.Join)) // Writing to a hash never fails.
	}
	_, _ = mac.Write(body) // As above.
	want := mac.Sum(nil)
	given := strings.Split(header.Get(s.Header), ",")
	return s.Secret.Set() && len(given) <= maxSignatures &&
		slices.ContainsFunc(given, func(text string) bool { return hmac.Equal(decodeMAC(text), want) })
}

// decodeMAC decodes a signature. An invalid one decodes to nil, which matches no signature.
func decodeMAC(text string) []byte {
	text = strings.TrimSpace(text)
	if word, rest, ok := strings.Cut(text, "="); ok && rest != "" && len(word) <= 10 {
		text = rest
	}
	if mac, err := hex.DecodeString(text); err == nil {
		return mac
	}
	mac, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil
	}
	return mac
}
