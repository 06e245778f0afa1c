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
	Assignee  int64     `json:"assignee,omitempty"`
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

// now is the desk's own clock.
func (s *Server) now() time.Time { return time.Now().Add(s.options.Ahead) }

// change is a person's action, and the webhook that tells of it, "" for none.
func (s *Server) change(id int64, event string, do func(*Ticket)) bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	t := s.tickets[id]
	if t == nil {
		return false
	}
	do(t)
	t.UpdatedAt = s.now().UTC()
	s.tell(event, t)
	return true
}

// append adds a thread. The mutex is held.
func (s *Server) append(t *Ticket, entry Thread) {
	s.lastItem++
	entry.ID, entry.CreatedAt = s.lastItem, s.now().UTC()
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

// markOf is what is in the last square brackets of a subject; "" if none end it.
func markOf(subject string) string {
	start := strings.LastIndexByte(subject, '[')
	if start < 0 || !strings.HasSuffix(subject, "]") {
		return ""
	}
	return subject[start+1 : len(subject)-1]
}
