package github_test

import (
	"errors"
	"net/http"
	"testing"

	"docket/internal/desk"
	"docket/internal/desk/github"
	"docket/internal/desk/github/fakegithub"
	"docket/internal/fault"
)

const hookSecret = "It's a Secret to Everybody"

// TestASignatureIsGitHubs is the example of GitHub's documentation
// (https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries, read 2026-11-27).
func TestASignatureIsGitHubs(t *testing.T) {
	const signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
	body := []byte("Hello, World!")
	if !github.Signed(hookSecret, signature, body) {
		t.Error("GitHub's own example is not signed")
	}
	for name, tt := range map[string]struct{ secret, signature, body string }{
		"another secret":  {"other", signature, "Hello, World!"},
		"no secret":       {"", signature, "Hello, World!"},
		"another body":    {hookSecret, signature, "Hello, World?"},
		"no signature":    {hookSecret, "", "Hello, World!"},
		"the old way":     {hookSecret, "sha1=757107ea0eb2509fc211221cce984b8a37570b6d", "Hello, World!"},
		"no prefix":       {hookSecret, signature[7:], "Hello, World!"},
		"half of it":      {hookSecret, signature[:40], "Hello, World!"},
		"not hexadecimal": {hookSecret, "sha256=zz", "Hello, World!"},
	} {
		if github.Signed(fault.Secret(tt.secret), tt.signature, []byte(tt.body)) {
			t.Errorf("%s: signed", name)
		}
	}
}

func TestAWebhookSaysWhichTicketToLookAt(t *testing.T) {
	fake, url := start(t, fakegithub.Options{WebhookSecret: hookSecret, Repositories: []string{home, moved}})
	d := open(t, hooked(url))
	id := prepared(t, d)
	fake.Comment(home, 1, "on it")
	fake.CloseIssue(home, 1, "completed")
	fake.ReopenIssue(home, 1)
	fake.Label(home, 1, "x")
	fake.Transfer(home, 1, moved)
	fake.Delete(moved, 1)
	wants := []desk.Hook{
		{Ticket: desk.Ticket{ID: id, Status: desk.StatusOpen}}, // opened
		{Ticket: desk.Ticket{ID: id, Status: desk.StatusOpen}}, // commented on
		{Ticket: desk.Ticket{ID: id, Status: desk.StatusClosed}},
		{Ticket: desk.Ticket{ID: id, Status: desk.StatusOpen}},             // reopened
		{Ticket: desk.Ticket{ID: id, Status: desk.StatusOpen}},             // labeled
		{Ticket: desk.Ticket{ID: id, Status: desk.StatusOpen}, Gone: true}, // transferred
		{Ticket: desk.Ticket{ID: moved + "/issues/1", Status: desk.StatusOpen}, Gone: true},
	}
	hooks := fake.Hooks()
	if len(hooks) != len(wants) {
		t.Fatalf("%d webhooks, want %d", len(hooks), len(wants))
	}
	for n, want := range wants {
		got, err := d.ParseHook(headers(hooks[n]), hooks[n].Body)
		if err != nil || got.Ticket.ID != want.Ticket.ID || got.Ticket.Status != want.Ticket.Status || got.Gone != want.Gone {
			t.Errorf("webhook %d says %+v, %v, want %+v", n, got, err, want)
		}
		if _, err := open(t, configFor(url)).ParseHook(headers(hooks[n]), hooks[n].Body); !errors.Is(err, desk.ErrSignature) {
			t.Errorf("webhook %d without a secret: %v", n, err)
		}
	}
}

// hooked is a configuration with the webhook's secret.
func hooked(url string) github.Config {
	config := configFor(url)
	config.WebhookSecret = hookSecret
	return config
}

func headers(h fakegithub.Hook) http.Header {
	header := http.Header{}
	header.Set("X-GitHub-Event", h.Event)
	header.Set("X-Hub-Signature-256", h.Signature)
	return header
}

func TestOtherWebhooksAreAboutNoTicket(t *testing.T) {
	fake, url := start(t, fakegithub.Options{WebhookSecret: hookSecret})
	d := open(t, hooked(url))
	if d.Unhooked() != "" || open(t, configFor(url)).Unhooked() == "" {
		t.Error("whether webhooks are taken is wrong")
	}
	pull := `{"action":"created","issue":{"number":3,"pull_request":{"url":"x"}},"repository":{"full_name":"octo/ops"}}`
	push, comment := fake.Sign("push", []byte(`{"ref":"refs/heads/main"}`)), fake.Sign("issue_comment", []byte(pull))
	for _, h := range []fakegithub.Hook{fake.Ping(), push, comment} {
		if got, err := d.ParseHook(headers(h), h.Body); err != nil || got.Ticket.ID != "" {
			t.Errorf("%s: %+v, %v", h.Event, got, err)
		}
	}
	for _, body := range []string{
		"", "[]", "{}", `{"issue":{"number":0},"repository":{"full_name":"octo/ops"}}`,
		`{"issue":{"number":1},"repository":{"full_name":"../x"}}`,
	} {
		if got, err := d.ParseHook(headers(fake.Sign("issues", []byte(body))), []byte(body)); err == nil || errors.Is(err, desk.ErrSignature) {
			t.Errorf("%q: %+v, %v, want an error about the body", body, got, err)
		}
	}
}

func FuzzParseHook(f *testing.F) {
	f.Add("issues", []byte(`{"action":"closed","issue":{"number":1,"title":"x","labels":["a",{"name":"b"}]},`+
		`"repository":{"full_name":"octo/ops"}}`))
	f.Add("ping", []byte(`{"zen":"x"}`))
	fake := fakegithub.New(fakegithub.Options{WebhookSecret: hookSecret})
	f.Cleanup(fake.Close)
	d, err := github.New(hooked("https://api.github.com"))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, event string, body []byte) {
		got, err := d.ParseHook(headers(fake.Sign(event, body)), body)
		if err == nil && got.Ticket.ID != "" && got.Ticket.Number == "" {
			t.Errorf("%q: %+v", body, got)
		}
	})
}
