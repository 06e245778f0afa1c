package auth_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"docket/internal/audit"
	"docket/internal/auth"
	"docket/internal/store/storetest"
)

const signingSecret = "signing-secret-0123456789"

// mac signs a text.
func mac(secret, text string) []byte {
	m := hmac.New(sha256.New, []byte(secret))
	_, _ = m.Write([]byte(text))
	return m.Sum(nil)
}

func TestSignedSourceTakesOnlyWhatItsSenderSignedLately(t *testing.T) {
	st := open(t, storetest.URL(t, "sqlite"))
	senders := map[string]auth.Sender{
		"github": {Signature: &auth.Signature{Secret: signingSecret, Header: "X-Hub-Signature-256"}},
		"grafana": {Signature: &auth.Signature{Secret: signingSecret + "2", Header: "X-Signature", TimestampHeader: "X-Time", Join: ":",
			Tolerance: 5 * time.Minute}},
	}
	tokens := []auth.Token{{Name: "sender", Secret: "ingest-secret-0123456789", Scopes: []string{"ingest"}},
		{Name: "reader", Secret: "read-secret-0123456789", Scopes: []string{"read"}}}
	const body = `{"a":1}`
	at := func(away time.Duration) string { return strconv.FormatInt(time.Now().Add(away).Unix(), 10) }
	hub := func(signature string) []string { return []string{"X-Hub-Signature-256: " + signature} }
	timed := func(signed, said string) []string {
		return []string{"X-Signature: " + hex.EncodeToString(mac(signingSecret+"2", signed+":"+body)), "X-Time: " + said}
	}
	right := hex.EncodeToString(mac(signingSecret, body))
	now, old := at(0), at(-6*time.Minute)
	cases := []struct {
		name, source, body string
		header             []string
		status             int
	}{
		{"in hex", "github", body, hub(right), 200},
		{"in hex with a word before it", "github", body, hub("sha256=" + right), 200},
		{"in base64", "github", body, hub(base64.StdEncoding.EncodeToString(mac(signingSecret, body))), 200},
		{"one of several", "github", body, hub("v1=00, v1=" + right), 200},
		{"one of very many", "github", body, hub(strings.Repeat("00,", 10) + right), 401},
		{"another body", "github", body + " ", hub(right), 401},
		{"another secret", "github", body, hub(hex.EncodeToString(mac("another", body))), 401},
		{"a part of it", "github", body, hub(right[:32]), 401},
		{"an empty one", "github", body, hub("sha256="), 401},
		{"none", "github", body, nil, 401},
		{"signed now", "grafana", body, timed(now, now), 200},
		{"signed a little ahead of our clock", "grafana", body, timed(at(time.Minute), at(time.Minute)), 200},
		{"sent again after the tolerance", "grafana", body, timed(old, old), 401},
		{"sent again under a new time", "grafana", body, timed(old, now), 401},
		{"signed in the far future", "grafana", body, timed(at(time.Hour), at(time.Hour)), 401},
		{"without its time", "grafana", body, timed(now, ""), 401},
		{"with a time that is none", "grafana", body, timed("-1", "-1"), 401},
		{"another source's signature", "grafana", body, append(hub(right), "X-Signature: "+right, "X-Time: "+now), 401},
	}
	for name, s := range map[string]*site{
		"nothing else configured": newSite(t, st, auth.Config{Mode: auth.ModeNone, Senders: senders}),
		"with tokens":             newSite(t, st, auth.Config{Mode: auth.ModePassword, Senders: senders, Tokens: tokens}),
	} {
		for _, c := range cases {
			r := s.ask(http.MethodPost, "/hooks/"+c.source, c.body, c.header...)
			if r.status != c.status {
				t.Errorf("%s: %s: %d %s, want %d", name, c.name, r.status, r.text, c.status)
			}
			if strings.Contains(r.text+s.log.String(), signingSecret) || strings.Contains(r.text, right) {
				t.Errorf("%s: %s: the secret, or what it makes, is in the answer or in the log", name, c.name)
			}
		}
		if len(s.audited(audit.ActionDenied)) == 0 {
			t.Errorf("%s: no refusal is audited", name)
		}
	}
	s := newSite(t, st, auth.Config{Mode: auth.ModePassword, Senders: senders, Tokens: tokens})
	for bearer, status := range map[string]int{"ingest-secret-0123456789": 200, "read-secret-0123456789": 403, "stranger": 401} {
		if r := s.ask(http.MethodPost, "/hooks/github", body, "Authorization: Bearer "+bearer); r.status != status {
			t.Errorf("a token %s instead of a signature: %d, want %d", bearer, r.status, status)
		}
	}
}
