package notify

import (
	"context"
	"docket/internal/fault"
	"errors"
	"fmt"
	"net"
)

// Unanswered classes a call without an answer. left says that the request had left us, so that it
// may have been heard; who is whom it was made to, and fix what to do where nobody can be reached.
func Unanswered(err error, left bool, who, fix string) *fault.Fault {
	var ne net.Error
	switch {
	case !left:
		return &fault.Fault{Class: fault.Unavailable, Name: "unreachable", Sentence: who + " cannot be reached", Fix: fix, Err: bare(err)}
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &ne) && ne.Timeout():
		return &fault.Fault{Class: fault.Unknown, Name: "timeout", Sentence: who + " did not answer in time", Fix: "wait: it is tried again"}
	}
	return &fault.Fault{Class: fault.Unknown, Name: "answer_lost", Sentence: "the answer of " + who + " was lost", Fix: "wait: it is tried again", Err: bare(err)}
}

// bare leaves an error's kind and drops its text, which may hold the whole request.
func bare(err error) error {
	if op, ok := errors.AsType[*net.OpError](err); ok {
		return op
	}
	return fmt.Errorf("%T", err)
}
