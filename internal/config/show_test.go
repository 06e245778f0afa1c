package config

import (
	"docket/internal/notify/slack"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestShowSaysWhereEachValueComesFrom(t *testing.T) {
	t.Parallel()
	secret := write(t, "key", "s3cret")
	path := write(t, "docket.yaml", `
sources:
  - name: shop
    token_file: `+secret+`
surfaces: [{name: checkout, probe: {tcp: {address: "db:5432"}}}]
policies: {storm: {limit: 5}}
`)
	all, err := Show(path, vars{"SLACK_DM_USER_IDS": "U1,U2", "FLAG_CONSOLE_ALERTS_AUTO_TICKET": "0", "DOCKET_TOKEN_FILE": secret}.look)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]Setting{}
	for _, s := range all {
		got[s.Key] = s
	}
	for _, want := range []Setting{
		{"sources.shop.token", "[redacted]", path + ":4"},
		{"sources.shop.format", "alertmanager", "default"},
		{"surfaces.checkout.probe.tcp.address", "db:5432", path + ":5"},
		{"surfaces.checkout.timeout", "10s", "default"},
		{"policies.storm.limit", "5", path + ":6"},
		{"policies.ticket_at", "P2", "default"},
		{"slack.users", "[U1, U2]", "SLACK_DM_USER_IDS"},
		{"database", "docket.db", "default"},
		{"DOCKET_TOKEN", "[redacted]", "DOCKET_TOKEN_FILE"},
		{"FLAG_CONSOLE_ALERTS_AUTO_TICKET", "0", "FLAG_CONSOLE_ALERTS_AUTO_TICKET"},
	} {
		if diff := cmp.Diff(want, got[want.Key]); diff != "" {
			t.Error(diff)
		}
	}
}

// The key with _file behind is there for every secret, as NAME_FILE is for every variable.
func TestAnySecretOfTheFileMayComeFromAFile(t *testing.T) {
	t.Parallel()
	file := write(t, "secret", "s3cret\n")
	cfg := load(t, "slack: {token_file: "+file+"}\nvault: {token_file: "+file+"}\n", nil)
	direct := cfg.Notifiers["slack"].(*slack.Settings)
	if direct.Token.Reveal() != "s3cret" || cfg.Vault.Token.Reveal() != "s3cret" || cfg.SecretFiles["SLACK_BOT_TOKEN"] != file {
		t.Errorf("not read: %v", cfg.SecretFiles)
	}
	const want = "docket.yaml:1:33: slack.token_file: token is also set: set only one of them"
	if got := refuse(t, "slack: {token: abc, token_file: "+file+"}\n", nil); got != want {
		t.Errorf("got %s", got)
	}
}
