package app

import (
	"time"

	"docket/internal/alert"
	"docket/internal/desk"
)

// Config is docket.yaml together with the environment. Every key has a default.
type Config struct {
	// Listen is a loopback address, or :PORT for all addresses where PORT asks for it.
	Listen string `yaml:"listen"`
	// Database is a SQLite file's path or a postgres:// URL. The URL may hold a password.
	Database desk.Secret `yaml:"database"`
	// Desk is local or freescout; "" until it is chosen by what else is set.
	Desk      string          `yaml:"desk"`
	FreeScout FreeScoutConfig `yaml:"freescout"`
	Slack     SlackConfig     `yaml:"slack"`
	Sources   []SourceConfig  `yaml:"sources"`
	Surfaces  []SurfaceConfig `yaml:"surfaces"`
	Routes    []RouteConfig   `yaml:"routes"`
	Policies  PolicyConfig    `yaml:"policies"`
	Reconcile ReconcileConfig `yaml:"reconcile"`
	Auth      AuthConfig      `yaml:"auth"`
	Log       LogConfig       `yaml:"log"`
	// Access is the Cloudflare Access service token, from the environment only.
	Access AccessConfig `yaml:"-"`
	// Flags are the flags' environment values by flag name: on, off or absent.
	Flags map[string]bool `yaml:"-"`
}

// FreeScoutConfig is the FreeScout desk.
type FreeScoutConfig struct {
	APIURL        string        `yaml:"api_url"`
	InstanceURL   string        `yaml:"instance_url"`
	APIKey        desk.Secret   `yaml:"api_key"`
	MailboxID     int64         `yaml:"mailbox_id"`
	Customer      string        `yaml:"customer"`
	UserID        int64         `yaml:"user_id"`
	WaitOut       time.Duration `yaml:"wait_out"`
	Rate          float64       `yaml:"rate"`
	WebhookSecret desk.Secret   `yaml:"webhook_secret"`
}

// AccessConfig is the Cloudflare Access service token before FreeScout.
type AccessConfig struct{ ClientID, ClientSecret desk.Secret }

// SlackConfig is where direct messages go.
type SlackConfig struct {
	Token  desk.Secret `yaml:"token"`
	Users  []string    `yaml:"users"`
	APIURL string      `yaml:"api_url"`
}

// SourceConfig is one source: pushed (format) or polled (poll).
type SourceConfig struct {
	Name           string                    `yaml:"name"`
	Format         string                    `yaml:"format"`
	Poll           string                    `yaml:"poll"`
	URL            string                    `yaml:"url"`
	Every          time.Duration             `yaml:"every"`
	Token          desk.Secret               `yaml:"token"`
	Severity       map[string]alert.Severity `yaml:"severity"`
	Identity       IdentityConfig            `yaml:"identity"`
	ResolveTimeout time.Duration             `yaml:"resolve_timeout"`
}

// IdentityConfig says what names a problem: {drop: [...]}, {keep: [...]} or alert_id.
type IdentityConfig struct {
	Drop    []string `yaml:"drop"`
	Keep    []string `yaml:"keep"`
	AlertID bool     `yaml:"alert_id"`
}

// SurfaceConfig is a thing that users touch.
type SurfaceConfig struct {
	Name              string         `yaml:"name"`
	Title             string         `yaml:"title"`
	Group             string         `yaml:"group"`
	Every             time.Duration  `yaml:"every"`
	Timeout           time.Duration  `yaml:"timeout"`
	Probe             map[string]any `yaml:"probe"`
	DownAfter         int64          `yaml:"down_after"`
	UpAfter           int64          `yaml:"up_after"`
	Severity          alert.Severity `yaml:"severity"`
	InvestigateWindow time.Duration  `yaml:"investigate_window"`
}

// RouteConfig narrows what happens to some alerts; the first that matches counts.
type RouteConfig struct {
	// Name names the route; its matchers do where it is empty.
	Name       string         `yaml:"name"`
	Match      []string       `yaml:"match"`
	MailboxID  int64          `yaml:"mailbox_id"`
	Tags       []string       `yaml:"tags"`
	TicketAt   alert.Severity `yaml:"ticket_at"`
	OnRecovery string         `yaml:"on_recovery"`
	Hold       *time.Duration `yaml:"hold"`
	Settle     *time.Duration `yaml:"settle"`
}

// PolicyConfig is design section 5.
type PolicyConfig struct {
	TicketAt          alert.Severity `yaml:"ticket_at"`
	OnRecovery        string         `yaml:"on_recovery"`
	Hold              time.Duration  `yaml:"hold"`
	DoubtHold         time.Duration  `yaml:"doubt_hold"`
	Settle            time.Duration  `yaml:"settle"`
	Backfill          string         `yaml:"backfill"`
	ReopenWithin      time.Duration  `yaml:"reopen_within"`
	InvestigateWindow time.Duration  `yaml:"investigate_window"`
	Storm             StormConfig    `yaml:"storm"`
}

// StormConfig bounds new tickets; limit 0 is no limit.
type StormConfig struct {
	Limit int64         `yaml:"limit"`
	Per   time.Duration `yaml:"per"`
}

// ReconcileConfig paces the comparison with the desk.
type ReconcileConfig struct {
	Every time.Duration `yaml:"every"`
}

// AuthConfig says who may do what.
type AuthConfig struct {
	Mode   string        `yaml:"mode"`
	Tokens []TokenConfig `yaml:"tokens"`
}

// TokenConfig is one API token.
type TokenConfig struct {
	Name   string      `yaml:"name"`
	Token  desk.Secret `yaml:"token"`
	Scopes []string    `yaml:"scopes"`
}

// LogConfig is the log's level: debug, info, warning or error.
type LogConfig struct {
	Level string `yaml:"level"`
}

// Defaults is the configuration with nothing configured.
func Defaults() Config {
	return Config{
		Listen:    "127.0.0.1:8080",
		Database:  "docket.db",
		FreeScout: FreeScoutConfig{Customer: "alerts@localhost", WaitOut: 90 * time.Second, Rate: 5},
		Slack:     SlackConfig{APIURL: "https://slack.com/api/"},
		Policies: PolicyConfig{
			TicketAt: alert.P2, OnRecovery: "note", DoubtHold: 2 * time.Minute, Backfill: "digest", InvestigateWindow: time.Hour,
			Storm: StormConfig{Limit: 20, Per: 5 * time.Minute},
		},
		Reconcile: ReconcileConfig{Every: 5 * time.Minute},
		Auth:      AuthConfig{Mode: "none"},
		Log:       LogConfig{Level: "info"},
		Flags:     map[string]bool{},
	}
}
