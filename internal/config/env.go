package config

import (
	"reflect"
	"strings"
	"unicode/utf8"

	"docket/internal/flag"
)

// variable is one environment variable and the key that it sets.
type variable struct {
	name, path string
	// secret variables may come as NAME_FILE, too, and are never quoted.
	secret bool
	field  func(*Config) any
}

// allVariables are the environment's part of the contract with operators: those of the desks, then the rest.
func allVariables() []variable { return append(deskVariables(), variables...) }

// variables are those that are no desk's.
var variables = []variable{
	{"SLACK_BOT_TOKEN", "slack.token", true, func(c *Config) any { return &c.Slack.Token }},
	{"SLACK_SIGNING_SECRET", "slack.signing_secret", true, func(c *Config) any { return &c.Slack.SigningSecret }},
	{"SLACK_DM_USER_IDS", "slack.users", false, func(c *Config) any { return &c.Slack.Users }},
	{"SLACK_API_URL", "slack.api_url", false, func(c *Config) any { return &c.Slack.APIURL }},
	{"DOCKET_OIDC_CLIENT_SECRET", "auth.oidc.client_secret", true, func(c *Config) any { return &c.Auth.OIDC.ClientSecret }},
	{"INFISICAL_CLIENT_ID", "vault.client_id", false, func(c *Config) any { return &c.Vault.ClientID }},
	{"INFISICAL_CLIENT_SECRET", "vault.client_secret", true, func(c *Config) any { return &c.Vault.ClientSecret }},
	{"INFISICAL_TOKEN", "vault.token", true, func(c *Config) any { return &c.Vault.Token }},
	{"DATABASE_URL", "database", true, func(c *Config) any { return &c.Database }},
	{"DOCKET_LISTEN", "listen", false, func(c *Config) any { return &c.Listen }},
	{"DOCKET_PUBLIC_URL", "public_url", false, func(c *Config) any { return &c.PublicURL }},
	{"DOCKET_LOG_LEVEL", "log.level", false, func(c *Config) any { return &c.Log.Level }},
	{"DOCKET_ADMIN_TOKEN", "auth.admin_token", true, func(c *Config) any { return &c.Auth.Admin }},
	{"DOCKET_INGEST_TOKEN", "auth.ingest_token", true, func(c *Config) any { return &c.Auth.Ingest }},
	{"DOCKET_URL", "client.url", false, func(c *Config) any { return &c.Client.URL }},
	{"DOCKET_TOKEN", "client.token", true, func(c *Config) any { return &c.Client.Token }},
}

// readEnv lays the environment over the file.
func (l *loader) readEnv() {
	for _, v := range allVariables() {
		text, name := l.lookup(v)
		if name == "" {
			continue
		}
		l.fromEnv[v.path] = name
		field := reflect.ValueOf(v.field(&l.config)).Elem()
		if field.Kind() == reflect.Slice {
			field.Set(reflect.ValueOf(separated(text)))
			continue
		}
		if fault := setLeaf(field, text, v.path); fault != "" {
			l.wrongIn(name, "%s", fault)
		}
	}
	l.readPort()
	for _, f := range flag.Flags {
		l.readFlag(f)
	}
}

// lookup returns a variable's value and the variable that gave it: NAME, or NAME_FILE, which
// names a file with the value. Both are "" where there is none; an empty variable is how
// platforms unset one.
func (l *loader) lookup(v variable) (text, name string) {
	text, _ = l.env(v.name)
	path, fileName := "", v.name+"_FILE"
	if v.secret {
		path, _ = l.env(fileName)
	}
	switch {
	case text == "" && path == "":
		return "", ""
	case !utf8.ValidString(text):
		l.wrongIn(v.name, "is not UTF-8 text")
		return "", ""
	case path == "":
		return text, v.name
	case text != "":
		l.wrongIn(v.name, "is set, and so is %s: set only one of them", fileName)
		return "", ""
	}
	text, err := ReadSecret(path)
	if err != nil {
		l.wrongIn(fileName, "%v", err)
		return "", ""
	}
	if l.config.SecretFiles == nil {
		l.config.SecretFiles = map[string]string{}
	}
	l.config.SecretFiles[v.name] = path
	return text, fileName
}

// readPort reads PORT, which platforms set: it means all addresses, unless DOCKET_LISTEN
// asks for one.
func (l *loader) readPort() {
	port, _ := l.env("PORT")
	switch {
	case port == "" || l.fromEnv["listen"] != "":
	case !isPort(port):
		l.wrongIn("PORT", "%s is not a port: write a number from 1 to 65535", quoted(port))
	default:
		l.config.Listen, l.fromEnv["listen"] = ":"+port, "PORT"
	}
}

// readFlag reads 0 (pinned off) or 1 (on by default).
func (l *loader) readFlag(f flag.Flag) {
	text, _ := l.env(f.EnvVar)
	said, err := flag.ParseEnv(text)
	if err != nil {
		l.wrongIn(f.EnvVar, "%s is neither 0 (pinned off) nor 1 (on by default)", quoted(text))
		return
	}
	if said != flag.EnvUnset {
		l.config.Flags[f.Name] = said
	}
}

func separated(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
}
