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
	// maxBody bounds one request's body, unpacked.
	maxBody = 10 << 20
	// readDeadline is how long a sender may take for its body.
	readDeadline = 30 * time.Second
)

// bodies are reused: the same senders come every few seconds.
var bodies = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// maxPooled keeps a rare large body's memory from staying.
const maxPooled = 1 << 20

func (s *server) postHook(w http.ResponseWriter, r *http.Request) {
	s.receive(w, r, r.PathValue("source"))
}

func (s *server) postAPIv2(w http.ResponseWriter, r *http.Request) {
	s.receive(w, r, "prometheus")
}

// receive takes one body of a source: it answers 200 only once all of it is durable.
func (s *server) receive(w http.ResponseWriter, r *http.Request, name string) {
	src, known := s.Sources[name]
	signed, refusal := s.Guard.Sender(r, name)
	if refusal != 0 {
		if known { // Or a stranger could make up metrics.
			s.Metrics.Alerts.Add(1, name, "denied")
		}
		s.Guard.Refuse(w, r, refusal, auth.Ingest)
		return
	}
	if !known {
		answer.Error(w, http.StatusNotFound, fmt.Sprintf("there is no source named %.100q; known are %s", name, strings.Join(s.sourceNames(), ", ")))
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
	s.take(w, r, src, buf.Bytes(), replies{badInput, s.answer, func(w http.ResponseWriter, sentence string) { answer.Error(w, http.StatusServiceUnavailable, sentence) }})
}

// readSigned checks the signature over a body as it was sent, and leaves the body to be read.
// It answers itself where that is not good.
func (s *server) readSigned(w http.ResponseWriter, r *http.Request, name string) bool {
	var raw bytes.Buffer
	encoding := r.Header.Get("Content-Encoding")
	r.Header.Del("Content-Encoding") // What is signed is what was sent, packed or not.
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
		answer.Error(w, http.StatusUnauthorized, "the signature is not good: is the secret the same here and there, and is the clock right?")
		return false
	}
	r.Body = io.NopCloser(&raw)
	return true
}

// replies are how a way in words its answers.
type replies struct {
	// bad: of this body nothing can be kept.
	bad func(w http.ResponseWriter, err error)
	// kept: all that is not rejected is durable.
	kept func(w http.ResponseWriter, b source.Batch, receipt intake.Receipt)
	// away: nothing was kept, and it is to be sent again.
	away func(w http.ResponseWriter, sentence string)
}

// take reads a body and keeps its alerts.
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
		s.Log.WarnContext(r.Context(), "alerts were not kept, the sender was told to send them again", "source", name, "request", r.URL.Path, "err", err)
		w.Header().Set("Retry-After", "5")
		say.away(w, "the alerts were not kept: "+s.Store.Explain(err)+"; send them again")
		return
	}
	s.Metrics.Alerts.Add(receipt.Repeated, name, "repeated")
	s.Metrics.Alerts.Add(receipt.New, name, "new")
	s.Metrics.Alerts.Add(receipt.Ended, name, "ended")
	s.Metrics.Alerts.Add(receipt.Other, name, "other")
	s.Metrics.Alerts.Add(len(batch.Rejected), name, "rejected")
	if batch.Truncated > 0 {
		s.Metrics.LeftOut.Add(int(batch.Truncated), name)
		s.Log.WarnContext(r.Context(), "the sender left alerts out", "source", name, "truncated", batch.Truncated)
	}
	failpoint.Hit("web-before-answer")
	say.kept(w, batch, receipt)
}

// answer says what became of a body. Where it held one alert, its alert_key is told: that
// is somebody who tries things out.
func (s *server) answer(w http.ResponseWriter, b source.Batch, receipt intake.Receipt) {
	accepted := len(b.Alerts)
	if len(b.Rejected) > 0 {
		// As Alertmanager's API v2 does: the good ones are kept, the answer is 400 and says
		// which are not.
		first := b.Rejected[0]
		answer.JSON(w, http.StatusBadRequest, map[string]any{
			"error":    fmt.Sprintf("%d of %d alerts were not kept, the others were; the first: %s %s", len(b.Rejected), len(b.Rejected)+accepted, first.Field, first.Reason),
			"field":    first.Field,
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
	_, _ = w.Write(out) // The caller is gone if this fails.
}

// contentJSON is shared by all answers of the hot path.
var contentJSON = []string{"application/json"}

func (s *server) sourceNames() []string {
	names := make([]string, 0, len(s.Sources))
	for name := range s.Sources {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// readBody reads a request's body, unpacked, into buf. It returns a status and a sentence
// where that fails.
func readBody(w http.ResponseWriter, r *http.Request, buf *bytes.Buffer) (status int, sentence string) {
	const tooLarge = "the body is larger than 10 MB: send fewer alerts at once"
	if r.ContentLength > maxBody {
		// Not read at all; the connection is closed so that the rest does not follow.
		w.Header().Set("Connection", "close")
		return http.StatusRequestEntityTooLarge, tooLarge
	}
	// A server in a test may have no deadlines to set.
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
		return http.StatusRequestTimeout, fmt.Sprintf("the body did not come within %s", readDeadline)
	case isBadGzip(err):
		return http.StatusBadRequest, "the body is not whole gzip, though Content-Encoding says so"
	case err != nil:
		return http.StatusBadRequest, "the body broke off before its end"
	}
	return 0, ""
}

// gunzip unpacks to one byte more than the bound, so that going over it is seen.
func gunzip(packed io.Reader) (io.Reader, error) {
	unpacked, err := gzip.NewReader(packed)
	if err != nil {
		return nil, err
	}
	return io.LimitReader(unpacked, maxBody+1), nil
}

// isBadGzip tells bytes that are no gzip from a connection that ended.
func isBadGzip(err error) bool {
	var corrupt flate.CorruptInputError
	return errors.Is(err, gzip.ErrHeader) || errors.Is(err, gzip.ErrChecksum) || errors.As(err, &corrupt)
}

// badInput answers a body of which nothing can be kept.
func badInput(w http.ResponseWriter, err error) {
	var bad *source.BadInput
	if !errors.As(err, &bad) {
		answer.Error(w, http.StatusBadRequest, err.Error())
		return
	}
	answer.JSON(w, http.StatusBadRequest, map[string]any{"error": bad.Error(), "field": bad.Field, "offset": bad.Offset, "accepted": 0})
}
