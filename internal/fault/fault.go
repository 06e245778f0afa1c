package fault

import (
	"errors"
	"fmt"
	"time"
)

// Class says whether the call that failed may have taken effect. It decides what may follow.
type Class uint8

// The classes.
const (
	// Unknown: it may have taken effect. Where twice would be wrong, look before acting again.
	Unknown Class = iota
	// Unavailable: it certainly took no effect; the other side, or the way to it, does not work. Try again as it is.
	Unavailable
	// Refused: it certainly took no effect; the answer stays the same until a person changes something.
	Refused
	// Missing: what was asked for (a ticket, a message) is not there.
	Missing
)

// String returns the class's word, as logs and pages show it.
func (c Class) String() string {
	switch c {
	case Unavailable:
		return "unavailable"
	case Refused:
		return "refused"
	case Missing:
		return "missing"
	case Unknown:
	}
	return "unknown"
}

// Errors to ask for with errors.Is; every *Fault is one of them.
var (
	ErrUnknown     = errors.New("outcome unknown")
	ErrUnavailable = errors.New("unavailable")
	ErrRefused     = errors.New("refused")
	ErrMissing     = errors.New("missing")
)

// The kinds of failure, as the operators' runbook names them.
const (
	KindHTTP       = "HTTPError"       // an answer came, with a status that is no success
	KindConnection = "ConnectionError" // no connection, or one that was cut
	KindTimeout    = "Timeout"         // no answer in time
	KindTLS        = "TLS"             // no secure connection
	KindDNS        = "DNS"             // the host's name has no address
)

// Fault is a failure outside of Docket, named so that log, console, API and doctor use the same words.
type Fault struct {
	Class Class
	// Name is the fault's fixed name, for example "key_refused" or "timeout".
	Name string
	// Sentence says what happened, for a person; Fix says what to do about it.
	Sentence, Fix string
	// HTTPStatus is the answer's status, 0 where there was none.
	HTTPStatus int
	// Kind is one of the kinds above, "" where none of them fits.
	Kind string
	// RetryAfter is how long we were asked to wait, 0 if we were not.
	RetryAfter time.Duration
	// Err is the cause; it never holds a secret.
	Err error
}

// Error returns the name and the sentence, with the cause behind them.
func (f *Fault) Error() string {
	if f.Err != nil {
		return fmt.Sprintf("%s: %s: %v", f.Name, f.Sentence, f.Err)
	}
	return f.Name + ": " + f.Sentence
}

// Unwrap returns the cause.
func (f *Fault) Unwrap() error { return f.Err }

// Is matches the class's error.
func (f *Fault) Is(target error) bool {
	switch f.Class {
	case Unavailable:
		return target == ErrUnavailable
	case Refused:
		return target == ErrRefused
	case Missing:
		return target == ErrMissing
	case Unknown:
	}
	return target == ErrUnknown
}

// other is the name of every error that is no *Fault.
const other = "other"

// As returns err as a *Fault. An error that is none becomes one of class Unknown, because
// nothing is known of it; nil stays nil.
func As(err error) *Fault {
	if err == nil {
		return nil
	}
	if f, ok := errors.AsType[*Fault](err); ok {
		return f
	}
	return &Fault{Name: other, Sentence: "Something failed in a way that has no name.", Fix: "Look into docket's log.", Err: err}
}

// ClassOf returns the class of any error: Unknown for what is no *Fault.
func ClassOf(err error) Class {
	if f, ok := errors.AsType[*Fault](err); ok {
		return f.Class
	}
	return Unknown
}

// NameOf returns the fault's name, "other" for what is no *Fault.
func NameOf(err error) string {
	if f, ok := errors.AsType[*Fault](err); ok {
		return f.Name
	}
	return other
}
