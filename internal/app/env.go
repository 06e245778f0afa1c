package app

import (
	"os"
	"reflect"
	"strings"
)

// variable is one environment variable and the key that it sets.
type variable struct {
	name, path string
	// secret variables may come as NAME_FILE, too, and are never quoted.
	secret bool
	field  func(*Config) any
}

// variables are the environment's part of the contract (design section 6), in its order.
var variables = []variable{
	{"FREESCOUT_API_URL", "freescout.api_url", false, func(c *Config) any { return &c.FreeScout.APIURL }},
	{"FREESCOUT_INSTANCE_URL", "freescout.instance_url", false, func(c *Config) any { return &c.FreeScout.InstanceURL }},
	{"FREESCOUT_API_KEY", "freescout.api_key", true, func(c *Config) any { return &c.FreeScout.APIKey }},
	{"FREESCOUT_OPERATIONS_MAILBOX_ID", "freescout.mailbox_id", false, func(c *Config) any { return &c.FreeScout.MailboxID }},
	{"FREESCOUT_USER_ID", "freescout.user_id", false, func(c *Config) any { return &c.FreeScout.UserID }},
	{"FREESCOUT_WEBHOOK_SECRET", "freescout.webhook_secret", true, func(c *Config) any { return &c.FreeScout.WebhookSecret }},
	{"CF_ACCESS_SVC_TICKETS_CLIENT_ID", "access.client_id", true, func(c *Config) any { return &c.Access.ClientID }},
	{"CF_ACCESS_SVC_TICKETS_CLIENT_SECRET", "access.client_secret", true, func(c *Config) any { return &c.Access.ClientSecret }},
	{"SLACK_BOT_TOKEN", "slack.token", true, func(c *Config) any { return &c.Slack.Token }},
	{"SLACK_DM_USER_IDS", "slack.users", false, func(c *Config) any { return &c.Slack.Users }},
	{"SLACK_API_URL", "slack.api_url", false, func(c *Config) any { return &c.Slack.APIURL }},
	{"DATABASE_URL", "database", true, func(c *Config) any { return &c.Database }},
	{"DOCKET_LISTEN", "listen", false, func(c *Config) any { return &c.Listen }},
	{"DOCKET_LOG_LEVEL", "log.level", false, func(c *Config) any { return &c.Log.Level }},
}

// FlagVariables are the flags' variables by flag name (design section 6).
var FlagVariables = map[string]string{
	"alerts.auto_ticket":      "FLAG_CONSOLE_ALERTS_AUTO_TICKET",
	"investigate.from_status": "FLAG_CONSOLE_INVESTIGATE_FROM_STATUS",
}

// readEnv lays the environment over the file.
func (l *loader) readEnv() {
	l.fromEnv = map[string]string{}
	for _, v := range variables {
		text, set := l.lookup(v)
		if !set {
			continue
		}
		l.fromEnv[v.path] = v.name
		field := reflect.ValueOf(v.field(&l.config)).Elem()
		if field.Kind() == reflect.Slice {
			field.Set(reflect.ValueOf(words(text)))
			continue
		}
		if fault := setLeaf(field, text); fault != "" {
			l.wrong(v.path, "%s", fault)
		}
	}
	if port, set := l.env("PORT"); set && port != "" && l.fromEnv["listen"] == "" {
		if !isPort(port) {
			l.mistakes = append(l.mistakes, Mistake{Path: "PORT", Text: "is not a port number"})
			return
		}
		l.config.Listen, l.fromEnv["listen"] = ":"+port, "PORT"
	}
	for flag, name := range FlagVariables {
		l.readFlag(flag, name)
	}
}

// lookup returns a variable's value, from NAME or from the file that NAME_FILE names.
func (l *loader) lookup(v variable) (string, bool) {
	text, set := l.env(v.name)
	set = set && text != "" // An empty variable is how platforms unset one.
	path, fileSet := "", false
	if v.secret {
		path, fileSet = l.env(v.name + "_FILE")
		fileSet = fileSet && path != ""
	}
	if !fileSet {
		return text, set
	}
	if set {
		l.mistakes = append(l.mistakes, Mistake{Path: v.name, Text: "is set, and so is " + v.name + "_FILE: set only one of them"})
		return "", false
	}
	content, err := os.ReadFile(path) //nolint:gosec // The operator names the file.
	if err != nil {
		l.mistakes = append(l.mistakes, Mistake{Path: v.name + "_FILE", Text: "its file cannot be read: " + reason(err)})
		return "", false
	}
	text = strings.TrimRight(string(content), "\r\n")
	if text == "" {
		l.mistakes = append(l.mistakes, Mistake{Path: v.name + "_FILE", Text: "its file is empty"})
	}
	return text, text != ""
}

// readFlag reads 0 (pinned off) or 1 (default on).
func (l *loader) readFlag(flag, name string) {
	text, _ := l.env(name)
	switch strings.ToLower(text) {
	case "":
	case "0", "false", "off", "no":
		l.config.Flags[flag] = false
	case "1", "true", "on", "yes":
		l.config.Flags[flag] = true
	default:
		l.mistakes = append(l.mistakes, Mistake{Path: name, Text: "is neither 0 (pinned off) nor 1 (on by default)"})
	}
}

func words(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
}
