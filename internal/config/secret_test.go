package config

import (
	"docket/internal/desk/freescout"
	"docket/internal/notify/slack"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestNoSecretIsShown(t *testing.T) {
	text := `
database: postgres://docket:s3cret-db@db/docket
freescout: {api_url: https://x.example.org, api_key: s3cret-key, mailbox_id: 1, webhook_secret: s3cret-hook}
slack: {token: s3cret-slack}
sources: [{name: a, token: s3cret-source}]
surfaces: [{name: b, probe: {http: {url: https://x.example.org, headers: {X-Any: s3cret-header, X-Other: s3cret-password}}}}]
auth: {tokens: [{name: c, token: s3cret-0123456789, scopes: [read]}]}
`
	cfg := load(t, text, vars{"CF_ACCESS_SVC_TICKETS_CLIENT_ID": "s3cret-id", "CF_ACCESS_SVC_TICKETS_CLIENT_SECRET": "s3cret-secret",
		"DOCKET_TOKEN": "s3cret-client"})
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("read", "config", cfg, "desk", cfg.Desks["freescout"])
	asJSON, err := json.Marshal(cfg)
	if err != nil {
		t.Fatal(err)
	}
	slog.New(slog.NewJSONHandler(&log, nil)).Info("read", "config", cfg, "desk", cfg.Desks["freescout"])
	token := cfg.Notifiers["slack"].(*slack.Settings).Token
	for _, shown := range []string{
		cfg.String(), fmt.Sprintf("%+v", *cfg.Desks["freescout"].(*freescout.Settings)), fmt.Sprint(cfg), fmt.Sprintf("%+v", cfg),
		fmt.Sprintf("%#v", cfg), fmt.Sprintf("%v", cfg.Surfaces), fmt.Sprintf("%q", token), fmt.Sprintf("%x", token),
		log.String(), string(asJSON),
	} {
		if strings.Contains(shown, "s3cret") || strings.Contains(shown, fmt.Sprintf("%x", "s3cret")) {
			t.Errorf("a secret is shown in %s", shown)
		}
	}
	if !strings.Contains(cfg.String(), "api_url: https://x.example.org") || !strings.Contains(cfg.String(), "[redacted]") {
		t.Errorf("the configuration does not show what is no secret: %s", cfg)
	}
}
