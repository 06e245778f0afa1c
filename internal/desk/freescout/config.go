package freescout

import (
	"errors"
	"fmt"
	"net/http"
	"net/mail"
	"net/url"
	"strings"
	"time"

	"docket/internal/failpoint"
	"docket/internal/fault"
)

// The defaults of a Config.
const (
	DefaultCustomer = "alerts@localhost"
	// DefaultWaitOut is PHP's usual limit for one request (max_execution_time, 30 s,
	// https://www.php.net/manual/en/info.configuration.php) plus the longest that nginx keeps
	// one waiting for PHP (fastcgi_read_timeout, 60 s,
	// https://nginx.org/en/docs/http/ngx_http_fastcgi_module.html), both read 2026-11-23. The
	// search itself reads FreeScout's own database and does not lag.
	DefaultWaitOut       = 90 * time.Second
	DefaultRate          = 5.0
	DefaultCreateTimeout = 25 * time.Second
	DefaultTimeout       = 10 * time.Second
	DefaultUserAgent     = "docket"
)

// Config says where FreeScout is and how to talk to it. Zero values mean the defaults.
type Config struct {
	// APIURL is the site's address, with or without /api; required.
	APIURL string
	// InstanceURL is what links for people are built from; empty means the API's site.
	InstanceURL string
	// APIKey is the installation's key; required, unless KeyLater says that SetCredentials
	// brings it: until then every call is unavailable, and none is sent.
	APIKey   fault.Secret
	KeyLater bool
	// AccessClientID and AccessClientSecret are Cloudflare Access's service token: both or neither.
	AccessClientID, AccessClientSecret fault.Secret
	// MailboxID is where tickets go unless a draft says otherwise; required.
	MailboxID int64
	// CustomerEmail is in whose name tickets are opened.
	CustomerEmail string
	// UserID is the agent in whose name notes and status changes are made; 0 means the
	// first active user that FreeScout lists.
	UserID int64
	// WaitOut is how long after a create with an unknown outcome a look may be believed.
	WaitOut time.Duration
	// Rate is how many calls may start in one second.
	Rate float64
	// CreateTimeout bounds a create, Timeout every other call; the context may end them earlier.
	CreateTimeout, Timeout time.Duration
	// WebhookSecret is what FreeScout signs its webhooks with; none is taken without it.
	WebhookSecret fault.Secret
	// UserAgent is sent with every call.
	UserAgent string
	// Transport carries the calls; nil means the network.
	Transport http.RoundTripper
}

// checked returns the configuration with defaults filled in, and the two base addresses
// without a trailing slash: api ends in "/api", site is for links.
func (c Config) checked() (_ Config, api, site string, err error) {
	if api, err = baseURL("FreeScout's API URL", c.APIURL); err != nil {
		return c, "", "", err
	}
	api = strings.TrimSuffix(api, "/api")
	site = api
	if c.InstanceURL != "" {
		if site, err = baseURL("FreeScout's instance URL", c.InstanceURL); err != nil {
			return c, "", "", err
		}
	}
	c.CustomerEmail = orDefault(c.CustomerEmail, DefaultCustomer)
	c.WaitOut = orDefault(c.WaitOut, DefaultWaitOut)
	c.Rate = orDefault(c.Rate, DefaultRate)
	c.CreateTimeout = orDefault(c.CreateTimeout, failpoint.Hurried(DefaultCreateTimeout))
	c.Timeout = orDefault(c.Timeout, DefaultTimeout)
	c.UserAgent = orDefault(c.UserAgent, DefaultUserAgent)
	return c, api + "/api", site, c.validate()
}

func (c Config) validate() error {
	var faults []error
	if !c.APIKey.Set() && !c.KeyLater {
		faults = append(faults, errors.New("FreeScout's API key is missing"))
	}
	for _, header := range []struct {
		name  string
		value string
	}{
		{"FreeScout's API key", c.APIKey.Reveal()},
		{"the Access client id", c.AccessClientID.Reveal()},
		{"the Access client secret", c.AccessClientSecret.Reveal()},
		{"the user agent", c.UserAgent},
	} {
		if !headerSafe(header.value) {
			faults = append(faults,
				fmt.Errorf("%s holds a space at an end, a line break or another character that cannot be sent in a header", header.name))
		}
	}
	if c.AccessClientID.Set() != c.AccessClientSecret.Set() {
		faults = append(faults, errors.New("the Access client id and the Access client secret are needed together; one of them is missing"))
	}
	if c.MailboxID <= 0 {
		faults = append(faults, fmt.Errorf("FreeScout's mailbox id %d is not a positive number", c.MailboxID))
	}
	if c.UserID < 0 {
		faults = append(faults, fmt.Errorf("FreeScout's user id %d is negative", c.UserID))
	}
	if address, err := mail.ParseAddress(c.CustomerEmail); err != nil || address.Address != c.CustomerEmail {
		faults = append(faults, fmt.Errorf("FreeScout's customer %q is not a bare e-mail address", c.CustomerEmail))
	}
	if c.WaitOut < 0 || c.CreateTimeout < 0 || c.Timeout < 0 {
		faults = append(faults, errors.New("FreeScout's wait-out and timeouts cannot be negative"))
	}
	if !(c.Rate > 0 && c.Rate <= 1e6) { // written so that NaN fails too
		faults = append(faults, fmt.Errorf("FreeScout's rate %v is not a number of calls per second above 0", c.Rate))
	}
	return errors.Join(faults...)
}

func orDefault[T comparable](value, otherwise T) T {
	var zero T
	if value == zero {
		return otherwise
	}
	return value
}

// baseURL checks an address and returns it without a trailing slash. Its errors never
// show the address as it was given, because it may hold a password.
func baseURL(what, raw string) (string, error) {
	if raw == "" {
		return "", fmt.Errorf("%s is missing", what)
	}
	u, err := url.Parse(strings.TrimSpace(raw))
	switch {
	case err != nil:
		return "", fmt.Errorf("%s is not a URL", what)
	case u.Scheme != "https" && u.Scheme != "http":
		return "", fmt.Errorf("%s must begin with https:// or http://", what)
	case u.Hostname() == "":
		return "", fmt.Errorf("%s names no host", what)
	case u.User != nil:
		return "", fmt.Errorf("%s must not contain a user name or password", what)
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return "", fmt.Errorf("%s must not contain a query or a fragment", what)
	}
	return u.Scheme + "://" + u.Host + strings.TrimRight(u.EscapedPath(), "/"), nil
}

// headerSafe reports whether net/http would send the value as it is.
func headerSafe(value string) bool {
	if strings.TrimSpace(value) != value {
		return false
	}
	return !strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f })
}
