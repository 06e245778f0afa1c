package webhook

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"docket/internal/fault"
	"docket/internal/notify"
	"docket/internal/outbound"
)

// Config is one receiver.
type Config struct {
	// Name distinguishes it from other receivers.
	Name string
	// URL is its address: https, or http within your own network. It may contain a secret.
	URL fault.Secret
	// Secret signs what is sent, "" for no signature: whsec_ and base64, or any text.
	Secret fault.Secret
	// Token is sent as Authorization: Bearer, "" for none.
	Token     fault.Secret
	UserAgent string
}

// Webhook is the notifier for one receiver.
type Webhook struct {
	config Config
	key    []byte
	client *http.Client
}

// The limits of one call.
const (
	callTimeout = 8 * time.Second
	maxAnswer   = 64 << 10
)

// secretPrefix marks a secret written in base64, as in Standard Webhooks.
const secretPrefix = "whsec_"

// New makes the notifier. It makes no network calls. The error is a sentence about the secret.
func New(c Config) (*Webhook, error) {
	key, err := keyOf(c.Secret)
	if err != nil {
		return nil, err
	}
	transport := outbound.Transport()
	transport.MaxResponseHeaderBytes = 64 << 10
	return &Webhook{config: c, key: key, client: outbound.Client(transport)}, nil
}

// keyOf returns the key that a secret means. The error is a sentence about the secret.
func keyOf(secret fault.Secret) ([]byte, error) {
	text, encoded := strings.CutPrefix(secret.Reveal(), secretPrefix)
	if !encoded {
		return []byte(text), nil
	}
	key, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(key) == 0 {
		return nil, fmt.Errorf("begins with %s, so base64 must follow, and it does not", secretPrefix)
	}
	return key, nil
}

// Name returns "webhook:" and the receiver's name: each receiver is a notifier of its own, so that a failing
// one does not delay the others.
func (w *Webhook) Name() string { return nameOf(w.config.Name) }

// nameOf is the name of a receiver's notifier.
func nameOf(receiver string) string { return "webhook:" + receiver }

// body is the posted JSON. docs/webhooks.md describes it.
type body struct {
	// Event is incident.firing, incident.recovered or operator.notice.
	Event string `json:"event"`
	// Text is the headline: chats that take {"text": ...} show it.
	Text string `json:"text"`
	// ID is the notice's id: the same for all messages about one incident.
	ID             string            `json:"id"`
	Mark           string            `json:"mark,omitempty"`
	AlertKey       string            `json:"alert_key,omitempty"`
	Severity       string            `json:"severity,omitempty"`
	Title          string            `json:"title,omitempty"`
	Summary        string            `json:"summary,omitempty"`
	Source         string            `json:"source,omitempty"`
	Since          time.Time         `json:"since,omitzero"`
	RecoveredAt    time.Time         `json:"recovered_at,omitzero"`
	FiredAgain     int               `json:"fired_again,omitempty"`
	Ticket         string            `json:"ticket,omitempty"`
	TicketURL      string            `json:"ticket_url,omitempty"`
	Link           string            `json:"link,omitempty"`
	Console        string            `json:"console,omitempty"`
	AcknowledgedBy string            `json:"acknowledged_by,omitempty"`
	Labels         map[string]string `json:"labels,omitempty"`
	OtherAlerts    int               `json:"other_alerts,omitempty"`
}

func bodyOf(m notify.Message) body {
	if m.Text != "" {
		return body{Event: "operator.notice", Text: m.Text, ID: m.ID}
	}
	b := body{
		Event: "incident.firing", Text: m.Headline(), ID: m.ID, Mark: m.Mark, AlertKey: m.Key, Severity: m.Severity.String(), Title: m.Title,
		Summary: m.Summary, Source: m.Source,
		Since: m.Since.UTC(), RecoveredAt: m.RecoveredAt, FiredAgain: m.Again, Ticket: m.Ticket, TicketURL: m.TicketURL, Link: m.Link,
		Console: m.Console, AcknowledgedBy: m.AcknowledgedBy,
		Labels: map[string]string{}, OtherAlerts: m.Others,
	}
	if !m.Firing {
		b.Event = "incident.recovered"
	}
	for _, l := range m.Labels {
		b.Labels[l.Name] = l.Value
	}
	return b
}

// deliveryOf identifies one piece of content: the same for each attempt to deliver it, and a new one when the
// content changes.
func deliveryOf(m notify.Message) string {
	sum := sha256.Sum256([]byte(m.ID + "\n" + m.Words))
	return "msg_" + hex.EncodeToString(sum[:16])
}

// Post sends the message to the receiver.
func (w *Webhook) Post(ctx context.Context, _ string, m notify.Message) (notify.Ref, error) {
	if err := w.send(ctx, m); err != nil {
		return notify.Ref{}, err
	}
	return notify.Ref{Channel: w.config.Name, ID: m.ID}, nil
}

// Update sends the current state to the receiver, which recognizes by the id what it already knows.
func (w *Webhook) Update(ctx context.Context, _ string, _ notify.Ref, m notify.Message) error {
	return w.send(ctx, m)
}

func (w *Webhook) send(ctx context.Context, m notify.Message) error {
	text, err := json.Marshal(bodyOf(m))
	if err != nil {
		return &fault.Fault{Class: fault.Refused, Name: "not_json", Sentence: "the message cannot be written as JSON", Err: err}
	}
	return w.call(ctx, http.MethodPost, text, func(h http.Header) {
		id, at := deliveryOf(m), strconv.FormatInt(time.Now().Unix(), 10)
		h.Set("Content-Type", "application/json")
		h.Set("Webhook-Id", id)
		h.Set("Webhook-Timestamp", at)
		if len(w.key) == 0 {
			return
		}
		mac := hmac.New(sha256.New, w.key)
		_, _ = fmt.Fprintf(mac, "%s.%s.%s", id, at, text) // Writing to a hash never fails.
		h.Set("Webhook-Signature", "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	})
}

// Check sends a HEAD request to the address: any response proves that something is listening. Whether it
// accepts our messages is only known after one was sent.
func (w *Webhook) Check(ctx context.Context) error {
	err := w.call(ctx, http.MethodHead, nil, func(http.Header) {})
	if e := fault.As(err); err != nil && !strings.HasPrefix(e.Name, "http_4") {
		return e
	}
	return nil
}

// call makes one call within its time limit and classifies its error.
func (w *Webhook) call(ctx context.Context, method string, text []byte, dress func(http.Header)) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	ctx, trace := outbound.Watch(ctx)
	req, err := http.NewRequestWithContext(ctx, method, w.config.URL.Reveal(), bytes.NewReader(text))
	if err != nil {
		return &fault.Fault{Class: fault.Unavailable, Name: "bad_address", Sentence: "the address is not valid", Fix: w.fix("url")}
	}
	req.Header.Set("User-Agent", w.config.UserAgent)
	if w.config.Token.Set() {
		req.Header.Set("Authorization", "Bearer "+w.config.Token.Reveal())
	}
	dress(req.Header)
	resp, err := w.client.Do(req)
	if err != nil {
		f := outbound.Party{Name: "the webhook " + w.config.Name, Setting: "its url"}.Fault(err, trace.Left())
		f.Err = outbound.Bare(f.Err)
		return f
	}
	defer resp.Body.Close()                                          //nolint:errcheck // Only read from.
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, maxAnswer)) // So that the connection can be reused.
	return w.classify(resp.StatusCode, resp.Header)
}

func (w *Webhook) fix(key string) string {
	return fmt.Sprintf("check %s of the webhook %s", key, w.config.Name)
}

// classify says what a status means; nil for 2xx.
func (w *Webhook) classify(status int, header http.Header) error {
	if status >= 200 && status < 300 {
		return nil
	}
	e := &fault.Fault{Class: fault.Unavailable, Name: fmt.Sprintf("http_%d", status),
		Sentence: fmt.Sprintf("the webhook %s responded with HTTP %d", w.config.Name,
			status), Fix: w.fix("url"), HTTPStatus: status, Kind: fault.KindHTTP}
	switch {
	case status == http.StatusTooManyRequests:
		e.Name, e.Sentence, e.Fix, e.RetryAfter = notify.RateLimited, "the webhook "+w.config.Name+
			" asks Docket to slow down", "nothing: Docket waits for as long as it asks", outbound.RetryAfter(header, time.Now())
	case status < 400:
		e.Fix += ": redirects are not followed"
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		e.Fix = w.fix("token and secret")
	case status == http.StatusBadRequest, status == http.StatusRequestEntityTooLarge, status == http.StatusUnsupportedMediaType,
		status == http.StatusUnprocessableEntity:
		e.Class, e.Fix = fault.Refused, "check the receiver's log: docs/webhooks.md describes what is sent"
	case status == http.StatusServiceUnavailable:
		e.Fix, e.RetryAfter = "wait: Docket tries again", outbound.RetryAfter(header, time.Now())
	case status >= 500:
		// The request got through, so it may have been received. The id lets the receiver drop the duplicate.
		e.Class, e.Fix = fault.Unknown, "wait: Docket tries again"
	}
	return e
}
