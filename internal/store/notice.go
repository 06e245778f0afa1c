package store

import (
	"context"
	"fmt"
	"time"

	"docket/internal/alert"
	"docket/internal/notice"
)

const noticeColumns = `notice_id, version, notifier, recipient, alert_key, generation, text, wanted, sending, told, state, attempt, ` +
	`fails, sent_at_us, not_before_us, channel, message, doubts, fault, detail, asked_at_us, told_at_us`

const noticeWidth = 22

func scanNotice(rs rows) (notice.Notice, error) {
	var n notice.Notice
	var state string
	var key, generation, attempt, fails, sent, notBefore, doubts, asked, told int64
	err := rs.Scan(&n.ID, &n.Version, &n.Notifier, &n.Recipient.ID, &key, &generation, &n.Text, &n.Wanted, &n.Attempted, &n.Delivered,
		&state, &attempt, &fails,
		&sent, &notBefore, &n.Channel, &n.Message, &doubts, &n.Fault, &n.Detail, &asked, &told)
	if err != nil {
		return n, fmt.Errorf("read a notice: %w", err)
	}
	n.Mark, n.State = alert.Mark{Key: alert.Key(key), Generation: int(generation)}, notice.State(state)
	n.Attempt, n.Fails, n.Doubts = int(attempt), int(fails), int(doubts)
	n.SentAt, n.NotBefore, n.AskedAt, n.DeliveredAt = fromMicros(sent), fromMicros(notBefore), fromMicros(asked), fromMicros(told)
	return n, nil
}

func noticeArgs(n notice.Notice) []any {
	return []any{
		n.ID, n.Version, n.Notifier, n.Recipient.ID, int64(n.Mark.Key), int64(n.Mark.Generation), n.Text, n.Wanted, n.Attempted,
		n.Delivered, string(n.State),
		int64(n.Attempt), int64(n.Fails), micros(n.SentAt), micros(n.NotBefore), n.Channel, n.Message, int64(n.Doubts), n.Fault, n.Detail,
		micros(n.AskedAt), micros(n.DeliveredAt),
	}
}

// AskNotices requests notices. An existing one gets the new content, and keeps its message and its pace; if
// the content is the same, it stays as it is.
func (t *Tx) AskNotices(ctx context.Context, all []notice.Notice) error {
	const conflict = ` ON CONFLICT (notice_id) DO UPDATE SET wanted = excluded.wanted, asked_at_us = excluded.asked_at_us,
		version = notice.version + 1,
		state = CASE WHEN notice.state = 'sending' THEN 'sending' ELSE 'waiting' END WHERE notice.wanted <> excluded.wanted`
	err := inBatches(all, func(run []notice.Notice) error {
		args := make([]any, 0, len(run)*noticeWidth)
		for _, n := range run {
			args = append(args, noticeArgs(n)...)
		}
		return t.later(ctx, `INSERT INTO notice (`+noticeColumns+`) VALUES `+tuples(len(run), noticeWidth)+conflict, args...)
	})
	if err != nil {
		return fmt.Errorf("add notices: %w", err)
	}
	return nil
}

// SaveNotice replaces a notice whose stored version is n.Version-1; ErrConflict otherwise.
func (t *Tx) SaveNotice(ctx context.Context, n notice.Notice) error {
	const q = `UPDATE notice SET version = ?, notifier = ?, recipient = ?, alert_key = ?, generation = ?, text = ?, wanted = ?,
		sending = ?, told = ?, state = ?, attempt = ?, fails = ?,
		sent_at_us = ?, not_before_us = ?, channel = ?, message = ?, doubts = ?, fault = ?, detail = ?, asked_at_us = ?,
			told_at_us = ? WHERE notice_id = ? AND version = ?`
	if err := t.laterOne(ctx, q, append(noticeArgs(n)[1:], n.ID, n.Version-1)...); err != nil {
		return fmt.Errorf("save notice %s: %w", n.ID, err)
	}
	return nil
}

// Notice loads one notice; ErrNotFound if there is none.
func (s *Store) Notice(ctx context.Context, id string) (notice.Notice, error) {
	return noticeByID(ctx, s.engine.reader(), id)
}

// Notice loads one notice; ErrNotFound if there is none.
func (t *Tx) Notice(ctx context.Context, id string) (notice.Notice, error) {
	return noticeByID(ctx, t, id)
}

func noticeByID(ctx context.Context, q querier, id string) (notice.Notice, error) {
	rs, err := q.query(ctx, `SELECT `+noticeColumns+` FROM notice WHERE notice_id = ?`, id)
	all, err := collect(rs, err, scanNotice)
	if err != nil {
		return notice.Notice{}, fmt.Errorf("load notice %s: %w", id, err)
	}
	if len(all) == 0 {
		return notice.Notice{}, fmt.Errorf("notice %s: %w", id, ErrNotFound)
	}
	return all[0], nil
}

// NoticesOf loads an incident's notices; those of the zero Mark are for the operator.
func (s *Store) NoticesOf(ctx context.Context, m alert.Mark) ([]notice.Notice, error) {
	const q = `SELECT ` + noticeColumns + ` FROM notice WHERE alert_key = ? AND generation = ? ORDER BY notice_id`
	rs, err := s.engine.reader().query(ctx, q, int64(m.Key), int64(m.Generation))
	return collect(rs, err, scanNotice)
}

// OverdueNotices returns the ids of at most limit notices whose next step was due before the given time:
// their jobs may be lost.
func (s *Store) OverdueNotices(ctx context.Context, before time.Time, limit int) ([]string, error) {
	const q = `SELECT notice_id FROM notice WHERE state IN ('waiting', 'sending') AND not_before_us < ? AND asked_at_us < ? AND sent_at_us ` +
		`< ? ORDER BY not_before_us LIMIT ?`
	rs, err := s.engine.reader().query(ctx, q, micros(before), micros(before), micros(before), int64(limit))
	return collect(rs, err, func(rs rows) (string, error) {
		var id string
		err := rs.Scan(&id)
		return id, err
	})
}

// CountNotices counts notices by notifier and state.
func (s *Store) CountNotices(ctx context.Context) (map[[2]string]int64, error) {
	rs, err := s.engine.reader().query(ctx, `SELECT notifier, state, COUNT(*) FROM notice GROUP BY notifier, state`)
	counts := map[[2]string]int64{}
	_, err = collect(rs, err, func(rs rows) (struct{}, error) {
		var notifier, state string
		var n int64
		err := rs.Scan(&notifier, &state, &n)
		counts[[2]string{notifier, state}] = n
		return struct{}{}, err
	})
	return counts, err
}
