package fakedesk

import (
	"context"
	"crypto/subtle"
	"docket/internal/desk/bubble"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// maxRequest is nginx's default limit for a request's body.
const maxRequest = 1 << 20

// Options says what the server is like. Zero values are a small open FreeScout.
type Options struct {
	// APIKey must come with every call; empty lets every key in, but not none.
	APIKey string
	// AccessClientID and AccessClientSecret, where set, are asked for by a gate like
	// Cloudflare Access, before FreeScout sees the call.
	AccessClientID, AccessClientSecret string
	// Mailboxes are the mailboxes; none means two, ids 1 and 2.
	Mailboxes []Mailbox
	// Users are the agents; none means two, the first of them disabled.
	Users []User
	// BasePath is the folder that FreeScout is installed in, "" or "/helpdesk".
	BasePath string
	// SearchLag is how old a ticket must be to be shown in a list.
	SearchLag time.Duration
	// CreateDelay is how long every create takes: the ticket is there after it, even if
	// the client gave up.
	CreateDelay time.Duration
	// Ahead is how far its clock is ahead of everybody else's.
	Ahead time.Duration
	// NoTags leaves the Tags module out.
	NoTags bool
	// WebhookSecret signs the webhooks that Hooks returns; with none there are none.
	WebhookSecret string
}

// Mailbox is a mailbox.
type Mailbox struct {
	ID    int64  `json:"id"`
	Name  string `json:"name"`
	Email string `json:"email"`
}

// User is an agent.
type User struct {
	ID        int64  `json:"id"`
	FirstName string `json:"firstName"`
	LastName  string `json:"lastName"`
	Email     string `json:"email"`
	Role      string `json:"role"`
	Status    string `json:"status"` // "active" or "disabled"
}

// Server is the fake. It is an http.Handler and safe for many goroutines.
type Server struct {
	options Options
	// closed ends when Close is called; whatever waits, waits for it too.
	closed context.Context //nolint:containedctx // The server's own, ended by Close.
	close  context.CancelFunc
	// carrier is the way without a network.
	carrier *bubble.Transport

	mutex    sync.Mutex // guards everything below
	key      string     // the key since Rekey, "" for the one in options
	faults   []*Fault
	tickets  map[int64]*Ticket
	ids      []int64 // ids as created
	lastID   int64
	lastNo   int64
	lastItem int64 // the last thread's id
	// merged are the tickets that people merged into others.
	merged   map[int64]int64
	creates  map[string]int
	counts   map[Op]int
	requests []Request
	hooks    []Hook
}

// New makes a server without tickets. Call Close at the end.
func New(options Options) *Server {
	if len(options.Mailboxes) == 0 {
		options.Mailboxes = []Mailbox{{1, "Support", "support@example.org"}, {2, "Operations", "operations@example.org"}}
	}
	if len(options.Users) == 0 {
		options.Users = []User{
			{1, "Gone", "Admin", "gone@example.org", "admin", "disabled"},
			{4, "Ada", "Agent", "ada@example.org", "user", "active"},
		}
	}
	options.BasePath = strings.TrimRight(options.BasePath, "/")
	s := &Server{options: options, tickets: map[int64]*Ticket{}, merged: map[int64]int64{}, creates: map[string]int{}, counts: map[Op]int{}}
	// An id is never a number, so that a mix-up shows.
	s.lastID, s.lastItem = 1000, 50000
	s.closed, s.close = context.WithCancel(context.Background())
	s.carrier = bubble.NewTransport(s)
	return s
}

// Close lets go of every request that a fault holds, and waits for those that Transport
// carries. What was to be done after a delay is not done any more.
func (s *Server) Close() {
	s.close()
	s.carrier.Wait()
}

// Transport returns a way to the server without a network.
func (s *Server) Transport() http.RoundTripper { return s.carrier }

// Listen serves on a loopback address until the context ends; ready gets the URL.
func (s *Server) Listen(ctx context.Context, address string, ready func(url string)) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", address, err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("listen on %s: only loopback addresses, because anybody may order faults", address)
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", address, err)
	}
	server := &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() }) // Serve's error tells
	defer stop()
	if ready != nil {
		ready("http://" + listener.Addr().String() + s.options.BasePath)
	}
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve on %s: %w", address, err)
	}
	return nil
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if path, ok := strings.CutPrefix(r.URL.Path, "/_fake/"); ok {
		s.admin(w, r, path)
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxRequest+1))
	if err != nil {
		panic(http.ErrAbortHandler) // the client cut the line while it sent
	}
	path, ok := strings.CutPrefix(r.URL.Path, s.options.BasePath+"/api")
	if !ok {
		s.count(Request{Op: OpOther, Method: r.Method, Path: r.URL.Path}, r)
		page(http.StatusOK, "FreeScout: log in").write(w)
		return
	}
	c := newCall(r, path, body)
	c.subject = s.subjectOf(c)
	s.count(Request{Op: c.op, Method: r.Method, Path: r.URL.Path, Subject: c.subject, TicketID: c.id}, r)
	if refusal := s.gate(r); refusal != nil {
		refusal.write(w)
		return
	}
	if len(body) > maxRequest {
		page(http.StatusRequestEntityTooLarge, "413 Request Entity Too Large").write(w)
		return
	}
	s.serve(w, r, c)
}

// serve does what is asked, with the fault that hits it.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, c call) {
	s.mutex.Lock()
	fault := s.hit(c.op, c.subject)
	s.mutex.Unlock()
	if fault.Kind == "" && c.op == OpCreate && s.options.CreateDelay > 0 {
		fault = Fault{Kind: SlowCommit, Delay: s.options.CreateDelay}
	}
	if fault.Kind == "" {
		s.perform(c, Fault{}).write(w)
		return
	}
	when, _ := fault.Kind.commits()
	var done reply
	switch when {
	case before:
		done = s.perform(c, fault)
	case after:
		if !s.wait(context.Background(), fault.Delay) {
			panic(http.ErrAbortHandler)
		}
		done = s.perform(c, fault)
	case never:
	}
	s.misbehave(w, r, fault, done)
}

// gate is Cloudflare Access, where it is on, and then FreeScout's key.
func (s *Server) gate(r *http.Request) *reply {
	same := func(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
	o := s.options
	if o.AccessClientID != "" || o.AccessClientSecret != "" {
		if !same(r.Header.Get("Cf-Access-Client-Id"), o.AccessClientID) || !same(r.Header.Get("Cf-Access-Client-Secret"), o.AccessClientSecret) {
			refusal := accessPage(http.StatusForbidden)
			return &refusal
		}
	}
	s.mutex.Lock()
	if s.key != "" {
		o.APIKey = s.key
	}
	s.mutex.Unlock()
	key := r.Header.Get("X-Freescout-Api-Key")
	if key == "" || (o.APIKey != "" && !same(key, o.APIKey)) {
		refusal := fault(http.StatusUnauthorized, "Invalid API key")
		return &refusal
	}
	return nil
}

// wait waits for d, or for ever if d is negative. It reports false if the server closed,
// or the client went away.
func (s *Server) wait(client context.Context, d time.Duration) bool {
	gone := client.Done()
	var due <-chan time.Time
	if d >= 0 {
		timer := time.NewTimer(d)
		defer timer.Stop()
		due = timer.C
	}
	select {
	case <-due:
		return true
	case <-gone:
		return false
	case <-s.closed.Done():
		return false
	}
}
