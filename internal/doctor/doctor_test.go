package doctor_test

import (
	"context"
	"database/sql"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite" // The driver, to change a database behind everybody's back.

	"docket/internal/audit"
	"docket/internal/desk"
	"docket/internal/desk/fakedesk"
	"docket/internal/desk/freescout"
	"docket/internal/desk/local"
	"docket/internal/doctor"
	"docket/internal/fault"
	"docket/internal/health"
	"docket/internal/notify"
	"docket/internal/store"
	"docket/internal/store/storetest"
	"docket/internal/store/storetest/migrated"
)

func TestMain(m *testing.M) { os.Exit(migrated.Main(m)) }

// clinic is a healthy docket with a FreeScout behind Cloudflare Access, for one fault.
type clinic struct {
	t       *testing.T
	fake    *fakedesk.Server
	config  freescout.Config
	options fakedesk.Options
	patient doctor.Patient
	url     string
	// opened is the store, once there is one.
	opened *store.Store
}

func newClinic(t *testing.T, url string) *clinic {
	t.Helper()
	c := &clinic{t: t, url: url, options: fakedesk.Options{APIKey: "key", AccessClientID: "docket.access", AccessClientSecret: "secret"}}
	c.config = freescout.Config{APIKey: "key", AccessClientID: "docket.access", AccessClientSecret: "secret", MailboxID: 2, Rate: 10_000,
		WaitOut: 20 * time.Second, Timeout: 2 * time.Second, CreateTimeout: 2 * time.Second}
	st, err := store.Open(t.Context(), url, store.Options{Exclusive: true, Create: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	c.opened = st
	c.patient = doctor.Patient{
		Store: st, Booted: time.Now(), Stale: 24 * time.Hour, Server: true,
		Variables: []desk.Variable{{Name: "FREESCOUT_API_URL", Set: true, Needed: true}, {Name: "FREESCOUT_API_KEY", Set: true, Needed: true}},
		Flags:     func() []doctor.Flag { return []doctor.Flag{{Name: "alerts.auto_ticket", On: true}} },
		Sources:   func() []doctor.Source { return []doctor.Source{{Name: "alertmanager", At: time.Now()}} },
		Emit:      func(context.Context) (bool, string) { return true, "" },
		Notifiers: []doctor.Notifier{{Name: "slack", Hop: notify.Hop{OK: "Slack accepts the token."}, Services: services(nil)}},
	}
	return c
}

// service is a notifier's service with a known state.
type service struct {
	notify.Notifier
	fault *fault.Fault
}

func (s service) Name() string { return "webhook:crm" }

func (s service) Check(context.Context) error {
	if s.fault != nil {
		return s.fault
	}
	return nil
}

// services are services with these faults, nil for none.
func services(faults ...*fault.Fault) (all []notify.Notifier) {
	for _, f := range faults {
		all = append(all, service{fault: f})
	}
	return all
}

// examine starts the fake and examines.
func (c *clinic) examine(canary bool) doctor.Examination {
	c.t.Helper()
	if c.fake == nil {
		c.fake = fakedesk.New(c.options)
		c.t.Cleanup(c.fake.Close)
	}
	if c.config.APIURL == "" {
		c.config.APIURL, c.config.Transport = "https://tickets.example.org", c.fake.Transport()
	}
	d, err := freescout.New(c.config)
	if err != nil {
		c.t.Fatal(err)
	}
	c.patient.Desk = d
	return doctor.Run(c.t.Context(), c.patient, doctor.Options{Canary: canary, By: "ada"})
}

// order starts the fake with a fault.
func order(f fakedesk.Fault) func(*clinic) {
	return func(c *clinic) {
		c.fake = fakedesk.New(c.options)
		c.t.Cleanup(c.fake.Close)
		c.fake.Order(f)
	}
}

func TestNothingIsFoundOnAHealthySystem(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		c := newClinic(t, url)
		r := c.examine(true)
		for _, f := range r.Findings {
			if f.Level != doctor.OK && f.Hop != "disk" { // A test's folder has the modes that it has.
				t.Errorf("%s: %s %s %s", f.Hop, f.Level, f.Name, f.Sentence)
			}
		}
		tickets := c.fake.Tickets()
		if len(tickets) != 1 || tickets[0].Status != "closed" || !strings.Contains(tickets[0].Subject, "[docket-canary]") {
			t.Errorf("the canary left %+v", tickets)
		}
	})
}

func TestTheCanarysMailboxIsThatOfTheDeskThatHasMailboxes(t *testing.T) {
	c := newClinic(t, storetest.URL(t, "sqlite"))
	c.examine(false)
	c.patient.Others = []doctor.Desk{{Desk: c.patient.Desk, Mailboxes: true}}
	c.patient.Desk = local.New(c.patient.Store, "http://docket.test/tickets/")
	r := doctor.Run(t.Context(), c.patient, doctor.Options{Canary: true, Place: "1"})
	for _, f := range r.Findings {
		if strings.HasSuffix(f.Hop, "canary") && f.Level != doctor.OK {
			t.Errorf("%s: %s %s", f.Hop, f.Name, f.Sentence)
		}
	}
	if tickets := c.fake.Tickets(); len(tickets) != 1 || tickets[0].MailboxID != 1 {
		t.Errorf("the canary left %+v", tickets)
	}
}

// trouble is one fault, where it must be found, and whether the canary fails with it, too.
type trouble struct {
	name      string
	inject    func(*clinic)
	hop, call string
	canary    bool
}

// faults are one each; the desk's stand before the rest.
var faults = []trouble{
	{"the name is not known", func(c *clinic) { c.config.APIURL = "http://docket.invalid" }, "desk name", "dns_error", true},
	{"nobody listens", func(c *clinic) { c.config.APIURL = "http://127.0.0.1:1" }, "desk connection", "unreachable", true},
	{"the connection is cut", order(fakedesk.Fault{Kind: fakedesk.CutBeforeCommit}), "desk connection", "connection_cut", true},
	{"the certificate is not trusted", untrusted, "desk certificate", "tls_error", true},
	{"plain HTTP at an https address", plainAtHTTPS, "desk certificate", "tls_error", true},
	{"no answer", order(fakedesk.Fault{Kind: fakedesk.NeverAnswer}), "desk answers", "timeout", true},
	{"maintenance", order(fakedesk.Fault{Kind: fakedesk.Unavailable503}), "desk answers", "service_unavailable", true},
	{"an error of its own", order(fakedesk.Fault{Kind: fakedesk.Error500}), "desk answers", "server_error", true},
	{"a proxy without a server", order(fakedesk.Fault{Kind: fakedesk.BadGateway502}), "desk answers", "proxy_error", true},
	{"too many calls", order(fakedesk.Fault{Kind: fakedesk.TooMany429}), "desk answers", "rate_limited", true},
	{"the headers are missing (2026-06-19)", func(c *clinic) { c.config.AccessClientID, c.config.AccessClientSecret = "", "" }, "access gate",
		"access_token_missing", true},
	{"the service token is wrong", func(c *clinic) { c.config.AccessClientSecret = "other" }, "access gate", "access_refused", true},
	{"the gate sends to its login", order(fakedesk.Fault{Kind: fakedesk.AccessRedirect}), "access gate", "access_refused", true},
	{"the gate answers 401", order(fakedesk.Fault{Kind: fakedesk.AccessDenied401}), "access gate", "access_refused", true},
	{"the gate wants a browser", order(fakedesk.Fault{Kind: fakedesk.BrowserChallenge}), "access gate", "challenge_refused", true},
	{"the address redirects", order(fakedesk.Fault{Kind: fakedesk.Moved}), "desk address", "wrong_base_url", true},
	{"a web page answers", order(fakedesk.Fault{Kind: fakedesk.HTML}), "desk address", "not_json", true},
	{"nothing that is JSON", order(fakedesk.Fault{Kind: fakedesk.Garbage}), "desk address", "bad_answer", true},
	{"the module is missing", order(fakedesk.Fault{Kind: fakedesk.ModuleMissing}), "desk module", "module_missing", true},
	{"the key is refused", func(c *clinic) { c.config.APIKey = "other" }, "desk key", "key_refused", true},
	{"the key may not do it", order(fakedesk.Fault{Kind: fakedesk.Forbidden}), "mailbox", "mailbox_forbidden", true},
	{"the mailbox is gone", func(c *clinic) { c.config.MailboxID = 77 }, "mailbox", "mailbox_missing", true},
	{"no agent", func(c *clinic) {
		c.options.Users = []fakedesk.User{{ID: 1, FirstName: "Gone", Email: "gone@example.org", Status: "disabled"}}
	}, "acting user", "user_missing", true},
	{"the search lags behind the wait-out", func(c *clinic) {
		c.config.WaitOut, c.options.SearchLag = time.Second, 2*time.Second
	}, "canary", "wait_out_too_short", true},
	{"the desk's clock is ahead", func(c *clinic) { c.options.Ahead = 10 * time.Minute }, "canary", "desk_clock_differs", true},
	{"the desk's clock is behind", func(c *clinic) { c.options.Ahead = -10 * time.Minute }, "canary", "desk_clock_differs", true},
	{"creates fail although reads work", order(fakedesk.Fault{Kind: fakedesk.Error500, On: fakedesk.OpCreate}),
		"canary", "server_error", true},
	{"tickets vanish", order(fakedesk.Fault{Kind: fakedesk.Vanish, On: fakedesk.OpCreate}), "canary", "missing", true},

	{"a variable is missing", func(c *clinic) { c.patient.Variables[1].Set = false }, "environment", "env_missing", false},
	{"a variable looks wrong", func(c *clinic) { c.patient.Variables[1].Doubt = "has a space" }, "environment", "env_doubtful", false},
	{"no server", func(c *clinic) { c.patient.Server = false }, "server", "no_server", false},
	{"the flag is off", func(c *clinic) {
		c.patient.Flags = func() []doctor.Flag { return []doctor.Flag{{Name: "alerts.auto_ticket", By: "bob"}} }
	}, "flag alerts.auto_ticket", "flag_off", false},
	{"the flag is pinned", func(c *clinic) {
		c.patient.Flags = func() []doctor.Flag { return []doctor.Flag{{Name: "alerts.auto_ticket", Pinned: true}} }
	}, "flag alerts.auto_ticket", "flag_pinned", false},
	{"sources are silent", func(c *clinic) { c.patient.Sources = func() []doctor.Source { return nil } }, "sources", "sources_silent", false},
	{"a poll fails", func(c *clinic) {
		c.patient.Sources = func() []doctor.Source { return []doctor.Source{{Name: "am", Fault: "connection refused"}} }
	}, "sources", "source_poll_failed", false},
	{"nothing would be asked", func(c *clinic) {
		c.patient.Emit = func(context.Context) (bool, string) { return false, "a silence mutes everything" }
	}, "emit", "emit_refused", false},
	{"Slack refuses the token", func(c *clinic) {
		c.patient.Notifiers[0].Services = services(&fault.Fault{Name: "token_revoked", Sentence: "Slack has revoked the token",
			Fix: "Set SLACK_BOT_TOKEN"})
	}, "slack", "token_revoked", false},
	{"a webhook is not there", func(c *clinic) {
		c.patient.Notifiers = append(c.patient.Notifiers, doctor.Notifier{Name: "webhooks", Hop: notify.Hop{Minor: true}, Services: services(
			nil, &fault.Fault{Name: "unreachable", Sentence: "the webhook crm cannot be reached", Fix: "look at url of the webhook crm"})})
	}, "webhooks", "unreachable", false},
	{"a webhook refused the last message", func(c *clinic) {
		c.patient.Notifiers = append(c.patient.Notifiers, doctor.Notifier{
			Name: "webhooks", Hop: notify.Hop{Minor: true, Delivery: true}, Services: services(nil),
			Last: func(string) health.State {
				return health.State{Fault: "http_401", Sentence: "HTTP 401", Fix: "look at its token"}
			},
		})
	}, "webhooks", "http_401", false},
	{"the configuration was changed for the worse", func(c *clinic) {
		c.patient.Configuration = func() doctor.Configuration {
			return doctor.Configuration{Path: "docket.yaml", Fault: "docket.yaml:3:1: polices: unknown key",
				Fix: "See every mistake: docket config check"}
		}
	}, "configuration", "config_not_taken", false},
	{"somebody changed the audit log", tampered, "audit log", "audit_broken", false},
	{"the database is behind", func(c *clinic) { c.sql(`DELETE FROM goose_db_version WHERE version_id > 1`) }, "database",
		"database_behind", false},
	{"the database is newer", func(c *clinic) {
		c.sql(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, 1)`)
	}, "database", "database_newer", false},
}

func TestEachFaultIsNamedRightly(t *testing.T) {
	if len(faults) < 25 {
		t.Fatalf("only %d faults", len(faults))
	}
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			c := newClinic(t, storetest.URL(t, "sqlite"))
			f.inject(c)
			r := c.examine(f.canary)
			var named []string
			for _, found := range r.Findings {
				if found.Level == doctor.OK || found.Level == doctor.Skipped || found.Hop == "disk" {
					continue
				}
				named = append(named, found.Hop+" "+found.Name)
				if found.Fix == "" || found.Sentence == "" {
					t.Errorf("%s has no sentence or no fix: %+v", found.Hop, found)
				}
				for _, secret := range []string{"secret", "\"key\"", "other"} {
					if strings.Contains(found.Sentence+found.Evidence+found.Fix, secret) {
						t.Errorf("a finding holds a secret: %+v", found)
					}
				}
			}
			if want := f.hop + " " + f.call; len(named) != 1 || named[0] != want {
				t.Errorf("named %q, want %q alone", named, want)
			}
			if !strings.HasPrefix(r.Sentence, f.hop+": ") || r.Next == "" {
				t.Errorf("the verdict is %q, next %q", r.Sentence, r.Next)
			}
			if !f.canary {
				return
			}
			for _, found := range r.Findings {
				if found.Hop == "canary" && found.Level == doctor.OK {
					t.Error("the canary passed")
				}
			}
		})
	}
}

// sql changes the database behind everybody's back.
func (c *clinic) sql(q string) {
	c.t.Helper()
	db, err := sql.Open("sqlite", "file:"+c.url+"?_pragma=busy_timeout(5000)")
	if err != nil {
		c.t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(c.t.Context(), q); err != nil {
		c.t.Fatal(err)
	}
}

func tampered(c *clinic) {
	err := c.opened.AddCheckup(c.t.Context(), store.Checkup{At: time.Now(), By: "ada", Verdict: "well", Report: []byte("{}")}, audit.Entry{
		CreatedAt: time.Now().UTC().Truncate(time.Microsecond), Actor: audit.Person("ada"), Action: audit.ActionDoctorRun,
		Payload: map[string]any{"verdict": "well"},
	})
	if err != nil {
		c.t.Fatal(err)
	}
	c.sql(`UPDATE audit_log SET actor = 'mallory'`)
}

func untrusted(c *clinic) {
	server := httptest.NewTLSServer(http.NotFoundHandler())
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	c.t.Cleanup(server.Close)
	c.config.APIURL = server.URL
}

func plainAtHTTPS(c *clinic) {
	listener, err := new(net.ListenConfig).Listen(c.t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		c.t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Listener = listener
	server.Start()
	c.t.Cleanup(server.Close)
	c.config.APIURL = "https://" + listener.Addr().String()
}
