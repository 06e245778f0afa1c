package fakedesk

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"encoding/json"
)

// call is a request, understood.
type call struct {
	op     Op
	id     int64 // the conversation's, 0 if the path names none
	method string
	query  url.Values
	body   []byte
	// subject is what the request is about, for faults by mark.
	subject string
}

// newCall tells the operation from method and path (without /api).
func newCall(r *http.Request, path string, body []byte) call {
	c := call{op: OpOther, method: r.Method, query: r.URL.Query(), body: body}
	parts := strings.Split(strings.Trim(path, "/"), "/")
	if len(parts) > 1 {
		if id, err := strconv.ParseInt(parts[1], 10, 64); err == nil && id > 0 {
			c.id = id
		}
	}
	switch route := r.Method + " " + parts[0]; {
	case len(parts) == 1:
		switch route {
		case "GET conversations":
			c.op = OpFind
		case "POST conversations":
			c.op = OpCreate
		case "GET mailboxes":
			c.op = OpMailboxes
		case "GET users":
			c.op = OpUsers
		}
	case parts[0] != "conversations" || c.id == 0:
	case len(parts) == 2:
		switch r.Method {
		case http.MethodGet:
			c.op = OpGet
		case http.MethodPut:
			c.op = OpStatus
		case http.MethodDelete:
			c.op = OpDelete
		}
	case len(parts) == 3 && parts[2] == "threads" && r.Method == http.MethodPost:
		c.op = OpNote
	case len(parts) == 3 && parts[2] == "tags" && r.Method == http.MethodPut:
		c.op = OpTag
	}
	return c
}

func (s *Server) subjectOf(c call) string {
	switch {
	case c.op == OpCreate:
		var draft struct {
			Subject string `json:"subject"`
		}
		if json.Unmarshal(c.body, &draft) != nil {
			return ""
		}
		return draft.Subject
	case c.op == OpFind:
		return c.query.Get("subject")
	case c.id > 0:
		s.mutex.Lock()
		defer s.mutex.Unlock()
		if t := s.tickets[c.id]; t != nil {
			return t.Subject
		}
	}
	return ""
}
