package filing

import "docket/internal/fault"

// OutcomeOf is what a send that failed came to. heldBack names the fault with which a call was
// held back because there were too many: that counts as no attempt.
func OutcomeOf(f *fault.Fault, heldBack string) Outcome {
	switch f.Class {
	case fault.Unavailable:
		if f.Name == heldBack {
			return OutcomeHeldBack
		}
		return OutcomeNotSent
	case fault.Refused:
		return OutcomeRefused
	case fault.Missing:
		return OutcomeVanished
	case fault.Unknown:
	}
	return OutcomeUnknown
}
