package fakeslack

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Kind is what a fault does to a call.
type Kind string

// The faults.
const (
	RateLimit Kind = "rate_limit" // 429 with Retry-After; nothing is done
	Hang      Kind = "hang"       // nothing is done, and there is no response until the caller gives up
	Slow      Kind = "slow"       // it is done, and the response comes after Delay
	Cut       Kind = "cut"        // it is done, and the connection is cut before the response
	Broken    Kind = "broken"     // 503 with an HTML page; nothing is done
	Say       Kind = "say"        // ok: false with Word; nothing is done
	Garbage   Kind = "garbage"    // it is done, and the response is not JSON
)

// Fault is a fault to inject.
type Fault struct {
	Kind Kind
	// Method limits it to one method, such as "chat.postMessage"; "" means every method.
	Method string
	// Times is how many calls it hits; 0 means every call until Heal.
	Times int
	// RetryAfter is for RateLimit, in whole seconds; Delay is for Slow; Word is for Say.
	RetryAfter, Delay time.Duration
	Word              string
}

// Message is one message as a person sees it, with its history.
type Message struct {
	Channel, TS, User string
	// Text and Blocks are the current content; Words is everything that was ever shown, oldest first.
	Text, Blocks string
	Metadata     string
	Words        []string
}

// Call is one call as received.
type Call struct {
	Method string
	At     time.Time
	// Done reports whether it changed something.
	Done bool
}

// Server is the fake. It is an http.Handler and safe for concurrent use.
type Server struct {
	token string
	users []string

	mu       sync.Mutex // guards all below
	faults   []*Fault
	messages []*Message
	calls    []Call
	revoked  bool
	lastTS   int64
}

// New makes a Slack with this bot token and these users.
func New(token string, users ...string) *Server {
	return &Server{token: token, users: users, lastTS: 1_790_000_000_000_000}
}

// Order injects a fault; faults hit in the order in which they were added.
func (s *Server) Order(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &f)
}

// Heal removes all faults.
func (s *Server) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults, s.revoked = nil, false
}

// Revoke revokes the token, as an admin does by removing the app.
func (s *Server) Revoke() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.revoked = true
}

// Messages returns every existing message, oldest first.
func (s *Server) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]Message, len(s.messages))
	for i, m := range s.messages {
		all[i] = *m
		all[i].Words = slices.Clone(m.Words)
	}
	return all
}

// Calls returns every call received, oldest first.
func (s *Server) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

// Delete removes a message, as a person may.
func (s *Server) Delete(ts string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.messages = slices.DeleteFunc(s.messages, func(m *Message) bool { return m.TS == ts })
}

// ServeHTTP answers one call of the Web API.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	method := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
	r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
	if err := r.ParseForm(); err != nil {
		say(w, map[string]any{"ok": false, "error": "invalid_form_data"})
		return
	}
	fault := s.take(method)
	switch fault.Kind {
	case RateLimit:
		s.note(method)
		w.Header().Set("Retry-After", strconv.Itoa(int(fault.RetryAfter/time.Second)))
		w.WriteHeader(http.StatusTooManyRequests)
		return
	case Hang:
		s.note(method)
		_, _ = io.Copy(io.Discard, r.Body) // So that the server notices when the caller disconnects.
		<-r.Context().Done()
		return
	case Broken:
		s.note(method)
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = io.WriteString(w, "<html>upstream connect error</html>") // The caller is gone if this fails.
		return
	case Say:
		s.note(method)
		say(w, map[string]any{"ok": false, "error": fault.Word})
		return
	case Slow, Cut, Garbage:
	}
	answer := s.perform(method, r)
	switch fault.Kind {
	case Slow:
		select {
		case <-time.After(fault.Delay):
		case <-r.Context().Done():
			return
		}
	case Cut:
		cut(w)
		return
	case Garbage:
		_, _ = io.WriteString(w, "it works!") // As above.
		return
	default:
	}
	say(w, answer)
}

// take returns the fault that hits a call, if any.
func (s *Server) take(method string) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, f := range s.faults {
		if f.Method != "" && f.Method != method {
			continue
		}
		hit := *f
		if f.Times > 0 {
			if f.Times--; f.Times == 0 {
				s.faults = slices.Delete(s.faults, i, i+1)
			}
		}
		return hit
	}
	return Fault{}
}

// note records a call that did nothing.
func (s *Server) note(method string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, Call{method, time.Now(), false})
}

// cut ends the connection in the middle of the answer.
func cut(w http.ResponseWriter) {
	if h, ok := w.(http.Hijacker); ok {
		if conn, _, err := h.Hijack(); err == nil {
			_ = conn.Close() // The point is to cut it, so the error does not matter.
		}
	}
}

func say(w http.ResponseWriter, body map[string]any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(w).Encode(body) // The caller is gone if this fails.
}
