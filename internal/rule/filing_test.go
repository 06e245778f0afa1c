package rule_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docket/internal/alert"
	"docket/internal/filing"
	"docket/internal/incident"
	"docket/internal/rule"
)

var outcomes = []filing.Outcome{
	filing.OutcomeStarted, filing.OutcomeSent, filing.OutcomeNotSent, filing.OutcomeRefused, filing.OutcomeUnknown, filing.OutcomeFound,
	filing.OutcomeNotFound, filing.OutcomeLookFailed, filing.OutcomeHeldBack, filing.OutcomeConfirmed,
	filing.OutcomeVanished, "from a newer version",
}

// to is what an answer does: the state it leads to and the reason it gives.
type to struct {
	state  filing.State
	reason incident.Reason
}

// standing is an effect in one place of its way, and where each outcome of its present
// attempt leads. An outcome that is not listed is out of date and changes nothing.
type standing struct {
	name   string
	kind   filing.Kind
	state  filing.State
	before time.Duration // until it may move
	want   map[filing.Outcome]to
}

// The filing rule, all of it: what may not be done twice on the left hand, what may on the right.
var standings = []standing{
	{"queued", filing.KindFile, filing.Queued, 0, map[filing.Outcome]to{
		filing.OutcomeStarted:    {filing.Sending, incident.ReasonSending},
		filing.OutcomeSent:       {filing.Created, incident.ReasonCreated}, // A slow worker's, after a look missed it.
		filing.OutcomeFound:      {filing.Created, incident.ReasonTicketAdopted},
		filing.OutcomeNotSent:    {filing.Queued, incident.ReasonNotSent},
		filing.OutcomeRefused:    {filing.Queued, incident.ReasonRefused},
		filing.OutcomeUnknown:    {filing.Unknown, incident.ReasonUnknown},
		filing.OutcomeNotFound:   {filing.Queued, incident.ReasonNotFound},
		filing.OutcomeLookFailed: {filing.Queued, incident.ReasonLookFailed},
		filing.OutcomeHeldBack:   {filing.Queued, incident.ReasonHeldBack},
		filing.OutcomeVanished:   {filing.Unknown, incident.ReasonVanished},
	}},
	{"sending, in its time", filing.KindFile, filing.Sending, time.Minute, map[filing.Outcome]to{
		filing.OutcomeSent:     {filing.Created, incident.ReasonCreated},
		filing.OutcomeFound:    {filing.Created, incident.ReasonTicketAdopted},
		filing.OutcomeNotSent:  {filing.Queued, incident.ReasonNotSent},
		filing.OutcomeRefused:  {filing.Queued, incident.ReasonRefused},
		filing.OutcomeUnknown:  {filing.Unknown, incident.ReasonUnknown},
		filing.OutcomeHeldBack: {filing.Queued, incident.ReasonHeldBack},
		filing.OutcomeVanished: {filing.Unknown, incident.ReasonVanished},
	}},
	{"sending, its time over", filing.KindFile, filing.Sending, 0, map[filing.Outcome]to{
		filing.OutcomeSent:       {filing.Created, incident.ReasonCreated},
		filing.OutcomeFound:      {filing.Created, incident.ReasonTicketAdopted},
		filing.OutcomeNotSent:    {filing.Queued, incident.ReasonNotSent},
		filing.OutcomeRefused:    {filing.Queued, incident.ReasonRefused},
		filing.OutcomeUnknown:    {filing.Unknown, incident.ReasonUnknown},
		filing.OutcomeNotFound:   {filing.Queued, incident.ReasonNotFound},
		filing.OutcomeLookFailed: {filing.Unknown, incident.ReasonLookFailed},
		filing.OutcomeHeldBack:   {filing.Queued, incident.ReasonHeldBack},
		filing.OutcomeVanished:   {filing.Unknown, incident.ReasonVanished},
	}},
	{"unknown, in the wait-out", filing.KindFile, filing.Unknown, time.Minute, map[filing.Outcome]to{
		filing.OutcomeSent:     {filing.Created, incident.ReasonCreated},
		filing.OutcomeFound:    {filing.Created, incident.ReasonTicketAdopted},
		filing.OutcomeUnknown:  {filing.Unknown, incident.ReasonUnknown},
		filing.OutcomeVanished: {filing.Unknown, incident.ReasonVanished},
	}},
	{"unknown, the wait-out over", filing.KindFile, filing.Unknown, 0, map[filing.Outcome]to{
		filing.OutcomeSent:       {filing.Created, incident.ReasonCreated},
		filing.OutcomeFound:      {filing.Created, incident.ReasonTicketAdopted},
		filing.OutcomeUnknown:    {filing.Unknown, incident.ReasonUnknown},
		filing.OutcomeNotFound:   {filing.Queued, incident.ReasonNotFound},
		filing.OutcomeLookFailed: {filing.Unknown, incident.ReasonLookFailed},
		filing.OutcomeVanished:   {filing.Unknown, incident.ReasonVanished},
	}},
	{"created", filing.KindFile, filing.Created, 0, map[filing.Outcome]to{
		filing.OutcomeSent:       {filing.Created, incident.ReasonTwin},
		filing.OutcomeConfirmed:  {filing.Done, incident.ReasonTicketFiled},
		filing.OutcomeLookFailed: {filing.Created, incident.ReasonLookFailed},
		filing.OutcomeHeldBack:   {filing.Created, incident.ReasonHeldBack},
		filing.OutcomeVanished:   {filing.Unknown, incident.ReasonVanished},
	}},
	{"done", filing.KindFile, filing.Done, 0, nil},
	{"dropped", filing.KindFile, filing.Dropped, 0, nil},
	{"a note on the wire", filing.KindNote, filing.Sending, time.Minute, map[filing.Outcome]to{
		filing.OutcomeSent:     {filing.Done, incident.ReasonDone},
		filing.OutcomeFound:    {filing.Done, incident.ReasonDone},
		filing.OutcomeNotSent:  {filing.Queued, incident.ReasonNotSent},
		filing.OutcomeRefused:  {filing.Queued, incident.ReasonRefused},
		filing.OutcomeUnknown:  {filing.Unknown, incident.ReasonUnknown},
		filing.OutcomeHeldBack: {filing.Queued, incident.ReasonHeldBack},
		filing.OutcomeVanished: {filing.Dropped, incident.ReasonTicketGone},
	}},
	{"a tag waiting", filing.KindTag, filing.Queued, 0, map[filing.Outcome]to{
		filing.OutcomeStarted:  {filing.Sending, incident.ReasonSending},
		filing.OutcomeSent:     {filing.Done, incident.ReasonDone},
		filing.OutcomeNotSent:  {filing.Queued, incident.ReasonNotSent},
		filing.OutcomeRefused:  {filing.Queued, incident.ReasonRefused},
		filing.OutcomeUnknown:  {filing.Unknown, incident.ReasonNotSent}, // Harmless twice.
		filing.OutcomeHeldBack: {filing.Queued, incident.ReasonHeldBack},
		filing.OutcomeVanished: {filing.Dropped, incident.ReasonTicketGone},
	}},
	{"a close on the wire", filing.KindClose, filing.Sending, time.Minute, map[filing.Outcome]to{
		filing.OutcomeStarted:  {filing.Unknown, incident.ReasonSending}, // The attempt before never answered.
		filing.OutcomeSent:     {filing.Done, incident.ReasonDone},
		filing.OutcomeNotSent:  {filing.Queued, incident.ReasonNotSent},
		filing.OutcomeRefused:  {filing.Queued, incident.ReasonRefused},
		filing.OutcomeUnknown:  {filing.Unknown, incident.ReasonNotSent},
		filing.OutcomeHeldBack: {filing.Queued, incident.ReasonHeldBack},
		filing.OutcomeVanished: {filing.Dropped, incident.ReasonTicketGone},
	}},
	{"a close that may have happened", filing.KindClose, filing.Unknown, 0, map[filing.Outcome]to{
		filing.OutcomeStarted:  {filing.Unknown, incident.ReasonSending},
		filing.OutcomeSent:     {filing.Done, incident.ReasonDone},
		filing.OutcomeNotSent:  {filing.Unknown, incident.ReasonNotSent},
		filing.OutcomeRefused:  {filing.Unknown, incident.ReasonRefused},
		filing.OutcomeUnknown:  {filing.Unknown, incident.ReasonNotSent},
		filing.OutcomeHeldBack: {filing.Unknown, incident.ReasonHeldBack},
		filing.OutcomeVanished: {filing.Dropped, incident.ReasonTicketGone},
	}},
}

// stand makes the effect of a standing, at noon, with three attempts behind it.
func stand(p incident.Policy, row standing) filing.Effect {
	mark := alert.Mark{Key: problem, Generation: 1}
	e := filing.Effect{ID: fmt.Sprintf("%s/%s", row.kind, mark), Kind: row.kind, Mark: mark, State: row.state, Attempt: 3,
		Fault: "timeout", Detail: "before"}
	if row.kind != filing.KindFile || row.state == filing.Created {
		e.TicketID = "7"
	}
	e.SentAt = noon.Add(-time.Hour)
	switch {
	case row.state == filing.Sending && row.before > 0:
		e.SentAt = noon.Add(row.before - p.CallTimeout - p.WaitOut)
	case row.before > 0:
		e.NotBefore = noon.Add(row.before)
	}
	return e
}

// answered steps a filing incident by one answer to an effect.
func answered(p incident.Policy, e filing.Effect, a filing.Answer, now time.Time) rule.Decision {
	inc := blank(1)
	inc.State, inc.Severity, inc.Title, inc.OpenedAt, inc.FiredAt = incident.Recovered, alert.P2, "DiskFull", noon, noon
	inc.Ticket.State = filing.TicketAsked
	return rule.Step(inc, incident.EffectAnswered{Effect: e, Answer: a}, p, now)
}

func TestFilingRule(t *testing.T) {
	p := incident.DefaultPolicy()
	for _, row := range standings {
		for _, o := range outcomes {
			t.Run(row.name+", "+string(o), func(t *testing.T) {
				e := stand(p, row)
				d := answered(p, e, filing.Answer{Outcome: o, Attempt: 3, Ticket: filing.Ticket{ID: "8"}}, noon)
				want, listed := row.want[o]
				if !listed {
					want = to{e.State, incident.ReasonStale}
				}
				if d.Effect.State != want.state || d.Reason != want.reason {
					t.Fatalf("%s because %s, want %s because %s", d.Effect.State, d.Reason, want.state, want.reason)
				}
				if quiet := d.Reason == incident.ReasonStale || d.Reason == incident.ReasonTwin; quiet == d.EffectChanged {
					t.Errorf("to be saved: %v", d.EffectChanged)
				}
				if !d.EffectChanged {
					if diff := cmp.Diff(e, d.Effect); diff != "" {
						t.Errorf("an effect that is not to be saved changed (-before +after):\n%s", diff)
					}
				}
				if d.Effect.Finished() == d.Effect.DoneAt.IsZero() && row.want != nil {
					t.Errorf("%s, done at %s", d.Effect.State, d.Effect.DoneAt)
				}
			})
		}
	}
}

// Of an answer to an earlier attempt only the ticket's id is news, and only where none is known.
func TestLateAnswerOfAnEarlierAttemptIsUsedOnlyForTheTicketsID(t *testing.T) {
	p := incident.DefaultPolicy()
	for _, row := range standings {
		for _, o := range outcomes {
			t.Run(row.name+", "+string(o), func(t *testing.T) {
				e := stand(p, row)
				want := to{e.State, incident.ReasonStale}
				if o == filing.OutcomeSent && row.kind == filing.KindFile && !e.Finished() {
					want = to{filing.Created, incident.ReasonCreated}
					if e.TicketID != "" {
						want = to{filing.Created, incident.ReasonTwin}
					}
				}
				d := answered(p, e, filing.Answer{Outcome: o, Attempt: 2, Ticket: filing.Ticket{ID: "8"}}, noon)
				if d.Effect.State != want.state || d.Reason != want.reason {
					t.Fatalf("%s because %s, want %s because %s", d.Effect.State, d.Reason, want.state, want.reason)
				}
				if want.reason == incident.ReasonCreated && d.Effect.TicketID != "8" {
					t.Errorf("its id is %q", d.Effect.TicketID)
				}
			})
		}
	}
}

func TestSentWithoutAnIDIsUnknown(t *testing.T) {
	p := incident.DefaultPolicy()
	e := stand(p, standings[1])
	d := answered(p, e, filing.Answer{Outcome: filing.OutcomeSent, Attempt: 3}, noon)
	if d.Effect.State != filing.Unknown || d.Reason != incident.ReasonUnknown {
		t.Errorf("%s because %s", d.Effect.State, d.Reason)
	}
	d = answered(p, e, filing.Answer{Outcome: filing.OutcomeSent, Attempt: 2}, noon)
	if d.EffectChanged {
		t.Errorf("a late answer without an id made it %s", d.Effect.State)
	}
}
