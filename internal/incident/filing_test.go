package incident_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docket/internal/alert"
	"docket/internal/incident"
)

var outcomes = []incident.Outcome{
	incident.OutcomeStarted, incident.OutcomeSent, incident.OutcomeNotSent, incident.OutcomeRefused, incident.OutcomeUnknown, incident.OutcomeFound,
	incident.OutcomeNotFound, incident.OutcomeLookFailed, incident.OutcomeHeldBack, incident.OutcomeConfirmed, incident.OutcomeVanished, "from a newer version",
}

// to is what an answer does: the state it leads to and the reason it gives.
type to struct {
	state  incident.EffectState
	reason incident.Reason
}

// standing is an effect in one place of its way, and where each outcome of its present
// attempt leads. An outcome that is not listed is out of date and changes nothing.
type standing struct {
	name   string
	kind   incident.Kind
	state  incident.EffectState
	before time.Duration // until it may move
	want   map[incident.Outcome]to
}

// The filing rule, all of it: what may not be done twice on the left hand, what may on the right.
var standings = []standing{
	{"queued", incident.KindFile, incident.Queued, 0, map[incident.Outcome]to{
		incident.OutcomeStarted:    {incident.Sending, incident.ReasonSending},
		incident.OutcomeSent:       {incident.Created, incident.ReasonCreated}, // A slow worker's, after a look missed it.
		incident.OutcomeFound:      {incident.Created, incident.ReasonTicketAdopted},
		incident.OutcomeNotSent:    {incident.Queued, incident.ReasonNotSent},
		incident.OutcomeRefused:    {incident.Queued, incident.ReasonRefused},
		incident.OutcomeUnknown:    {incident.Unknown, incident.ReasonUnknown},
		incident.OutcomeNotFound:   {incident.Queued, incident.ReasonNotFound},
		incident.OutcomeLookFailed: {incident.Queued, incident.ReasonLookFailed},
		incident.OutcomeHeldBack:   {incident.Queued, incident.ReasonHeldBack},
		incident.OutcomeVanished:   {incident.Unknown, incident.ReasonVanished},
	}},
	{"sending, in its time", incident.KindFile, incident.Sending, time.Minute, map[incident.Outcome]to{
		incident.OutcomeSent:     {incident.Created, incident.ReasonCreated},
		incident.OutcomeFound:    {incident.Created, incident.ReasonTicketAdopted},
		incident.OutcomeNotSent:  {incident.Queued, incident.ReasonNotSent},
		incident.OutcomeRefused:  {incident.Queued, incident.ReasonRefused},
		incident.OutcomeUnknown:  {incident.Unknown, incident.ReasonUnknown},
		incident.OutcomeHeldBack: {incident.Queued, incident.ReasonHeldBack},
		incident.OutcomeVanished: {incident.Unknown, incident.ReasonVanished},
	}},
	{"sending, its time over", incident.KindFile, incident.Sending, 0, map[incident.Outcome]to{
		incident.OutcomeSent:       {incident.Created, incident.ReasonCreated},
		incident.OutcomeFound:      {incident.Created, incident.ReasonTicketAdopted},
		incident.OutcomeNotSent:    {incident.Queued, incident.ReasonNotSent},
		incident.OutcomeRefused:    {incident.Queued, incident.ReasonRefused},
		incident.OutcomeUnknown:    {incident.Unknown, incident.ReasonUnknown},
		incident.OutcomeNotFound:   {incident.Queued, incident.ReasonNotFound},
		incident.OutcomeLookFailed: {incident.Unknown, incident.ReasonLookFailed},
		incident.OutcomeHeldBack:   {incident.Queued, incident.ReasonHeldBack},
		incident.OutcomeVanished:   {incident.Unknown, incident.ReasonVanished},
	}},
	{"unknown, in the wait-out", incident.KindFile, incident.Unknown, time.Minute, map[incident.Outcome]to{
		incident.OutcomeSent:     {incident.Created, incident.ReasonCreated},
		incident.OutcomeFound:    {incident.Created, incident.ReasonTicketAdopted},
		incident.OutcomeUnknown:  {incident.Unknown, incident.ReasonUnknown},
		incident.OutcomeVanished: {incident.Unknown, incident.ReasonVanished},
	}},
	{"unknown, the wait-out over", incident.KindFile, incident.Unknown, 0, map[incident.Outcome]to{
		incident.OutcomeSent:       {incident.Created, incident.ReasonCreated},
		incident.OutcomeFound:      {incident.Created, incident.ReasonTicketAdopted},
		incident.OutcomeUnknown:    {incident.Unknown, incident.ReasonUnknown},
		incident.OutcomeNotFound:   {incident.Queued, incident.ReasonNotFound},
		incident.OutcomeLookFailed: {incident.Unknown, incident.ReasonLookFailed},
		incident.OutcomeVanished:   {incident.Unknown, incident.ReasonVanished},
	}},
	{"created", incident.KindFile, incident.Created, 0, map[incident.Outcome]to{
		incident.OutcomeSent:       {incident.Created, incident.ReasonTwin},
		incident.OutcomeConfirmed:  {incident.Done, incident.ReasonTicketFiled},
		incident.OutcomeLookFailed: {incident.Created, incident.ReasonLookFailed},
		incident.OutcomeHeldBack:   {incident.Created, incident.ReasonHeldBack},
		incident.OutcomeVanished:   {incident.Unknown, incident.ReasonVanished},
	}},
	{"done", incident.KindFile, incident.Done, 0, nil},
	{"dropped", incident.KindFile, incident.Dropped, 0, nil},
	{"a note on the wire", incident.KindNote, incident.Sending, time.Minute, map[incident.Outcome]to{
		incident.OutcomeSent:     {incident.Done, incident.ReasonDone},
		incident.OutcomeFound:    {incident.Done, incident.ReasonDone},
		incident.OutcomeNotSent:  {incident.Queued, incident.ReasonNotSent},
		incident.OutcomeRefused:  {incident.Queued, incident.ReasonRefused},
		incident.OutcomeUnknown:  {incident.Unknown, incident.ReasonUnknown},
		incident.OutcomeHeldBack: {incident.Queued, incident.ReasonHeldBack},
		incident.OutcomeVanished: {incident.Dropped, incident.ReasonTicketGone},
	}},
	{"a tag waiting", incident.KindTag, incident.Queued, 0, map[incident.Outcome]to{
		incident.OutcomeStarted:  {incident.Sending, incident.ReasonSending},
		incident.OutcomeSent:     {incident.Done, incident.ReasonDone},
		incident.OutcomeNotSent:  {incident.Queued, incident.ReasonNotSent},
		incident.OutcomeRefused:  {incident.Queued, incident.ReasonRefused},
		incident.OutcomeUnknown:  {incident.Unknown, incident.ReasonNotSent}, // Harmless twice.
		incident.OutcomeHeldBack: {incident.Queued, incident.ReasonHeldBack},
		incident.OutcomeVanished: {incident.Dropped, incident.ReasonTicketGone},
	}},
	{"a close on the wire", incident.KindClose, incident.Sending, time.Minute, map[incident.Outcome]to{
		incident.OutcomeStarted:  {incident.Unknown, incident.ReasonSending}, // The attempt before never answered.
		incident.OutcomeSent:     {incident.Done, incident.ReasonDone},
		incident.OutcomeNotSent:  {incident.Queued, incident.ReasonNotSent},
		incident.OutcomeRefused:  {incident.Queued, incident.ReasonRefused},
		incident.OutcomeUnknown:  {incident.Unknown, incident.ReasonNotSent},
		incident.OutcomeHeldBack: {incident.Queued, incident.ReasonHeldBack},
		incident.OutcomeVanished: {incident.Dropped, incident.ReasonTicketGone},
	}},
	{"a close that may have happened", incident.KindClose, incident.Unknown, 0, map[incident.Outcome]to{
		incident.OutcomeStarted:  {incident.Unknown, incident.ReasonSending},
		incident.OutcomeSent:     {incident.Done, incident.ReasonDone},
		incident.OutcomeNotSent:  {incident.Unknown, incident.ReasonNotSent},
		incident.OutcomeRefused:  {incident.Unknown, incident.ReasonRefused},
		incident.OutcomeUnknown:  {incident.Unknown, incident.ReasonNotSent},
		incident.OutcomeHeldBack: {incident.Unknown, incident.ReasonHeldBack},
		incident.OutcomeVanished: {incident.Dropped, incident.ReasonTicketGone},
	}},
}

// stand makes the effect of a standing, at noon, with three attempts behind it.
func stand(p incident.Policy, row standing) incident.Effect {
	mark := incident.Mark{Key: problem, Generation: 1}
	e := incident.Effect{ID: fmt.Sprintf("%s/%s", row.kind, mark), Kind: row.kind, Mark: mark, State: row.state, Attempt: 3, Fault: "timeout", Detail: "before"}
	if row.kind != incident.KindFile || row.state == incident.Created {
		e.TicketID = "7"
	}
	e.SentAt = noon.Add(-time.Hour)
	switch {
	case row.state == incident.Sending && row.before > 0:
		e.SentAt = noon.Add(row.before - p.CallTimeout - p.WaitOut)
	case row.before > 0:
		e.NotBefore = noon.Add(row.before)
	}
	return e
}

// answered steps a filing incident by one answer to an effect.
func answered(p incident.Policy, e incident.Effect, a incident.Answer, now time.Time) incident.Decision {
	inc := blank(1)
	inc.State, inc.Severity, inc.Title, inc.OpenedAt, inc.FiredAt = incident.Recovered, alert.P2, "DiskFull", noon, noon
	inc.Ticket.State = incident.TicketAsked
	return incident.Step(inc, incident.Event{Kind: incident.EffectAnswered, Effect: e, Answer: a}, p, now)
}

func TestFilingRule(t *testing.T) {
	p := incident.DefaultPolicy()
	for _, row := range standings {
		for _, o := range outcomes {
			t.Run(row.name+", "+string(o), func(t *testing.T) {
				e := stand(p, row)
				d := answered(p, e, incident.Answer{Outcome: o, Attempt: 3, Ticket: incident.Ticket{ID: "8"}}, noon)
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
				if o == incident.OutcomeSent && row.kind == incident.KindFile && !e.Finished() {
					want = to{incident.Created, incident.ReasonCreated}
					if e.TicketID != "" {
						want = to{incident.Created, incident.ReasonTwin}
					}
				}
				d := answered(p, e, incident.Answer{Outcome: o, Attempt: 2, Ticket: incident.Ticket{ID: "8"}}, noon)
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
	d := answered(p, e, incident.Answer{Outcome: incident.OutcomeSent, Attempt: 3}, noon)
	if d.Effect.State != incident.Unknown || d.Reason != incident.ReasonUnknown {
		t.Errorf("%s because %s", d.Effect.State, d.Reason)
	}
	d = answered(p, e, incident.Answer{Outcome: incident.OutcomeSent, Attempt: 2}, noon)
	if d.EffectChanged {
		t.Errorf("a late answer without an id made it %s", d.Effect.State)
	}
}
