package webhook_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"docket/internal/alert"
	"docket/internal/fault"
	"docket/internal/notify"
	"docket/internal/notify/webhook"
)

// receiver keeps what it is sent, and answers as it is told.
type receiver struct {
	*httptest.Server

	mu     sync.Mutex // guards all below
	answer func(http.ResponseWriter, *http.Request)
	heard  []delivery
}

type delivery struct {
	method string
	header http.Header
	body   string
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(req.Body)
		if err != nil {
			t.Error(err)
		}
		r.mu.Lock()
		r.heard = append(r.heard, delivery{req.Method, req.Header.Clone(), string(body)})
		answer := r.answer
		r.mu.Unlock()
		if answer != nil {
			answer(w, req)
		}
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) answers(answer func(http.ResponseWriter, *http.Request)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = answer
}

func (r *receiver) last(t *testing.T) delivery {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.heard) == 0 {
		t.Fatal("nothing was heard")
	}
	return r.heard[len(r.heard)-1]
}

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" // The example of the Standard Webhooks specification.

func open(t *testing.T, url string) *webhook.Webhook {
	t.Helper()
	w, err := webhook.New(webhook.Config{Name: "ops", URL: fault.Secret(url), Secret: secret, Token: "t0ken-of-ours",
		UserAgent: "docket/test"})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func message() notify.Message {
	return notify.Message{
		ID: "0123456789abcdef.1/webhook:ops/ops", Words: "firing", Mark: "0123456789abcdef.1", Key: "0123456789abcdef", Severity: alert.P1,
		Firing: true, Title: "DiskFull",
		Summary: "The disk <b>is</b> full", Source: "prometheus", Since: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), Ticket: "#7",
		TicketURL: "https://desk.example.org/7",
		Labels:    alert.NewLabels(map[string]string{"alertname": "DiskFull", "instance": "db-1"}), Others: 2,
	}
}

func TestWhatIsPostedIsSignedAsStandardWebhooksHasIt(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	ref, err := open(t, r.URL).Post(t.Context(), "ops", message())
	if err != nil || ref.ID == "" {
		t.Fatalf("%+v %v", ref, err)
	}
	got := r.last(t)
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha256.New, key)
	_, _ = fmt.Fprintf(mac, "%s.%s.%s", got.header.Get("webhook-id"), got.header.Get("webhook-timestamp"), got.body)
	if want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)); got.header.Get("webhook-signature") != want {
		t.Errorf("signed %s, want %s", got.header.Get("webhook-signature"), want)
	}
	if got.method != http.MethodPost || got.header.Get("Content-Type") != "application/json" ||
		got.header.Get("Authorization") != "Bearer t0ken-of-ours" || got.header.Get("User-Agent") != "docket/test" {
		t.Errorf("%s %v", got.method, got.header)
	}
	var body map[string]any
	if err := json.Unmarshal([]byte(got.body), &body); err != nil {
		t.Fatal(err)
	}
	for field, want := range map[string]any{
		"event": "incident.firing", "text": "P1 firing: DiskFull", "mark": "0123456789abcdef.1", "alert_key": "0123456789abcdef",
		"severity": "P1", "title": "DiskFull",
		"summary": "The disk <b>is</b> full", "source": "prometheus", "since": "2026-11-23T09:00:00Z", "ticket": "#7",
		"ticket_url": "https://desk.example.org/7", "other_alerts": 2.0,
	} {
		if body[field] != want {
			t.Errorf("%s is %v, want %v", field, body[field], want)
		}
	}
	if labels, _ := body["labels"].(map[string]any); labels["instance"] != "db-1" || body["recovered_at"] != nil {
		t.Errorf("%s", got.body)
	}
}

func TestTheIDOfADeliveryIsTheSameForEachAttemptAndAnotherForAnUpdate(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	w := open(t, r.URL)
	m := message()
	id := func(m notify.Message) string {
		t.Helper()
		if err := w.Update(t.Context(), "ops", notify.Ref{}, m); err != nil {
			t.Fatal(err)
		}
		return r.last(t).header.Get("webhook-id")
	}
	first, again := id(m), id(m)
	m.Words, m.Firing = "recovered", false
	if update := id(m); first != again || update == first || !strings.HasPrefix(first, "msg_") {
		t.Errorf("%s, again %s, the update %s", first, again, update)
	}
	if !strings.Contains(r.last(t).body, `"incident.recovered"`) {
		t.Errorf("%s", r.last(t).body)
	}
	if id(notify.Message{ID: "outage/1/long", Words: "said", Text: "The desk has been away for 30 minutes"}) == first ||
		!strings.Contains(r.last(t).body, `"operator.notice"`) {
		t.Errorf("%s", r.last(t).body)
	}
}

func TestEachAnswerOfAWebhookHasItsClass(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	w := open(t, r.URL+"/s3cret-path?key=s3cret-query")
	for _, c := range []struct {
		status int
		after  string
		class  fault.Class
		name   string
		wait   time.Duration
	}{
		{http.StatusFound, "", fault.Unavailable, "http_302", 0},
		{http.StatusBadRequest, "", fault.Refused, "http_400", 0},
		{http.StatusUnauthorized, "", fault.Unavailable, "http_401", 0},
		{http.StatusNotFound, "", fault.Unavailable, "http_404", 0},
		{http.StatusGone, "", fault.Unavailable, "http_410", 0},
		{http.StatusUnprocessableEntity, "", fault.Refused, "http_422", 0},
		{http.StatusTooManyRequests, "7", fault.Unavailable, notify.RateLimited, 7 * time.Second},
		{http.StatusTooManyRequests, "999999", fault.Unavailable, notify.RateLimited, time.Hour},
		{http.StatusTooManyRequests, "soon", fault.Unavailable, notify.RateLimited, 0},
		{http.StatusInternalServerError, "", fault.Unknown, "http_500", 0},
		{http.StatusServiceUnavailable, "3", fault.Unavailable, "http_503", 3 * time.Second},
	} {
		r.answers(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "http://elsewhere.example.org/")
			w.Header().Set("Retry-After", c.after)
			w.WriteHeader(c.status)
			_, _ = io.WriteString(w, "t0ken-of-ours and more")
		})
		_, err := w.Post(t.Context(), "ops", message())
		e := fault.As(err)
		if err == nil || e.Class != c.class || e.Name != c.name || e.RetryAfter != c.wait || e.Sentence == "" || e.Fix == "" {
			t.Errorf("%d: %+v", c.status, e)
		}
		for _, hidden := range []string{"s3cret", "t0ken", "whsec_", "MfKQ9r8"} {
			if strings.Contains(fmt.Sprintf("%v %+v %s %s", err, e, e.Sentence, e.Fix), hidden) {
				t.Errorf("%d: the error shows a secret: %+v", c.status, e)
			}
		}
	}
}

func TestAWebhookThatCannotBeReachedHeardNothingAndOneThatHangsMayHave(t *testing.T) {
	t.Parallel()
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	for _, url := range []string{gone.URL + "/s3cret", "http://no-such-host.invalid/s3cret", "http://127.0.0.1:1/%zz"} {
		_, err := open(t, url).Post(t.Context(), "ops", message())
		if e := fault.As(err); err == nil || e.Class != fault.Unavailable || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v", url, err)
		}
	}
	r := newReceiver(t)
	r.answers(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	_, err := open(t, r.URL).Post(t.Context(), "ops", message())
	if e := fault.As(err); err == nil || e.Class != fault.Unknown || e.Name != "connection_cut" {
		t.Errorf("an answer that is cut off: %v", err)
	}
}

func TestACheckTellsNobodyAnything(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	r.answers(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusMethodNotAllowed) })
	if err := open(t, r.URL).Check(t.Context()); err != nil {
		t.Errorf("somebody is there: %v", err)
	}
	if got := r.last(t); got.method != http.MethodHead || got.body != "" || got.header.Get("webhook-id") != "" {
		t.Errorf("%+v", got)
	}
	r.answers(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	if err := open(t, r.URL).Check(t.Context()); err == nil {
		t.Error("a bad gateway is nobody")
	}
}

func TestASecretThatIsNoBase64IsSaid(t *testing.T) {
	t.Parallel()
	receivers := webhook.Settings{{Secret: ""}, {Secret: "any text"}, {Secret: secret}, {Secret: "whsec_"}, {Secret: "whsec_???"}}
	var got []string
	receivers.Check(func(key, format string, args ...any) {
		got = append(got, key)
		if text := fmt.Sprintf(format, args...); text == "" || strings.Contains(text, "???") {
			t.Errorf("%s: %s", key, text)
		}
	})
	if want := []string{"[3].secret", "[4].secret"}; !slices.Equal(got, want) {
		t.Errorf("mistakes in %v, want %v", got, want)
	}
}
