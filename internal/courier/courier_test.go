package courier

import (
	"errors"
	"testing"
	"time"

	"docket/internal/desk"
	"docket/internal/fault"
	"docket/internal/filing"
)

func TestAFailureSaysWhatItSaysForSure(t *testing.T) {
	t.Parallel()
	failed := func(class fault.Class, name string) error {
		return &fault.Fault{Class: class, Name: name, Sentence: "said", RetryAfter: 7 * time.Second}
	}
	for _, c := range []struct {
		name       string
		err        error
		whenUnsure filing.Outcome
		want       filing.Outcome
	}{
		{"a send whose outcome is unknown", failed(fault.Unknown, "timeout"), filing.OutcomeUnknown, filing.OutcomeUnknown},
		{"a send that failed in no known way", errors.New("boom"), filing.OutcomeUnknown, filing.OutcomeUnknown},
		{"a send that surely did not leave", failed(fault.Unavailable, "dns_error"), filing.OutcomeUnknown, filing.OutcomeNotSent},
		{"a send that was refused", failed(fault.Refused, "key_refused"), filing.OutcomeUnknown, filing.OutcomeRefused},
		{"a note on a ticket that is gone", failed(fault.Missing, "missing"), filing.OutcomeUnknown, filing.OutcomeVanished},
		{"a send that we held back", failed(fault.Unavailable, desk.OwnLimit), filing.OutcomeUnknown, filing.OutcomeHeldBack},
		{"the look before a send, unanswered", failed(fault.Unknown, "timeout"), filing.OutcomeNotSent, filing.OutcomeNotSent},
		{"a look that was refused", failed(fault.Refused, "access_refused"), filing.OutcomeLookFailed, filing.OutcomeLookFailed},
		{"a look that we held back never lets a send follow", failed(fault.Unavailable, desk.OwnLimit), filing.OutcomeLookFailed,
			filing.OutcomeLookFailed},
		{"a ticket that is not read back", failed(fault.Missing, "missing"), filing.OutcomeLookFailed, filing.OutcomeVanished},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := failure(c.err, c.whenUnsure); got.Outcome != c.want {
				t.Errorf("outcome %s, want %s", got.Outcome, c.want)
			}
		})
	}
}
