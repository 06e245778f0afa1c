package desk

import (
	"context"
	"errors"
	"net/http"
)

// Hop is one step of the way to a desk, as the doctor shows it.
type Hop struct {
	// Name names the step, the same in every report; OK says for people that it works.
	Name, OK string
	// Faults are the names of the faults by which this hop is known to be broken.
	Faults []string
	// Rest says that faults which no hop names are this one's.
	Rest bool
	// Look, where set, looks closer once the desk has answered. Its sentence, "" for none, is shown
	// in place of OK.
	Look func(ctx context.Context) (sentence, evidence string, err error)
}

// Traced is a desk that says which way a call to it takes.
type Traced interface {
	// Hops are the steps in their order: a call that fails at one went through all before it.
	Hops() []Hop
}

// Hook is what a desk's webhook says. It may be old, come twice or out of order: it is a hint
// to ask, never the answer.
type Hook struct {
	// Ticket is the ticket as it was when the webhook was made.
	Ticket Ticket
	// Gone says that a person deleted it for good.
	Gone bool
}

// ErrSignature says that the desk did not sign a webhook.
var ErrSignature = errors.New("the signature is not")

// Hooked is a desk that sends webhooks.
type Hooked interface {
	// Unhooked says what is to be done before webhooks are taken, "" where they are.
	Unhooked() string
	// ParseHook checks a webhook's signature and reads it. The error is ErrSignature, with a
	// sentence for people, or says that the body cannot be read.
	ParseHook(header http.Header, body []byte) (Hook, error)
}
