package config

import (
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"docket/internal/alert"
	"docket/internal/desk"
	"docket/internal/fault"
	"docket/internal/flag"
	"docket/internal/incident"
	"docket/internal/probe"
	"docket/internal/surface"
)

// Config is docket.yaml together with the environment. Every key has a default; the yaml
// tags are the keys, and "-" marks what the file cannot set.
type Config struct {
	// Listen is a loopback address, or :PORT for all addresses where PORT asks for it.
	Listen string `yaml:"listen"`
	// PublicURL is where people reach Docket, for links and for the buttons of messages; "" for
	// nowhere.
	PublicURL string `yaml:"public_url"`
	// Database is a SQLite file's path or a postgres:// URL. The URL may hold a password.
	Database fault.Secret `yaml:"database"`
	// Desk names the desk of every route that names none; Load chooses where it is not named.
	Desk string `yaml:"desk"`
	// Desks are the sections of the desks; each stands in the file under its desk's name.
	Desks Desks       `yaml:"-"`
	Slack SlackConfig `yaml:"slack"`
	// Webhooks are programs that are told what people are told.
	Webhooks  []WebhookConfig `yaml:"webhooks"`
	Sources   []SourceConfig  `yaml:"sources"`
	Surfaces  []SurfaceConfig `yaml:"surfaces"`
	Routes    []RouteConfig   `yaml:"routes"`
	Policies  PolicyConfig    `yaml:"policies"`
	Reconcile ReconcileConfig `yaml:"reconcile"`
	Canary    CanaryConfig    `yaml:"canary"`
	Vault     VaultConfig     `yaml:"vault"`
	Auth      AuthConfig      `yaml:"auth"`
	Log       LogConfig       `yaml:"log"`
	// SecretFiles are the files that gave secrets, by variable: they are read again when they change.
	SecretFiles map[string]string `yaml:"-"`
	// Demo marks the pages as a demonstration; the command of that name sets it.
	Demo bool `yaml:"-"`
	// Client is what commands ask, from the environment only.
	Client ClientConfig `yaml:"-"`
	// Flags are what the environment says of the flags, by name.
	Flags map[string]flag.Env `yaml:"-"`
	// Idle are keys of the file that mean nothing beside what else is set.
	Idle []string `yaml:"-"`
}

// ClientConfig says how commands reach a running server.
type ClientConfig struct {
	// URL is the server's address, "" for the one that Listen names.
	URL   string
	Token fault.Secret
}

// SlackConfig is where direct messages go.
type SlackConfig struct {
	Token fault.Secret `yaml:"token"`
	// Users are Slack user ids.
	Users  []string `yaml:"users"`
	APIURL string   `yaml:"api_url"`
	// SigningSecret is what Slack signs its requests with: messages have buttons where it is set.
	SigningSecret fault.Secret `yaml:"signing_secret"`
}

// WebhookConfig is a program that is told what people are told.
type WebhookConfig struct {
	Name string `yaml:"name"`
	// URL is where it listens. Such addresses often hold a secret.
	URL     fault.Secret `yaml:"url"`
	URLFile string       `yaml:"url_file"`
	// Secret signs what is sent, as Standard Webhooks has it; Token is sent as Bearer token.
	Secret     fault.Secret `yaml:"secret"`
	SecretFile string       `yaml:"secret_file"`
	Token      fault.Secret `yaml:"token"`
	TokenFile  string       `yaml:"token_file"`
}

// SourceConfig is one source: pushed (format) or polled (poll).
type SourceConfig struct {
	Name string `yaml:"name"`
	// Format is what is pushed, alertmanager unless set; "" for a polled source.
	Format string `yaml:"format"`
	// Poll is what is polled, "" for a pushed source.
	Poll  string        `yaml:"poll"`
	URL   string        `yaml:"url"`
	Every time.Duration `yaml:"every"`
	// Token is what a sender must show, or what a poll shows.
	Token     fault.Secret `yaml:"token"`
	TokenFile string       `yaml:"token_file"`
	// HMAC is how a sender signs instead of showing a token.
	HMAC HMACConfig `yaml:"hmac"`
	// Severity maps the severity label's words; the built-in words follow behind.
	Severity map[string]alert.Severity `yaml:"severity"`
	Identity IdentityConfig            `yaml:"identity"`
	// TicketAt is the mildest severity of it that gets a ticket: the policy's where zero; a
	// route's own goes before.
	TicketAt alert.Severity `yaml:"ticket_at"`
	// ResolveTimeout is how long a pushed alert without an end fires unless repeated.
	ResolveTimeout time.Duration `yaml:"resolve_timeout"`
	// Map are expressions in CEL by the alert's fields, for the formats generic and cloudevents.
	Map map[string]string `yaml:"map"`
	// Lines and Codes make alerts of a log, for the format heroku.
	Lines []LineConfig `yaml:"lines"`
	Codes CodesConfig  `yaml:"codes"`
	// Expect is an alert whose absence is the problem.
	Expect ExpectConfig `yaml:"expect"`
}

// HMACConfig is a sender's signature: HMAC-SHA256 over the body as it is sent.
type HMACConfig struct {
	Secret     fault.Secret `yaml:"secret"`
	SecretFile string       `yaml:"secret_file"`
	// Header holds the signature, in hex or base64.
	Header string `yaml:"header"`
	// TimestampHeader holds the second of the sending, where the sender signs it, too; Join
	// stands between it and the body, Tolerance is how far it may be from now.
	TimestampHeader string        `yaml:"timestamp_header"`
	Join            string        `yaml:"join"`
	Tolerance       time.Duration `yaml:"tolerance"`
}

// IdentityConfig says what names a problem: {drop: [...]}, {keep: [...]} or alert_id.
type IdentityConfig struct {
	Drop    []string `yaml:"drop"`
	Keep    []string `yaml:"keep"`
	AlertID bool     `yaml:"alert_id"`
}

// SurfaceConfig is a thing that users touch.
type SurfaceConfig struct {
	Name string `yaml:"name"`
	// Title is what people read; Name unless set.
	Title string `yaml:"title"`
	// Group is the heading that the tile stands under, "" for none.
	Group string        `yaml:"group"`
	Every time.Duration `yaml:"every"`
	// Timeout is 10 s or Every, whichever is less, unless set.
	Timeout time.Duration `yaml:"timeout"`
	// Probe has one kind of probe as its key.
	Probe probe.Spec `yaml:"probe"`
	// DownAfter and UpAfter are how many readings in a row turn the tile.
	DownAfter int64          `yaml:"down_after"`
	UpAfter   int64          `yaml:"up_after"`
	Severity  alert.Severity `yaml:"severity"`
	// DegradedSeverity is the alert's while the tile is degraded; P3 unless set, and never
	// worse than Severity.
	DegradedSeverity alert.Severity `yaml:"degraded_severity"`
	// Links are for people: a runbook, a dashboard.
	Links []surface.Link `yaml:"links"`
	// InvestigateWindow is the policy's unless set.
	InvestigateWindow time.Duration `yaml:"investigate_window"`
}

// RouteConfig narrows what happens to some alerts; the first that matches counts.
type RouteConfig struct {
	// Name names the route; its matchers do where it is not set.
	Name string `yaml:"name"`
	// Match are matchers in Alertmanager's syntax; all must match.
	Match []string `yaml:"match"`
	// Desk is where the route's tickets go, the configuration's unless set.
	Desk string `yaml:"desk"`
	// To is what the route says to its desk, with keys of the desk's own; nil for nothing.
	To   desk.RouteSettings `yaml:"-"`
	Tags []string           `yaml:"tags"`
	// TicketAt is the policy's where zero, OnRecovery where "", Hold and Settle where nil.
	TicketAt   alert.Severity `yaml:"ticket_at"`
	OnRecovery string         `yaml:"on_recovery"`
	Hold       *time.Duration `yaml:"hold"`
	Settle     *time.Duration `yaml:"settle"`
	// Storm is the route's own limit, the policies' where nil.
	Storm RouteStormConfig `yaml:"storm"`
	// Subject and Body are templates for the route's tickets, "" for the built-in words.
	Subject string `yaml:"subject"`
	Body    string `yaml:"body"`
}

// PolicyConfig is what holds for every alert unless its route says otherwise.
type PolicyConfig struct {
	// TicketAt is the mildest severity that gets a ticket.
	TicketAt alert.Severity `yaml:"ticket_at"`
	// OnRecovery is note, close or none.
	OnRecovery string `yaml:"on_recovery"`
	// Hold is how long an alert must fire before its ticket, Settle how long it must be over
	// before the incident ends.
	Hold   time.Duration `yaml:"hold"`
	Settle time.Duration `yaml:"settle"`
	// DoubtHold is how long a firing word that may be a late repeat is held before it is believed.
	DoubtHold time.Duration `yaml:"doubt_hold"`
	// Backfill is digest, all or active: what is filed of what the desk missed.
	Backfill string `yaml:"backfill"`
	// ReopenWithin reopens the earlier ticket instead of filing a fresh one; 0 is never.
	ReopenWithin time.Duration `yaml:"reopen_within"`
	// InvestigateWindow is how long a second click returns the first one's ticket.
	InvestigateWindow time.Duration `yaml:"investigate_window"`
	// StaleAfter is how long after its recovery an open ticket counts as stale.
	StaleAfter time.Duration `yaml:"stale_after"`
	// StaleRemind is how often the operator is reminded of stale tickets; 0 is never.
	StaleRemind time.Duration `yaml:"stale_remind"`
	Storm       StormConfig   `yaml:"storm"`
}

// RouteStormConfig bounds a route's new tickets; nil is as the policies say.
type RouteStormConfig struct {
	Limit *int64         `yaml:"limit"`
	Per   *time.Duration `yaml:"per"`
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

// CanaryConfig is the doctor's own rounds.
type CanaryConfig struct {
	// Every is the time between two rounds, 0 for none.
	Every time.Duration `yaml:"every"`
	// Ticket says that each round files a ticket, in MailboxID or the operations mailbox.
	Ticket    bool  `yaml:"ticket"`
	MailboxID int64 `yaml:"mailbox_id"`
	// PingURL is called after each round without a broken hop, so that silence alarms. Such
	// addresses often hold a secret.
	PingURL fault.Secret `yaml:"ping_url"`
}

// VaultConfig is an Infisical that holds secrets of the desk.
type VaultConfig struct {
	// URL is the instance's address.
	URL         string `yaml:"url"`
	ProjectID   string `yaml:"project_id"`
	Environment string `yaml:"environment"`
	// ClientID and ClientSecret are a machine identity's (universal auth); Token stands instead of them.
	ClientID     string       `yaml:"client_id"`
	ClientSecret fault.Secret `yaml:"client_secret"`
	Token        fault.Secret `yaml:"token"`
	// Every is how often the secrets are read again.
	Every time.Duration `yaml:"every"`
	// Secrets are the folders that hold them, by the names of their variables.
	Secrets map[string]string `yaml:"secrets"`
}

// AuthConfig says who may do what.
type AuthConfig struct {
	// Mode is how people log in: none, password, oidc or cloudflare_access.
	Mode   string        `yaml:"mode"`
	Tokens []TokenConfig `yaml:"tokens"`
	// Admin and Ingest are tokens of these scopes, from the environment only: a platform has
	// no file to hold them. settle puts them beside Tokens.
	Admin  fault.Secret `yaml:"-"`
	Ingest fault.Secret `yaml:"-"`
	// URL is the address by which people reach Docket.
	URL   string      `yaml:"url"`
	OIDC  OIDCConfig  `yaml:"oidc"`
	CF    CFConfig    `yaml:"cloudflare_access"`
	Roles RolesConfig `yaml:"roles"`
	// TrustedProxies are networks that are believed in X-Forwarded-For and X-Forwarded-Proto.
	TrustedProxies []string `yaml:"trusted_proxies"`
	// PublicStatus opens /status to everybody, OpenMetrics /metrics.
	PublicStatus bool `yaml:"public_status"`
	OpenMetrics  bool `yaml:"open_metrics"`
}

// OIDCConfig is an OpenID Connect issuer.
type OIDCConfig struct {
	Issuer       string       `yaml:"issuer"`
	ClientID     string       `yaml:"client_id"`
	ClientSecret fault.Secret `yaml:"client_secret"`
	// Scopes are asked for beside openid.
	Scopes []string `yaml:"scopes"`
	// RoleClaim is the claim that roles are looked for in, beside the verified e-mail address.
	RoleClaim string `yaml:"role_claim"`
}

// CFConfig is Cloudflare Access before Docket.
type CFConfig struct {
	// Team is the team's address, https://TEAM.cloudflareaccess.com.
	Team string `yaml:"team"`
	// Audience are the AUD tags of the applications that protect Docket.
	Audience  []string `yaml:"audience"`
	RoleClaim string   `yaml:"role_claim"`
}

// RolesConfig says which e-mail addresses, groups and service tokens have which role; * is everybody.
type RolesConfig struct {
	Admin    []string `yaml:"admin"`
	Operator []string `yaml:"operator"`
	Viewer   []string `yaml:"viewer"`
}

// TokenConfig is one API token.
type TokenConfig struct {
	Name      string       `yaml:"name"`
	Token     fault.Secret `yaml:"token"`
	TokenFile string       `yaml:"token_file"`
	// Scopes are what the token is good for: ingest, read, operate, admin.
	Scopes []string `yaml:"scopes"`
}

// LogConfig is the log's level: debug, info, warning or error.
type LogConfig struct {
	Level string `yaml:"level"`
}

// Slog is the level as the log knows it.
func (c LogConfig) Slog() slog.Level {
	switch strings.ToLower(c.Level) {
	case "debug":
		return slog.LevelDebug
	case "warning", "warn":
		return slog.LevelWarn
	case "error":
		return slog.LevelError
	}
	return slog.LevelInfo
}

// Defaults is the configuration with nothing configured. Load chooses the desk.
func Defaults() Config {
	policy := incident.DefaultPolicy()
	return Config{
		Listen:   "127.0.0.1:8080",
		Database: "docket.db",
		Desks:    defaultDesks(),
		Slack:    SlackConfig{APIURL: "https://slack.com/api/"},
		Policies: PolicyConfig{
			TicketAt: policy.TicketAt, OnRecovery: string(policy.OnRecovery), DoubtHold: policy.StaleHold, Backfill: string(policy.Backfill),
			InvestigateWindow: policy.InvestigateWindow, StaleAfter: 24 * time.Hour, Storm: StormConfig{Limit: int64(policy.Storm.Limit), Per: policy.Storm.Per},
		},
		Reconcile: ReconcileConfig{Every: 5 * time.Minute},
		Vault:     VaultConfig{URL: "https://app.infisical.com", Environment: "prod", Every: time.Minute},
		Auth: AuthConfig{
			Mode: "none", PublicStatus: true, OIDC: OIDCConfig{Scopes: []string{"email", "profile"}, RoleClaim: "groups"}, CF: CFConfig{RoleClaim: "custom.groups"},
		},
		Log:   LogConfig{Level: "info"},
		Flags: map[string]flag.Env{},
	}
}

// String shows the configuration as YAML. A secret that is set reads [redacted].
func (c Config) String() string {
	sections := yaml.MapSlice{}
	for _, name := range slices.Sorted(maps.Keys(c.Desks)) {
		if hasSettings(c.Desks[name]) {
			sections = append(sections, yaml.MapItem{Key: name, Value: c.Desks[name]})
		}
	}
	var shown strings.Builder
	for _, part := range []any{c, sections} {
		text, err := yaml.MarshalWithOptions(part, yaml.CustomMarshaler(showSecret), yaml.CustomMarshaler(showSeverity))
		if err != nil {
			return "a configuration that cannot be shown: " + err.Error()
		}
		shown.Write(text)
	}
	return shown.String()
}

func showSecret(s fault.Secret) ([]byte, error) {
	if !s.Set() {
		return []byte(`""`), nil
	}
	return []byte(`"` + s.String() + `"`), nil
}

func showSeverity(s alert.Severity) ([]byte, error) {
	if s == 0 {
		return []byte(`""`), nil
	}
	return []byte(s.String()), nil
}
