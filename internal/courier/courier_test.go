package courier

import (
	"errors"
	"testing"
	"time"

	"docket/internal/desk"
	"docket/internal/filing"
)

func TestAFailureSaysWhatItSaysForSure(t *testing.T) {
	t.Parallel()
	fault := func(class desk.Class, name string) error {
		return &desk.Error{Class: class, Name: name, Sentence: "said", RetryAfter: 7 * time.Second}
	}
	for _, c := range []struct {
		name       string
		err        error
		whenUnsure filing.Outcome
		want       filing.Outcome
	}{
		{"a send whose outcome is unknown", fault(desk.Unknown, "timeout"), filing.OutcomeUnknown, filing.OutcomeUnknown},
		{"a send that failed in no known way", errors.New("boom"), filing.OutcomeUnknown, filing.OutcomeUnknown},
		{"a send that surely did not leave", fault(desk.Unavailable, "dns_error"), filing.OutcomeUnknown, filing.OutcomeNotSent},
		{"a send that was refused", fault(desk.Refused, "key_refused"), filing.OutcomeUnknown, filing.OutcomeRefused},
		{"a note on a ticket that is gone", fault(desk.Missing, "missing"), filing.OutcomeUnknown, filing.OutcomeVanished},
		{"a send that we held back", fault(desk.Unavailable, desk.OwnLimit), filing.OutcomeUnknown, filing.OutcomeHeldBack},
		{"the look before a send, unanswered", fault(desk.Unknown, "timeout"), filing.OutcomeNotSent, filing.OutcomeNotSent},
		{"a look that was refused", fault(desk.Refused, "access_refused"), filing.OutcomeLookFailed, filing.OutcomeLookFailed},
		{"a look that we held back never lets a send follow", fault(desk.Unavailable, desk.OwnLimit), filing.OutcomeLookFailed, filing.OutcomeLookFailed},
		{"a ticket that is not read back", fault(desk.Missing, "missing"), filing.OutcomeLookFailed, filing.OutcomeVanished},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := failure(c.err, c.whenUnsure); got.Outcome != c.want {
				t.Errorf("outcome %s, want %s", got.Outcome, c.want)
			}
		})
	}
}
