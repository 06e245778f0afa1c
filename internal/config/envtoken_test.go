package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTokensOfTheEnvironmentOpenTheDoorBeyondLoopback(t *testing.T) {
	t.Parallel()
	cfg := load(t, "", vars{"PORT": "5000", "DOCKET_ADMIN_TOKEN": "admin-0123456789",
		"DOCKET_INGEST_TOKEN_FILE": write(t, "ingest", "ingest-0123456789\n")})
	want := []TokenConfig{{Name: "admin", Token: "admin-0123456789", Scopes: []string{"admin"}},
		{Name: "ingest", Token: "ingest-0123456789", Scopes: []string{"ingest"}}}
	if diff := cmp.Diff(want, cfg.Auth.Tokens); diff != "" || cfg.Listen != ":5000" {
		t.Errorf("%s listens on %s", diff, cfg.Listen)
	}
	if text := cfg.String(); strings.Contains(text, "0123456789") {
		t.Error("the configuration shows a token")
	}
}

func TestMistakesOfTokensOfTheEnvironmentNameTheVariable(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		env  vars
		want string
	}{
		{"", vars{"DOCKET_ADMIN_TOKEN": "short"}, "DOCKET_ADMIN_TOKEN: is shorter than 16 characters"},
		{
			"",
			vars{"DOCKET_INGEST_TOKEN": "one-0123456789-one\n"},
			"DOCKET_INGEST_TOKEN: contains a line break, a space at the start or end, or a control character",
		},
		{
			"",
			vars{"DOCKET_ADMIN_TOKEN": "same-0123456789-same", "DOCKET_INGEST_TOKEN": "same-0123456789-same"},
			`DOCKET_INGEST_TOKEN: is also the token of "admin"`,
		},
		{
			"auth: {tokens: [{name: admin, token: file-0123456789-file, scopes: [read]}]}",
			vars{"DOCKET_ADMIN_TOKEN": "admin-0123456789"},
			`DOCKET_ADMIN_TOKEN: "admin" is used twice`,
		},
		{
			"",
			vars{"DOCKET_ADMIN_TOKEN_FILE": "/nowhere/at/all"},
			"DOCKET_ADMIN_TOKEN_FILE: its file cannot be read: no such file or directory",
		},
	} {
		if diff := cmp.Diff(c.want, refuse(t, c.text, c.env)); diff != "" {
			t.Error(diff)
		}
	}
}
