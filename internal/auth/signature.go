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

// Signature is how a sender signs: HMAC-SHA256 over the body as it is sent. Grafana, GitHub
// and PagerDuty do so, each under a header of its own.
type Signature struct {
	Secret fault.Secret
	// Header holds the signature in hex or base64; a word before it, as in sha256=..., is
	// left out, and of several, with commas between, one must be right.
	Header string
	// TimestampHeader, where set, holds the second of the sending; it is signed too, before
	// the body and Join.
	TimestampHeader string
	Join            string
	// Tolerance is how old, or how far ahead, a sending may be.
	Tolerance time.Duration
}

// maxSignatures bounds how many are compared.
const maxSignatures = 10

// good reports whether a body was signed by who knows the secret, and lately where the
// sender says when. The same sending again within the tolerance is good: senders repeat
// what was not answered, and a repeat of an alert changes nothing.
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
		_, _ = mac.Write([]byte(text + s.Join)) // A hash takes everything.
	}
	_, _ = mac.Write(body) // As above.
	want := mac.Sum(nil)
	given := strings.Split(header.Get(s.Header), ",")
	return s.Secret.Set() && len(given) <= maxSignatures && slices.ContainsFunc(given, func(text string) bool { return hmac.Equal(decodeMAC(text), want) })
}

// decodeMAC reads a signature; what is none comes out as nothing, which equals none.
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
