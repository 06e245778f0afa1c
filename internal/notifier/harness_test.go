package notifier_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"docket/internal/alert"
	"docket/internal/await"
	"docket/internal/courier"
	"docket/internal/desk/local"
	"docket/internal/incident"
	"docket/internal/ledger"
	"docket/internal/notice"
	"docket/internal/notifier"
	"docket/internal/notify"
	"docket/internal/notify/fakeslack"
	"docket/internal/notify/slack"
	"docket/internal/queue"
	"docket/internal/store"
	"docket/internal/store/storetest/migrated"
)

func TestMain(m *testing.M) { os.Exit(migrated.Main(m)) }

// patience bounds every wait of these tests.
const patience = time.Minute

// lines is a log.
type lines struct {
	mu   sync.Mutex // guards text
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) count(part string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.text.String(), part)
}

// house is Docket's moving parts on one database, with a Slack outside.
type house struct {
	t      *testing.T
	url    string
	slack  *fakeslack.Server
	at     string
	log    *lines
	policy incident.Policy
	public string
	desk   func(courier.Records, *ledger.Ledger, *local.Desk, *slog.Logger) *courier.Courier

	store  *store.Store
	ledger *ledger.Ledger
	herald *notifier.Herald
	halt   func()
}

// newHouse builds a house and starts it.
func newHouse(t *testing.T, url string, change ...func(*house)) *house {
	t.Helper()
	h := &house{t: t, url: url, slack: fakeslack.New("xoxb-secret", "U1"), log: &lines{}, policy: incident.DefaultPolicy()}
	h.policy.WaitOut, h.policy.CallTimeout = 0, 0
	server := httptest.NewServer(h.slack)
	t.Cleanup(server.Close)
	h.at = server.URL + "/api/"
	for _, c := range change {
		c(h)
	}
	h.start()
	t.Cleanup(func() { h.stop() })
	return h
}

// start wires everything as the program does.
func (h *house) start() {
	h.t.Helper()
	st, err := store.Open(context.Background(), h.url, store.Options{Exclusive: true, Create: true})
	if err != nil {
		h.t.Fatal(err)
	}
	if err := st.Migrate(context.Background()); err != nil {
		h.t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(h.log, nil))
	policy := func(incident.Incident, time.Time) incident.Policy { return h.policy }
	book := ledger.New(st,
		ledger.Rules{Route: func(alert.Alert) string { return "" }, Policy: policy,
			Recipients: []notice.Recipient{{Notifier: "slack", ID: "U1"}}}, ledger.Counts{}, log)
	ours := local.New(st, "http://docket.test/api/v1/tickets/")
	couriers := courier.New(st, book, ours, courier.Rules{Policy: policy}, courier.NewHealth(ours, log), log)
	if h.desk != nil {
		couriers = h.desk(st, book, local.New(st, "http://docket.test/"), log)
	}
	ways := []notify.Notifier{slack.New(slack.Config{Token: "xoxb-secret", APIURL: h.at, Buttons: h.public != ""})}
	heralds := notifier.New(st, book, notifier.Options{Notifiers: ways, PublicURL: h.public, Log: log})
	jobs, err := queue.New(st, couriers.Perform, queue.Options{Notices: heralds.Perform, SoftStop: time.Second, Logger: log})
	if err != nil {
		h.t.Fatal(err)
	}
	book.Bind(jobs)
	stopLedger := background(h.t, book.Run)
	stopQueue := background(h.t, jobs.Run)
	h.store, h.ledger, h.herald = st, book, heralds
	h.halt = func() {
		stopQueue()
		stopLedger()
		if err := st.Close(); err != nil {
			h.t.Error(err)
		}
	}
}

// stop stops it; start starts it again on the same database.
func (h *house) stop() {
	if h.halt != nil {
		h.halt()
		h.halt = nil
	}
}

func background(t *testing.T, loop func(context.Context) error) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := loop(ctx); err != nil {
			t.Error(err)
		}
	})
	return func() {
		cancel()
		wg.Wait()
	}
}

// until waits until a claim holds.
func (h *house) until(what string, claim func() bool) {
	h.t.Helper()
	await.Until(h.t, patience, what, claim, func() string {
		return fmt.Sprintf("Slack shows %+v\nnotices %+v\nlog %s", h.slack.Messages(), h.notices(), h.log.text.String())
	})
}

// shows waits until Slack shows exactly one message, and it holds the parts.
func (h *house) shows(parts ...string) fakeslack.Message {
	h.t.Helper()
	var m fakeslack.Message
	h.until("one message with "+strings.Join(parts, ", "), func() bool {
		all := h.slack.Messages()
		if len(all) > 1 {
			h.t.Fatalf("%d messages, want one: %+v", len(all), all)
		}
		if len(all) == 0 {
			return false
		}
		m = all[0]
		for _, p := range parts {
			if !strings.Contains(m.Text+plainly(m.Blocks), p) {
				return false
			}
		}
		return true
	})
	return m
}

// plainly undoes JSON's escapes of Slack's control characters.
func plainly(blocks string) string {
	return strings.NewReplacer(`\u0026`, "&", `\u003c`, "<", `\u003e`, ">").Replace(blocks)
}

func (h *house) notices() []notice.Notice {
	var all []notice.Notice
	if h.store == nil {
		return nil
	}
	incidents, err := h.store.ListIncidents(context.Background(), store.IncidentFilter{})
	if err != nil {
		h.t.Error(err)
	}
	for _, i := range incidents {
		of, err := h.store.NoticesOf(context.Background(), i.Mark)
		if err != nil {
			h.t.Error(err)
		}
		all = append(all, of...)
	}
	return all
}

// settled waits until every notice is told.
func (h *house) settled() []notice.Notice {
	h.t.Helper()
	var all []notice.Notice
	h.until("every notice told", func() bool {
		all = h.notices()
		for _, n := range all {
			if n.State != notice.Notified {
				return false
			}
		}
		return len(all) > 0
	})
	return all
}

var began = time.Now().UTC().Add(-time.Minute).Truncate(time.Microsecond)

// said is a source's word about an alert.
func said(title string, severity alert.Severity, status alert.Status) alert.Alert {
	ls := alert.NewLabels(map[string]string{"alertname": title, "instance": "web-1 <b>&co</b>"})
	a := alert.Alert{
		Fingerprint: alert.Fingerprint("", ls), Key: alert.Identity{}.Key("", ls, ""), Source: "prometheus", Labels: ls,
		Annotations: alert.NewLabels(map[string]string{"summary": title + " is <!channel> broken"}),
		Severity:    severity, Status: status, StartsAt: began, SaidAt: time.Now().UTC(), Title: title,
	}
	if status == alert.Resolved {
		a.EndsAt = began.Add(time.Minute)
	}
	return a
}

func (h *house) say(a alert.Alert) ledger.Result {
	h.t.Helper()
	results, err := h.ledger.Apply(context.Background(), ledger.AlertReceived{Alert: a})
	if err != nil {
		h.t.Fatal(err)
	}
	return results[0]
}
