package rest

import (
	"errors"

	"docket/internal/fault"
	"docket/internal/outbound"
)

// Product names the other side in faults: what people call it, and the settings with its address and
// with the pace of calls.
type Product struct{ Name, AddressSetting, RateSetting string }

// Unanswered is the fault of a call without an answer. What was never sent took no effect.
func (p Product) Unanswered(x Exchange) *fault.Fault {
	f := outbound.Party{Name: p.Name, Setting: p.AddressSetting}.Fault(x.Err, x.Sent)
	if x.Sent {
		f.Class = x.Action.Doubtful()
	}
	if errors.Is(x.Err, ErrTooLarge) {
		f.Name, f.Kind, f.Sentence = "bad_answer", "", p.Name+"'s answer was far larger than it should be."
		f.Fix = "Check what answers at " + p.AddressSetting + "."
	}
	return f
}
