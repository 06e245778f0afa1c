package github_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"docket/internal/desk/github"
	"docket/internal/desk/github/fakegithub"
	"docket/internal/fault"
)

// appKey is a key that tests share, because making one takes a while.
var appKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

func pemOf(key *rsa.PrivateKey) fault.Secret {
	return fault.Secret(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}))
}

func appOptions() fakegithub.Options {
	return fakegithub.Options{AppID: "4711", InstallationID: 99, AppKey: &appKey().PublicKey}
}

func appConfig(url string) github.Config {
	config := configFor(url)
	config.Keys = github.Keys{PrivateKey: pemOf(appKey())}
	config.App = github.App{ID: "4711", InstallationID: 99}
	return config
}

// appInBubble runs a test as a GitHub App, in a bubble with its own clock.
func appInBubble(t *testing.T, options fakegithub.Options, test func(t *testing.T, fake *fakegithub.Server, d *github.Desk)) {
	t.Helper()
	appKey() // Not inside: a bubble's goroutine must not be waited for from outside.
	synctest.Test(t, func(t *testing.T) {
		fake := fakegithub.New(options)
		defer fake.Close()
		config := appConfig("https://api.github.com")
		config.Transport = fake.Transport()
		test(t, fake, open(t, config))
	})
}

func TestAnAppRenewsItsTokenBeforeItEnds(t *testing.T) {
	appInBubble(t, appOptions(), func(t *testing.T, fake *fakegithub.Server, d *github.Desk) {
		for range 36 { // three hours
			if err := d.Check(t.Context()); err != nil {
				t.Fatal(err)
			}
			time.Sleep(5 * time.Minute)
		}
		if n := fake.Stats().Requests[fakegithub.OpToken]; n != 4 {
			t.Errorf("%d tokens in three hours, want one every 50 minutes", n)
		}
	})
}

// TestAnAppGoesOnWithItsTokenWhileItCannotBeRenewed: ten minutes of trouble cost nothing.
func TestAnAppGoesOnWithItsTokenWhileItCannotBeRenewed(t *testing.T) {
	appInBubble(t, appOptions(), func(t *testing.T, fake *fakegithub.Server, d *github.Desk) {
		if err := d.Check(t.Context()); err != nil {
			t.Fatal(err)
		}
		fake.Order(fakegithub.Fault{Kind: fakegithub.Unavailable503, On: fakegithub.OpToken})
		time.Sleep(55 * time.Minute)
		if err := d.Check(t.Context()); err != nil {
			t.Errorf("with a token that still lasts: %v", err)
		}
		time.Sleep(6 * time.Minute)
		if err := d.Check(t.Context()); outcomeOf(err) != "unavailable service_unavailable" {
			t.Errorf("with none: %v", err)
		}
	})
}

func TestAnAppWhoseClockIsWrongGoesByGitHubs(t *testing.T) {
	for _, ahead := range []time.Duration{-2 * time.Hour, -90 * time.Second, 20 * time.Minute} {
		options := appOptions()
		options.Ahead = ahead
		appInBubble(t, options, func(t *testing.T, fake *fakegithub.Server, d *github.Desk) {
			for range 4 {
				if err := d.Check(t.Context()); err != nil {
					t.Fatalf("with GitHub %v ahead: %v", ahead, err)
				}
				time.Sleep(45 * time.Minute)
			}
			if n := fake.Stats().Requests[fakegithub.OpToken]; n > 6 {
				t.Errorf("with GitHub %v ahead it was asked %d times for tokens", ahead, n)
			}
		})
	}
}

func TestARevokedTokenOfAnAppIsRenewedAtOnce(t *testing.T) {
	appInBubble(t, appOptions(), func(t *testing.T, fake *fakegithub.Server, d *github.Desk) {
		id := prepared(t, d)
		fake.Rekey("")
		if err := d.Note(t.Context(), id, "noted"); err != nil {
			t.Error(err)
		}
		if n := len(fake.Issues()[0].Comments); n != 1 {
			t.Errorf("%d comments", n)
		}
	})
}

func TestCallersShareOneRenewal(t *testing.T) {
	fake, url := start(t, appOptions())
	d := open(t, appConfig(url))
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if err := d.Check(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := fake.Stats().Requests[fakegithub.OpToken]; n != 1 {
		t.Errorf("%d tokens for 20 callers", n)
	}
}

func TestAnAppThatIsNotLetInSaysWhy(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*github.Config, *fakegithub.Options)
		want   string
	}{
		"another app":          {func(c *github.Config, _ *fakegithub.Options) { c.App.ID = "1" }, "refused key_refused"},
		"another installation": {func(c *github.Config, _ *fakegithub.Options) { c.App.InstallationID = 1 }, "refused installation_missing"},
		"may only read issues": {func(_ *github.Config, o *fakegithub.Options) { o.Role = "read" }, "refused permission_missing"},
		"all as it should be":  {func(*github.Config, *fakegithub.Options) {}, "ok"},
		"the vault is not back": {
			func(c *github.Config, _ *fakegithub.Options) { c.Keys, c.KeyLater = github.Keys{}, true }, "unavailable key_missing",
		},
	} {
		options, config := appOptions(), appConfig("")
		tt.change(&config, &options)
		_, config.APIURL = start(t, options)
		err := open(t, config).Check(t.Context())
		if outcomeOf(err) != tt.want {
			t.Errorf("%s: %v, want %s", name, err, tt.want)
		}
		checkFault(t, name, err)
	}
}

func TestKeysAreReplacedWithoutARestart(t *testing.T) {
	fake, url := start(t, fakegithub.Options{})
	d := open(t, configFor(url))
	fake.Rekey("github_pat_fresh")
	if err := d.Check(t.Context()); outcomeOf(err) != "refused key_refused" {
		t.Fatalf("Check: %v", err)
	}
	for _, want := range []bool{true, false} {
		changed, err := d.SetSecrets(map[string]fault.Secret{"DOCKET_GITHUB_TOKEN": "github_pat_fresh"})
		if err != nil || changed != want {
			t.Errorf("SetSecrets: %v, %v", changed, err)
		}
	}
	if err := d.Check(t.Context()); err != nil {
		t.Errorf("Check: %v", err)
	}
	if _, err := d.SetSecrets(map[string]fault.Secret{"DOCKET_GITHUB_TOKEN": "with\nbreak"}); err == nil {
		t.Error("a token with a line break was taken")
	} else if strings.Contains(err.Error(), "break\n") {
		t.Errorf("the error shows the token: %v", err)
	}
}
