package github

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"docket/internal/desk/rest"
	"docket/internal/failpoint"
	"docket/internal/fault"
)

// Name is GitHub's kind of desk.
const Name = "github"

// The defaults of a Config.
const (
	DefaultAPIURL = "https://api.github.com"
	// DefaultWaitOut is the longest that GitHub works on a request (10 s, then it ends it:
	// https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#timeouts),
	// plus the longest that its list of issues was reported to be behind a create (about 8 minutes
	// while GitHub was having trouble: https://github.com/judell/bram/issues/254; usually it is
	// there at once: https://github.com/Tracer-Cloud/opensre/pull/5269), both read 2026-11-27.
	DefaultWaitOut = 10 * time.Minute
	// DefaultRate is how many changes a second GitHub asks for at most: "wait at least one second
	// between each request" (https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api,
	// read 2026-11-27).
	DefaultRate          = 1.0
	DefaultCreateTimeout = 25 * time.Second
	// DefaultTimeout is above the 10 s after which GitHub itself gives a request up.
	DefaultTimeout   = 12 * time.Second
	DefaultUserAgent = "docket" // GitHub refuses calls without one.
)

// Config says which repository to file into and how to sign in. Zero values mean the defaults.
type Config struct {
	// APIURL is the API's address; a GitHub Enterprise Server has it at https://HOST/api/v3.
	APIURL string
	// Repository is where tickets go unless a draft says otherwise, as owner/name; required.
	Repository string
	// Places are the repositories that routes name; tickets are looked for there, too.
	Places []string
	// Labels are put on every issue as it is created, Assignees are asked to look at it.
	Labels, Assignees []string
	// Keys are the token, or the app's key.
	Keys Keys
	// App signs in as a GitHub App; a token is not used then.
	App App
	// KeyLater says that SetSecrets brings the token or the key: until then no call is sent.
	KeyLater bool
	// WebhookSecret is what GitHub signs its webhooks with; with none, none is taken.
	WebhookSecret fault.Secret
	// WaitOut is how long after a create with an unknown outcome a look may be believed.
	WaitOut time.Duration
	// Rate is how many changes may start in one second; ten times as many calls may only read.
	Rate float64
	// CreateTimeout bounds a create, Timeout every other call; the context may end them earlier.
	CreateTimeout, Timeout time.Duration
	// UserAgent is sent with every call.
	UserAgent string
	// Transport carries the calls; nil means the network.
	Transport http.RoundTripper
}

// App names a GitHub App and where it is installed.
type App struct {
	// ID is the app's id or its client id, InstallationID that of its installation in the
	// organization; both or neither.
	ID             string
	InstallationID int64
}

func (a App) set() bool { return a.ID != "" || a.InstallationID != 0 }

// Keys are what may be replaced while Docket runs.
type Keys struct {
	// Token is a personal access token, fine-grained or classic.
	Token fault.Secret
	// PrivateKey is the app's key, PEM.
	PrivateKey fault.Secret
}

// checked returns the configuration with defaults filled in.
func (c Config) checked() (Config, error) {
	var err error
	if c.APIURL, err = rest.BaseURL("GitHub's API URL", orDefault(c.APIURL, DefaultAPIURL)); err != nil {
		return c, err
	}
	c.WaitOut = orDefault(c.WaitOut, DefaultWaitOut)
	c.Rate = orDefault(c.Rate, DefaultRate)
	c.CreateTimeout = orDefault(c.CreateTimeout, failpoint.Hurried(DefaultCreateTimeout))
	c.Timeout = orDefault(c.Timeout, DefaultTimeout)
	c.UserAgent = orDefault(c.UserAgent, DefaultUserAgent)
	return c, c.validate()
}

func (c Config) validate() error {
	var faults []error
	for _, repository := range append([]string{c.Repository}, c.Places...) {
		if !isRepository(repository) {
			faults = append(faults, fmt.Errorf("the repository %s is not of the form owner/name", strconv.Quote(rest.Clip(repository))))
		}
	}
	if err := c.validateKeys(c.Keys); err != nil {
		faults = append(faults, err)
	}
	for _, label := range c.Labels {
		if !isLabel(label) {
			faults = append(faults, fmt.Errorf("the label %s is empty or longer than %d characters", strconv.Quote(rest.Clip(label)), maxLabel))
		}
	}
	if !rest.HeaderSafe(c.UserAgent) {
		faults = append(faults, errors.New("the user agent cannot be sent in a header"))
	}
	if c.WaitOut < 0 || c.CreateTimeout < 0 || c.Timeout < 0 {
		faults = append(faults, errors.New("the wait-out and the timeouts cannot be negative"))
	}
	if !(c.Rate > 0 && c.Rate <= 1e6) { // written so that NaN fails too
		faults = append(faults, fmt.Errorf("the rate %v is not a number of changes per second above 0", c.Rate))
	}
	return errors.Join(faults...)
}

func (c Config) validateKeys(keys Keys) error {
	switch {
	case c.App.set() && (c.App.ID == "" || c.App.InstallationID <= 0):
		return errors.New("a GitHub App needs its id and the id of its installation")
	case c.App.set() && keys.PrivateKey.Set():
		_, err := parseKey(keys.PrivateKey)
		return err
	case !c.App.set() && keys.PrivateKey.Set():
		return errors.New("a private key is set, but no app: set its id and the id of its installation")
	case !rest.HeaderSafe(keys.Token.Reveal()):
		return errors.New("the token holds a space at an end, a line break or another character that cannot be sent in a header")
	case !c.KeyLater && !c.App.set() && !keys.Token.Set(), !c.KeyLater && c.App.set() && !keys.PrivateKey.Set():
		return errors.New("neither a token nor a GitHub App is set")
	}
	return nil
}

func orDefault[T comparable](value, otherwise T) T {
	var zero T
	if value == zero {
		return otherwise
	}
	return value
}

// owner and name are as GitHub writes them: letters, digits, and few signs; managed users have an
// underscore (docs.github.com, "Username considerations for external authentication", read 2026-11-27).
var repositoryForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,99}/[A-Za-z0-9._-]{1,100}$`)

func isRepository(text string) bool {
	_, name, _ := strings.Cut(text, "/")
	return repositoryForm.MatchString(text) && name != "." && name != ".."
}

// maxLabel is the longest label: GitHub answers "name is too long (maximum is 50 characters)".
const maxLabel = 50

func isLabel(text string) bool {
	return text != "" && len([]rune(text)) <= maxLabel && strings.TrimSpace(text) == text
}
