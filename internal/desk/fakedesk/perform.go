package fakedesk

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// maxSubject is FreeScout's column; MySQL cuts what is longer.
const maxSubject = 998

// perform does what the call asks for and says so, as FreeScout would.
func (s *Server) perform(c call, f Fault) reply {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	switch c.op {
	case OpFind:
		return s.find(c.query, f, s.now())
	case OpCreate:
		return s.create(c.body)
	case OpMailboxes:
		return paged("mailboxes", s.options.Mailboxes, c.query)
	case OpUsers:
		return paged("users", s.options.Users, c.query)
	case OpOther, OpAny:
		if slices.Contains([]string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete}, c.method) && c.id == 0 {
			return page(http.StatusNotFound, "404 Page not found")
		}
		return fault(http.StatusMethodNotAllowed, "Method Not Allowed")
	case OpGet, OpNote, OpTag, OpStatus, OpDelete:
	}
	if into := s.merged[c.id]; into > 0 {
		return page(http.StatusMovedPermanently, "Moved").with("Location", s.options.BasePath+"/api/conversations/"+strconv.FormatInt(into, 10))
	}
	t := s.tickets[c.id]
	if t == nil {
		return fault(http.StatusNotFound, "Not Found")
	}
	switch c.op {
	case OpGet:
		embed := []string{"threads"}
		if c.query.Has("embed") {
			embed = strings.Split(c.query.Get("embed"), ",")
		}
		return asJSON(http.StatusOK, s.shown(t, embed))
	case OpNote:
		return s.addThread(t, c.body)
	case OpTag:
		return s.replaceTags(t, c.body)
	case OpStatus:
		return s.update(t, c.body)
	default:
		s.drop(t.ID)
		return reply{status: http.StatusNoContent}
	}
}

type draftThread struct {
	Type     string `json:"type"`
	Text     string `json:"text"`
	User     int64  `json:"user"`
	Customer *party `json:"customer"`
}

type party struct {
	ID    int64  `json:"id"`
	Email string `json:"email"`
}

// create checks in FreeScout's order. Broken JSON is not reported as such: it is a missing
// subject (FreeScout issue 4085).
func (s *Server) create(body []byte) reply {
	var draft struct {
		Type      string        `json:"type"`
		MailboxID int64         `json:"mailboxId"`
		Subject   string        `json:"subject"`
		Customer  party         `json:"customer"`
		Threads   []draftThread `json:"threads"`
		Status    string        `json:"status"`
		Imported  bool          `json:"imported"`
	}
	if json.Unmarshal(body, &draft) != nil || draft.Subject == "" {
		return missing("subject")
	}
	if !slices.Contains([]string{"email", "phone", "chat"}, draft.Type) {
		return missing("type")
	}
	if !slices.ContainsFunc(s.options.Mailboxes, func(m Mailbox) bool { return m.ID == draft.MailboxID }) {
		return fault(http.StatusBadRequest, "Error occurred", "mailboxId", "Mailbox not found")
	}
	if len(draft.Threads) == 0 {
		return missing("threads")
	}
	if draft.Customer.ID == 0 && draft.Customer.Email == "" {
		return fault(http.StatusBadRequest, "Error occurred", "customer", "Customer first name or email is required")
	}
	for _, entry := range draft.Threads {
		if refusal := checkThread(entry); refusal != nil {
			return *refusal
		}
	}
	if draft.Status == "" {
		draft.Status = "active"
	}
	if !validStatus(draft.Status) {
		return missing("status")
	}
	if runes := []rune(draft.Subject); len(runes) > maxSubject {
		draft.Subject = string(runes[:maxSubject])
	}
	s.lastID++
	s.lastNo++
	now := s.now().UTC()
	t := &Ticket{
		ID: s.lastID, Number: s.lastNo, MailboxID: draft.MailboxID, Subject: draft.Subject, Mark: markOf(draft.Subject), State: "published",
		Type: draft.Type, Customer: draft.Customer.Email, Imported: draft.Imported, Tags: []string{}, CreatedAt: now, UpdatedAt: now,
		folded: strings.ToLower(draft.Subject),
	}
	t.setStatus(draft.Status, 0, now)
	for _, entry := range slices.Backward(draft.Threads) { // they come newest first
		s.append(t, Thread{Type: entry.Type, HTML: entry.Text, User: entry.User})
	}
	s.tickets[t.ID] = t
	s.ids = append(s.ids, t.ID)
	s.creates[t.Mark]++
	s.tell("convo.created", t)
	made := created(t.ID)
	made.id = t.ID
	return made
}

func (s *Server) addThread(t *Ticket, body []byte) reply {
	var draft draftThread
	if json.Unmarshal(body, &draft) != nil {
		return missing("type")
	}
	if refusal := checkThread(draft); refusal != nil {
		return *refusal
	}
	if draft.User != 0 && !slices.ContainsFunc(s.options.Users, func(u User) bool { return u.ID == draft.User }) {
		return missing("user")
	}
	s.append(t, Thread{Type: draft.Type, HTML: draft.Text, User: draft.User})
	t.UpdatedAt = s.now().UTC()
	// FreeScout reopens on a customer's reply and sets pending on an agent's; a note
	// changes nothing.
	switch draft.Type {
	case "customer":
		t.setStatus("active", 0, s.now())
	case "message":
		t.setStatus("pending", 0, s.now())
	}
	s.tell(map[string]string{"note": "convo.note.created", "message": "convo.agent.reply.created",
		"customer": "convo.customer.reply.created"}[draft.Type], t)
	return created(s.lastItem)
}

func checkThread(draft draftThread) *reply {
	var refusal reply
	switch {
	case !slices.Contains([]string{"customer", "message", "note"}, draft.Type):
		refusal = missing("type")
	case draft.Text == "":
		refusal = missing("text")
	case draft.Type != "customer" && draft.User == 0:
		refusal = missing("user")
	case draft.Type == "customer" && (draft.Customer == nil || draft.Customer.ID == 0 && draft.Customer.Email == ""):
		refusal = missing("customer")
	default:
		return nil
	}
	return &refusal
}

// replaceTags replaces the set; names are kept in lower case, each once.
func (s *Server) replaceTags(t *Ticket, body []byte) reply {
	if s.options.NoTags {
		return page(http.StatusNotFound, "404 Page not found")
	}
	var draft struct {
		Tags *[]string `json:"tags"`
	}
	if json.Unmarshal(body, &draft) != nil || draft.Tags == nil {
		return missing("tags")
	}
	t.Tags = []string{}
	for _, tag := range *draft.Tags {
		if tag = strings.ToLower(strings.TrimSpace(tag)); tag != "" && !slices.Contains(t.Tags, tag) {
			t.Tags = append(t.Tags, tag)
		}
	}
	t.UpdatedAt = s.now().UTC()
	return reply{status: http.StatusNoContent}
}

func (s *Server) update(t *Ticket, body []byte) reply {
	var draft struct {
		ByUser    int64  `json:"byUser"`
		Status    string `json:"status"`
		MailboxID int64  `json:"mailboxId"`
		Subject   string `json:"subject"`
	}
	if json.Unmarshal(body, &draft) != nil {
		return missing("byUser")
	}
	if draft.Status != "" || draft.MailboxID != 0 {
		if !slices.ContainsFunc(s.options.Users, func(u User) bool { return u.ID == draft.ByUser }) {
			return missing("byUser")
		}
	}
	if draft.Status != "" && !validStatus(draft.Status) {
		return missing("status")
	}
	if draft.Status != "" {
		t.setStatus(draft.Status, draft.ByUser, s.now())
	}
	if draft.MailboxID != 0 {
		t.MailboxID = draft.MailboxID
	}
	if draft.Subject != "" {
		t.Subject, t.folded = draft.Subject, strings.ToLower(draft.Subject)
	}
	t.UpdatedAt = s.now().UTC()
	if draft.Status != "" {
		s.tell("convo.status", t)
	}
	return reply{status: http.StatusNoContent}
}

func validStatus(status string) bool {
	return slices.Contains([]string{"active", "pending", "closed", "spam"}, status)
}

func missing(field string) reply {
	return fault(http.StatusBadRequest, "Error occurred", field, "`"+field+"` parameter is required")
}

func created(id int64) reply {
	return reply{status: http.StatusCreated,
		header: map[string]string{"Resource-ID": strconv.FormatInt(id, 10), "Content-Type": "application/json"}}
}
