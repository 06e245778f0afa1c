package rest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"docket/internal/fault"
)

// Packed is a call's body as JSON, nil for none. HTML inside stays as it is.
func Packed(payload any) ([]byte, error) {
	if payload == nil {
		return nil, nil
	}
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(payload); err != nil {
		return nil, fmt.Errorf("pack the request: %w", err)
	}
	return body.Bytes(), nil
}

// Scrub takes secrets out of a text.
func Scrub(text string, secrets ...fault.Secret) string {
	for _, secret := range secrets {
		if secret.Set() {
			text = strings.ReplaceAll(text, secret.Reveal(), secret.String())
		}
	}
	return text
}

// Scrubbed takes out of a fault what scrub takes out of a text, should the other side or a proxy
// have repeated our secrets.
func Scrubbed(f *fault.Fault, scrub func(string) string) *fault.Fault {
	f.Sentence = scrub(f.Sentence)
	if f.Err != nil {
		if text := f.Err.Error(); scrub(text) != text {
			f.Err = errors.New(scrub(text))
		}
	}
	return f
}
