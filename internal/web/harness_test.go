package web_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	_ "modernc.org/sqlite" // The driver, to change a database behind everybody's back.

	"docket/internal/alert"
	"docket/internal/auth"
	"docket/internal/await"
	"docket/internal/controls"
	"docket/internal/courier"
	"docket/internal/desk"
	"docket/internal/desk/fakedesk"
	"docket/internal/desk/freescout"
	"docket/internal/desk/local"
	"docket/internal/fault"
	"docket/internal/flag"
	"docket/internal/incident"
	"docket/internal/intake"
	"docket/internal/ledger"
	"docket/internal/metrics"
	"docket/internal/notify"
	"docket/internal/notify/slack"
	"docket/internal/query"
	"docket/internal/queue"
	"docket/internal/reconcile"
	"docket/internal/source"
	"docket/internal/store"
	"docket/internal/web"
)

// face is the whole face over real parts: a SQLite file, a ledger, a queue, a desk.
type face struct {
	t       testing.TB
	url     string
	path    string // the database's
	store   *store.Store
	log     *lines
	metrics *metrics.Metrics
	handler http.Handler
}

// plan changes what a face is made of.
type plan struct {
	tokens       []auth.Token
	sourceTokens map[string]fault.Secret
	// sources come beside the usual ones.
	sources []source.Source
	policy  func(*incident.Policy)
	// away is a desk of another name: its tickets are not ours to change.
	away bool
	// dead is a desk that takes nothing.
	dead bool
	// flags is what the environment says of them.
	flags map[string]flag.Env
	ready func() web.Readiness
	// fake is a FreeScout to file into; deskSecret signs its webhooks.
	fake       *fakedesk.Server
	deskSecret fault.Secret
	// slackSecret signs presses of buttons; U1 may press.
	slackSecret fault.Secret
}

// lines is a log.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// otherDesk is a local desk under another name.
type otherDesk struct{ *local.Desk }

func (otherDesk) Name() string { return "elsewhere" }

// deadDesk cannot be reached.
type deadDesk struct{ *local.Desk }

func (deadDesk) Find(context.Context, string) ([]desk.Ticket, error) {
	return nil, &fault.Fault{Class: fault.Unavailable, Name: "unreachable", Sentence: "the desk cannot be reached", Fix: "start it"}
}

func newFace(t testing.TB, p plan) *face {
	t.Helper()
	path := filepath.Join(t.TempDir(), "docket.db")
	st, err := store.Open(t.Context(), path, store.Options{Exclusive: true, Create: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	f := &face{t: t, path: path, store: st, log: &lines{}}
	log := slog.New(slog.NewTextHandler(f.log, nil))
	rule := incident.DefaultPolicy()
	rule.WaitOut, rule.CallTimeout = 0, 0
	if p.policy != nil {
		p.policy(&rule)
	}
	board, err := controls.New(t.Context(), st, p.flags, log)
	if err != nil {
		t.Fatal(err)
	}
	policy := func(incident.Incident, time.Time) incident.Policy {
		now := rule
		now.FilingOn = now.FilingOn && board.On(context.Background(), flag.AutoTicket)
		return now
	}
	registry := prometheus.NewRegistry()
	f.metrics = metrics.New(registry)
	book := ledger.New(st,
		ledger.Rules{Route: func(alert.Alert) string { return "" }, Policy: policy, Current: board.Current,
			Mutes: board.Mutes}, f.metrics.LedgerCounts(), log)
	ours := local.New(st, "http://docket.test/api/v1/tickets/")
	var d desk.Desk = ours
	if p.away {
		d, ours = otherDesk{ours}, nil
	} else if p.dead {
		d = deadDesk{ours}
	}
	if p.fake != nil {
		if d, err = freescout.New(freescout.Config{
			APIURL: "https://tickets.example.org", APIKey: "key", MailboxID: 2, Rate: 10_000, WaitOut: time.Millisecond, UserAgent: "docket/test",
			Transport: p.fake.Transport(), WebhookSecret: p.deskSecret,
		}); err != nil {
			t.Fatal(err)
		}
		ours = nil
	}
	health := courier.NewHealth(d, log)
	couriers := courier.New(st, book, d, courier.Rules{Policy: policy}, health, log)
	jobs, err := queue.New(st, couriers.Perform, queue.Options{SoftStop: time.Second, Logger: log})
	if err != nil {
		t.Fatal(err)
	}
	book.Bind(jobs)
	mirror := reconcile.New(reconcile.Deps{
		Store: st, Ledger: book, Desk: d, Heard: health.Observe, Away: func() bool { return false },
		BackAt: func() time.Time { return time.Time{} }, Holder: "test", Log: log,
		Rules: reconcile.Rules{Policy: policy, Every: time.Minute},
	})
	if p.ready == nil {
		p.ready = func() web.Readiness { return web.Readiness{Ready: true, Database: "sqlite"} }
	}
	sources := map[string]source.Source{
		"alertmanager": {Name: "alertmanager", Format: "alertmanager"},
		"prometheus":   {Name: "prometheus", Format: "prometheus"},
		"shop":         {Name: "shop", Format: "alertmanager"},
	}
	for _, s := range p.sources {
		sources[s.Name] = s
	}
	senders := map[string]auth.Sender{}
	for name, token := range p.sourceTokens {
		senders[name] = auth.Sender{Token: token}
	}
	guard, err := auth.New(auth.Config{Mode: auth.ModeNone, Tokens: p.tokens, Senders: senders, Loopback: true, PublicStatus: true}, st, log)
	if err != nil {
		t.Fatal(err)
	}
	in := intake.New(st, book, time.Now(), intake.NewHeard(), log)
	metrics.Watch(registry,
		metrics.Seen{Version: "1.2.3", Store: st, StaleAfter: time.Hour, Intake: in, Desks: []metrics.Desk{{Health: health, Reconcile: mirror}}})
	f.handler = web.New(web.Deps{
		Sources: sources,
		Guard:   guard,
		Intake:  in, Ledger: book, Store: st, Desk: d, Local: ours, Policy: policy, Board: board, StaleAfter: time.Hour, Reconcile: mirror,
		PublicURL: "https://docket.example.org",
		Clicks:    map[string]notify.Clickable{slack.Name: &slack.Settings{SigningSecret: p.slackSecret, Users: []string{"U1"}}},
		Route:     func(a alert.Alert) string { return a.Labels.Get("route") },
		Routes:    []web.Route{{Name: "it's", Match: []string{`route="it's"`}}}, Booted: time.Now(),
		Ready:    func(context.Context) web.Readiness { return p.ready() },
		Registry: registry, Metrics: f.metrics, Log: log, Version: "1.2.3",
	})
	server := httptest.NewServer(f.handler)
	f.url = server.URL
	// The ledger stops last: what the jobs learn while they stop is still kept.
	stopLedger := f.loop("ledger", book.Run)
	stopJobs := f.loop("queue", jobs.Run)
	stopHints := f.loop("hints", mirror.Listen)
	stopSettle := f.loop("what was held back", func(ctx context.Context) error {
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return nil
			case <-tick.C:
				// As in the program, a turn that fails is followed by the next: some tests take a table away.
				if err := board.Settle(ctx, book, time.Now()); err != nil && ctx.Err() == nil {
					log.Warn("settle", "err", err)
				}
			}
		}
	})
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
		stopHints()
		stopSettle()
		stopJobs()
		stopLedger()
		if err := board.Close(context.Background()); err != nil {
			t.Error(err)
		}
		if err := st.Close(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Logf("the log:\n%s", f.log)
		}
	})
	return f
}

// loop runs a loop until stop is called.
func (f *face) loop(name string, run func(context.Context) error) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := run(ctx); err != nil && ctx.Err() == nil {
			f.t.Errorf("%s: %v", name, err)
		}
	})
	return func() {
		cancel()
		wg.Wait()
	}
}

// reply is one answer.
type reply struct {
	status int
	header http.Header
	text   string
}

// json reads the answer's object.
func (r reply) json(t testing.TB) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal([]byte(r.text), &m); err != nil {
		t.Fatalf("the answer %d %q is no JSON object: %v", r.status, r.text, err)
	}
	return m
}

// ask sends one request; each header is "Name: value".
func (f *face) ask(method, path string, body io.Reader, headers ...string) reply {
	f.t.Helper()
	req, err := http.NewRequestWithContext(f.t.Context(), method, f.url+path, body)
	if err != nil {
		f.t.Fatal(err)
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		if name == "Host" {
			req.Host = value
		}
		req.Header.Set(name, value)
	}
	client := &http.Client{Timeout: 30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		f.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		f.t.Fatal(err)
	}
	return reply{resp.StatusCode, resp.Header, string(text)}
}

// tamper changes the database behind everybody's back.
func (f *face) tamper(query string, args ...any) {
	f.t.Helper()
	db, err := sql.Open("sqlite", "file:"+f.path+"?_pragma=busy_timeout(5000)")
	if err != nil {
		f.t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(f.t.Context(), query, args...); err != nil {
		f.t.Fatal(err)
	}
}

func (f *face) post(path, body string, headers ...string) reply {
	f.t.Helper()
	return f.ask(http.MethodPost, path, strings.NewReader(body), append([]string{"Content-Type: application/json"}, headers...)...)
}

// get reads a good answer's JSON.
func (f *face) get(path string, into any) {
	f.t.Helper()
	r := f.ask(http.MethodGet, path, nil)
	if r.status != http.StatusOK {
		f.t.Fatalf("GET %s: %d %s", path, r.status, r.text)
	}
	if err := json.Unmarshal([]byte(r.text), into); err != nil {
		f.t.Fatalf("GET %s: %v in %s", path, err, r.text)
	}
}

// titles are the kept alerts' titles.
func (f *face) titles() []string {
	f.t.Helper()
	var rows []query.AlertRow
	f.get("/api/v1/alerts", &rows)
	titles := []string{}
	for _, r := range rows {
		titles = append(titles, r.Title)
	}
	return titles
}

// fire sends one alert that fires and returns its incident's mark once it has its ticket.
func (f *face) fire(name string) string {
	f.t.Helper()
	if r := f.post("/api/v2/alerts", `[{"labels":{"alertname":"`+name+
		`","severity":"P1"},"annotations":{"summary":"it is down"}}]`); r.status != http.StatusOK {
		f.t.Fatal(r)
	}
	mark := ""
	f.eventually("incident of "+name+" has its ticket", func() bool {
		var rows []query.IncidentRow
		f.get("/api/v1/incidents", &rows)
		for _, r := range rows {
			if r.Title == name && r.Ticket != nil && r.Ticket.State == "filed" {
				mark = r.ID
			}
		}
		return mark != ""
	})
	return mark
}

func (f *face) eventually(what string, holds func() bool) {
	f.t.Helper()
	await.Until(f.t, time.Minute, what, holds, nil)
}

// metric reads one metric, "" where it is not there.
func (f *face) metric(name string) string {
	f.t.Helper()
	for line := range strings.SplitSeq(f.ask(http.MethodGet, "/metrics", nil).text, "\n") {
		if value, ok := strings.CutPrefix(line, name+" "); ok {
			return value
		}
	}
	return ""
}
