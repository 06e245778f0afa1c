package freescout

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/mail"
	"strings"
	"time"

	"docket/internal/desk/rest"
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
	if api, err = rest.BaseURL("FreeScout's API URL", c.APIURL); err != nil {
		return c, "", "", err
	}
	api = strings.TrimSuffix(api, "/api")
	site = api
	if c.InstanceURL != "" {
		if site, err = rest.BaseURL("FreeScout's instance URL", c.InstanceURL); err != nil {
			return c, "", "", err
		}
	}
	c.CustomerEmail = cmp.Or(c.CustomerEmail, DefaultCustomer)
	c.WaitOut = cmp.Or(c.WaitOut, DefaultWaitOut)
	c.Rate = cmp.Or(c.Rate, DefaultRate)
	c.CreateTimeout = cmp.Or(c.CreateTimeout, failpoint.Hurried(DefaultCreateTimeout))
	c.Timeout = cmp.Or(c.Timeout, DefaultTimeout)
	c.UserAgent = cmp.Or(c.UserAgent, DefaultUserAgent)
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
		if !rest.HeaderSafe(header.value) {
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
