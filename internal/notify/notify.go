package notify

import "context"

// Ref names a posted message in its notifier's words.
type Ref struct{ Channel, ID string }

// Notifier is one way to people. Every method makes at most one message, honours the
// context's deadline, and returns nil or a *fault.Fault.
type Notifier interface {
	// Name is the notifier's kind: "slack", "webhook".
	Name() string
	// Post says something new to a recipient. An error of class fault.Unknown means that it may
	// have been said. The zero Ref is for ways that cannot change what was said.
	Post(ctx context.Context, recipient string, m Message) (Ref, error)
	// Update says in place of what was posted. Doing it twice is once. A message that is not
	// there any more is fault.ErrMissing.
	Update(ctx context.Context, recipient string, ref Ref, m Message) error
	// Check proves that the way is open and lets us in. It says nothing to anybody.
	Check(ctx context.Context) error
}

// RateLimited is the Name of the error with which a way asks to be left alone for RetryAfter.
const RateLimited = "rate_limited"
