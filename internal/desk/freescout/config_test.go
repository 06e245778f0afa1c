package freescout_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"docket/internal/desk/freescout"
)

func TestConfigurationFaultsAreSaidClearly(t *testing.T) {
	good := configFor("https://tickets.example.org")
	for _, row := range []struct {
		change func(*freescout.Config)
		says   string
	}{
		{func(c *freescout.Config) { c.APIURL = "" }, "API URL is missing"},
		{func(c *freescout.Config) { c.APIURL = "tickets.example.org" }, "must begin with https://"},
		{func(c *freescout.Config) { c.APIURL = "ftp://tickets.example.org" }, "must begin with https://"},
		{func(c *freescout.Config) { c.APIURL = "https://" }, "names no host"},
		{func(c *freescout.Config) { c.APIURL = "https://u:do-not-show@tickets.example.org" }, "user name or password"},
		{func(c *freescout.Config) { c.APIURL = "https://u:do-not-show@tickets.example.org:x/%zz" }, "is not a URL"},
		{func(c *freescout.Config) { c.APIURL = "https://tickets.example.org/?api_key=do-not-show" }, "query"},
		{func(c *freescout.Config) { c.InstanceURL = "/tickets" }, "instance URL must begin"},
		{func(c *freescout.Config) { c.APIKey = "" }, "API key is missing"},
		{func(c *freescout.Config) { c.APIKey = apiKey + "\n" }, "API key holds a space at an end"},
		{func(c *freescout.Config) { c.AccessClientID = "" }, "needed together"},
		{func(c *freescout.Config) { c.AccessClientSecret = "" }, "needed together"},
		{func(c *freescout.Config) { c.AccessClientSecret = "a\x00b" }, "client secret holds"},
		{func(c *freescout.Config) { c.MailboxID = 0 }, "mailbox id 0"},
		{func(c *freescout.Config) { c.MailboxID = -2 }, "mailbox id -2"},
		{func(c *freescout.Config) { c.UserID = -1 }, "user id -1"},
		{func(c *freescout.Config) { c.CustomerEmail = "Alerts <a@b>" }, "bare e-mail"},
		{func(c *freescout.Config) { c.CustomerEmail = "alerts" }, "bare e-mail"},
		{func(c *freescout.Config) { c.WaitOut = -time.Second }, "cannot be negative"},
		{func(c *freescout.Config) { c.Rate = -1 }, "rate -1"},
	} {
		config := good
		row.change(&config)
		_, err := freescout.New(config)
		if err == nil || !strings.Contains(err.Error(), row.says) {
			t.Errorf("got %v, want an error that says %q", err, row.says)
			continue
		}
		noSecret(t, "a configuration error", err.Error())
	}
}

func TestBaseAddressIsTakenInEveryForm(t *testing.T) {
	for given, want := range map[string]string{
		"https://host.example":               "https://host.example/api/mailboxes",
		"https://host.example/":              "https://host.example/api/mailboxes",
		"https://host.example/api":           "https://host.example/api/mailboxes",
		"https://host.example/api/":          "https://host.example/api/mailboxes",
		"http://host.example:8080/sub":       "http://host.example:8080/sub/api/mailboxes",
		"https://host.example/sub/dir/api//": "https://host.example/sub/dir/api/mailboxes",
	} {
		config := configFor(given)
		var asked string
		config.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
			asked, _, _ = strings.Cut(r.URL.String(), "?")
			return nil, io.EOF
		})
		if err := open(t, config).Check(t.Context()); err == nil {
			t.Errorf("%s: no error", given)
		}
		if asked != want {
			t.Errorf("%s: asked %s, want %s", given, asked, want)
		}
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
