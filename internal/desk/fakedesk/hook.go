package fakedesk

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // FreeScout signs with it.
	"encoding/base64"
	"encoding/json"
)

// Hook is one webhook as FreeScout's module sends it: the bare conversation as its body, the
// event in X-FreeScout-Event, the signature in X-FreeScout-Signature.
type Hook struct {
	Event, Signature string
	Body             []byte
}

// maxHooks bounds how many webhooks wait; FreeScout keeps its own for two hours.
const maxHooks = 10_000

// tell keeps a webhook until Hooks is called, where the fake has a secret to sign with.
// Whether what arrives by the API is reported, too, is not documented; it is here, so that
// echoes are met. The mutex is held.
func (s *Server) tell(event string, t *Ticket) {
	if event == "" || s.options.WebhookSecret == "" || len(s.hooks) == maxHooks {
		return
	}
	body, err := json.Marshal(s.shown(t, []string{"threads"}))
	if err != nil {
		panic("fakedesk: " + err.Error()) // our own shapes always marshal
	}
	s.hooks = append(s.hooks, s.signed(event, body))
}

func (s *Server) signed(event string, body []byte) Hook {
	mac := hmac.New(sha1.New, []byte(s.options.WebhookSecret))
	_, _ = mac.Write(body) // A hash never fails to write.
	return Hook{event, base64.StdEncoding.EncodeToString(mac.Sum(nil)), body}
}

// Sign makes a webhook of any body, signed as FreeScout does.
func (s *Server) Sign(event string, body []byte) Hook { return s.signed(event, body) }

// Hooks takes the webhooks that wait, in the order in which FreeScout would send them. The
// caller delivers them, as often and in whatever order the test is about.
func (s *Server) Hooks() []Hook {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	waiting := s.hooks
	s.hooks = nil
	return waiting
}
