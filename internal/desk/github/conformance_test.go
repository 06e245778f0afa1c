package github_test

import (
	"net/http/httptest"
	"testing"

	"docket/internal/desk"
	"docket/internal/desk/desktest"
	"docket/internal/desk/github"
	"docket/internal/desk/github/fakegithub"
)

const (
	home  = "octo/ops"
	token = "github_pat_do-not-show"
)

// start runs the fake on a socket and returns it with its API's address.
func start(t *testing.T, options fakegithub.Options) (*fakegithub.Server, string) {
	t.Helper()
	if options.AppKey == nil {
		options.Token = token
	}
	fake := fakegithub.New(options)
	server := httptest.NewServer(fake)
	t.Cleanup(func() { fake.Close(); server.Close() })
	return fake, server.URL + options.BasePath
}

func configFor(url string) github.Config {
	return github.Config{
		APIURL: url, Repository: home, Keys: github.Keys{Token: token}, Rate: 10_000, UserAgent: "docket/test",
	}
}

func open(t *testing.T, config github.Config) *github.Desk {
	t.Helper()
	d, err := github.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

var missing = desktest.Options{MissingID: home + "/issues/999999999"}

func TestGitHubKeepsADesksPromises(t *testing.T) {
	desktest.Run(t, func(t *testing.T) desk.Desk {
		_, url := start(t, fakegithub.Options{})
		return open(t, configFor(url))
	}, missing)
}

// TestGitHubKeepsADesksPromisesWithoutANetwork is an Enterprise Server, where the API lies in a folder.
func TestGitHubKeepsADesksPromisesWithoutANetwork(t *testing.T) {
	desktest.Run(t, func(t *testing.T) desk.Desk {
		fake := fakegithub.New(fakegithub.Options{Token: token, BasePath: "/api/v3", SearchLag: 1 << 62})
		t.Cleanup(fake.Close)
		config := configFor("https://github.example.org/api/v3/")
		config.Transport = fake.Transport()
		return open(t, config)
	}, missing)
}

func TestGitHubKeepsADesksPromisesInSeveralRepositories(t *testing.T) {
	desktest.Run(t, func(t *testing.T) desk.Desk {
		_, url := start(t, fakegithub.Options{Repositories: []string{"octo/shop", home, "octo/empty"}})
		config := configFor(url)
		config.Places = []string{"octo/shop", "octo/empty", "octo/out-of-sight"}
		return open(t, config)
	}, missing)
}

// urlOf serves a fake once more.
func urlOf(t *testing.T, fake *fakegithub.Server) string {
	t.Helper()
	server := httptest.NewServer(fake)
	t.Cleanup(server.Close)
	return server.URL
}
