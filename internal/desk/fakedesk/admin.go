package fakedesk

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// admin is the surface under /_fake/, for another process:
//
//	GET    /_fake/tickets                all tickets as they truly are
//	GET    /_fake/stats                  the counts
//	GET    /_fake/requests               the diary
//	GET    /_fake/faults                 the faults still to come
//	POST   /_fake/faults                 order one: a Fault as JSON
//	DELETE /_fake/faults                 clear them
//	POST   /_fake/tickets/{id}/close     also reopen, trash, restore, spam, purge, lose, untag, move?mailbox=, merge?into=, rename?subject=
func (s *Server) admin(w http.ResponseWriter, r *http.Request, path string) {
	switch r.Method + " " + path {
	case "GET tickets":
		asJSON(http.StatusOK, s.Tickets()).write(w)
		return
	case "GET stats":
		asJSON(http.StatusOK, s.Stats()).write(w)
		return
	case "GET requests":
		asJSON(http.StatusOK, s.Requests()).write(w)
		return
	case "GET faults":
		asJSON(http.StatusOK, s.Faults()).write(w)
		return
	case "DELETE faults":
		s.Clear()
		w.WriteHeader(http.StatusNoContent)
		return
	case "POST faults":
		s.orderRemotely(w, r)
		return
	}
	parts := strings.Split(path, "/")
	if r.Method != http.MethodPost || len(parts) != 3 || parts[0] != "tickets" {
		fault(http.StatusNotFound, "the fake has no such call").write(w)
		return
	}
	id, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil {
		fault(http.StatusBadRequest, "the ticket's id is not a number").write(w)
		return
	}
	found, known := s.person(parts[2], id, r)
	switch {
	case !known:
		fault(http.StatusBadRequest, "people cannot do that here, or a value is missing").write(w)
	case !found:
		fault(http.StatusNotFound, "no such ticket").write(w)
	default:
		w.WriteHeader(http.StatusNoContent)
	}
}

func (s *Server) orderRemotely(w http.ResponseWriter, r *http.Request) {
	var f Fault
	decoder := json.NewDecoder(io.LimitReader(r.Body, maxRequest))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&f); err != nil {
		fault(http.StatusBadRequest, "the fault cannot be read: "+err.Error()).write(w)
		return
	}
	if err := s.order(f); err != nil {
		fault(http.StatusBadRequest, err.Error()).write(w)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// person does what people do; known is false if they cannot.
func (s *Server) person(action string, id int64, r *http.Request) (found, known bool) {
	switch action {
	case "close":
		return s.CloseTicket(id), true
	case "reopen":
		return s.ReopenTicket(id), true
	case "trash":
		return s.Trash(id), true
	case "restore":
		return s.Restore(id), true
	case "spam":
		return s.Spam(id), true
	case "purge":
		return s.Purge(id), true
	case "lose":
		return s.Lose(id), true
	case "untag":
		return s.Untag(id), true
	case "merge":
		into, err := strconv.ParseInt(r.URL.Query().Get("into"), 10, 64)
		if err != nil {
			return false, false
		}
		return s.Merge(id, into), true
	case "move":
		mailbox, err := strconv.ParseInt(r.URL.Query().Get("mailbox"), 10, 64)
		if err != nil {
			return false, false
		}
		return s.Move(id, mailbox), true
	case "rename":
		if !r.URL.Query().Has("subject") {
			return false, false
		}
		return s.Rename(id, r.URL.Query().Get("subject")), true
	default:
		return false, false
	}
}
