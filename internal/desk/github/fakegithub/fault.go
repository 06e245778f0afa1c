package fakegithub

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Kind is what goes wrong.
type Kind string

// The kinds. "Done" means that the request's change, if it asks for one, is made.
const (
	LateAnswer      Kind = "late_answer"           // done at once, answered after Delay
	SlowCommit      Kind = "slow_commit"           // done and answered after Delay, even if the client gave up
	NeverAnswer     Kind = "never_answer"          // not done, never answered
	DoneNeverAnswer Kind = "done_never_answer"     // done, never answered
	CutBeforeCommit Kind = "cut_before_commit"     // not done, connection cut
	CutAfterCommit  Kind = "cut_after_commit"      // done, connection cut
	CutInBody       Kind = "cut_in_body"           // done, success promised, connection cut in the answer's body
	CutLocation     Kind = "cut_with_location"     // as CutInBody, but Location names the issue
	Error500        Kind = "500"                   // not done
	Error500Done    Kind = "500_after_commit"      // done
	BadGateway502   Kind = "502"                   // not done; GitHub's "Server Error" page
	Unavailable503  Kind = "503"                   // not done
	GatewayTimeout  Kind = "504_after_commit"      // done; ended after 10 s
	Secondary403    Kind = "secondary_403"         // not done; secondary limit with Retry-After
	Secondary429    Kind = "secondary_429"         // not done; secondary limit that names no time
	Primary403      Kind = "primary_403"           // not done; primary limit, reset after RetryAfter
	Validation422   Kind = "422"                   // not done; the documented validation error
	NoNumber        Kind = "no_number"             // done; 201 and an empty object
	HTML            Kind = "html"                  // not done; 200 and a web page
	HTMLDone        Kind = "html_after_commit"     // done; 200 and a web page
	Garbage         Kind = "garbage"               // not done; 200 and broken JSON
	Empty           Kind = "empty"                 // not done; 200 and nothing
	WrongShape      Kind = "wrong_shape"           // not done; 200 and JSON of another program
	Unauthorized    Kind = "401"                   // not done; bad credentials
	NotAccessible   Kind = "permission_missing"    // not done; 403, the token lacks a permission
	SSO             Kind = "sso"                   // not done; 403, single sign-on
	AddressRefused  Kind = "ip_allow_list"         // not done; 403, the organization's IP allow list
	NotFound        Kind = "404"                   // not done; as for what the token may not see
	ProxyRefused    Kind = "proxy_403"             // not done; a proxy's web page
	Elsewhere       Kind = "redirect_to_elsewhere" // not done; 301 to another host
	RoundAndRound   Kind = "redirect_round"        // not done; 307 to ever new paths
	Incomplete      Kind = "incomplete_results"    // done; a search that was not finished
	Vanish          Kind = "vanish"                // done, answered, and then gone for good
)

// Fault is something to go wrong.
type Fault struct {
	Kind Kind
	// On limits it to one operation.
	On Op
	// Mark limits it to requests about issues whose title holds this text.
	Mark string
	// Times is how many requests it hits; 0 means all until Clear.
	Times int
	// Delay is for LateAnswer and SlowCommit.
	Delay time.Duration
	// RetryAfter is for the limits, in whole seconds on the wire.
	RetryAfter time.Duration
}

// timing is when a request's change is made.
type timing uint8

const (
	never timing = iota
	before
	after // after the delay
)

// commits says when a kind's change is made, and whether there is such a kind.
func (k Kind) commits() (timing, bool) {
	switch k {
	case "", LateAnswer, DoneNeverAnswer, CutAfterCommit, CutInBody, CutLocation, Error500Done, GatewayTimeout,
		NoNumber, HTMLDone, Incomplete, Vanish:
		return before, true
	case SlowCommit:
		return after, true
	case NeverAnswer, CutBeforeCommit, Error500, BadGateway502, Unavailable503, Secondary403, Secondary429, Primary403, Validation422,
		HTML, Garbage, Empty, WrongShape, Unauthorized, NotAccessible, SSO, AddressRefused, NotFound, ProxyRefused, Elsewhere, RoundAndRound:
		return never, true
	}
	return never, false
}

// Order makes a fault go wrong from now on. Where several match, the one ordered first hits, until its
// Times are used up. A fault that does not exist is a broken test: panic.
func (s *Server) Order(f Fault) {
	if _, known := f.Kind.commits(); !known || f.Kind == "" || f.Times < 0 {
		panic("fakegithub: there is no such fault: " + string(f.Kind))
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.faults = append(s.faults, &f)
}

// Clear ends all faults. Requests that a fault already holds stay held.
func (s *Server) Clear() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.faults = nil
}

// hit takes the first fault that matches. The mutex is held.
func (s *Server) hit(c call) Fault {
	for i, f := range s.faults {
		if (f.On != OpAny && f.On != c.op) || (f.Mark != "" && !strings.Contains(c.title, f.Mark)) {
			continue
		}
		if f.Times > 0 {
			if f.Times--; f.Times == 0 {
				s.faults = append(s.faults[:i:i], s.faults[i+1:]...)
			}
		}
		return *f
	}
	return Fault{}
}

// misbehave answers as the fault says; done is the true answer, where the change was made.
func (s *Server) misbehave(w http.ResponseWriter, r *http.Request, f Fault, done reply) {
	switch f.Kind {
	case NeverAnswer, DoneNeverAnswer:
		s.wait(r.Context(), -1)
		panic(http.ErrAbortHandler)
	case CutBeforeCommit, CutAfterCommit:
		panic(http.ErrAbortHandler)
	case CutInBody, CutLocation:
		if f.Kind == CutLocation {
			w.Header().Set("Location", done.header["Location"])
		}
		w.Header().Set("Content-Length", "1000")
		w.WriteHeader(done.status)
		_, _ = w.Write([]byte(`{"half":`)) // cut on purpose
		if flusher, ok := w.(http.Flusher); ok {
			flusher.Flush()
		}
		panic(http.ErrAbortHandler)
	case LateAnswer:
		if !s.wait(r.Context(), f.Delay) {
			panic(http.ErrAbortHandler)
		}
		done.write(w)
	default:
		s.wrongAnswer(r, f, done).write(w)
	}
}

// wrongAnswer is a table: one answer for each kind that gives one.
func (s *Server) wrongAnswer(r *http.Request, f Fault, done reply) reply {
	ok := func(body string) reply {
		return reply{status: http.StatusOK, header: map[string]string{"Content-Type": "application/json"}, body: body}
	}
	switch f.Kind {
	case Error500, Error500Done:
		return fault(http.StatusInternalServerError, "Server Error")
	case BadGateway502:
		return page(http.StatusBadGateway, "Unicorn! · GitHub")
	case Unavailable503:
		return page(http.StatusServiceUnavailable, "No server is currently available to service your request.")
	case GatewayTimeout:
		return fault(http.StatusGatewayTimeout, "We couldn't respond to your request in time. Sorry about that.")
	case Secondary403, Secondary429:
		limit := fault(http.StatusForbidden, "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.")
		if f.Kind == Secondary429 {
			limit.status = http.StatusTooManyRequests
			return limit
		}
		return limit.with("Retry-After", strconv.Itoa(int(f.RetryAfter/time.Second)))
	case Primary403:
		return fault(http.StatusForbidden, "API rate limit exceeded for user ID 1.").
			with("X-RateLimit-Limit", "5000").with("X-RateLimit-Remaining", "0").
			with("X-RateLimit-Reset", strconv.FormatInt(s.now().Add(f.RetryAfter).Unix(), 10))
	case Validation422:
		return invalid("Issue", "title", "missing_field", "")
	case NoNumber:
		return reply{status: http.StatusCreated, body: "{}"}
	case HTML, HTMLDone:
		return page(http.StatusOK, "Sign in to GitHub")
	case Garbage:
		return ok(`[{"number":`)
	case Empty:
		return ok("")
	case WrongShape:
		return ok(`{"status":"ok","data":[]}`)
	case Unauthorized:
		return fault(http.StatusUnauthorized, "Bad credentials")
	case NotAccessible:
		return fault(http.StatusForbidden, "Resource not accessible by personal access token").
			with("X-Accepted-GitHub-Permissions", "issues=write")
	case SSO:
		return fault(http.StatusForbidden, "Resource protected by organization SAML enforcement. "+
			"You must grant your Personal Access token access to this organization.")
	case AddressRefused:
		return fault(http.StatusForbidden, "Although you appear to have the correct authorization credentials, "+
			"the `octo` organization has an IP allow list enabled, and your IP address is not permitted to access this resource.")
	case NotFound:
		return fault(http.StatusNotFound, "Not Found")
	case ProxyRefused:
		return page(http.StatusForbidden, "Access denied by the proxy")
	case Elsewhere:
		return fault(http.StatusMovedPermanently, "Moved Permanently").with("Location", "https://elsewhere.invalid"+r.URL.Path)
	case RoundAndRound:
		s.mutex.Lock()
		s.lastID++
		next := "/repositories/" + strconv.FormatInt(s.lastID, 10) + "/issues"
		s.mutex.Unlock()
		return fault(http.StatusTemporaryRedirect, "Temporary Redirect").with("Location", s.options.BasePath+next)
	default:
		return done
	}
}
