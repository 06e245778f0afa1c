package desktest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"docket/internal/desk"
	"docket/internal/fault"

	"github.com/google/go-cmp/cmp"
)

// Options says what a desk is like where desks may differ.
type Options struct {
	// UniqueMarks says that the desk refuses a second ticket with the same mark. Without
	// it, both must be found, oldest first.
	UniqueMarks bool
	// MissingID is the id of a ticket that does not exist, in the desk's own form; empty means "999999999".
	MissingID string
}

// patience bounds every call of the suite.
const patience = 20 * time.Second

const (
	mark      = "0123456789abcdef.1"
	otherMark = "0123456789abcdef.12" // holds the first one: a search that looks for parts must still tell them apart
)

// hostile is a text that a medium may stumble over.
const hostile = "<script>alert('x')</script> & \"quoted\" &amp; &lt;b&gt;\n" +
	"  two spaces before, two  between\n\n" +
	"tab\there, back\\slash, 100% {{.}} ${x} #1 @all\n" +
	"ünïcödé 日本語 👩‍🚒 \u00a0 e\u0301 \u2028 שלום\n" +
	"-- \n<!-- comment --> ]]> </textarea></div><br>x"

// Run tries every promise on fresh desks that open makes; each holds no tickets.
func Run(t *testing.T, open func(t *testing.T) desk.Desk, options Options) {
	t.Helper()
	if options.MissingID == "" {
		options.MissingID = "999999999"
	}
	for _, promise := range []struct {
		name string
		keep func(t *testing.T, ctx context.Context, d desk.Desk, o Options)
	}{
		{"ItHasANameAndAWaitOut", hasNameAndWaitOut},
		{"CheckSucceedsAndChangesNothing", checkSucceeds},
		{"UnknownMarkFindsNothing", unknownMarkFindsNothing},
		{"CreatedTicketIsFoundAndReadBack", createdIsFoundAndReadBack},
		{"MarkThatHoldsAnotherIsToldApart", marksAreToldApart},
		{"TwinsAreFoundOldestFirst", twins},
		{"ListShowsWhatHasAMark", listShowsMarked},
		{"HostileTextStaysText", hostileText},
		{"NotesKeepOrderAndText", notesKeepOrder},
		{"TagsAreAUnionAndIdempotent", tagsAreAUnion},
		{"StatusMakesARoundTrip", statusRoundTrip},
		{"NoteLeavesTheStatusAlone", noteLeavesStatus},
		{"MissingTicketIsErrMissing", missingTicket},
		{"EndedContextIsNotSent", endedContext},
	} {
		t.Run(promise.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			promise.keep(t, ctx, open(t), options)
		})
	}
}

func draft(mark, title, body string) desk.Draft {
	return desk.Draft{Mark: mark, Subject: title + " [" + mark + "]", Body: body + "\nKeep the mark: [" + mark + "]"}
}

func hasNameAndWaitOut(t *testing.T, _ context.Context, d desk.Desk, _ Options) {
	if d.Name() == "" || strings.ToLower(d.Name()) != d.Name() {
		t.Errorf("Name() = %q, want a lower-case word", d.Name())
	}
	if d.WaitOut() < 0 {
		t.Errorf("WaitOut() = %v, want no negative time", d.WaitOut())
	}
}

func checkSucceeds(t *testing.T, ctx context.Context, d desk.Desk, _ Options) {
	if err := d.Check(ctx); err != nil {
		t.Fatalf("Check: %v", err)
	}
	if found := find(t, ctx, d, mark); len(found) != 0 {
		t.Errorf("after Check there are %d tickets", len(found))
	}
}

func unknownMarkFindsNothing(t *testing.T, ctx context.Context, d desk.Desk, _ Options) {
	create(t, ctx, d, draft(mark, "P2 Disk full", "body"))
	for _, unknown := range []string{"fedcba9876543210.1", "0123456789abcdef.2", "0123456789abcdef", "%", "_", ""} {
		if found := find(t, ctx, d, unknown); len(found) != 0 {
			t.Errorf("Find(%q) found %d tickets, want none", unknown, len(found))
		}
	}
}

func createdIsFoundAndReadBack(t *testing.T, ctx context.Context, d desk.Desk, _ Options) {
	want := draft(mark, "P1 Checkout: 50% of payments fail", "First line\n\nThird line")
	before := time.Now().Add(-2 * time.Second) // a desk may tell whole seconds only
	id := create(t, ctx, d, want)
	found := find(t, ctx, d, mark)
	if len(found) != 1 {
		t.Fatalf("Find found %d tickets, want 1", len(found))
	}
	read := get(t, ctx, d, id)
	for where, ticket := range map[string]desk.Ticket{"Find": found[0], "Get": read} {
		if ticket.ID != id || ticket.Number == "" {
			t.Errorf("%s: id %q, number %q, want id %q and a number", where, ticket.ID, ticket.Number, id)
		}
		if ticket.Subject != want.Subject || !strings.HasSuffix(ticket.Subject, "["+mark+"]") {
			t.Errorf("%s: subject %q, want %q", where, ticket.Subject, want.Subject)
		}
		if ticket.Status != desk.StatusOpen || !ticket.ClosedAt.IsZero() {
			t.Errorf("%s: status %q, closed at %v, want an open ticket", where, ticket.Status, ticket.ClosedAt)
		}
		if !strings.Contains(ticket.URL, id) {
			t.Errorf("%s: URL %q does not lead to ticket %s", where, ticket.URL, id)
		}
		if ticket.CreatedAt.Before(before) || ticket.CreatedAt.After(time.Now().Add(2*time.Second)) || ticket.CreatedAt.Location() != time.UTC {
			t.Errorf("%s: created at %v, want about now in UTC", where, ticket.CreatedAt)
		}
	}
	if diff := cmp.Diff(want.Body, read.Body); diff != "" {
		t.Errorf("Get: body (-want +got):\n%s", diff)
	}
	if len(read.Notes) != 0 {
		t.Errorf("Get: a fresh ticket has notes: %q", read.Notes)
	}
}

func marksAreToldApart(t *testing.T, ctx context.Context, d desk.Desk, _ Options) {
	first := create(t, ctx, d, draft(mark, "one", "body"))
	second := create(t, ctx, d, draft(otherMark, "two", "body"))
	if diff := cmp.Diff([]string{first}, ids(find(t, ctx, d, mark))); diff != "" {
		t.Errorf("Find(%s) (-want +got):\n%s", mark, diff)
	}
	if diff := cmp.Diff([]string{second}, ids(find(t, ctx, d, otherMark))); diff != "" {
		t.Errorf("Find(%s) (-want +got):\n%s", otherMark, diff)
	}
}

func twins(t *testing.T, ctx context.Context, d desk.Desk, o Options) {
	want := []string{create(t, ctx, d, draft(mark, "first", "body"))}
	id, err := d.Create(ctx, draft(mark, "second", "body"))
	switch {
	case o.UniqueMarks && err == nil && id == want[0]:
		// The desk gave the first one back; that is as good.
	case o.UniqueMarks:
		if !errors.Is(err, fault.ErrRefused) {
			t.Errorf("a second Create with the same mark: id %q, error %v, want the first id or ErrRefused", id, err)
		}
	case err != nil:
		t.Fatalf("Create: %v", err)
	default:
		want = append(want, id)
	}
	if diff := cmp.Diff(want, ids(find(t, ctx, d, mark))); diff != "" {
		t.Errorf("Find, oldest first (-want +got):\n%s", diff)
	}
}

func hostileText(t *testing.T, ctx context.Context, d desk.Desk, _ Options) {
	want := draft(mark, `P1 <img src=x onerror="alert(1)"> & 'q' {{.}} 日本 👩‍🚒`, hostile)
	id := create(t, ctx, d, want)
	read := get(t, ctx, d, id)
	if diff := cmp.Diff(want.Subject, read.Subject); diff != "" {
		t.Errorf("subject (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want.Body, read.Body); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
}

func notesKeepOrder(t *testing.T, ctx context.Context, d desk.Desk, _ Options) {
	id := create(t, ctx, d, draft(mark, "noted", "body"))
	want := []string{hostile}
	for i := range 12 {
		want = append(want, fmt.Sprintf("note %d\nsecond line\n[note/%s/recovered-%d]", i, mark, i))
	}
	for _, note := range want {
		if err := d.Note(ctx, id, note); err != nil {
			t.Fatalf("Note: %v", err)
		}
	}
	if diff := cmp.Diff(want, get(t, ctx, d, id).Notes); diff != "" {
		t.Errorf("notes, oldest first (-want +got):\n%s", diff)
	}
}

func tagsAreAUnion(t *testing.T, ctx context.Context, d desk.Desk, _ Options) {
	id := create(t, ctx, d, draft(mark, "tagged", "body"))
	for _, tags := range [][]string{{"auto:alert"}, {"auto:status", "auto:alert"}, {"auto:alert"}, {}, nil} {
		if err := d.Tag(ctx, id, tags); err != nil {
			t.Fatalf("Tag(%q): %v", tags, err)
		}
	}
	got := map[string]int{}
	for _, tag := range get(t, ctx, d, id).Tags {
		got[tag]++
	}
	if diff := cmp.Diff(map[string]int{"auto:alert": 1, "auto:status": 1}, got); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
}

func statusRoundTrip(t *testing.T, ctx context.Context, d desk.Desk, _ Options) {
	id := create(t, ctx, d, draft(mark, "status", "body"))
	for _, status := range []desk.Status{
		desk.StatusPending, desk.StatusPending, desk.StatusClosed, desk.StatusClosed, desk.StatusOpen, desk.StatusOpen, desk.StatusClosed,
	} {
		if err := d.SetStatus(ctx, id, status); err != nil {
			t.Fatalf("SetStatus(%s): %v", status, err)
		}
		if got := get(t, ctx, d, id).Status; got != status {
			t.Fatalf("after SetStatus(%s) Get shows %s", status, got)
		}
	}
	if found := find(t, ctx, d, mark); len(found) != 1 || found[0].Status != desk.StatusClosed {
		t.Errorf("Find shows %+v, want the closed ticket", found)
	}
}

func noteLeavesStatus(t *testing.T, ctx context.Context, d desk.Desk, _ Options) {
	id := create(t, ctx, d, draft(mark, "closed", "body"))
	if err := d.SetStatus(ctx, id, desk.StatusClosed); err != nil {
		t.Fatalf("SetStatus: %v", err)
	}
	if err := d.Note(ctx, id, "seen"); err != nil {
		t.Fatalf("Note: %v", err)
	}
	if got := get(t, ctx, d, id).Status; got != desk.StatusClosed {
		t.Errorf("a note on a closed ticket made it %s", got)
	}
}

func missingTicket(t *testing.T, ctx context.Context, d desk.Desk, o Options) {
	for _, id := range []string{o.MissingID, "0", "-1", "", "not-an-id", "1/../2", "1?x=y"} {
		_, err := d.Read(ctx, id)
		if _, short := d.Get(ctx, id); (short == nil) != (err == nil) {
			t.Errorf("Read says %v, Get says %v", err, short)
		}
		for verb, err := range map[string]error{
			"Get": err, "Note": d.Note(ctx, id, "text"), "Tag": d.Tag(ctx, id, []string{"x"}), "SetStatus": d.SetStatus(ctx, id, desk.StatusClosed),
		} {
			if !errors.Is(err, fault.ErrMissing) {
				t.Errorf("%s(%q): %v, want ErrMissing", verb, id, err)
			}
		}
	}
}

func endedContext(t *testing.T, ctx context.Context, d desk.Desk, _ Options) {
	id := create(t, ctx, d, draft(mark, "there", "body"))
	ended, cancel := context.WithCancel(ctx)
	cancel()
	_, createErr := d.Create(ended, draft(otherMark, "never", "body"))
	_, findErr := d.Find(ended, mark)
	_, getErr := d.Get(ended, id)
	for verb, err := range map[string]error{
		"Create": createErr, "Find": findErr, "Get": getErr, "Note": d.Note(ended, id, "never"),
		"Tag": d.Tag(ended, id, []string{"never"}), "SetStatus": d.SetStatus(ended, id, desk.StatusClosed), "Check": d.Check(ended),
	} {
		var f *fault.Fault
		if !errors.As(err, &f) || f.Class != fault.Unavailable || !errors.Is(err, context.Canceled) {
			t.Errorf("%s with an ended context: %v, want an Unavailable *fault.Fault over context.Canceled", verb, err)
		}
	}
	read := get(t, ctx, d, id)
	if len(read.Notes) != 0 || len(read.Tags) != 0 || read.Status != desk.StatusOpen || len(find(t, ctx, d, otherMark)) != 0 {
		t.Errorf("something was done with an ended context: %+v", read)
	}
}

func create(t *testing.T, ctx context.Context, d desk.Desk, draft desk.Draft) string {
	t.Helper()
	id, err := d.Create(ctx, draft)
	if err != nil || id == "" {
		t.Fatalf("Create: id %q, %v", id, err)
	}
	return id
}

func find(t *testing.T, ctx context.Context, d desk.Desk, mark string) []desk.Ticket {
	t.Helper()
	found, err := d.Find(ctx, mark)
	if err != nil {
		t.Fatalf("Find(%q): %v", mark, err)
	}
	return found
}

func get(t *testing.T, ctx context.Context, d desk.Desk, id string) desk.Ticket {
	t.Helper()
	short, err := d.Get(ctx, id)
	if err != nil {
		t.Fatalf("Get(%q): %v", id, err)
	}
	ticket, err := d.Read(ctx, id)
	if err != nil {
		t.Fatalf("Read(%q): %v", id, err)
	}
	short.Body, short.Notes = ticket.Body, ticket.Notes
	if diff := cmp.Diff(ticket, short); diff != "" {
		t.Errorf("Get and Read show different tickets (-Read +Get):\n%s", diff)
	}
	return ticket
}

func ids(tickets []desk.Ticket) []string {
	list := []string{}
	for _, ticket := range tickets {
		list = append(list, ticket.ID)
	}
	return list
}
