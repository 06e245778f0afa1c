package freescout

import (
	"fmt"
	"net/mail"
	"strconv"
	"strings"
	"time"

	"docket/internal/desk"
	"docket/internal/fault"
)

// Name is FreeScout's kind of desk.
const Name = "freescout"

// The variables whose values may change while Docket runs.
const (
	keyVariable    = "FREESCOUT_API_KEY"
	idVariable     = "CF_ACCESS_SVC_TICKETS_CLIENT_ID"
	secretVariable = "CF_ACCESS_SVC_TICKETS_CLIENT_SECRET" //nolint:gosec // A name, not a value.
)

// Settings are the section freescout of docket.yaml, with its variables.
type Settings struct {
	// APIURL is the site's address, with or without /api.
	APIURL string `yaml:"api_url" env:"FREESCOUT_API_URL" required:"true" format:"url"`
	// InstanceURL is what links for people are built from: api_url without /api unless set.
	InstanceURL string `yaml:"instance_url" env:"FREESCOUT_INSTANCE_URL" format:"url"`
	// APIKey is the installation's key.
	APIKey fault.Secret `yaml:"api_key" env:"FREESCOUT_API_KEY" required:"true"`
	// MailboxID is the operations mailbox; a route may name another.
	MailboxID int64 `yaml:"mailbox_id" env:"FREESCOUT_OPERATIONS_MAILBOX_ID" required:"true"`
	// Customer is the e-mail address in whose name tickets are opened.
	Customer string `yaml:"customer"`
	// UserID acts in notes and status changes; unset, it is the first active user.
	UserID int64 `yaml:"user_id" env:"FREESCOUT_USER_ID"`
	// WaitOut is how long after an unknown create a look is believed.
	WaitOut time.Duration `yaml:"wait_out" min:"1s"`
	// Rate is how many calls may start in a second.
	Rate float64 `yaml:"rate"`
	// WebhookSecret is what FreeScout signs its webhooks with.
	WebhookSecret fault.Secret `yaml:"webhook_secret" env:"FREESCOUT_WEBHOOK_SECRET"`
	// AccessClientID and AccessClientSecret are the Cloudflare Access service token before
	// FreeScout, both or neither; they come from the environment only.
	AccessClientID     fault.Secret `yaml:"-" env:"CF_ACCESS_SVC_TICKETS_CLIENT_ID"`
	AccessClientSecret fault.Secret `yaml:"-" env:"CF_ACCESS_SVC_TICKETS_CLIENT_SECRET"`
}

// NewSettings returns the defaults.
func NewSettings() *Settings {
	return &Settings{Customer: DefaultCustomer, WaitOut: DefaultWaitOut, Rate: DefaultRate}
}

// Chosen reports whether an address of FreeScout is set.
func (s *Settings) Chosen() bool { return s.APIURL != "" }

// Check finds what the fields' tags cannot say.
func (s *Settings) Check(report desk.Report) {
	if a, err := mail.ParseAddress(s.Customer); err != nil || a.Address != s.Customer {
		report("customer", "%s is not a bare e-mail address: write alerts@example.org", strconv.Quote(clip(s.Customer)))
	}
	switch id, secret := s.AccessClientID.Set(), s.AccessClientSecret.Set(); {
	case id && !secret:
		report(secretVariable, "is missing, but %s is set: Cloudflare Access needs both", idVariable)
	case secret && !id:
		report(idVariable, "is missing, but %s is set: Cloudflare Access needs both", secretVariable)
	}
}

// Complete fills in the address of links.
func (s *Settings) Complete() {
	if s.InstanceURL == "" {
		s.InstanceURL = strings.TrimSuffix(strings.TrimRight(s.APIURL, "/"), "/api")
	}
}

// Credentials are the key and Cloudflare Access's service token.
func (s *Settings) Credentials() []desk.Credential {
	return []desk.Credential{
		{Variable: keyVariable, Value: s.APIKey, Required: true},
		{Variable: idVariable, Value: s.AccessClientID},
		{Variable: secretVariable, Value: s.AccessClientSecret},
	}
}

// Open makes the desk.
func (s *Settings) Open(n desk.Needs) (desk.Desk, error) {
	d, err := New(Config{
		APIURL: s.APIURL, InstanceURL: s.InstanceURL, APIKey: s.APIKey, KeyLater: n.Later != nil && n.Later(keyVariable),
		AccessClientID: s.AccessClientID, AccessClientSecret: s.AccessClientSecret, MailboxID: s.MailboxID, CustomerEmail: s.Customer,
		UserID: s.UserID, WaitOut: s.WaitOut, Rate: s.Rate, UserAgent: n.UserAgent, Transport: n.Transport,
	})
	if err != nil {
		return nil, fmt.Errorf("set up the freescout desk: %w", err)
	}
	return d, nil
}

// RouteSettings are what a route says to FreeScout.
type RouteSettings struct {
	// MailboxID is where the route's tickets go, in place of the operations mailbox.
	MailboxID int64 `yaml:"mailbox_id"`
}

// Place is the mailbox.
func (r *RouteSettings) Place() string {
	if r.MailboxID == 0 {
		return ""
	}
	return strconv.FormatInt(r.MailboxID, 10)
}

// Tags are none of its own.
func (r *RouteSettings) Tags() []string { return nil }

// Check finds nothing that the type does not.
func (r *RouteSettings) Check(desk.Report) {}
