package freescout

import (
	"errors"

	"docket/internal/fault"
	"docket/internal/outbound"
)

// errTooLarge says that an answer was longer than we read.
var errTooLarge = errors.New("the answer is too large")

// party is FreeScout in the words of a fault.
func party() outbound.Party { return outbound.Party{Name: "FreeScout", Setting: "FREESCOUT_API_URL"} }

// classifyFailure is for calls without an answer. What was never sent was certainly not done.
func classifyFailure(x exchange) *fault.Fault {
	f := party().Fault(x.err, x.sent)
	if x.sent {
		f.Class = x.action.doubtful()
	}
	if errors.Is(x.err, errTooLarge) {
		f.Name, f.Kind, f.Sentence = "bad_answer", "", "FreeScout's answer was far larger than it should be."
		f.Fix = "Check what answers at FREESCOUT_API_URL."
	}
	return f
}
