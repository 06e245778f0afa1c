package config

import (
	"maps"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"docket/internal/desk/freescout"
	"docket/internal/flag"
	"docket/internal/notify/slack"
)

// desked is an environment that names a whole FreeScout, with more laid over it.
func desked(more vars) vars {
	env := vars{"FREESCOUT_API_URL": "https://tickets.example.org/api", "FREESCOUT_API_KEY": "the-key", "FREESCOUT_OPERATIONS_MAILBOX_ID": "2"}
	maps.Copy(env, more)
	return env
}

func TestTheEnvironmentWinsOverTheFile(t *testing.T) {
	file := `
listen: 127.0.0.1:1
database: file.db
desk: freescout
freescout: {api_url: https://file.example.org, instance_url: https://file.example.org, api_key: file-key,
  mailbox_id: 1, user_id: 1, webhook_secret: file-hook}
slack: {token: file-slack, users: [UFILE], api_url: https://file.example.org}
log: {level: error}
`
	got := load(t, file, vars{
		"FREESCOUT_API_URL": "https://env.example.org/api", "FREESCOUT_INSTANCE_URL": "https://desk.example.org", "FREESCOUT_API_KEY": "env-key",
		"FREESCOUT_OPERATIONS_MAILBOX_ID": "22", "FREESCOUT_USER_ID": "33", "FREESCOUT_WEBHOOK_SECRET": "env-hook",
		"CF_ACCESS_SVC_TICKETS_CLIENT_ID": "env-id.access", "CF_ACCESS_SVC_TICKETS_CLIENT_SECRET": "env-secret",
		"SLACK_BOT_TOKEN": "env-slack", "SLACK_DM_USER_IDS": "UENV1, UENV2", "SLACK_API_URL": "https://slack.env.example.org/",
		"SLACK_SIGNING_SECRET": "env-sign", "DOCKET_PUBLIC_URL": "https://docket.env.example.org",
		"DATABASE_URL": "postgres://env/docket", "DOCKET_LISTEN": "127.0.0.1:2", "PORT": "3", "DOCKET_LOG_LEVEL": "warning",
		"DOCKET_URL": "https://docket.example.org", "DOCKET_TOKEN": "env-client",
		"FLAG_CONSOLE_ALERTS_AUTO_TICKET": "0", "FLAG_CONSOLE_INVESTIGATE_FROM_STATUS": "1",
	})
	want := Defaults()
	want.Listen, want.Database, want.Desk, want.Log.Level = "127.0.0.1:2", "postgres://env/docket", "freescout", "warning"
	settings := freescout.NewSettings()
	settings.APIURL, settings.InstanceURL, settings.APIKey = "https://env.example.org/api", "https://desk.example.org", "env-key"
	settings.MailboxID, settings.UserID, settings.WebhookSecret = 22, 33, "env-hook"
	settings.AccessClientID, settings.AccessClientSecret = "env-id.access", "env-secret"
	want.Desks["freescout"] = settings
	want.Notifiers["slack"] = &slack.Settings{Token: "env-slack", Users: []string{"UENV1", "UENV2"},
		APIURL: "https://slack.env.example.org/", SigningSecret: "env-sign"}
	want.PublicURL = "https://docket.env.example.org"
	want.Client = ClientConfig{URL: "https://docket.example.org", Token: "env-client"}
	want.Flags = map[string]flag.Env{flag.AutoTicket: flag.EnvPinnedOff, flag.InvestigateFromStatus: flag.EnvDefaultOn}
	if diff := cmp.Diff(want, got, sameConfig); diff != "" {
		t.Error(diff)
	}
}

func TestAnEmptyVariableIsNotSet(t *testing.T) {
	env := vars{"PORT": "", "DOCKET_CONFIG": ""}
	for _, v := range allVariables(nil) {
		env[v.env], env[v.env+"_FILE"] = "", ""
	}
	for _, f := range flag.Flags {
		env[f.EnvVar] = ""
	}
	if diff := cmp.Diff(load(t, "", nil), load(t, "", env), sameConfig); diff != "" {
		t.Error(diff)
	}
}

func TestEverySecretMayComeFromAFile(t *testing.T) {
	secrets := 0
	for _, v := range allVariables(nil) {
		if !v.secret() {
			continue
		}
		secrets++
		env := desked(vars{"CF_ACCESS_SVC_TICKETS_CLIENT_ID": "id", "CF_ACCESS_SVC_TICKETS_CLIENT_SECRET": "secret"})
		delete(env, v.env)
		env[v.env+"_FILE"] = write(t, "secret", "postgres://from-a-file\r\n")
		direct := desked(vars{"CF_ACCESS_SVC_TICKETS_CLIENT_ID": "id", "CF_ACCESS_SVC_TICKETS_CLIENT_SECRET": "secret"})
		direct[v.env] = "postgres://from-a-file"
		if diff := cmp.Diff(load(t, "", direct), load(t, "", env), sameConfig); diff != "" {
			t.Errorf("%s_FILE: %s", v.env, diff)
		}
	}
	if secrets < 7 {
		t.Errorf("only %d variables are secret", secrets)
	}
}

func TestTheDeskFollowsFromWhatIsSet(t *testing.T) {
	for _, c := range []struct {
		name, text string
		env        vars
		want, site string
	}{
		{"nothing", "", nil, "local", ""},
		{"the variable", "", desked(nil), "freescout", "https://tickets.example.org"},
		{
			"a trailing slash",
			"",
			desked(vars{"FREESCOUT_API_URL": "https://tickets.example.org/helpdesk/api/"}),
			"freescout",
			"https://tickets.example.org/helpdesk",
		},
		{"the key", "freescout: {api_url: https://x.example.org, api_key: k, mailbox_id: 1}", nil, "freescout", "https://x.example.org"},
		{"the desk is named", "desk: local", desked(nil), "local", "https://tickets.example.org"},
		{
			"links go elsewhere",
			"",
			desked(vars{"FREESCOUT_INSTANCE_URL": "https://desk.example.org/"}),
			"freescout",
			"https://desk.example.org/",
		},
	} {
		cfg := load(t, c.text, c.env)
		site := cfg.Desks["freescout"].(*freescout.Settings).InstanceURL
		if cfg.Desk != c.want || site != c.site {
			t.Errorf("%s: desk %s at %q, want %s at %q", c.name, cfg.Desk, site, c.want, c.site)
		}
	}
}

const tokens1 = "auth: {tokens: [{name: ops, token: 0123456789abcdef, scopes: [read]}]}\n"

func TestWhereItListens(t *testing.T) {
	for _, c := range []struct {
		name, text string
		env        vars
		want       string
	}{
		{"nothing", "", nil, "127.0.0.1:8080"},
		{"the file", "listen: localhost:9", nil, "localhost:9"},
		{"any free port", "listen: '[::1]:0'", nil, "[::1]:0"},
		{"another loopback address", "", vars{"DOCKET_LISTEN": "127.8.8.8:1"}, "127.8.8.8:1"},
		{"PORT means all addresses", "listen: 127.0.0.1:9\n" + tokens1, vars{"PORT": "8000"}, ":8000"},
		{"DOCKET_LISTEN wins over PORT", "", vars{"PORT": "8000", "DOCKET_LISTEN": "127.0.0.1:9"}, "127.0.0.1:9"},
	} {
		if got := load(t, c.text, c.env).Listen; got != c.want {
			t.Errorf("%s: listens on %s, want %s", c.name, got, c.want)
		}
	}
}

func TestAMistakeOfTheEnvironmentNamesItsVariable(t *testing.T) {
	secretFile := write(t, "secret", "hunter2")
	emptyFile := write(t, "empty", "\n")
	longFile := write(t, "long", strings.Repeat("hunter2", maxSecretBytes))
	binaryFile := write(t, "binary", "hunter2\xff")
	for _, c := range []struct {
		name, text string
		env        vars
		want       string
	}{
		{
			"a word for a number",
			"",
			desked(vars{"FREESCOUT_OPERATIONS_MAILBOX_ID": "abc"}),
			`FREESCOUT_OPERATIONS_MAILBOX_ID: "abc" is not a positive number`,
		},
		{
			"a mailbox 0",
			"",
			desked(vars{"FREESCOUT_OPERATIONS_MAILBOX_ID": "0"}),
			`FREESCOUT_OPERATIONS_MAILBOX_ID: "0" is not a positive number`,
		},
		{
			"a number too large",
			"",
			vars{"FREESCOUT_USER_ID": "99999999999999999999"},
			`FREESCOUT_USER_ID: "99999999999999999999" is not a positive number`,
		},
		{
			"an address that is none",
			"",
			desked(vars{"FREESCOUT_API_URL": "tickets.example.org"}),
			"FREESCOUT_API_URL: must be an http:// or https:// address",
		},
		{
			"an address with a password",
			"",
			desked(vars{"FREESCOUT_API_URL": "https://u:hunter2@x.example.org"}),
			"FREESCOUT_API_URL: must not contain a user or a password",
		},
		{
			"an address with a query",
			"",
			desked(vars{"FREESCOUT_INSTANCE_URL": "https://x.example.org/?key=hunter2"}),
			"FREESCOUT_INSTANCE_URL: must not contain a query or a fragment",
		},
		{
			"malformed, and another desk",
			"desk: local",
			vars{"FREESCOUT_API_URL": "x"},
			"FREESCOUT_API_URL: must be an http:// or https:// address",
		},
		{"only the address", "", vars{"FREESCOUT_API_URL": "https://x.example.org"},
			"FREESCOUT_API_KEY: is missing: the freescout desk needs it (freescout.api_key in the file)\n" +
				"FREESCOUT_OPERATIONS_MAILBOX_ID: is missing: the freescout desk needs it (freescout.mailbox_id in the file)"},
		{
			"a pasted line break",
			"",
			desked(vars{"FREESCOUT_API_KEY": "hunter2\n"}),
			"FREESCOUT_API_KEY: contains a line break, a space at the start or end, or a control character",
		},
		{
			"half of the Access pair",
			"",
			desked(vars{"CF_ACCESS_SVC_TICKETS_CLIENT_ID": "hunter2"}),
			"CF_ACCESS_SVC_TICKETS_CLIENT_SECRET: is missing, but CF_ACCESS_SVC_TICKETS_CLIENT_ID is set: Cloudflare Access " +
				"needs both",
		},
		{
			"the other half",
			"",
			desked(vars{"CF_ACCESS_SVC_TICKETS_CLIENT_SECRET_FILE": secretFile}),
			"CF_ACCESS_SVC_TICKETS_CLIENT_ID: is missing, but CF_ACCESS_SVC_TICKETS_CLIENT_SECRET is set: Cloudflare Access " +
				"needs both",
		},
		{
			"half of the pair is unreadable",
			"",
			desked(vars{"CF_ACCESS_SVC_TICKETS_CLIENT_ID": "hunter2", "CF_ACCESS_SVC_TICKETS_CLIENT_SECRET_FILE": "/nowhere"}),
			"CF_ACCESS_SVC_TICKETS_CLIENT_SECRET_FILE: its file cannot be read: no such file or directory",
		},
		{
			"both forms of a secret",
			"",
			vars{"SLACK_BOT_TOKEN": "hunter2", "SLACK_BOT_TOKEN_FILE": secretFile},
			"SLACK_BOT_TOKEN: is set, and so is SLACK_BOT_TOKEN_FILE: set only one of them",
		},
		{
			"a file that is not there",
			"",
			vars{"DATABASE_URL_FILE": "/nowhere/hunter2"},
			"DATABASE_URL_FILE: its file cannot be read: no such file or directory",
		},
		{"an empty file", "", vars{"DOCKET_TOKEN_FILE": emptyFile}, "DOCKET_TOKEN_FILE: its file is empty"},
		{
			"a file that is too long",
			"",
			vars{"DOCKET_TOKEN_FILE": longFile},
			"DOCKET_TOKEN_FILE: its file cannot be read: it is larger than 16 KiB",
		},
		{"a file that is no text", "", vars{"DOCKET_TOKEN_FILE": binaryFile}, "DOCKET_TOKEN_FILE: its file is not UTF-8 text"},
		{"a value that is no text", "", vars{"DOCKET_LISTEN": "\xff"}, "DOCKET_LISTEN: is not UTF-8 text"},
		{
			"another kind of database",
			"",
			vars{"DATABASE_URL": "mysql://hunter2@db/x"},
			"DATABASE_URL: is not a supported database: write the path of a file, or postgres://...",
		},
		{
			"PORT without a way to tell who comes",
			"",
			vars{"PORT": "8000"},
			"PORT: listens on all addresses without authentication: set auth.mode or auth.tokens, or DOCKET_LISTEN " +
				"to a loopback address",
		},
		{
			"PORT that is none",
			"",
			vars{"PORT": "tcp://10.0.0.1:80"},
			`PORT: "tcp://10.0.0.1:80" is not a port: write a number from 1 to 65535`,
		},
		{"PORT with a sign", "", vars{"PORT": "+80"}, `PORT: "+80" is not a port: write a number from 1 to 65535`},
		{
			"DOCKET_LISTEN beyond loopback",
			tokens1,
			vars{"DOCKET_LISTEN": "0.0.0.0:80"},
			`DOCKET_LISTEN: "0.0.0.0:80" is not a loopback address: write 127.0.0.1:80, or set PORT to listen on all addresses`,
		},
		{
			"a flag of a third kind",
			"",
			vars{"FLAG_CONSOLE_ALERTS_AUTO_TICKET": "maybe"},
			`FLAG_CONSOLE_ALERTS_AUTO_TICKET: "maybe" is neither 0 (pinned off) nor 1 (on by default)`,
		},
		{
			"a channel for a person",
			"",
			vars{"SLACK_DM_USER_IDS": "U1,#ops"},
			`SLACK_DM_USER_IDS: "#ops" is not a Slack user id: write one like U0123ABCD`,
		},
		{
			"a level that is none",
			"log: {level: debug}",
			vars{"DOCKET_LOG_LEVEL": "loud"},
			`DOCKET_LOG_LEVEL: "loud" is not one of debug, info, warning, error`,
		},
		{"a server that is none", "", vars{"DOCKET_URL": "localhost:8080"}, "DOCKET_URL: must be an http:// or https:// address"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := refuse(t, c.text, c.env)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			if strings.Contains(got, "hunter2") {
				t.Error("the mistake shows a secret")
			}
		})
	}
}

func TestASecretsFileThatMayNotBeReadIsNamed(t *testing.T) {
	if os.Getuid() == 0 {
		path := t.TempDir() // Nothing is forbidden to root; a folder cannot be read by anybody.
		want := "FREESCOUT_WEBHOOK_SECRET_FILE: its file cannot be read: is a directory"
		if got := refuse(t, "", vars{"FREESCOUT_WEBHOOK_SECRET_FILE": path}); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		return
	}
	path := write(t, "secret", "hunter2")
	if err := os.Chmod(path, 0); err != nil {
		t.Fatal(err)
	}
	want := "FREESCOUT_WEBHOOK_SECRET_FILE: its file cannot be read: permission denied"
	if got := refuse(t, "", vars{"FREESCOUT_WEBHOOK_SECRET_FILE": path}); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// What the file says and what the environment says is one thing: each variable sets the same as its
// key. Those of whom one is asked as a client, the token of Cloudflare Access and the tokens that a
// platform without files needs are the environment's alone.
func TestEachVariableSetsWhatItsKeySets(t *testing.T) {
	values := map[string]string{
		"FREESCOUT_API_URL": "https://other.example.org", "FREESCOUT_INSTANCE_URL": "https://shown.example.org",
		"FREESCOUT_OPERATIONS_MAILBOX_ID": "77", "FREESCOUT_USER_ID": "78",
		"SLACK_DM_USER_IDS": "U0OTHER1", "SLACK_API_URL": "https://slack.example.org/api/", "DATABASE_URL": "postgres://other/docket",
		"DOCKET_LISTEN":     "127.0.0.1:7777",
		"DOCKET_PUBLIC_URL": "https://docket.example.org", "DOCKET_LOG_LEVEL": "error", "DOCKET_LOG_FORMAT": "json",
		"DOCKET_GITHUB_REPOSITORY": "octo/ops", "DOCKET_GITHUB_API_URL": "https://github.example.org/api/v3",
		"DOCKET_GITHUB_APP_INSTALLATION_ID": "79",
	}
	compared := 0
	for _, v := range allVariables(nil) {
		if v.path == v.env {
			continue
		}
		value := "a-value-of-its-own"
		if known := values[v.env]; known != "" {
			value = known
		}
		inFile := any(value)
		switch v.env {
		case "FREESCOUT_OPERATIONS_MAILBOX_ID", "FREESCOUT_USER_ID":
			inFile = 77 + strings.Count(v.env, "USER")
		case "DOCKET_GITHUB_APP_INSTALLATION_ID":
			inFile = 79
		case "SLACK_DM_USER_IDS":
			inFile = []string{value}
		}
		tree := map[string]any{
			"desk": "freescout", "freescout": map[string]any{"api_url": "https://tickets.example.org", "api_key": "the-key", "mailbox_id": 2},
		}
		at, keys := tree, strings.Split(v.path, ".")
		for _, key := range keys[:len(keys)-1] {
			inner, ok := at[key].(map[string]any)
			if !ok {
				inner = map[string]any{}
				at[key] = inner
			}
			at = inner
		}
		at[keys[len(keys)-1]] = inFile
		text, err := yaml.Marshal(tree)
		if err != nil {
			t.Fatal(err)
		}
		fromFile, fromEnv := load(t, string(text), nil), load(t, "desk: freescout\n", desked(vars{v.env: value}))
		if got, want := valueOf(&fromEnv, v.env), valueOf(&fromFile, v.env); !reflect.DeepEqual(got, want) || reflect.ValueOf(got).IsZero() {
			t.Errorf("%s sets %v, and %s sets %v", v.env, got, v.path, want)
		}
		compared++
	}
	if compared < 18 {
		t.Errorf("only %d variables have a key", compared)
	}
}

// valueOf is what a variable sets in a configuration.
func valueOf(cfg *Config, variable string) any {
	for _, v := range allVariables(cfg) {
		if v.env == variable {
			return v.value.Interface()
		}
	}
	return nil
}
