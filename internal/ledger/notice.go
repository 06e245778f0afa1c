package ledger

import (
	"context"

	"docket/internal/alert"
	"docket/internal/audit"
	"docket/internal/filing"
	"docket/internal/incident"
	"docket/internal/notice"
	"docket/internal/queue"
)

type noticeEntry struct {
	notice.Notice
	stored int64
	dirty  bool
}

// ask is a notice that is to be sent, and how urgent it is.
type ask struct {
	notice.Notice
	severity alert.Severity
}

// Notify notifies the operator of something that is not about one incident. key names it for
// good: sent twice, it is one message.
func (l *Ledger) Notify(ctx context.Context, key, text string) error {
	_, err := l.Apply(ctx, OperatorNotified{Key: key, Text: text})
	return err
}

// askWords asks for people to be notified, where what they should know of an incident has changed.
func (w *work) askNotices(inc *incident.Incident, p incident.Policy) {
	if len(w.rules.Recipients) == 0 {
		return
	}
	words := notice.Digest(*inc, p)
	if words == inc.Notified {
		return
	}
	inc.Notified = words
	for _, to := range w.rules.Recipients {
		n := notice.New(*inc, to, w.now)
		w.asked[n.ID] = ask{n, inc.Severity}
	}
}

// notifyOperator asks for the operator to be notified.
func (w *work) notifyOperator(t OperatorNotified) {
	for _, to := range w.rules.Recipients {
		n := notice.NewForOperator(t.Key, t.Text, to, w.now)
		w.asked[n.ID] = ask{n, alert.P1}
	}
}

// decideNotice takes in what became of one attempt at a notice.
func (w *work) decideNotice(ctx context.Context, in NoticeAnswered) (Result, error) {
	e := w.notices[in.NoticeID]
	if e == nil {
		n, err := w.tx.Notice(ctx, in.NoticeID)
		if err != nil {
			return Result{}, err
		}
		e = &noticeEntry{Notice: n, stored: n.Version}
		w.notices[n.ID] = e
	}
	before := e.Notice
	next, verdict := before.Take(in.Answer, w.now)
	if verdict != filing.VerdictStale {
		e.Notice, e.dirty = next, true
		w.recordNotice(before, next, verdict)
	}
	res := Result{Mark: next.Mark, Changed: verdict != filing.VerdictStale, Reason: incident.Reason(verdict)}
	res.About = AboutNotice{Notice: next}
	return res, nil
}

// recordNotice writes into the audit log that somebody was notified, that they cannot be, or
// that a message may stand there twice.
func (w *work) recordNotice(before, next notice.Notice, verdict filing.Verdict) {
	about := map[string]any{
		"notice": next.ID, "notifier": next.Notifier, "recipient": next.Recipient.ID, "mark": markOrNone(next.Mark), "attempts": next.Attempt,
	}
	docket := audit.System()
	switch {
	case verdict == filing.VerdictDone && before.Message == "" && next.Message != "":
		about["channel"], about["message"] = next.Channel, next.Message
		w.enter(docket, audit.ActionNoticeSent, about)
	case verdict == filing.VerdictRefused:
		about["fault"] = next.Fault
		w.enter(docket, audit.ActionNoticeRefused, about)
	case next.Doubts > 0 && before.Doubts == 0: // Once for a message: an outage would fill the log.
		w.enter(docket, audit.ActionNoticeDoubted, about)
	}
}

func markOrNone(m alert.Mark) string {
	if m == (alert.Mark{}) {
		return ""
	}
	return m.String()
}

// saveNotices writes what is known of the notices, then what is asked for, and returns the
// jobs for it.
func (w *work) saveNotices(ctx context.Context) ([]queue.Job, error) {
	for _, e := range w.notices {
		if !e.dirty {
			continue
		}
		e.Version = e.stored + 1
		if err := w.tx.SaveNotice(ctx, e.Notice); err != nil {
			return nil, err
		}
	}
	if len(w.asked) == 0 {
		return nil, nil
	}
	all, jobs := make([]notice.Notice, 0, len(w.asked)), make([]queue.Job, 0, len(w.asked))
	for _, a := range w.asked {
		all = append(all, a.Notice)
		jobs = append(jobs, queue.Job{Do: queue.Notice{ID: a.ID, Round: w.now.UnixMicro()}, Severity: a.severity})
	}
	return jobs, w.tx.AskNotices(ctx, all)
}
