package fault_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"docket/internal/fault"
)

func TestSecretIsNeverPrinted(t *testing.T) {
	const text = "cfast_do-not-show"
	secret := fault.Secret(text)
	holder := struct{ Key fault.Secret }{secret}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("m", "key", secret, "holder", holder)
	asJSON, err := json.Marshal(holder)
	if err != nil {
		t.Fatal(err)
	}
	for how, out := range map[string]string{
		"String": secret.String(), "%v": fmt.Sprintf("%v", holder), "%+v": fmt.Sprintf("%+v", holder), "%#v": fmt.Sprintf("%#v", holder),
		"%q": fmt.Sprintf("%q", secret), "slog": log.String(), "json": string(asJSON),
	} {
		if strings.Contains(out, text) {
			t.Errorf("%s shows the secret: %s", how, out)
		}
		if !strings.Contains(out, "[redacted]") {
			t.Errorf("%s does not say [redacted]: %s", how, out)
		}
	}
	if secret.Reveal() != text || !secret.Set() || fault.Secret("").Set() {
		t.Error("Reveal or Set is wrong")
	}
}
