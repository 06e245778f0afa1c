package github

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"docket/internal/desk"
	"docket/internal/desk/rest"
	"docket/internal/fault"
)

// The variables have a prefix of their own: GITHUB_TOKEN, GITHUB_REPOSITORY and GITHUB_API_URL are set
// by GitHub Actions and Codespaces for whatever runs there, and Docket must not file with them unasked.
const (
	tokenVariable = "DOCKET_GITHUB_TOKEN"           //nolint:gosec // A name, not a value.
	keyVariable   = "DOCKET_GITHUB_APP_PRIVATE_KEY" //nolint:gosec // A name, not a value.
	hookVariable  = "DOCKET_GITHUB_WEBHOOK_SECRET"
)

// Settings are the section github of docket.yaml, with its variables.
//
// Issues of a GitHub repository: docs/github.md.
type Settings struct {
	// The repository that gets the issues, as owner/name; a route may name another.
	Repository string `yaml:"repository" env:"DOCKET_GITHUB_REPOSITORY" required:"true" example:"acme/operations"`
	// The address of GitHub's API. A GitHub Enterprise Server has it at https://HOST/api/v3.
	APIURL string `yaml:"api_url" env:"DOCKET_GITHUB_API_URL" format:"url"`
	// A personal access token: fine-grained with Issues: read and write, or classic with the scope repo. It is not
	// used where an app is set. Better set it in the environment.
	Token fault.Secret `yaml:"token" env:"DOCKET_GITHUB_TOKEN" example:"github_pat_the-token"`
	// The id, or the client id, of a GitHub App that Docket signs in as instead of using a token.
	AppID string `yaml:"app_id" env:"DOCKET_GITHUB_APP_ID" example:"123456"`
	// The number at the end of the address of the app's installation.
	AppInstallationID int64 `yaml:"app_installation_id" env:"DOCKET_GITHUB_APP_INSTALLATION_ID" example:"7890123"`
	// The app's private key (PEM).
	AppPrivateKey fault.Secret `yaml:"app_private_key" env:"DOCKET_GITHUB_APP_PRIVATE_KEY" example:"the-private-key-in-pem"`
	// The secret with which GitHub signs its webhooks.
	WebhookSecret fault.Secret `yaml:"webhook_secret" env:"DOCKET_GITHUB_WEBHOOK_SECRET" example:"the-webhook-secret"`
	// Labels of every issue; GitHub creates those that the repository lacks. A route may add more.
	Labels []string `yaml:"labels" example:"[type:reliability]"`
	// The users that every issue is assigned to.
	Assignees []string `yaml:"assignees" example:"[octocat]"`
	// After a create whose outcome is unknown: how long Docket waits before it looks whether the issue is there.
	// GitHub's list of issues has been reported to be up to 8 minutes behind.
	WaitOut time.Duration `yaml:"wait_out" min:"1s"`
	// How many changes may start in one second, at most. GitHub asks for no more than one; only an Enterprise Server
	// without rate limits takes more.
	Rate float64 `yaml:"rate"`
}

// NewSettings returns the defaults.
func NewSettings() *Settings {
	return &Settings{APIURL: DefaultAPIURL, WaitOut: DefaultWaitOut, Rate: DefaultRate}
}

// Chosen reports whether a repository is set.
func (s *Settings) Chosen() bool { return s.Repository != "" }

// Check finds what the fields' tags cannot say. How the parts fit together is looked at once a repository
// is set: before that nothing is filed here.
func (s *Settings) Check(report desk.Report) {
	checkRepository(s.Repository, report)
	if s.Chosen() {
		s.checkKeys(report)
	}
	checkLabels(s.Labels, report)
	for _, user := range s.Assignees {
		if user == "" || strings.ContainsAny(user, " @/") {
			report("assignees", "%s is not a user's name: write octocat, without @", strconv.Quote(rest.Clip(user)))
		}
	}
	if !(s.Rate > 0 && s.Rate <= 1e6) { // written so that NaN fails too
		report("rate", "is not a number of changes per second above 0")
	}
}

func (s *Settings) checkKeys(report desk.Report) {
	app := s.app().set()
	switch {
	case app && s.AppID == "":
		report("app_id", "is missing, but app_installation_id is set")
	case app && s.AppInstallationID <= 0:
		report("app_installation_id", "is missing: it is the number at the end of the installation's address on GitHub")
	case !app && s.AppPrivateKey.Set():
		report("app_id", "is missing, but app_private_key is set")
	case strings.HasPrefix(s.AppPrivateKey.Reveal(), "-----BEGIN"): // What is no PEM at all, Open refuses.
		if _, err := parseKey(s.AppPrivateKey); err != nil {
			report("app_private_key", "%s", err)
		}
	case !rest.HeaderSafe(s.Token.Reveal()):
		report("token", "holds a space at an end, a line break or another character that cannot be sent in a header")
	}
}

func (s *Settings) app() App { return App{s.AppID, s.AppInstallationID} }

func checkRepository(text string, report desk.Report) {
	if text != "" && !isRepository(text) {
		report("repository", "%s is not of the form owner/name", strconv.Quote(rest.Clip(text)))
	}
}

func checkLabels(labels []string, report desk.Report) {
	for _, label := range labels {
		if !isLabel(label) {
			report("labels", "%s is empty, has a space at an end or is longer than %d characters", strconv.Quote(rest.Clip(label)), maxLabel)
		}
	}
}

// Complete fills in nothing: what follows from what is set follows in Open.
func (s *Settings) Complete() {}

// Place is the repository.
func (s *Settings) Place() string { return s.Repository }

// Credentials are the token and the app's key.
func (s *Settings) Credentials() []desk.Credential {
	app := s.app().set()
	return []desk.Credential{
		{Variable: tokenVariable, Value: s.Token, Required: !app},
		{Variable: keyVariable, Value: s.AppPrivateKey, Required: app},
	}
}

// Variables are what the way to GitHub needs.
func (s *Settings) Variables() []desk.Variable {
	app := s.app().set()
	return []desk.Variable{
		{Name: "DOCKET_GITHUB_REPOSITORY", Set: s.Repository != "", Needed: true},
		{Name: tokenVariable, Set: s.Token.Set(), Needed: !app, Doubt: tokenDoubt(s.Token, app)},
		{Name: "DOCKET_GITHUB_APP_ID", Set: s.AppID != "", Needed: app},
		{Name: "DOCKET_GITHUB_APP_INSTALLATION_ID", Set: s.AppInstallationID != 0, Needed: app},
		{Name: keyVariable, Set: s.AppPrivateKey.Set(), Needed: app},
		{Name: hookVariable, Set: s.WebhookSecret.Set()},
	}
}

// tokenDoubt says what looks wrong about a token, "" for nothing. Every kind has its prefix
// (https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github#githubs-token-formats,
// read 2026-11-27).
func tokenDoubt(token fault.Secret, app bool) string {
	text := token.Reveal()
	switch {
	case app && text != "":
		return "it is not used, because a GitHub App is set"
	case text == "", strings.HasPrefix(text, "github_pat_"), strings.HasPrefix(text, "ghp_"), strings.HasPrefix(text, "gho_"):
		return ""
	case strings.HasPrefix(text, "ghs_"):
		return "this is an installation's token: it ends within an hour; set the app instead"
	}
	return "this does not look like one of GitHub's tokens: they begin with github_pat_ or ghp_"
}

// Open makes the desk.
func (s *Settings) Open(n desk.Needs) (desk.Desk, error) {
	later := func(variable string) bool { return n.Later != nil && n.Later(variable) }
	d, err := New(Config{
		APIURL: s.APIURL, Repository: s.Repository, Places: n.Places, Labels: s.Labels, Assignees: s.Assignees,
		Keys: Keys{s.Token, s.AppPrivateKey}, App: s.app(), KeyLater: later(tokenVariable) || later(keyVariable),
		WebhookSecret: s.WebhookSecret, WaitOut: s.WaitOut, Rate: s.Rate, UserAgent: n.UserAgent, Transport: n.Transport,
	})
	if err != nil {
		return nil, fmt.Errorf("set up the github desk: %w", err)
	}
	return d, nil
}

// SetSecrets changes what the calls that begin from now on show.
func (d *Desk) SetSecrets(byVariable map[string]fault.Secret) (changed bool, err error) {
	keys := d.held.Load().now
	if token, given := byVariable[tokenVariable]; given {
		keys.Token = token
	}
	if key, given := byVariable[keyVariable]; given {
		keys.PrivateKey = key
	}
	return d.SetKeys(keys)
}

// RouteSettings are what a route says to GitHub.
type RouteSettings struct {
	// For GitHub: the repository that gets the issues, instead of the desk's own.
	Repository string `yaml:"repository"`
	// For GitHub: labels of the issues beside the desk's own.
	Labels []string `yaml:"labels"`
}

// Place is the repository.
func (r *RouteSettings) Place() string { return r.Repository }

// Tags are the labels.
func (r *RouteSettings) Tags() []string { return r.Labels }

// Check finds what the fields' tags cannot say.
func (r *RouteSettings) Check(report desk.Report) {
	checkRepository(r.Repository, report)
	checkLabels(r.Labels, report)
}
