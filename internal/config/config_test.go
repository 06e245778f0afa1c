package config

import (
	"errors"
	stdflag "flag"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"docket/internal/alert"
	"docket/internal/desk/freescout"
	"docket/internal/desk/github"
	"docket/internal/desk/kinds"
	"docket/internal/desk/local"
	"docket/internal/fault"
	"docket/internal/flag"
	"docket/internal/notify/email"
	"docket/internal/notify/slack"
	"docket/internal/notify/webhook"
	"docket/internal/probe"
	"docket/internal/surface"
)

var update = stdflag.Bool("update", false, "write the golden files anew")

// vars is an environment.
type vars map[string]string

func (v vars) look(name string) (string, bool) {
	text, set := v[name]
	return text, set
}

// sameConfig compares configurations by what their secrets are, not by how they print.
var sameConfig = cmp.Options{
	cmp.Transformer("reveal", func(s fault.Secret) string { return s.Reveal() }),
	cmpopts.EquateEmpty(),
	cmpopts.IgnoreFields(Config{}, "SecretFiles"),
}

// load parses a text as docket.yaml that must have no mistake.
func load(t *testing.T, text string, env vars) Config {
	t.Helper()
	cfg, err := Parse("docket.yaml", []byte(text), env.look)
	if err != nil {
		t.Fatalf("unexpected mistakes:\n%v", err)
	}
	return cfg
}

// refuse parses a text as docket.yaml that must have mistakes, and returns them.
func refuse(t *testing.T, text string, env vars) string {
	t.Helper()
	cfg, err := Parse("docket.yaml", []byte(text), env.look)
	var ce *Error
	if !errors.As(err, &ce) || len(ce.Mistakes) == 0 {
		t.Fatalf("want a *Error, got %v", err)
	}
	if diff := cmp.Diff(Config{}, cfg, sameConfig); diff != "" {
		t.Errorf("a configuration with mistakes came back: %s", diff)
	}
	return err.Error()
}

// allVariables are what the environment can set in a configuration.
func allVariables(cfg *Config) []bound {
	if cfg == nil {
		none := Defaults()
		cfg = &none
	}
	return shapes{}.variables(reflect.ValueOf(cfg).Elem(), "")
}

// write puts a file into a fresh folder.
func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestNothingConfiguredIsTheDefaults(t *testing.T) {
	t.Chdir(t.TempDir())
	cfg, err := Load("", vars{}.look)
	if err != nil {
		t.Fatal(err)
	}
	want := Defaults()
	want.Desk = "local"
	if diff := cmp.Diff(want, cfg, sameConfig); diff != "" {
		t.Error(diff)
	}
	// The design's own defaults.
	if p := want.Policies; p.TicketAt != alert.P2 || p.OnRecovery != "note" || p.Hold != 0 || p.Settle != 0 || p.Backfill != "digest" ||
		p.Storm.Limit != 20 || p.Storm.Per != 5*time.Minute ||
		p.StaleAfter != 24*time.Hour || p.InvestigateWindow != time.Hour || p.ReopenWithin != 0 || p.StaleRemind != 0 {
		t.Errorf("the default policies are %+v", p)
	}
	for _, empty := range []string{"", "\n", "# only words\n", "---\n", "%YAML 1.2\n---\n", "listen:\n",
		"freescout: {api_url: , api_key: , mailbox_id: }\n", "\ufefflisten:\n", "sources: []\r\nroutes:\r\n"} {
		if diff := cmp.Diff(want, load(t, empty, nil), sameConfig); diff != "" {
			t.Errorf("%q: %s", empty, diff)
		}
	}
}

func TestTheFileInTheFolderIsReadAndANamedOneMustBeThere(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("docket.yaml", []byte("listen: 127.0.0.1:1111\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	other := write(t, "other.yaml", "listen: 127.0.0.1:2222\n")
	third := write(t, "third.yaml", "listen: 127.0.0.1:3333\n")
	for _, c := range []struct {
		path, env, want string
	}{
		{"", "", "127.0.0.1:1111"},
		{"", other, "127.0.0.1:2222"},
		{third, other, "127.0.0.1:3333"},
	} {
		cfg, err := Load(c.path, vars{"DOCKET_CONFIG": c.env}.look)
		if err != nil {
			t.Fatal(err)
		}
		if cfg.Listen != c.want {
			t.Errorf("--config %q, DOCKET_CONFIG %q: listen %s, want %s", c.path, c.env, cfg.Listen, c.want)
		}
	}
	folder := t.TempDir()
	for path, want := range map[string]string{
		"absent.yaml": "absent.yaml: the configuration file cannot be read: no such file or directory",
		folder:        folder + ": the configuration file cannot be read: is a directory",
	} {
		if _, err := Load(path, vars{}.look); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	big := write(t, "big.yaml", strings.Repeat("# much\n", maxConfigBytes/7+1))
	if _, err := Load(big, vars{}.look); err == nil || !strings.HasSuffix(err.Error(), "it is larger than 4096 KiB") {
		t.Errorf("got %v, want a word on the size", err)
	}
}

func TestEveryKeyOfTheFileIsKept(t *testing.T) {
	text, err := os.ReadFile("testdata/full.yaml")
	if err != nil {
		t.Fatal(err)
	}
	tokenFile := write(t, "token", "from-a-file-0123456789\n")
	urlFile := write(t, "url", "https://chat.example.org/probe-secret\n")
	got := load(t, strings.NewReplacer("TOKEN_FILE_URL", urlFile, "TOKEN_FILE", tokenFile).Replace(string(text)), nil)
	hold, settle, limit := 2*time.Minute, 5*time.Minute, int64(5)
	want := Config{
		Listen: "[::1]:9000", Database: "postgres://docket:pw@db/docket", Desk: "freescout",
		Desks: Desks{"local": local.NewSettings(), "github": &github.Settings{
			Repository: "octo/ops", APIURL: "https://github.example.org/api/v3", Token: "github_pat_1", AppID: "4711", AppInstallationID: 99,
			AppPrivateKey: "the-key-in-pem", WebhookSecret: "github-hook-secret", Labels: []string{"type:reliability"},
			Assignees: []string{"octocat"}, WaitOut: 3 * time.Minute, Rate: 2,
		}, "freescout": &freescout.Settings{
			APIURL: "https://tickets.example.org/api/", InstanceURL: "https://tickets.example.org", APIKey: "the-key", MailboxID: 2,
			Customer: "ops@example.org", UserID: 3, WaitOut: 2 * time.Minute, Rate: 2.5, WebhookSecret: "hook-secret",
		}},
		PublicURL: "https://docket.example.org",
		Notifiers: Notifiers{
			"slack": &slack.Settings{Token: "xoxb-1", Users: []string{"U0123ABCD", "U4567EFGH"}, APIURL: "https://slack.example.org/api/",
				SigningSecret: "slack-secret"},
			"email": &email.Settings{
				Server: "smtp.example.org:465", TLS: "implicit", Username: "docket", Password: "mail-secret", ServerName: "mail.example.org",
				From: "Docket <docket@example.org>", To: []string{"anna@example.org", "bob@example.org"},
			},
			"webhooks": &webhook.Settings{
				{Name: "ops", URL: "https://ops.example.org/hook/probe-secret", Secret: "whsec_c2VjcmV0", Token: "ops-token"},
				{Name: "chat", URL: "https://chat.example.org/probe-secret"},
			},
		},
		Sources: []SourceConfig{
			{
				Name:           "shop",
				Format:         "alertmanager",
				Token:          "pushed",
				Severity:       map[string]alert.Severity{"page": alert.P1, "ticket": alert.P3},
				Identity:       IdentityConfig{Drop: []string{"pod"}},
				TicketAt:       alert.P4,
				ResolveTimeout: 7 * time.Minute,
			},
			{
				Name:   "signed",
				Format: "alertmanager",
				HMAC: HMACConfig{Secret: "from-a-file-0123456789", Header: "X-Signature", TimestampHeader: "X-Time", Join: ":",
					Tolerance: 5 * time.Minute},
			},
			{Name: "prom", Format: "prometheus", Identity: IdentityConfig{Keep: []string{"alertname", "job"}}},
			{Name: "ids", Format: "alertmanager", Token: "from-a-file-0123456789", Identity: IdentityConfig{AlertID: true}},
			{Name: "am-main", Poll: "alertmanager", URL: "http://127.0.0.1:9093", Every: 30 * time.Second},
			{Name: "prom-main", Poll: "prometheus", URL: "https://prom.example.org/prefix", Every: time.Minute, Token: "polled"},
		},
		Surfaces: []SurfaceConfig{
			{
				Name: "checkout", Title: "Checkout", Group: "Shop", Every: 5 * time.Second, Timeout: 3 * time.Second,
				Probe: probe.Spec{Settings: &probe.HTTP{URL: "https://example.org/health?deep=1",
					Headers: map[string]fault.Secret{"X-Api": "probe-secret"}, Status: []string{"200", "3xx"}, Contains: "ok"}},
				DownAfter: 3, UpAfter: 4, Severity: alert.P1, DegradedSeverity: alert.P3,
				Links: []surface.Link{{Title: "Runbook", URL: "https://example.org/runbook"}}, InvestigateWindow: 10 * time.Minute,
			},
			{
				Name:              "api",
				Title:             "api",
				Every:             2 * time.Second,
				Timeout:           2 * time.Second,
				Probe:             probe.Spec{Settings: &probe.Heartbeat{}},
				DownAfter:         2,
				UpAfter:           2,
				Severity:          alert.P2,
				DegradedSeverity:  alert.P3,
				InvestigateWindow: 30 * time.Minute,
			},
			{
				Name:              "login",
				Title:             "login",
				Every:             30 * time.Second,
				Timeout:           longestProbe,
				Probe:             probe.Spec{Settings: &probe.TCP{Address: "db:5432"}},
				DownAfter:         2,
				UpAfter:           2,
				Severity:          alert.P2,
				DegradedSeverity:  alert.P3,
				InvestigateWindow: 30 * time.Minute,
			},
		},
		Canary: CanaryConfig{Every: time.Hour, Ticket: true, MailboxID: 9, PingURL: "https://ping.example.org/probe-secret"},
		Routes: []RouteConfig{
			{
				Name:       "shop",
				Match:      []string{`team="shop"`, `env!~"dev|test"`},
				Desk:       "freescout",
				To:         &freescout.RouteSettings{MailboxID: 7},
				Tags:       []string{"shop"},
				TicketAt:   alert.P3,
				OnRecovery: "close",
				Hold:       &hold,
				Settle:     &settle,
				Storm:      RouteStormConfig{Limit: &limit, Per: &settle},
			},
			{Name: `{a="b",c=~"d"}`, Match: []string{`{a="b",c=~"d"}`}, Desk: "freescout", To: &freescout.RouteSettings{}},
		},
		Policies: PolicyConfig{
			TicketAt: alert.P1, OnRecovery: "none", Hold: time.Minute, Settle: 3 * time.Minute, DoubtHold: time.Second, Backfill: "active",
			ReopenWithin: 30 * time.Minute, InvestigateWindow: 30 * time.Minute, StaleAfter: 48 * time.Hour, StaleRemind: 12 * time.Hour,
			UnstableIDs: UnstableTicket,
			Storm:       StormConfig{Limit: 0, Per: 10 * time.Minute},
		},
		Reconcile: ReconcileConfig{Every: 90 * time.Second},
		Vault: VaultConfig{
			URL: "https://vault.example.org", ProjectID: "the-project", Environment: "staging", ClientID: "the-identity",
			ClientSecret: "identity-secret", Token: "vault-token",
			Every: 2 * time.Minute, Secrets: map[string]string{"FREESCOUT_API_KEY": "/ops/freescout"},
		},
		Auth: AuthConfig{
			Mode: "oidc", URL: "https://docket.example.org",
			OIDC: OIDCConfig{Issuer: "https://id.example.org", ClientID: "docket", ClientSecret: "the-client-secret",
				Scopes: []string{"email", "groups"}, RoleClaim: "realm_access.roles"},
			CF:             CFConfig{Team: "https://shop.cloudflareaccess.com", Audience: []string{"aud1", "aud2"}, RoleClaim: "groups"},
			Roles:          RolesConfig{Admin: []string{"ada@example.org"}, Operator: []string{"sre"}, Viewer: []string{"*"}},
			TrustedProxies: []string{"10.0.0.0/8", "::1"}, OpenMetrics: true,
			Tokens: []TokenConfig{
				{Name: "ops", Token: "a-long-token-of-ops", Scopes: []string{"ingest", "read", "operate", "admin"}},
				{Name: "grafana", Token: "from-a-file-0123456789", Scopes: []string{"read"}},
			}},
		Log:   LogConfig{Level: "debug", Format: "json"},
		Flags: map[string]flag.Env{},
	}
	if diff := cmp.Diff(want, got, sameConfig); diff != "" {
		t.Error(diff)
	}
	all := leaves(reflect.ValueOf(got), "")
	for name, section := range got.Desks {
		maps.Copy(all, leaves(reflect.ValueOf(section).Elem(), name))
	}
	for path, v := range all {
		// Of these, zero is not the default.
		if v.IsZero() && path != "policies.storm.limit" && path != "auth.public_status" {
			t.Errorf("full.yaml does not set %s, so this test cannot see it lost", path)
		}
	}
}

// leaves are the keys of a configuration outside its lists, with their values.
func leaves(v reflect.Value, path string) map[string]reflect.Value {
	all := map[string]reflect.Value{}
	for i := range v.NumField() {
		tag := v.Type().Field(i).Tag.Get("yaml")
		if tag == "-" {
			continue
		}
		at := join(path, tag)
		if v.Field(i).Kind() != reflect.Struct {
			all[at] = v.Field(i)
			continue
		}
		maps.Copy(all, leaves(v.Field(i), at))
	}
	return all
}

// example is the file that operators copy, and the same with its examples made real.
func example(t *testing.T) (asItStands, examples string) {
	t.Helper()
	text, err := os.ReadFile("../../docs/docket.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	secrets := filepath.Dir(write(t, "docket_shop", "shop-token-0123456789"))
	for name, secret := range map[string]string{
		"docket_grafana": "grafana-token-0123456789", "docket_ops_url": "https://ops.example.org/hook", "docket_ops_secret": "whsec_c2VjcmV0",
		"docket_ops_token": "ops-token-0123456789",
	} {
		if err := os.WriteFile(filepath.Join(secrets, name), []byte(secret), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	asItStands = strings.ReplaceAll(string(text), "/run/secrets", secrets)
	return asItStands, regexp.MustCompile(`(?m)^#(\S|  )`).ReplaceAllString(asItStands, "$1")
}

func TestTheExampleFileChangesNothing(t *testing.T) {
	asItStands, _ := example(t)
	if diff := cmp.Diff(load(t, "", nil), load(t, asItStands, nil), sameConfig); diff != "" {
		t.Errorf("docs/docket.example.yaml is not the defaults: %s", diff)
	}
}

func TestTheExampleFileShowsEveryKeyAndItsExamplesAreGood(t *testing.T) {
	_, examples := example(t)
	cfg := load(t, examples, nil)
	if len(cfg.Sources) < 2 || len(cfg.Surfaces) < 1 || len(cfg.Routes) < 1 || len(cfg.Auth.Tokens) < 1 {
		t.Fatal("docs/docket.example.yaml has lost its examples")
	}
	l := newLoader("docket.yaml", vars{}.look)
	l.readYAML([]byte(examples))
	l.settleDesks() // It reads what routes say to their desks.
	given := map[string]bool{}
	for path := range l.given {
		given[regexp.MustCompile(`\[\d+\]`).ReplaceAllString(path, "")] = true
	}
	all := keys(reflect.TypeFor[Config](), "")
	for _, k := range kinds.All() {
		all = append(all, keys(reflect.TypeOf(k.Settings()).Elem(), k.Name)...)
		if k.Route != nil {
			all = append(all, keys(reflect.TypeOf(k.Route()).Elem(), "routes")...)
		}
	}
	for _, path := range all {
		// The keys of an item are listed above the examples, which show most of them.
		_, key, _ := strings.Cut(strings.TrimPrefix(path, "auth."), ".")
		listed := strings.Contains(examples, "# - "+key+": ") || strings.Contains(examples, "# - "+key+" (")
		if !given[path] && !listed {
			t.Errorf("docs/docket.example.yaml does not show %s", path)
		}
	}
	for _, v := range allVariables(nil) {
		if !strings.Contains(examples, v.env) {
			t.Errorf("docs/docket.example.yaml does not name %s", v.env)
		}
		if v.secret() != strings.Contains(examples, v.env+" (FILE)") {
			t.Errorf("docs/docket.example.yaml is wrong on whether %s has a _FILE", v.env)
		}
	}
	for _, f := range flag.Flags {
		if !strings.Contains(examples, f.EnvVar) {
			t.Errorf("docs/docket.example.yaml does not name %s", f.EnvVar)
		}
	}
}

// keys are the paths of all keys below a type.
func keys(t reflect.Type, path string) []string {
	if c, ok := reflect.TypeAssert[choice](reflect.New(t)); ok {
		all := []string{path}
		for _, kind := range c.Kinds() {
			all = append(all, keys(reflect.TypeOf(c.Choose(kind)), join(path, kind))...)
		}
		return all
	}
	switch t.Kind() {
	case reflect.Slice, reflect.Pointer:
		return keys(t.Elem(), path)
	case reflect.Struct:
		var all []string
		for field := range t.Fields() {
			if tag := field.Tag.Get("yaml"); tag != "-" {
				all = append(all, keys(field.Type, join(path, tag))...)
			}
		}
		return all
	default:
		return []string{path}
	}
}

// A configuration of the first version starts every later one: this file is never edited.
func TestTheFirstVersionsFileStillStarts(t *testing.T) {
	cfg, err := Load("testdata/v1.yaml", vars{}.look)
	if err != nil {
		t.Fatal(err)
	}
	if cfg.Sources[1].Name != "am-main" || cfg.Policies.Storm.Limit != 20 || *cfg.Routes[0].Hold != 2*time.Minute {
		t.Errorf("not what it says: %s", cfg)
	}
}
