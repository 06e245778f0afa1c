package web

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"docket/internal/answer"
	"docket/internal/auth"
	"docket/internal/failpoint"
	"docket/internal/intake"
	"docket/internal/source"
)

const (
	// maxBody is the size limit for a request body after decompression.
	maxBody = 10 << 20
	// readDeadline is how long a sender may take to send its body.
	readDeadline = 30 * time.Second
)

// bodies are reused because the same senders post every few seconds.
var bodies = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// maxPooled keeps the occasional large body's memory out of the pool.
const maxPooled = 1 << 20

func (s *server) postHook(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("source")
	if notifier, clickable := s.Clicks[name]; clickable { // No source has such a name.
		s.receiveClick(w, r, notifier)
		return
	}
	s.receive(w, r, name)
}

func (s *server) postAPIv2(w http.ResponseWriter, r *http.Request) {
	s.receive(w, r, "prometheus")
}

// receive accepts one request body for a source. It responds with 200 only once everything in it is durably stored.
func (s *server) receive(w http.ResponseWriter, r *http.Request, name string) {
	src, known := s.Sources[name]
	signed, refusal := s.Guard.Sender(r, name)
	if refusal != 0 {
		if known { // Otherwise a stranger could create metrics.
			s.Metrics.Alerts.Add(1, name, "denied")
		}
		s.Guard.Refuse(w, r, refusal, auth.Ingest)
		return
	}
	if !known {
		answer.Error(w, http.StatusNotFound,
			fmt.Sprintf("there is no source named %.100q; the sources are %s", name, strings.Join(s.sourceNames(), ", ")))
		return
	}
	buf := bodies.Get().(*bytes.Buffer)
	buf.Reset()
	defer func() {
		if buf.Cap() <= maxPooled {
			bodies.Put(buf)
		}
	}()
	if signed && !s.readSigned(w, r, name) {
		return
	}
	if status, sentence := readBody(w, r, buf); status != 0 {
		s.Metrics.Alerts.Add(1, name, "refused")
		answer.Error(w, status, sentence)
		return
	}
	s.take(w, r, src, buf.Bytes(),
		replies{badInput, s.answer, func(w http.ResponseWriter, sentence string) { answer.Error(w, http.StatusServiceUnavailable, sentence) }})
}

// readSigned verifies the signature of a request body as sent, and leaves the body to be read again. If the signature
// is invalid, it responds itself.
func (s *server) readSigned(w http.ResponseWriter, r *http.Request, name string) bool {
	var raw bytes.Buffer
	encoding := r.Header.Get("Content-Encoding")
	r.Header.Del("Content-Encoding") // The signature is over the body as sent, compressed or not.
	if status, sentence := readBody(w, r, &raw); status != 0 {
		s.Metrics.Alerts.Add(1, name, "refused")
		answer.Error(w, status, sentence)
		return false
	}
	if encoding != "" {
		r.Header.Set("Content-Encoding", encoding)
	}
	if !s.Guard.Signed(r, name, raw.Bytes()) {
		s.Metrics.Alerts.Add(1, name, "denied")
		answer.Error(w, http.StatusUnauthorized,
			"the signature is not valid: check that the secret is the same on both sides and that the clocks are right")
		return false
	}
	r.Body = io.NopCloser(&raw)
	return true
}

// replies are the responses of one endpoint that receives alerts.
type replies struct {
	// bad: nothing in this body can be stored.
	bad func(w http.ResponseWriter, err error)
	// kept: everything that was not rejected is durably stored.
	kept func(w http.ResponseWriter, b source.Batch, receipt intake.Receipt)
	// away: nothing was stored; the sender should retry.
	away func(w http.ResponseWriter, sentence string)
}

// take parses a request body and stores its alerts.
func (s *server) take(w http.ResponseWriter, r *http.Request, src source.Source, body []byte, say replies) {
	now, name := time.Now().UTC(), src.Name
	failpoint.Hit("web-body-read")
	batch, err := src.Read(source.Push{Header: r.Header, Body: body}, now)
	if err != nil {
		s.Metrics.Alerts.Add(1, name, "refused")
		say.bad(w, err)
		return
	}
	receipt, err := s.Intake.Receive(r.Context(), name, batch.Alerts, now)
	if err != nil {
		s.Metrics.Alerts.Add(len(batch.Alerts), name, "failed")
		s.Log.WarnContext(r.Context(), "alerts could not be stored, asked the sender to retry", "source", name,
			"request", r.URL.Path, "err", err)
		w.Header().Set("Retry-After", "5")
		say.away(w, "the alerts could not be stored: "+s.Store.Explain(err)+"; send them again")
		return
	}
	s.Metrics.Alerts.Add(receipt.Repeated, name, "repeated")
	s.Metrics.Alerts.Add(receipt.New, name, "new")
	s.Metrics.Alerts.Add(receipt.Ended, name, "ended")
	s.Metrics.Alerts.Add(receipt.Other, name, "other")
	s.Metrics.Alerts.Add(len(batch.Rejected), name, "rejected")
	if batch.Truncated > 0 {
		s.Metrics.LeftOut.Add(int(batch.Truncated), name)
		s.Log.WarnContext(r.Context(), "sender omitted alerts", "source", name, "truncated", batch.Truncated)
	}
	failpoint.Hit("web-before-answer")
	say.kept(w, batch, receipt)
}

// answer responds with the result. If the body held a single alert, the response includes its alert_key, because
// somebody is probably trying things out.
func (s *server) answer(w http.ResponseWriter, b source.Batch, receipt intake.Receipt) {
	accepted := len(b.Alerts)
	if len(b.Rejected) > 0 {
		// Alertmanager's API v2 does the same: valid alerts are stored, and the response is a 400 that names the
		// others.
		answer.JSON(w, http.StatusBadRequest, map[string]any{
			"error":    refusedWords(b.Rejected, accepted),
			"field":    b.Rejected[0].Field,
			"accepted": accepted,
			"rejected": b.Rejected,
		})
		return
	}
	out := make([]byte, 0, 160)
	out = append(out, `{"status":"success","accepted":`...)
	out = strconv.AppendInt(out, int64(accepted), 10)
	out = append(out, `,"new":`...)
	out = strconv.AppendInt(out, int64(receipt.New), 10)
	out = append(out, `,"repeated":`...)
	out = strconv.AppendInt(out, int64(receipt.Repeated), 10)
	if accepted == 1 {
		out = append(out, `,"alert_key":"`...)
		out = append(out, b.Alerts[0].Key.String()...)
		out = append(out, '"')
	}
	if b.Truncated > 0 {
		out = append(out, `,"truncated":`...)
		out = strconv.AppendUint(out, b.Truncated, 10)
	}
	out = append(out, "}\n"...)
	w.Header()["Content-Type"] = contentJSON
	_, _ = w.Write(out) // If this fails, the caller has disconnected.
}

// refusedWords says which alerts of a body were refused, and why the first of them was.
func refusedWords(rejected []source.Rejection, accepted int) string {
	why := rejected[0].Field + " " + rejected[0].Reason
	switch {
	case accepted > 0:
		return fmt.Sprintf("%d of %d alerts were refused, the others were accepted; the first: %s", len(rejected), len(rejected)+accepted, why)
	case len(rejected) > 1:
		return fmt.Sprintf("all %d alerts were refused; the first: %s", len(rejected), why)
	}
	return "the alert was refused: " + why
}

// contentJSON is shared by all responses on the hot path.
var contentJSON = []string{"application/json"}

func (s *server) sourceNames() []string {
	names := make([]string, 0, len(s.Sources))
	for name := range s.Sources {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// readBody reads a request body into buf and decompresses it. If that fails, it returns a status code and a sentence.
func readBody(w http.ResponseWriter, r *http.Request, buf *bytes.Buffer) (status int, sentence string) {
	const tooLarge = "the body is larger than 10 MB: send fewer alerts at once"
	if r.ContentLength > maxBody {
		// Nothing was read. Close the connection so that the body is not sent.
		w.Header().Set("Connection", "close")
		return http.StatusRequestEntityTooLarge, tooLarge
	}
	// A server in a test may not support deadlines.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(readDeadline))
	var body io.Reader = http.MaxBytesReader(w, r.Body, maxBody)
	encoding := r.Header.Get("Content-Encoding")
	packed := strings.EqualFold(encoding, "gzip")
	if encoding != "" && !packed && !strings.EqualFold(encoding, "identity") {
		return http.StatusUnsupportedMediaType, fmt.Sprintf("the Content-Encoding %.40q is not supported: send gzip or none", encoding)
	}
	var err error
	if packed {
		body, err = gunzip(body)
	}
	if err == nil {
		_, err = buf.ReadFrom(body)
	}
	var over *http.MaxBytesError
	switch {
	case errors.As(err, &over) || buf.Len() > maxBody:
		return http.StatusRequestEntityTooLarge, tooLarge
	case errors.Is(err, os.ErrDeadlineExceeded):
		return http.StatusRequestTimeout, fmt.Sprintf("the body did not arrive within %s", readDeadline)
	case isBadGzip(err):
		return http.StatusBadRequest, "the body is not valid gzip, although Content-Encoding says so"
	case err != nil:
		return http.StatusBadRequest, "the body was cut off"
	}
	return 0, ""
}

// gunzip decompresses up to one byte more than the limit, so that exceeding it is noticed.
func gunzip(packed io.Reader) (io.Reader, error) {
	unpacked, err := gzip.NewReader(packed)
	if err != nil {
		return nil, err
	}
	return io.LimitReader(unpacked, maxBody+1), nil
}

// isBadGzip tells invalid gzip data from a connection that was cut.
func isBadGzip(err error) bool {
	var corrupt flate.CorruptInputError
	return errors.Is(err, gzip.ErrHeader) || errors.Is(err, gzip.ErrChecksum) || errors.As(err, &corrupt)
}

// badInput responds to a body in which nothing can be stored.
func badInput(w http.ResponseWriter, err error) {
	var bad *source.BadInput
	if !errors.As(err, &bad) {
		answer.Error(w, http.StatusBadRequest, err.Error())
		return
	}
	answer.JSON(w, http.StatusBadRequest, map[string]any{"error": bad.Error(), "field": bad.Field, "offset": bad.Offset, "accepted": 0})
}
