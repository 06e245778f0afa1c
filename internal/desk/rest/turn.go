package rest

import (
	"context"
	"errors"
	"time"

	"docket/internal/desk"
	"docket/internal/fault"

	"golang.org/x/time/rate"
)

// EnoughForCall is how much of a deadline waiting for a turn leaves to the call itself.
const EnoughForCall = 5 * time.Second

// Turn waits until all limiters let a call start. It leaves time for the call itself: one that
// starts with no time left would end with an unknown outcome. Its faults mean that nothing was sent.
func (p Product) Turn(ctx context.Context, limiters ...*rate.Limiter) *fault.Fault {
	if err := ctx.Err(); err != nil {
		return p.Unanswered(Exchange{Err: err})
	}
	if deadline, ok := ctx.Deadline(); ok {
		left := time.Until(deadline)
		waiting, cancel := context.WithTimeout(ctx, left-min(left/2, EnoughForCall))
		defer cancel()
		ctx = waiting
	}
	for _, limiter := range limiters {
		err := limiter.Wait(ctx)
		switch {
		case err == nil:
		case errors.Is(err, context.Canceled):
			return p.Unanswered(Exchange{Err: err})
		default:
			return &fault.Fault{
				Class: fault.Unavailable, Name: desk.OwnLimit, Sentence: "Too many calls to " + p.Name + " were waiting for their turn.",
				Fix: "Nothing, if it passes; raise " + p.RateSetting + " if " + p.Name + " can take more.", Err: err,
			}
		}
	}
	return nil
}
