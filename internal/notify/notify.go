package notify

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Ref names a posted message in its notifier's words.
type Ref struct{ Channel, ID string }

// Notifier is one way to people. Every method makes at most one message, honours the
// context's deadline, and returns nil or an *Error.
type Notifier interface {
	// Name is the notifier's kind: "slack", "webhook".
	Name() string
	// Post says something new to a recipient. An error of class Unknown means that it may
	// have been said. The zero Ref is for ways that cannot change what was said.
	Post(ctx context.Context, recipient string, m Message) (Ref, error)
	// Update says in place of what was posted. Doing it twice is once. A message that is not
	// there any more is ErrGone.
	Update(ctx context.Context, recipient string, ref Ref, m Message) error
	// Check proves that the way is open and lets us in. It says nothing to anybody.
	Check(ctx context.Context) error
}

// Class is what an error says about the deed.
type Class uint8

// The classes.
const (
	// Unknown: it may have been said.
	Unknown Class = iota
	// Unavailable: surely not said; the way is ill, and everybody else would hear nothing either.
	Unavailable
	// Refused: surely not said; this message or this recipient is not wanted as it is.
	Refused
	// Gone: the message to update is not there, or may not be changed any more.
	Gone
)

// ErrGone is what an error of class Gone is, for errors.Is.
var ErrGone = errors.New("message gone")

// RateLimited is the Name of the error with which a way asks to be left alone for RetryAfter.
const RateLimited = "rate_limited"

// Error is a failure to tell somebody, named so that log, metrics, API and doctor say the same.
type Error struct {
	Class Class
	// Name is the fault's fixed name: "token_revoked", "timeout".
	Name string
	// Sentence says what happened, for a person; Fix says what to do about it.
	Sentence, Fix string
	// RetryAfter is how long we were asked to wait, 0 if we were not.
	RetryAfter time.Duration
	// Err is the cause; it never holds a secret.
	Err error
}

// Error returns the name and the sentence, with the cause behind them.
func (e *Error) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("%s: %s: %v", e.Name, e.Sentence, e.Err)
	}
	return e.Name + ": " + e.Sentence
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is matches ErrGone for the class Gone.
func (e *Error) Is(target error) bool { return e.Class == Gone && target == ErrGone }

// As returns err as an *Error; what is none is of class Unknown, because nothing is known of it.
func As(err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return &Error{Class: Unknown, Name: "unknown", Sentence: "something failed in a way that has no name", Err: err}
}
