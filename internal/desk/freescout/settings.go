package freescout

import (
	"fmt"
	"net/mail"
	"strconv"
	"strings"
	"time"

	"docket/internal/desk"
	"docket/internal/desk/rest"
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
//
// The FreeScout help desk, also behind Cloudflare Access.
type Settings struct {
	// The address of the FreeScout site, with or without /api.
	APIURL string `yaml:"api_url" env:"FREESCOUT_API_URL" required:"true" format:"url" example:"https://tickets.example.org/api"`
	// The address that links for people are built from. Unless set, it is api_url without /api.
	InstanceURL string `yaml:"instance_url" env:"FREESCOUT_INSTANCE_URL" format:"url" example:"https://tickets.example.org"`
	// The API key of the FreeScout installation. Better set it in the environment.
	APIKey fault.Secret `yaml:"api_key" env:"FREESCOUT_API_KEY" required:"true" example:"the-key-of-the-installation"`
	// The number of the operations mailbox, which gets the tickets; a route may name another.
	MailboxID int64 `yaml:"mailbox_id" env:"FREESCOUT_OPERATIONS_MAILBOX_ID" required:"true" example:"2"`
	// The e-mail address in whose name tickets are opened.
	Customer string `yaml:"customer"`
	// The number of the agent who writes notes and changes states. Unless set, it is the first active one.
	UserID int64 `yaml:"user_id" env:"FREESCOUT_USER_ID" example:"1"`
	// After a create whose outcome is unknown: how long Docket waits before it looks whether the ticket is there.
	// It must cover the longest that FreeScout may still be working on the request.
	WaitOut time.Duration `yaml:"wait_out" min:"1s"`
	// How many calls may start in one second, at most.
	Rate float64 `yaml:"rate"`
	// The secret with which FreeScout signs its webhooks.
	WebhookSecret fault.Secret `yaml:"webhook_secret" env:"FREESCOUT_WEBHOOK_SECRET" example:"the-webhook-secret"`
	// The client id of the Cloudflare Access service token for a FreeScout behind Cloudflare Access.
	AccessClientID fault.Secret `yaml:"-" env:"CF_ACCESS_SVC_TICKETS_CLIENT_ID"`
	// The client secret of that service token.
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
		report("customer", "%s is not a bare e-mail address: write alerts@example.org", strconv.Quote(rest.Clip(s.Customer)))
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

// Place is the operations mailbox.
func (s *Settings) Place() string { return placeOf(s.MailboxID) }

// placeOf is a mailbox as a place: its id, "" for none.
func placeOf(mailboxID int64) string {
	if mailboxID == 0 {
		return ""
	}
	return strconv.FormatInt(mailboxID, 10)
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
		UserID: s.UserID, WaitOut: s.WaitOut, Rate: s.Rate, WebhookSecret: s.WebhookSecret, UserAgent: n.UserAgent, Transport: n.Transport,
	})
	if err != nil {
		return nil, fmt.Errorf("set up the freescout desk: %w", err)
	}
	return d, nil
}

// RouteSettings are what a route says to FreeScout.
type RouteSettings struct {
	// For FreeScout: the mailbox that gets the tickets, instead of the operations mailbox.
	MailboxID int64 `yaml:"mailbox_id"`
}

// Place is the mailbox.
func (r *RouteSettings) Place() string { return placeOf(r.MailboxID) }

// Tags are none of its own.
func (r *RouteSettings) Tags() []string { return nil }

// Check finds nothing that the type does not.
func (r *RouteSettings) Check(desk.Report) {}
