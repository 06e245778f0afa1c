package config

import (
	"maps"
	"net"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"docket/internal/alert"
	"docket/internal/fault"
	"docket/internal/flag"
)

// Config is docket.yaml together with the environment. Each key is declared once: its field
// here, or in the struct of its section, with the tags that rule describes. The comment of the
// field is the key's documentation: docs/docket.example.yaml, docs/configuration.md and the JSON
// schema are made from them (go test ./internal/config -update).
type Config struct {
	// The address to listen on, host:port. It must be a loopback address. The variable PORT, which platforms
	// set, makes Docket listen on that port on all addresses; that needs auth.mode or auth.tokens.
	Listen string `yaml:"listen" default:"127.0.0.1:8080" env:"DOCKET_LISTEN"`
	// The address at which people reach Docket, for links and for the buttons of Slack messages.
	PublicURL string `yaml:"public_url" env:"DOCKET_PUBLIC_URL" format:"url" example:"https://docket.example.org"`
	// Where Docket keeps its data: the path of a SQLite file, or postgres://user:password@host/name.
	Database fault.Secret `yaml:"database" default:"docket.db" env:"DATABASE_URL" format:"database"`
	// The help desk that gets the tickets of every route that names none: local (a small ticket list in Docket's
	// own database) or one of the desks below. Unless set, it is the first of those with an address, and else local.
	Desk string `yaml:"desk" format:"desk" example:"github"`
	// Desks are the sections of the desks; each is in the file under its desk's name.
	Desks Desks `yaml:"-"`
	// Notifiers are the sections of the notifiers; each is in the file under its notifier's name.
	Notifiers Notifiers `yaml:"-"`
	// Where alerts come from. POST /hooks/alertmanager, /hooks/grafana, /api/v2/alerts and /v2/enqueue work
	// without any of this; docs/sources.md describes every format.
	Sources []SourceConfig `yaml:"sources"`
	// What your users rely on: each surface is a tile on the status page, watched by a probe. docs/surfaces.md
	// describes every kind of probe.
	Surfaces []SurfaceConfig `yaml:"surfaces"`
	// What is different for some alerts. The first route that matches an alert applies.
	Routes []RouteConfig `yaml:"routes"`
	// What holds for every alert unless its route or its source says otherwise.
	Policies PolicyConfig `yaml:"policies"`
	// How Docket compares what it believes with what the help desk shows.
	Reconcile ReconcileConfig `yaml:"reconcile"`
	// The doctor's own rounds. What they find is reported once per change, in the log and by the notifiers.
	Canary CanaryConfig `yaml:"canary"`
	// An Infisical that holds the help desk's credentials: they are read again at intervals, and a rotated one is
	// used without a restart. While the vault is away, the last good ones are used. docs/keys.md has more.
	Vault VaultConfig `yaml:"vault"`
	// Authentication and access: docs/auth.md.
	Auth AuthConfig `yaml:"auth"`
	// The log, on standard output.
	Log LogConfig `yaml:"log"`
	// SecretFiles are the files that gave secrets, by variable: they are read again when they change.
	SecretFiles map[string]string `yaml:"-"`
	// Demo marks the pages as a demonstration; the command of that name sets it.
	Demo bool `yaml:"-"`
	// The server that the commands talk to.
	Client ClientConfig `yaml:"-"`
	// Flags are what the environment says of the flags, by name.
	Flags map[string]flag.Env `yaml:"-"`
	// Idle are keys of the file that mean nothing beside what else is set.
	Idle []string `yaml:"-"`
}

// ClientConfig says how commands reach a running server.
type ClientConfig struct {
	// The server that the commands talk to. Unless set, it is the one that listen names.
	URL string `yaml:"-" env:"DOCKET_URL" format:"url"`
	// The token that the commands show to the server.
	Token fault.Secret `yaml:"-" env:"DOCKET_TOKEN"`
}

// Defaults is the configuration with nothing configured. Load chooses the desk.
func Defaults() Config {
	c := Config{Flags: map[string]flag.Env{}, SecretFiles: map[string]string{}, Desks: defaultDesks(), Notifiers: defaultNotifiers()}
	shapes{}.fill(reflect.ValueOf(&c).Elem())
	return c
}

// settle chooses the desks.
func (c *Config) settle(at place) { at.l.settleDesks() }

// check: beyond loopback only with authentication, and only by PORT.
func (c *Config) check(at place) {
	host, port, err := net.SplitHostPort(c.Listen)
	switch {
	case err != nil || (!isPort(port) && port != "0"):
		at.wrong("listen", "%s is not host:port: write 127.0.0.1:8080", quoted(c.Listen))
	case IsLoopback(host):
	case at.l.fromEnv["listen"] != "PORT":
		at.wrong("listen", "%s is not a loopback address: write 127.0.0.1:%s, or set PORT to listen on all addresses", quoted(c.Listen), port)
	case c.Auth.Mode == "none" && len(c.Auth.Tokens) == 0:
		at.wrong("listen", "%s", "listens on all addresses without authentication: "+
			"set auth.mode or auth.tokens, or DOCKET_LISTEN to a loopback address")
	}
	c.checkRoutes(at)
	at.l.checkDesks()
	at.l.checkNotifiers()
}

// String shows the configuration as YAML. A secret that is set reads [redacted].
func (c Config) String() string {
	sections := yaml.MapSlice{}
	for _, name := range slices.Sorted(maps.Keys(c.Desks)) {
		if hasSettings(c.Desks[name]) {
			sections = append(sections, yaml.MapItem{Key: name, Value: c.Desks[name]})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Notifiers)) {
		sections = append(sections, yaml.MapItem{Key: name, Value: c.Notifiers[name]})
	}
	var shown strings.Builder
	for _, part := range []any{c, sections} {
		text, err := yaml.MarshalWithOptions(part, yaml.CustomMarshaler(showSecret), yaml.CustomMarshaler(showSeverity))
		if err != nil {
			return "the configuration cannot be shown: " + err.Error()
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
