package incident

import (
	"fmt"
	"strings"
	"time"

	"docket/internal/alert"
)

// NoticeState is where one message to one person stands.
type NoticeState string

// The notice states.
const (
	NoticeWaiting NoticeState = "waiting" // its words are to be said once NotBefore is over
	NoticeSending NoticeState = "sending" // an attempt began at SentAt and has not answered
	NoticeTold    NoticeState = "told"    // the person can read what is wanted
	NoticeFailed  NoticeState = "failed"  // refused for good; new words are tried again
)

// Recipient is one person (or place) that is told.
type Recipient struct {
	// Notifier names the way there: slack, webhook. ID is what that takes: a user's id.
	Notifier, ID string
}

// Notice is one message to one recipient about one incident, or about Docket itself. It is
// posted once and then updated in place.
type Notice struct {
	// ID is unique for good: "<mark>/slack/U0123", "outage/1/long/slack/U0123".
	ID string
	// Version counts saves, from 1; the store's compare-and-set is on it.
	Version int64
	Recipient
	// Mark is the incident's; zero for a message to the operator, whose words are Text.
	Mark Mark
	Text string
	// Wanted stands for the words that are to be said (see Words), Sending for those that an
	// attempt is saying, Told for those that were said; "" for none.
	Wanted, Sending, Told string
	State                 NoticeState
	// Attempt counts the sends begun, from 0; it fences late answers off. Fails counts those
	// in a row that brought nothing.
	Attempt, Fails int
	// SentAt is when the last attempt began; NotBefore the earliest moment of the next.
	SentAt, NotBefore time.Time
	// Channel and Message name the message in the notifier's words, "" until it is posted.
	Channel, Message string
	// Doubts counts the posts whose answer was lost: each may have left a message behind.
	Doubts int
	// Fault and Detail are the last failure's name and sentence, "" after a success.
	Fault, Detail string
	// AskedAt is when Wanted was last set; ToldAt when words were last said, zero for never.
	AskedAt, ToldAt time.Time
}

// tellAt is the mildest severity that is told to people, whatever the ticket policy is.
const tellAt = alert.P2

// Words stands for what people are to be told of an incident now: when it changes, they are
// told, and before that they are not. "" is nothing. inc.Told is what was last asked for.
func Words(inc Incident, p Policy) string {
	if inc.State == "" || inc.State == Held || !inc.Severity.WorseOrEqual(tellAt) {
		return inc.Told
	}
	// A silence keeps it quiet; what a gathering lists is told by the gathering, and a digest
	// lists what was told when it happened. What was told once is told to its end.
	quiet := p.MutedBy != "" || inc.Within != (Mark{}) || inc.Gathers == Digest || !inc.Live()
	if inc.Told == "" && quiet {
		return ""
	}
	words := []string{phase(inc), inc.Severity.String(), string(inc.Ticket.State), inc.Ticket.ID}
	if n := bucket(inc.Fires); n > 0 {
		words = append(words, fmt.Sprintf("again:%d", n))
	}
	if inc.Acknowledged.By != "" {
		words = append(words, "ack:"+inc.Acknowledged.By)
	}
	return strings.Join(words, " ")
}

// phase is what an incident's state means to somebody who reads messages.
func phase(inc Incident) string {
	if inc.State == Recovered || inc.State == Closed {
		return "recovered"
	}
	return "firing"
}

// bucket rounds how often it fired again, so that a flapping alert changes the words seldom.
func bucket(n int) int {
	step := 1
	for n >= 10*step {
		step *= 10
	}
	return n / step * step
}

// NewNotice is the request to tell somebody of an incident.
func NewNotice(inc Incident, to Recipient, now time.Time) Notice {
	return Notice{
		ID: inc.Mark.String() + "/" + to.Notifier + "/" + to.ID, Version: 1, Recipient: to, Mark: inc.Mark,
		Wanted: inc.Told, State: NoticeWaiting, AskedAt: now,
	}
}

// NewOperatorNotice is the request to tell somebody something that is not about one
// incident. key names it for good, so that it is told once.
func NewOperatorNotice(key, text string, to Recipient, now time.Time) Notice {
	return Notice{
		ID: key + "/" + to.Notifier + "/" + to.ID, Version: 1, Recipient: to, Text: text, Wanted: "said", State: NoticeWaiting, AskedAt: now,
	}
}

// Next says what may be done with n now: DoNothing, DoWait or DoSend. An attempt that never
// answered may still be on its way for callTimeout; after that it is made again, because a
// message too many is better than none.
func (n Notice) Next(callTimeout time.Duration, now time.Time) Move {
	switch n.State {
	case NoticeWaiting:
		return after(n.NotBefore, now, DoSend)
	case NoticeSending:
		return after(n.SentAt.Add(callTimeout), now, DoSend)
	case NoticeTold, NoticeFailed:
	}
	return Move{Do: DoNothing}
}

// NoticeAnswer is what became of one attempt at a notice. Its outcomes are Started, Sent,
// NotSent, HeldBack, Refused, Unknown and Vanished (the message is gone).
type NoticeAnswer struct {
	Outcome Outcome
	// Attempt is the notice's Attempt when the move began.
	Attempt int
	// Words are those that the attempt says, for OutcomeStarted.
	Words string
	// Channel and Message name the message that was posted.
	Channel, Message string
	Fault, Detail    string
	RetryAfter       time.Duration
}

// The pace of notices: two changes of one message are a moment apart, a person who cannot
// be told is tried again soon, then less often.
const (
	noticeGap          = time.Second
	longestNoticeRetry = time.Minute
)

// Hear moves a notice by what became of an attempt. It returns ReasonStale for an answer
// that does not matter any more.
func (n Notice) Hear(a NoticeAnswer, now time.Time) (Notice, Reason) {
	if a.Attempt != n.Attempt {
		if a.Outcome == OutcomeSent && n.Message == "" && a.Message != "" {
			n.Channel, n.Message = a.Channel, a.Message // A late word, and still true.
			return n, ReasonDone
		}
		return n, ReasonStale
	}
	if a.Outcome == OutcomeStarted {
		return n.start(a, now)
	}
	if a.Outcome == OutcomeSent && n.State == NoticeWaiting && a.Message == "" && a.Words == n.Wanted {
		n.Told, n.State = a.Words, NoticeTold // Nothing new to say.
		return n, ReasonDone
	}
	if a.Outcome == OutcomeHeldBack && n.State == NoticeWaiting {
		n.NotBefore = now.Add(max(a.RetryAfter, noticeGap))
		return n, ReasonHeldBack
	}
	if n.State != NoticeSending {
		return n, ReasonStale
	}
	said := n.Sending
	n.State, n.Sending = NoticeWaiting, ""
	n.Fault, n.Detail = a.Fault, a.Detail
	switch a.Outcome {
	case OutcomeSent, OutcomeVanished:
		// A message that somebody deleted is not posted again.
		if a.Message != "" {
			n.Channel, n.Message = a.Channel, a.Message
		}
		n.Told, n.Fails, n.ToldAt, n.NotBefore = said, 0, now, now.Add(noticeGap)
		if n.Wanted == said {
			n.State = NoticeTold
		}
		return n, ReasonDone
	case OutcomeUnknown:
		if n.Message == "" {
			n.Doubts++
		}
		return n.putOff(a, now), ReasonUnknown
	case OutcomeRefused:
		n.State = NoticeFailed
		return n, ReasonRefused
	case OutcomeHeldBack:
		n.NotBefore = now.Add(max(a.RetryAfter, noticeGap))
		return n, ReasonHeldBack
	default:
	}
	return n.putOff(a, now), ReasonNotSent
}

func (n Notice) start(a NoticeAnswer, now time.Time) (Notice, Reason) {
	switch n.State {
	case NoticeSending:
		if n.Message == "" {
			n.Doubts++ // An attempt that never answered: a crash, or a worker that was lost.
		}
	case NoticeWaiting:
	case NoticeTold, NoticeFailed:
		return n, ReasonStale
	}
	n.State, n.Sending, n.Attempt, n.SentAt, n.NotBefore = NoticeSending, a.Words, n.Attempt+1, now, time.Time{}
	return n, ReasonSending
}

func (n Notice) putOff(a NoticeAnswer, now time.Time) Notice {
	n.Fails++
	pace := Effect{ID: n.ID, Fails: n.Fails}.pace(longestNoticeRetry)
	n.NotBefore = now.Add(max(a.RetryAfter, pace))
	return n
}
