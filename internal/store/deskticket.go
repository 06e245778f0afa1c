package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"docket/internal/audit"
	"docket/internal/desk"
)

const deskTicketColumns = `number, subject, body, status, tags, created_at_us, updated_at_us, closed_at_us`

func scanDeskTicket(rs rows) (desk.Ticket, error) {
	var t desk.Ticket
	var number, created, updated, closed int64
	var status, tags string
	if err := rs.Scan(&number, &t.Subject, &t.Body, &status, &tags, &created, &updated, &closed); err != nil {
		return t, fmt.Errorf("read a ticket: %w", err)
	}
	t.ID = strconv.FormatInt(number, 10)
	t.Number, t.Status, t.CreatedAt, t.UpdatedAt, t.ClosedAt = t.ID, desk.Status(status), fromMicros(created), fromMicros(updated),
		fromMicros(closed)
	if err := json.Unmarshal([]byte(tags), &t.Tags); err != nil {
		return t, fmt.Errorf("read the tags of ticket %s: %w", t.ID, err)
	}
	return t, nil
}

// DeskTickets returns the local desk's tickets with this mark, without their notes.
func (s *Store) DeskTickets(ctx context.Context, mark string) ([]desk.Ticket, error) {
	const q = `SELECT ` + deskTicketColumns + ` FROM desk_ticket WHERE mark = ? ORDER BY number`
	rs, err := s.engine.reader().query(ctx, q, mark)
	return collect(rs, err, scanDeskTicket)
}

// AddDeskTicket stores a new open ticket in the local desk and returns its number; if there is already one
// with the mark, it returns that one's number. A draft without a mark is always new.
func (s *Store) AddDeskTicket(ctx context.Context, d desk.Draft, now time.Time) (int64, error) {
	const insert = `INSERT INTO desk_ticket (mark, subject, body, status, tags, created_at_us, updated_at_us, closed_at_us) VALUES (?, ?, ` +
		`?, 'open', '[]', ?, ?, 0) ON CONFLICT (mark) DO NOTHING RETURNING number`
	var mark any
	if d.Mark != "" {
		mark = d.Mark
	}
	var number int64
	err := s.Write(ctx, func(t *Tx) error {
		rs, err := t.query(ctx, insert, mark, d.Subject, d.Body, micros(now), micros(now))
		all, err := collect(rs, err, func(rs rows) (int64, error) {
			var n int64
			err := rs.Scan(&n)
			return n, err
		})
		if err != nil {
			return err
		}
		if len(all) == 1 {
			number = all[0]
			return nil
		}
		number, err = one[int64](ctx, t, `SELECT number FROM desk_ticket WHERE mark = ?`, mark)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("save a ticket: %w", err)
	}
	return number, nil
}

// DeskTicket returns a ticket of the local desk with its body, and whether it exists.
func (s *Store) DeskTicket(ctx context.Context, number int64) (desk.Ticket, bool, error) {
	rs, err := s.engine.reader().query(ctx, `SELECT `+deskTicketColumns+` FROM desk_ticket WHERE number = ?`, number)
	all, err := collect(rs, err, scanDeskTicket)
	if err != nil || len(all) == 0 {
		return desk.Ticket{}, false, err
	}
	return all[0], true, nil
}

// DeskNotes loads the notes of a ticket of the local desk, oldest first.
func (s *Store) DeskNotes(ctx context.Context, number int64) ([]string, error) {
	rs, err := s.engine.reader().query(ctx, `SELECT text FROM desk_note WHERE number = ? ORDER BY id`, number)
	return collect(rs, err, func(rs rows) (string, error) {
		var text string
		err := rs.Scan(&text)
		return text, err
	})
}

// ListDeskTickets loads the local desk's tickets, latest first, without their notes. limit 0 means all;
// offset skips the first ones.
func (s *Store) ListDeskTickets(ctx context.Context, limit, offset int) ([]desk.Ticket, error) {
	rs, err := s.engine.reader().query(ctx, `SELECT `+deskTicketColumns+` FROM desk_ticket ORDER BY number DESC LIMIT ? OFFSET ?`,
		allOr(limit), int64(offset))
	return collect(rs, err, scanDeskTicket)
}

// DeskTicketsSince lists the local desk's tickets that match the query, without their notes.
func (s *Store) DeskTicketsSince(ctx context.Context, q desk.Query) ([]desk.Ticket, error) {
	where, args, order := "mark IS NOT NULL", []any{}, "number"
	if q.Open {
		where += " AND status <> 'closed'"
	}
	if !q.UpdatedSince.IsZero() {
		where, args, order = where+" AND updated_at_us >= ?", append(args, micros(q.UpdatedSince)), "updated_at_us, number"
	}
	rs, err := s.engine.reader().query(ctx, `SELECT `+deskTicketColumns+` FROM desk_ticket WHERE `+where+` ORDER BY `+order+` LIMIT ?`,
		append(args, allOr(q.Most))...)
	return collect(rs, err, scanDeskTicket)
}

// AddDeskNote adds a note to a ticket of the local desk.
func (s *Store) AddDeskNote(ctx context.Context, number int64, author, text string, now time.Time) error {
	return s.Write(ctx, func(t *Tx) error { return t.addDeskNote(ctx, number, author, text, now) })
}

func (t *Tx) addDeskNote(ctx context.Context, number int64, author, text string, now time.Time) error {
	const add = `INSERT INTO desk_note (number, author, text, created_at_us) VALUES (?, ?, ?, ?)`
	const touch = `UPDATE desk_ticket SET updated_at_us = ? WHERE number = ?`
	if _, err := t.exec(ctx, add, number, author, text, micros(now)); err != nil {
		return err
	}
	_, err := t.exec(ctx, touch, micros(now), number)
	return err
}

// AddDeskNoteAudited adds a note together with the audit entry that records it: both, or neither.
func (s *Store) AddDeskNoteAudited(ctx context.Context, number int64, author, text string, entry audit.Entry) error {
	return s.Write(ctx, func(t *Tx) error {
		// The head is locked first, as every ledger transaction does.
		head, err := t.AuditHead(ctx)
		if err != nil {
			return err
		}
		if err := t.addDeskNote(ctx, number, author, text, entry.CreatedAt); err != nil {
			return err
		}
		return t.AppendAudit(ctx, head, []audit.Entry{entry})
	})
}

// TagDeskTicket adds tags to a ticket of the local desk.
func (s *Store) TagDeskTicket(ctx context.Context, number int64, tags []string, now time.Time) error {
	return s.Write(ctx, func(t *Tx) error {
		// The row is locked first: somebody else may be tagging it.
		if _, err := t.exec(ctx, `UPDATE desk_ticket SET tags = tags WHERE number = ?`, number); err != nil {
			return err
		}
		before, err := one[string](ctx, t, `SELECT tags FROM desk_ticket WHERE number = ?`, number)
		if err != nil {
			return err
		}
		var all []string
		if err := json.Unmarshal([]byte(before), &all); err != nil {
			return fmt.Errorf("read the tags of ticket %d: %w", number, err)
		}
		for _, tag := range tags {
			if !slices.Contains(all, tag) {
				all = append(all, tag)
			}
		}
		text, err := json.Marshal(append([]string{}, all...))
		if err != nil {
			return fmt.Errorf("write the tags of ticket %d: %w", number, err)
		}
		_, err = t.exec(ctx, `UPDATE desk_ticket SET tags = ?, updated_at_us = ? WHERE number = ?`, string(text), micros(now), number)
		return err
	})
}

// SetDeskStatus sets the status of a ticket of the local desk.
func (s *Store) SetDeskStatus(ctx context.Context, number int64, status desk.Status, now time.Time) error {
	const q = `UPDATE desk_ticket SET status = ?, updated_at_us = ?, closed_at_us = CASE WHEN ? = 0 THEN 0 WHEN closed_at_us > 0 THEN ` +
		`closed_at_us ELSE ? END WHERE number = ?`
	return s.Write(ctx, func(t *Tx) error {
		_, err := t.exec(ctx, q, string(status), micros(now), bit(status == desk.StatusClosed), micros(now), number)
		return err
	})
}
