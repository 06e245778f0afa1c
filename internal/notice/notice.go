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

// State is the state of one message to one recipient.
type State string

// The states.
const (
	Waiting  State = "waiting" // due once NotBefore has passed
	Sending  State = "sending" // an attempt began at SentAt and has not been answered
	Notified State = "told"    // the recipient can read the wanted message
	Failed   State = "failed"  // permanently refused; a changed message is tried again
)

// Recipient is one person (or place) that is notified.
type Recipient struct {
	// Notifier is the channel: slack, webhook. ID is the recipient's id there, for example a user id.
	Notifier, ID string
}

// Notice is one message to one recipient about one incident, or about Docket itself. It is posted once and then updated
// in place.
type Notice struct {
	// ID is permanent and unique: "<mark>/slack/U0123", "outage/1/long/slack/U0123".
	ID string
	// Version counts saves from 1. The store's compare-and-set uses it.
	Version int64
	Recipient
	// Mark is the incident's mark; zero for a message to the operator, which is in Text.
	Mark alert.Mark
	Text string
	// Wanted is the digest to deliver (see Digest), Attempted the one being sent, and Delivered the last one delivered;
	// "" for none.
	Wanted, Attempted, Delivered string
	State                        State
	// Attempt counts the sends begun, from 0; it is used to recognize late answers. Fails counts consecutive failures.
	Attempt, Fails int
	// SentAt is when the last attempt began; NotBefore is the earliest time for the next.
	SentAt, NotBefore time.Time
	// Channel and Message are the notifier's ids of the message, "" until it is posted.
	Channel, Message string
	// Doubts counts posts whose answer was lost: each may have left a message behind.
	Doubts int
	// Fault and Detail are the name and the description of the last failure, "" after a success.
	Fault, Detail string
	// AskedAt is when Wanted was last set; DeliveredAt is when a message was last delivered, zero for never.
	AskedAt, DeliveredAt time.Time
}

// notifyAt is the lowest severity that people are notified of, whatever the ticket policy is.
const notifyAt = alert.P2

// Digest sums up what people should know about an incident now: they are notified when it changes, and only then. ""
// means nothing. inc.Notified is the digest that was last requested.
func Digest(inc incident.Incident, p incident.Policy) string {
	if inc.State == "" || inc.State == incident.Held || !inc.Severity.WorseOrEqual(notifyAt) {
		return inc.Notified
	}
	// Silenced incidents stay quiet. A storm's own message covers its incidents, and those in an outage's digest were
	// notified when they happened. Once people have been notified of an incident, they are also notified of its end.
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

// phase is what an incident's state means to people who read the messages.
func phase(inc incident.Incident) string {
	if inc.State == incident.Recovered || inc.State == incident.Closed {
		return "recovered"
	}
	return "firing"
}

// bucket rounds the number of times it fired again, so that a flapping alert rarely changes the message.
func bucket(n int) int {
	step := 1
	for n >= 10*step {
		step *= 10
	}
	return n / step * step
}

// New returns a request to notify a recipient of an incident.
func New(inc incident.Incident, to Recipient, now time.Time) Notice {
	return Notice{
		ID: inc.Mark.String() + "/" + to.Notifier + "/" + to.ID, Version: 1, Recipient: to, Mark: inc.Mark,
		Wanted: inc.Notified, State: Waiting, AskedAt: now,
	}
}

// NewForOperator returns a request to notify a recipient of something that is not about a single incident. key
// identifies it permanently, so that it is sent only once.
func NewForOperator(key, text string, to Recipient, now time.Time) Notice {
	return Notice{
		ID: key + "/" + to.Notifier + "/" + to.ID, Version: 1, Recipient: to, Text: text, Wanted: "said", State: Waiting, AskedAt: now,
	}
}

// Next returns what may be done with n now: DoNothing, DoWait or DoSend. An attempt that was never answered may still
// be on its way for callTimeout. After that it is repeated, because a duplicate message is better than none.
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

// Answer is the result of one attempt at a notice. Its outcomes are Started, Sent, NotSent, HeldBack, Refused, Unknown
// and Vanished (the message is gone).
type Answer struct {
	Outcome filing.Outcome
	// Attempt is the notice's Attempt when the move began.
	Attempt int
	// Digest is what the attempt sends, for OutcomeStarted.
	Digest string
	// Channel and Message identify the message that was posted.
	Channel, Message string
	Fault, Detail    string
	RetryAfter       time.Duration
}

// The intervals: changes to one message are spaced out, and a recipient who cannot be reached is retried soon, then
// less often.
const (
	gap          = time.Second
	longestRetry = time.Minute
)

// Take moves a notice according to the result of an attempt. It returns VerdictStale for an answer that no longer
// matters.
func (n Notice) Take(a Answer, now time.Time) (Notice, filing.Verdict) {
	if a.Attempt != n.Attempt {
		if a.Outcome == filing.OutcomeSent && n.Message == "" && a.Message != "" {
			n.Channel, n.Message = a.Channel, a.Message // This answer is late but still true.
			return n, filing.VerdictDone
		}
		return n, filing.VerdictStale
	}
	if a.Outcome == filing.OutcomeStarted {
		return n.start(a, now)
	}
	if a.Outcome == filing.OutcomeSent && n.State == Waiting && a.Message == "" && a.Digest == n.Wanted {
		n.Delivered, n.State = a.Digest, Notified // There is nothing new to send.
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
			n.Doubts++ // This attempt was never answered: a crash, or a worker that was lost.
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
