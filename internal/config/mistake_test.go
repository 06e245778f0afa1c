package config

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"docket/internal/probe"
	"docket/internal/source"
)

func TestEveryMistakeIsSaidAtOnceWithItsPlace(t *testing.T) {
	text, err := os.ReadFile("testdata/mistakes.yaml")
	if err != nil {
		t.Fatal(err)
	}
	got := refuse(t, string(text), vars{"FREESCOUT_USER_ID": "-1", "PORT": "http"}) + "\n"
	const golden = "testdata/mistakes.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("-want +got (go test -update writes it anew):\n%s", diff)
	}
	if strings.Contains(got, "hunter") {
		t.Error("a mistake shows a secret")
	}
}

func TestAMistakeSaysWhatIsWrongAndWhatIsAllowed(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{
			"a duration",
			"sources:\n  - {name: a, poll: prometheus, url: http://x}\n  - name: b\n    poll: prometheus\n    url: http://x\n" +
				"    every: 3x\n",
			`docket.yaml:6:12: sources.b.every: "3x" is not a duration: write, for example, 30s or 2m`,
		},
		{"an unknown key near a known one", "polices: {hold: 1m}", "docket.yaml:1:1: polices: unknown key: did you mean policies?"},
		{
			"an unknown key near none",
			"reconcile:\n  interval: 1m\n",
			"docket.yaml:2:3: reconcile.interval: unknown key: use one of every",
		},
		{"a key in an odd dress", "\"li\\x1bsten\\n\": x", `docket.yaml:1:1: "li\x1bsten\n": unknown key: did you mean listen?`},
		{
			"a key that stands twice",
			"desk: local\nlisten: 127.0.0.1:1\ndesk: freescout\n",
			"docket.yaml:3:1: desk: is set twice, first in line 1",
		},
		{"a list where a word belongs", "desk: [local]", "docket.yaml:1:7: desk: must be a single value"},
		{"a word where a list belongs", "slack:\n  users: U0123ABCD", "docket.yaml:2:10: slack.users: must be a list"},
		{"a word where a mapping belongs", "policies: fast", "docket.yaml:1:11: policies: must be a mapping of keys to values"},
		{"a list where the whole belongs", "- listen: 127.0.0.1:1\n", "docket.yaml:1:1: must be a mapping of keys to values"},
		{"a mapping where a list belongs", "routes:\n  match: [a=b]\n", "docket.yaml:2:3: routes: must be a list"},
		{"an empty item", "sources:\n  -\n", "docket.yaml:2:3: sources[0]: is empty"},
		{
			"an alias",
			"slack: {users: &x [U1]}\nsources: *x\n",
			"docket.yaml:2:10: sources: aliases are not supported: write the value out",
		},
		{
			"a second document",
			"desk: local\n---\ndesk: local\n",
			"docket.yaml:3:1: a second document starts here: a file must contain one configuration",
		},
		{"a tab", "policies:\n\thold: 1m\n", "docket.yaml:2:1: not valid YAML: found character '\\t' that cannot start any token"},
		{"an open bracket", "auth: {tokens: [", "docket.yaml:1:16: not valid YAML: sequence end token ']' not found"},
		{"another encoding", "desk: local\nlog: ü\xff\n", "docket.yaml:2:7: not UTF-8 text"},
		{"a port alone", "listen: 8080", `docket.yaml:1:9: listen: "8080" is not host:port: write 127.0.0.1:8080`},
		{
			"all addresses in the file",
			"listen: ':8080'\nauth: {tokens: [{name: a, token: 0123456789abcdef, scopes: [read]}]}",
			`docket.yaml:1:9: listen: ":8080" is not a loopback address: write 127.0.0.1:8080, or set PORT to listen on all addresses`,
		},
		{"a huge port", "listen: 127.0.0.1:70000", `docket.yaml:1:9: listen: "127.0.0.1:70000" is not host:port: write 127.0.0.1:8080`},
		{
			"a very long word",
			"desk: " + strings.Repeat("a", 1000),
			`docket.yaml:1:7: desk: "` + strings.Repeat("a", 59) + `…" is not one of local, freescout, github`,
		},
		{
			"a word of an escape sequence",
			`log: {level: "\e[31m"}`,
			`docket.yaml:1:14: log.level: "\x1b[31m" is not one of debug, info, warning, error`,
		},
		{
			"a source where Slack comes in",
			"sources: [{name: slack, format: alertmanager}]",
			"docket.yaml:1:18: sources.slack.name: /hooks/slack receives button clicks: choose another name",
		},
		{
			"a reminder each minute",
			"policies: {stale_remind: 1m}",
			"docket.yaml:1:26: policies.stale_remind: 1m is too short: the minimum is 1h, 0 is never",
		},
		{
			"a storm's limit below zero",
			"routes: [{match: ['a=b'], storm: {limit: -1}}]",
			`docket.yaml:1:42: routes[0].storm.limit: "-1" is not a number: write 0 or more`,
		},
		{
			"a format that nobody reads",
			"sources: [{name: a, format: nagios}]",
			`docket.yaml:1:29: sources.a.format: "nagios" is not supported by this version: write one of ` + strings.Join(source.Formats(), ", "),
		},
		{
			"a login that there is not",
			"auth: {mode: passwort}",
			"docket.yaml:1:14: auth.mode: \"passwort\" is not one of none, password, oidc, cloudflare_access",
		},
		{
			"Access for no application",
			"auth: {mode: cloudflare_access, cloudflare_access: {team: 'https://a.cloudflareaccess.com'}, roles: {viewer: ['*']}}",
			"docket.yaml:1:52: auth.cloudflare_access.audience: is missing: auth.mode cloudflare_access needs it",
		},
		{
			"an issuer that anybody can play",
			"auth: {mode: oidc, url: 'https://d.example', roles: {viewer: ['*']}, oidc: {client_id: a, issuer: 'http://id.example'}}",
			"docket.yaml:1:99: auth.oidc.issuer: must be an https:// address",
		},
		{
			"a login after which nobody may do anything",
			"auth: {mode: oidc, url: 'https://d.example', oidc: {client_id: a, issuer: 'https://id.example'}}",
			"docket.yaml:1:7: auth.roles: is missing: list the e-mail addresses or groups for admin, operator and viewer",
		},
		{
			"a proxy that is no network",
			"auth: {trusted_proxies: [router]}",
			`docket.yaml:1:26: auth.trusted_proxies[0]: "router" is not a network: write 10.0.0.0/8 or 10.1.2.3`,
		},
		{
			"a signature in no header",
			"sources: [{name: a, hmac: {secret: 0123456789abcdef}}]",
			"docket.yaml:1:27: sources.a.hmac.header: is missing: the header that holds the signature, such as X-Hub-Signature-256",
		},
		{
			"a signature and a token",
			"sources: [{name: a, token: b, hmac: {secret: 0123456789abcdef, header: X-A}}]",
			"docket.yaml:1:37: sources.a.hmac: token is also set: set only one of them",
		},
		{
			"a signature in the tokens' header",
			"sources: [{name: a, hmac: {secret: 0123456789abcdef, header: authorization}}]",
			"docket.yaml:1:62: sources.a.hmac.header: must not be Authorization, which is for tokens",
		},
		{
			"a key that stands twice and is wrong the first time",
			"log: {level: loud}\nlog: {level: info}\n",
			"docket.yaml:1:14: log.level: \"loud\" is not one of debug, info, warning, error\ndocket.yaml:2:1: log: is set twice, " +
				"first in line 1",
		},
		{
			"a matcher that a shell ate",
			"routes: [{match: ['team=\"shop']}]",
			`docket.yaml:1:19: routes[0].match[0]: "team=\"shop" is not a matcher: write label="value", or use !=, =~ or !~ ` +
				`instead of = (matcher value contains unescaped double quote: "shop)`,
		},
		{
			"a matcher with a bad pattern",
			"routes: [{match: ['team=~\"(\"']}]",
			`docket.yaml:1:19: routes[0].match[0]: "team=~\"(\"" is not a matcher: write label="value", or use !=, =~ or !~ instead of = (error ` +
				`parsing regexp: missing closing ): ` + "`^(?:()$`)",
		},
		{
			"a route that another one hides",
			"routes:\n  - match: [a=b]\n  - match: [a=b]\n",
			"docket.yaml:3:12: routes[1].match: an earlier route has the same matchers, so this one never applies",
		},
		{
			"a name of 64 characters",
			"sources: [{name: " + strings.Repeat("n", 64) + "}]",
			`docket.yaml:1:18: sources[0].name: "` + strings.Repeat("n", 59) +
				`…" is not a valid name: use at most 63 lower-case letters, digits, - and _, starting with a letter or digit`,
		},
		{"a source without a name", "sources:\n  - format: prometheus\n", "docket.yaml:2:5: sources[0].name: is missing"},
		{
			"a poll without an address",
			"sources:\n  - name: a\n    poll: prometheus\n",
			"docket.yaml:2:5: sources.a.url: is missing: a polled source needs the address to poll",
		},
		{
			"three ways to name a problem",
			"sources: [{name: a, identity: {keep: [x], alert_id: true}}]",
			"docket.yaml:1:31: sources.a.identity: drop, keep and alert_id cannot be combined",
		},
		{
			"a surface with two probes",
			"surfaces:\n  - {name: a, probe: {tcp: {address: 'a:1'}, heartbeat: {}}}",
			"docket.yaml:2:46: surfaces.a.probe: must have one of " + strings.Join(probe.Spec{}.Kinds(), ", "),
		},
		{
			"a probe of an unknown kind",
			"surfaces: [{name: a, probe: {gprc: {address: 'a:1'}}}]",
			"docket.yaml:1:30: surfaces.a.probe.gprc: unknown key: did you mean grpc?",
		},
		{
			"a probe that is nearly ping",
			"surfaces: [{name: a, probe: {icpm: {host: a}}}]",
			"docket.yaml:1:30: surfaces.a.probe.icpm: unknown key: did you mean icmp?",
		},
		{
			"a probe without settings",
			"surfaces: [{name: a, probe: {tcp: }}]",
			"docket.yaml:1:30: surfaces.a.probe.tcp.address: must be host:port, such as db.example.org:5432",
		},
		{
			"a surface without a probe",
			"surfaces: [{name: a}]",
			"docket.yaml:1:12: surfaces.a.probe: must have one of " + strings.Join(probe.Spec{}.Kinds(), ", "),
		},
		{
			"a token for two",
			"auth: {tokens: [{name: a, token: hunter2-hunter2-hunter2, scopes: [read]}, {name: b, token: hunter2-hunter2-hunter2, " +
				"scopes: [read]}]}",
			`docket.yaml:1:93: auth.tokens.b.token: is also the token of "a"`,
		},
		{"a desk without its keys", "listen: 127.0.0.1:1\ndesk: freescout\n",
			"docket.yaml:2:7: freescout.api_url: is missing: the freescout desk needs it (FREESCOUT_API_URL in the environment)\n" +
				"docket.yaml:2:7: freescout.api_key: is missing: the freescout desk needs it (FREESCOUT_API_KEY in the environment)\n" +
				"docket.yaml:2:7: freescout.mailbox_id: is missing: the freescout desk needs it (FREESCOUT_OPERATIONS_MAILBOX_ID in the environment)"},
		{
			"a key left empty",
			"freescout:\n  api_url: https://x.example.org\n  api_key:\n  mailbox_id: 2\n",
			"docket.yaml:3:3: freescout.api_key: is missing: the freescout desk needs it (FREESCOUT_API_KEY in the environment)",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, refuse(t, c.text, nil)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAFlawedFileHidesNoMistakeOfTheEnvironment(t *testing.T) {
	got := refuse(t, "auth: {", vars{"FREESCOUT_OPERATIONS_MAILBOX_ID": "abc"})
	want := "docket.yaml:1:7: not valid YAML: could not find flow mapping end token '}'\n" +
		`FREESCOUT_OPERATIONS_MAILBOX_ID: "abc" is not a positive number`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTheListOfMistakesEnds(t *testing.T) {
	lines := strings.Split(refuse(t, strings.Repeat("- \n", 10)+"x: {", nil), "\n")
	if len(lines) != 1 {
		t.Errorf("got %d lines for a file that cannot be read", len(lines))
	}
	lines = strings.Split(refuse(t, "slack: {users: ["+strings.Repeat("'',", 1000)+"]}", nil), "\n")
	if want := maxMistakes + 1; len(lines) != want {
		t.Fatalf("got %d lines, want %d", len(lines), want)
	}
	if want := "docket.yaml: and 800 more mistakes"; lines[maxMistakes] != want {
		t.Errorf("got %q, want %q", lines[maxMistakes], want)
	}
}

// FuzzLoad: whatever stands in the file, a configuration or its mistakes come back, each
// on one line and with its place.
func FuzzLoad(f *testing.F) {
	for _, name := range []string{"full.yaml", "mistakes.yaml", "v1.yaml"} {
		text, err := os.ReadFile("testdata/" + name)
		if err != nil {
			f.Fatal(err)
		}
		for _, line := range strings.SplitAfter(string(text), "\n") {
			f.Add([]byte(line))
		}
		f.Add(text)
	}
	for _, text := range []string{"? a\n: b", "!!binary x", "&a *a", "<<: *x", "{[]: {}}", "a: |2-\n  x", "%TAG ! x\n---\n", "- - - ", "\x00",
		"auth: !!map {}", "listen: !t &a 'x'", "'': ''", "...\n...", "a:\r\n- \r- b"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > 4096 {
			t.Skip("the parser takes time by the square of the nesting")
		}
		cfg, err := Parse("docket.yaml", text, vars{}.look)
		if err == nil {
			if cfg.Desk == "" || cfg.Listen == "" || len(cfg.String()) == 0 {
				t.Errorf("a configuration without its defaults: %s", cfg)
			}
			return
		}
		var ce *Error
		if !errors.As(err, &ce) {
			t.Fatalf("%T is no *Error", err)
		}
		for _, m := range ce.Mistakes {
			if (m.File != "" && (m.Line < 1 || m.Column < 1) && !strings.HasSuffix(m.Text, "more mistakes")) || m.Text == "" {
				t.Errorf("a mistake without its place: %+v", m)
			}
			if m.Line > 1+strings.Count(string(text), "\n")+strings.Count(string(text), "\r") {
				t.Errorf("a mistake beyond the file's end: %+v", m)
			}
			if s := m.String(); !utf8.ValidString(s) || slices.ContainsFunc([]rune(s), unicode.IsControl) {
				t.Errorf("a mistake that is no line: %q", s)
			}
		}
	})
}
