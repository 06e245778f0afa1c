package fakegithub

import (
	"context"
	"crypto/rsa"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"docket/internal/desk/bubble"
)

// maxRequest bounds a request's body.
const maxRequest = 10 << 20

// Options says what the server is like. Zero values are github.com with one repository, octo/ops.
type Options struct {
	// Token must come with every call; empty lets every token in, but not none.
	Token string
	// Scopes, where set, are a classic token's, shown with every answer.
	Scopes string
	// AppID, InstallationID and AppKey let a GitHub App in, by tokens that live for TokenLives (an hour).
	AppID          string
	InstallationID int64
	AppKey         *rsa.PublicKey
	TokenLives     time.Duration
	// Repositories are the repositories, as owner/name; none means octo/ops.
	Repositories []string
	// BasePath is where the API is: "" as on github.com, "/api/v3" as on an Enterprise Server.
	BasePath string
	// SearchLag is how old an issue must be to be found by the search, ListLag to be listed.
	SearchLag, ListLag time.Duration
	// CreateDelay is how long every create takes: the issue is there after it, even if the client
	// gave up.
	CreateDelay time.Duration
	// Ahead is how far its clock is ahead of everybody else's.
	Ahead time.Duration
	// Calls is how many calls an hour are allowed; 0 means that there is no limit, as on an Enterprise
	// Server.
	Calls int
	// Role is what the token's user may do: "write" unless set; "triage", "read".
	Role string
	// WebhookSecret signs the webhooks that Hooks returns; with none there are none.
	WebhookSecret string
}

// Server is the fake. It is an http.Handler and safe for many goroutines.
type Server struct {
	options Options
	// closed ends when Close is called; whatever waits, waits for it too.
	closed context.Context //nolint:containedctx // The server's own, ended by Close.
	close  context.CancelFunc
	// carrier is the way without a network.
	carrier *bubble.Transport

	mutex        sync.Mutex // guards everything below
	token        string     // the token since Rekey, "" for the one in options
	installed    map[string]time.Time
	faults       []*Fault
	repositories []*repository
	lastID       int64
	creates      map[string]int
	counts       map[Op]int
	requests     []Request
	hooks        []Hook
	spent        int
	resets       time.Time
	// changed is when the last change began, hasty how many came within a second of the one before.
	changed time.Time
	hasty   int
}

// New makes a server without issues. Call Close at the end.
func New(options Options) *Server {
	if len(options.Repositories) == 0 {
		options.Repositories = []string{"octo/ops"}
	}
	if options.TokenLives == 0 {
		options.TokenLives = time.Hour
	}
	if options.Role == "" {
		options.Role = "write"
	}
	s := &Server{options: options, installed: map[string]time.Time{}, creates: map[string]int{}, counts: map[Op]int{}}
	s.lastID = 5000 // An id is never a number, so that a mix-up shows.
	for _, name := range options.Repositories {
		s.lastID++
		s.repositories = append(s.repositories, &repository{id: s.lastID, name: name, issues: true, labels: map[string]string{}})
	}
	s.closed, s.close = context.WithCancel(context.Background())
	s.carrier = bubble.NewTransport(s)
	return s
}

// Close lets go of every request that a fault holds, and waits for those that Transport carries. What
// was to be done after a delay is not done any more.
func (s *Server) Close() {
	s.close()
	s.carrier.Wait()
}

// Transport returns a way to the server without a network.
func (s *Server) Transport() http.RoundTripper { return s.carrier }

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxRequest))
	if err != nil {
		panic(http.ErrAbortHandler) // the client cut the line while it sent
	}
	w.Header().Set("Date", s.now().UTC().Format(http.TimeFormat))
	path, under := strings.CutPrefix(r.URL.EscapedPath(), s.options.BasePath)
	if !under {
		page(http.StatusNotFound, "404: This is not the web page you are looking for").write(w)
		return
	}
	c := newCall(r, path, body)
	s.mutex.Lock()
	c.title = s.titleOf(c)
	s.count(c, r)
	refusal := s.gate(r, c)
	f := s.hit(c)
	s.mutex.Unlock()
	if refusal != nil {
		refusal.write(w)
		return
	}
	if f.Kind == "" && c.op == OpCreate && s.options.CreateDelay > 0 {
		f = Fault{Kind: SlowCommit, Delay: s.options.CreateDelay}
	}
	s.serve(w, r, c, f)
}

// serve does what is asked, with the fault that hits it.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, c call, f Fault) {
	done := reply{}
	when, _ := f.Kind.commits()
	if when == after && !s.wait(context.Background(), f.Delay) {
		panic(http.ErrAbortHandler)
	}
	if when != never {
		s.mutex.Lock()
		done = s.perform(c, f)
		s.mutex.Unlock()
	}
	s.misbehave(w, r, f, done)
}

// gate is what GitHub checks before it looks at the call. The mutex is held.
func (s *Server) gate(r *http.Request, c call) *reply {
	refuse := func(status int, message string) *reply {
		refusal := fault(status, message)
		return &refusal
	}
	switch version := r.Header.Get("X-GitHub-Api-Version"); {
	case r.UserAgent() == "":
		return refuse(http.StatusForbidden, "Request forbidden by administrative rules. Please make sure your request has a User-Agent header.")
	case version != "" && version != "2022-11-28":
		return refuse(http.StatusBadRequest, "Version \""+version+"\" is not supported.")
	case c.op == OpToken: // The app's own token is looked at there.
	case !s.letIn(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")):
		return refuse(http.StatusUnauthorized, "Bad credentials")
	}
	if s.options.Calls == 0 {
		return nil
	}
	now := s.now()
	if now.After(s.resets) {
		s.spent, s.resets = 0, now.Add(time.Hour)
	}
	if s.spent >= s.options.Calls {
		refusal := s.limits(fault(http.StatusForbidden, "API rate limit exceeded for user ID 1."))
		return &refusal
	}
	s.spent++
	return nil
}

// letIn reports whether a token is good. The mutex is held.
func (s *Server) letIn(token string) bool {
	if ends, ok := s.installed[token]; ok {
		return s.now().Before(ends)
	}
	want := s.options.Token
	if s.token != "" {
		want = s.token
	}
	return token != "" && s.options.AppKey == nil && (want == "" || token == want)
}

// Rekey changes the token that is let in, and revokes those of installations.
func (s *Server) Rekey(token string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.token = token
	clear(s.installed)
}

// wait waits for d, or for ever if d is negative. It reports false if the server closed, or the client
// went away.
func (s *Server) wait(client context.Context, d time.Duration) bool {
	var due <-chan time.Time
	if d >= 0 {
		timer := time.NewTimer(d)
		defer timer.Stop()
		due = timer.C
	}
	select {
	case <-due:
		return true
	case <-client.Done():
		return false
	case <-s.closed.Done():
		return false
	}
}

// now is the server's own clock.
func (s *Server) now() time.Time { return time.Now().Add(s.options.Ahead) }
