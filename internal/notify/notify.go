package notify

import "context"

// Ref identifies a posted message in the notifier's own terms.
type Ref struct{ Channel, ID string }

// Notifier is one way to notify people. Every method makes at most one message, honors the context's
// deadline, and returns nil or a *fault.Fault.
type Notifier interface {
	// Name is the notifier's kind: "slack", "webhook".
	Name() string
	// Post sends a new message to a recipient. An error of class fault.Unknown means that it may have been
	// sent. The zero Ref is for notifiers that cannot change what was sent.
	Post(ctx context.Context, recipient string, m Message) (Ref, error)
	// Update replaces the content of a posted message. It is idempotent. If the message no longer exists, the
	// error is fault.ErrMissing.
	Update(ctx context.Context, recipient string, ref Ref, m Message) error
	// Check verifies that the service is reachable and accepts our credentials. It sends no message.
	Check(ctx context.Context) error
}

// RateLimited is the Name of the error with which a service asks us to wait for RetryAfter.
const RateLimited = "rate_limited"
