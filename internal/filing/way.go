package filing

import "time"

// Do is what a courier may do next with an effect.
type Do uint8

// The moves.
const (
	DoNothing Do = iota // finished
	DoWait              // not before Move.At
	DoSend              // look by mark, then send if it is not there
	DoLook              // only look; nothing may be sent
	DoConfirm           // read the ticket back by its id
)

// Move is the result of Effect.Next.
type Move struct {
	Do Do
	At time.Time // for DoWait
}

// Timing is specific to a desk: how long a call may take, and how long its effect may stay hidden after that.
type Timing struct {
	// CallTimeout is how long a request may take.
	CallTimeout time.Duration
	// WaitOut is how long after a request has ended a look by mark may not show what it did.
	WaitOut time.Duration
}

// stage is one state of an effect, and what may be done in it.
type stage struct {
	state State
	// since is when the move may be made.
	since func(e Effect, t Timing) time.Time
	// once is the move of what must never happen twice, twice that of what is harmless twice.
	once, twice Do
}

// way is the way of an effect from the request to the end. This is the filing rule: after an attempt with an unknown
// outcome only a look may follow, and not before the wait-out.
var way = [...]stage{
	{Queued, Effect.notBefore, DoSend, DoSend},        // requested, and definitely not sent
	{Sending, Effect.outlived, DoLook, DoSend},        // an attempt has begun and was not answered
	{Unknown, Effect.notBefore, DoLook, DoSend},       // an attempt may have done it
	{Created, Effect.notBefore, DoConfirm, DoConfirm}, // the desk returned an id, and must show the ticket under it
	{Done, Effect.notBefore, DoNothing, DoNothing},    // verified
	{Dropped, Effect.notBefore, DoNothing, DoNothing}, // no longer needed
}

// Next returns what may be done with e now.
func (e Effect) Next(t Timing, now time.Time) Move {
	for _, s := range way {
		switch {
		case s.state != e.State:
		case s.once == DoNothing:
			return Move{Do: DoNothing}
		case e.Kind.once():
			return Pause(s.since(e, t), now, s.once)
		default:
			return Pause(s.since(e, t), now, s.twice)
		}
	}
	return Move{Do: DoNothing}
}

func (e Effect) notBefore(Timing) time.Time { return e.NotBefore }

// outlived is when an attempt that was never answered (a crash, a lost worker) is over: it may still be on its way for
// t.CallTimeout after it began, and its effect may be hidden for t.WaitOut after that.
func (e Effect) outlived(t Timing) time.Time {
	until := e.SentAt.Add(t.CallTimeout)
	if e.Kind.once() {
		return until.Add(t.WaitOut)
	}
	return until
}

// Pause is the move for something that may be done from at on.
func Pause(at, now time.Time, do Do) Move {
	if now.Before(at) {
		return Move{Do: DoWait, At: at}
	}
	return Move{Do: do}
}
