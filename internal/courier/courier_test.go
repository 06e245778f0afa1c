package courier

import (
	"errors"
	"testing"
	"time"

	"docket/internal/desk"
	"docket/internal/fault"
	"docket/internal/incident"
)

func TestAFailureSaysWhatItSaysForSure(t *testing.T) {
	t.Parallel()
	failed := func(class fault.Class, name string) error {
		return &fault.Fault{Class: class, Name: name, Sentence: "said", RetryAfter: 7 * time.Second}
	}
	for _, c := range []struct {
		name       string
		err        error
		whenUnsure incident.Outcome
		want       incident.Outcome
	}{
		{"a send whose outcome is unknown", failed(fault.Unknown, "timeout"), incident.OutcomeUnknown, incident.OutcomeUnknown},
		{"a send that failed in no known way", errors.New("boom"), incident.OutcomeUnknown, incident.OutcomeUnknown},
		{"a send that surely did not leave", failed(fault.Unavailable, "dns_error"), incident.OutcomeUnknown, incident.OutcomeNotSent},
		{"a send that was refused", failed(fault.Refused, "key_refused"), incident.OutcomeUnknown, incident.OutcomeRefused},
		{"a note on a ticket that is gone", failed(fault.Missing, "missing"), incident.OutcomeUnknown, incident.OutcomeVanished},
		{"a send that we held back", failed(fault.Unavailable, desk.OwnLimit), incident.OutcomeUnknown, incident.OutcomeHeldBack},
		{"the look before a send, unanswered", failed(fault.Unknown, "timeout"), incident.OutcomeNotSent, incident.OutcomeNotSent},
		{"a look that was refused", failed(fault.Refused, "access_refused"), incident.OutcomeLookFailed, incident.OutcomeLookFailed},
		{"a look that we held back never lets a send follow", failed(fault.Unavailable, desk.OwnLimit), incident.OutcomeLookFailed, incident.OutcomeLookFailed},
		{"a ticket that is not read back", failed(fault.Missing, "missing"), incident.OutcomeLookFailed, incident.OutcomeVanished},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := failure(c.err, c.whenUnsure); got.Outcome != c.want {
				t.Errorf("outcome %s, want %s", got.Outcome, c.want)
			}
		})
	}
}
