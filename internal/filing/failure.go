package filing

import "docket/internal/fault"

// OutcomeOf returns the outcome of a failed send. heldBack is the name of the fault for a call that was held back
// because there were too many; that does not count as an attempt.
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
