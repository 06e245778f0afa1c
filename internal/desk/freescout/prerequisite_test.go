package freescout_test

import (
	"strings"
	"testing"

	"docket/internal/desk/freescout"
	"docket/internal/fault"
)

func TestValuesThatCannotBeRightAreDoubtedWithoutBeingShown(t *testing.T) {
	const id = "0123456789abcdef0123456789abcdef.access"
	hex := strings.Repeat("0f", 32)
	for _, c := range []struct {
		name            string
		key, id, secret fault.Secret
		variable, doubt string
	}{
		{name: "all is well", key: "the-key-of-freescout", id: id, secret: fault.Secret(hex)},
		{name: "a new secret", key: "the-key-of-freescout", id: id, secret: "cfast_0123456789abcdefghij"},
		{name: "quoted", key: `"the-key"`, variable: "FREESCOUT_API_KEY", doubt: "quotation marks"},
		{name: "with its name", key: "FREESCOUT_API_KEY=the-key", variable: "FREESCOUT_API_KEY", doubt: "its own name"},
		{name: "a placeholder", key: "changeme", variable: "FREESCOUT_API_KEY", doubt: "placeholder"},
		{name: "Bearer", key: "Bearer the-key", variable: "FREESCOUT_API_KEY", doubt: "Bearer"},
		{name: "an address", key: "https://tickets.example.org", variable: "FREESCOUT_API_KEY", doubt: "address"},
		{name: "the id as key", key: id, variable: "FREESCOUT_API_KEY", doubt: "client id"},
		{name: "mixed up", key: "the-key", id: fault.Secret(hex), secret: id, variable: "CF_ACCESS_SVC_TICKETS_CLIENT_ID",
			doubt: "client secret"},
		{name: "mixed up, the other", key: "the-key", id: fault.Secret(hex), secret: id,
			variable: "CF_ACCESS_SVC_TICKETS_CLIENT_SECRET", doubt: "client id"},
		{name: "the key twice", key: fault.Secret(hex), id: id, secret: fault.Secret(hex), variable: "FREESCOUT_API_KEY",
			doubt: "the same as CF_ACCESS_SVC_TICKETS_CLIENT_SECRET"},
	} {
		t.Run(c.name, func(t *testing.T) {
			settings := freescout.Settings{APIURL: "https://x.example.org", APIKey: c.key, MailboxID: 2, AccessClientID: c.id,
				AccessClientSecret: c.secret}
			found := c.variable == ""
			for _, v := range settings.Variables() {
				if v.Name == c.variable && strings.Contains(v.Doubt, c.doubt) {
					found = true
				}
				if c.variable == "" && v.Doubt != "" {
					t.Errorf("%s is doubted: %s", v.Name, v.Doubt)
				}
				for _, secret := range []fault.Secret{c.key, c.id, c.secret} {
					if len(secret) > 10 && strings.Contains(v.Doubt, secret.Reveal()) {
						t.Errorf("%s is shown", v.Name)
					}
				}
			}
			if !found {
				t.Errorf("%s is not doubted", c.variable)
			}
		})
	}
}
