package desktest

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"docket/internal/desk"
	"docket/internal/fault"
)

// CallLimit is how long a call may take at a desk that Suspect.Open opens in a hurry; a fault's delay is longer.
const (
	CallLimit = 150 * time.Millisecond
	Delay     = 4 * CallLimit
)

// The marks of the tickets in these tests: the one that is there, and the one that Create makes.
const (
	KnownMark = "0123456789abcdef.1"
	NewMark   = "fedcba9876543210.3"
)

// Draft is a ticket with a mark.
func Draft(mark string) desk.Draft { return draft(mark, "P1 Disk full", "It is full.") }

// Verb is one of a desk's methods.
type Verb struct {
	Name string
	Do   func(ctx context.Context, d desk.Desk, id string) error
}

// Verbs are the methods that are tried.
func Verbs() []Verb {
	return []Verb{
		{"Create", func(ctx context.Context, d desk.Desk, _ string) error {
			_, err := d.Create(ctx, Draft(NewMark))
			return err
		}},
		{"Note", func(ctx context.Context, d desk.Desk, id string) error { return d.Note(ctx, id, "noted") }},
		{"Find", func(ctx context.Context, d desk.Desk, _ string) error {
			_, err := d.Find(ctx, KnownMark)
			return err
		}},
		{"Get", func(ctx context.Context, d desk.Desk, id string) error {
			_, err := d.Get(ctx, id)
			return err
		}},
		{"Tag", func(ctx context.Context, d desk.Desk, id string) error { return d.Tag(ctx, id, []string{"auto:alert"}) }},
		{"SetStatus", func(ctx context.Context, d desk.Desk, id string) error {
			return d.SetStatus(ctx, id, desk.StatusClosed)
		}},
		{"Check", func(ctx context.Context, d desk.Desk, _ string) error { return d.Check(ctx) }},
	}
}

// Outcomes says what becomes of each fault, as Outcome words it: of a create, of a note, of what only reads (find, get,
// check), and of what twice is once (tag, status). "" leaves it out.
type Outcomes[K ~string] map[K][4]string

func column(verb string) int {
	switch verb {
	case "Create":
		return 0
	case "Note":
		return 1
	case "Tag", "SetStatus":
		return 3
	}
	return 2
}

// Suspect is a kind of desk with a fake to which faults of kind K are ordered.
type Suspect[K ~string] struct {
	// Open opens two desks at one fresh fake: one whose calls may take CallLimit if hasty is set, and one that has time.
	Open func(t *testing.T, hasty bool) (d, patient desk.Desk, fake Fake[K])
	// Except are the outcomes of single verbs that are others than their column says.
	Except map[K]map[string]string
	// Secrets are what no error may show.
	Secrets []string
	// Look, where set, looks closer at an error.
	Look func(t *testing.T, kind K, verb string, f *fault.Fault)
}

// Fake is what the suite asks of a fake desk.
type Fake[K ~string] struct {
	// Order orders a fault for a verb; its delay, if it has any, is Delay.
	Order func(kind K, verb string)
	// Made counts the tickets ever made with NewMark.
	Made func() int
}

// RunFaults orders each fault for each verb over a real socket, and checks what the desk makes of it.
func RunFaults[K ~string](t *testing.T, all Outcomes[K], s Suspect[K]) {
	t.Helper()
	for kind, outcomes := range all {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			for _, verb := range Verbs() {
				want := outcomes[column(verb.Name)]
				if other, named := s.Except[kind][verb.Name]; named {
					want = other
				}
				if want != "" {
					s.try(t, kind, verb, want)
				}
			}
		})
	}
}

func (s Suspect[K]) try(t *testing.T, kind K, verb Verb, want string) {
	t.Helper()
	d, patient, fake := s.Open(t, strings.HasSuffix(want, " timeout"))
	id := create(t, t.Context(), patient, Draft(KnownMark))
	fake.Order(kind, verb.Name)
	err := verb.Do(t.Context(), d, id)
	if got := Outcome(err); got != want {
		t.Errorf("%s: %q (%v), want %q", verb.Name, got, err, want)
	}
	CheckFault(t, verb.Name, err, s.Secrets...)
	if s.Look != nil && err != nil {
		s.Look(t, kind, verb.Name, fault.As(err))
	}
}

// Outcome is what an error says: its class and its name, "ok" for none.
func Outcome(err error) string {
	if err == nil {
		return "ok"
	}
	return fault.ClassOf(err).String() + " " + fault.NameOf(err)
}

// CheckFault holds an error to what errors owe: a type, words for people, no secret.
func CheckFault(t *testing.T, where string, err error, secrets ...string) {
	t.Helper()
	if err == nil {
		return
	}
	var f *fault.Fault
	if !errors.As(err, &f) {
		t.Errorf("%s: %T is no *fault.Fault", where, err)
		return
	}
	if f.Name == "" || f.Sentence == "" || f.Fix == "" {
		t.Errorf("%s: %+v lacks a name, a sentence or a fix", where, f)
	}
	for err := error(f); err != nil; err = errors.Unwrap(err) {
		NoSecret(t, where, err.Error()+f.Fix, secrets...)
	}
}

// NoSecret checks that a text shows none of the secrets.
func NoSecret(t *testing.T, where, text string, secrets ...string) {
	t.Helper()
	for _, secret := range secrets {
		if strings.Contains(text, secret) {
			t.Errorf("%s shows a secret: %s", where, text)
		}
	}
}

// RunCreates is the contract behind the classes, seen from the desk: only a create with an unknown outcome may have
// made a ticket.
func RunCreates[K ~string](t *testing.T, kinds []K, s Suspect[K]) {
	t.Helper()
	for _, kind := range kinds {
		d, _, fake := s.Open(t, true)
		fake.Order(kind, "Create")
		id, err := d.Create(t.Context(), Draft(NewMark))
		if fake.Made() > 0 && err != nil && fault.ClassOf(err) != fault.Unknown {
			t.Errorf("%s: a ticket was made, but the error says that definitely none was: %v", kind, err)
		}
		if err == nil || id != "" {
			t.Errorf("%s: Create returned id %q and error %v", kind, id, err)
		}
	}
}
