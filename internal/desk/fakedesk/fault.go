package fakedesk

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Op names what a request asks for.
type Op string

// The operations.
const (
	OpAny       Op = "" // in a Fault: every operation
	OpCreate    Op = "create"
	OpFind      Op = "find"
	OpGet       Op = "get"
	OpNote      Op = "note"
	OpTag       Op = "tag"
	OpStatus    Op = "status"
	OpDelete    Op = "delete"
	OpMailboxes Op = "mailboxes"
	OpUsers     Op = "users"
	OpOther     Op = "other" // anything else under /api
)

// Kind is what goes wrong.
type Kind string

// The kinds. "Done" means that the request's change, if it asks for one, is made.
const (
	LateAnswer       Kind = "late_answer"          // done at once, answered after Delay
	SlowCommit       Kind = "slow_commit"          // done and answered after Delay, even if the client gave up
	NeverAnswer      Kind = "never_answer"         // not done, never answered
	DoneNeverAnswer  Kind = "done_never_answer"    // done, never answered
	CutBeforeCommit  Kind = "cut_before_commit"    // not done, connection cut
	CutAfterCommit   Kind = "cut_after_commit"     // done, connection cut
	CutInBody        Kind = "cut_in_body"          // done, success promised, connection cut in the answer's body
	Unavailable503   Kind = "503"                  // not done; with Retry-After if set
	Error500         Kind = "500"                  // not done
	Error500Done     Kind = "500_after_commit"     // done
	BadGateway502    Kind = "502"                  // not done; a proxy's HTML page
	GatewayTimeout   Kind = "504_after_commit"     // done; a proxy's HTML page
	TooMany429       Kind = "429"                  // not done; with Retry-After
	Invalid400       Kind = "400"                  // not done; the documented validation error
	Invalid400Done   Kind = "400_after_commit"     // done; FreeScout issue 3025
	NoID             Kind = "no_id"                // done; 200, blank, no Resource-ID; FreeScout issue 2495
	BodyID           Kind = "body_id"              // done; the id is in the body only
	LocationID       Kind = "location_id"          // done; the id is in Location only
	Vanish           Kind = "vanish"               // done, answered, and then gone for good
	LagSearch        Kind = "lag_search"           // searches do not show what is younger than Delay
	IgnoreFilters    Kind = "ignore_filters"       // lists ignore every filter
	NotFoundJSON     Kind = "404_json"             // not done; as for a ticket that is not there
	ModuleMissing    Kind = "module_missing"       // not done; FreeScout's HTML 404 page
	Moved            Kind = "moved"                // not done; 301 to another host
	HTML             Kind = "html"                 // not done; 200 and a login page
	HTMLDone         Kind = "html_after_commit"    // done; 200 and a web page
	Garbage          Kind = "garbage"              // not done; 200 and broken JSON
	Empty            Kind = "empty"                // not done; 200 and nothing
	WrongShape       Kind = "wrong_shape"          // not done; 200 and JSON of another program
	HugeBody         Kind = "huge_body"            // not done; 200 and a body of 16 MB
	KeyRefused       Kind = "key_refused"          // not done; FreeScout's own 401
	Forbidden        Kind = "forbidden"            // not done; FreeScout's own 403
	AccessRedirect   Kind = "access_302"           // not done; Cloudflare Access: to its login page
	AccessDenied401  Kind = "access_401"           // not done; Cloudflare Access in strict mode
	AccessDenied403  Kind = "access_403"           // not done; Cloudflare Access, HTML page
	AccessHeader401  Kind = "access_401_header"    // not done; signalled by Www-Authenticate alone
	BrowserChallenge Kind = "cloudflare_challenge" // not done; Cloudflare's bot protection
)

// Fault is something to go wrong.
type Fault struct {
	Kind Kind `json:"kind"`
	// On limits it to one operation.
	On Op `json:"on"`
	// Mark limits it to requests about tickets whose subject holds this text.
	Mark string `json:"mark,omitempty"`
	// Times is how many requests it hits; 0 means all until Clear.
	Times int `json:"times,omitempty"`
	// Delay is for LateAnswer, SlowCommit and LagSearch. In JSON: nanoseconds.
	Delay time.Duration `json:"delay,omitempty"`
	// RetryAfter is for Unavailable503 and TooMany429, in whole seconds on the wire.
	RetryAfter time.Duration `json:"retry_after,omitempty"`
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
	case LateAnswer, DoneNeverAnswer, CutAfterCommit, CutInBody, Error500Done, GatewayTimeout, Invalid400Done, NoID, BodyID, LocationID,
		Vanish, LagSearch, IgnoreFilters, HTMLDone:
		return before, true
	case SlowCommit:
		return after, true
	case NeverAnswer, CutBeforeCommit, Unavailable503, Error500, BadGateway502, TooMany429, Invalid400, NotFoundJSON, ModuleMissing, Moved,
		HTML, Garbage, Empty, WrongShape, HugeBody, KeyRefused, Forbidden, AccessRedirect, AccessDenied401, AccessDenied403,
		AccessHeader401, BrowserChallenge:
		return never, true
	default:
		return never, false
	}
}

func (f Fault) validate() error {
	if _, known := f.Kind.commits(); !known {
		return fmt.Errorf("there is no fault of kind %q", f.Kind)
	}
	ops := []Op{OpAny, OpCreate, OpFind, OpGet, OpNote, OpTag, OpStatus, OpDelete, OpMailboxes, OpUsers, OpOther}
	if !slices.Contains(ops, f.On) {
		return fmt.Errorf("there is no operation %q", f.On)
	}
	if f.Times < 0 || f.Delay < 0 || f.RetryAfter < 0 {
		return errors.New("times, delay and retry_after cannot be negative")
	}
	return nil
}

// Order makes a fault go wrong from now on. Where several match, the one ordered first
// hits, until its Times are used up. A fault that does not exist is a broken test: panic.
func (s *Server) Order(f Fault) {
	if err := s.order(f); err != nil {
		panic("fakedesk: " + err.Error())
	}
}

func (s *Server) order(f Fault) error {
	if err := f.validate(); err != nil {
		return err
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.faults = append(s.faults, &f)
	return nil
}

// Clear ends all faults. Requests that a fault already holds stay held.
func (s *Server) Clear() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.faults = nil
}

// Faults returns the faults still to come.
func (s *Server) Faults() []Fault {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	left := []Fault{}
	for _, f := range s.faults {
		left = append(left, *f)
	}
	return left
}

// hit takes the first fault that matches. The mutex is held.
func (s *Server) hit(op Op, subject string) Fault {
	for i, f := range s.faults {
		if (f.On != OpAny && f.On != op) || (f.Mark != "" && !strings.Contains(subject, f.Mark)) {
			continue
		}
		if f.Times == 1 {
			s.faults = slices.Delete(s.faults, i, i+1)
		} else if f.Times > 1 {
			f.Times--
		}
		return *f
	}
	return Fault{}
}
