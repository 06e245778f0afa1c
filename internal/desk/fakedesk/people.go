package fakedesk

import (
	"slices"
	"strings"
)

// CloseTicket is a person who closes a ticket in FreeScout's own pages. This and the
// following report false if there is no such ticket.
func (s *Server) CloseTicket(id int64) bool {
	return s.change(id, "convo.status", func(t *Ticket) { t.setStatus("closed", s.options.Users[len(s.options.Users)-1].ID, s.now()) })
}

// ReopenTicket is a person who opens a closed ticket again.
func (s *Server) ReopenTicket(id int64) bool {
	return s.change(id, "convo.status", func(t *Ticket) { t.setStatus("active", 0, s.now()) })
}

// Trash is a person who deletes a ticket: it goes to the Deleted folder and keeps its status.
func (s *Server) Trash(id int64) bool {
	return s.change(id, "convo.deleted", func(t *Ticket) { t.State = "deleted" })
}

// Restore is a person who takes a ticket out of the Deleted folder.
func (s *Server) Restore(id int64) bool {
	return s.change(id, "convo.restored", func(t *Ticket) { t.State = "published" })
}

// Spam is a person who marks a ticket as spam.
func (s *Server) Spam(id int64) bool {
	return s.change(id, "convo.status", func(t *Ticket) { t.setStatus("spam", s.options.Users[len(s.options.Users)-1].ID, s.now()) })
}

// Assign is a person who takes a ticket over.
func (s *Server) Assign(id, user int64) bool {
	return s.change(id, "convo.assigned", func(t *Ticket) { t.Assignee = user })
}

// Reply is an agent who answers the customer; FreeScout sets the ticket to pending.
func (s *Server) Reply(id int64, html string) bool {
	return s.change(id, "convo.agent.reply.created", func(t *Ticket) {
		s.append(t, Thread{Type: "message", HTML: html, User: s.options.Users[len(s.options.Users)-1].ID})
		t.setStatus("pending", 0, s.now())
	})
}

// Untag is a person who takes every tag off. FreeScout has no webhook for this.
func (s *Server) Untag(id int64) bool {
	return s.change(id, "", func(t *Ticket) { t.Tags = []string{} })
}

// Move is a person who moves a ticket to another mailbox.
func (s *Server) Move(id, mailboxID int64) bool {
	return s.change(id, "convo.moved", func(t *Ticket) { t.MailboxID = mailboxID })
}

// Rename is a person who edits a ticket's subject.
func (s *Server) Rename(id int64, subject string) bool {
	return s.change(id, "", func(t *Ticket) { t.Subject, t.folded = subject, strings.ToLower(subject) })
}

// AddNote is a person who writes an internal note, in the editor's HTML.
func (s *Server) AddNote(id int64, html string) bool {
	return s.change(id, "convo.note.created", func(t *Ticket) { s.append(t, Thread{Type: "note", HTML: html, User: s.options.Users[0].ID}) })
}

// Purge removes a ticket for good.
func (s *Server) Purge(id int64) bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	t, found := s.tickets[id]
	if found {
		s.tell("convo.deleted_forever", t)
		s.drop(id)
	}
	return found
}

// Lose takes a ticket away without anybody's doing, as a backup that is put back does.
func (s *Server) Lose(id int64) bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	_, found := s.tickets[id]
	s.drop(id)
	return found
}

// Copy makes a second ticket with everything that the first one has, and returns its id.
func (s *Server) Copy(id int64) (int64, bool) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	t := s.tickets[id]
	if t == nil {
		return 0, false
	}
	s.lastID++
	s.lastNo++
	twin := *t
	twin.ID, twin.Number, twin.Tags, twin.Threads = s.lastID, s.lastNo, slices.Clone(t.Tags), slices.Clone(t.Threads)
	s.tickets[twin.ID] = &twin
	s.ids = append(s.ids, twin.ID)
	return twin.ID, true
}

// Merge is a person who merges a ticket into another one: its threads go there, and whoever
// asks for it is sent there.
func (s *Server) Merge(id, into int64) bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	t, target := s.tickets[id], s.tickets[into]
	if t == nil || target == nil || id == into {
		return false
	}
	target.Threads = append(target.Threads, t.Threads...)
	target.UpdatedAt = s.now().UTC()
	s.drop(id)
	s.merged[id] = into
	return true // FreeScout has no webhook for this.
}

// drop takes a ticket out. The mutex is held.
func (s *Server) drop(id int64) {
	delete(s.tickets, id)
	s.ids = slices.DeleteFunc(s.ids, func(other int64) bool { return other == id })
}

// Rekey is an administrator who makes a new API key: from now on only that one is taken.
func (s *Server) Rekey(key string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.key = key
}
