package fakegithub

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Op names what a request asks for.
type Op string

// The operations.
const (
	OpAny        Op = "" // in a Fault: every operation
	OpCreate     Op = "create"
	OpList       Op = "list"
	OpSearch     Op = "search"
	OpGet        Op = "get"
	OpNote       Op = "note"
	OpComments   Op = "comments"
	OpTag        Op = "tag"
	OpEdit       Op = "edit"
	OpRepository Op = "repository"
	OpToken      Op = "token"
	OpOther      Op = "other"
)

// call is a request, read.
type call struct {
	op Op
	// name is the repository, by its name or as "#" and its id; number is the issue's.
	name   string
	number int64
	path   string
	query  url.Values
	body   map[string]json.RawMessage
	bad    bool // the body is no JSON object
	bearer string
	// title is the issue's, for faults that are limited to a mark.
	title string
	host  string
}

func newCall(r *http.Request, path string, body []byte) call {
	c := call{op: OpOther, path: path, query: r.URL.Query(), bearer: strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")}
	c.host = "https://" + r.Host
	if r.TLS == nil && strings.HasPrefix(r.Host, "127.0.0.1") {
		c.host = "http://" + r.Host
	}
	if len(body) > 0 {
		c.bad = json.Unmarshal(body, &c.body) != nil
	}
	parts := strings.Split(strings.TrimPrefix(path, "/"), "/")
	switch {
	case path == "/search/issues":
		c.op = OpSearch
		return c
	case len(parts) == 4 && parts[0] == "app" && parts[3] == "access_tokens":
		c.op, c.name = OpToken, parts[2]
		return c
	case len(parts) >= 3 && parts[0] == "repos":
		c.name, parts = parts[1]+"/"+parts[2], parts[3:]
	case len(parts) >= 2 && parts[0] == "repositories":
		c.name, parts = "#"+parts[1], parts[2:]
	default:
		return c
	}
	if len(parts) > 1 {
		var err error
		if c.number, err = strconv.ParseInt(parts[1], 10, 64); err != nil {
			return c
		}
		parts[1] = "N"
	}
	c.op = operations[r.Method+" "+strings.Join(parts, "/")]
	if c.op == "" {
		c.op = OpOther
	}
	return c
}

// operations are the calls by their method and what follows the repository.
var operations = map[string]Op{
	"GET ": OpRepository, "GET issues": OpList, "POST issues": OpCreate, "GET issues/N": OpGet, "PATCH issues/N": OpEdit,
	"GET issues/N/comments": OpComments, "POST issues/N/comments": OpNote, "POST issues/N/labels": OpTag,
}

// changes reports whether an operation changes something.
func (o Op) changes() bool { return o == OpCreate || o == OpNote || o == OpTag || o == OpEdit }

// text reads a field of the body, "" for none.
func (c call) text(name string) string {
	var text string
	_ = json.Unmarshal(c.body[name], &text) // Anything else is none.
	return text
}

// list reads a field of the body, nil for none.
func (c call) list(name string) []string {
	var list []string
	_ = json.Unmarshal(c.body[name], &list) // Anything else is none.
	return list
}

// Request is one request as it came in.
type Request struct {
	Op     Op
	At     time.Time
	Method string
	Path   string
	Header http.Header
}

// Stats is what happened so far.
type Stats struct {
	// Requests counts what came in, by operation.
	Requests map[Op]int
	// Creates counts the issues really made, by mark, also those that vanished.
	Creates map[string]int
	// Issues is how many are there now.
	Issues int
	// Hasty is how many changes came within a second of the one before: GitHub asks for none.
	Hasty int
}

// Stats returns the counts.
func (s *Server) Stats() Stats {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	stats := Stats{Requests: maps.Clone(s.counts), Creates: maps.Clone(s.creates), Hasty: s.hasty}
	for _, r := range s.repositories {
		stats.Issues += len(r.all)
	}
	return stats
}

// Requests returns the diary of requests, oldest first; at most the last 100,000.
func (s *Server) Requests() []Request {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return slices.Clone(s.requests)
}

// count enters a request into the diary. The mutex is held.
func (s *Server) count(c call, r *http.Request) {
	const most = 100_000
	now := time.Now()
	s.counts[c.op]++
	if len(s.requests) == most {
		s.requests = slices.Delete(s.requests, 0, most/2)
	}
	s.requests = append(s.requests, Request{c.op, now, r.Method, r.URL.RequestURI(), r.Header.Clone()})
	if c.op.changes() {
		if now.Sub(s.changed) < time.Second {
			s.hasty++
		}
		s.changed = now
	}
}
