package github_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"docket/internal/desk"
	"docket/internal/desk/github"
	"docket/internal/fault"
)

// mistakes are the keys that Check reports.
func mistakes(check func(desk.Report)) (keys []string) {
	check(func(key, format string, args ...any) {
		if text := fmt.Sprintf(format, args...); strings.Contains(text, "%!") {
			key = text
		}
		keys = append(keys, key)
	})
	return keys
}

func TestSettingsNameTheirMistakes(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*github.Settings)
		want   []string
	}{
		"a token":                {func(*github.Settings) {}, nil},
		"not owner/name":         {func(s *github.Settings) { s.Repository = "https://github.com/octo/ops" }, []string{"repository"}},
		"an app without its id":  {func(s *github.Settings) { s.Token, s.AppInstallationID = "", 2 }, []string{"app_id"}},
		"an app installed where": {func(s *github.Settings) { s.Token, s.AppID = "", "1" }, []string{"app_installation_id"}},
		"a key without an app":   {func(s *github.Settings) { s.AppPrivateKey = "x" }, []string{"app_id"}},
		"a key that is none": {func(s *github.Settings) {
			s.Token, s.AppID, s.AppInstallationID, s.AppPrivateKey = "", "1", 2, "-----BEGIN RSA PRIVATE KEY-----\nx"
		}, []string{"app_private_key"}},
		"a token of two lines": {func(s *github.Settings) { s.Token = "a\nb" }, []string{"token"}},
		"labels that are none": {func(s *github.Settings) {
			s.Labels = []string{"ok", "", strings.Repeat("x", 51)}
		}, []string{"labels", "labels"}},
		"a user with an at sign":  {func(s *github.Settings) { s.Assignees = []string{"@octocat"} }, []string{"assignees"}},
		"a rate that is no rate":  {func(s *github.Settings) { s.Rate = 0 }, []string{"rate"}},
		"nothing to be said here": {func(s *github.Settings) { s.Labels, s.Assignees = []string{"type:reliability"}, []string{"octocat"} }, nil},
	} {
		s := github.NewSettings()
		s.Repository, s.Token = home, token
		tt.change(s)
		if got := mistakes(s.Check); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
		lenient := slices.Contains(tt.want, "assignees") || slices.Contains(tt.want, "rate")
		if _, err := s.Open(desk.Needs{}); (err == nil) != (tt.want == nil) && !lenient {
			t.Errorf("%s: Open: %v", name, err)
		} else if err != nil {
			noSecret(t, name, err.Error())
		}
	}
}

func TestSettingsAreChosenByTheirRepository(t *testing.T) {
	s := github.NewSettings()
	if s.Chosen() {
		t.Error("chosen with nothing set")
	}
	s.Repository = home
	if !s.Chosen() {
		t.Error("not chosen")
	}
}

func TestVariablesSayWhatIsMissing(t *testing.T) {
	s := github.NewSettings()
	s.Repository, s.Token = home, "ghs_installation-do-not-show"
	for _, v := range s.Variables() {
		noSecret(t, v.Name, strings.ReplaceAll(v.Doubt, "ghs_", ""))
		if v.Name == "DOCKET_GITHUB_TOKEN" && (!v.Set || !v.Needed || v.Doubt == "") {
			t.Errorf("%+v", v)
		}
		if v.Name == "DOCKET_GITHUB_APP_ID" && v.Needed {
			t.Errorf("%+v", v)
		}
	}
	var required []string
	s.Token, s.AppID = "", "4711"
	for _, c := range s.Credentials() {
		if c.Required {
			required = append(required, c.Variable)
		}
	}
	if !slices.Equal(required, []string{"DOCKET_GITHUB_APP_PRIVATE_KEY"}) {
		t.Errorf("an app needs %v", required)
	}
}

func TestARouteSaysItsRepositoryAndLabels(t *testing.T) {
	r := &github.RouteSettings{Repository: moved, Labels: []string{"type:reliability"}}
	if r.Place() != moved || !slices.Equal(r.Tags(), []string{"type:reliability"}) || mistakes(r.Check) != nil {
		t.Errorf("%q, %v", r.Place(), r.Tags())
	}
	r = &github.RouteSettings{Repository: "octo", Labels: []string{" x"}}
	if got := mistakes(r.Check); !slices.Equal(got, []string{"repository", "labels"}) {
		t.Errorf("%v", got)
	}
}

func TestAConfigurationThatCannotWorkIsRefused(t *testing.T) {
	for name, change := range map[string]func(*github.Config){
		"no repository":       func(c *github.Config) { c.Repository = "" },
		"a path":              func(c *github.Config) { c.Repository = "octo/.." },
		"a place that is one": func(c *github.Config) { c.Places = []string{"octo/ops/issues"} },
		"no token":            func(c *github.Config) { c.Keys = github.Keys{} },
		"a password in it":    func(c *github.Config) { c.APIURL = "https://user:do-not-show@github.example.org" },
		"no such scheme":      func(c *github.Config) { c.APIURL = "ftp://github.example.org" },
		"a negative wait-out": func(c *github.Config) { c.WaitOut = -1 },
		"an endless rate":     func(c *github.Config) { c.Rate = 1e9 },
		"a user agent":        func(c *github.Config) { c.UserAgent = "docket\r\n" },
	} {
		config := configFor("https://api.github.com")
		change(&config)
		_, err := github.New(config)
		if err == nil {
			t.Errorf("%s: taken", name)
			continue
		}
		noSecret(t, name, err.Error())
	}
	config := configFor("https://api.github.com")
	config.Keys, config.KeyLater = github.Keys{}, true
	d := open(t, config)
	if _, err := d.Find(t.Context(), testMark); outcomeOf(err) != "unavailable key_missing" {
		t.Errorf("before the vault delivered: %v", err)
	}
	if changed, err := d.SetSecrets(map[string]fault.Secret{"DOCKET_GITHUB_TOKEN": token}); !changed || err != nil {
		t.Errorf("SetSecrets: %v, %v", changed, err)
	}
}
