package notice

import (
	"fmt"
	"strings"
	"time"

	"docket/internal/alert"
	"docket/internal/filing"
	"docket/internal/incident"
	"docket/internal/storm"
)

// NoticeState is where one message to one person stands.
type State string

// The notice states.
const (
	Waiting  State = "waiting" // its words are to be said once NotBefore is over
	Sending  State = "sending" // an attempt began at SentAt and has not answered
	Notified State = "told"    // the person can read what is wanted
	Failed   State = "failed"  // refused for good; new words are tried again
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
	Mark alert.Mark
	Text string
	// Wanted stands for the words that are to be said (see Words), Sending for those that an
	// attempt is saying, Told for those that were said; "" for none.
	Wanted, Attempted, Delivered string
	State                        State
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
	AskedAt, DeliveredAt time.Time
}

// tellAt is the mildest severity that is told to people, whatever the ticket policy is.
const notifyAt = alert.P2

// Words stands for what people are to be told of an incident now: when it changes, they are
// told, and before that they are not. "" is nothing. inc.Told is what was last asked for.
func Digest(inc incident.Incident, p incident.Policy) string {
	if inc.State == "" || inc.State == incident.Held || !inc.Severity.WorseOrEqual(notifyAt) {
		return inc.Notified
	}
	// A silence keeps it quiet; what a gathering lists is told by the gathering, and a digest
	// lists what was told when it happened. What was told once is told to its end.
	quiet := p.MutedBy != "" || inc.Within != (alert.Mark{}) || inc.Shared == storm.Digest || !inc.Live()
	if inc.Notified == "" && quiet {
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
func phase(inc incident.Incident) string {
	if inc.State == incident.Recovered || inc.State == incident.Closed {
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
func New(inc incident.Incident, to Recipient, now time.Time) Notice {
	return Notice{
		ID: inc.Mark.String() + "/" + to.Notifier + "/" + to.ID, Version: 1, Recipient: to, Mark: inc.Mark,
		Wanted: inc.Notified, State: Waiting, AskedAt: now,
	}
}

// NewOperatorNotice is the request to tell somebody something that is not about one
// incident. key names it for good, so that it is told once.
func NewForOperator(key, text string, to Recipient, now time.Time) Notice {
	return Notice{
		ID: key + "/" + to.Notifier + "/" + to.ID, Version: 1, Recipient: to, Text: text, Wanted: "said", State: Waiting, AskedAt: now,
	}
}

// Next says what may be done with n now: DoNothing, DoWait or DoSend. An attempt that never
// answered may still be on its way for callTimeout; after that it is made again, because a
// message too many is better than none.
func (n Notice) Next(callTimeout time.Duration, now time.Time) filing.Move {
	switch n.State {
	case Waiting:
		return filing.Pause(n.NotBefore, now, filing.DoSend)
	case Sending:
		return filing.Pause(n.SentAt.Add(callTimeout), now, filing.DoSend)
	case Notified, Failed:
	}
	return filing.Move{Do: filing.DoNothing}
}

// NoticeAnswer is what became of one attempt at a notice. Its outcomes are Started, Sent,
// NotSent, HeldBack, Refused, Unknown and Vanished (the message is gone).
type Answer struct {
	Outcome filing.Outcome
	// Attempt is the notice's Attempt when the move began.
	Attempt int
	// Words are those that the attempt says, for OutcomeStarted.
	Digest string
	// Channel and Message name the message that was posted.
	Channel, Message string
	Fault, Detail    string
	RetryAfter       time.Duration
}

// The pace of notices: two changes of one message are a moment apart, a person who cannot
// be told is tried again soon, then less often.
const (
	gap          = time.Second
	longestRetry = time.Minute
)

// Hear moves a notice by what became of an attempt. It returns VerdictStale for an answer
// that does not matter any more.
func (n Notice) Take(a Answer, now time.Time) (Notice, filing.Verdict) {
	if a.Attempt != n.Attempt {
		if a.Outcome == filing.OutcomeSent && n.Message == "" && a.Message != "" {
			n.Channel, n.Message = a.Channel, a.Message // A late word, and still true.
			return n, filing.VerdictDone
		}
		return n, filing.VerdictStale
	}
	if a.Outcome == filing.OutcomeStarted {
		return n.start(a, now)
	}
	if a.Outcome == filing.OutcomeSent && n.State == Waiting && a.Message == "" && a.Digest == n.Wanted {
		n.Delivered, n.State = a.Digest, Notified // Nothing new to say.
		return n, filing.VerdictDone
	}
	if a.Outcome == filing.OutcomeHeldBack && n.State == Waiting {
		n.NotBefore = now.Add(max(a.RetryAfter, gap))
		return n, filing.VerdictHeldBack
	}
	if n.State != Sending {
		return n, filing.VerdictStale
	}
	said := n.Attempted
	n.State, n.Attempted = Waiting, ""
	n.Fault, n.Detail = a.Fault, a.Detail
	switch a.Outcome {
	case filing.OutcomeSent, filing.OutcomeVanished:
		// A message that somebody deleted is not posted again.
		if a.Message != "" {
			n.Channel, n.Message = a.Channel, a.Message
		}
		n.Delivered, n.Fails, n.DeliveredAt, n.NotBefore = said, 0, now, now.Add(gap)
		if n.Wanted == said {
			n.State = Notified
		}
		return n, filing.VerdictDone
	case filing.OutcomeUnknown:
		if n.Message == "" {
			n.Doubts++
		}
		return n.putOff(a, now), filing.VerdictUnknown
	case filing.OutcomeRefused:
		n.State = Failed
		return n, filing.VerdictRefused
	case filing.OutcomeHeldBack:
		n.NotBefore = now.Add(max(a.RetryAfter, gap))
		return n, filing.VerdictHeldBack
	default:
	}
	return n.putOff(a, now), filing.VerdictNotSent
}

func (n Notice) start(a Answer, now time.Time) (Notice, filing.Verdict) {
	switch n.State {
	case Sending:
		if n.Message == "" {
			n.Doubts++ // An attempt that never answered: a crash, or a worker that was lost.
		}
	case Waiting:
	case Notified, Failed:
		return n, filing.VerdictStale
	}
	n.State, n.Attempted, n.Attempt, n.SentAt, n.NotBefore = Sending, a.Digest, n.Attempt+1, now, time.Time{}
	return n, filing.VerdictSending
}

func (n Notice) putOff(a Answer, now time.Time) Notice {
	n.Fails++
	n.NotBefore = now.Add(max(a.RetryAfter, filing.Pace(n.ID, n.Fails, longestRetry)))
	return n
}
