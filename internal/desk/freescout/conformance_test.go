package freescout_test

import (
	"net/http/httptest"
	"testing"

	"docket/internal/desk"
	"docket/internal/desk/desktest"
	"docket/internal/desk/fakedesk"
	"docket/internal/desk/freescout"
)

const (
	apiKey       = "key-4711-do-not-show"
	accessID     = "0123456789.access"
	accessSecret = "cfast_secret-do-not-show"
)

// gated is a FreeScout with key and Access gate, in a folder.
var gated = fakedesk.Options{APIKey: apiKey, AccessClientID: accessID, AccessClientSecret: accessSecret, BasePath: "/helpdesk"}

// start runs the fake on a socket and returns it with its URL.
func start(t *testing.T, options fakedesk.Options) (*fakedesk.Server, string) {
	t.Helper()
	fake := fakedesk.New(options)
	server := httptest.NewServer(fake)
	t.Cleanup(func() { fake.Close(); server.Close() })
	return fake, server.URL + options.BasePath
}

func configFor(url string) freescout.Config {
	return freescout.Config{
		APIURL: url, APIKey: apiKey, AccessClientID: accessID, AccessClientSecret: accessSecret, MailboxID: 2, Rate: 10_000,
		UserAgent: "docket/test",
	}
}

func open(t *testing.T, config freescout.Config) *freescout.Desk {
	t.Helper()
	d, err := freescout.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestFreeScoutKeepsADesksPromises(t *testing.T) {
	desktest.Run(t, func(t *testing.T) desk.Desk {
		_, url := start(t, gated)
		return open(t, configFor(url))
	}, desktest.Options{})
}

func TestFreeScoutKeepsADesksPromisesWithoutANetwork(t *testing.T) {
	desktest.Run(t, func(t *testing.T) desk.Desk {
		fake := fakedesk.New(gated)
		t.Cleanup(fake.Close)
		config := configFor("https://tickets.example.org/helpdesk/api/")
		config.Transport = fake.Transport()
		return open(t, config)
	}, desktest.Options{})
}
