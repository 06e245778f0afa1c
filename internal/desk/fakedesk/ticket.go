package fakedesk

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// maxRequests bounds the diary; older entries are dropped, the counts stay.
const maxRequests = 100_000

// Ticket is a conversation as it truly is.
type Ticket struct {
	ID        int64     `json:"id"`
	Number    int64     `json:"number"`
	MailboxID int64     `json:"mailbox_id"`
	Subject   string    `json:"subject"`
	Mark      string    `json:"mark"`
	Status    string    `json:"status"` // active, pending, closed, spam
	State     string    `json:"state"`  // published, deleted
	Type      string    `json:"type"`
	Customer  string    `json:"customer"`
	Imported  bool      `json:"imported"`
	Tags      []string  `json:"tags"`
	Threads   []Thread  `json:"threads"` // oldest first
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
	ClosedAt  time.Time `json:"closed_at,omitzero"`
	ClosedBy  int64     `json:"closed_by,omitempty"`
	// folded is the subject in lower case, for searches.
	folded string
}

// Thread is one entry of a conversation.
type Thread struct {
	ID        int64     `json:"id"`
	Type      string    `json:"type"` // customer, message, note
	HTML      string    `json:"html"`
	User      int64     `json:"user,omitempty"`
	CreatedAt time.Time `json:"created_at"`
}

// Request is one request as it came in.
type Request struct {
	Op       Op        `json:"op"`
	At       time.Time `json:"at"`
	Method   string    `json:"method"`
	Path     string    `json:"path"`
	Subject  string    `json:"subject,omitempty"`
	TicketID int64     `json:"ticket_id,omitempty"`
	// UserAgent and Keyed tell how it came: Keyed is whether an API key was there.
	UserAgent string `json:"user_agent"`
	Keyed     bool   `json:"keyed"`
}

// Stats is what happened so far.
type Stats struct {
	// Requests counts what came in, by operation.
	Requests map[Op]int `json:"requests"`
	// Creates counts the tickets really made, by mark, also those that vanished.
	Creates map[string]int `json:"creates"`
	// Tickets is how many are there now.
	Tickets int `json:"tickets"`
}

// Tickets returns all tickets, oldest first, those in the trash too.
func (s *Server) Tickets() []Ticket {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	all := []Ticket{}
	for _, id := range s.ids {
		t := *s.tickets[id]
		t.Tags, t.Threads = slices.Clone(t.Tags), slices.Clone(t.Threads)
		all = append(all, t)
	}
	return all
}

// Stats returns the counts.
func (s *Server) Stats() Stats {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	stats := Stats{Requests: map[Op]int{}, Creates: map[string]int{}, Tickets: len(s.tickets)}
	maps.Copy(stats.Requests, s.counts)
	maps.Copy(stats.Creates, s.creates)
	return stats
}

// Requests returns the diary of requests, oldest first; at most the last 100,000.
func (s *Server) Requests() []Request {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return slices.Clone(s.requests)
}

func (s *Server) count(q Request, r *http.Request) {
	q.At = time.Now()
	q.UserAgent, q.Keyed = r.UserAgent(), r.Header.Get("X-Freescout-Api-Key") != ""
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.counts[q.Op]++
	if len(s.requests) == maxRequests {
		s.requests = slices.Delete(s.requests, 0, maxRequests/2)
	}
	s.requests = append(s.requests, q)
}

// CloseTicket is a person who closes a ticket in FreeScout's own pages. This and the
// following report false if there is no such ticket.
func (s *Server) CloseTicket(id int64) bool {
	return s.change(id, func(t *Ticket) { t.setStatus("closed", s.options.Users[len(s.options.Users)-1].ID, time.Now()) })
}

// ReopenTicket is a person who opens a closed ticket again.
func (s *Server) ReopenTicket(id int64) bool {
	return s.change(id, func(t *Ticket) { t.setStatus("active", 0, time.Now()) })
}

// Trash is a person who deletes a ticket: it goes to the Deleted folder and keeps its status.
func (s *Server) Trash(id int64) bool {
	return s.change(id, func(t *Ticket) { t.State = "deleted" })
}

// Move is a person who moves a ticket to another mailbox.
func (s *Server) Move(id, mailboxID int64) bool {
	return s.change(id, func(t *Ticket) { t.MailboxID = mailboxID })
}

// Rename is a person who edits a ticket's subject.
func (s *Server) Rename(id int64, subject string) bool {
	return s.change(id, func(t *Ticket) { t.Subject, t.folded = subject, strings.ToLower(subject) })
}

// AddNote is a person who writes an internal note, in the editor's HTML.
func (s *Server) AddNote(id int64, html string) bool {
	return s.change(id, func(t *Ticket) { s.append(t, Thread{Type: "note", HTML: html, User: s.options.Users[0].ID}) })
}

// Purge removes a ticket for good.
func (s *Server) Purge(id int64) bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	_, found := s.tickets[id]
	delete(s.tickets, id)
	s.ids = slices.DeleteFunc(s.ids, func(other int64) bool { return other == id })
	return found
}

func (s *Server) change(id int64, do func(*Ticket)) bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	t := s.tickets[id]
	if t == nil {
		return false
	}
	do(t)
	t.UpdatedAt = time.Now().UTC()
	return true
}

// append adds a thread. The mutex is held.
func (s *Server) append(t *Ticket, entry Thread) {
	s.lastItem++
	entry.ID, entry.CreatedAt = s.lastItem, time.Now().UTC()
	t.Threads = append(t.Threads, entry)
}

func (t *Ticket) setStatus(status string, by int64, now time.Time) {
	if t.Status != "closed" && status == "closed" {
		t.ClosedAt, t.ClosedBy = now.UTC(), by
	}
	if status != "closed" {
		t.ClosedAt, t.ClosedBy = time.Time{}, 0
	}
	t.Status = status
}

// markOf is what stands in the last square brackets of a subject; "" if none end it.
func markOf(subject string) string {
	start := strings.LastIndexByte(subject, '[')
	if start < 0 || !strings.HasSuffix(subject, "]") {
		return ""
	}
	return subject[start+1 : len(subject)-1]
}
